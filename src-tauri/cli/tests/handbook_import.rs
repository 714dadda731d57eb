//! An import that is broken off leaves nothing, tells on the way how far it is, and says in the end what it left out of which file.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::{Desk, Running, kyhop, until};

/// `O_NONBLOCK` of Linux: opening a pipe that nobody reads fails instead of waiting.
const NONBLOCKING: i32 = 0o4000;

/// What a command that succeeds says to a person.
fn tells(desk: &Desk, lang: &str, words: &[&str]) -> String {
    let mut command = kyhop();
    command.arg("--profile").arg(desk.profile()).arg("--passphrase-file").arg(desk.path("passphrase"));
    let output = command.args(["--lang", lang]).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", support::said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(name), bytes).unwrap();
}

fn line(id: &str, text: &str) -> String {
    format!("{}\n", json!({"id": id, "title": format!("Mục {id}"), "text": text}))
}

/// The ids and the versions of what is installed.
fn installed(desk: &Desk) -> Vec<(String, u64)> {
    let listed = desk.ok(&["handbook", "list"]);
    let row = |row: &Value| (row["package"]["package"].as_str().unwrap().to_owned(), row["package"]["version"].as_u64().unwrap());
    listed["packages"].as_array().unwrap().iter().map(row).collect()
}

fn pipe(desk: &Desk, name: &str) -> String {
    let made = Command::new("mkfifo").arg(desk.path(name)).status().unwrap();
    assert!(made.success());
    desk.text_path(name)
}

#[test]
fn what_could_run_is_left_out_and_the_report_names_the_file() {
    let desk = Desk::founded();
    let folder = desk.path("trang");
    write(&folder, "tiep-dan.html", "<h1>Tiếp công dân</h1><p onclick=x()>Lịch tiếp dân.</p><script>steal()</script>");
    write(&folder, "sach.html", "<style>p{}</style><nav>menu</nav><h1>Trực bão</h1><p>Lịch trực bão.</p>");
    let folder = folder.display().to_string();
    let report = desk.ok(&["handbook", "import", &folder, "--title", "Trang"]);
    assert_eq!(report["articles"], 2, "{report}");
    assert_eq!(report["cleaned"], json!([{"file": "tiep-dan.html", "part": "scripts", "count": 2}]));
    assert_eq!(report["cleaned_count"], 1);
    let page = desk.ok(&["handbook", "show", "trang:tiep-dan"]);
    assert_eq!(page["blocks"], json!([{"block": "paragraph", "text": "Lịch tiếp dân."}]));
    for (lang, sentence) in [
        ("vi", "Đã bỏ mã chạy được (script) khỏi tiep-dan.html: 2 chỗ."),
        ("en", "What could run (scripts) was left out of tiep-dan.html: 2."),
    ] {
        let told = tells(&desk, lang, &["handbook", "import", &folder, "--title", "Trang"]);
        assert!(told.contains(sentence) && !told.contains("sach.html"), "{told}");
    }
}

/// A PDF of so many pages with a line of text each.
fn pdf(pages: usize) -> Vec<u8> {
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {pages} >>", kids.join(" ")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for page in 0..pages {
        let resources = "<< /Font << /F 3 0 R >> >>";
        let contents = 5 + 2 * page;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} 0 R /Resources {resources} >>"
        ));
        let text = format!("BT /F 12 Tf 50 700 Td (Trang {page} cua quyen so tay huong dan nghiep vu cho can bo phuong.) Tj ET");
        objects.push(format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()));
    }
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    places.iter().for_each(|place| file.extend(format!("{place:010} 00000 n \n").into_bytes()));
    file.extend(format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).into_bytes());
    file
}

#[test]
fn the_pages_of_a_pdf_beyond_the_limit_are_counted_and_told() {
    let desk = Desk::founded();
    let folder = desk.path("dai");
    write(&folder, "dai.pdf", pdf(2_003));
    let folder = folder.display().to_string();
    let report = desk.ok(&["handbook", "import", &folder, "--title", "Dài"]);
    assert_eq!((&report["articles"], &report["skipped"]), (&json!(1), &json!([])), "{report}");
    assert_eq!(report["cleaned"], json!([{"file": "dai.pdf", "part": "pages", "count": 3}]));
    let told = tells(&desk, "vi", &["handbook", "import", &folder, "--title", "Dài"]);
    assert!(told.contains("Đã bỏ 3 trang cuối của dai.pdf"), "{told}");
}

/// Deflate (RFC 1951) of `bytes` times the letter a: fixed codes, a literal and then matches of 258 bytes at distance 1.
fn letters(bytes: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    let mut code = |value: u16, length: u32| bits.extend((0..length).rev().map(|bit| (value >> bit) & 1 == 1));
    code(0b1001_0001, 8);
    for _ in 0..bytes / 258 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    code(0, 7);
    bits.chunks(8).map(|byte| byte.iter().rev().fold(0_u8, |byte, bit| (byte << 1) | u8::from(*bit))).collect()
}

/// A DOCX whose text part unpacks to 60 MiB.
fn bomb() -> Vec<u8> {
    const NAME: &[u8] = b"word/document.xml";
    let (unpacked, packed) = ((60 << 20) / 258 * 258 + 1, letters(60 << 20));
    let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    // From the version that is needed to the length of the extra field. Nobody unpacks it far enough to compare the checksum.
    let mut about = [short(20), short(0), short(8), short(0), short(0x21)].concat();
    about.extend([long(0), long(packed.len()), long(unpacked)].concat());
    about.extend([short(NAME.len()), short(0)].concat());
    let mut file = [&b"PK\x03\x04"[..], &about, NAME, &packed].concat();
    let directory = file.len();
    file.extend([&b"PK\x01\x02"[..], &short(20), &about, &[0; 14], NAME].concat());
    let length = file.len() - directory;
    file.extend([&b"PK\x05\x06"[..], &[0; 4], &short(1), &short(1), &long(length), &long(directory), &[0; 2]].concat());
    file
}

/// A file that begins with `start` and is 200 MB long, of which nearly nothing is on the disk.
fn sparse(folder: &Path, name: &str, start: &str) {
    write(folder, name, start);
    OpenOptions::new().write(true).open(folder.join(name)).unwrap().set_len(200_000_000).unwrap();
}

#[test]
fn what_is_much_too_long_is_refused_by_name_each_with_a_sentence_of_its_own() {
    let desk = Desk::founded();
    let folder = desk.path("to");
    write(&folder, "bom.docx", bomb());
    assert!(std::fs::metadata(folder.join("bom.docx")).unwrap().len() < 1 << 20, "it is small on the disk");
    sparse(&folder, "dai.jsonl", "{\"id\": \"rat-dai\", \"title\": \"Rất dài\", \"text\": \"");
    sparse(&folder, "rong.html", "<p>Rỗng</p>");
    write(&folder, "tot.jsonl", line("tot", "Mục này vẫn được nhập."));
    let all = folder.display().to_string();
    let report = desk.ok(&["handbook", "import", &all, "--title", "To"]);
    let skipped: Vec<(&str, &str, &str)> = report["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["file"].as_str().unwrap(), row["place"].as_str().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    let expected = [
        ("bom.docx", "", "import_bomb"),
        ("dai.jsonl", "1: rat-dai", "article_too_long"),
        ("rong.html", "", "import_file_too_long"),
    ];
    assert_eq!((skipped.as_slice(), &report["articles"]), (&expected[..], &json!(1)), "{report}");
    let sentences = [
        ("bom.docx", "import_bomb", "Không mở bom.docx: tệp nén bung ra quá lớn so với một văn bản."),
        ("dai.jsonl", "article_too_long", "Mục rat-dai quá dài (dai.jsonl)."),
        ("rong.html", "import_file_too_long", "Tệp rong.html quá lớn."),
    ];
    let told = tells(&desk, "vi", &["handbook", "import", &all, "--title", "To"]);
    for (name, code, sentence) in sentences {
        assert!(told.contains(sentence), "{told}");
        // Alone it is the answer itself.
        let alone = folder.join(name).display().to_string();
        assert_eq!(desk.fails(&["handbook", "import", &alone]), code);
        assert_eq!(desk.says(&["handbook", "import", &alone])[0], sentence);
    }
    assert_eq!(installed(&desk), [("to".to_owned(), 2)]);
}

#[test]
fn an_import_that_is_cancelled_beside_it_leaves_what_was_there() {
    let desk = Desk::founded();
    let before = desk.path("truoc");
    write(&before, "a.jsonl", line("cu", "Mục cũ vẫn còn."));
    desk.ok(&["handbook", "import", &before.display().to_string(), "--title", "Sổ tay"]);
    let pipe = pipe(&desk, "dong.jsonl");
    let _node = desk.node(&[]);
    // Open for both, so that neither side waits for the other; what is written fits into the pipe.
    let mut writer = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let words = ["handbook", "import", pipe.as_str(), "--title", "Sổ tay"];
    let importing = Running::start(&mut desk.command(&desk.path("passphrase"), &words));
    let lines = |from: usize, to: usize| (from..to).map(|number| line(&format!("m{number}"), "x")).collect::<String>();
    writer.write_all(lines(0, 600).as_bytes()).unwrap();
    let state = until("the import tells how far it is within its one file", || {
        let state = desk.owner().query(&json!({"type": "import_state"}))?;
        (state["done"].as_u64()? > 0).then_some(state)
    });
    assert_eq!((&state["step"], &state["report"]), (&json!("reading"), &json!(null)), "{state}");
    assert_eq!((&state["files"], &state["files_total"]), (&json!(0), &json!(1)), "{state}");
    desk.owner().act(&json!({"type": "cancel_import"}));
    writer.write_all(lines(600, 900).as_bytes()).unwrap();
    drop(writer);
    let (ended, report) = importing.end();
    assert!(ended, "{report}");
    assert_eq!((&report["cancelled"], &report["articles"]), (&json!(true), &json!(0)), "{report}");
    assert_eq!((&report["package"], &report["made"]), (&json!(null), &json!(null)), "{report}");

    assert_eq!(installed(&desk), [("so-tay".to_owned(), 1)]);
    assert_eq!(desk.ok(&["handbook", "show", "so-tay:cu"])["blocks"][0]["text"], "Mục cũ vẫn còn.");
    assert_eq!(desk.fails(&["handbook", "show", "so-tay:m0"]), "not_found");
    // The next one runs as if nothing had been.
    let after = desk.ok(&["handbook", "import", &before.display().to_string(), "--title", "Sổ tay"]);
    assert_eq!((&after["cancelled"], &after["package"]["version"]), (&json!(false), &json!(2)), "{after}");
}

#[test]
fn ctrl_c_breaks_a_build_off_and_nothing_is_written() {
    let desk = Desk::founded();
    let (pipe, out) = (pipe(&desk, "dong.jsonl"), desk.text_path("goi.kyhopb"));
    let words = ["handbook", "build", pipe.as_str(), "--out", out.as_str(), "--title", "Sổ tay"];
    let building = Running::start(&mut desk.command(&desk.path("passphrase"), &words));
    let opened = || -> Option<File> { OpenOptions::new().write(true).custom_flags(NONBLOCKING).open(&pipe).ok() };
    // Once it reads it hears signals.
    let mut writer = until("the build opens its file", opened);
    building.interrupt();
    let some: String = (0..300).map(|number| line(&format!("m{number}"), "x")).collect();
    until("the build reads no further", || match writer.write_all(some.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Some(()),
        _ => None,
    });
    let (ended, answer) = building.end();
    assert!(ended, "{answer}");
    assert_eq!((&answer["report"]["cancelled"], &answer["written"]), (&json!(true), &json!(null)), "{answer}");
    assert!(!desk.path("goi.kyhopb").exists());
    assert_eq!(installed(&desk), []);
}

#[test]
fn an_import_that_failed_is_not_shown_as_running() {
    let desk = Desk::founded();
    std::fs::create_dir(desk.path("trong")).unwrap();
    let _node = desk.node(&[]);
    assert_eq!(desk.fails(&["handbook", "import", &desk.text_path("trong")]), "import_nothing");
    assert_eq!(desk.owner().query(&json!({"type": "import_state"})), Some(json!(null)));
}

#[test]
fn the_list_says_when_a_package_was_made_and_how_long_ago() {
    let desk = Desk::founded();
    let folder = desk.path("so-tay");
    write(&folder, "a.jsonl", line("moi", "Mục mới."));
    desk.ok(&["handbook", "import", &folder.display().to_string(), "--title", "Sổ tay"]);
    for (lang, age) in [("vi", "1 mục, hôm nay"), ("en", "1 articles, today")] {
        let told = tells(&desk, lang, &["handbook", "list"]);
        assert!(told.contains(age), "{told}");
    }
}
