//! The handbook from end to end: a folder becomes a package, a package goes to another device on a stick or by itself, and what is wrong is
//! refused by name.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, one_json, until};

/// A folder with everything that comes from outside, good and bad.
fn folder(desk: &Desk) -> String {
    let folder = desk.path("so-tay");
    std::fs::create_dir_all(folder.join("luat")).unwrap();
    let lines = [
        json!({"id": "cu-tru/dieu-20", "kind": "law", "title": "Điều kiện đăng ký thường trú", "source": "Luật Thử nghiệm", "number": "8/2030/QH",
               "article": "20", "field": "Cư trú", "from": "2030-07-01", "text": "1. Công dân có chỗ ở hợp pháp.\na) Có sổ;\n2. Người thuê nhà."}),
        json!({"id": "khai-sinh", "kind": "procedure", "title": "Đăng ký khai sinh", "level": "Cấp xã", "field": "Hộ tịch",
               "blocks": [{"block": "papers", "items": [{"name": "Tờ khai", "originals": 1}]}, {"block": "steps", "items": [{"text": "Nộp hồ sơ"}, {"text": "Nhận kết quả"}]}]}),
        json!({"id": "het-han", "kind": "law", "title": "Quy định đã hết hiệu lực về khai sinh", "to": "2020-01-01", "text": "Quy định cũ."}),
        json!({"id": "khai-sinh", "title": "Trùng mã", "text": "x"}),
        json!({"id": "ngay-sai", "title": "Ngày sai", "from": "31/02/2024", "text": "x"}),
        json!({"title": "Không có mã"}),
    ];
    let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    text.push_str(&json!({"id": "rat-dai", "title": "Dài", "text": "x".repeat(3 << 20)}).to_string());
    std::fs::write(folder.join("a.jsonl"), text).unwrap();
    std::fs::write(
        folder.join("luat/tiep-dan.html"),
        "<h1>Tiếp công dân</h1><p onclick=x()>Lịch tiếp dân.</p><script>steal()</script>",
    )
    .unwrap();
    std::fs::write(folder.join("hong.docx"), "PK").unwrap();
    std::fs::write(folder.join("anh.png"), "x").unwrap();
    std::fs::write(folder.join(".an"), "x").unwrap();
    folder.display().to_string()
}

fn search(desk: &Desk, words: &[&str]) -> Value {
    desk.ok(&[&["handbook", "search"], words].concat())
}

fn first(found: &Value) -> &Value {
    &found["hits"][0]
}

#[test]
fn a_folder_is_imported_and_what_was_left_out_is_named() {
    let desk = Desk::founded();
    let report = desk.ok(&["handbook", "import", &folder(&desk), "--title", "Sổ tay thử"]);
    assert_eq!((&report["articles"], &report["package"]["package"]), (&json!(4), &json!("so-tay-thu")), "{report}");
    let skipped: Vec<(&str, &str, &str)> = report["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["file"].as_str().unwrap(), row["place"].as_str().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        skipped,
        [
            ("a.jsonl", "4: khai-sinh", "import_duplicate"),
            ("a.jsonl", "5: ngay-sai", "import_bad_date"),
            ("a.jsonl", "6", "import_bad_json"),
            ("a.jsonl", "7: rat-dai", "article_too_long"),
            ("anh.png", "", "import_unknown_format"),
            ("hong.docx", "", "import_bad_docx"),
        ]
    );

    // Without marks, found down to the clause, cited as papers cite it.
    let found = search(&desk, &["nguoi thue nha", "--as-of", "2031-01-01"]);
    assert_eq!(first(&found)["citation"], "khoản 2 Điều 20 Luật Thử nghiệm 8/2030/QH", "{found}");
    assert_eq!((&first(&found)["validity"], &first(&found)["block"]), (&json!("in_force"), &json!(2)));
    assert!(first(&found)["score"].as_f64().is_some() && !first(&found)["why"].as_array().unwrap().is_empty());
    assert_eq!(first(&search(&desk, &["người thuê nhà", "--as-of", "2030-06-30"]))["validity"], "not_yet");
    // A procedure is cited with the section in which something was found.
    let found = search(&desk, &["tờ khai"]);
    let hit = found["hits"].as_array().unwrap().iter().find(|hit| hit["id"] == "so-tay-thu:khai-sinh").unwrap();
    assert_eq!(hit["citation"], "Thủ tục “Đăng ký khai sinh” – Thành phần hồ sơ", "{found}");
    assert_eq!((hit["breadcrumb"].as_array().unwrap().last(), &hit["block"]), (Some(&json!("Thành phần hồ sơ")), &json!(0)));
    // What has expired is said to be so, and comes after what holds.
    let found = search(&desk, &["khai sinh"]);
    let order: Vec<&str> = found["hits"].as_array().unwrap().iter().map(|hit| hit["validity"].as_str().unwrap()).collect();
    assert_eq!(order, ["in_force", "expired"], "{found}");
    assert_eq!(search(&desk, &["khai sinh", "--limit", "1"])["hits"].as_array().unwrap().len(), 1);
    // Nothing of a page can run.
    let page = desk.ok(&["handbook", "show", "so-tay-thu:luat/tiep-dan"]);
    assert_eq!(page["blocks"], json!([{"block": "paragraph", "text": "Lịch tiếp dân."}]));
}

/// What a desk has installed: package, version, articles.
fn installed(desk: &Desk) -> Vec<(String, u64, u64)> {
    let listed = desk.ok(&["handbook", "list"]);
    let row = |row: &Value| {
        let number = |value: &Value| value.as_u64().unwrap();
        (row["package"]["package"].as_str().unwrap().to_owned(), number(&row["package"]["version"]), number(&row["articles"]))
    };
    listed["packages"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn a_package_goes_on_a_stick_only_to_those_who_trust_its_signer() {
    let (city, commune) = (Desk::founded(), Desk::founded());
    let file = city.text_path("goi.kyhopb");
    let built = city.ok(&["handbook", "build", &folder(&city), "--out", &file, "--title", "Sổ tay"]);
    assert_eq!(built["written"]["path"], json!(file));
    // Another organisation: refused by the name of the signer, until its administrator pins the city.
    assert_eq!(commune.fails(&["handbook", "install", &file]), "package_untrusted");
    assert_eq!(installed(&commune), []);
    let root = city.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    commune.ok(&["handbook", "trust", &root, "--title", "Thành phố"]);
    let report = commune.ok(&["handbook", "install", &file]);
    assert_eq!((&report["added"], &report["removed"]), (&json!(4), &json!(0)));
    assert_eq!(installed(&commune), [("so-tay".to_owned(), 1, 4)]);
    assert_eq!(first(&search(&commune, &["dang ky khai sinh"]))["id"], "so-tay:khai-sinh");
    assert_eq!(commune.fails(&["handbook", "install", &file]), "package_older");
    commune.ok(&["handbook", "remove", "so-tay"]);
    assert_eq!(search(&commune, &["khai sinh"])["hits"], json!([]));
    commune.ok(&["handbook", "trust", &root, "--remove"]);
    assert_eq!(commune.fails(&["handbook", "install", &file]), "package_untrusted");
}

/// The file with one change, beside it.
fn spoiled(desk: &Desk, file: &str, name: &str, spoil: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = std::fs::read(file).unwrap();
    spoil(&mut bytes);
    std::fs::write(desk.path(name), bytes).unwrap();
    desk.text_path(name)
}

#[test]
fn every_bad_package_is_refused_with_a_sentence_that_names_it() {
    let desk = Desk::founded();
    let file = desk.text_path("goi.kyhopb");
    desk.ok(&["handbook", "build", &folder(&desk), "--out", &file, "--title", "Sổ tay"]);
    desk.ok(&["handbook", "remove", "so-tay"]);
    let header = |bytes: &[u8]| 12 + u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
    let node = desk.node(&[]);
    let cases = [
        (
            spoiled(&desk, &file, "cut.kyhopb", |bytes| bytes.truncate(bytes.len() - 7)),
            "package_truncated",
            "bị thiếu",
            "cut off",
        ),
        (
            // The last byte of the header belongs to the signature.
            spoiled(&desk, &file, "signature.kyhopb", |bytes| {
                let end = header(bytes);
                bytes[end - 1] ^= 1;
            }),
            "package_signature_invalid",
            "chữ ký",
            "signature",
        ),
        (
            spoiled(&desk, &file, "block.kyhopb", |bytes| *bytes.last_mut().unwrap() ^= 1),
            "package_damaged",
            "cu-tru/dieu-20",
            "cu-tru/dieu-20",
        ),
        (
            spoiled(&desk, &file, "newer.kyhopb", |bytes| bytes[6] = 9),
            "package_newer_version",
            "phiên bản mới hơn",
            "newer program",
        ),
        (
            spoiled(&desk, &file, "rubbish.kyhopb", |bytes| bytes.fill(b'x')),
            "package_not_one",
            "không phải gói",
            "not a handbook package",
        ),
        (desk.text_path("khong-co.kyhopb"), "file_not_found", "Không tìm thấy", "was not found"),
    ];
    for (path, code, vi, en) in cases {
        assert_eq!(desk.fails(&["handbook", "install", &path]), code);
        let name = Path::new(&path).file_name().unwrap().to_str().unwrap();
        for (sentence, must) in desk.says(&["handbook", "install", &path]).iter().zip([vi, en]) {
            assert!(sentence.contains(must) && sentence.contains(name) && !sentence.contains('…'), "{name}: {sentence}");
        }
    }
    node.stop();
    assert_eq!(installed(&desk), []);
    desk.ok(&["handbook", "install", &file]);
}

#[test]
fn a_published_package_and_its_update_come_to_the_other_device_by_themselves() {
    let (city, ward) = (Desk::founded(), Desk::new());
    let node = city.node(&[]);
    let mut joining = ward.joins(node.address(), "Nguyễn Văn Bình");
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request arrives", || city.ok(&["approve"]).as_array().unwrap().first().cloned());
    city.ok(&["approve", "--words", &words]);
    assert!(joining.end().0, "it is let in");
    city.ok(&["handbook", "import", &folder(&city), "--title", "Sổ tay"]);
    let published = city.ok(&["handbook", "publish", "so-tay"]);
    let _other = ward.node(&[node.address()]);
    until("the package comes", || (installed(&ward) == [("so-tay".to_owned(), 1, 4)]).then_some(()));
    assert_eq!(first(&search(&ward, &["đăng ký khai sinh"]))["id"], "so-tay:khai-sinh");
    assert!(published["delta_bytes"].as_u64().unwrap() > 0);
    // Who has no duty imports for the own device only.
    assert_eq!(ward.fails(&["handbook", "publish", "so-tay"]), "not_allowed");
    assert_eq!(ward.ok(&["handbook", "list"])["packages"][0]["package"]["signer"], FOUNDER);
    city.ok(&["handbook", "publish", "so-tay"]);
    until("the next version comes", || (installed(&ward)[0].1 == 2).then_some(()));
}

#[test]
fn the_text_of_a_pdf_is_imported_and_what_has_none_or_must_not_come_in_is_named() {
    let desk = Desk::founded();
    let folder = desk.path("giay");
    std::fs::create_dir_all(&folder).unwrap();
    let papers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/papers");
    for name in ["to-trinh-ho-tro-ngap.pdf", "mat.pdf", "encrypted.pdf", "broken.pdf", "zero-pages.pdf"] {
        std::fs::copy(papers.join(name), folder.join(name)).unwrap();
    }
    std::fs::write(folder.join("anh-quet.pdf"), scan()).unwrap();
    let report = desk.ok(&["handbook", "import", &folder.display().to_string(), "--title", "Giấy tờ"]);
    let skipped: Vec<(&str, &str)> = report["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["file"].as_str().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    let expected = [
        ("anh-quet.pdf", "needs_text"),
        ("broken.pdf", "pdf_broken"),
        ("encrypted.pdf", "pdf_encrypted"),
        ("mat.pdf", "secrecy_marking"),
        ("zero-pages.pdf", "pdf_no_pages"),
    ];
    assert_eq!(skipped, expected, "{report}");
    let found = search(&desk, &["ho tro ho dan bi ngap"]);
    assert_eq!(found["hits"].as_array().unwrap().len(), 1, "{found}");
    assert!(first(&found)["snippet"].as_str().is_some_and(|text| text.contains("ngập")), "{found}");
}

/// A page that is one picture, as a scanner makes it.
fn scan() -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>".to_owned(),
        "<< /Length 29 >>\nstream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream".to_owned(),
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\u{40}\nendstream"
            .to_owned(),
    ];
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
fn an_import_of_nothing_and_of_what_is_not_there_says_so() {
    let desk = Desk::founded();
    std::fs::create_dir(desk.path("trong")).unwrap();
    assert_eq!(desk.fails(&["handbook", "import", &desk.text_path("trong")]), "import_nothing");
    assert_eq!(desk.fails(&["handbook", "import", &desk.text_path("khong-co")]), "file_not_found");
    let output = desk.run(&["handbook", "list"]);
    assert_eq!(one_json(&output)["packages"], json!([]));
    assert_eq!(desk.fails(&["handbook", "show", "a:b"]), "not_found");
}

/// Two desks of one organisation, both online: its founder's, and that of an editor.
struct Office {
    city: Desk,
    ward: Desk,
    _nodes: [support::Node; 2],
}

fn office() -> Office {
    let (city, ward) = (Desk::founded(), Desk::new());
    let node = city.node(&[]);
    let mut joining = ward.joins(node.address(), EDITOR);
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request arrives", || city.ok(&["approve"]).as_array().unwrap().first().cloned());
    city.ok(&["approve", "--words", &words]);
    assert!(joining.end().0, "it is let in");
    city.ok(&["duty", EDITOR, "editor"]);
    let other = ward.node(&[node.address()]);
    until("the duty is known", || {
        let drafts = ward.owner().query(&json!({"type": "drafts"}))?;
        (drafts["may_edit"] == true).then_some(())
    });
    Office { city, ward, _nodes: [node, other] }
}

const EDITOR: &str = "Nguyễn Văn Bình";

fn content(title: &str) -> Value {
    json!({"kind": "guidance", "title": title, "field": "Hộ tịch", "levels": ["commune"],
           "blocks": [{"key": "", "block": {"block": "paragraph", "text": "Mang theo tờ khai có chữ ký."}}]})
}

fn draft(desk: &Desk, id: &str) -> Value {
    desk.owner().query(&json!({"type": "draft", "draft": id})).unwrap()
}

#[test]
fn a_draft_is_written_by_one_approved_by_another_and_reaches_everybody() {
    let Office { city, ward, _nodes } = office();
    let id = ward
        .owner()
        .act(&json!({"type": "create_draft", "article": null, "content": content("Mang gì khi đi khai sinh")}))
        .unwrap();
    let id = id.as_str().unwrap();
    ward.owner().act(&json!({"type": "submit_for_review", "draft": id})).unwrap();
    assert_eq!(draft(&ward, id)["may_review"], false, "nobody reviews an own draft");
    let row = until("the draft arrives", || {
        let drafts = city.owner().query(&json!({"type": "drafts"}))?;
        drafts["drafts"].as_array()?.iter().find(|row| row["state"] == "in_review").cloned()
    });
    assert_eq!((&row["editors"], &row["waits_for_me"]), (&json!([EDITOR]), &json!(true)));
    city.owner().act(&json!({"type": "review", "draft": id, "approve": true, "note": ""})).unwrap();
    let published = city.owner().act(&json!({"type": "publish_drafts", "drafts": [id]})).unwrap();
    assert_eq!((&published["articles"], &published["package"]["package"]), (&json!(1), &json!("so-tay")));
    until("the article comes", || {
        let found = search(&ward, &["mang gi khi di khai sinh"]);
        (first(&found)["id"] == "so-tay:mang-gi-khi-di-khai-sinh").then_some(())
    });
    until("the draft is known to be published", || (draft(&ward, id)["row"]["state"] == "published").then_some(()));
}

#[test]
fn what_two_editors_write_in_one_place_is_kept_of_both_until_one_chooses() {
    let Office { city, ward, _nodes } = office();
    let id = ward.owner().act(&json!({"type": "create_draft", "article": null, "content": content("Đầu đề")})).unwrap();
    let id = id.as_str().unwrap();
    let seen = until("the draft arrives with its text", || {
        let view = city.owner().query(&json!({"type": "drafts"}))?;
        let there = view["drafts"].as_array()?.iter().any(|row| row["title"] == "Đầu đề");
        there.then(|| draft(&city, id))
    });
    let edit = |desk: &Desk, title: &str| {
        let mut content = seen["content"].clone();
        content["title"] = json!(title);
        desk.owner().act(&json!({"type": "edit_draft", "draft": id, "base": seen["base"], "content": content})).unwrap()
    };
    edit(&city, "Đầu đề của thành phố");
    edit(&ward, "Đầu đề của phường");
    let titles = |desk: &Desk| {
        let mut titles: Vec<String> = draft(desk, id)["conflicts"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|conflict| conflict["sides"].as_array().unwrap().clone())
            .map(|side| format!("{}: {}", side["by"].as_str().unwrap(), side["text"].as_str().unwrap()))
            .collect();
        titles.sort();
        titles
    };
    let both = [format!("{EDITOR}: Đầu đề của phường"), format!("{FOUNDER}: Đầu đề của thành phố")];
    for desk in [&city, &ward] {
        until("both sides are shown", || (titles(desk) == both).then_some(()));
    }
    assert_eq!(draft(&ward, id)["may_submit"], false);
    let sides = draft(&ward, id)["conflicts"][0]["sides"].clone();
    let mine = sides.as_array().unwrap().iter().find(|side| side["by"] == EDITOR).unwrap()["side"].clone();
    let view = ward.owner().act(&json!({"type": "resolve_conflict", "draft": id, "place": "title", "side": mine})).unwrap();
    assert_eq!((&view["conflicts"], &view["content"]["title"]), (&json!([]), &json!("Đầu đề của phường")));
    until("the other sees what was chosen", || (draft(&city, id)["content"]["title"] == "Đầu đề của phường").then_some(()));
}

#[test]
fn favourites_and_cases_stay_when_the_package_is_updated_and_a_case_says_what_has_changed() {
    let desk = Desk::founded();
    desk.ok(&["handbook", "import", &folder(&desk), "--title", "Sổ tay"]);
    let node = desk.node(&[]);
    let article = "so-tay:khai-sinh";
    assert_eq!(desk.owner().act(&json!({"type": "toggle_favourite", "article": article})), Some(json!(true)));
    desk.owner().act(&json!({"type": "mark_read", "article": article}));
    let case = desk.owner().act(&json!({"type": "start_case", "article": article, "name": "Hồ sơ 12"})).unwrap();
    let view = desk.owner().query(&json!({"type": "case", "case": case})).unwrap();
    let lines: Vec<&str> = view["lines"].as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect();
    assert_eq!((lines, &view["changed"]), (vec!["Tờ khai", "Nộp hồ sơ", "Nhận kết quả"], &json!(false)));
    let key = view["lines"][1]["key"].clone();
    let ticked = desk.owner().act(&json!({"type": "tick_case", "case": case, "line": key, "done": true})).unwrap();
    assert_eq!(ticked["row"]["done"], 1);
    node.stop();

    let path = desk.path("so-tay").join("a.jsonl");
    let changed = std::fs::read_to_string(&path).unwrap().replace("Nhận kết quả", "Nhận Giấy khai sinh");
    std::fs::write(&path, changed).unwrap();
    desk.ok(&["handbook", "import", &desk.text_path("so-tay"), "--title", "Sổ tay"]);
    let _node = desk.node(&[]);
    let shelf = desk.owner().query(&json!({"type": "shelf"})).unwrap();
    assert_eq!(
        (&shelf["favourites"][0]["article"]["article"], &shelf["favourites"][0]["gone"]),
        (&json!(article), &json!(false))
    );
    assert_eq!(shelf["recent"].as_array().unwrap().len(), 1);
    let view = desk.owner().query(&json!({"type": "case", "case": case})).unwrap();
    assert_eq!((&view["changed"], &view["row"]["done"]), (&json!(true), &json!(1)), "{view}");
    assert_eq!(view["lines"][2]["text"], "Nhận kết quả", "the case keeps what it began with");
    let read = desk.owner().query(&json!({"type": "article", "article": article})).unwrap();
    assert_eq!((&read["favourite"], &read["uses"][0]["title"]), (&json!(true), &json!("Hồ sơ 12")));
    let cases = desk.owner().query(&json!({"type": "cases", "closed": false})).unwrap();
    assert_eq!((&cases[0]["name"], &cases[0]["file_number"]), (&json!("Hồ sơ 12"), &json!("")), "{cases}");
}
