UPDATE document SET kind = ?2, has_content = 1 WHERE id = ?1
