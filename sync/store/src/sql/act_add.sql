INSERT INTO act (space, doc, hash, bytes) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (space, hash) DO NOTHING
