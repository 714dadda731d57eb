-- The installed packages of the handbook.
CREATE TABLE package (
    id           TEXT PRIMARY KEY,
    title        TEXT NOT NULL,
    number       INTEGER NOT NULL,
    made_at      INTEGER NOT NULL,
    installed_at INTEGER NOT NULL,
    signer       TEXT NOT NULL,
    device       BLOB NOT NULL,
    root         BLOB NOT NULL,
    articles     INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    content      BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The signed files that a package came in: the last whole one and the updates since.
CREATE TABLE package_file (
    package TEXT NOT NULL,
    number  INTEGER NOT NULL,
    bytes   BLOB NOT NULL,
    PRIMARY KEY (package, number)
) STRICT;

-- The articles, as published.
CREATE TABLE article (
    row      INTEGER PRIMARY KEY,
    package  TEXT NOT NULL,
    id       TEXT NOT NULL,
    hash     BLOB NOT NULL,
    kind     INTEGER NOT NULL,
    title    TEXT NOT NULL,
    source   TEXT NOT NULL,
    field    TEXT NOT NULL,
    path     TEXT NOT NULL,
    place    INTEGER NOT NULL,
    from_day INTEGER,
    to_day   INTEGER,
    partly   INTEGER NOT NULL,
    bytes    BLOB NOT NULL,
    UNIQUE (package, id)
) STRICT;
CREATE INDEX article_source ON article (source, place);
CREATE INDEX article_field ON article (field);

-- Which articles name which others; a target is `package:id`.
CREATE TABLE link (
    article INTEGER NOT NULL,
    target  TEXT NOT NULL,
    PRIMARY KEY (article, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_target ON link (target);
