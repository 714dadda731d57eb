SELECT epoch, key FROM space_key
WHERE space = (SELECT id FROM space WHERE name = ?1)
ORDER BY epoch
