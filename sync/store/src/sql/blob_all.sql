SELECT blob.id, space.name, blob.cipher, blob.size, blob.complete
FROM blob JOIN space ON space.id = blob.space
ORDER BY blob.cipher
