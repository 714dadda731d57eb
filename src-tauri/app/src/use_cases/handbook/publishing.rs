//! Making packages and giving them to the organisation; organisations whose packages are taken too.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::handbook::{PublishView, PublisherRow};
use domain::duty::Duty;
use domain::id::Hash32;
use handbook::limits::LINE_CHARS;
use handbook::package::{Base, Edition, Signer, build, build_delta};
use handbook::{Article, Package};
use signing::certificate::Chain;
use signing::{DeviceKeys, RootFingerprint, RootPublic};
use store::library::{Installed, PackageRow};
use sync::DocRef;
use sync::document::library::{PublishedFile, publish, read};
use sync::port::{Shelf as _, Write};

use super::convert;
use super::next_version::Waiting;
use super::packages::{install, library_error, package_error};
use crate::app::App;
use crate::engine::{Core, wall};
use crate::error::{AtBoundary, not_found};

/// The organisations that an administrator has pinned: fingerprints and names, as JSON.
const PINNED: &str = "handbook/pinned-roots";
/// Most of them.
const PINNED_MAX: usize = 50;
/// A whole package is given out again when its updates since are more than this part of it.
const WHOLE_AGAIN: usize = 4;

/// What a package is signed with.
pub(crate) struct Hand {
    keys: DeviceKeys,
    chain: Chain,
    root: RootPublic,
}

impl Hand {
    /// Who signs.
    pub fn signer(&self) -> Signer<'_> {
        Signer { keys: &self.keys, chain: &self.chain, root: self.root }
    }

    /// The organisation in which it signs.
    pub fn root_fingerprint(&self) -> RootFingerprint {
        self.root.fingerprint()
    }
}

/// What a package is made of.
pub(crate) struct Making {
    /// The package.
    pub package: String,
    /// Its title.
    pub title: String,
    /// All of its articles.
    pub articles: Vec<Article>,
    /// A version that others know of: the new one is later, and whole where this one is not here.
    pub after: u64,
}

/// How far the making of a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It is packed and signed.
    Signing,
    /// It is installed.
    Installing {
        /// Rows done.
        done: u64,
        /// Rows in all.
        total: u64,
    },
}

/// A package that was made and installed here.
pub(crate) struct Made {
    /// What changed.
    pub installed: Installed,
    /// The file.
    pub file: Vec<u8>,
    /// The version that it updates; `None`: it is whole.
    pub base: Option<u64>,
}

impl App {
    /// Makes the next version of a package, signs and installs it. `whole` or not, an update is only made of a package that is here.
    /// `go_on` hears how far it is.
    pub(crate) async fn make(
        &self,
        making: Making,
        whole: bool,
        go_on: impl Fn(Stage) -> bool + Send + 'static,
    ) -> Result<Made, ApiError> {
        let hand = self.engine()?.attempt(|core| core.hand()).await?;
        let pushes = self.inner().pushes.clone();
        self.library()?
            .change(move |library| {
                let reader = library.reader().at_boundary()?;
                let there = reader.packages().at_boundary()?.into_iter().find(|row| row.id == making.package);
                let here = there.as_ref().map_or(0, |row| row.number);
                let number = here.max(making.after).saturating_add(1);
                let name = making.title.clone();
                let edition = Edition { package: making.package, title: making.title, number, made_at: wall() };
                if !go_on(Stage::Signing) {
                    return Err(ApiError::new("cancelled", "it was cancelled before it was signed"));
                }
                let signer = hand.signer();
                let base =
                    there.filter(|_| !whole && here >= making.after).map(|row| Base { number: row.number, content: row.content });
                let of = base.as_ref().map(|base| base.number);
                let built = match base {
                    Some(base) => {
                        let hashes = reader.article_hashes(&edition.package).at_boundary()?;
                        build_delta(&signer, &edition, base, &hashes, &making.articles)
                    }
                    None => build(&signer, &edition, &making.articles),
                };
                let file = built.map_err(|error| package_error(&error, &name))?;
                let package = Package::open(&file, &[hand.root.fingerprint()]).map_err(|error| package_error(&error, &name))?;
                let total = u64::from(package.manifest.rows);
                let going = |done: u64| go_on(Stage::Installing { done, total });
                let installed =
                    install(library, &package, &file, &pushes, &going).map_err(|error| library_error(&error, &name))?;
                Ok(Made { installed, base: of, file })
            })
            .await
    }

    /// Gives a file that was made here to the organisation.
    pub(crate) async fn give_out(&self, made: &Made) -> Result<PublishView, ApiError> {
        let (row, file, base) = (made.installed.package.clone(), made.file.clone(), made.base);
        self.engine()?.attempt(move |core| core.publish_file(&row, &file, base)).await?;
        let changed = made.installed.added + made.installed.changed + made.installed.removed;
        Ok(PublishView {
            package: convert::package_ref(&made.installed.package),
            articles: u32::try_from(changed).unwrap_or(u32::MAX),
            delta_bytes: made.file.len() as u64,
        })
    }

    pub(crate) async fn publish_package(&self, package: String) -> Result<PublishView, ApiError> {
        self.engine()?.attempt(|core| core.need_duty(Duty::Publisher)).await?;
        let next = self.next_version(&package).await?;
        let id = package.clone();
        let row = self
            .library()?
            .read(move |reader| {
                reader.packages().at_boundary()?.into_iter().find(|row| row.id == id).ok_or_else(|| not_found("package"))
            })
            .await?;
        if next.waiting.is_empty() {
            let id = package.clone();
            let articles = self.library()?.read(move |reader| reader.package_articles(&id).at_boundary()).await?;
            let making = Making { package, title: row.title, articles, after: next.newest };
            let made = self.make(making, next.whole, |_| true).await?;
            return self.give_out(&made).await;
        }
        let (articles, delta_bytes) = self.give_waiting(&row, next.waiting).await?;
        Ok(PublishView { package: convert::package_ref(&row), articles, delta_bytes })
    }

    /// Gives out what waits here, as it was made: nothing has to be signed again. How many rows and bytes that is.
    pub(crate) async fn give_waiting(&self, row: &PackageRow, waiting: Vec<Waiting>) -> Result<(u32, u64), ApiError> {
        let (mut rows, mut bytes) = (0_u32, 0_u64);
        for Waiting { number, base, title, rows: more, file } in waiting {
            (rows, bytes) = (rows.saturating_add(more), bytes.saturating_add(file.len() as u64));
            let row = PackageRow { number, title, ..row.clone() };
            self.engine()?.attempt(move |core| core.publish_file(&row, &file, base)).await?;
        }
        Ok((rows, bytes))
    }

    pub(crate) async fn publishers(&self) -> Result<Vec<PublisherRow>, ApiError> {
        self.engine()?
            .attempt(|core| {
                let pinned = core.pinned_roots()?;
                Ok(pinned.into_iter().map(|(root, title)| PublisherRow { root, title }).collect())
            })
            .await
    }

    pub(crate) async fn trust_publisher(
        &self,
        root: Hash32,
        title: String,
        trusted: bool,
    ) -> Result<Vec<PublisherRow>, ApiError> {
        self.engine()?
            .attempt(move |core| {
                if !core.replica.me().is_some_and(|me| me.administrator) {
                    return Err(ApiError::new("not_allowed", "only an administrator pins an organisation"));
                }
                let mut pinned = core.pinned_roots()?;
                if trusted {
                    pinned
                        .insert(root, title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LINE_CHARS).collect());
                } else if pinned.remove(&root).is_none() {
                    return Err(not_found("organisation"));
                }
                if pinned.len() > PINNED_MAX {
                    return Err(ApiError::new("limit_over", "too many organisations").with("what", "organisations"));
                }
                let rows: Vec<PublisherRow> = pinned.into_iter().map(|(root, title)| PublisherRow { root, title }).collect();
                let value = serde_json::to_vec(&rows).map_err(|error| ApiError::new("internal", error.to_string()))?;
                core.store.commit(&[Write::Meta { key: PINNED.into(), value }], &[]).at_boundary()?;
                Ok(rows)
            })
            .await
    }
}

impl Core {
    /// What this device signs packages with.
    ///
    /// # Errors
    /// `not_enrolled`.
    pub fn hand(&self) -> Result<Hand, ApiError> {
        let unknown = || ApiError::new("not_enrolled", "this device belongs to no organisation yet");
        let directory = self.replica.directory().ok_or_else(unknown)?;
        let chain = directory.chain(&self.replica.device()).ok_or_else(unknown)?;
        Ok(Hand { keys: self.secrets.keys()?, chain, root: *directory.root() })
    }

    /// Refuses who has not been given a duty.
    ///
    /// # Errors
    /// `not_allowed`.
    pub fn need_duty(&self, duty: Duty) -> Result<(), ApiError> {
        if self.has_duty(duty) { Ok(()) } else { Err(ApiError::new("not_allowed", "this person does not have the duty")) }
    }

    /// The pinned organisations with their names.
    pub fn pinned_roots(&self) -> Result<BTreeMap<RootFingerprint, String>, ApiError> {
        let Some(value) = self.store.meta(PINNED).at_boundary()? else {
            return Ok(BTreeMap::new());
        };
        let rows: Vec<PublisherRow> =
            serde_json::from_slice(&value).map_err(|error| ApiError::new("store_damaged", error.to_string()))?;
        Ok(rows.into_iter().map(|row| (row.root, row.title)).collect())
    }

    /// The files that the organisation's publishers have listed.
    pub fn published_files(&mut self) -> Result<Vec<PublishedFile>, ApiError> {
        let Ok(space) = self.organisation_space() else {
            return Ok(Vec::new());
        };
        let target = DocRef::library(space);
        self.replica.read(&self.store, &space, &target.doc, read).at_boundary()?.at_boundary()
    }

    /// Whether the updates that were listed since the last whole package have grown so much that a whole one is due.
    pub fn whole_is_due(&mut self, package: &str) -> Result<bool, ApiError> {
        let files: Vec<PublishedFile> = self.published_files()?.into_iter().filter(|file| file.package == package).collect();
        let whole = files.iter().filter(|file| file.base.is_none()).max_by_key(|file| file.number);
        let Some(whole) = whole else {
            return Ok(true);
        };
        let since: u64 =
            files.iter().filter(|file| file.base.is_some() && file.number > whole.number).map(|file| file.blob.size).sum();
        Ok(since.saturating_mul(WHOLE_AGAIN as u64) > whole.blob.size)
    }

    fn publish_file(&mut self, row: &PackageRow, file: &[u8], base: Option<u64>) -> Result<(), ApiError> {
        self.need_duty(Duty::Publisher)?;
        let space = self.organisation_space()?;
        let blob = self.store_blob(&space, file)?;
        let listed = PublishedFile {
            package: row.id.clone(),
            title: row.title.clone(),
            number: row.number,
            base,
            blob,
            by: self.me()?,
            at: self.now().wall,
        };
        self.with(|replica, cx| {
            let edit = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                publish(tx, &listed).map_err(|error| error.to_string())
            };
            let ((), _, fx) = replica.transact(cx, DocRef::library(space), &[], edit)?;
            Ok(((), fx))
        })
    }
}
