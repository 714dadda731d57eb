//! Files that were damaged while nobody looked: an error, never less than was stored.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::path::Path;

use common::*;
use domain::id::DocId;
use store::{Listing, Projection, Store, profile};
use sync::port::{Shelf, ShelfError, Snapshot, Write};

const PAGE: usize = 4_096;

/// Everything that can be read, or the first error's code.
fn everything(store: &Store) -> Result<String, &'static str> {
    let code = |error: ShelfError| error.code;
    let mut all = String::new();
    for space in store.spaces().map_err(code)? {
        let heads = store.heads(&space).map_err(code)?;
        for head in &heads {
            for seq in 1..=head.seq {
                let envelope = store.envelope(&space, &head.device, &head.incarnation, seq).map_err(code)?;
                let position = store.position(&space, &head.device, &head.incarnation, seq).map_err(code)?;
                all += &format!("{position:?} {:?}\n", envelope.map(|bytes| hash(&bytes)));
            }
        }
        let documents = store.documents(&space).map_err(code)?;
        for (doc, _) in &documents {
            all += &format!(
                "{:?} {:?}\n",
                store.document(&space, doc, 0).map_err(code)?,
                store.snapshot(&space, doc).map_err(code)?
            );
        }
        all += &format!(
            "{heads:?} {documents:?} {:?} {:?}\n",
            store.control(&space).map_err(code)?,
            store.acts(&space).map_err(code)?
        );
        all += &format!("{:?}\n", store.envelopes(&space, 0, usize::MAX).map_err(code)?);
    }
    all += &format!("{:?}\n", store.list("row", &Listing::default()).map_err(|error| error.code())?);
    all += &format!("{:?} {:?}\n", store.blobs().map_err(code)?, store.meta("k").map_err(code)?);
    Ok(all)
}

/// A closed profile with a little of everything.
fn profile_at(folder: &Path) -> String {
    let mut store = open(folder);
    for seq in 1..=120_u64 {
        let row = Projection::Put { kind: "row", key: seq.to_be_bytes().to_vec(), sort: 0, value: vec![3; 40] };
        let doc = DocId([u8::try_from(seq % 7).unwrap(); 16]);
        let act = Write::Act { space: SPACE, doc, hash: hash(&content(seq)), bytes: content(seq) };
        store.commit(&[envelope_of(DEVICE, seq, doc, seq % 10 == 0, content(seq)), act], &[row]).unwrap();
    }
    let snapshot = Snapshot { position: 100, bytes: vec![5; 20_000] };
    let meta = Write::Meta { key: "k".to_owned(), value: vec![1; 6_000] };
    store.commit(&[Write::Snapshot { space: SPACE, doc: DocId([1; 16]), snapshot }, meta], &[]).unwrap();
    store.put_blob(SPACE, blob(5_000, 1).0, &blob(5_000, 1).1).unwrap();
    let all = everything(&store).unwrap();
    store.close().unwrap();
    all
}

/// Opens a damaged copy: what is told must be an error or all of it.
fn judge(folder: &Path, sound: &str, what: &str) -> bool {
    let told = match Store::open(folder, &KEY) {
        Ok(store) => everything(&store),
        Err(error) => Err(error.code()),
    };
    match told {
        Ok(all) => {
            assert!(all == sound, "{what}: something else was read, and no error");
            false
        }
        Err(code) => {
            assert_eq!(code, "store_damaged", "{what}");
            true
        }
    }
}

#[test]
fn a_flipped_bit_on_any_page_is_an_error_or_harmless() {
    let (origin, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sound = profile_at(origin.path());
    let database = fs::read(origin.path().join(profile::DATABASE_FILE)).unwrap();
    let pages = database.len() / PAGE;
    assert!(pages > 60, "{pages}");
    let mut noticed = 0;
    for page in 0..pages {
        let folder = copy.path().join(page.to_string());
        copy_folder(origin.path(), &folder);
        let mut damaged = database.clone();
        damaged[page * PAGE + page * 97 % PAGE] ^= 1 << (page % 8);
        fs::write(folder.join(profile::DATABASE_FILE), damaged).unwrap();
        noticed += usize::from(judge(&folder, &sound, &format!("page {page}")));
        // Once noticed, the next start looks at every page and says so at once.
        if page % 10 == 0 && Store::open(&folder, &KEY).is_ok_and(|store| store.opened().after_crash) {
            panic!("page {page}: a full check found nothing");
        }
    }
    assert!(noticed * 10 >= pages * 9, "{noticed} of {pages}");
}

#[test]
fn a_torn_or_emptied_database_is_never_an_empty_profile() {
    let (origin, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sound = profile_at(origin.path());
    let database = fs::read(origin.path().join(profile::DATABASE_FILE)).unwrap();
    let cuts =
        [0, 1, 15, 16, 100, PAGE - 1, PAGE, PAGE + 1, PAGE * 3, database.len() / 2, database.len() - PAGE, database.len() - 1];
    for cut in cuts {
        let folder = copy.path().join(format!("cut {cut}"));
        copy_folder(origin.path(), &folder);
        fs::write(folder.join(profile::DATABASE_FILE), &database[..cut]).unwrap();
        assert!(judge(&folder, &sound, &format!("cut at {cut}")), "cut at {cut}: nothing was noticed");
    }
    for page in (0..database.len() / PAGE).step_by(9) {
        let folder = copy.path().join(format!("zeros {page}"));
        copy_folder(origin.path(), &folder);
        let mut damaged = database.clone();
        damaged[page * PAGE..(page + 1) * PAGE].fill(0);
        fs::write(folder.join(profile::DATABASE_FILE), damaged).unwrap();
        judge(&folder, &sound, &format!("zeros on page {page}"));
    }
    let folder = copy.path().join("gone");
    copy_folder(origin.path(), &folder);
    fs::remove_file(folder.join(profile::DATABASE_FILE)).unwrap();
    assert_eq!(Store::open(&folder, &KEY).unwrap_err().code(), "store_damaged");
}

#[test]
fn a_page_in_the_place_of_another_is_an_error() {
    // Each is authentic, but not there.
    let (origin, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sound = profile_at(origin.path());
    let database = fs::read(origin.path().join(profile::DATABASE_FILE)).unwrap();
    let places: Vec<usize> = (1..database.len() / PAGE - 1).step_by(9).collect();
    let mut noticed = 0;
    for page in &places {
        let folder = copy.path().join(page.to_string());
        copy_folder(origin.path(), &folder);
        let mut swapped = database.clone();
        let (first, second) = swapped[page * PAGE..(page + 2) * PAGE].split_at_mut(PAGE);
        first.swap_with_slice(second);
        fs::write(folder.join(profile::DATABASE_FILE), swapped).unwrap();
        noticed += usize::from(judge(&folder, &sound, &format!("pages from {page} swapped")));
    }
    assert!(noticed * 10 >= places.len() * 9, "{noticed} of {}", places.len());
}
