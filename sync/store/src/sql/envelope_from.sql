SELECT position, bytes FROM envelope
WHERE space = (SELECT id FROM space WHERE name = ?1) AND position >= ?2
ORDER BY position
