-- Small values: generation (changes whenever anything does), words (of all entries).
CREATE TABLE value (
    name   TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO value (name, number) VALUES ('generation', 0), ('words', 0);

-- The organisation's abbreviations, if it has changed them.
CREATE TABLE abbreviations (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    text TEXT NOT NULL
) STRICT;

-- Names that repeat: sources, agencies, fields, levels.
CREATE TABLE label (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE number (
    id      INTEGER PRIMARY KEY,
    key     TEXT NOT NULL UNIQUE,
    running TEXT NOT NULL,
    year    INTEGER,
    kind    TEXT
) STRICT;
CREATE INDEX number_running ON number (running);

-- What is looked at for every entry at every question, and therefore small.
CREATE TABLE facet (
    row      INTEGER PRIMARY KEY,
    section  INTEGER NOT NULL,
    source   INTEGER NOT NULL REFERENCES label (id),
    agency   INTEGER NOT NULL REFERENCES label (id),
    field    INTEGER NOT NULL REFERENCES label (id),
    level    INTEGER NOT NULL REFERENCES label (id),
    number   INTEGER REFERENCES number (id),
    from_day INTEGER,
    to_day   INTEGER,
    validity INTEGER NOT NULL
) STRICT;

-- What is shown.
CREATE TABLE entry (
    row    INTEGER PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE,
    number TEXT,
    title  TEXT NOT NULL,
    path   TEXT NOT NULL,
    body   TEXT NOT NULL
) STRICT;

-- What is compared.
CREATE TABLE form (
    row   INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE folded (
    id       INTEGER PRIMARY KEY,
    text     TEXT NOT NULL UNIQUE,
    articles INTEGER NOT NULL
) STRICT;

CREATE TABLE toned (
    id     INTEGER PRIMARY KEY,
    text   TEXT NOT NULL UNIQUE,
    folded INTEGER NOT NULL REFERENCES folded (id),
    times  INTEGER NOT NULL
) STRICT;

CREATE TABLE pair (
    first    INTEGER NOT NULL,
    second   INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;

CREATE TABLE toned_pair (
    first  INTEGER NOT NULL,
    second INTEGER NOT NULL,
    times  INTEGER NOT NULL,
    PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE term USING fts5 (text, content = '', contentless_delete = 1, detail = none, tokenize = 'kyhop');
-- One segment for a whole package instead of hundreds that are merged again and again.
INSERT INTO term (term, rank) VALUES ('hashsize', 67108864);

CREATE VIRTUAL TABLE title USING fts5 (text, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = 'kyhop words');
