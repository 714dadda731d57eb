DELETE FROM blob_range WHERE blob = ?1
