//! A profile of the first released layout, in a backup of the first format: it must open for ever, however the layout changes later.
//!
//! `KYHOP_WRITE_GOLDEN=1` writes the file if it is not there yet. One that is there is never overwritten: a new layout or format gets a file
//! of its own. What SQLite makes of a database differs from run to run, so the file is judged by what is read from it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{DOC, INCARNATION, SPACE, blob, content, envelope, envelope_of, log, wanted};
use domain::id::{DeviceId, Timestamp};
use handbook::Package;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use signing::wrap::SpaceKey;
use signing::{ProfileKeyFile, RootKey};
use store::Store;
use store::backup::{self, Reader};
use store::library::{Library, LibraryReader};
use sync::port::{Shelf, Snapshot, Write};
use tempfile::TempDir;

const PASSPHRASE: &str = "mật khẩu";
const BLOB_BYTES: usize = 20_000;
/// Longest part of the envelopes that is read at once.
const ALL: usize = 1 << 20;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/golden/v1")
}

fn sealed_key() -> Vec<u8> {
    fs::read(fixtures().join("profile.key")).unwrap()
}

fn database_key() -> [u8; 32] {
    *ProfileKeyFile::from_bytes(sealed_key()).unlock(PASSPHRASE.as_bytes()).unwrap().derive("database")
}

fn snapshot() -> Snapshot {
    Snapshot { position: 2, bytes: b"a document as it was saved".to_vec() }
}

fn other() -> DeviceId {
    DeviceId([7; 32])
}

/// One of each kind of row, a file, and a package of the handbook.
fn make(to: &Path) {
    let home = TempDir::new().unwrap();
    let profile = home.path().join("profile");
    let key = database_key();
    let mut store = Store::open(&profile, &key).unwrap();
    fs::write(profile.join("profile.key"), sealed_key()).unwrap();
    let (cipher, bytes) = blob(BLOB_BYTES, 1);
    let (lacking, _) = blob(BLOB_BYTES, 2);
    let writes = [
        envelope(1),
        envelope(2),
        envelope(3),
        envelope_of(other(), 1, DOC, true, b"a control envelope".to_vec()),
        Write::Act { space: SPACE, doc: DOC, hash: common::hash(b"an act"), bytes: b"an act".to_vec() },
        Write::SpaceKey { space: SPACE, epoch: 65_600, key: SpaceKey([5; 32]) },
        Write::Snapshot { space: SPACE, doc: DOC, snapshot: snapshot() },
        Write::Meta { key: "organisation".into(), value: "Thành phố Huế".into() },
        wanted(lacking, BLOB_BYTES),
    ];
    store.commit(&writes, &[]).unwrap();
    store.put_blob(SPACE, cipher, &bytes).unwrap();

    let file = fs::read(fixtures().join("handbook/whole.kyhopb")).unwrap();
    let publisher = RootKey::generate(&mut ChaCha20Rng::seed_from_u64(1_001));
    let package = Package::open(&file, &[publisher.fingerprint()]).unwrap();
    let mut library = Library::open(&profile, &key).unwrap();
    library.change(|change| change.install(&package, &file, Timestamp(1_790_000_000_000), &mut |_| true)).unwrap();

    let beside = home.path().join("beside");
    let mut parts = store.copy_for_backup(&profile, &beside).unwrap();
    parts.push(library.copy_for_backup(&beside).unwrap());
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    backup::write(to, &parts).unwrap();
}

#[test]
fn a_profile_of_the_first_layout_opens_from_a_backup_of_the_first_format() {
    let file = fixtures().join("store/profile.kyhop-backup");
    if !file.exists() && std::env::var_os("KYHOP_WRITE_GOLDEN").is_some() {
        make(&file);
    }
    let home = TempDir::new().unwrap();
    let reader = Reader::open(&file).unwrap();
    let key = ProfileKeyFile::from_bytes(reader.sealed_key().to_vec()).unlock(PASSPHRASE.as_bytes()).unwrap().derive("database");
    assert_eq!(reader.extract(home.path()).unwrap().files, 5);

    let store = Store::open(home.path(), &key).unwrap();
    assert_eq!(log(&store), (1..=3).map(content).collect::<Vec<_>>());
    assert_eq!(store.control(&SPACE).unwrap(), [b"a control envelope"]);
    let heads: Vec<_> = store.heads(&SPACE).unwrap().into_iter().map(|head| (head.device, head.incarnation, head.seq)).collect();
    assert_eq!(heads, [(common::DEVICE, INCARNATION, 3), (other(), INCARNATION, 1)]);
    assert_eq!(store.envelopes(&SPACE, 0, ALL).unwrap().len(), 4);
    assert_eq!(store.acts(&SPACE).unwrap()[0].bytes, b"an act");
    assert_eq!(store.space_keys(&SPACE).unwrap(), [(65_600, SpaceKey([5; 32]))]);
    assert_eq!(store.snapshot(&SPACE, &DOC).unwrap(), Some(snapshot()));
    assert_eq!(store.meta("organisation").unwrap().as_deref(), Some("Thành phố Huế".as_bytes()));
    let (cipher, bytes) = blob(BLOB_BYTES, 1);
    assert_eq!(store.blob_bytes(&cipher, 0, BLOB_BYTES).unwrap(), bytes);
    let lacking = store.blob(&blob(BLOB_BYTES, 2).0).unwrap().unwrap();
    assert!(!lacking.complete && lacking.size == BLOB_BYTES as u64, "still wanted");

    // Opened for writing first, as the application does: a later layout is made from this one.
    drop(Library::open(home.path(), &key).unwrap());
    let mut library = LibraryReader::open(home.path(), &key).unwrap();
    assert_eq!((library.packages().unwrap()[0].number, library.len().unwrap()), (1, 20));
}
