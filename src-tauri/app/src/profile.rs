//! A profile on disk: the folder, the key that the passphrase opens, the secrets inside.

use std::path::{Path, PathBuf};

use api::error::ApiError;
use domain::id::{Incarnation, PersonId, UnitId};
use rand_core::CryptoRng;
use signing::RootFile;
use signing::keys::DeviceKeys;
use signing::profile_key::{ProfileKey, ProfileKeyFile};
use signing_pdf::{CertificateAuthority, PersonKey};
use store::{META_TORN, Store};
use sync::META_INCARNATION;
use sync::port::{Shelf, Write};
use zeroize::Zeroizing;

use crate::error::{AtBoundary, Boundary};
use crate::making::Making;
use crate::use_cases::withdraw_open;

/// The sealed profile key. A folder with it holds a profile, one without it holds none.
pub(crate) const KEY_FILE: &str = "profile.key";
/// The organisation's root key, sealed under the passphrase of who made it, to be put away.
pub(crate) const ROOT_FILE: &str = "organisation-root.sealed";
const META_DEVICE: &str = "secret/device";
const META_PERSON_KEY: &str = "secret/person-key";
const META_AUTHORITY: &str = "secret/authority";
const META_PERSON: &str = "person";
const META_RECOVERED: &str = "recovered";
/// Shortest passphrase, in characters.
pub(crate) const PASSPHRASE_CHARS_MIN: usize = 8;
/// Longest passphrase file.
const PASSPHRASE_FILE_BYTES_MAX: u64 = 4_096;

/// Where the desktop keeps its profile.
pub fn default_folder() -> PathBuf {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
    base.unwrap_or_else(|| PathBuf::from(".")).join("kyhop")
}

/// Reads a passphrase from the first line of a file.
///
/// # Errors
/// The file cannot be read, is longer than 4 KiB or is not text.
pub fn read_passphrase_file(path: &Path) -> Result<Zeroizing<String>, ApiError> {
    let size = std::fs::metadata(path).at_boundary().map_err(|error| error.with("file", path.display()))?.len();
    if size > PASSPHRASE_FILE_BYTES_MAX {
        return Err(ApiError::new("passphrase_file", "the passphrase file is too long").with("file", path.display()));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).at_boundary().map_err(|error| error.with("file", path.display()))?);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Is there a profile in the folder.
pub(crate) fn exists(folder: &Path) -> bool {
    folder.join(KEY_FILE).exists()
}

/// What a profile keeps to itself.
pub(crate) struct Secrets {
    /// The device's keys as they are stored; [`DeviceKeys`] are made from them when needed.
    pub device: Zeroizing<Vec<u8>>,
    /// This device's log.
    pub incarnation: Incarnation,
    /// Key of the person's certificate for PDFs.
    pub person_key: PersonKey,
    /// The organisation's certificate authority, on the device that made the organisation.
    pub authority: Option<CertificateAuthority>,
    /// The person, as chosen when the profile was made.
    pub person: PersonId,
    /// The key of the library beside the profile's database.
    pub library_key: Zeroizing<[u8; 32]>,
}

impl Secrets {
    /// The device's keys.
    pub fn keys(&self) -> Result<DeviceKeys, ApiError> {
        DeviceKeys::from_secret_bytes(&self.device).map_err(|error| ApiError::new("store_damaged", error.to_string()))
    }
}

/// Refuses a passphrase that is too short for a profile.
pub(crate) fn check_passphrase(passphrase: &str) -> Result<(), ApiError> {
    if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
        return Err(ApiError::new("passphrase_too_short", "the passphrase is too short").with("least", PASSPHRASE_CHARS_MIN));
    }
    Ok(())
}

/// Begins a profile with fresh keys. It is one when whoever gets it says [`Making::finish`]; until then nothing of it stays if it fails.
pub(crate) fn create(folder: &Path, passphrase: &str, rng: &mut impl CryptoRng) -> Result<(Making, Store, Secrets), ApiError> {
    check_passphrase(passphrase)?;
    if exists(folder) {
        return Err(ApiError::new("profile_exists", "there is a profile in this folder already").with("folder", folder.display()));
    }
    create_private(folder).at_boundary().map_err(|error| error.with("folder", folder.display()))?;
    let (file, key) = ProfileKeyFile::create(passphrase.as_bytes(), rng).at_boundary()?;
    let making = Making::begin(folder, file.as_bytes())?;
    let mut store = open_store(folder, &key)?;
    let mut incarnation = [0; Incarnation::LEN];
    rng.fill_bytes(&mut incarnation);
    let keys = DeviceKeys::generate(rng);
    let person = PersonId::first_on(&keys.device());
    let secrets = Secrets {
        device: keys.to_secret_bytes(),
        incarnation: Incarnation(incarnation),
        person_key: PersonKey::generate(rng),
        authority: None,
        person,
        library_key: key.derive("database"),
    };
    let person_key = secrets.person_key.to_secret_bytes().at_boundary()?;
    let meta = |key: &str, value: &[u8]| Write::Meta { key: key.into(), value: value.to_vec() };
    let writes = [
        meta(META_DEVICE, &secrets.device),
        meta(META_INCARNATION, &incarnation),
        meta(META_PERSON_KEY, &person_key),
        meta(META_PERSON, person.as_bytes()),
    ];
    store.commit(&writes, &[]).at_boundary()?;
    Ok((making, store, secrets))
}

/// Opens a profile with its key, as [`unlock_key`] or a keyring gave it.
pub(crate) fn open(folder: &Path, key: &ProfileKey, rng: &mut impl CryptoRng) -> Result<(Store, Secrets), ApiError> {
    let mut store = open_store(folder, key)?;
    if store.opened().torn {
        begin_new_log(&mut store, rng)?;
    }
    let secrets = read_secrets(&store, key.derive("database"))?;
    Ok((store, secrets))
}

/// The profile's key, by its passphrase: 64 MiB and three passes of Argon2id.
pub(crate) fn unlock_key(folder: &Path, passphrase: &str) -> Result<ProfileKey, ApiError> {
    key_file(folder)?.unlock(passphrase.as_bytes()).at_boundary()
}

/// The sealed key as it lies in the folder.
pub(crate) fn key_file(folder: &Path) -> Result<ProfileKeyFile, ApiError> {
    let bytes = std::fs::read(folder.join(KEY_FILE)).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            ApiError::new("no_profile", "there is no profile in this folder").with("folder", folder.display())
        }
        _ => error.at_boundary(),
    })?;
    Ok(ProfileKeyFile::from_bytes(bytes))
}

/// Seals the profile key under a new passphrase; the profile itself is not written again.
pub(crate) fn change_passphrase(folder: &Path, old: &str, new: &str, rng: &mut impl CryptoRng) -> Result<(), ApiError> {
    check_passphrase(new)?;
    change_key_file(folder, |file| file.change(old.as_bytes(), new.as_bytes(), rng).at_boundary())
}

/// Puts another sealed key in the place of the present one, whole or not at all.
pub(crate) fn change_key_file(
    folder: &Path,
    change: impl FnOnce(&ProfileKeyFile) -> Result<ProfileKeyFile, ApiError>,
) -> Result<(), ApiError> {
    let changed = change(&key_file(folder)?)?;
    let beside = folder.join("profile.key.new");
    write_new(&beside, changed.as_bytes())?;
    std::fs::rename(&beside, folder.join(KEY_FILE)).at_boundary()?;
    // Windows has no such call; NTFS journals its folders.
    if cfg!(unix) { std::fs::File::open(folder).and_then(|folder| folder.sync_all()).at_boundary() } else { Ok(()) }
}

pub(crate) fn open_store(folder: &Path, key: &ProfileKey) -> Result<Store, ApiError> {
    Store::open(folder, &key.derive("database")).at_boundary().map_err(|error| error.with("folder", folder.display()))
}

fn read_secrets(store: &Store, library_key: Zeroizing<[u8; 32]>) -> Result<Secrets, ApiError> {
    let meta = |key: &'static str| store.meta(key).at_boundary();
    let missing = |key: &str| ApiError::new("store_damaged", format!("{key} is missing from the profile"));
    let incarnation =
        meta(META_INCARNATION)?.and_then(|bytes| Incarnation::from_slice(&bytes)).ok_or_else(|| missing(META_INCARNATION))?;
    let person = meta(META_PERSON)?.and_then(|bytes| PersonId::from_slice(&bytes)).ok_or_else(|| missing(META_PERSON))?;
    let person_key = Zeroizing::new(meta(META_PERSON_KEY)?.ok_or_else(|| missing(META_PERSON_KEY))?);
    let authority = match meta(META_AUTHORITY)?.map(Zeroizing::new) {
        Some(bytes) => Some(CertificateAuthority::from_secret_bytes(&bytes).at_boundary()?),
        None => None,
    };
    Ok(Secrets {
        device: Zeroizing::new(meta(META_DEVICE)?.ok_or_else(|| missing(META_DEVICE))?),
        incarnation,
        person_key: PersonKey::from_secret_bytes(&person_key).at_boundary()?,
        authority,
        person,
        library_key,
    })
}

/// From here on the device writes new logs: what it wrote last may be gone here and known to others, and a number that was used once must not
/// be used again.
pub(crate) fn begin_new_log(store: &mut Store, rng: &mut impl CryptoRng) -> Result<(), ApiError> {
    let mut incarnation = [0; Incarnation::LEN];
    rng.fill_bytes(&mut incarnation);
    let writes = [(META_INCARNATION, incarnation.to_vec()), (META_TORN, Vec::new())];
    let mut writes: Vec<Write> = writes.map(|(key, value)| Write::Meta { key: key.into(), value }).into();
    // Whom the lost part let in is not known here: nobody may come in by the same invitation.
    writes.extend(withdraw_open(store)?);
    store.commit(&writes, &[]).at_boundary()
}

/// Keeps the organisation's certificate authority on this device.
pub(crate) fn keep_authority(store: &mut Store, authority: &CertificateAuthority) -> Result<(), ApiError> {
    let bytes = authority.to_secret_bytes().at_boundary()?;
    store.commit(&[Write::Meta { key: META_AUTHORITY.into(), value: bytes.to_vec() }], &[]).at_boundary()
}

/// Marks the profile as one of a device that took an organisation up again: what is shared there exists, and is not begun anew.
pub(crate) fn mark_recovered(store: &mut Store) -> Result<(), ApiError> {
    store.commit(&[Write::Meta { key: META_RECOVERED.into(), value: vec![1] }], &[]).at_boundary()
}

/// As [`mark_recovered`] left it.
pub(crate) fn is_recovered(store: &Store) -> Result<bool, ApiError> {
    Ok(store.meta(META_RECOVERED).at_boundary()?.is_some())
}

/// Seals the root key into a file of its own: to be copied to a stick and put into a safe, then removed from the disk.
pub(crate) fn seal_root(folder: &Path, root: &RootFile, passphrase: &str, rng: &mut impl CryptoRng) -> Result<PathBuf, ApiError> {
    let sealed = root.seal(passphrase.as_bytes(), rng).at_boundary()?;
    let path = folder.join(ROOT_FILE);
    write_new(&path, &sealed)?;
    Ok(path)
}

/// Makes a folder that only its owner can look into.
pub(crate) fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that only its owner can read, and makes it durable.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), ApiError> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).at_boundary()?;
    file.write_all(bytes).and_then(|()| file.sync_all()).at_boundary()
}

/// A fresh unit id.
pub(crate) fn new_unit(rng: &mut impl CryptoRng) -> UnitId {
    let mut id = [0; UnitId::LEN];
    rng.fill_bytes(&mut id);
    UnitId(id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::app::fresh_rng;

    const PASSPHRASE: &str = "mật khẩu dài";
    /// Where the write-ahead log of the profile's database lies.
    const LOG: &str = "kyhop.db-wal";

    #[test]
    fn a_profile_whose_write_ahead_log_was_torn_goes_on_in_a_new_log_and_only_once() {
        let (home, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut rng = fresh_rng().unwrap();
        let (mut making, mut store, secrets) = create(&home.path().join("profile"), PASSPHRASE, &mut rng).unwrap();
        making.finish().unwrap();
        for number in 0..20_u8 {
            let said = Write::Meta { key: "said".into(), value: vec![number; 3_000] };
            store.commit(&[said], &[]).unwrap();
        }
        // As it lies there when the program is killed; then the disk turns a bit of the last page.
        for file in [KEY_FILE, "kyhop.check", "kyhop.db", LOG] {
            std::fs::copy(home.path().join("profile").join(file), copy.path().join(file)).unwrap();
        }
        let mut bytes = std::fs::read(copy.path().join(LOG)).unwrap();
        let at = bytes.len() - 1_000;
        bytes[at] ^= 1;
        std::fs::write(copy.path().join(LOG), bytes).unwrap();

        let key = unlock_key(copy.path(), PASSPHRASE).unwrap();
        let (torn, found) = open(copy.path(), &key, &mut rng).unwrap();
        assert_eq!(torn.meta("said").unwrap().unwrap()[0], 18, "what was said last is gone");
        assert_eq!(found.device, secrets.device);
        assert_ne!(found.incarnation, secrets.incarnation);
        torn.close().unwrap();
        let (_again, again) = open(copy.path(), &key, &mut rng).unwrap();
        assert_eq!(again.incarnation, found.incarnation);
    }
}
