//! A device of ours: the replica behind the engine that also drives the hub, over a profile of SQLCipher on the disk and a libp2p node on
//! loopback. Every envelope is verified and committed (`synchronous=FULL`) before anybody hears that it is there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use automerge::transaction::{Transactable, Transaction};
use automerge::{Automerge, ObjType, ROOT, ReadDoc};
use domain::id::{Hash32, PersonId, SpaceId, UnitId};
use domain::meeting::{BlobRef, MeetingRole};
use hub::config::Config;
use hub::engine::{Engine, Running, Start};
use hub::identity;
use hub::metrics::Metrics;
use rand_core::Rng;
use signing::keys::RootKey;
use sync::control::SpaceKind;
use sync::port::{BlobRow, Effects, Write};
use sync::{DocRef, Founding};
use tokio::time::Instant;

use crate::Outcome;

/// How long anything may take before the measurement is given up.
pub const PATIENCE: Duration = Duration::from_secs(300);
/// Between two looks at something that tells nobody when it changes.
pub const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Envelopes that are committed at a time while data is prepared.
const COMMIT_EVERY: usize = 500;
/// The map that entries stand in.
const STROKES: &str = "strokes";
/// Digits of an entry's key.
const KEY_BYTES: usize = 8;

/// Waits until something is so.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Outcome<Option<T>>) -> Outcome<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(format!("waited in vain for {what}").into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A device that is switched on.
pub struct Device {
    engine: Running,
    runtime: tokio::runtime::Handle,
    /// What it counts.
    pub metrics: Arc<Metrics>,
}

/// A device's folder.
fn config(name: &str, folder: &Path) -> Config {
    Config { name: name.into(), folder: folder.to_owned(), ..Config::default() }
}

impl Device {
    /// Makes a device in a new folder and switches it on. `organisation`: by whom it wants to be let in.
    pub fn make(name: &str, folder: &Path, organisation: Option<Hash32>) -> Outcome<Self> {
        identity::make(&config(name, folder))?;
        Self::open(folder, organisation)
    }

    /// Switches on what is in a folder. Call inside a tokio runtime.
    pub fn open(folder: &Path, organisation: Option<Hash32>) -> Outcome<Self> {
        let (backend, identity) = identity::open(&config("", folder))?;
        let metrics = Arc::<Metrics>::default();
        let limits = net::Limits { inbound_max: 1_024, ..net::Limits::default() };
        let start = Start {
            backend,
            identity,
            net: net::Config { limits, ..net::Config::loopback() },
            dial: Vec::new(),
            allowance: None,
            organisation,
            metrics: Arc::clone(&metrics),
        };
        let runtime = tokio::runtime::Handle::current();
        Ok(Self { engine: Running::start(start, &runtime)?, runtime, metrics })
    }

    /// The device of the first administrator of a new organisation.
    pub async fn founder(folder: &Path) -> Outcome<Self> {
        let device = Self::make("Chủ tịch", folder, None)?;
        let founding = Founding {
            organisation: "Thành phố Minh Hải".into(),
            unit: UnitId([7; 16]),
            unit_name: "Hội đồng nhân dân thành phố".into(),
            person: PersonId([9; 16]),
            name: "Chủ tịch".into(),
            title: "Chủ tịch".into(),
        };
        device
            .attempt(move |engine| {
                let root = RootKey::generate(&mut identity::fresh_rng()?);
                Ok(engine.with(|replica, cx| Ok(((), replica.found(cx, &root, &founding)?)))?)
            })
            .await?;
        Ok(device)
    }

    /// A new device of somebody else in a folder, let in by this one.
    pub async fn admits(&self, name: &str, folder: &Path) -> Outcome<Self> {
        let root = self.ask(|engine| engine.replica().directory().map(|directory| directory.root().fingerprint())).await?;
        let other = Self::make(name, folder, root)?;
        other.dials(&self.address().await?).await?;
        let device = other.ask(|engine| engine.replica().device()).await?;
        let asks = move |engine: &mut Engine| engine.replica().join_requests().any(|pending| pending.request.device == device);
        until("a request to join", async || Ok(self.ask(asks).await?.then_some(()))).await?;
        self.attempt(move |engine| Ok(engine.with(|replica, cx| Ok(((), replica.approve(cx, &device, false, false)?)))?)).await?;
        let known = |engine: &mut Engine| engine.replica().directory().is_some_and(|known| known.devices().count() > 1);
        until("being let in", async || Ok(other.ask(known).await?.then_some(()))).await?;
        Ok(other)
    }

    /// Runs something on the device.
    pub async fn ask<R: Send + 'static>(&self, job: impl FnOnce(&mut Engine) -> R + Send + 'static) -> Outcome<R> {
        Ok(self.engine.run(job).await?)
    }

    /// The same of what can fail.
    pub async fn attempt<R: Send + 'static>(&self, job: impl FnOnce(&mut Engine) -> Outcome<R> + Send + 'static) -> Outcome<R> {
        self.ask(job).await?
    }

    /// Its owner.
    pub async fn person(&self) -> Outcome<PersonId> {
        self.ask(|engine| engine.replica().me().map(|me| me.person)).await?.ok_or_else(|| "not let in".into())
    }

    /// Where it listens.
    pub async fn address(&self) -> Outcome<String> {
        until("an address", async || self.ask(|engine| engine.status().addresses.first().cloned()).await).await
    }

    /// Calls an address, now and whenever the connection is lost.
    pub async fn dials(&self, address: &str) -> Outcome<()> {
        let address = address.to_owned();
        self.attempt(move |engine| Ok(engine.dial(&address)?)).await
    }

    /// Connections to devices that have proved who they are.
    pub async fn connected(&self) -> Outcome<usize> {
        self.ask(|engine| engine.status().connected).await
    }

    /// Begins a space and invites.
    pub async fn space(&self, kind: SpaceKind, invited: Vec<PersonId>) -> Outcome<SpaceId> {
        self.attempt(move |engine| {
            let space = engine.with(|replica, cx| replica.create_space(cx, kind))?;
            engine.with(|replica, cx| {
                let mut fx = Effects::default();
                for person in &invited {
                    fx.append(replica.set_member(cx, &space, *person, MeetingRole::Delegate)?);
                }
                Ok(((), fx))
            })?;
            Ok(space)
        })
        .await
    }

    /// Makes changes to one document, each one signed envelope, as many at a time as a commit takes in while data is prepared.
    pub async fn writes_ahead(&self, target: DocRef, changes: usize, bytes: usize) -> Outcome<()> {
        let mut left = changes;
        while left > 0 {
            let some = left.min(COMMIT_EVERY);
            left -= some;
            self.attempt(move |engine| change(engine, target, some, bytes)).await?;
        }
        Ok(())
    }

    /// Makes changes to one document one after the other, each committed and sent before the next.
    pub async fn writes(&self, target: DocRef, changes: usize, bytes: usize) -> Outcome<()> {
        self.attempt(move |engine| (0..changes).try_for_each(|_| change(engine, target, 1, bytes))).await
    }

    /// Makes one change under a key.
    pub async fn writes_key(&self, target: DocRef, key: String, bytes: usize) -> Outcome<()> {
        self.attempt(move |engine| {
            let value = random(bytes)?;
            engine
                .with(|replica, cx| {
                    let ((), _, fx) = replica.transact(cx, target, &[], |tx, _| put(tx, &key, value))?;
                    Ok(((), fx))
                })
                .map_err(Into::into)
        })
        .await
    }

    /// The number of entries in a document, as it is read on this device.
    pub async fn entries(&self, target: DocRef) -> Outcome<usize> {
        self.read(target, |document| strokes(document).map_or(0, |map| document.length(&map))).await
    }

    /// Is there an entry under a key.
    pub async fn has(&self, target: DocRef, key: String) -> Outcome<bool> {
        let found = move |document: &Automerge| {
            strokes(document).is_some_and(|map| matches!(document.get(&map, key.as_str()), Ok(Some(_))))
        };
        self.read(target, found).await
    }

    /// Reads a document.
    pub async fn read<R: Send + 'static>(
        &self,
        target: DocRef,
        read: impl FnOnce(&Automerge) -> R + Send + 'static,
    ) -> Outcome<R> {
        self.attempt(move |engine| {
            Ok(engine.with(|replica, cx| Ok((replica.read(cx.shelf, &target.space, &target.doc, read)?, Effects::default())))?)
        })
        .await
    }

    /// The envelopes of a space that are durable here.
    pub async fn envelopes(&self, space: SpaceId) -> Outcome<u64> {
        let count = move |engine: &mut Engine| {
            let space = engine.replica().spaces().find(|known| known.id == space);
            space.map_or(0, |space| space.heads().iter().map(|head| head.seq).sum())
        };
        self.ask(count).await
    }

    /// Puts a file into a space.
    pub async fn adds_file(&self, space: SpaceId, plain: Vec<u8>) -> Outcome<BlobRef> {
        self.attempt(move |engine| {
            let (blob, bytes) = engine.replica().encrypt_blob(&space, &plain).ok_or("no key of the space")?;
            let row = BlobRow { space, cipher: blob.cipher, size: blob.size, complete: false };
            for write in [
                Write::BlobWanted(row),
                Write::BlobRange { cipher: blob.cipher, offset: 0, bytes },
                Write::BlobComplete { cipher: blob.cipher },
            ] {
                engine.backend().commit(&[write])?;
            }
            engine.with(|replica, _| Ok(((), replica.blob_added(space, blob.cipher))))?;
            Ok(blob)
        })
        .await
    }

    /// Asks its peers for a file.
    pub async fn wants(&self, space: SpaceId, blob: BlobRef) -> Outcome<()> {
        self.attempt(move |engine| Ok(engine.with(|replica, cx| Ok(((), replica.want_blob(cx, space, &blob))))?)).await
    }

    /// Waits until a file has been wanted and is complete and durable.
    pub async fn has_file(&self) -> Outcome<()> {
        until("a file", async || Ok((self.metrics.files.get() > 0).then_some(()))).await
    }

    /// Switches it off.
    pub async fn off(self) -> Outcome<()> {
        Ok(self.engine.stop().await?)
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // The process must not end while the engine's thread still uses the database. Stopping what was stopped does nothing.
        tokio::task::block_in_place(|| {
            let _ = self.runtime.block_on(self.engine.stop());
        });
    }
}

fn change(engine: &mut Engine, target: DocRef, changes: usize, bytes: usize) -> Outcome<()> {
    let mut entries = Vec::with_capacity(changes);
    for _ in 0..changes {
        let key: String = random(KEY_BYTES)?.iter().map(|byte| format!("{byte:02x}")).collect();
        entries.push((key, random(bytes)?));
    }
    let written = engine.with(|replica, cx| {
        let mut all = Effects::default();
        for (key, value) in entries {
            let ((), _, fx) = replica.transact(cx, target, &[], |tx, _| put(tx, &key, value))?;
            all.append(fx);
        }
        Ok(((), all))
    });
    Ok(written?)
}

fn put(tx: &mut Transaction<'_>, key: &str, value: Vec<u8>) -> Result<(), String> {
    let map = match tx.get(ROOT, STROKES).map_err(|error| error.to_string())? {
        Some((_, map)) => map,
        None => tx.put_object(ROOT, STROKES, ObjType::Map).map_err(|error| error.to_string())?,
    };
    tx.put(&map, key, value).map_err(|error| error.to_string())
}

fn strokes(document: &Automerge) -> Option<automerge::ObjId> {
    document.get(ROOT, STROKES).ok().flatten().map(|(_, map)| map)
}

/// Bytes that no compression makes smaller.
pub fn random(bytes: usize) -> Outcome<Vec<u8>> {
    let mut value = vec![0; bytes];
    identity::fresh_rng()?.fill_bytes(&mut value);
    Ok(value)
}

/// The folder of a numbered device.
pub fn folder_of(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("device-{number}"))
}
