SELECT bytes FROM envelope
WHERE log = (
    SELECT log.id FROM log JOIN space ON space.id = log.space
    WHERE space.name = ?1 AND log.device = ?2 AND log.incarnation = ?3
) AND seq = ?4
