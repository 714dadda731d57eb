DELETE FROM blob_range WHERE blob = ?1 AND start <= ?3 AND stop >= ?2
