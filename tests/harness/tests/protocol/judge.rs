//! A second implementation in another language, written from the text, opens and folds the same vectors.

use std::process::Command;

use crate::{folder, top};

fn skip(what: &str) {
    assert!(std::env::var("KYHOP_REQUIRE_ORACLES").as_deref() != Ok("1"), "required but not installed: {what}");
    eprintln!("skipped: {what}");
}

#[test]
fn a_second_implementation_comes_to_the_same_results() {
    let python = std::env::var("KYHOP_PYTHON").unwrap_or_else(|_| "python3".into());
    if !Command::new(&python).args(["-c", "import cryptography"]).output().is_ok_and(|probe| probe.status.success()) {
        return skip("Python with the package cryptography (KYHOP_PYTHON)");
    }
    let output = Command::new(python)
        .arg("-B")
        .arg(top().join("tests/harness/tests/protocol/second.py"))
        .args([top().join("docs/protocol.md"), folder(), top().join("fixtures/golden/v1"), top().join("sync/domain/src/words")])
        .output()
        .unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{wrong}");
    let checked: usize = said.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(checked >= 12, "{said}");
}
