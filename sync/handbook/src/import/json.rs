//! JSON lines: one article on each.
//!
//! Our own shape (fields that may be left out have a `?`; days as `2021-07-01` or `01/07/2021`):
//!
//! ```json
//! {"id": "…", "kind": "procedure|law|guidance|form", "title": "…", "source?": "…", "number?": "…", "article?": "20", "clause?": "2",
//!  "point?": "a", "path?": ["…"], "agency?": "…", "field?": "…", "levels?": ["central|city|commune"], "level?": "Cấp xã",
//!  "from?": "…", "to?": "…", "partly?": false, "validity_note?": "…", "blocks?": [{"block": "steps", "items": [{"text": "…", "who": "…"}]}],
//!  "text?": "…", "links?": [{"relation": "amended_by", "to": "…", "title": "…"}], "origin?": "…"}
//! ```
//!
//! `from` is the first, `to` the last day in force. The blocks are those of [`Block`]: `heading`, `paragraph`, `point`, `steps`, `papers`, `fees`,
//! `time_limits`, `results`, `forms`, `legal_basis`, `duties`, `note`, `table`.
//!
//! `text` stands in for `blocks`: a part for each line, of a law divided into clauses and points. Two further shapes are recognised by
//! their fields: `{id, law, article, title, text}`, and the list of procedures with `thu_tuc_id`, `metadata`, `content`, `tables`.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::ImportError;
use crate::article::{Article, Block, Fact, Kind, Level, Link, PaperNeed, Reference, Step};
use crate::limits::LINE_CHARS;
use crate::spelling::clean_line;
use crate::validity::Validity;

/// How much of a line that is too long is looked at for its name.
const NAME_BYTES: usize = 4 * 1024;
const NOTHING: [&str; 3] = ["không có thông tin", "không", ""];

#[derive(Deserialize)]
struct Own {
    id: String,
    #[serde(default)]
    kind: Kind,
    title: String,
    #[serde(default)]
    source: String,
    number: Option<String>,
    article: Option<String>,
    clause: Option<String>,
    point: Option<String>,
    #[serde(default)]
    path: Vec<String>,
    #[serde(default)]
    agency: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    levels: Vec<Level>,
    #[serde(default)]
    validity_note: String,
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    partly: bool,
    #[serde(default)]
    blocks: Vec<Block>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    links: Vec<Link>,
    origin: Option<String>,
}

#[derive(Deserialize)]
struct OfLaw {
    id: String,
    law: String,
    article: String,
    title: String,
    text: String,
}

/// The article on a line.
///
/// # Errors
/// [`ImportError::BadJson`], [`ImportError::BadDate`].
pub fn article(line: &str) -> Result<Article, ImportError> {
    let bad = |error: serde_json::Error| ImportError::BadJson(error.to_string());
    let value: Value = serde_json::from_str(line).map_err(bad)?;
    let has = |field: &str| value.get(field).is_some();
    if has("thu_tuc_id") {
        return Ok(procedure(&value));
    }
    if has("law") && has("article") && has("text") {
        return serde_json::from_value(value).map(of_law).map_err(bad);
    }
    serde_json::from_value(value).map_err(bad).and_then(own)
}

/// What a line too long to be read calls itself, from its beginning.
pub(super) fn name_of(bytes: &[u8]) -> String {
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#""(?:id|thu_tuc_id|title)"\s*:\s*"((?:[^"\\]|\\.){1,200})""#).ok());
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(NAME_BYTES)]).into_owned();
    let found = NAME.as_ref().and_then(|name| name.captures(&start)).map(|found| clean_line(&found[1]));
    found.unwrap_or_else(|| "?".to_owned())
}

fn own(own: Own) -> Result<Article, ImportError> {
    let day = |field: &'static str, text: Option<String>| match text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => crate::day::parse(text).map(Some).map_err(|_| ImportError::BadDate {
            id: own.id.clone(),
            field,
            text: text.chars().take(40).collect(),
        }),
    };
    let validity = Validity { from: day("from", own.from)?, to: day("to", own.to)?, partly: own.partly };
    let blocks = if own.blocks.is_empty() { lines(own.kind, &own.title, &own.text) } else { own.blocks };
    Ok(Article {
        id: own.id,
        kind: own.kind,
        title: own.title,
        source: own.source,
        number: own.number,
        article: own.article,
        clause: own.clause,
        point: own.point,
        path: own.path,
        agency: own.agency,
        field: own.field,
        levels: if own.levels.is_empty() { Level::named_in(&own.level) } else { own.levels },
        validity_note: own.validity_note,
        validity,
        blocks,
        links: own.links,
        origin: own.origin,
    })
}

/// A part for each line; the title again at the beginning is left out.
fn lines(kind: Kind, title: &str, text: &str) -> Vec<Block> {
    let title = clean_line(title);
    let lines = text.lines().map(clean_line).filter(|line| !line.is_empty());
    let mut lines = lines.enumerate().filter(|(index, line)| *index > 0 || *line != title).map(|(_, line)| line).peekable();
    if lines.peek().is_none() && !text.trim().is_empty() {
        return vec![Block::paragraph(title)];
    }
    lines
        .map(|line| match (kind, line.strip_prefix("- ")) {
            (Kind::Law, _) => crate::law::part(&line),
            (_, Some(item)) => Block::point("–", item, 0),
            _ => Block::paragraph(line),
        })
        .collect()
}

fn of_law(of: OfLaw) -> Article {
    Article {
        id: of.id,
        kind: Kind::Law,
        blocks: lines(Kind::Law, &of.title, &of.text),
        title: if of.title.trim().is_empty() {
            format!("Điều {}", of.article)
        } else {
            of.title.chars().take(LINE_CHARS).collect()
        },
        source: of.law,
        article: Some(of.article),
        ..Article::default()
    }
}

fn text<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    let found = path.iter().try_fold(value, |value, key| value.get(key));
    let text = found.and_then(Value::as_str).unwrap_or_default().trim();
    if NOTHING.contains(&text.to_lowercase().as_str()) { "" } else { text }
}

fn rows<'v>(value: &'v Value, table: &str) -> impl Iterator<Item = &'v Value> {
    value.get("tables").and_then(|tables| tables.get(table)).and_then(Value::as_array).into_iter().flatten()
}

fn short(text: &str) -> String {
    clean_line(text).chars().take(LINE_CHARS).collect()
}

/// The number after a word: "Bản chính: 1".
fn count(text: &str, word: &str) -> u32 {
    let Some((_, after)) = text.split_once(word) else {
        return 0;
    };
    let digits = after.trim_start_matches([':', ' ']).chars().take_while(char::is_ascii_digit).take(4);
    digits.collect::<String>().parse().unwrap_or(0)
}

/// A procedure of the national list.
fn procedure(value: &Value) -> Article {
    let content = |key: &str| text(value, &["content", key]);
    let meta = |key: &str| short(text(value, &["metadata", key]));
    let code = match text(value, &["thu_tuc_id"]) {
        "" => text(value, &["metadata", "mã_thủ_tục"]),
        id => id,
    };
    let mut blocks = vec![Block::paragraph(content("mô_tả"))];
    let facts = [
        ("Đối tượng thực hiện", "đối_tượng_thực_hiện"),
        ("Cơ quan thực hiện", "cơ_quan_thực_hiện"),
        ("Cơ quan có thẩm quyền", "cơ_quan_có_thẩm_quyền"),
        ("Cơ quan phối hợp", "cơ_quan_phối_hợp"),
        ("Nơi tiếp nhận hồ sơ", "địa_chỉ_tiếp_nhận_hs"),
    ];
    let facts = facts.map(|(label, key)| (label, content(key))).into_iter().filter(|(_, text)| !text.is_empty());
    blocks.extend(facts.map(|(label, text)| Block::paragraph(format!("{label}: {text}"))));
    let section = |title: &str, key: &str| match content(key) {
        "" => Vec::new(),
        text => vec![Block::heading(title), Block::paragraph(text)],
    };
    blocks.push(Block::Steps { items: steps(content("trình_tự_thực_hiện")) });
    let (mut papers, mut forms) = (Vec::new(), Vec::new());
    for row in rows(value, "thanh_phan_ho_so") {
        let number = text(row, &["ghi_chu"]);
        let (originals, copies) = (count(number, "Bản chính"), count(number, "Bản sao"));
        papers.push(PaperNeed { name: text(row, &["ten_giay_to"]).to_owned(), originals, copies, ..PaperNeed::default() });
        forms.push(Reference { text: text(row, &["so_luong"]).to_owned(), article: None });
    }
    papers.retain(|paper| !paper.name.is_empty());
    forms.retain(|form| !form.text.is_empty());
    blocks.extend([Block::Papers { items: papers }, Block::Forms { items: forms }]);
    blocks.extend(section("Cách thức thực hiện", "cách_thức_thực_hiện"));
    let facts = |key: &'static str| {
        let all = rows(value, "hinh_thuc_nop").map(move |row| {
            let about = [text(row, &[key]), if key == "phi_le_phi" { "" } else { text(row, &["mo_ta"]) }];
            let about: Vec<&str> = about.into_iter().filter(|part| !part.is_empty()).collect();
            Fact { label: text(row, &["hinh_thuc"]).to_owned(), value: about.join(". ") }
        });
        all.filter(|fact| !fact.value.is_empty()).collect()
    };
    blocks.extend([Block::TimeLimits { items: facts("thoi_han_giai_quyet") }, Block::Fees { items: facts("phi_le_phi") }]);
    blocks.extend(section("Yêu cầu, điều kiện thực hiện", "yêu_cầu_điều_kiện_thực_hiện"));
    let outcome = content("kết_quả_thực_hiện");
    blocks.push(Block::Results { items: [outcome].into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect() });
    let basis = rows(value, "can_cu_phap_ly").map(|row| Reference { text: text(row, &["trich_yeu"]).to_owned(), article: None });
    blocks.push(Block::LegalBasis { items: basis.filter(|basis| !basis.text.is_empty()).collect() });
    Article {
        id: format!("tthc/{code}"),
        kind: Kind::Procedure,
        title: meta("tên_thủ_tục"),
        source: "Thủ tục hành chính".to_owned(),
        number: Some(code.to_owned()),
        path: [meta("lĩnh_vực")].into_iter().filter(|step| !step.is_empty()).collect(),
        agency: short(content("cơ_quan_thực_hiện")),
        field: meta("lĩnh_vực"),
        levels: Level::named_in(&meta("cấp_thực_hiện")),
        blocks,
        ..Article::default()
    }
}

/// "Bước 1: … Bước 2: …" as steps; a text without such words is one step.
fn steps(text: &str) -> Vec<Step> {
    static STEP: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:^|[\s\-+*;.])(Bước\s+\d{1,2}[a-z]?)\s*[:.]\s*").ok());
    let found = STEP.iter().flat_map(|step| step.find_iter(text));
    let marks: Vec<(usize, usize)> = found.map(|found| (found.start(), found.end())).collect();
    let Some((first, _)) = marks.first() else {
        let whole = Step { text: text.to_owned(), who: String::new() };
        return if text.is_empty() { Vec::new() } else { vec![whole] };
    };
    let trimmed = |text: &str| text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '+' | '*')).to_owned();
    let mut steps = vec![trimmed(&text[..*first])];
    for (index, (_, start)) in marks.iter().enumerate() {
        let end = marks.get(index + 1).map_or(text.len(), |next| next.0);
        steps.push(trimmed(text.get(*start..end).unwrap_or_default()));
    }
    steps.into_iter().filter(|text| !text.is_empty()).map(|text| Step { text, who: String::new() }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_line_of_our_own_shape() {
        let line = r#"{"id":"a/1","kind":"law","title":"Phạm vi","source":"Luật A","article":"1","from":"01/07/2021","text":"Phạm vi\n1. Một\na) Điểm","links":[{"relation":"amended_by","title":"Luật B"}]}"#;
        let article = article(line).unwrap();
        assert_eq!(article.blocks, [Block::point("1.", "Một", 0), Block::point("a)", "Điểm", 1)]);
        assert_eq!((article.validity.from.map(crate::day::iso).as_deref(), article.links.len()), (Some("2021-07-01"), 1));
    }

    #[test]
    fn a_date_that_is_none_is_refused_with_the_name_of_its_article() {
        let error = article(r#"{"id":"a/1","title":"T","text":"x","to":"31/02/2021"}"#).unwrap_err();
        assert_eq!(error, ImportError::BadDate { id: "a/1".to_owned(), field: "to", text: "31/02/2021".to_owned() });
        assert_eq!(error.item(), Some("a/1"));
    }

    #[test]
    fn a_procedure_has_steps_papers_limits_and_a_basis() {
        let line = r#"{"thu_tuc_id":"1.2","metadata":{"tên_thủ_tục":"Thủ tục A","cấp_thực_hiện":"Cấp Xã","lĩnh_vực":"Hộ tịch"},
            "content":{"trình_tự_thực_hiện":"Bước 1: Nộp hồ sơ. Bước 2: Nhận kết quả.","cơ_quan_thực_hiện":"UBND cấp xã","mô_tả":"Không có thông tin"},
            "tables":{"hinh_thuc_nop":[{"hinh_thuc":"Trực tiếp","thoi_han_giai_quyet":"3 Ngày","phi_le_phi":"Phí : 0 Đồng","mo_ta":""}],
            "thanh_phan_ho_so":[{"ten_giay_to":"Tờ khai","so_luong":"mau.doc","ghi_chu":"Bản chính: 1\nBản sao: 0"}],
            "can_cu_phap_ly":[{"so_ky_hieu":"60/2014/QH13","trich_yeu":"Luật Hộ tịch","ngay_ban_hanh":"20-11-2014","co_quan_ban_hanh":""}]}}"#;
        let article = article(line).unwrap().cleaned();
        article.validate().unwrap();
        let expected = [
            Block::paragraph("Cơ quan thực hiện: UBND cấp xã"),
            Block::Steps {
                items: ["Nộp hồ sơ.", "Nhận kết quả."].map(|text| Step { text: text.to_owned(), who: String::new() }).into(),
            },
            Block::Papers { items: vec![PaperNeed { name: "Tờ khai".to_owned(), originals: 1, ..PaperNeed::default() }] },
            Block::Forms { items: vec![Reference { text: "mau.doc".to_owned(), article: None }] },
            Block::TimeLimits { items: vec![Fact { label: "Trực tiếp".to_owned(), value: "3 Ngày".to_owned() }] },
            Block::Fees { items: vec![Fact { label: "Trực tiếp".to_owned(), value: "Phí : 0 Đồng".to_owned() }] },
            Block::LegalBasis { items: vec![Reference { text: "Luật Hộ tịch".to_owned(), article: None }] },
        ];
        assert_eq!(article.blocks, expected);
        assert_eq!((article.id.as_str(), article.levels.as_slice()), ("tthc/1.2", &[Level::Commune][..]));
    }

    #[test]
    fn lines_that_are_no_articles_are_refused() {
        for line in
            ["", "[]", "7", "{", r#"{"title":"T"}"#, r#"{"id":"a","title":"T","kind":"poem","text":"x"}"#, &"[".repeat(100_000)]
        {
            assert_eq!(article(line).unwrap_err().code(), "import_bad_json");
        }
        assert_eq!(name_of(br#"{"id": "dai/1", "text": "xxxx"#), "dai/1");
        assert_eq!(name_of(b"\xff\xff"), "?");
    }
}
