-- What hubs of one organisation share. PostgreSQL 15 or later.
CREATE SCHEMA kyhop_hub;

-- The version of this schema, and a word sealed with the key that the hubs share: another key is noticed before anything is written with it.
-- The row is also what makes commits follow one another: each locks it first, so positions become visible in their order.
CREATE TABLE kyhop_hub.state (
    one       BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one),
    version   INTEGER NOT NULL,
    key_check BYTEA NOT NULL,
    position  BIGINT NOT NULL DEFAULT 0
);

-- The head of each log. The envelopes of a log are numbered 1, 2, 3 … without gaps.
CREATE TABLE kyhop_hub.log (
    space       BYTEA NOT NULL CHECK (octet_length(space) = 16),
    device      BYTEA NOT NULL CHECK (octet_length(device) = 32),
    incarnation BYTEA NOT NULL CHECK (octet_length(incarnation) = 8),
    seq         BIGINT NOT NULL CHECK (seq > 0),
    hash        BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (space, device, incarnation)
);

CREATE TABLE kyhop_hub.document (
    space       BYTEA NOT NULL CHECK (octet_length(space) = 16),
    name        BYTEA NOT NULL CHECK (octet_length(name) = 16),
    kind        INTEGER NOT NULL,
    has_content BOOLEAN NOT NULL,
    PRIMARY KEY (space, name)
);

-- Never deleted from. The envelope itself is sealed with the key that the hubs share.
CREATE TABLE kyhop_hub.envelope (
    position    BIGINT PRIMARY KEY,
    writer      BIGINT NOT NULL,
    space       BYTEA NOT NULL,
    device      BYTEA NOT NULL,
    incarnation BYTEA NOT NULL,
    seq         BIGINT NOT NULL,
    hash        BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    document    BYTEA NOT NULL,
    control     BOOLEAN NOT NULL,
    sealed      BYTEA NOT NULL,
    UNIQUE (space, device, incarnation, seq),
    FOREIGN KEY (space, device, incarnation) REFERENCES kyhop_hub.log,
    FOREIGN KEY (space, document) REFERENCES kyhop_hub.document
);

CREATE INDEX envelope_of_space ON kyhop_hub.envelope (space, position);
CREATE INDEX envelope_control ON kyhop_hub.envelope (space, position) WHERE control;
CREATE INDEX envelope_content ON kyhop_hub.envelope (space, document, position) WHERE NOT control;

-- Files whose bytes are in the object store, read back and compared. Those on their way are in the folder of the hub that fetches them.
CREATE TABLE kyhop_hub.blob (
    cipher   BYTEA PRIMARY KEY CHECK (octet_length(cipher) = 32),
    position BIGINT NOT NULL UNIQUE,
    writer   BIGINT NOT NULL,
    space    BYTEA NOT NULL CHECK (octet_length(space) = 16),
    size     BIGINT NOT NULL CHECK (size >= 0)
);

-- What is carried for whom: eight bytes, most significant first, which only grow.
CREATE TABLE kyhop_hub.carried (
    name  TEXT PRIMARY KEY,
    value BYTEA NOT NULL CHECK (octet_length(value) = 8)
);
