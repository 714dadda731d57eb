//! What was committed is there after a restart, as it was, for its owner and nobody else.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;

use common::*;
use domain::id::{DeviceId, DocId, Incarnation, SpaceId};
use signing::wrap::SpaceKey;
use store::{Listing, Projection, Store, profile};
use sync::port::{Shelf, Snapshot, StoredAct, Write};

const OTHER: DeviceId = DeviceId([9; 32]);
const EMPTY: [u8; 0] = [];

#[test]
fn a_restart_finds_everything_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let second = DocId([5; 16]);
    let mut store = open(folder.path());
    assert!(store.opened().created);
    store
        .commit(
            &[
                envelope_of(DEVICE, 1, DocId([0; 16]), true, b"genesis".to_vec()),
                Write::SpaceKey { space: SPACE, epoch: 1, key: SpaceKey([7; 32]) },
                Write::SpaceKey { space: SPACE, epoch: 0, key: SpaceKey([6; 32]) },
                Write::SpaceKey { space: SpaceId([0; 16]), epoch: 4, key: SpaceKey([5; 32]) },
                Write::Meta { key: "me".to_owned(), value: b"1".to_vec() },
            ],
            &[],
        )
        .unwrap();
    store
        .commit(&[envelope_of(OTHER, 1, second, false, b"b1".to_vec()), envelope_of(DEVICE, 2, DOC, false, b"a2".to_vec())], &[])
        .unwrap();
    store
        .commit(
            &[
                envelope_of(DEVICE, 3, DOC, false, b"a3".to_vec()),
                envelope_of(OTHER, 2, DocId([0; 16]), true, b"b2".to_vec()),
                Write::Snapshot { space: SPACE, doc: DOC, snapshot: Snapshot { position: 3, bytes: b"snapshot".to_vec() } },
                Write::Act { space: SPACE, doc: DOC, hash: hash(b"act"), bytes: b"act".to_vec() },
                Write::Act { space: SPACE, doc: second, hash: hash(b"another"), bytes: b"another".to_vec() },
                Write::Act { space: SPACE, doc: second, hash: hash(b"act"), bytes: b"act".to_vec() },
                Write::Meta { key: "me".to_owned(), value: b"2".to_vec() },
            ],
            &[],
        )
        .unwrap();
    store.close().unwrap();

    let store = open(folder.path());
    assert!(!store.opened().created && !store.opened().after_crash);
    assert_eq!(store.spaces().unwrap(), [SpaceId([0; 16]), SPACE]);
    assert_eq!(store.heads(&SPACE).unwrap(), [head(DEVICE, 3), head(OTHER, 2)]);
    assert_eq!(store.control(&SPACE).unwrap(), [b"genesis".to_vec(), b"b2".to_vec()]);
    assert_eq!(store.document(&SPACE, &DOC, 0).unwrap(), [(3, b"a2".to_vec()), (4, b"a3".to_vec())]);
    assert_eq!(store.document(&SPACE, &DOC, 3).unwrap(), [(4, b"a3".to_vec())]);
    assert_eq!(store.content(&SPACE, 2, 1).unwrap(), [(3, b"a2".to_vec())]);
    assert_eq!(store.content(&SPACE, 0, 100).unwrap().len(), 3);
    assert_eq!(store.documents(&SPACE).unwrap(), [(DOC, MEETING), (second, MEETING)]);
    assert_eq!(store.position(&SPACE, &DEVICE, &INCARNATION, 3).unwrap(), Some(4));
    assert_eq!(store.position(&SPACE, &DEVICE, &INCARNATION, 4).unwrap(), None);
    assert_eq!(store.position(&SPACE, &DEVICE, &Incarnation([0; 8]), 1).unwrap(), None);
    assert_eq!(store.envelope(&SPACE, &OTHER, &INCARNATION, 1).unwrap(), Some(b"b1".to_vec()));
    assert_eq!(store.envelope(&SpaceId([0; 16]), &OTHER, &INCARNATION, 1).unwrap(), None);
    assert_eq!(store.snapshot(&SPACE, &DOC).unwrap(), Some(Snapshot { position: 3, bytes: b"snapshot".to_vec() }));
    assert_eq!(store.snapshot(&SPACE, &second).unwrap(), None);
    let act = |doc, bytes: &[u8]| StoredAct { doc, bytes: bytes.to_vec() };
    assert_eq!(store.acts(&SPACE).unwrap(), [act(DOC, b"act"), act(second, b"another")]);
    assert_eq!(store.space_keys(&SPACE).unwrap(), [(0, SpaceKey([6; 32])), (1, SpaceKey([7; 32]))]);
    assert_eq!(store.meta("me").unwrap(), Some(b"2".to_vec()));
    assert_eq!(store.meta("you").unwrap(), None);
    let nowhere = SpaceId([77; 16]);
    assert!(store.heads(&nowhere).unwrap().is_empty() && store.control(&nowhere).unwrap().is_empty());
    assert!(store.document(&nowhere, &DOC, u64::MAX).unwrap().is_empty());
}

#[test]
fn a_run_stops_at_the_bytes_asked_for_and_always_moves_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let writes: Vec<Write> = (1..=10).map(|seq| envelope_of(DEVICE, seq, DOC, seq % 2 == 0, vec![0; 100])).collect();
    store.commit(&writes, &[]).unwrap();
    let positions = |from, bytes_max| -> Vec<u64> {
        store.envelopes(&SPACE, from, bytes_max).unwrap().into_iter().map(|(at, _)| at).collect()
    };
    assert_eq!(positions(0, 350), [1, 2, 3]);
    assert_eq!(positions(4, 300), [4, 5, 6]);
    assert_eq!(positions(7, 1), [7]);
    assert_eq!(positions(9, 1 << 20), [9, 10]);
    assert_eq!(positions(11, 1 << 20), [0_u64; 0]);
}

#[test]
fn a_number_twice_or_too_early_is_refused_with_all_that_came_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    store.commit(&[envelope(1), envelope(2)], &[]).unwrap();
    let meta = Write::Meta { key: "k".to_owned(), value: vec![1] };
    let put = Projection::Put { kind: "list", key: vec![1], sort: 1, value: vec![1] };
    for (write, code) in [
        (envelope(2), "sequence_reused"),
        (envelope(1), "sequence_reused"),
        (envelope(4), "sequence_gap"),
        (envelope(0), "sequence_reused"),
    ] {
        assert_eq!(store.commit(&[meta.clone(), write], std::slice::from_ref(&put)).unwrap_err().code(), code);
    }
    assert_eq!(store.commit(&[envelope(3), envelope(3)], &[]).unwrap_err().code(), "sequence_reused");
    assert_eq!(store.commit(&[envelope_of(OTHER, 2, DOC, false, vec![])], &[]).unwrap_err().code(), "sequence_gap");
    assert_eq!(store.heads(&SPACE).unwrap(), [head(DEVICE, 2)]);
    assert_eq!((store.meta("k").unwrap(), store.list("list", &Listing::default()).unwrap()), (None, vec![]));
    store.commit(&[envelope(3)], &[]).unwrap();
    assert_eq!(log(&store), [content(1), content(2), content(3)]);
}

#[test]
fn kinds_of_newer_programs_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let strange =
        Write::Envelope { space: SPACE, head: head(DEVICE, 1), doc: DOC, kind: u16::MAX, control: false, bytes: vec![9] };
    store.commit(&[strange], &[]).unwrap();
    assert_eq!(store.documents(&SPACE).unwrap(), [(DOC, u16::MAX)]);
}

#[test]
fn an_older_snapshot_does_not_replace_a_newer_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    for (position, text) in [(5, "five"), (3, "three"), (8, "eight")] {
        let snapshot = Snapshot { position, bytes: text.as_bytes().to_vec() };
        store.commit(&[Write::Snapshot { space: SPACE, doc: DOC, snapshot }], &[]).unwrap();
        let kept = store.snapshot(&SPACE, &DOC).unwrap().unwrap().position;
        assert_eq!(kept, position.max(5));
    }
    assert_eq!(store.documents(&SPACE).unwrap(), [], "a snapshot alone is no content");
    store.commit(&[envelope(1)], &[]).unwrap();
    assert_eq!(store.documents(&SPACE).unwrap(), [(DOC, MEETING)]);
}

#[test]
fn lists_are_read_by_place_from_either_end_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let put = |kind, key: u8, sort| Projection::Put { kind, key: vec![key], sort, value: vec![key, key] };
    store
        .commit(
            &[],
            &[put("meeting", 1, 30), put("meeting", 2, 10), put("meeting", 3, 20), put("meeting", 4, 20), put("task", 1, 0)],
        )
        .unwrap();
    store.commit(&[], &[put("meeting", 1, 15), Projection::Delete { kind: "meeting", key: vec![9] }]).unwrap();
    let keys =
        |listing: Listing| -> Vec<u8> { store.list("meeting", &listing).unwrap().into_iter().map(|row| row.key[0]).collect() };
    assert_eq!(keys(Listing::default()), [2, 1, 3, 4]);
    assert_eq!(keys(Listing { descending: true, ..Listing::default() }), [4, 3, 1, 2]);
    assert_eq!(keys(Listing { from: 15, to: 20, ..Listing::default() }), [1, 3, 4]);
    assert_eq!(keys(Listing { offset: 1, limit: 2, ..Listing::default() }), [1, 3]);
    assert_eq!(store.count("meeting", &Listing { from: 15, limit: 1, ..Listing::default() }).unwrap(), 3);
    assert_eq!(store.projection("meeting", &[1]).unwrap().unwrap().value, [1, 1]);
    store.commit(&[], &[Projection::Delete { kind: "meeting", key: vec![1] }]).unwrap();
    assert_eq!(store.projection("meeting", &[1]).unwrap(), None);
    store.commit(&[], &[Projection::Clear { kind: "meeting" }]).unwrap();
    assert_eq!(store.list("meeting", &Listing::default()).unwrap(), []);
    assert_eq!(store.list("task", &Listing::default()).unwrap().len(), 1);
}

#[test]
fn a_wrong_key_opens_nothing_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    store.commit(&[envelope(1)], &[]).unwrap();
    store.close().unwrap();
    let before = files(folder.path());
    let mut wrong = KEY;
    wrong[31] ^= 1;
    assert_eq!(Store::open(folder.path(), &wrong).unwrap_err().code(), "wrong_key");
    assert_eq!(files(folder.path()), before);
    // Also without the file that tells a wrong key from damage.
    fs::remove_file(folder.path().join(profile::CHECK_FILE)).unwrap();
    assert_eq!(Store::open(folder.path(), &wrong).unwrap_err().code(), "wrong_key");
    assert_eq!(log(&open(folder.path())), [content(1)]);
    assert!(folder.path().join(profile::CHECK_FILE).exists());
}

#[test]
fn a_second_owner_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!Store::exists(folder.path()));
    let store = open(folder.path());
    assert!(Store::exists(folder.path()));
    assert_eq!(Store::open(folder.path(), &KEY).unwrap_err().code(), "profile_in_use");
    drop(store);
    assert!(!open(folder.path()).opened().after_crash);
}

#[test]
fn eight_profiles_are_opened_at_once_by_one_process() {
    let start = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let folder = tempfile::tempdir().unwrap();
                start.wait();
                let mut store = open(folder.path());
                store.commit(&[envelope(1)], &[]).unwrap();
                assert_eq!(log(&store), [content(1)]);
            });
        }
    });
}

#[test]
fn a_profile_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).close().unwrap();
    let database = rusqlite::Connection::open(folder.path().join(profile::DATABASE_FILE)).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    database.execute_batch(&format!("PRAGMA key = \"x'{key}'\"; PRAGMA user_version = 99;")).unwrap();
    drop(database);
    assert_eq!(Store::open(folder.path(), &KEY).unwrap_err().code(), "newer_version");
}

#[cfg(unix)]
#[test]
fn the_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new/profile");
    drop(open(&folder));
    for path in [folder.clone(), folder.join(profile::BLOB_FOLDER)] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0);
    }
}

#[test]
fn no_word_and_no_key_can_be_read_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let canary = b"Nghi quyet ve du toan ngan sach";
    let mut space_key = [0; 32];
    space_key.copy_from_slice(canary.get(..31).map(|part| [part, b"!"].concat()).unwrap().as_slice());
    let (cipher, bytes) = blob(50_000, 1);
    let mut store = open(folder.path());
    let list = [Projection::Put { kind: "canary list", key: canary.to_vec(), sort: 0, value: canary.to_vec() }];
    for seq in 1..=300 {
        let bytes = [canary.as_slice(), &content(seq)].concat();
        store.commit(&[envelope_of(DEVICE, seq, DOC, seq == 1, bytes)], &list).unwrap();
    }
    store
        .commit(
            &[
                Write::SpaceKey { space: SPACE, epoch: 0, key: SpaceKey(space_key) },
                Write::Meta { key: "canary key".to_owned(), value: canary.to_vec() },
                Write::Act { space: SPACE, doc: DOC, hash: hash(canary), bytes: canary.to_vec() },
                Write::Snapshot { space: SPACE, doc: DOC, snapshot: Snapshot { position: 1, bytes: canary.to_vec() } },
            ],
            &[],
        )
        .unwrap();
    store.put_blob(SPACE, cipher, &bytes).unwrap();
    let hexadecimal: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    let secrets: [&[u8]; 8] =
        [canary, &space_key, b"canary", &KEY, hexadecimal.as_bytes(), b"SQLite format 3", b"CREATE TABLE", b"envelope"];
    let look = |when: &str| {
        let files = files(folder.path());
        let total: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(total > 100_000, "{when}: {total} bytes are too few to be the profile");
        for (path, bytes) in &files {
            for secret in secrets {
                assert!(!contains(bytes, secret), "{when}: {} shows {}", path.display(), String::from_utf8_lossy(secret));
            }
        }
        files.iter().filter(|(path, _)| path.to_string_lossy().ends_with("-wal")).map(|(_, bytes)| bytes.len()).sum::<usize>()
    };
    assert!(look("while it is open") > 0, "the write-ahead log was looked at too");
    assert_eq!(store.meta("canary key").unwrap(), Some(canary.to_vec()));
    store.close().unwrap();
    look("after it was closed");
}

#[test]
fn a_blob_of_our_own_is_there_at_once_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let (cipher, bytes) = blob(300_000, 1);
    assert_eq!(store.put_blob(SPACE, hash(b"another"), &bytes).unwrap_err().code(), "blob_damaged");
    assert_eq!(store.blobs().unwrap(), []);
    store.put_blob(SPACE, cipher, &bytes).unwrap();
    store.put_blob(SPACE, cipher, &bytes).unwrap();
    store.close().unwrap();
    let mut store = open(folder.path());
    let row = store.blob(&cipher).unwrap().unwrap();
    assert!(row.complete && row.size == 300_000 && row.space == SPACE);
    assert_eq!(store.blob_bytes(&cipher, 0, usize::MAX).unwrap(), bytes);
    assert_eq!(store.blob_bytes(&cipher, 299_990, 100).unwrap(), bytes[299_990..]);
    assert_eq!(store.blob_bytes(&cipher, 300_000, 100).unwrap(), EMPTY);
    assert_eq!(store.blob_bytes(&cipher, u64::MAX, 100).unwrap(), EMPTY);
    // Bytes for it that arrive from elsewhere are not needed any more.
    store.commit(&[wanted(cipher, 300_000), range(cipher, &bytes, 0, 100), complete(cipher)], &[]).unwrap();
    assert_eq!(files(folder.path()).iter().filter(|(path, _)| path.to_string_lossy().contains("blobs")).count(), 1);
    let (nothing, _) = blob(0, 0);
    store.put_blob(SPACE, nothing, &[]).unwrap();
    assert_eq!(store.blob_bytes(&nothing, 0, 10).unwrap(), EMPTY);
}

#[test]
fn a_blob_arrives_in_any_order_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let (cipher, bytes) = blob(100_000, 2);
    let mut store = open(folder.path());
    store
        .commit(&[wanted(cipher, 100_000), range(cipher, &bytes, 60_000, 100_000), range(cipher, &bytes, 0, 10_000)], &[])
        .unwrap();
    drop(store);
    let mut store = open(folder.path());
    assert_eq!(store.blob_ranges(&cipher).unwrap(), [(0, 10_000), (60_000, 100_000)]);
    assert!(!store.blob(&cipher).unwrap().unwrap().complete);
    assert_eq!(store.blob_bytes(&cipher, 0, 10).unwrap(), EMPTY, "nothing is read before all is verified");
    store.commit(&[range(cipher, &bytes, 10_000, 30_000), range(cipher, &bytes, 5_000, 12_000)], &[]).unwrap();
    assert_eq!(store.blob_ranges(&cipher).unwrap(), [(0, 30_000), (60_000, 100_000)]);
    assert_eq!(store.commit(&[complete(cipher)], &[]).unwrap_err().code(), "blob_incomplete");
    drop(store);
    let mut store = open(folder.path());
    store.commit(&[range(cipher, &bytes, 30_000, 60_000), complete(cipher)], &[]).unwrap();
    assert_eq!(store.blob_ranges(&cipher).unwrap(), []);
    assert_eq!(store.blob_bytes(&cipher, 0, 100_000).unwrap(), bytes);
    assert!(fs::read_dir(folder.path().join("blobs/partial")).unwrap().next().is_none());
}

#[test]
fn lying_bytes_are_thrown_away_and_the_blob_is_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    let (cipher, bytes) = blob(40_000, 3);
    let mut lies = bytes.clone();
    lies[20_000] ^= 1;
    let mut store = open(folder.path());
    store.commit(&[wanted(cipher, 40_000), range(cipher, &lies, 0, 30_000)], &[]).unwrap();
    let rest = [range(cipher, &bytes, 30_000, 40_000), complete(cipher), envelope(1)];
    assert_eq!(store.commit(&rest, &[]).unwrap_err().code(), "blob_damaged");
    assert_eq!(store.blob_ranges(&cipher).unwrap(), []);
    assert!(!store.blob(&cipher).unwrap().unwrap().complete);
    assert_eq!(store.heads(&SPACE).unwrap(), []);
    store.commit(&[range(cipher, &bytes, 0, 40_000), complete(cipher), envelope(1)], &[]).unwrap();
    assert_eq!(store.blob_bytes(&cipher, 0, 40_000).unwrap(), bytes);
}

#[test]
fn bytes_that_nobody_asked_for_or_beyond_the_end_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (cipher, bytes) = blob(1_000, 4);
    let mut store = open(folder.path());
    let code = |store: &mut Store, writes: &[Write]| store.commit(writes, &[]).unwrap_err().code();
    assert_eq!(code(&mut store, &[range(cipher, &bytes, 0, 10)]), "blob_unknown");
    assert_eq!(code(&mut store, &[complete(cipher)]), "blob_unknown");
    assert_eq!(code(&mut store, &[wanted(cipher, usize::MAX)]), "blob_bounds");
    store.commit(&[wanted(cipher, 500)], &[]).unwrap();
    assert_eq!(code(&mut store, &[range(cipher, &bytes, 499, 501)]), "blob_bounds");
    assert_eq!(code(&mut store, &[Write::BlobRange { cipher, offset: u64::MAX, bytes: vec![1] }]), "blob_bounds");
    // Somebody claimed a wrong size; with the right one it is gathered anew, whatever was written before.
    store.commit(&[range(cipher, &bytes, 0, 500)], &[]).unwrap();
    store.commit(&[wanted(cipher, 1_200), Write::BlobRange { cipher, offset: 1_000, bytes: vec![7; 200] }], &[]).unwrap();
    assert_eq!(store.blob_ranges(&cipher).unwrap(), [(1_000, 1_200)]);
    store.commit(&[wanted(cipher, 1_000), range(cipher, &bytes, 0, 1_000), complete(cipher)], &[]).unwrap();
    assert_eq!(store.blob_bytes(&cipher, 0, 2_000).unwrap(), bytes);
}

#[test]
fn a_lost_blob_file_is_told_and_after_a_crash_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    let (cipher, bytes) = blob(1_000, 5);
    let mut store = open(folder.path());
    store.put_blob(SPACE, cipher, &bytes).unwrap();
    drop(store);
    let name = cipher.to_string();
    fs::remove_file(folder.path().join("blobs").join(&name[..2]).join(&name)).unwrap();
    let store = open(folder.path());
    assert_eq!(store.blob_bytes(&cipher, 0, 10).unwrap_err().code, "store_damaged");
    drop(store);
    // Damage was seen, so the next start looks at everything.
    let mut store = open(folder.path());
    assert!(store.opened().after_crash);
    assert_eq!(store.opened().blobs.restarted, [cipher]);
    assert!(!store.blob(&cipher).unwrap().unwrap().complete);
    store.put_blob(SPACE, cipher, &bytes).unwrap();
    assert_eq!(store.blob_bytes(&cipher, 0, 1_000).unwrap(), bytes);
}

#[test]
fn an_erased_blob_leaves_no_byte_and_no_row_whether_it_was_whole_or_half_here() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let ((whole, bytes), (half, others), (kept, rest)) = (blob(5_000, 11), blob(4_000, 12), blob(3_000, 13));
    store.put_blob(SPACE, whole, &bytes).unwrap();
    store.put_blob(SPACE, kept, &rest).unwrap();
    store.commit(&[wanted(half, 4_000), range(half, &others, 0, 1_500)], &[]).unwrap();
    // Read last, so that its file is the one that is open.
    assert_eq!(store.blob_bytes(&whole, 0, 10).unwrap(), bytes[..10]);
    let never = hash(b"never here");
    store.commit(&[whole, half, never].map(|cipher| Write::BlobErased { cipher }), &[]).unwrap();
    for cipher in [whole, half, never] {
        assert_eq!(store.blob(&cipher).unwrap(), None);
    }
    assert_eq!(store.blob_bytes(&whole, 0, 10).unwrap(), EMPTY);
    let on_disk = files(&folder.path().join("blobs"));
    assert_eq!(on_disk.len(), 1, "only the one that was not erased is there");
    assert_eq!(store.blob_bytes(&kept, 0, 3_000).unwrap(), rest);
    store.close().unwrap();
    let mut store = open(folder.path());
    assert_eq!(store.blobs().unwrap().iter().map(|row| row.cipher).collect::<Vec<_>>(), [kept]);
    // What was withdrawn by mistake can be put back.
    store.put_blob(SPACE, whole, &bytes).unwrap();
    assert_eq!(store.blob_bytes(&whole, 0, 5_000).unwrap(), bytes);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 24, ..Default::default() })]

    #[test]
    fn ranges_tell_exactly_which_bytes_are_there(pieces in proptest::collection::vec((0_usize..60, 1_usize..20), 1..30)) {
        let folder = tempfile::tempdir().unwrap();
        let (cipher, bytes) = blob(64, 6);
        let mut store = open(folder.path());
        store.commit(&[wanted(cipher, 64)], &[]).unwrap();
        let mut model = [false; 64];
        for group in pieces.chunks(3) {
            let writes: Vec<Write> = group.iter().map(|(start, length)| range(cipher, &bytes, *start, (start + length).min(64))).collect();
            store.commit(&writes, &[]).unwrap();
            group.iter().for_each(|(start, length)| model[*start..(start + length).min(64)].fill(true));
            let mut told = [false; 64];
            let ranges = store.blob_ranges(&cipher).unwrap();
            proptest::prop_assert!(ranges.is_sorted_by(|a, b| a.1 < b.0), "{:?}", ranges);
            for (start, stop) in ranges {
                told[usize::try_from(start).unwrap()..usize::try_from(stop).unwrap()].fill(true);
            }
            proptest::prop_assert_eq!(told, model);
        }
        let finished = store.commit(&[complete(cipher)], &[]);
        proptest::prop_assert_eq!(finished.is_ok(), model.iter().all(|there| *there));
    }
}
