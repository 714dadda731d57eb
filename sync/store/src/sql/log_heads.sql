SELECT device, incarnation, seq, hash FROM log
WHERE space = (SELECT id FROM space WHERE name = ?1)
ORDER BY device, incarnation
