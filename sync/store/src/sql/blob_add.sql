INSERT INTO blob (space, cipher, size, complete) VALUES (?1, ?2, ?3, 0)
