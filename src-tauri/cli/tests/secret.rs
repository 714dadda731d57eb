//! Somebody with nothing but the program, a file and a fingerprint checks a secret vote.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::json;
use support::{code, kyhop, one_json, said};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/golden/v1/secret-vote.kyhopvote");
/// The root of the golden files.
const ROOT: &str = "52c737db22d47a500a03aefa4c86f552e32b64ff2d094d51603ea141df9bac74";

#[test]
fn an_exported_secret_vote_is_checked_without_a_profile() {
    let verify = |file: &str, root: &str| kyhop().args(["--json", "vote", "verify", file, "--root", root]).output().unwrap();
    let honest = verify(FILE, ROOT);
    let report = one_json(&honest);
    assert_eq!(honest.status.code(), Some(0), "{report}");
    assert_eq!(
        (&report["ok"], &report["secret"], &report["for"], &report["counted"]),
        (&json!(true), &json!(true), &json!(3), &json!(5))
    );
    assert_eq!((&report["tellers_needed"], &report["tellers_opened"], &report["problems"]), (&json!(2), &json!(2), &json!([])));

    let other_root = verify(FILE, &"ab".repeat(32));
    assert_eq!((other_root.status.code(), &one_json(&other_root)["ok"]), (Some(1), &json!(false)));

    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("changed.kyhopvote");
    let bytes = std::fs::read(FILE).unwrap();
    for part in 1..12 {
        let mut other = bytes.clone();
        other[bytes.len() * part / 12] ^= 4;
        std::fs::write(&changed, other).unwrap();
        let output = verify(changed.to_str().unwrap(), ROOT);
        match output.status.code() {
            Some(1) => assert_eq!(one_json(&output)["ok"], false),
            Some(2) => assert!(code(&output).starts_with("bundle_"), "{}", said(&output)),
            status => panic!("part {part}: {status:?} {}", said(&output)),
        }
    }
}

#[test]
fn the_verdict_is_told_in_words() {
    for (lang, words) in [
        ("vi", ["Đúng", "bỏ phiếu kín", "Kiểm phiếu: Trần Thị Bình, Lê Quang Cường, Phạm Thị Dung", "Tán thành: 3"]),
        ("en", ["Sound", "secret ballot", "opened by 2/3, needed 2", "For: 3"]),
    ] {
        let output = kyhop().args(["--lang", lang, "vote", "verify", FILE, "--root", ROOT]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
}
