//! Somebody forgot the passphrase: the paper with the recovery code opens the profile, and nothing else does.

use std::path::PathBuf;

use domain::words;
use proptest::prelude::*;
use signing::sealed::{Cost, SealError};
use signing::{ProfileKeyFile, RecoveryCode, RecoveryCodeError, RecoveryError};

use crate::support::rng;

/// The least that Argon2 takes, so that hundreds of files can be tried.
const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

fn code(seed: u64) -> RecoveryCode {
    RecoveryCode::generate(&mut rng(seed))
}

/// A profile under the passphrase "old" with the recovery code of a seed, and its key for the database.
fn with_code(seed: u64) -> (ProfileKeyFile, Vec<u8>) {
    let (file, key) = ProfileKeyFile::create_with(CHEAP, b"old", &mut rng(1)).unwrap();
    (file.with_recovery_at(CHEAP, b"old", &code(seed), &mut rng(2)).unwrap(), key.derive("database").to_vec())
}

fn opens(file: &ProfileKeyFile, passphrase: &[u8], database: &[u8]) -> bool {
    file.unlock(passphrase).is_ok_and(|key| key.derive("database").as_slice() == database)
}

#[test]
fn a_forgotten_passphrase_is_replaced_by_the_code_and_the_profile_key_stays() {
    let (file, database) = with_code(7);
    let recovered = file.recover_with(CHEAP, &code(7), b"new", &mut rng(3)).unwrap();
    assert!(opens(&recovered, b"new", &database));
    assert_eq!(recovered.unlock(b"old").unwrap_err(), SealError::WrongPassphrase);
    let again = recovered.recover_with(CHEAP, &code(7), b"newer", &mut rng(4)).unwrap();
    assert!(opens(&again, b"newer", &database), "the paper goes on working until it is replaced");
}

#[test]
fn nobody_makes_replaces_or_forgets_a_code_without_the_passphrase() {
    let (file, _) = with_code(7);
    assert_eq!(file.with_recovery_at(CHEAP, b"guess", &code(8), &mut rng(3)), Err(SealError::WrongPassphrase));
    assert_eq!(file.without_recovery(b"guess"), Err(SealError::WrongPassphrase));
}

#[test]
fn of_two_codes_only_the_later_opens_and_a_forgotten_one_no_more() {
    let (file, database) = with_code(7);
    let replaced = file.with_recovery_at(CHEAP, b"old", &code(8), &mut rng(3)).unwrap();
    assert_eq!(replaced.recover_with(CHEAP, &code(7), b"new", &mut rng(4)), Err(RecoveryError::Wrong));
    assert!(opens(&replaced.recover_with(CHEAP, &code(8), b"new", &mut rng(4)).unwrap(), b"new", &database));
    let forgotten = replaced.without_recovery(b"old").unwrap();
    assert!(!forgotten.has_recovery() && opens(&forgotten, b"old", &database));
    assert_eq!(forgotten.recover_with(CHEAP, &code(8), b"new", &mut rng(4)), Err(RecoveryError::NoCode));
    assert_eq!(&forgotten.as_bytes()[..8], b"KYHOPK1\n", "as older programs write it");
}

#[test]
fn changing_the_passphrase_keeps_the_code() {
    let (file, database) = with_code(7);
    let changed = file.change_with(CHEAP, b"old", b"new", &mut rng(3)).unwrap();
    assert!(changed.has_recovery() && opens(&changed, b"new", &database));
    assert!(opens(&changed.recover_with(CHEAP, &code(7), b"newer", &mut rng(4)).unwrap(), b"newer", &database));
}

#[test]
fn the_code_is_no_passphrase_and_the_passphrase_no_code() {
    let (file, _) = with_code(7);
    assert!(file.unlock(code(7).to_words().as_bytes()).is_err());
    assert_eq!(file.recover_with(CHEAP, &code(1), b"new", &mut rng(3)), Err(RecoveryError::Wrong));
}

#[test]
fn damage_to_one_slot_leaves_the_other_and_no_byte_changes_unseen() {
    let (file, database) = with_code(7);
    let bytes = file.as_bytes();
    let second = bytes.windows(8).position(|window| window == b"KYHOPR1\n").unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[at] ^= 1;
        let changed = ProfileKeyFile::from_bytes(changed);
        let by_passphrase = opens(&changed, b"old", &database);
        let by_code = changed.recover_with(CHEAP, &code(7), b"new", &mut rng(3)).is_ok();
        let expected = if at < 12 { (false, false) } else { (at >= second, at < second) };
        assert_eq!((by_passphrase, by_code), expected, "byte {at}");
    }
    for length in 0..bytes.len() {
        let cut = ProfileKeyFile::from_bytes(bytes[..length].to_vec());
        assert!(cut.recover_with(CHEAP, &code(7), b"new", &mut rng(3)).is_err(), "cut to {length}");
    }
}

#[test]
fn a_code_is_made_and_used_at_the_default_cost() {
    let (file, key) = ProfileKeyFile::create_with(CHEAP, b"old", &mut rng(1)).unwrap();
    let file = file.with_recovery(b"old", &code(7), &mut rng(2)).unwrap();
    let second = file.as_bytes().windows(8).position(|window| window == b"KYHOPR1\n").unwrap();
    let cost = [0, 0, 1, 0, 3, 0, 0, 0, 1, 0, 0, 0];
    assert_eq!(file.as_bytes()[second + 8..second + 20], cost, "64 MiB, 3 passes, 1 lane");
    let recovered = file.recover(&code(7), b"new", &mut rng(3)).unwrap();
    assert_eq!(recovered.unlock(b"new").unwrap().derive("database"), key.derive("database"));
}

/// Made by hand from the text of the protocol: the first slot is that of version 1, the code is the bytes from 0 to 15.
#[test]
fn a_key_file_of_the_second_version_opens_by_its_passphrase_and_by_its_code() {
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/golden");
    let file = ProfileKeyFile::from_bytes(std::fs::read(golden.join("v2/profile.key")).unwrap());
    let database = std::fs::read(golden.join("v1/profile.key.database")).unwrap();
    assert!(file.has_recovery() && opens(&file, "mật khẩu".as_bytes(), &database));
    let paper = "ấm-áp bảo-đảm lũy-tre bảo-đảm gian-bếp bà-ngoại châu-thổ chè-trôi bể-bơi hoa-cúc đọc-thơ chào-đón";
    let code = RecoveryCode::from_typed(paper).unwrap();
    assert_eq!(words::normalise_words(&code.to_words()), words::normalise_words(paper), "the words stay too");
    let recovered = file.recover_with(CHEAP, &code, b"new", &mut rng(1)).unwrap();
    assert!(opens(&recovered, b"new", &database));
}

#[test]
fn what_is_wrong_with_typed_words_is_told() {
    let shown = code(7).to_words();
    let words: Vec<&str> = shown.split(' ').collect();
    let typed = |words: &[&str]| RecoveryCode::from_typed(&words.join(" ")).map(drop);
    assert_eq!(typed(&words), Ok(()));
    assert_eq!(typed(&words[..11]), Err(RecoveryCodeError::Count(11)));
    assert_eq!(typed(&[words.as_slice(), &words[..1]].concat()), Err(RecoveryCodeError::Count(13)));
    assert_eq!(typed(&[]), Err(RecoveryCodeError::Count(0)));
    let mut slipped = words.clone();
    slipped[4] = "không-phải";
    assert_eq!(typed(&slipped), Err(RecoveryCodeError::Word(5)));
    // Four bits: of many wrong words fifteen in sixteen are told, and never a wrong code taken for the right one.
    let caught = (0..words::LIST)
        .filter(|place| {
            let mut other = words.clone();
            other[4] = words::word(*place).unwrap();
            other[4] != words[4] && typed(&other) == Err(RecoveryCodeError::Check)
        })
        .count();
    assert!(caught > words::LIST * 7 / 8, "{caught}");
}

#[test]
fn a_code_does_not_show_in_logs() {
    let (file, _) = with_code(7);
    let shown = format!("{:?} {file:?}", code(7));
    assert!(shown.contains("secret") && !shown.contains(code(7).to_words().split(' ').next().unwrap()), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_code_comes_back_however_it_is_typed(seed: u64) {
        let made = code(seed);
        let shown = made.to_words();
        let plain = words::normalise_words(&shown);
        let numbered: Vec<String> = shown.split(' ').enumerate().map(|(at, word)| format!("{}. {word}", at + 1)).collect();
        let closed_up: Vec<String> = shown.split(' ').map(|word| words::normalise_words(word).replace(' ', "")).collect();
        for typed in [shown.to_string(), shown.to_uppercase(), plain, numbered.join("\n"), closed_up.join(", ")] {
            let read = RecoveryCode::from_typed(&typed);
            prop_assert!(read.is_ok_and(|read| *read.to_words() == *shown), "{typed}");
        }
    }

    #[test]
    fn anything_typed_is_read_or_refused(typed in any::<String>()) {
        prop_assert!(RecoveryCode::from_typed(&typed).is_err());
    }
}
