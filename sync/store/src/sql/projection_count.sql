SELECT count(*) FROM projection WHERE kind = ?1 AND sort >= ?2 AND sort <= ?3
