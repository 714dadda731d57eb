//! Reading packages and articles.

use std::collections::BTreeMap;

use domain::id::{Hash32, Timestamp};
use handbook::{Article, Kind, Validity};
use rusqlite::{Connection, Row};

use super::{PackageRow, full_id, package_row, parts_of, sql};
use crate::database;
use crate::error::{StoreError, id as stored_id, natural};
use crate::library::LibraryReader;

/// The kinds by the number that they are stored under.
pub(super) const KINDS: [Kind; 4] = [Kind::Procedure, Kind::Law, Kind::Guidance, Kind::Form];
/// Between the steps of a stored path: a character that no line of text may hold.
pub(super) const PATH_SEPARATOR: &str = "\u{1f}";

/// What lists show of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// `package:id`.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// Where it belongs.
    pub source: String,
    /// Its field.
    pub field: String,
    /// Where it stands.
    pub path: Vec<String>,
    /// When it is in force.
    pub validity: Validity,
}

/// Since when an article is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The version of its package in which it came; 0: not known.
    pub number: u64,
    /// When that version was made, as its signer says.
    pub made_at: Timestamp,
    /// It came with the first version that was installed here: it may have been like this in earlier ones.
    pub first: bool,
}

/// All articles of a source or a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The source or the field.
    pub name: String,
    /// How many.
    pub articles: u64,
    /// Their kind, where all have one.
    pub kind: Option<Kind>,
    /// From the first to the last day on which any is in force.
    pub validity: Validity,
}

fn head(row: &Row<'_>) -> Result<Head, StoreError> {
    let (package, id, path): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(6)?);
    Ok(Head {
        id: full_id(&package, &id),
        kind: kind(row.get(2)?)?,
        title: row.get(3)?,
        source: row.get(4)?,
        field: row.get(5)?,
        path: path.split(PATH_SEPARATOR).filter(|step| !step.is_empty()).map(str::to_owned).collect(),
        validity: Validity { from: row.get(7)?, to: row.get(8)?, partly: row.get(9)? },
    })
}

fn kind(number: i64) -> Result<Kind, StoreError> {
    let kind = usize::try_from(number).ok().and_then(|at| KINDS.get(at).copied());
    kind.ok_or_else(|| StoreError::Damaged(format!("{number} where a kind of article was stored")))
}

fn article(bytes: &[u8]) -> Result<Article, StoreError> {
    handbook::package::decode(bytes).map_err(|error| StoreError::Damaged(format!("an article: {error}")))
}

impl LibraryReader {
    fn asked<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let tx = self.connection.unchecked_transaction()?;
        let value = read(&tx)?;
        database::sound(&tx)?;
        Ok(value)
    }

    fn heads(&self, statement: &str, parameters: &[&dyn rusqlite::ToSql]) -> Result<Vec<Head>, StoreError> {
        self.asked(|connection| {
            let mut statement = connection.prepare_cached(statement)?;
            let mut rows = statement.query(parameters)?;
            let mut heads = Vec::new();
            while let Some(row) = rows.next()? {
                heads.push(head(row)?);
            }
            Ok(heads)
        })
    }

    fn groups(&self, statement: &str) -> Result<Vec<Group>, StoreError> {
        self.asked(|connection| {
            let mut statement = connection.prepare_cached(statement)?;
            let mut rows = statement.query([])?;
            let mut groups = Vec::new();
            while let Some(row) = rows.next()? {
                let (lowest, highest, to): (i64, i64, i32) = (row.get(2)?, row.get(3)?, row.get(5)?);
                groups.push(Group {
                    name: row.get(0)?,
                    articles: natural(row.get(1)?)?,
                    kind: if lowest == highest { Some(kind(lowest)?) } else { None },
                    validity: Validity { from: row.get(4)?, to: Some(to).filter(|to| *to < i32::MAX), partly: row.get(6)? },
                });
            }
            Ok(groups)
        })
    }

    /// The installed packages, the newest first.
    ///
    /// Errors of all of these: `store_damaged`, `disk_error`.
    pub fn packages(&self) -> Result<Vec<PackageRow>, StoreError> {
        self.asked(|connection| {
            let mut statement = connection.prepare_cached(sql::PACKAGES)?;
            let mut rows = statement.query([])?;
            let mut packages = Vec::new();
            while let Some(row) = rows.next()? {
                packages.push(package_row(row)?);
            }
            Ok(packages)
        })
    }

    /// The ids of a package's articles with their hashes: what an update starts from.
    pub fn article_hashes(&self, package: &str) -> Result<BTreeMap<String, Hash32>, StoreError> {
        self.asked(|connection| {
            let mut statement = connection.prepare_cached(sql::HASHES)?;
            let mut rows = statement.query([package])?;
            let mut hashes = BTreeMap::new();
            while let Some(row) = rows.next()? {
                hashes.insert(row.get(0)?, stored_id(&row.get::<_, Vec<u8>>(1)?, Hash32::from_slice)?);
            }
            Ok(hashes)
        })
    }

    /// The signed files that a package came in, in the order in which they are installed.
    pub fn package_files(&self, package: &str) -> Result<Vec<Vec<u8>>, StoreError> {
        self.asked(|connection| {
            let mut statement = connection.prepare_cached(sql::FILES)?;
            let files = statement.query_map([package], |row| row.get(0))?;
            Ok(files.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// All articles of a package.
    pub fn package_articles(&self, package: &str) -> Result<Vec<Article>, StoreError> {
        self.asked(|connection| {
            let mut statement = connection.prepare_cached(sql::ARTICLES)?;
            let mut rows = statement.query([package])?;
            let mut articles = Vec::new();
            while let Some(row) = rows.next()? {
                articles.push(article(&row.get::<_, Vec<u8>>(0)?)?);
            }
            Ok(articles)
        })
    }

    /// An article by `package:id`.
    pub fn article(&self, id: &str) -> Result<Option<Article>, StoreError> {
        let Some((package, id)) = parts_of(id) else {
            return Ok(None);
        };
        self.asked(|connection| {
            let mut statement = connection.prepare_cached(sql::ARTICLE)?;
            let mut rows = statement.query([package, id])?;
            rows.next()?.map(|row| article(&row.get::<_, Vec<u8>>(0)?)).transpose()
        })
    }

    /// Since when an article is as it is.
    pub fn changed(&self, id: &str) -> Result<Option<Changed>, StoreError> {
        let Some((package, id)) = parts_of(id) else {
            return Ok(None);
        };
        self.asked(|connection| {
            let mut statement = connection.prepare_cached(sql::CHANGED)?;
            let mut rows = statement.query([package, id])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            Ok(Some(Changed { number: natural(row.get(0)?)?, made_at: Timestamp(row.get(1)?), first: row.get(2)? }))
        })
    }

    /// What lists show of an article.
    pub fn head(&self, id: &str) -> Result<Option<Head>, StoreError> {
        let Some((package, id)) = parts_of(id) else {
            return Ok(None);
        };
        Ok(self.heads(&sql::head(), &[&package, &id])?.into_iter().next())
    }

    /// The articles of a source, in its order.
    pub fn of_source(&self, source: &str) -> Result<Vec<Head>, StoreError> {
        self.heads(&sql::of_source(), &[&source])
    }

    /// The articles of a field.
    pub fn of_field(&self, field: &str) -> Result<Vec<Head>, StoreError> {
        self.heads(&sql::of_field(), &[&field])
    }

    /// The articles that name another, at most `limit`.
    pub fn naming(&self, id: &str, limit: u32) -> Result<Vec<Head>, StoreError> {
        self.heads(&sql::naming(), &[&id, &limit])
    }

    /// All sources.
    pub fn sources(&self) -> Result<Vec<Group>, StoreError> {
        self.groups(sql::SOURCES)
    }

    /// All fields; articles without one are in the group with the empty name.
    pub fn fields(&self) -> Result<Vec<Group>, StoreError> {
        self.groups(sql::FIELDS)
    }

    /// Articles in all packages.
    pub fn article_count(&self) -> Result<u64, StoreError> {
        self.asked(|connection| natural(connection.query_row(sql::COUNT, [], |row| row.get(0))?))
    }
}
