DELETE FROM projection WHERE kind = ?1 AND key = ?2
