INSERT INTO projection (kind, key, sort, value) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (kind, key) DO UPDATE SET sort = excluded.sort, value = excluded.value
