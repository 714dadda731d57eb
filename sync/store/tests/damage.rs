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

const FILE_BYTES: usize = 5_000;
const COMING_BYTES: usize = 9_000;

/// What happens to a file.
#[derive(Debug, Clone, Copy)]
enum Harm {
    CutAt(usize),
    FlipAt(usize),
    Longer,
    Gone,
}

fn harms(length: usize) -> Vec<Harm> {
    let places = [0, 1, length / 3, length / 2, length.saturating_sub(1)];
    let places = places.into_iter().filter(|place| *place < length);
    places.flat_map(|place| [Harm::CutAt(place), Harm::FlipAt(place)]).chain([Harm::Longer, Harm::Gone]).collect()
}

fn harm(path: &Path, harm: Harm) {
    let mut bytes = fs::read(path).unwrap();
    match harm {
        Harm::CutAt(length) => bytes.truncate(length),
        Harm::FlipAt(at) => bytes[at] ^= 1 << (at % 8),
        Harm::Longer => bytes.extend([7; 100]),
        Harm::Gone => return fs::remove_file(path).unwrap(),
    }
    fs::write(path, bytes).unwrap();
}

/// The complete file is what was written, or it is seen that it is not, and it can be brought again.
fn the_file_is_there_or_comes_again(store: &mut Store, what: &str) {
    let (cipher, bytes) = blob(FILE_BYTES, 1);
    match store.blob_bytes(&cipher, 0, FILE_BYTES) {
        Ok(read) if read == bytes => return,
        Ok(read) => assert_ne!(hash(&read), cipher, "{what}"),
        Err(error) => assert_eq!(error.code, "store_damaged", "{what}"),
    }
    store.commit(&[Write::BlobDamaged { cipher }], &[]).unwrap();
    assert!(store.blob(&cipher).unwrap().is_some_and(|row| !row.complete), "{what}");
    assert_eq!(store.blob_bytes(&cipher, 0, FILE_BYTES).unwrap(), [0; 0], "{what}");
    store.commit(&[range(cipher, &bytes, 0, FILE_BYTES), complete(cipher)], &[]).unwrap();
    assert_eq!(store.blob_bytes(&cipher, 0, FILE_BYTES).unwrap(), bytes, "{what}");
}

/// The file that was on its way arrives; if need be from the start.
fn the_coming_file_arrives(store: &mut Store, what: &str) {
    let (cipher, bytes) = blob(COMING_BYTES, 2);
    let rest = [range(cipher, &bytes, COMING_BYTES / 2, COMING_BYTES), complete(cipher)];
    if let Err(error) = store.commit(&rest, &[]) {
        assert!(["blob_damaged", "blob_incomplete"].contains(&error.code()), "{what}: {error}");
        store.commit(&[range(cipher, &bytes, 0, COMING_BYTES), complete(cipher)], &[]).unwrap();
    }
    assert_eq!(store.blob_bytes(&cipher, 0, COMING_BYTES).unwrap(), bytes, "{what}");
}

#[test]
fn no_file_of_a_profile_is_damaged_unnoticed_and_what_others_have_comes_again() {
    let (origin, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    profile_at(origin.path());
    let mut store = open(origin.path());
    let (coming, bytes) = blob(COMING_BYTES, 2);
    store.commit(&[wanted(coming, COMING_BYTES), range(coming, &bytes, 0, COMING_BYTES / 2)], &[]).unwrap();
    let sound = everything(&store).unwrap();
    store.close().unwrap();
    let (mut judged, mut refused) = (0, 0);
    for (path, bytes) in files(origin.path()) {
        let name = path.strip_prefix(origin.path()).unwrap();
        for kind in harms(bytes.len()) {
            let what = format!("{} {kind:?}", name.display());
            let folder = copy.path().join(judged.to_string());
            copy_folder(origin.path(), &folder);
            harm(&folder.join(name), kind);
            judged += 1;
            if judge(&folder, &sound, &what) {
                refused += 1;
                continue;
            }
            let mut store = Store::open(&folder, &KEY).unwrap_or_else(|error| panic!("{what}: {error}"));
            the_file_is_there_or_comes_again(&mut store, &what);
            the_coming_file_arrives(&mut store, &what);
            store.close().unwrap();
            let mut store = open(&folder);
            the_file_is_there_or_comes_again(&mut store, &what);
        }
    }
    assert!(judged > 40 && refused > 5, "{judged} judged, {refused} refused");
}
