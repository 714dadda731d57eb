SELECT bytes FROM envelope
WHERE space = (SELECT id FROM space WHERE name = ?1) AND control = 1
ORDER BY position
