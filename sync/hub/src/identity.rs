//! What a hub keeps to itself: the key of its folder in a file, and in the folder the keys of its device.
//!
//! The folder is encrypted like a person's profile, under a random key in a file of its own: a copy of the folder alone (a backup, a disk sent
//! away) shows nothing, not even who belongs to the organisation. The file may lie on another disk or come from systemd.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::id::{DeviceId, Incarnation, PersonId, Timestamp};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use signing::join::{JOIN_VERSION, JoinRequest};
use signing::keys::DeviceKeys;
use store::{META_TORN, Store};
use sync::port::Write;
use sync::{META_INCARNATION, Replica};
use zeroize::Zeroizing;

use crate::HubError;
use crate::backend::{self, Backend, BackendError};
use crate::config::{BackendKind, Config};

const META_DEVICE: &str = "secret/device";
/// The first line of a key file.
const KEY_TITLE: &str = "kyhop-hub-key-1";
const KEY_FILE_BYTES_MAX: u64 = 1_024;
/// What the administrator who lets it in reads beside the name.
const TITLE: &str = "Máy chủ lưu chuyển (hub)";

/// The secrets of a hub that is open.
pub struct Identity {
    device: Zeroizing<Vec<u8>>,
    /// Its log.
    pub incarnation: Incarnation,
}

impl Identity {
    /// The device's keys.
    ///
    /// # Errors
    /// What is stored is not what was stored.
    pub fn keys(&self) -> Result<DeviceKeys, BackendError> {
        DeviceKeys::from_secret_bytes(&self.device)
            .map_err(|error| BackendError { code: "store_damaged", detail: error.to_string() })
    }
}

/// The wall clock.
pub fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Randomness from the system.
///
/// # Errors
/// The system has none.
pub fn fresh_rng() -> Result<ChaCha20Rng, HubError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|error| HubError::Io { what: "randomness".into(), error: error.into() })?;
    Ok(ChaCha20Rng::from_seed(*seed))
}

/// Makes a hub: key file, folder, device keys, and the request by which it asks to be let in. An attempt that was interrupted is taken up.
///
/// # Errors
/// [`HubError::Exists`], a key file that is not ours, a name that no certificate may bear, a disk that refuses.
pub fn make(config: &Config) -> Result<DeviceId, HubError> {
    let mut rng = fresh_rng()?;
    let key_path = config.key_path()?;
    if Store::exists(&config.folder) && !key_path.exists() {
        return Err(HubError::Key { file: key_path, detail: "the key of the hub in the folder is missing".into() });
    }
    private_folder(&config.folder)?;
    if !key_path.exists() {
        write_key(&key_path, &mut rng)?;
    }
    let key = read_key(&key_path)?;
    if config.backend.kind == BackendKind::Postgres && !config.shared_key_path()?.exists() {
        write_key(&config.shared_key_path()?, &mut rng)?;
    }
    let mut backend = backend::open(config, &key)?;
    if read(backend.as_ref())?.is_some() {
        return Err(HubError::Exists(config.folder.clone()));
    }
    let keys = DeviceKeys::generate(&mut rng);
    let (mut incarnation, mut person, mut nonce) = ([0; Incarnation::LEN], [0; PersonId::LEN], [0; 16]);
    rng.fill_bytes(&mut incarnation);
    rng.fill_bytes(&mut person);
    rng.fill_bytes(&mut nonce);
    let (device, secret) = (keys.device(), keys.to_secret_bytes());
    let request = JoinRequest {
        version: JOIN_VERSION,
        device,
        agreement: keys.agreement_key(),
        person: PersonId(person),
        name: config.name.clone(),
        title: TITLE.into(),
        unit_name: None,
        certificate_request: Vec::new(),
        nonce,
        made_at: wall(),
        invitation: None,
    }
    .sign(&keys)
    .map_err(|error| HubError::Request(error.to_string()))?;
    let mut replica = Replica::open(keys, Incarnation(incarnation), backend.as_ref())?;
    let mut writes = replica.ask_to_join(request).writes;
    writes.push(Write::Meta { key: META_INCARNATION.into(), value: incarnation.to_vec() });
    writes.push(Write::Meta { key: META_DEVICE.into(), value: secret.to_vec() });
    backend.commit(&writes)?;
    backend.close()?;
    Ok(device)
}

/// Opens the hub that the configuration names.
///
/// # Errors
/// [`HubError::NotMade`]; `profile_in_use` while another process runs it; `wrong_key`; a damaged folder.
pub fn open(config: &Config) -> Result<(Box<dyn Backend>, Identity), HubError> {
    if !Store::exists(&config.folder) {
        return Err(HubError::NotMade(config.folder.clone()));
    }
    let key = read_key(&config.key_path()?)?;
    let mut backend = backend::open(config, &key)?;
    if backend.meta(META_TORN).map_err(BackendError::from)?.is_some_and(|mark| !mark.is_empty()) {
        begin_new_log(backend.as_mut())?;
    }
    let identity = read(backend.as_ref())?.ok_or_else(|| HubError::NotMade(config.folder.clone()))?;
    Ok((backend, identity))
}

/// What the hub wrote last may be gone here and known to others: a number that was used once must not be used again.
fn begin_new_log(backend: &mut dyn Backend) -> Result<(), HubError> {
    let mut incarnation = [0; Incarnation::LEN];
    fresh_rng()?.fill_bytes(&mut incarnation);
    let writes = [(META_INCARNATION, incarnation.to_vec()), (META_TORN, Vec::new())];
    Ok(backend.commit(&writes.map(|(key, value)| Write::Meta { key: key.into(), value }))?)
}

fn read(backend: &dyn Backend) -> Result<Option<Identity>, BackendError> {
    let Some(device) = backend.meta(META_DEVICE)?.map(Zeroizing::new) else {
        return Ok(None);
    };
    let incarnation = backend.meta(META_INCARNATION)?.and_then(|bytes| Incarnation::from_slice(&bytes));
    let missing = || BackendError { code: "store_damaged", detail: format!("{META_INCARNATION} is missing") };
    Ok(Some(Identity { device, incarnation: incarnation.ok_or_else(missing)? }))
}

fn private_folder(folder: &Path) -> Result<(), HubError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(HubError::io(folder.display().to_string()))
}

fn write_key(path: &Path, rng: &mut ChaCha20Rng) -> Result<(), HubError> {
    let mut key = Zeroizing::new([0; 32]);
    rng.fill_bytes(key.as_mut_slice());
    let mut text = Zeroizing::new(format!("{KEY_TITLE}\n"));
    for byte in key.iter() {
        text.push_str(&format!("{byte:02x}"));
    }
    text.push('\n');
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let told = path.display().to_string();
    let mut file = options.open(path).map_err(HubError::io(told.clone()))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(HubError::io(told.clone()))?;
    // The key must not be lost in a power failure that the folder's contents survive.
    match path.parent().filter(|_| cfg!(unix)) {
        Some(parent) => fs::File::open(parent).and_then(|folder| folder.sync_all()).map_err(HubError::io(told)),
        None => Ok(()),
    }
}

/// Reads a key of a hub, or one that hubs share.
///
/// # Errors
/// [`HubError::Key`].
pub(crate) fn read_key(path: &Path) -> Result<Zeroizing<[u8; 32]>, HubError> {
    let wrong = |detail: &str| HubError::Key { file: path.to_owned(), detail: detail.to_owned() };
    let mut text = Zeroizing::new(String::new());
    let file = fs::File::open(path).map_err(|error| wrong(&error.to_string()))?;
    file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text).map_err(|error| wrong(&error.to_string()))?;
    let mut lines = text.lines();
    if lines.next() != Some(KEY_TITLE) {
        return Err(wrong("this is no key of a hub"));
    }
    let hex = lines.next().unwrap_or_default().as_bytes();
    let mut key = Zeroizing::new([0; 32]);
    if hex.len() != 2 * key.len() {
        return Err(wrong("the key is not complete"));
    }
    for (byte, pair) in key.iter_mut().zip(hex.chunks_exact(2)) {
        let digit =
            |at: usize| pair.get(at).and_then(|digit| char::from(*digit).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
        *byte = match (digit(0), digit(1)) {
            (Some(high), Some(low)) => high << 4 | low,
            _ => return Err(wrong("the key holds something else than hexadecimal digits")),
        };
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn config(folder: &Path) -> Config {
        Config {
            folder: folder.join("hub"),
            key_file: folder.join("hub.key").to_string_lossy().into_owned(),
            ..Config::default()
        }
    }

    #[test]
    fn a_hub_is_made_once_and_opens_with_the_same_device() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        assert_eq!(open(&config).err().unwrap().code(), "hub_not_made");
        let device = make(&config).unwrap();
        assert_eq!(make(&config).unwrap_err().code(), "hub_exists");
        let (backend, identity) = open(&config).unwrap();
        assert_eq!(identity.keys().unwrap().device(), device);
        assert_eq!(open(&config).err().unwrap().code(), "profile_in_use");
        backend.close().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_on_the_machine_reads_key_or_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        make(&config).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&config.key_path().unwrap()), 0o600);
        assert_eq!(mode(&config.folder), 0o700);
    }

    #[test]
    fn a_key_that_is_lost_or_another_is_told_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        make(&config).unwrap();
        let key = config.key_path().unwrap();
        let kept = fs::read(&key).unwrap();
        for (damaged, code) in [
            (Vec::new(), "hub_key"),
            (b"something else\n".to_vec(), "hub_key"),
            (kept[..kept.len() - 3].to_vec(), "hub_key"),
            (String::from_utf8_lossy(&kept).replace(['0', '1', '2', '3', '4', '5'], "6").into_bytes(), "wrong_key"),
        ] {
            fs::write(&key, &damaged).unwrap();
            // The title holds a digit, too: what was replaced there is no key at all.
            let found = open(&config).err().unwrap();
            assert!(found.code() == code || found.code() == "hub_key", "{found}");
            assert!(make(&config).is_err());
            assert_eq!(fs::read(&key).unwrap(), damaged);
        }
        fs::remove_file(&key).unwrap();
        assert_eq!(make(&config).unwrap_err().code(), "hub_key");
        assert!(!key.exists());
        fs::write(&key, kept).unwrap();
        open(&config).unwrap();
    }

    #[test]
    fn a_name_that_no_certificate_may_bear_makes_no_hub() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { name: "  ".into(), ..config(folder.path()) };
        assert_eq!(make(&config).unwrap_err().code(), "hub_request");
        make(&Config { name: "Hub".into(), ..config }).unwrap();
    }
}
