UPDATE blob SET complete = ?2 WHERE id = ?1
