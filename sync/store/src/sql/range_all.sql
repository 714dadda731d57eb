SELECT start, stop FROM blob_range WHERE blob = ?1 ORDER BY start
