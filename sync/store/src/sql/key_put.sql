INSERT INTO space_key (space, epoch, key) VALUES (?1, ?2, ?3)
ON CONFLICT (space, epoch) DO UPDATE SET key = excluded.key
