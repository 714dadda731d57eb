SELECT id, seq FROM log WHERE space = ?1 AND device = ?2 AND incarnation = ?3
