SELECT key, sort, value FROM projection WHERE kind = ?1 AND key = ?2
