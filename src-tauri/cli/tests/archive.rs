//! The archive of a meeting: exported by one person, checked by another who has nothing but the fingerprint of the root.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{Desk, FOUNDER, code, fixture, kyhop, one_json};

/// A sitting that was held: two papers, a vote that was closed.
fn held() -> (Desk, String, String) {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2"]);
    desk.ok(&[
        "paper",
        "add",
        &meeting,
        &fixture("bao-cao-kinh-te-xa-hoi.pdf"),
        "--item",
        "1",
        "--title",
        "Báo cáo <b>tháng</b> 11",
    ]);
    let vote = desk.vote(&meeting, "Thông qua kế hoạch?");
    desk.ok(&["vote", "cast", &vote, "for"]);
    desk.ok(&["vote", "close", &vote]);
    let root = desk.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    (desk, meeting, root)
}

/// Checks as somebody without a profile.
fn check(archive: &Path, root: &str) -> Output {
    kyhop().args(["--json", "meeting", "verify-archive"]).arg(archive).args(["--root", root]).output().unwrap()
}

fn problems(output: &Output) -> Vec<String> {
    let report = one_json(output);
    report["problems"].as_array().unwrap().iter().map(|problem| problem.as_str().unwrap().to_owned()).collect()
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn an_archive_is_sound_and_a_changed_byte_in_any_of_its_files_is_named() {
    let (desk, meeting, root) = held();
    let out = desk.path("archive");
    desk.ok(&["meeting", "export", &meeting, "--out", out.to_str().unwrap()]);
    let sound = check(&out, &root);
    let report = one_json(&sound);
    assert_eq!((sound.status.code(), &report["problems"]), (Some(0), &json!([])), "{report}");
    assert_eq!((&report["ok"], &report["meeting"]), (&json!(true), &json!(meeting)));
    assert!(report["sealed_by"].as_str().unwrap().starts_with(FOUNDER));
    assert_eq!((&report["votes"][0]["ok"], &report["votes"][0]["passed"]), (&json!(true), &json!(true)));
    assert_eq!(report["votes"][0]["question"], "Thông qua kế hoạch?");

    let all = files(&out);
    assert!(all.len() >= 7, "{all:?}");
    for path in all {
        let name = path.strip_prefix(&out).unwrap().to_str().unwrap().to_owned();
        let whole = std::fs::read(&path).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        let output = check(&out, &root);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let said = problems(&output).join("\n");
        let expected = match name.as_str() {
            "SEAL.kyhopseal" => "archive_seal".to_owned(),
            "SHA256SUMS" => "archive_checksums_changed".to_owned(),
            _ => format!("archive_file_changed: {name}"),
        };
        assert!(said.contains(&expected), "{name}: {said}");
        std::fs::write(&path, whole).unwrap();
    }
    assert_eq!(check(&out, &root).status.code(), Some(0), "and all is as it was");
}

#[test]
fn a_file_that_came_or_went_another_root_and_a_forged_list_are_found() {
    let (desk, meeting, root) = held();
    let out = desk.path("archive");
    let export = ["meeting", "export", &meeting, "--out", out.to_str().unwrap()];
    desk.ok(&export);
    assert_eq!(desk.fails(&export), "file_exists", "nothing is written over what is there");

    assert_eq!(problems(&check(&out, &"ab".repeat(32)))[0].split(':').next(), Some("archive_wrong_root"));
    std::fs::write(out.join("papers/99-v1-them.pdf"), b"%PDF-").unwrap();
    assert_eq!(problems(&check(&out, &root)), ["archive_file_unexpected: papers/99-v1-them.pdf"]);
    std::fs::remove_file(out.join("papers/99-v1-them.pdf")).unwrap();

    let record = std::fs::read(out.join("record.json")).unwrap();
    std::fs::remove_file(out.join("record.json")).unwrap();
    assert_eq!(problems(&check(&out, &root)), ["archive_file_missing: record.json"]);

    // Somebody changes a file and the list with it: the checksums fit, the seal does not.
    let forged = String::from_utf8(record).unwrap().replace("Phòng họp", "Nơi khác").replace("Trực bão", "Trực lũ");
    std::fs::write(out.join("record.json"), &forged).unwrap();
    let sums = Command::new("sha256sum").arg("record.json").current_dir(&out).output();
    let Ok(sums) = sums else { return println!("skipped: forging a list needs sha256sum (Debian: coreutils)") };
    let line = String::from_utf8(sums.stdout).unwrap();
    let list = std::fs::read_to_string(out.join("SHA256SUMS")).unwrap();
    let list: String = list.lines().filter(|line| !line.ends_with("  record.json")).map(|line| format!("{line}\n")).collect();
    std::fs::write(out.join("SHA256SUMS"), list + &line).unwrap();
    assert_eq!(problems(&check(&out, &root))[0].split(':').next(), Some("archive_checksums_changed"));

    let nothing = check(&desk.path("nowhere"), &root);
    assert_eq!((nothing.status.code(), code(&nothing).as_str()), (Some(2), "file_not_found"));
}

#[cfg(unix)]
#[test]
fn a_list_cannot_lead_out_of_the_archive() {
    let (desk, meeting, root) = held();
    let out = desk.path("archive");
    desk.ok(&["meeting", "export", &meeting, "--out", out.to_str().unwrap()]);
    std::os::unix::fs::symlink(desk.path("passphrase"), out.join("papers/link.pdf")).unwrap();
    let list = std::fs::read_to_string(out.join("SHA256SUMS")).unwrap();
    std::fs::write(out.join("SHA256SUMS"), format!("{list}{}  ../passphrase\n", "0".repeat(64))).unwrap();
    let said = problems(&check(&out, &root));
    assert!(said.contains(&"archive_file_unexpected: papers/link.pdf".to_owned()), "{said:?}");
    assert!(said.contains(&"archive_file_missing: ../passphrase".to_owned()), "{said:?}");
}

#[test]
fn other_programs_read_the_archive_too() {
    let (desk, meeting, _) = held();
    let out = desk.path("archive");
    desk.ok(&["meeting", "export", &meeting, "--out", out.to_str().unwrap()]);
    if let Ok(judged) = Command::new("sha256sum").args(["--check", "--strict", "SHA256SUMS"]).current_dir(&out).output() {
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    }
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(page.contains("Báo cáo &lt;b&gt;tháng&lt;/b&gt; 11") && !page.contains("<b>tháng"), "a title is no markup");
    assert!(!page.to_lowercase().contains("<script") && page.contains("default-src 'none'"));
    for link in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(out.join(link).is_file(), "the page links to {link}");
    }
    let record: Value = serde_json::from_slice(&std::fs::read(out.join("record.json")).unwrap()).unwrap();
    assert_eq!(record["row"]["title"], "Phiên họp tháng 11");
}

#[test]
fn a_zip_says_the_same_as_the_folder_and_a_changed_byte_in_it_is_found() {
    let (desk, meeting, root) = held();
    let (out, zip) = (desk.path("archive"), desk.path("hồ sơ.zip"));
    desk.ok(&["meeting", "export", &meeting, "--out", out.to_str().unwrap()]);
    let written = desk.ok(&["meeting", "export", &meeting, "--zip", zip.to_str().unwrap()]);
    assert_eq!(written["bytes"], std::fs::metadata(&zip).unwrap().len());
    let of_folder = one_json(&check(&out, &root));
    let sound = check(&zip, &root);
    let mut of_zip = one_json(&sound);
    assert_eq!((sound.status.code(), &of_zip["problems"]), (Some(0), &json!([])), "{of_zip}");
    // They were sealed one after the other.
    of_zip["sealed_at"] = of_folder["sealed_at"].clone();
    assert_eq!(of_zip, of_folder);

    let whole = std::fs::read(&zip).unwrap();
    for (what, looked_for) in [("a paper", "%PDF".as_bytes()), ("the record", "Phiên họp tháng 11".as_bytes())] {
        let mut changed = whole.clone();
        let at = changed.windows(looked_for.len()).position(|window| window == looked_for).expect(what);
        changed[at + 1] ^= 1;
        std::fs::write(&zip, &changed).unwrap();
        let output = check(&zip, &root);
        assert_eq!(output.status.code(), Some(1), "{what}");
        assert!(problems(&output).iter().any(|problem| problem.starts_with("archive_file_changed: ")), "{what}");
    }
    std::fs::write(&zip, &whole[..whole.len() / 2]).unwrap();
    let cut = check(&zip, &root);
    assert_eq!((cut.status.code(), code(&cut).as_str()), (Some(2), "archive_zip_unreadable"));
}

#[test]
fn other_programs_unpack_the_zip_and_what_they_pack_again_is_still_sound() {
    let (desk, meeting, root) = held();
    let (zip, out, again) = (desk.path("archive.zip"), desk.path("unpacked"), desk.path("again.zip"));
    desk.ok(&["meeting", "export", &meeting, "--zip", zip.to_str().unwrap()]);
    let python = "import os, sys, zipfile\n\
        with zipfile.ZipFile(sys.argv[1]) as z:\n    assert z.testzip() is None\n    z.extractall(sys.argv[2])\n\
        with zipfile.ZipFile(sys.argv[3], 'w', zipfile.ZIP_DEFLATED) as z:\n    \
        [z.write(os.path.join(d, f), os.path.relpath(os.path.join(d, f), sys.argv[2])) for d, _, fs in os.walk(sys.argv[2]) for f in fs]\n";
    let judged = Command::new("python3").arg("-c").arg(python).args([&zip, &out, &again]).output();
    let Ok(judged) = judged else { return println!("skipped: unpacking needs python3 (Debian: python3)") };
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    for archive in [&out, &again] {
        let report = one_json(&check(archive, &root));
        assert_eq!((&report["ok"], &report["problems"]), (&json!(true), &json!([])), "{}: {report}", archive.display());
    }

    let traversal = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'a') as z:\n    z.writestr('../passphrase', 'x')\n";
    let made = Command::new("python3").arg("-c").arg(traversal).arg(&again).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let refused = check(&again, &root);
    assert_eq!((refused.status.code(), code(&refused).as_str()), (Some(2), "archive_zip_unsafe"));
}
