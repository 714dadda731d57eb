SELECT name, kind FROM document
WHERE space = (SELECT id FROM space WHERE name = ?1) AND has_content = 1
ORDER BY name
