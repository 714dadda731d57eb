INSERT INTO envelope (space, log, seq, document, control, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
