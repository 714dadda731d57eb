//! The figures as a table that leaves the program.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::json;
use support::Desk;

#[test]
fn what_was_searched_in_vain_stands_in_the_table_as_text_and_runs_in_no_spreadsheet() {
    let desk = Desk::founded();
    let node = desk.node(&[]);
    for _ in 0..2 {
        assert_eq!(desk.ok(&["handbook", "search", "=1+1 chó; \"mèo\""])["hits"], json!([]));
    }
    let file = desk.text_path("so-lieu.csv");
    assert_eq!(desk.ok(&["question", "statistics", "--out", &file])["path"], json!(file));
    let csv = std::fs::read_to_string(&file).unwrap();
    assert!(csv.starts_with('\u{feff}'), "spreadsheets read its letters as what they are: {csv}");
    let line = csv.lines().find(|line| line.starts_with("Tìm không thấy")).unwrap_or_else(|| panic!("{csv}"));
    assert_eq!(line, "Tìm không thấy (searched in vain);\"'=1+1 chó; \"\"mèo\"\"\";2;;;;;");
    // Every line has the cells that the first one names.
    let cells = csv.lines().next().unwrap().matches(';').count();
    assert!(csv.lines().filter(|line| !line.contains('"')).all(|line| line.matches(';').count() == cells), "{csv}");
    node.stop();
}
