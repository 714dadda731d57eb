//! What must not come in, and what must not get out: each refusal says in Vietnamese and in English what is wrong, ends with a status that
//! scripts see, and leaves everything that was there as it was.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use serde_json::{Value, json};
use support::{Desk, Dice, FOUNDER, PASSPHRASE, code, fixture, kyhop, one_json, said, sentence, until};

/// The largest paper and the largest PDF that is looked at, in bytes.
const PDF_BYTES_MAX: u64 = 100 << 20;

/// A file of this length that takes no room on the disk.
fn sparse(desk: &Desk, name: &str, length: u64) -> String {
    let path = desk.path(name);
    let mut file = File::create(&path).unwrap();
    file.write_all(b"%PDF-1.7\n").unwrap();
    file.set_len(length).unwrap();
    path.display().to_string()
}

/// A sentence for people: not the one for errors that nobody has thought of, and without a gap where a fact belongs.
fn is_clear(sentence: &str) -> bool {
    !sentence.is_empty() && !sentence.contains('…') && !sentence.contains("Không làm được.") && !sentence.contains("did not work")
}

#[test]
fn every_paper_that_is_refused_gets_its_own_sentence_in_both_languages() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf")]);
    let before = desk.ok(&["meeting", "show", &meeting]);
    let node = desk.node(&[]);
    let too_large = sparse(&desk, "qua-lon.pdf", PDF_BYTES_MAX + 1);
    let refused = [
        (fixture("broken.pdf"), "bị hỏng", "is damaged"),
        (fixture("encrypted.pdf"), "có mật khẩu", "is encrypted"),
        (fixture("zero-pages.pdf"), "không có trang nào", "has no pages"),
        (fixture("mat.pdf"), "dấu chỉ độ mật “MẬT”", "secrecy marking “MẬT”"),
        (fixture("README.md"), "không phải tệp PDF", "is not a PDF"),
        (fixture("khong-co.pdf"), "Không tìm thấy", "was not found"),
        (too_large, "quá lớn", "over the limit"),
    ];
    for (file, vi, en) in refused {
        let name = Path::new(&file).file_name().unwrap().to_str().unwrap();
        let said = desk.says(&["paper", "add", &meeting, &file]);
        for (sentence, must) in said.iter().zip([vi, en]) {
            assert!(sentence.contains(must) && sentence.contains(name) && is_clear(sentence), "{name}: {sentence}");
        }
    }
    node.stop();
    assert_eq!(desk.ok(&["meeting", "show", &meeting]), before, "nothing of them came in, nothing was lost");
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_read() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    let vast = sparse(&desk, "vast.pdf", 1 << 40);
    let root = "ab".repeat(32);
    assert_eq!(desk.fails(&["paper", "add", &meeting, &vast]), "pdf_too_large");
    assert_eq!(desk.fails(&["pdf", "sign", &vast, "--out", &desk.text_path("signed.pdf")]), "too_large");
    assert!(!desk.path("signed.pdf").exists());
    for (words, wanted) in [
        (vec!["pdf", "verify", &vast], "too_large"),
        (vec!["vote", "verify", &vast, "--root", &root], "bundle_over_limit"),
        (vec!["pdf", "verify", &fixture("bao-mat.pdf"), "--trust", &vast], "malformed_trust"),
    ] {
        let output = kyhop().arg("--json").args(&words).output().unwrap();
        assert_eq!((output.status.code(), code(&output).as_str()), (Some(2), wanted), "{words:?}");
    }
}

#[test]
fn a_signature_of_somebody_unknown_is_not_called_valid() {
    let desk = Desk::founded();
    let stranger = Desk::founded();
    let (signed, root) = (desk.text_path("signed.pdf"), stranger.text_path("root.pem"));
    desk.ok(&["pdf", "sign", &fixture("ke-hoach-truc-bao.pdf"), "--out", &signed]);
    stranger.ok(&["ca", "export", "--out", &root]);
    for trust in [vec![], vec!["--trust", root.as_str()]] {
        let output = kyhop().args(["--json", "pdf", "verify", &signed]).args(&trust).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let signature = &one_json(&output)["signatures"][0];
        assert_eq!((&signature["status"], &signature["signer"]), (&json!("unknown_signer"), &json!(FOUNDER)), "{signature}");
    }
    for (lang, must, why) in [
        ("vi", "chưa rõ người ký", "chứng thư không do tổ chức này cấp"),
        ("en", "unknown signer", "the certificate was not issued by this organisation"),
    ] {
        let output = kyhop().args(["--lang", lang, "pdf", "verify", &signed]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = said(&output);
        assert!(text.contains(must) && text.contains(why) && text.contains(FOUNDER) && !text.contains('_'), "{text}");
    }
}

#[test]
fn an_exported_vote_with_one_changed_byte_is_never_confirmed() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    let vote = desk.vote(&meeting, "Thông qua kế hoạch trực bão?");
    desk.ok(&["vote", "cast", &vote, "against"]);
    desk.ok(&["vote", "cast", &vote, "for"]);
    desk.ok(&["vote", "close", &vote]);
    let (bundle, changed) = (desk.text_path("vote.kyhopvote"), desk.text_path("changed.kyhopvote"));
    desk.ok(&["vote", "export", &vote, "--out", &bundle]);
    let root = desk.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    let verify = |file: &str| kyhop().args(["--json", "vote", "verify", file, "--root", &root]).output().unwrap();
    let honest = verify(&bundle);
    assert_eq!((honest.status.code(), one_json(&honest)["passed"].clone()), (Some(0), json!(true)));

    let bytes = std::fs::read(&bundle).unwrap();
    let mut dice = Dice(7);
    let samples = 120;
    let mut found = [0, 0];
    for sample in 0..samples {
        // Every part of the file is visited, at a place and with a change that the dice choose.
        let part = bytes.len() / samples;
        let at = sample * part + dice.below(part);
        let mut other = bytes.clone();
        other[at] ^= u8::try_from(1 + dice.below(255)).unwrap();
        std::fs::write(&changed, other).unwrap();
        let output = verify(&changed);
        match output.status.code() {
            Some(1) => {
                let report = one_json(&output);
                assert!(report["ok"] == false && report["problems"] != json!([]), "byte {at}: {report}");
                found[0] += 1;
            }
            Some(2) => {
                assert!(code(&output).starts_with("bundle_"), "byte {at}: {}", said(&output));
                found[1] += 1;
            }
            status => panic!("byte {at} of {}: {status:?} {}", bytes.len(), said(&output)),
        }
    }
    assert!(found[0] > 0 && found[1] > 0, "some changes are read and found wrong, some are not readable: {found:?}");

    // The last bytes are the exporter's signature: the file is read, and is not what was exported.
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&changed, other).unwrap();
    for (lang, verdict, problem) in [
        ("vi", "KHÔNG đúng.", "! Tệp đã bị thay đổi sau khi xuất."),
        ("en", "NOT sound.", "! The file was changed after it was exported."),
    ] {
        let output = kyhop().args(["--lang", lang, "vote", "verify", &changed, "--root", &root]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.starts_with(verdict) && text.lines().any(|line| line == problem), "{text}");
    }

    std::fs::write(&changed, &bytes[..bytes.len() - 1]).unwrap();
    for (lang, must) in [("vi", "Không đọc được tệp bằng chứng"), ("en", "is not readable")] {
        let said = sentence(kyhop().args(["--lang", lang, "vote", "verify", &changed, "--root", &root]));
        assert!(said.contains(must) && said.contains("changed.kyhopvote") && is_clear(&said), "{said}");
    }
    let other_root = kyhop().args(["--json", "vote", "verify", &bundle, "--root", &"ab".repeat(32)]).output().unwrap();
    assert_eq!((other_root.status.code(), one_json(&other_root)["ok"].clone()), (Some(1), json!(false)));
}

/// What arrives at an open port in an office: scanners, browsers, nonsense, and callers who say nothing.
fn garbage(dice: &mut Dice) -> Vec<Vec<u8>> {
    let mut noise = |length: usize| (0..length).map(|_| dice.roll().to_le_bytes()[0]).collect::<Vec<u8>>();
    let negotiated = [b"\x13/multistream/1.0.0\n".as_slice(), b"\x07/noise\n"].concat();
    vec![
        Vec::new(),
        b"GET / HTTP/1.1\r\nHost: ky-hop\r\n\r\n".to_vec(),
        vec![0; 4_096],
        vec![0xff; 70_000],
        noise(100_000),
        [negotiated.as_slice(), &noise(2_000)].concat(),
        // A length that promises 65,535 bytes, and then silence.
        [negotiated.as_slice(), &[0xff, 0xff]].concat(),
        // A TLS greeting (RFC 8446) of whoever expects https.
        [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(), &noise(505)].concat(),
    ]
}

#[test]
fn garbage_at_the_port_of_a_node_does_no_harm() {
    let (desk, member) = (Desk::founded(), Desk::new());
    let meeting = desk.meeting();
    let mut node = desk.node(&[]);
    let before = desk.ok(&["meeting", "show", &meeting]);
    let mut silent = Vec::new();
    for (index, bytes) in garbage(&mut Dice(11)).into_iter().enumerate() {
        let mut stream = TcpStream::connect(("127.0.0.1", node.port())).unwrap();
        // A node that hangs up in the middle is right to.
        let _ = stream.write_all(&bytes);
        if index % 2 == 0 {
            silent.push(stream);
        }
    }
    assert!(node.runs());
    assert_eq!(desk.ok(&["meeting", "show", &meeting]), before);
    assert_eq!(desk.ok(&["approve"]), json!([]), "nobody asks");

    let mut joining = member.joins(node.address(), "Lê Minh Châu");
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request is there", || desk.maybe(&["approve", "--words", &words]));
    assert!(joining.end().0, "a true caller gets through");
    // Whoever says nothing is left in the end; till then it is no peer.
    let peers = desk.ok(&["peers"])["peers"].clone();
    assert!(peers.as_array().unwrap().iter().all(|peer| peer["name"] != ""), "{peers}");
    assert!(node.runs());
    drop(silent);
}

fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files_below(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

/// The words and bytes that stand readable in some file below a folder.
fn readable_in(folder: &Path, secrets: &[Vec<u8>]) -> Vec<String> {
    let mut files = Vec::new();
    files_below(folder, &mut files);
    assert!(!files.is_empty());
    let mut readable = Vec::new();
    for file in files {
        let mut bytes = Vec::new();
        File::open(&file).unwrap().read_to_end(&mut bytes).unwrap();
        for secret in secrets {
            if bytes.windows(secret.len()).any(|window| window == secret) {
                readable.push(format!("{} in {}", String::from_utf8_lossy(secret), file.display()));
            }
        }
    }
    readable
}

#[test]
fn a_stolen_profile_shows_nothing_even_one_whose_node_was_killed() {
    let desk = Desk::founded();
    let node = desk.node(&[]);
    let words = ["canary-cuoc-hop", "canary-muc", "canary-ghi-chu-rieng", "canary-ghi-chu-chung", "canary-cau-hoi"];
    let [title, item, private, shared, question] = words;
    let made = desk.ok(&["meeting", "new", "--title", title, "--starts", "2026-11-22 14:00", "--item", item]);
    let meeting = made["meeting"].as_str().unwrap();
    let paper = desk.ok(&["paper", "add", meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "1"])["paper"].clone();
    let on = [meeting, paper.as_str().unwrap(), "--page", "1", "--at", "72,100"];
    desk.ok(&[&["annotate", "--note", private], &on[..]].concat());
    desk.ok(&[&["annotate", "--note", shared, "--shared"], &on[..]].concat());
    let vote = desk.vote(meeting, question);
    desk.ok(&["vote", "cast", &vote, "for"]);
    node.kill();

    let pdf = std::fs::read(fixture("ke-hoach-truc-bao.pdf")).unwrap();
    let mut secrets: Vec<Vec<u8>> = [&words[..], &[FOUNDER, PASSPHRASE, "Thành phố Minh Hải", "An Bình"]]
        .concat()
        .iter()
        .flat_map(|word| [word.as_bytes().to_vec(), word.encode_utf16().flat_map(u16::to_le_bytes).collect()])
        .collect();
    secrets.extend([
        pdf[..8].to_vec(),
        pdf[pdf.len() / 2..][..48].to_vec(),
        b"SQLite format 3".to_vec(),
        b"PRIVATE KEY".to_vec(),
    ]);
    assert_eq!(readable_in(&desk.profile(), &secrets), [] as [String; 0]);

    // The search finds them where they may be read: in what was exported on purpose.
    let export = desk.text_path("export");
    desk.ok(&["meeting", "export", meeting, "--out", &export]);
    let shown = readable_in(Path::new(&export), &secrets).join("\n");
    for word in [title, item, question] {
        assert!(shown.contains(word), "{shown}");
    }
    assert!(!shown.contains(private), "a private note leaves in no export of the meeting");

    let wrong = desk.path("wrong");
    std::fs::write(&wrong, "mật khẩu khác hẳn\n").unwrap();
    let output = desk.command(&wrong, &["meeting", "list"]).output().unwrap();
    assert_eq!(code(&output), "wrong_passphrase");
    assert_eq!(desk.ok(&["annotations", meeting, paper.as_str().unwrap()]).as_array().map(Vec::len), Some(2), "and all is there");
    let _: Value = desk.ok(&["vote", "close", &vote]);
}
