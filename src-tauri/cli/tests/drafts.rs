//! Editors write what a text is connected with and which part of it no longer holds, review it and publish it, from the command line.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::offices::{CITY, joins, text};
use support::{Desk, until};

const EDITOR: &str = "Nguyễn Văn Bình";

/// A file with a draft's content.
fn file(desk: &Desk, content: &Value) -> String {
    std::fs::write(desk.path("noi-dung.json"), content.to_string()).unwrap();
    desk.text_path("noi-dung.json")
}

/// An article's connections as (kind, article, title, since).
fn links(desk: &Desk, article: &str) -> Value {
    let shown = desk.ok(&["handbook", "show", article]);
    let link = |link: &Value| json!([link["kind"], link["article"], link["title"], link["from"]]);
    shown["links"].as_array().unwrap().iter().map(link).collect()
}

#[test]
fn what_a_draft_says_of_validity_and_connections_is_published_with_the_article() {
    let city = Desk::founded();
    let node = city.node(&[]);
    let ward = joins(&city, &node, EDITOR, CITY);
    let _other = ward.node(&[node.address()]);
    city.ok(&["duty", EDITOR, "editor"]);
    until("the duty is known", || (ward.ok(&["handbook", "drafts"])["may_edit"] == true).then_some(()));
    let folder = city.path("nguon");
    std::fs::create_dir_all(&folder).unwrap();
    let old = json!({"id": "dieu-1", "kind": "law", "title": "Thời hạn", "source": "Quy chế cũ", "article": "1", "text": "1. Mười ngày.",
                     "validity_note": "Ghi chú cũ.", "links": [{"relation": "guided_by", "title": "Hướng dẫn 5"}]});
    std::fs::write(folder.join("a.jsonl"), old.to_string()).unwrap();
    city.ok(&["handbook", "import", &city.text_path("nguon"), "--title", "Sổ tay"]);
    city.ok(&["handbook", "publish", "so-tay"]);
    until("the handbook arrives", || ward.maybe(&["handbook", "show", "so-tay:dieu-1"]));

    // A new rule that replaces the old one.
    let links_of_new = json!([{"kind": "replaces", "article": "so-tay:dieu-1", "title": "Điều 1 Quy chế cũ", "from": "2026-07-01"},
                              {"kind": "guides", "article": null, "title": "Luật 9", "from": null}]);
    let content = json!({"kind": "law", "title": "Thời hạn mới", "number": "2/2026/QC", "source": "Quy chế mới", "from": "2026-07-01",
                         "partly": true, "note": "Khoản 3 không còn hiệu lực.", "links": links_of_new,
                         "blocks": [{"key": "", "block": {"block": "paragraph", "text": "Năm ngày."}}]});
    let made = ward.ok(&["handbook", "draft", "--content", &file(&ward, &content)]);
    let fresh = text(&made["row"]["draft"]);
    assert_eq!((&made["content"]["links"], &made["content"]["source"]), (&links_of_new, &json!("Quy chế mới")));
    // The old one is changed by a draft that speaks of its words only, as programs of before wrote it: the rest stays.
    let changed = text(&ward.ok(&["handbook", "draft", "--article", "so-tay:dieu-1"])["row"]["draft"]);
    let shown = ward.ok(&["handbook", "draft", &changed]);
    assert_eq!(shown["content"]["links"][0]["title"], "Hướng dẫn 5", "an editor begins from what is there: {shown}");
    let words = json!({"kind": "law", "title": "Thời hạn cũ", "blocks": shown["content"]["blocks"]});
    let saved = ward.ok(&["handbook", "draft", &changed, "--content", &file(&ward, &words)]);
    assert_eq!((&saved["content"]["title"], &saved["content"]["note"]), (&json!("Thời hạn cũ"), &json!("Ghi chú cũ.")));
    for draft in [&fresh, &changed] {
        ward.ok(&["handbook", "submit", draft]);
        assert_eq!(ward.fails(&["handbook", "review", draft]), "draft_own_review");
        until("the draft waits for the city", || {
            city.maybe(&["handbook", "draft", draft]).filter(|view| view["may_review"] == true)
        });
    }
    // One is returned first; who reviews reads the same as who wrote.
    let returned = city.ok(&["handbook", "review", &fresh, "--return", "Ghi rõ khoản nào"]);
    assert_eq!((&returned["row"]["state"], &returned["content"]["note"]), (&json!("returned"), &content["note"]));
    until("the writer has it back", || (ward.ok(&["handbook", "draft", &fresh])["row"]["state"] == "returned").then_some(()));
    ward.ok(&["handbook", "submit", &fresh]);
    until("it waits again", || (city.ok(&["handbook", "draft", &fresh])["row"]["state"] == "in_review").then_some(()));
    for draft in [&fresh, &changed] {
        assert_eq!(city.ok(&["handbook", "review", draft])["row"]["state"], "approved");
    }
    assert_eq!(city.ok(&["handbook", "publish-drafts", &fresh, &changed])["articles"], 2);

    let new = "so-tay:thoi-han-moi";
    let view = until("the article comes", || ward.maybe(&["handbook", "show", new]));
    assert_eq!((&view["validity"], &view["validity_note"]), (&json!("partly"), &json!("Khoản 3 không còn hiệu lực.")));
    assert_eq!(view["breadcrumb"][0], "Quy chế mới");
    let replaces = json!(["replaces", "so-tay:dieu-1", "Điều 1 Quy chế cũ", "2026-07-01"]);
    assert!(links(&ward, new).as_array().unwrap().contains(&replaces), "{view}");
    // The other side says it too, and keeps what it had.
    let old = links(&ward, "so-tay:dieu-1");
    let kinds: Vec<&Value> = old.as_array().unwrap().iter().map(|link| &link[0]).collect();
    assert_eq!(kinds, ["replaced_by", "guided_by"], "{old}");
    let view = ward.ok(&["handbook", "show", "so-tay:dieu-1"]);
    assert_eq!((&view["title"], &view["validity_note"]), (&json!("Thời hạn cũ"), &json!("Ghi chú cũ.")));
}
