INSERT INTO blob_range (blob, start, stop) VALUES (?1, ?2, ?3)
