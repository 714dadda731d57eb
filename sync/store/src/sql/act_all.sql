SELECT doc, bytes FROM act
WHERE space = (SELECT id FROM space WHERE name = ?1)
ORDER BY id
