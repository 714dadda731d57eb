//! The statements of the library.

/// The steps from an empty database to the present layout, as in `crate::sql::SCHEMA`.
pub(super) const SCHEMA: &[&str] =
    &[include_str!("schema_1.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql"), include_str!("schema_4.sql")];

pub(super) const SETTINGS: &str =
    "PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 5000;";
/// The writer's cache holds the pages of the index while a package goes in.
pub(super) const WRITER: &str = "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -64000;";
pub(super) const READER: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -48000;";

pub(super) const VALUE: &str = "SELECT number FROM value WHERE name = ?1";
pub(super) const VALUE_ADD: &str = "UPDATE value SET number = number + ?2 WHERE name = ?1";
pub(super) const ABBREVIATIONS: &str = "SELECT text FROM abbreviations";
pub(super) const ABBREVIATIONS_SET: &str =
    "INSERT INTO abbreviations (one, text) VALUES (1, ?1) ON CONFLICT DO UPDATE SET text = excluded.text";

pub(super) const LABELS: &str = "SELECT id, text FROM label";
pub(super) const LABEL: &str = "SELECT id FROM label WHERE text = ?1";
pub(super) const LABEL_ADD: &str = "INSERT INTO label (text) VALUES (?1)";
pub(super) const NUMBER: &str = "SELECT id FROM number WHERE key = ?1";
pub(super) const NUMBER_ADD: &str = "INSERT INTO number (key, running, year, kind) VALUES (?1, ?2, ?3, ?4)";
pub(super) const NUMBERS_RUNNING: &str = "SELECT id, key, running, year, kind FROM number WHERE running = ?1";
pub(super) const NUMBERS_OF_YEAR: &str = "SELECT id FROM number WHERE year = ?1";

pub(super) const FACETS: &str =
    "SELECT row, section, source, agency, field, level, number, from_day, to_day, validity FROM facet ORDER BY row";
pub(super) const FACET_PUT: &str = "INSERT INTO facet (row, section, source, agency, field, level, number, from_day, to_day, validity) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
pub(super) const FACET_DELETE: &str = "DELETE FROM facet WHERE row = ?1";

pub(super) const ENTRY_ROW: &str = "SELECT row FROM entry WHERE id = ?1";
pub(super) const ENTRY_PUT: &str = "INSERT INTO entry (id, number, title, path, body) VALUES (?1, ?2, ?3, ?4, ?5)";
pub(super) const ENTRY: &str = "SELECT id, number, title, path, body FROM entry WHERE row = ?1";
pub(super) const ENTRY_TITLE: &str = "SELECT id, title FROM entry WHERE row = ?1";
pub(super) const ENTRY_DELETE: &str = "DELETE FROM entry WHERE row = ?1";
pub(super) const FORM: &str = "SELECT bytes FROM form WHERE row = ?1";
pub(super) const FORM_PUT: &str = "INSERT INTO form (row, bytes) VALUES (?1, ?2)";
pub(super) const FORM_DELETE: &str = "DELETE FROM form WHERE row = ?1";

pub(super) const FOLDED: &str = "SELECT id, text, articles FROM folded ORDER BY id";
pub(super) const FOLDED_ADD: &str = "INSERT INTO folded (id, text, articles) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET articles = articles + excluded.articles";
pub(super) const TONED: &str = "SELECT id, text, folded, times FROM toned ORDER BY id";
pub(super) const TONED_ADD: &str = "INSERT INTO toned (id, text, folded, times) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET times = times + excluded.times";
pub(super) const PAIR: &str = "SELECT articles FROM pair WHERE first = ?1 AND second = ?2";
pub(super) const PAIR_ADD: &str = "INSERT INTO pair (first, second, articles) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET articles = articles + excluded.articles";
pub(super) const TONED_PAIR: &str = "SELECT times FROM toned_pair WHERE first = ?1 AND second = ?2";
pub(super) const TONED_PAIR_ADD: &str =
    "INSERT INTO toned_pair (first, second, times) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET times = times + excluded.times";

pub(super) const TERM_PUT: &str = "INSERT INTO term (rowid, text) VALUES (?1, ?2)";
pub(super) const TERM_DELETE: &str = "DELETE FROM term WHERE rowid = ?1";
pub(super) const TERM_ROWS: &str = "SELECT rowid FROM term WHERE term MATCH ?1";
pub(super) const TERM_OPTIMIZE: &str = "INSERT INTO term (term) VALUES ('optimize')";
pub(super) const TITLE_PUT: &str = "INSERT INTO title (rowid, text) VALUES (?1, ?2)";
pub(super) const TITLE_DELETE: &str = "DELETE FROM title WHERE rowid = ?1";
pub(super) const TITLE_ROWS: &str = "SELECT rowid FROM title WHERE title MATCH ?1 LIMIT ?2";
pub(super) const TITLE_OPTIMIZE: &str = "INSERT INTO title (title) VALUES ('optimize')";
