//! The seal of an archive, and everything that somebody might change in one.

use domain::id::{Hash32, SpaceId, Timestamp};
use signing::archive::ARCHIVE_SEAL_MAGIC;
use signing::{ArchiveSeal, ArchiveSealError, Chain, verify_archive_seal};

use crate::support::{NAMES, member_certificate, member_keys, root};

const CHECKSUMS: Hash32 = Hash32([7; 32]);

fn seal() -> ArchiveSeal {
    ArchiveSeal {
        version: 1,
        root: root().public(),
        chain: Chain(vec![member_certificate(1), member_certificate(0)]),
        space: SpaceId([3; 16]),
        checksums: CHECKSUMS,
        sealed_at: Timestamp(1_790_000_000_000),
    }
}

fn check(file: &[u8]) -> Result<signing::SealedBy, ArchiveSealError> {
    verify_archive_seal(file, &root().fingerprint(), &CHECKSUMS)
}

#[test]
fn an_honest_seal_names_who_sealed() {
    let by = check(&seal().to_file(&member_keys(1))).unwrap();
    assert_eq!((by.person_name.as_str(), by.device, by.space), (NAMES[1], member_keys(1).device(), SpaceId([3; 16])));
}

#[test]
fn no_changed_byte_of_a_seal_goes_unnoticed() {
    let file = seal().to_file(&member_keys(1));
    for at in 0..file.len() {
        for bit in [0x01, 0x80] {
            let mut changed = file.clone();
            changed[at] ^= bit;
            assert!(check(&changed).is_err(), "byte {at}");
        }
    }
    for length in 0..file.len() {
        assert!(check(&file[..length]).is_err(), "cut to {length}");
    }
}

#[test]
fn a_seal_of_other_files_of_others_or_by_nobody_does_not_hold() {
    let file = seal().to_file(&member_keys(1));
    let other_list = verify_archive_seal(&file, &root().fingerprint(), &Hash32([8; 32]));
    assert_eq!(other_list, Err(ArchiveSealError::OtherChecksums));
    let other_root = verify_archive_seal(&file, &Hash32([1; 32]), &CHECKSUMS);
    assert_eq!(other_root, Err(ArchiveSealError::WrongRoot));
    // Signed by another device than the certificates name, or with certificates that do not reach the root.
    assert_eq!(check(&seal().to_file(&member_keys(2))), Err(ArchiveSealError::Changed));
    let torn = ArchiveSeal { chain: Chain(vec![member_certificate(1)]), ..seal() };
    assert_eq!(check(&torn.to_file(&member_keys(1))).unwrap_err().code(), "archive_seal_certificate");
    let newer = ArchiveSeal { version: 2, ..seal() };
    assert_eq!(check(&newer.to_file(&member_keys(1))), Err(ArchiveSealError::UnknownVersion(2)));
    assert_eq!(check(b"KYHOPV1\n"), Err(ArchiveSealError::NotASeal));
    assert_eq!(check(ARCHIVE_SEAL_MAGIC).unwrap_err().code(), "archive_seal_unreadable");
}
