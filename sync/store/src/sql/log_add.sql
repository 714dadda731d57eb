INSERT INTO log (space, device, incarnation, seq, hash) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id
