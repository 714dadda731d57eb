//! One connection to PostgreSQL: made when it is needed, dropped when it is lost, its statements prepared once.

use std::collections::BTreeMap;

use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, GenericClient, NoTls, Row, Statement, Transaction};

use super::{BackendError, sql};
use crate::HubError;
use crate::config::Config;
use crate::limits::{DATABASE_CONNECT_MAX, DATABASE_SILENCE_MAX};

/// The database does not answer, or is starting or stopping.
pub(super) const AWAY: &str = "database_away";

/// What a statement is given.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Blocks where that is allowed: the engine's thread drives a runtime of its own, in which nothing may block.
pub(super) fn outside<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}

/// What the server or the way to it says, as a code.
pub(super) fn told(error: &postgres::Error) -> BackendError {
    let Some(said) = error.as_db_error() else {
        return BackendError::new(AWAY, format!("PostgreSQL: {error}"));
    };
    let code = said.code();
    let short = code.code();
    let meant = if *code == SqlState::DISK_FULL {
        "disk_full"
    } else if *code == SqlState::UNIQUE_VIOLATION {
        "sequence_reused"
    } else if short.starts_with("08") || short.starts_with("53") || short.starts_with("57") || short.starts_with("28") {
        AWAY
    } else {
        "database_error"
    };
    // The detail of a message may repeat values; the message does not.
    BackendError::new(meant, format!("PostgreSQL: {short}: {}", said.message()))
}

/// How the database is reached.
///
/// # Errors
/// [`HubError::Config`].
pub(super) fn address(config: &Config) -> Result<postgres::Config, HubError> {
    let wrong = |error: postgres::Error| HubError::Config { file: "backend.database".into(), detail: error.to_string() };
    let mut address: postgres::Config = config.backend.database.parse().map_err(wrong)?;
    let secrets = config.secrets()?;
    if !secrets.database_password.is_empty() {
        address.password(secrets.database_password.as_str());
    }
    address
        .application_name("kyhop-hub")
        .connect_timeout(DATABASE_CONNECT_MAX)
        .keepalives(true)
        .keepalives_idle(DATABASE_SILENCE_MAX)
        .tcp_user_timeout(DATABASE_SILENCE_MAX);
    Ok(address)
}

/// See the module.
pub(super) struct Database {
    address: postgres::Config,
    open: Option<Open>,
}

/// A connection that stands.
pub(super) struct Open {
    client: Client,
    statements: BTreeMap<&'static str, Statement>,
}

/// A transaction that has begun. Dropped, it is rolled back.
pub(super) struct Work<'a> {
    tx: Transaction<'a>,
    statements: &'a mut BTreeMap<&'static str, Statement>,
}

fn prepared(
    statements: &mut BTreeMap<&'static str, Statement>,
    client: &mut impl GenericClient,
    text: &'static str,
) -> Result<Statement, postgres::Error> {
    if let Some(known) = statements.get(text) {
        return Ok(known.clone());
    }
    let fresh = client.prepare(text)?;
    statements.insert(text, fresh.clone());
    Ok(fresh)
}

/// A column of a row, or that the row is not what this program wrote.
pub(super) fn column<'a, T: postgres::types::FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, BackendError> {
    row.try_get(at).map_err(|error| BackendError::new("store_damaged", format!("PostgreSQL: {error}")))
}

impl Database {
    pub(super) fn new(address: postgres::Config) -> Self {
        Self { address, open: None }
    }

    /// Does something with the connection. One that is lost is dropped, and made again by the next who asks.
    pub(super) fn with<T>(&mut self, work: impl FnOnce(&mut Open) -> Result<T, BackendError>) -> Result<T, BackendError> {
        outside(|| {
            if self.open.as_ref().is_none_or(|open| open.client.is_closed()) {
                self.open = None;
                self.open = Some(Open::connect(&self.address)?);
            }
            let Some(open) = self.open.as_mut() else {
                return Err(BackendError::new(AWAY, "PostgreSQL: no connection"));
            };
            let result = work(open);
            if matches!(&result, Err(error) if error.code == AWAY) {
                self.open = None;
            }
            result
        })
    }

    /// Reads; once more over a new connection if the old one turns out to be lost.
    pub(super) fn read<T>(&mut self, mut work: impl FnMut(&mut Open) -> Result<T, BackendError>) -> Result<T, BackendError> {
        match self.with(&mut work) {
            Err(error) if error.code == AWAY => self.with(&mut work),
            result => result,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        outside(|| self.open = None);
    }
}

impl Open {
    pub(super) fn connect(address: &postgres::Config) -> Result<Self, BackendError> {
        let client = address.connect(NoTls).map_err(|error| told(&error))?;
        let mut open = Self { client, statements: BTreeMap::new() };
        open.client.batch_execute(sql::PATIENCE).map_err(|error| told(&error))?;
        open.rows(sql::DURABLE, &[])?;
        let safe = open.rows(sql::SAFE, &[])?;
        match safe.first().map(|row| column(row, 0)).transpose()? {
            Some(true) => Ok(open),
            _ => Err(BackendError::new(
                "database_unsafe",
                "PostgreSQL runs with fsync or full_page_writes off: commits would be lost",
            )),
        }
    }

    pub(super) fn rows(&mut self, text: &'static str, values: Values<'_>) -> Result<Vec<Row>, BackendError> {
        let statement = prepared(&mut self.statements, &mut self.client, text).map_err(|error| told(&error))?;
        self.client.query(&statement, values).map_err(|error| told(&error))
    }

    /// Everything that `work` does, or nothing.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Work<'_>) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let tx = self.client.transaction().map_err(|error| told(&error))?;
        let mut begun = Work { tx, statements: &mut self.statements };
        let value = work(&mut begun)?;
        begun.tx.commit().map_err(|error| told(&error))?;
        Ok(value)
    }

    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Work<'_> {
    pub(super) fn rows(&mut self, text: &'static str, values: Values<'_>) -> Result<Vec<Row>, BackendError> {
        let statement = prepared(self.statements, &mut self.tx, text).map_err(|error| told(&error))?;
        self.tx.query(&statement, values).map_err(|error| told(&error))
    }

    /// Several statements without values, such as a schema.
    pub(super) fn script(&mut self, text: &str) -> Result<(), BackendError> {
        self.tx.batch_execute(text).map_err(|error| told(&error))
    }
}
