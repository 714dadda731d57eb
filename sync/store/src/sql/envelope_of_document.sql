SELECT position, bytes FROM envelope
WHERE document = (
    SELECT document.id FROM document JOIN space ON space.id = document.space
    WHERE space.name = ?1 AND document.name = ?2
) AND control = 0 AND position > ?3
ORDER BY position
