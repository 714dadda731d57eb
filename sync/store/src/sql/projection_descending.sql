SELECT key, sort, value FROM projection
WHERE kind = ?1 AND sort >= ?2 AND sort <= ?3
ORDER BY sort DESC, key DESC
LIMIT ?4 OFFSET ?5
