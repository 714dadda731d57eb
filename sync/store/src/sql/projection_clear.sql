DELETE FROM projection WHERE kind = ?1
