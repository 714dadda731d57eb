//! A person's device: the engine that drives the hub drives it, too, without the role and with people's keys.

use std::sync::Arc;
use std::time::{Duration, Instant};

use automerge::{ROOT, ReadDoc, transaction::Transactable};
use domain::id::{DeviceId, Hash32, PersonId, SpaceId, UnitId};
use domain::meeting::{BlobRef, MeetingRole};
use hub::config::Config;
use hub::engine::{Engine, Running, Start};
use hub::metrics::Metrics;
use hub::{HubError, identity};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use signing::keys::RootKey;
use sync::control::SpaceKind;
use sync::port::{BlobRow, Write};
use sync::{DocRef, Founding};
use tempfile::TempDir;

/// A test that waits this long for something has failed; no test depends on how long anything takes.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Stands for what nobody outside a sitting may ever see.
pub const CANARY: &str = "KIẾN NGHỊ MẬT 7f3a91 về nhân sự";
/// The administrator's name.
pub const CHAIR: &str = "Trần Thị Bích Nguyệt";

/// Waits until something is so.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Text that packs badly: six bits in each byte.
pub fn noise(seed: u64, bytes: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut random = vec![0; bytes];
    ChaCha20Rng::seed_from_u64(seed).fill_bytes(&mut random);
    random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect()
}

/// A device that is switched on.
pub struct Device {
    engine: Running,
    off: Off,
}

/// A device that is switched off: what is on its disk.
#[derive(Clone)]
pub struct Off {
    /// Goes when nobody has the device any more.
    _folder: Arc<TempDir>,
    config: Config,
    organisation: Option<Hash32>,
    /// Certificate authorities that it believes, in PEM.
    authorities: Vec<u8>,
}

impl Off {
    fn new(name: &str, organisation: Option<Hash32>) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        let config = Config { name: name.into(), folder: folder.path().join("device"), ..Config::default() };
        identity::make(&config).unwrap();
        Self { _folder: folder, config, organisation, authorities: Vec::new() }
    }

    /// Makes it believe a certificate authority of the organisation's own.
    pub fn believing(self, authorities: Vec<u8>) -> Self {
        Self { authorities, ..self }
    }

    /// Switches it on.
    pub fn on(self) -> Device {
        let (backend, identity) = identity::open(&self.config).unwrap();
        let start = Start {
            backend,
            identity,
            net: net::Config {
                tls: net::Tls { authorities: self.authorities.clone(), ..net::Tls::default() },
                ..net::Config::loopback()
            },
            dial: Vec::new(),
            allowance: None,
            organisation: self.organisation,
            metrics: Arc::new(Metrics::default()),
        };
        Device { engine: Running::start(start, &tokio::runtime::Handle::current()).unwrap(), off: self }
    }
}

impl Device {
    /// The device of the first administrator of a new organisation.
    pub async fn founder(organisation: &'static str) -> Self {
        let device = Off::new(CHAIR, None).on();
        let founding = Founding {
            organisation: organisation.into(),
            unit: UnitId([7; 16]),
            unit_name: "UBND phường Thuận Hóa".into(),
            person: PersonId([9; 16]),
            name: CHAIR.into(),
            title: "Chánh Văn phòng".into(),
        };
        device
            .ask(move |engine| {
                let root = RootKey::generate(&mut identity::fresh_rng().unwrap());
                engine.with(|replica, cx| Ok(((), replica.found(cx, &root, &founding)?))).unwrap();
            })
            .await;
        device
    }

    /// Somebody else's device, let in by this one.
    pub async fn admits(&self, name: &str) -> Self {
        self.admits_at(&self.address().await, name).await
    }

    /// The same, of a device that reaches nothing but one address, this device's or a hub's.
    pub async fn admits_at(&self, address: &str, name: &str) -> Self {
        let other = Off::new(name, Some(self.root().await)).on();
        other.dials(address).await;
        let device = other.ask(|engine| engine.replica().device()).await;
        self.has_request(device).await;
        self.ask(move |engine| engine.with(|replica, cx| Ok(((), replica.approve(cx, &device, false, false)?))).unwrap()).await;
        until("the newcomer knows that it was let in", async || {
            other
                .ask(|engine| engine.replica().directory().is_some_and(|directory| directory.devices().count() > 1))
                .await
                .then_some(())
        })
        .await;
        other
    }

    /// Waits until a device asks to be let in here.
    pub async fn has_request(&self, device: DeviceId) {
        until("a request to join", async || {
            self.ask(move |engine| engine.replica().join_requests().any(|pending| pending.request.device == device))
                .await
                .then_some(())
        })
        .await;
    }

    /// Runs something on the device.
    pub async fn ask<R: Send + 'static>(&self, job: impl FnOnce(&mut Engine) -> R + Send + 'static) -> R {
        self.engine.run(job).await.unwrap()
    }

    /// Fingerprint of its organisation's root key.
    pub async fn root(&self) -> Hash32 {
        self.ask(|engine| engine.replica().directory().unwrap().root().fingerprint()).await
    }

    /// Its owner.
    pub async fn person(&self) -> PersonId {
        self.ask(|engine| engine.replica().me().unwrap().person).await
    }

    /// Where it listens.
    pub async fn address(&self) -> String {
        until("an address", async || self.ask(|engine| engine.status().addresses.first().cloned()).await).await
    }

    /// Calls an address.
    pub async fn dials(&self, address: &str) {
        let address = address.to_owned();
        self.ask(move |engine| engine.dial(&address).unwrap()).await;
    }

    /// Begins a sitting and invites.
    pub async fn sitting(&self, invited: &[(PersonId, MeetingRole)]) -> SpaceId {
        let invited = invited.to_vec();
        self.ask(move |engine| {
            let space = engine.with(|replica, cx| replica.create_space(cx, SpaceKind::Meeting)).unwrap();
            for (person, role) in invited {
                engine.with(|replica, cx| Ok(((), replica.set_member(cx, &space, person, role)?))).unwrap();
            }
            space
        })
        .await
    }

    /// Writes a value into the sitting's document.
    pub async fn writes(&self, space: SpaceId, key: &str, value: &str) {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.ask(move |engine| {
            engine
                .with(|replica, cx| {
                    let put = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                        tx.put(ROOT, key, value).map_err(|error| error.to_string())
                    };
                    let ((), _, fx) = replica.transact(cx, DocRef::meeting(space), &[], put)?;
                    Ok(((), fx))
                })
                .unwrap();
        })
        .await;
    }

    /// What the sitting's document has under a name, as far as this device can read it.
    pub async fn reads(&self, space: SpaceId, key: &str) -> Option<String> {
        let key = key.to_owned();
        self.ask(move |engine| {
            let read = |document: &automerge::Automerge| {
                let (value, _) = document.get(ROOT, key.as_str()).ok()??;
                value.as_str().map(str::to_owned)
            };
            let target = DocRef::meeting(space);
            engine.with(|replica, cx| Ok((replica.read(cx.shelf, &space, &target.doc, read)?, Default::default()))).ok()?
        })
        .await
    }

    /// Waits until it reads a value.
    pub async fn comes_to_read(&self, space: SpaceId, key: &str, value: &str) {
        until(&format!("{key} to arrive"), async || (self.reads(space, key).await.as_deref() == Some(value)).then_some(())).await;
    }

    /// Puts a file into the sitting.
    pub async fn adds_file(&self, space: SpaceId, plain: Vec<u8>) -> BlobRef {
        self.ask(move |engine| {
            let (blob, bytes) = engine.replica().encrypt_blob(&space, &plain).unwrap();
            let row = BlobRow { space, cipher: blob.cipher, size: blob.size, complete: false };
            for write in [
                Write::BlobWanted(row),
                Write::BlobRange { cipher: blob.cipher, offset: 0, bytes },
                Write::BlobComplete { cipher: blob.cipher },
            ] {
                engine.backend().commit(&[write]).unwrap();
            }
            engine.with(|replica, _| Ok(((), replica.blob_added(space, blob.cipher)))).unwrap();
            blob
        })
        .await
    }

    /// Waits until it has read a whole file.
    pub async fn fetches(&self, space: SpaceId, blob: BlobRef) -> Vec<u8> {
        self.ask(move |engine| engine.with(|replica, cx| Ok(((), replica.want_blob(cx, space, &blob)))).unwrap()).await;
        until("a file to arrive", async || self.ask(move |engine| engine.replica().has_blob(&blob.cipher)).await.then_some(()))
            .await;
        self.ask(move |engine| {
            let mut bytes = engine.backend().blob_bytes(&blob.cipher, 0, usize::try_from(blob.size).unwrap()).unwrap();
            assert!(engine.replica().decrypt_blob(&space, &blob, 0, &mut bytes));
            bytes
        })
        .await
    }

    /// Withdraws a file from the sitting.
    pub async fn withdraws(&self, space: SpaceId, blob: BlobRef) {
        self.ask(move |engine| {
            engine.with(|replica, cx| Ok(((), replica.withdraw_files(cx, &space, vec![blob.cipher])?))).unwrap();
        })
        .await;
    }

    /// How many of its envelopes of a space exist, and how many of them somebody else who is connected has acknowledged.
    pub async fn acknowledged(&self, space: SpaceId) -> (u64, u64) {
        self.ask(move |engine| engine.replica().own_log(&space)).await
    }

    /// Waits until everything that it wrote in a space is with somebody else who is connected.
    pub async fn is_acknowledged(&self, space: SpaceId) {
        until("acknowledgements", async || {
            let (written, elsewhere) = self.acknowledged(space).await;
            (written > 0 && written == elsewhere).then_some(())
        })
        .await;
    }

    /// Why a peer declined something last.
    pub async fn declined(&self) -> Option<String> {
        self.ask(|engine| engine.replica().peers().find_map(|(_, peer)| peer.declined.clone())).await
    }

    /// Switches it off.
    pub async fn off(self) -> Off {
        stopped(self.engine.stop().await);
        self.off.clone()
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // The process must not end while the engine's thread still uses the database: what the C libraries clear away at exit would be
        // used after that. Stopping what was stopped does nothing.
        let engine = self.engine.clone();
        tokio::task::block_in_place(|| {
            let _ = tokio::runtime::Handle::current().block_on(engine.stop());
        });
    }
}

fn stopped(result: Result<(), HubError>) {
    result.expect("a device stops in order");
}
