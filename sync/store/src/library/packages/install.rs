//! Installing, updating and removing packages.

use std::collections::BTreeMap;

use domain::id::{Hash32, Timestamp};
use handbook::package::Content;
use handbook::{Article, Block, Kind, Package, PackageError, Row};
use rusqlite::{OptionalExtension as _, params};
use search::entry::{Entry, Section, Validity};

use super::read::{KINDS, PATH_SEPARATOR};
use super::{PackageRow, full_id, package_row, sql};
use crate::error::{StoreError, id as stored_id, integer};
use crate::library::Change;

/// Entries that are handed to the index at a time.
const BATCH: usize = 256;

/// What an installation changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The package as it is now.
    pub package: PackageRow,
    /// New articles.
    pub added: u64,
    /// Changed articles.
    pub changed: u64,
    /// Articles that are gone.
    pub removed: u64,
}

/// The version that is being installed.
struct Coming<'a> {
    package: &'a str,
    number: u64,
    made_at: Timestamp,
    first: bool,
}

impl Change<'_> {
    /// Installs a package or an update of one. `file` is what was opened, `progress` hears how many rows are done and says whether to go on.
    ///
    /// Errors: those of [`PackageError`], in particular `package_wrong_base`, `package_older` and `package_content_differs`; `cancelled`;
    /// `disk_full`, `disk_error`, `store_damaged`.
    pub fn install(
        &mut self,
        package: &Package<'_>,
        file: &[u8],
        at: Timestamp,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Installed, StoreError> {
        let manifest = &package.manifest;
        let before = self.package(&manifest.package)?;
        check_order(package, before.as_ref())?;
        let mut there = self.hashes(&manifest.package)?;
        let coming =
            Coming { package: &manifest.package, number: manifest.number, made_at: manifest.made_at, first: before.is_none() };
        let mut gone = if manifest.base.is_none() { there.clone() } else { BTreeMap::new() };
        let (mut added, mut changed, mut removed, mut done) = (0, 0, 0, 0_u64);
        let mut batch = Vec::with_capacity(BATCH);
        for row in package.rows() {
            match row? {
                Row::Article { article, bytes, hash } => {
                    gone.remove(&article.id);
                    match there.get(&article.id) {
                        Some(known) if *known == hash => {}
                        known => {
                            *(if known.is_some() { &mut changed } else { &mut added }) += 1;
                            self.put_article(&coming, &article, &bytes, &hash)?;
                            batch.push(entry(&manifest.package, &article));
                        }
                    }
                }
                Row::Tombstone(id) => {
                    if there.remove(&id).is_some() {
                        self.remove_article(&manifest.package, &id)?;
                        removed += 1;
                    }
                }
            }
            if batch.len() >= BATCH {
                self.put_entries(&batch)?;
                batch.clear();
            }
            done += 1;
            if !progress(done) {
                return Err(StoreError::Cancelled);
            }
        }
        self.put_entries(&batch)?;
        for id in gone.keys() {
            self.remove_article(&manifest.package, id)?;
            removed += 1;
        }
        let row = self.finish_install(package, file, at)?;
        Ok(Installed { package: row, added, changed, removed })
    }

    /// Compares what is there now with what was signed, and notes the package.
    fn finish_install(&mut self, package: &Package<'_>, file: &[u8], at: Timestamp) -> Result<PackageRow, StoreError> {
        let manifest = &package.manifest;
        let there = self.hashes(&manifest.package)?;
        let mut content = Content::default();
        there.iter().for_each(|(id, hash)| content.add(id, hash));
        if content.finish() != manifest.content || there.len() != manifest.articles as usize {
            return Err(PackageError::ContentDiffers(manifest.package.clone()).into());
        }
        let tx = self.tx;
        if manifest.base.is_none() {
            tx.execute(sql::FILES_DELETE, [&manifest.package])?;
        }
        let number = integer("version of a package", manifest.number)?;
        tx.execute(sql::FILE_PUT, params![manifest.package, number, file])?;
        let size: f64 = tx.query_row(sql::SIZE, [&manifest.package], |row| row.get(0))?;
        let row = PackageRow {
            id: manifest.package.clone(),
            title: manifest.title.clone(),
            number: manifest.number,
            made_at: manifest.made_at,
            installed_at: at,
            signer: package.signer.person_name.clone(),
            device: package.signer.device,
            root: package.root,
            articles: there.len() as u64,
            size: size as u64,
            content: manifest.content,
        };
        tx.execute(
            sql::PACKAGE_PUT,
            params![
                row.id,
                row.title,
                number,
                row.made_at.0,
                row.installed_at.0,
                row.signer,
                row.device.as_bytes(),
                row.root.as_bytes(),
                integer("articles of a package", row.articles)?,
                integer("size of a package", row.size)?,
                row.content.as_bytes()
            ],
        )?;
        Ok(row)
    }

    /// Takes a package and its articles out; says whether it was there.
    ///
    /// Errors: `disk_full`, `disk_error`, `store_damaged`.
    pub fn remove_package(&mut self, id: &str) -> Result<bool, StoreError> {
        for article in self.hashes(id)?.keys() {
            self.remove_article(id, article)?;
        }
        self.tx.execute(sql::FILES_DELETE, [id])?;
        Ok(self.tx.execute(sql::PACKAGE_DELETE, [id])? > 0)
    }

    /// The installed package of this id.
    ///
    /// Errors: `disk_error`, `store_damaged`.
    pub fn package(&self, id: &str) -> Result<Option<PackageRow>, StoreError> {
        let mut statement = self.tx.prepare_cached(sql::PACKAGE)?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(package_row).transpose()
    }

    fn hashes(&self, package: &str) -> Result<BTreeMap<String, Hash32>, StoreError> {
        let mut statement = self.tx.prepare_cached(sql::HASHES)?;
        let mut rows = statement.query([package])?;
        let mut hashes = BTreeMap::new();
        while let Some(row) = rows.next()? {
            hashes.insert(row.get(0)?, stored_id(&row.get::<_, Vec<u8>>(1)?, Hash32::from_slice)?);
        }
        Ok(hashes)
    }

    fn put_article(&mut self, coming: &Coming<'_>, article: &Article, bytes: &[u8], hash: &Hash32) -> Result<(), StoreError> {
        let package = coming.package;
        self.remove_row(package, &article.id)?;
        let tx = self.tx;
        let kind = KINDS.iter().position(|kind| *kind == article.kind).unwrap_or(0) as i64;
        let row = tx.prepare_cached(sql::ARTICLE_PUT)?.insert(params![
            package,
            article.id,
            hash.as_bytes(),
            kind,
            article.title,
            article.source,
            article.field,
            article.path.join(PATH_SEPARATOR),
            place(article),
            article.validity.from,
            article.validity.to,
            article.validity.partly,
            bytes,
            integer("version of a package", coming.number)?,
            coming.made_at.0,
            coming.first
        ])?;
        let mut put = tx.prepare_cached(sql::LINK_PUT)?;
        for target in targets(article) {
            let target = if target.contains(':') { target.to_owned() } else { full_id(package, target) };
            put.execute(params![row, target])?;
        }
        Ok(())
    }

    fn remove_row(&mut self, package: &str, id: &str) -> Result<(), StoreError> {
        let tx = self.tx;
        let row: Option<i64> = tx.prepare_cached(sql::ARTICLE_ROW)?.query_row([package, id], |row| row.get(0)).optional()?;
        if let Some(row) = row {
            tx.prepare_cached(sql::LINKS_DELETE)?.execute([row])?;
            tx.prepare_cached(sql::ARTICLE_DELETE)?.execute([row])?;
        }
        Ok(())
    }

    fn remove_article(&mut self, package: &str, id: &str) -> Result<(), StoreError> {
        self.remove_row(package, id)?;
        self.remove_entries(&[full_id(package, id)])?;
        Ok(())
    }
}

/// An update has to start from what is there; a whole package has to be newer.
fn check_order(package: &Package<'_>, before: Option<&PackageRow>) -> Result<(), StoreError> {
    let manifest = &package.manifest;
    if let Some(there) = before.filter(|there| there.number >= manifest.number) {
        return Err(
            PackageError::NotNewer { package: there.id.clone(), installed: there.number, offered: manifest.number }.into()
        );
    }
    if let Some(base) = &manifest.base
        && before.is_none_or(|there| there.number != base.number || there.content != base.content)
    {
        let installed = before.map(|there| there.number);
        return Err(PackageError::WrongBase { package: manifest.package.clone(), wanted: base.number, installed }.into());
    }
    Ok(())
}

/// The articles that an article names.
fn targets(article: &Article) -> impl Iterator<Item = &str> {
    let named = article.blocks.iter().flat_map(|block| match block {
        Block::Forms { items } | Block::LegalBasis { items } => {
            items.iter().filter_map(|item| item.article.as_deref()).collect::<Vec<_>>()
        }
        Block::Papers { items } => items.iter().filter_map(|paper| paper.form.as_deref()).collect(),
        _ => Vec::new(),
    });
    article.links.iter().filter_map(|link| link.to.as_deref()).chain(named)
}

/// Where an article stands in its source: articles of a law by number ("20" before "20a" before "100"), everything else by title.
fn place(article: &Article) -> i64 {
    let number = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        let digits: String = text.chars().take_while(char::is_ascii_digit).take(6).collect();
        let letter = text[digits.len()..].chars().next().map_or(0, |letter| (u32::from(letter) % 1_000).min(999));
        digits.parse::<i64>().unwrap_or(0) * 1_000 + i64::from(letter)
    };
    number(&article.article) * 1_000_000 + number(&article.clause).min(999_999)
}

/// An article as it is searched.
pub(crate) fn entry(package: &str, article: &Article) -> Entry {
    let section = match article.kind {
        Kind::Procedure => Section::Procedure,
        Kind::Law => Section::Law,
        Kind::Guidance => Section::Guidance,
        Kind::Form => Section::Form,
    };
    let title = match (&article.article, article.kind) {
        (Some(number), Kind::Law) if article.title != format!("Điều {number}") => format!("Điều {number}. {}", article.title),
        _ => article.title.clone(),
    };
    let levels: Vec<&str> = article.levels.iter().map(|level| level.code()).collect();
    Entry {
        id: full_id(package, &article.id),
        section,
        source: article.source.clone(),
        number: article.number.clone(),
        title,
        path: article.path.join(" › "),
        body: article.body(),
        agency: article.agency.clone(),
        field: article.field.clone(),
        level: levels.join(","),
        from: article.validity.from,
        to: article.validity.to.map(|last| last.saturating_add(1)),
        validity: if article.validity.partly { Validity::Partly } else { Validity::InForce },
    }
}
