//! The organisation's table of abbreviations: it goes to every device, editors change it, and two who do so at once lose nothing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::offices::{CITY, joins};
use support::{Desk, until};

const EDITOR: &str = "Nguyễn Văn Bình";

fn table(desk: &Desk) -> Option<Value> {
    desk.owner().query(&json!({"type": "synonyms"}))
}

fn rows(desk: &Desk) -> Vec<Value> {
    table(desk).unwrap()["rows"].as_array().unwrap().clone()
}

fn row(short: &str, long: &str) -> Value {
    json!({"terms": [short, long], "built_in": false})
}

fn has(rows: &[Value], short: &str) -> bool {
    rows.iter().any(|row| row["terms"][0] == short)
}

fn set(rows: &[Value], base: &[Value]) -> Value {
    json!({"type": "set_synonyms", "rows": rows, "base": base})
}

#[test]
fn editors_alone_change_the_table_and_what_two_change_at_once_is_all_there() {
    let city = Desk::founded();
    let node = city.node(&[]);
    let ward = joins(&city, &node, EDITOR, CITY);
    let _other = ward.node(&[node.address()]);
    let came_with_it = rows(&city);
    assert!(has(&came_with_it, "UBND"));
    let wanted = [came_with_it.clone(), vec![row("XTL", "xe tự lái")]].concat();
    assert_eq!(ward.owner().refused(&set(&wanted, &came_with_it)), "not_allowed");
    assert!(!has(&rows(&city), "XTL"));

    city.owner().act(&set(&wanted, &came_with_it)).unwrap();
    until("the other device has the new row", || has(&rows(&ward), "XTL").then_some(()));
    assert!(has(&rows(&ward), "UBND"), "and what came with the program");

    city.ok(&["duty", EDITOR, "editor"]);
    until("the duty is known", || (table(&ward)?["may_edit"] == true).then_some(()));
    // The editor begins to write; meanwhile the city adds a row, which arrives before the editor saves.
    let seen = rows(&ward);
    let more = [seen.clone(), vec![row("TDP", "tổ dân phố")]].concat();
    city.owner().act(&set(&more, &seen)).unwrap();
    until("the row arrives", || has(&rows(&ward), "TDP").then_some(()));
    let without = |short: &str| seen.iter().filter(|row| row["terms"][0] != short).cloned().collect::<Vec<_>>();
    let mine = [without("XTL"), vec![row("KDC", "khu dân cư")]].concat();
    let told = ward.owner().act(&set(&mine, &seen)).unwrap();
    let told = told["rows"].as_array().unwrap();
    assert_eq!(["TDP", "KDC", "XTL"].map(|short| has(told, short)), [true, true, false], "what was not seen stays");
    for desk in [&city, &ward] {
        until("both have the same", || {
            let rows = rows(desk);
            (["TDP", "KDC", "XTL", "UBND"].map(|short| has(&rows, short)) == [true, true, false, true]).then_some(())
        });
    }
    // What nobody saw is not removed by a sender who names no base.
    ward.owner().act(&set(&[row("BCT", "ban công tác")], &[])).unwrap();
    assert!(has(&rows(&ward), "TDP") && has(&rows(&ward), "BCT"));
}
