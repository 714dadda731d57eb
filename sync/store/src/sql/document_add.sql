INSERT INTO document (space, name, kind, has_content) VALUES (?1, ?2, ?3, ?4) RETURNING id
