-- Identifiers that repeat in every row are kept once and referred to by small numbers.
CREATE TABLE space (
    id   INTEGER PRIMARY KEY,
    name BLOB NOT NULL UNIQUE CHECK (length(name) = 16)
) STRICT;

CREATE TABLE space_key (
    space INTEGER NOT NULL REFERENCES space (id),
    epoch INTEGER NOT NULL,
    key   BLOB NOT NULL CHECK (length(key) = 32),
    PRIMARY KEY (space, epoch)
) STRICT, WITHOUT ROWID;

-- The head of each log. The envelopes of a log are numbered 1, 2, 3 … without gaps.
CREATE TABLE log (
    id          INTEGER PRIMARY KEY,
    space       INTEGER NOT NULL REFERENCES space (id),
    device      BLOB NOT NULL CHECK (length(device) = 32),
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 8),
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (space, device, incarnation)
) STRICT;

CREATE TABLE document (
    id          INTEGER PRIMARY KEY,
    space       INTEGER NOT NULL REFERENCES space (id),
    name        BLOB NOT NULL CHECK (length(name) = 16),
    kind        INTEGER NOT NULL,
    has_content INTEGER NOT NULL,
    UNIQUE (space, name)
) STRICT;

-- Never deleted from, and never given a position twice: positions say what a snapshot contains.
CREATE TABLE envelope (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    space    INTEGER NOT NULL REFERENCES space (id),
    log      INTEGER NOT NULL REFERENCES log (id),
    seq      INTEGER NOT NULL,
    document INTEGER NOT NULL REFERENCES document (id),
    control  INTEGER NOT NULL,
    bytes    BLOB NOT NULL,
    UNIQUE (log, seq)
) STRICT;

-- Every index ends in the position.
CREATE INDEX envelope_of_space ON envelope (space);
CREATE INDEX envelope_control ON envelope (space) WHERE control = 1;
CREATE INDEX envelope_content ON envelope (document) WHERE control = 0;

CREATE TABLE snapshot (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    position INTEGER NOT NULL,
    bytes    BLOB NOT NULL
) STRICT;

CREATE TABLE act (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    space INTEGER NOT NULL REFERENCES space (id),
    doc   BLOB NOT NULL CHECK (length(doc) = 16),
    hash  BLOB NOT NULL CHECK (length(hash) = 32),
    bytes BLOB NOT NULL,
    UNIQUE (space, hash)
) STRICT;

CREATE TABLE blob (
    id       INTEGER PRIMARY KEY,
    space    INTEGER NOT NULL REFERENCES space (id),
    cipher   BLOB NOT NULL UNIQUE CHECK (length(cipher) = 32),
    size     INTEGER NOT NULL,
    complete INTEGER NOT NULL
) STRICT;

CREATE INDEX blob_incomplete ON blob (complete) WHERE complete = 0;

-- What of an incomplete blob is on the disk for certain: ascending, disjoint, not touching.
CREATE TABLE blob_range (
    blob  INTEGER NOT NULL REFERENCES blob (id),
    start INTEGER NOT NULL,
    stop  INTEGER NOT NULL CHECK (stop > start),
    PRIMARY KEY (blob, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- What lists show. Made from envelopes, and can be made again.
CREATE TABLE projection (
    kind  TEXT NOT NULL,
    key   BLOB NOT NULL,
    sort  INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT;

CREATE INDEX projection_order ON projection (kind, sort, key);
