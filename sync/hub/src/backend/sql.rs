//! The statements for PostgreSQL: the only place beside `schema.sql` that knows its SQL.

/// What a new database is given.
pub(super) const SCHEMA: &str = include_str!("schema.sql");

/// Taken while the schema is looked for and made, so that two hubs that start together do not both make it.
pub(super) const SCHEMA_LOCK: &str = "SELECT pg_advisory_xact_lock(7236837103841)";
pub(super) const SCHEMA_THERE: &str = "SELECT to_regclass('kyhop_hub.state') IS NOT NULL";
pub(super) const STATE_ADD: &str = "INSERT INTO kyhop_hub.state (version, key_check) VALUES ($1, $2)";
pub(super) const STATE_VERSION: &str = "SELECT version, key_check FROM kyhop_hub.state";

/// A commit is durable when it returns, whatever the server's default is; a stricter one is left.
pub(super) const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', FALSE) \
     WHERE current_setting('synchronous_commit') IN ('off', 'local')";
pub(super) const SAFE: &str = "SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'";
/// Nothing waits for ever: neither for a lock that a dead machine holds nor for a disk that hangs.
pub(super) const PATIENCE: &str = "SET statement_timeout = '30s'; SET lock_timeout = '20s'; \
     SET idle_in_transaction_session_timeout = '30s'";

pub(super) const POSITION: &str = "SELECT position FROM kyhop_hub.state";
pub(super) const POSITION_LOCK: &str = "SELECT position FROM kyhop_hub.state FOR UPDATE";
pub(super) const POSITION_SET: &str = "UPDATE kyhop_hub.state SET position = $1";

pub(super) const LOGS_FIND: &str = "SELECT space, device, incarnation, seq FROM kyhop_hub.log \
     JOIN unnest($1::BYTEA[], $2::BYTEA[], $3::BYTEA[]) AS asked (space, device, incarnation) USING (space, device, incarnation)";
pub(super) const LOGS_PUT: &str = "INSERT INTO kyhop_hub.log (space, device, incarnation, seq, hash) \
     SELECT * FROM unnest($1::BYTEA[], $2::BYTEA[], $3::BYTEA[], $4::BIGINT[], $5::BYTEA[]) \
     ON CONFLICT (space, device, incarnation) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
pub(super) const DOCUMENTS_PUT: &str = "INSERT INTO kyhop_hub.document (space, name, kind, has_content) \
     SELECT * FROM unnest($1::BYTEA[], $2::BYTEA[], $3::INTEGER[], $4::BOOLEAN[]) \
     ON CONFLICT (space, name) DO UPDATE SET kind = excluded.kind, has_content = TRUE \
     WHERE excluded.has_content AND NOT document.has_content";
pub(super) const ENVELOPES_ADD: &str = "INSERT INTO kyhop_hub.envelope \
     (position, writer, space, device, incarnation, seq, hash, document, control, sealed) \
     SELECT position, $1, space, device, incarnation, seq, hash, document, control, sealed \
     FROM unnest($2::BIGINT[], $3::BYTEA[], $4::BYTEA[], $5::BYTEA[], $6::BIGINT[], $7::BYTEA[], $8::BYTEA[], $9::BOOLEAN[], $10::BYTEA[]) \
     AS fresh (position, space, device, incarnation, seq, hash, document, control, sealed)";
pub(super) const ENVELOPES_STORED: &str = "SELECT space, device, incarnation, seq, hash FROM kyhop_hub.envelope \
     JOIN unnest($1::BYTEA[], $2::BYTEA[], $3::BYTEA[], $4::BIGINT[]) AS asked (space, device, incarnation, seq) \
     USING (space, device, incarnation, seq)";
pub(super) const BLOB_ADD: &str = "INSERT INTO kyhop_hub.blob (cipher, position, writer, space, size) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (cipher) DO NOTHING";
pub(super) const BLOB_DELETE: &str = "DELETE FROM kyhop_hub.blob WHERE cipher = $1";
pub(super) const CARRIED_PUT: &str = "INSERT INTO kyhop_hub.carried (name, value) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET value = GREATEST(carried.value, excluded.value)";
pub(super) const CARRIED_GET: &str = "SELECT value FROM kyhop_hub.carried WHERE name = $1";
/// Who was charged for which file: the device and eight bytes, most significant first. A row whose file is gone counts nothing.
pub(super) const CHARGE_TABLE: &str = "CREATE TABLE IF NOT EXISTS kyhop_hub.charge (\
     name TEXT PRIMARY KEY, value BYTEA NOT NULL CHECK (octet_length(value) = 40))";
pub(super) const CHARGE_PUT: &str = "INSERT INTO kyhop_hub.charge (name, value) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
pub(super) const CHARGE_DELETE: &str = "DELETE FROM kyhop_hub.charge WHERE name = $1";
pub(super) const CHARGE_GET: &str = "SELECT value FROM kyhop_hub.charge WHERE name = $1";

pub(super) const NOTIFY: &str = "SELECT pg_notify('kyhop_hub', $1)";
pub(super) const LISTEN: &str = "LISTEN kyhop_hub";
pub(super) const ALIVE: &str = "SELECT 1";

pub(super) const SPACES: &str = "SELECT DISTINCT space FROM kyhop_hub.log ORDER BY space";
pub(super) const HEADS: &str =
    "SELECT device, incarnation, seq, hash FROM kyhop_hub.log WHERE space = $1 ORDER BY device, incarnation";
pub(super) const ENVELOPES: &str =
    "SELECT position, sealed FROM kyhop_hub.envelope WHERE space = $1 AND position >= $2 ORDER BY position LIMIT $3";
pub(super) const PLACE: &str =
    "SELECT position, sealed FROM kyhop_hub.envelope WHERE space = $1 AND device = $2 AND incarnation = $3 AND seq = $4";
pub(super) const CONTROL: &str = "SELECT position, sealed FROM kyhop_hub.envelope WHERE space = $1 AND control ORDER BY position";
pub(super) const OF_DOCUMENT: &str = "SELECT position, sealed FROM kyhop_hub.envelope \
     WHERE space = $1 AND document = $2 AND NOT control AND position > $3 ORDER BY position";
pub(super) const CONTENT: &str = "SELECT position, sealed FROM kyhop_hub.envelope \
     WHERE space = $1 AND NOT control AND position > $2 ORDER BY position LIMIT $3";
pub(super) const DOCUMENTS: &str = "SELECT name, kind FROM kyhop_hub.document WHERE space = $1 AND has_content ORDER BY name";
pub(super) const BLOBS: &str = "SELECT space, cipher, size FROM kyhop_hub.blob ORDER BY position";
pub(super) const BLOB: &str = "SELECT space, cipher, size FROM kyhop_hub.blob WHERE cipher = $1";

/// Both by the position after which they come, one page; of what this hub wrote itself only the position.
pub(super) const NEWS_ENVELOPES: &str = "SELECT position, space, CASE WHEN writer = $4 THEN NULL ELSE sealed END \
     FROM kyhop_hub.envelope WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3";
pub(super) const NEWS_BLOBS: &str = "SELECT space, cipher, size FROM kyhop_hub.blob \
     WHERE position > $1 AND position <= $2 AND writer <> $3 ORDER BY position";
