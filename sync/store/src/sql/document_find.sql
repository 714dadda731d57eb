SELECT id, has_content FROM document WHERE space = ?1 AND name = ?2
