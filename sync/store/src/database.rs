//! Opening the encrypted database.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Once;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::profile::{CHECK_FILE, DATABASE_FILE, sync_folder};
use crate::sql;

/// SQLite runs SQLCipher's set-up after it has told other threads that it is ready: of several first opens at once some found no
/// cipher (seen in 1 of 400 processes).
static SET_UP: Once = Once::new();

const CHECK_CONTEXT: &str = "kyhop/1 database key check";
/// Prepared statements that are kept: more than there are.
const STATEMENTS_KEPT: usize = 64;

/// Opens or makes the database; the second value says that it was made.
pub(crate) fn open(folder: &Path, key: &[u8; 32]) -> Result<(Connection, bool), StoreError> {
    let path = folder.join(DATABASE_FILE);
    let check = fs::read(folder.join(CHECK_FILE)).ok();
    let expected = blake3::derive_key(CHECK_CONTEXT, key);
    let ours = check.as_deref() == Some(expected.as_slice());
    let there = fs::metadata(&path).is_ok_and(|file| file.len() > 0);
    if !there && check.is_some() {
        return Err(StoreError::Damaged(format!("{DATABASE_FILE} is missing or empty")));
    }

    set_up();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    unlock(&connection, key)?;
    connection.execute_batch(sql::SETTINGS)?;
    if let Err(error) = readable(&connection) {
        return Err(match StoreError::from(error) {
            StoreError::Damaged(_) if !ours => StoreError::WrongKey,
            other => other,
        });
    }
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Disk(format!("the file system allows no write-ahead log ({mode})")));
    }
    connection.execute_batch(sql::DURABILITY)?;
    migrate(&mut connection, check.is_none())?;
    if !ours {
        // The check says "there is a database": not before there is one.
        checkpoint(&connection)?;
        sync_folder(folder)?;
        write_check(folder, &expected)?;
    }
    Ok((connection, !there))
}

/// Before the first database is opened.
pub(crate) fn set_up() {
    SET_UP.call_once(|| {
        if let Err(error) = Connection::open_in_memory() {
            tracing::error!(%error, "SQLite cannot be set up");
        }
    });
}

/// Hands the key over. It is used as it is: it comes from a password hash already.
///
/// `cipher_memory_security` stays off: it wipes and locks what SQLite allocates, which doubles the time of bulk reads and writes
/// (10,000 envelopes read: 50 → 100 ms) while the same documents lie open in the memory of the program.
pub(crate) fn unlock(connection: &Connection, key: &[u8; 32]) -> Result<(), StoreError> {
    let mut statement = Zeroizing::new(String::with_capacity(96));
    statement.push_str("PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'");
    for byte in key {
        for digit in [byte >> 4, byte & 15] {
            statement.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    statement.push_str("'\"");
    Ok(connection.execute_batch(&statement)?)
}

pub(crate) fn readable(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
}

/// Brings the layout up to date. An empty database is only made into one of ours where there was none.
fn migrate(connection: &mut Connection, may_be_new: bool) -> Result<(), StoreError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found == 0 && !may_be_new {
        return Err(StoreError::Damaged(format!("{DATABASE_FILE} is empty")));
    }
    migrate_to(connection, &sql::SCHEMA)
}

/// Takes the steps of `schema` that the database has not taken yet.
pub(crate) fn migrate_to(connection: &mut Connection, schema: &[&str]) -> Result<(), StoreError> {
    let known = i64::try_from(schema.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (step, number) in schema.iter().zip(1_i64..).filter(|(_, number)| *number > found) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
    }
    Ok(())
}

fn write_check(folder: &Path, check: &[u8; 32]) -> Result<(), StoreError> {
    let temporary = folder.join(format!("{CHECK_FILE}.new"));
    let mut file = File::create(&temporary)?;
    file.write_all(check)?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(CHECK_FILE))?;
    sync_folder(folder)
}

/// Moves everything from the write-ahead log into the database file.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), StoreError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
}

/// Reads every page, which authenticates each, and compares the structure.
pub(crate) fn check(connection: &Connection) -> Result<(), StoreError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged(verdict)) }
}

/// Were all pages that were read so far authentic?
///
/// SQLCipher hands a page that is not to SQLite as zeros and only then refuses to go on: the last value that a statement reads
/// (measured: the end of a long value) can be zeros without an error. Asking takes 2 µs.
pub(crate) fn sound(connection: &Connection) -> Result<(), StoreError> {
    let status: String = connection.query_row(sql::SOUND, [], |row| row.get(0))?;
    if status == "1" { Ok(()) } else { Err(StoreError::Damaged("a page is not what was written".to_owned())) }
}
