UPDATE log SET seq = ?2, hash = ?3 WHERE id = ?1
