//! Keys at rest: a thief has the file, an owner the passphrase.

use proptest::prelude::*;
use signing::limits::{PASSPHRASE_BYTES, SEALED_PLAINTEXT_BYTES};
use signing::sealed::{Cost, SealError, open, seal, seal_with};
use signing::{ProfileKey, ProfileKeyFile, RecordError};

use crate::support::{bit_flips, rng};

/// The least that Argon2 takes, so that hundreds of files can be tried.
const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

#[test]
fn at_the_default_cost_the_passphrase_opens_and_another_does_not() {
    let sealed = seal("mật khẩu dài".as_bytes(), b"seed", &mut rng(1)).unwrap();
    assert_eq!(open("mật khẩu dài".as_bytes(), &sealed).unwrap().as_slice(), b"seed");
    assert_eq!(open("mật khẩu dàỉ".as_bytes(), &sealed), Err(SealError::WrongPassphrase));
    assert_eq!(sealed[8..20], [0, 0, 1, 0, 3, 0, 0, 0, 1, 0, 0, 0], "64 MiB, 3 passes, 1 lane");
}

#[test]
fn a_damaged_file_is_told_from_a_wrong_passphrase() {
    let sealed = seal_with(CHEAP, b"right", b"secret", &mut rng(1)).unwrap();
    assert_eq!(open(b"wrong", &sealed), Err(SealError::WrongPassphrase));
    for (bit, changed) in bit_flips(&sealed).enumerate() {
        let expected = if bit < 64 { SealError::NotSealed } else { SealError::Damaged };
        assert_eq!(open(b"right", &changed), Err(expected), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(matches!(open(b"right", &sealed[..length]), Err(SealError::Damaged | SealError::NotSealed)), "cut to {length}");
    }
}

/// Changes bytes and puts the check right again, as only an attacker would.
fn with(sealed: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut changed = sealed.to_vec();
    changed[at..at + bytes.len()].copy_from_slice(bytes);
    let end = changed.len() - 16;
    let check = blake3::hash(&changed[..end]);
    changed[end..].copy_from_slice(&check.as_bytes()[..16]);
    changed
}

#[test]
fn a_file_cannot_make_its_reader_spend_more_than_the_limits() {
    let sealed = seal_with(CHEAP, b"right", b"secret", &mut rng(1)).unwrap();
    for (what, at, value) in [
        ("memory", 8, 256 * 1024 + 1),
        ("all memory", 8, u32::MAX),
        ("no memory", 8, 0),
        ("passes", 12, 11),
        ("no passes", 12, 0),
        ("all passes", 12, u32::MAX),
        ("lanes", 16, 5),
        ("no lanes", 16, 0),
    ] {
        assert_eq!(open(b"right", &with(&sealed, at, &u32::to_le_bytes(value))), Err(SealError::CostOutOfBounds), "{what}");
    }
    assert_eq!(seal_with(Cost { memory_kib: 1 << 20, ..CHEAP }, b"p", b"", &mut rng(1)), Err(SealError::CostOutOfBounds));
}

#[test]
fn header_and_ciphertext_hold_together_even_when_the_check_is_put_right() {
    let sealed = seal_with(CHEAP, b"right", b"secret", &mut rng(1)).unwrap();
    for at in 8..sealed.len() - 16 {
        let changed = with(&sealed, at, &[sealed[at] ^ 1]);
        assert!(open(b"right", &changed).is_err(), "byte {at}");
    }
}

#[test]
fn passphrases_and_secrets_have_limits() {
    assert_eq!(seal_with(CHEAP, b"", b"x", &mut rng(1)), Err(SealError::PassphraseLength(0)));
    assert_eq!(seal_with(CHEAP, &[b'a'; PASSPHRASE_BYTES + 1], b"x", &mut rng(1)).unwrap_err().code(), "passphrase_length");
    assert_eq!(seal_with(CHEAP, b"p", &vec![0; SEALED_PLAINTEXT_BYTES + 1], &mut rng(1)).unwrap_err().code(), "too_long_to_seal");
    seal_with(CHEAP, &[b'a'; PASSPHRASE_BYTES], &vec![0; SEALED_PLAINTEXT_BYTES], &mut rng(1)).unwrap();
}

#[test]
fn changing_the_passphrase_keeps_the_profile_key() {
    let (file, key) = ProfileKeyFile::create_with(CHEAP, b"old", &mut rng(1)).unwrap();
    let changed = file.change_with(CHEAP, b"old", b"new", &mut rng(2)).unwrap();
    assert_eq!(changed.unlock(b"new").unwrap().derive("database"), key.derive("database"));
    assert_eq!(changed.unlock(b"old").unwrap_err(), SealError::WrongPassphrase);
    assert_eq!(file.change_with(CHEAP, b"guess", b"new", &mut rng(2)), Err(SealError::WrongPassphrase));
    let read = ProfileKeyFile::from_bytes(file.as_bytes().to_vec());
    assert_eq!(read.unlock(b"old").unwrap().derive("blobs"), key.derive("blobs"));
}

#[test]
fn a_new_profile_is_made_and_changed_at_the_default_cost() {
    let (file, key) = ProfileKeyFile::create(b"old", &mut rng(1)).unwrap();
    let changed = file.change(b"old", b"new", &mut rng(2)).unwrap();
    for file in [&file, &changed] {
        assert_eq!(file.as_bytes()[8..20], [0, 0, 1, 0, 3, 0, 0, 0, 1, 0, 0, 0]);
    }
    assert_eq!(changed.unlock(b"new").unwrap().derive("database"), key.derive("database"));
}

#[test]
fn a_profile_key_file_is_no_other_sealed_file() {
    let (file, _) = ProfileKeyFile::create_with(CHEAP, b"p", &mut rng(1)).unwrap();
    assert_eq!(open(b"p", file.as_bytes()), Err(SealError::NotSealed));
    let sealed = seal_with(CHEAP, b"p", &[0; 32], &mut rng(1)).unwrap();
    assert_eq!(ProfileKeyFile::from_bytes(sealed).unlock(b"p").unwrap_err(), SealError::NotSealed);
}

#[test]
fn purposes_have_independent_keys() {
    let (_, key) = ProfileKeyFile::create_with(CHEAP, b"p", &mut rng(1)).unwrap();
    assert_ne!(key.derive("database"), key.derive("blobs"));
    assert_ne!(key.derive("database").as_slice(), key.to_secret_bytes().as_slice());
    let cached = ProfileKey::from_secret_bytes(&key.to_secret_bytes());
    assert_eq!(cached.derive("database"), key.derive("database"));
}

#[test]
fn a_record_opens_only_in_its_profile_for_its_purpose_and_whole() {
    let (_, key) = ProfileKeyFile::create_with(CHEAP, b"p", &mut rng(1)).unwrap();
    let (_, other) = ProfileKeyFile::create_with(CHEAP, b"p", &mut rng(2)).unwrap();
    let record = key.encrypt_record("device-keys", b"seeds", &mut rng(3)).unwrap();
    assert_eq!(key.decrypt_record("device-keys", &record).unwrap().as_slice(), b"seeds");
    assert_eq!(key.decrypt_record("settings", &record), Err(RecordError::Damaged));
    assert_eq!(other.decrypt_record("device-keys", &record), Err(RecordError::Damaged));
    for (bit, changed) in bit_flips(&record).enumerate() {
        let error = key.decrypt_record("device-keys", &changed).unwrap_err();
        assert_eq!(matches!(error, RecordError::UnknownVersion(_)), bit < 8, "bit {bit}");
    }
    for length in 0..record.len() {
        assert_eq!(key.decrypt_record("device-keys", &record[..length]), Err(RecordError::Damaged));
    }
}

#[test]
fn secrets_do_not_show_in_logs() {
    let (file, key) = ProfileKeyFile::create_with(CHEAP, b"p", &mut rng(1)).unwrap();
    let hex: String = key.to_secret_bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let shown = format!("{key:?} {file:?}");
    assert!(!shown.contains(&hex) && shown.contains("secret"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_sealed_comes_back(passphrase in proptest::collection::vec(any::<u8>(), 1..40), plain in proptest::collection::vec(any::<u8>(), 0..200), seed: u64) {
        let sealed = seal_with(CHEAP, &passphrase, &plain, &mut rng(seed)).unwrap();
        let opened = open(&passphrase, &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), &plain);
    }

    #[test]
    fn garbage_is_never_opened(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(open(b"p", &bytes).is_err());
        prop_assert!(open(b"p", &[b"KYHOPS1\n".as_slice(), &bytes].concat()).is_err());
        prop_assert!(ProfileKeyFile::from_bytes([b"KYHOPK1\n".as_slice(), &bytes].concat()).unlock(b"p").is_err());
    }
}
