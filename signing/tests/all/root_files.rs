//! The root that was put away: whoever has the file and its passphrase has the organisation, and nobody else has anything.

use std::path::PathBuf;

use signing::root_file::{Founded, RootFile, RootFileError};
use signing::sealed::{Cost, seal_with};
use zeroize::Zeroizing;

use crate::support::{bit_flips, keys, person, rng, root, unit};

/// The least that Argon2 takes.
const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

fn founded() -> Founded {
    Founded {
        organisation: "Thành phố Huế".to_owned(),
        unit: unit(1),
        unit_name: "UBND phường Thuận Hóa".to_owned(),
        person: person(0),
        person_name: "Nguyễn Văn An".to_owned(),
        person_title: String::new(),
    }
}

fn file() -> Vec<u8> {
    let file = RootFile { root: root(), founded: Some(founded()), authority: Zeroizing::new(vec![7; 300]) };
    file.seal_with(CHEAP, b"put away", &mut rng(1)).unwrap()
}

#[test]
fn what_was_put_away_comes_back_whole() {
    let opened = RootFile::open(b"put away", &file()).unwrap();
    assert_eq!(opened.root.fingerprint(), root().fingerprint());
    assert_eq!((opened.founded, opened.authority.as_slice()), (Some(founded()), [7; 300].as_slice()));
}

#[test]
fn a_file_of_the_first_version_opens_for_ever_and_tells_the_root_alone() {
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/golden/v1/root.sealed");
    let opened = RootFile::open(b"root passphrase", &std::fs::read(golden).unwrap()).unwrap();
    assert_eq!(opened.root.fingerprint(), root().fingerprint());
    assert!(opened.founded.is_none() && opened.authority.is_empty());
}

#[test]
fn a_wrong_passphrase_one_changed_bit_and_another_file_each_have_their_own_answer() {
    let sealed = file();
    let answer = |passphrase: &[u8], bytes: &[u8]| RootFile::open(passphrase, bytes).map(drop).unwrap_err();
    assert_eq!(answer(b"guess", &sealed), RootFileError::WrongPassphrase);
    for (bit, changed) in bit_flips(&sealed).enumerate() {
        let expected = if bit < 64 { RootFileError::NotOne } else { RootFileError::Damaged };
        assert_eq!(answer(b"put away", &changed), expected, "bit {bit}");
    }
    for length in 8..sealed.len() {
        assert_eq!(answer(b"put away", &sealed[..length]), RootFileError::Damaged, "cut to {length}");
    }
    assert_eq!(answer(b"put away", b"%PDF-1.7"), RootFileError::NotOne);
    let others = [keys(1).to_secret_bytes().to_vec(), Vec::new(), vec![2; 20], vec![2; 60], vec![3; 33]];
    for plain in others {
        let other = seal_with(CHEAP, b"put away", &plain, &mut rng(2)).unwrap();
        assert_eq!(answer(b"put away", &other), RootFileError::NotOne, "{} bytes", plain.len());
    }
}

#[test]
fn the_root_does_not_show_in_logs() {
    let opened = RootFile::open(b"put away", &file()).unwrap();
    let shown = format!("{opened:?}");
    let seed: Vec<String> = root().to_secret_bytes()[1..5].iter().map(|byte| byte.to_string()).collect();
    assert!(shown.contains("secret") && !shown.contains(&seed.join(", ")), "{shown}");
    assert!(!shown.contains("7, 7, 7"), "nor does the authority: {shown}");
}
