SELECT snapshot.position, snapshot.bytes
FROM snapshot
JOIN document ON document.id = snapshot.document
JOIN space ON space.id = document.space
WHERE space.name = ?1 AND document.name = ?2
