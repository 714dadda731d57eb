INSERT INTO snapshot (document, position, bytes) VALUES (?1, ?2, ?3)
ON CONFLICT (document) DO UPDATE SET position = excluded.position, bytes = excluded.bytes
WHERE excluded.position >= snapshot.position
