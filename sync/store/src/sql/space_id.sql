SELECT id FROM space WHERE name = ?1
