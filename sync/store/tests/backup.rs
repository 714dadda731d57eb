//! Backups: taken while the profile is in use, whole when they come back, refused when they are not what was written.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{KEY, SPACE, blob, content, envelope, log, open};
use store::Store;
use store::backup::{self, BackupError, Reader};
use sync::port::Shelf;
use tempfile::TempDir;

struct Office {
    home: TempDir,
    store: Store,
}

impl Office {
    /// A profile with three envelopes and a blob.
    fn open() -> Self {
        let home = TempDir::new().unwrap();
        let profile = home.path().join("profile");
        let mut store = open(&profile);
        fs::write(profile.join("profile.key"), b"sealed").unwrap();
        (1..=3).for_each(|seq| store.commit(&[envelope(seq)], &[]).unwrap());
        let (cipher, bytes) = blob(300_000, 1);
        store.put_blob(SPACE, cipher, &bytes).unwrap();
        Self { home, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn back_up(&mut self) -> PathBuf {
        let to = self.path("ngay.kyhop-backup");
        let parts = self.store.copy_for_backup(&self.path("profile"), &self.path("beside")).unwrap();
        // Goes on while the copy is written.
        self.store.commit(&[envelope(4)], &[]).unwrap();
        let written = backup::write(&to, &parts).unwrap();
        assert_eq!((written.files, written.bytes), (4, fs::metadata(&to).unwrap().len()));
        to
    }
}

fn restore(from: &Path, into: &Path) -> Result<Store, BackupError> {
    let reader = Reader::open(from)?;
    assert_eq!(reader.sealed_key(), b"sealed");
    fs::create_dir_all(into).unwrap();
    reader.extract(into)?;
    Ok(Store::open(into, &KEY)?)
}

#[test]
fn what_was_there_when_it_was_taken_comes_back_and_everything_is_checked() {
    let mut office = Office::open();
    let file = office.back_up();
    let back = restore(&file, &office.path("again")).unwrap();
    assert_eq!(log(&back), (1..=3).map(content).collect::<Vec<_>>(), "as it was at that moment");
    let (cipher, bytes) = blob(300_000, 1);
    assert_eq!(back.blob_bytes(&cipher, 0, 300_000).unwrap(), bytes);
    assert!(back.opened().after_crash, "every page is read once before it is trusted");
    assert_eq!(log(&office.store).len(), 4, "the profile itself went on");
}

#[test]
fn no_byte_can_be_changed_cut_off_or_added() {
    let mut office = Office::open();
    let whole = fs::read(office.back_up()).unwrap();
    let spoiled = office.path("hong.kyhop-backup");
    let mut number = 0;
    let mut refused = |bytes: &[u8]| {
        number += 1;
        fs::write(&spoiled, bytes).unwrap();
        let into = office.home.path().join(format!("into-{number}"));
        let error = Reader::open(&spoiled).and_then(|reader| {
            fs::create_dir_all(&into).unwrap();
            reader.extract(&into)
        });
        let _ = fs::remove_dir_all(&into);
        error.unwrap_err().code()
    };
    for at in (0..whole.len()).step_by(whole.len() / 150) {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        let code = refused(&changed);
        assert!(["backup_damaged", "backup_not_one", "backup_newer", "backup_cut_off"].contains(&code), "{at}: {code}");
    }
    for length in (0..whole.len()).step_by(whole.len() / 60) {
        let code = refused(&whole[..length]);
        assert!(["backup_cut_off", "backup_not_one"].contains(&code), "{length}: {code}");
    }
    assert_eq!(refused(&[&whole[..], b"x"].concat()), "backup_cut_off");
    assert_eq!(refused(&[b"KYHOPBK\x02", &whole[8..]].concat()), "backup_newer");
    assert_eq!(refused(b"PK\x03\x04 something else"), "backup_not_one");
}

#[test]
fn a_backup_writes_nowhere_else() {
    let home = TempDir::new().unwrap();
    for name in ["../outside", "/etc/passwd", "blobs/../../outside", "blobs/aa/outside", "owner.lock", "organisation-root.sealed"]
    {
        let part = |name: &str, bytes: &[u8]| {
            let head = [
                &u16::try_from(name.len()).unwrap().to_be_bytes()[..],
                name.as_bytes(),
                &(bytes.len() as u64).to_be_bytes(),
                bytes,
            ]
            .concat();
            [&head[..], blake3::hash(&head).as_bytes()].concat()
        };
        let file = home.path().join("la.kyhop-backup");
        fs::write(&file, [b"KYHOPBK\x01".to_vec(), part("profile.key", b"sealed"), part(name, b"evil")].concat()).unwrap();
        let into = home.path().join("into");
        fs::create_dir_all(&into).unwrap();
        let error = Reader::open(&file).unwrap().extract(&into).unwrap_err();
        assert!(matches!(&error, BackupError::Damaged(named) if named == name), "{error}");
        assert_eq!(fs::read_dir(&into).unwrap().count(), 0);
    }
    assert!(!home.path().join("outside").exists());
}
