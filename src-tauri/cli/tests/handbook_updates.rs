//! A correction of the handbook costs what it changes: a second import becomes the next version, travels as an update over sync and on a
//! stick, and takes the place of nothing that others published.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{Desk, until};

/// What the folder says at first: id, title and text.
const FIRST: [(&str, &str, &str); 3] = [
    ("chung-thuc", "Chứng thực bản sao", "Mang theo bản chính để đối chiếu."),
    ("khai-sinh", "Đăng ký khai sinh", "Nộp tờ khai trong sáu mươi ngày."),
    ("tam-tru", "Đăng ký tạm trú", "Đến công an phường với giấy tờ về chỗ ở."),
];
/// One article changed, one gone.
const SECOND: [(&str, &str, &str); 2] = [FIRST[0], ("khai-sinh", "Đăng ký khai sinh", "Nộp tờ khai trong chín mươi ngày.")];
/// One more.
const THIRD: [(&str, &str, &str); 3] = [SECOND[0], SECOND[1], ("ket-hon", "Đăng ký kết hôn", "Hai bên cùng có mặt.")];
/// How a series of files begins.
const SERIES: &[u8] = b"KYHOPG1\n";

/// Writes the folder that is imported.
fn folder(desk: &Desk, articles: &[(&str, &str, &str)]) -> String {
    let folder = desk.path("so-tay");
    std::fs::create_dir_all(&folder).unwrap();
    let lines = articles.iter().map(|(id, title, text)| json!({"id": id, "title": title, "text": text}));
    std::fs::write(folder.join("a.jsonl"), lines.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    folder.display().to_string()
}

fn import(desk: &Desk, articles: &[(&str, &str, &str)]) -> Value {
    desk.ok(&["handbook", "import", &folder(desk, articles), "--title", "Sổ tay", "--replace"])
}

/// Writes the package of these articles to a file; `since`: only what changed since that one.
fn build(desk: &Desk, articles: &[(&str, &str, &str)], name: &str, since: Option<&str>) -> (Value, String) {
    let (folder, out) = (folder(desk, articles), desk.text_path(name));
    let mut words = vec!["handbook", "build", folder.as_str(), "--out", out.as_str(), "--title", "Sổ tay", "--replace"];
    words.extend(since.iter().flat_map(|since| ["--base", *since]));
    let built = desk.ok(&words);
    (built, out)
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

fn one(version: u64, articles: u64) -> Vec<(String, u64, u64)> {
    vec![("so-tay".to_owned(), version, articles)]
}

/// The only paragraph of an article.
fn text(desk: &Desk, article: &str) -> Value {
    desk.ok(&["handbook", "show", article])["blocks"][0]["text"].clone()
}

/// The file that a desk writes for a stick.
fn exported(desk: &Desk, name: &str) -> (Vec<u8>, String) {
    let out = desk.text_path(name);
    desk.ok(&["handbook", "export", "so-tay", "--out", &out]);
    (std::fs::read(&out).unwrap(), out)
}

/// Another organisation, which has pinned the first one.
fn neighbour(city: &Desk) -> Desk {
    let commune = Desk::founded();
    let root = city.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    commune.ok(&["handbook", "trust", &root, "--title", "Thành phố"]);
    commune
}

#[test]
fn a_second_import_of_what_one_has_published_comes_to_the_other_device_as_an_update() {
    let (city, ward) = (Desk::founded(), Desk::new());
    let node = city.node(&[]);
    let mut joining = ward.joins(node.address(), "Nguyễn Văn Bình");
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request arrives", || city.ok(&["approve"]).as_array().unwrap().first().cloned());
    city.ok(&["approve", "--words", &words]);
    assert!(joining.end().0, "it is let in");
    let first = import(&city, &FIRST);
    assert_eq!(
        (&first["made"]["base"], &first["made"]["added"], &first["package"]["version"]),
        (&json!(null), &json!(3), &json!(1))
    );
    city.ok(&["handbook", "publish", "so-tay"]);
    let _other = ward.node(&[node.address()]);
    until("the package comes", || (installed(&ward) == one(1, 3)).then_some(()));
    assert_eq!(text(&ward, "so-tay:khai-sinh"), "Nộp tờ khai trong sáu mươi ngày.");

    let second = import(&city, &SECOND);
    assert_eq!((&second["package"]["package"], &second["package"]["version"]), (&json!("so-tay"), &json!(2)), "{second}");
    let made = &second["made"];
    assert_eq!((&made["base"], &made["added"]), (&json!(1), &json!(0)), "{second}");
    assert_eq!((&made["changed"], &made["removed"]), (&json!(1), &json!(1)), "{second}");
    // It is looked at before anybody else has it.
    let row = |desk: &Desk| desk.ok(&["handbook", "list"])["packages"][0].clone();
    assert_eq!((&row(&city)["local"], &row(&city)["articles"]), (&json!(true), &json!(2)));
    let published = city.ok(&["handbook", "publish", "so-tay"]);
    assert_eq!((&published["articles"], &published["delta_bytes"]), (&json!(2), &made["bytes"]), "{published}");
    assert_eq!(row(&city)["local"], json!(false));
    until("the update comes", || (installed(&ward) == one(2, 2)).then_some(()));
    assert_eq!(text(&ward, "so-tay:khai-sinh"), "Nộp tờ khai trong chín mươi ngày.");
    assert_eq!(ward.fails(&["handbook", "show", "so-tay:tam-tru"]), "not_found");
    let found = ward.ok(&["handbook", "search", "dang ky tam tru"]);
    assert!(found["hits"].as_array().unwrap().iter().all(|hit| hit["id"] != "so-tay:tam-tru"), "{found}");
    // What the ward hands on is the whole package and the update, as the city signed them.
    let (series, _) = exported(&ward, "ward.kyhopb");
    assert!(series.starts_with(SERIES), "it came as an update");
    assert_eq!(series, exported(&city, "city.kyhopb").0);

    // The updates have grown to more than a quarter of so small a package: a whole one is due.
    let third = import(&city, &THIRD);
    assert_eq!((&third["made"]["base"], &third["package"]["version"]), (&json!(null), &json!(3)), "{third}");
    city.ok(&["handbook", "publish", "so-tay"]);
    until("the whole package comes", || (installed(&ward) == one(3, 3)).then_some(()));
    assert!(!exported(&ward, "ward.kyhopb").0.starts_with(SERIES));
    // Publishing what is unchanged says that it still holds: the next version, without a single row.
    let again = city.ok(&["handbook", "publish", "so-tay"]);
    assert_eq!((&again["package"]["version"], &again["articles"]), (&json!(4), &json!(0)), "{again}");
    until("it comes", || (installed(&ward) == one(4, 3)).then_some(()));

    // Who does not publish imports beside it, and takes the place of nothing.
    let beside = import(&ward, &FIRST);
    assert_eq!(beside["package"]["package"], "so-tay-2", "{beside}");
    let own = folder(&ward, &FIRST);
    assert_eq!(ward.fails(&["handbook", "import", &own, "--package", "so-tay"]), "not_allowed");
    assert_eq!(ward.fails(&["handbook", "import", &own, "--package", "khong-co"]), "not_found");
    assert_eq!(text(&ward, "so-tay:khai-sinh"), "Nộp tờ khai trong chín mươi ngày.");
}

#[test]
fn what_a_second_folder_lacks_stays_until_somebody_who_has_read_its_names_removes_it() {
    let desk = Desk::founded();
    import(&desk, &FIRST);
    let second = folder(&desk, &SECOND);
    let words = ["handbook", "import", second.as_str(), "--title", "Sổ tay"];
    let kept = desk.ok(&words);
    let missing = json!([{"article": "tam-tru", "title": "Đăng ký tạm trú"}]);
    assert_eq!((&kept["missing"], &kept["missing_count"], &kept["missing_removed"]), (&missing, &json!(1), &json!(false)));
    assert_eq!((&kept["articles"], &kept["made"]["changed"], &kept["made"]["removed"]), (&json!(2), &json!(1), &json!(0)));
    assert_eq!(installed(&desk), one(2, 3));
    assert_eq!(text(&desk, "so-tay:tam-tru"), FIRST[2].2);
    let said = desk.run_plain(&words);
    assert!(said.contains("Giữ lại 1 mục") && said.contains("tam-tru  Đăng ký tạm trú") && said.contains("--replace"), "{said}");
    assert_eq!(installed(&desk), one(3, 3));

    let removed = desk.ok(&[&words[..], &["--replace"]].concat());
    assert_eq!((&removed["missing"], &removed["missing_removed"]), (&missing, &json!(true)), "{removed}");
    assert_eq!(removed["made"]["removed"], 1, "{removed}");
    assert_eq!(installed(&desk), one(4, 2));
    assert_eq!(desk.fails(&["handbook", "show", "so-tay:tam-tru"]), "not_found");
    // Nothing is missing any more.
    assert_eq!(desk.ok(&words)["missing"], json!([]));
}

#[test]
fn several_imports_before_one_publication_all_go_out_and_a_named_package_keeps_its_title() {
    let city = Desk::founded();
    import(&city, &FIRST);
    city.ok(&["handbook", "publish", "so-tay"]);
    import(&city, &SECOND);
    let named = city.ok(&["handbook", "import", &folder(&city, &THIRD), "--package", "so-tay"]);
    assert_eq!((&named["package"]["title"], &named["package"]["version"]), (&json!("Sổ tay"), &json!(3)), "{named}");
    assert_eq!((&named["made"]["base"], &named["made"]["added"]), (&json!(2), &json!(1)), "{named}");
    let published = city.ok(&["handbook", "publish", "so-tay"]);
    // A changed one and a tombstone in the first, a new one in the second.
    assert_eq!((&published["package"]["version"], &published["articles"]), (&json!(3), &json!(3)), "{published}");
    assert_eq!(city.ok(&["handbook", "list"])["packages"][0]["local"], json!(false));
}

#[test]
fn a_stick_with_the_whole_package_and_its_updates_brings_everybody_to_the_newest_version() {
    let city = Desk::founded();
    import(&city, &FIRST);
    city.ok(&["handbook", "publish", "so-tay"]);
    let (_, whole) = exported(&city, "1.kyhopb");
    import(&city, &SECOND);
    let (bytes, series) = exported(&city, "2.kyhopb");
    assert!(bytes.starts_with(SERIES));

    let counts = |report: &Value| ["added", "changed", "removed"].map(|name| report[name].as_u64().unwrap());
    let fresh = neighbour(&city);
    assert_eq!(counts(&fresh.ok(&["handbook", "install", &series])), [3, 1, 1]);
    assert_eq!(installed(&fresh), one(2, 2));
    assert_eq!(text(&fresh, "so-tay:khai-sinh"), "Nộp tờ khai trong chín mươi ngày.");
    assert_eq!(fresh.fails(&["handbook", "install", &series]), "package_older");

    let behind = neighbour(&city);
    behind.ok(&["handbook", "install", &whole]);
    // A stick that was pulled out too early changes nothing.
    let cut = behind.text_path("cut.kyhopb");
    std::fs::write(&cut, &bytes[..bytes.len() - 3]).unwrap();
    assert_eq!(behind.fails(&["handbook", "install", &cut]), "package_truncated");
    assert_eq!(installed(&behind), one(1, 3));
    assert_eq!(counts(&behind.ok(&["handbook", "install", &series])), [0, 1, 1]);
    assert_eq!(installed(&behind), one(2, 2));
    // And what came on a stick goes on to the next one as it was signed.
    assert_eq!(exported(&behind, "on.kyhopb").0, bytes);
}

#[test]
fn an_update_is_built_against_the_file_that_the_others_have() {
    let city = Desk::founded();
    let (_, first) = build(&city, &FIRST, "1.kyhopb", None);
    let (built, second) = build(&city, &SECOND, "2.kyhopb", Some(&first));
    assert_eq!((&built["report"]["package"]["version"], &built["written"]["path"]), (&json!(2), &json!(second)), "{built}");
    let (_, third) = build(&city, &THIRD, "3.kyhopb", Some(&first));

    let step = neighbour(&city);
    assert_eq!(step.fails(&["handbook", "install", &second]), "package_wrong_base");
    step.ok(&["handbook", "install", &first]);
    let report = step.ok(&["handbook", "install", &second]);
    assert_eq!((&report["added"], &report["changed"], &report["removed"]), (&json!(0), &json!(1), &json!(1)));
    assert_eq!(installed(&step), one(2, 2));
    // The third starts from the first: who has the second is told so, who has the first skips the second.
    assert_eq!(step.fails(&["handbook", "install", &third]), "package_wrong_base");
    let skips = neighbour(&city);
    skips.ok(&["handbook", "install", &first]);
    let report = skips.ok(&["handbook", "install", &third]);
    assert_eq!((&report["added"], &report["changed"], &report["removed"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(installed(&skips), one(3, 3));
    assert_eq!(text(&skips, "so-tay:ket-hon"), "Hai bên cùng có mặt.");

    // Nor is one made where the base is not installed: what the folder lacks would go, and nobody would be told.
    let (_, base) = exported(&city, "base.kyhopb");
    city.ok(&["handbook", "remove", "so-tay"]);
    let part = folder(&city, &SECOND);
    let late = city.text_path("late.kyhopb");
    let build = ["handbook", "build", part.as_str(), "--out", late.as_str(), "--base", base.as_str()];
    for words in [build.to_vec(), [&build[..], &["--replace"]].concat()] {
        assert_eq!(city.fails(&words), "package_base_missing");
        let [vi, en] = city.says(&words);
        assert!(vi.contains("“Sổ tay” bản 3") && en.contains("“Sổ tay” version 3"), "{vi} {en}");
    }
    assert!(!city.path("late.kyhopb").exists());
    assert_eq!(installed(&city), []);
    city.ok(&["handbook", "install", &first]);
    assert_eq!(city.fails(&build), "package_base_missing", "what is installed is older than the base");
    city.ok(&["handbook", "install", &base]);
    let kept = city.ok(&build);
    let missing = &kept["report"]["missing"];
    assert_eq!((&missing[0]["article"], &kept["report"]["missing_removed"]), (&json!("ket-hon"), &json!(false)), "{kept}");
    assert_eq!(installed(&city), one(4, 3), "what the folder lacks has stayed and is named");

    // From what somebody else published, or from half a file, no update is made.
    let own = folder(&step, &FIRST);
    let out = step.text_path("out.kyhopb");
    let foreign = ["handbook", "build", own.as_str(), "--out", out.as_str(), "--base", first.as_str()];
    assert_eq!(step.fails(&foreign), "package_untrusted");
    let cut = city.text_path("cut.kyhopb");
    std::fs::write(&cut, &std::fs::read(&first).unwrap()[..200]).unwrap();
    let own = folder(&city, &SECOND);
    assert_eq!(
        city.fails(&["handbook", "build", &own, "--out", &city.text_path("4.kyhopb"), "--base", &cut]),
        "package_truncated"
    );
    assert!(!city.path("4.kyhopb").exists());
    assert_eq!(installed(&city), one(4, 3));
}
