//! What a text says about private people: to be pointed out to whoever is about to publish it.
//!
//! A finder, not a judge: it marks what has the form of personal data, a person decides. It prefers one finding too many, except for
//! what official texts are full of (document numbers, amounts, dates, names of streets). Ranges are bytes of the text as it was given.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::limits::FINDINGS;

/// What kind of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalKind {
    /// A telephone number.
    Phone,
    /// The number of an identity card: 9 or 12 digits.
    Identity,
    /// An e-mail address.
    Email,
    /// The number of a bank account.
    Account,
    /// The name of a person.
    Name,
    /// Where somebody lives.
    Address,
    /// A date of birth.
    Birth,
}

impl PersonalKind {
    /// Stable name for programs and translations.
    pub fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Identity => "id_number",
            Self::Email => "email",
            Self::Account => "account",
            Self::Name => "name",
            Self::Address => "address",
            Self::Birth => "birth",
        }
    }

    /// What can stand in the text instead.
    pub fn instead(self) -> &'static str {
        match self {
            Self::Phone => "[số điện thoại]",
            Self::Identity => "[số giấy tờ tùy thân]",
            Self::Email => "[thư điện tử]",
            Self::Account => "[số tài khoản]",
            Self::Name => "[họ tên]",
            Self::Address => "[địa chỉ]",
            Self::Birth => "[ngày sinh]",
        }
    }
}

/// One place of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it looks like.
    pub kind: PersonalKind,
    /// Where: bytes of the text.
    pub range: Range<usize>,
}

/// A syllable that begins with a capital, or is in capitals.
const CAPITAL: &str = r"\p{Lu}\p{L}*";
/// Family names that nine of ten people here bear.
const FAMILY: &str = "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Lâm|Mai|Trịnh|Đào|Cao|Hà|Tôn|Tống|Châu|Lương|Thái|Tạ|Phùng|Quách|Vương|Hứa|La|Văn|Trương";

struct Patterns {
    email: Regex,
    account: Regex,
    phone: Regex,
    identity: Regex,
    called: Regex,
    middle: Regex,
    house: Regex,
    hamlet: Regex,
    lives: Regex,
    birth: Regex,
}

fn pattern(text: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "the patterns are constants, and every one is used in the tests")]
    Regex::new(text).expect("a pattern of this module")
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let name = format!(r"(?P<it>(?:{FAMILY}|NGUYỄN|TRẦN|LÊ|PHẠM|{CAPITAL})(?:[ \t]+{CAPITAL}){{1,4}})");
    Patterns {
        email: pattern(r"(?i)\b(?P<it>[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4})"),
        account: pattern(
            r"(?i)(?:số tài khoản|tài khoản(?: số| ngân hàng)?|\bstk|số tk|vietcombank|vietinbank|agribank|bidv|techcombank|sacombank|mb ?bank|acb|vpbank|tpbank)[^\d\n]{0,40}(?P<it>\d(?:[ .-]?\d){5,18})",
        ),
        phone: pattern(
            r"(?P<it>(?:\+84|0084|\b84|\b0)[ .-]?(?:[35789]\d{2}[ .-]?\d{3}[ .-]?\d{3}|[35789]\d[ .-]?\d{3}[ .-]?\d{4}|[35789]\d{3}[ .-]?\d{2}[ .-]?\d{2}|[35789]\d[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{3}|[35789]\d[ .-]?\d{3}[ .-]?\d{2}[ .-]?\d{2}|2\d{1,2}[ .-]?\d{3,4}[ .-]?\d{3,4}))\b",
        ),
        identity: pattern(r"\b(?P<it>0\d{2} ?\d{3} ?\d{3} ?\d{3}|\d{9}|\d{3} \d{3} \d{3})\b"),
        birth: pattern(
            r"(?i)(?:sinh ngày|sinh năm|ngày sinh|năm sinh|\bsn|sinh)(?:\s*:)?\s+(?P<it>\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2} tháng \d{1,2} năm \d{4}|(?:19|20)\d{2})\b",
        ),
        called: pattern(&format!(
            r"(?:^|[^\p{{L}}])(?:(?i:ông|bà|anh|chị|em|cháu|cụ|cô|chú|bác|đồng chí|đ/c|công dân|họ và tên|họ tên|tên là|người nộp|người khai|vợ là|chồng là|con là|mẹ là|bố là|cha là)(?:\s*:)?(?:\s+(?i:ông|bà|là))?)\s+{name}"
        )),
        middle: pattern(&format!(
            r"(?:^|[^\p{{L}}])(?P<before>(?:\p{{L}}+[ \t]+)?)(?P<it>(?:{FAMILY})[ \t]+(?:(?:Văn|Thị|Đình|Hữu|Ngọc|Thanh|Minh|Quang|Xuân|Thu|Hồng|Kim|Mỹ|Quốc|Công|Bá|Duy|Anh|Tuấn)[ \t]+){{1,2}}{CAPITAL}(?:[ \t]+{CAPITAL})?)"
        )),
        house: pattern(&format!(
            r"(?P<it>(?i:số nhà|nhà số|số)\s+\d{{1,4}}[A-Za-z]?(?:/\d{{1,4}}[A-Za-z]?){{0,4}},?\s+(?i:đường|phố|kiệt|ngõ|ngách|hẻm)\s+(?:\d{{1,4}}|{CAPITAL})(?:[ \t]+{CAPITAL}){{0,4}}|(?i:số nhà|nhà số)\s+\d{{1,4}}[A-Za-z]?(?:/\d{{1,4}}[A-Za-z]?){{0,4}}(?:,?\s+{CAPITAL}(?:[ \t]+{CAPITAL}){{1,4}})?|\b\d{{1,4}}[A-Za-z]?(?:/\d{{1,4}}[A-Za-z]?){{0,4}},?\s+(?:đường|phố|kiệt|ngõ|ngách|hẻm)\s+(?:\d{{1,4}}|{CAPITAL})(?:[ \t]+{CAPITAL}){{0,4}})"
        )),
        hamlet: pattern(&format!(
            r"(?P<it>(?i:thôn|xóm|ấp|bản|buôn|tổ dân phố|khu phố|tổ)\s+(?:số\s+)?(?:\d{{1,3}}|{CAPITAL}(?:[ \t]+{CAPITAL}){{0,3}})\s*,\s*(?i:xã|phường|thị trấn|đặc khu)\s+{CAPITAL}(?:[ \t]+{CAPITAL}){{0,3}})"
        )),
        lives: pattern(&format!(
            r"(?i:thường trú|tạm trú|trú|cư trú|sinh sống|địa chỉ|nhà ở|chỗ ở|nơi ở)(?:\s+hiện nay)?(?:\s+tại|\s*:|\s+ở)\s+(?P<it>(?i:số nhà|số|nhà|thôn|xóm|ấp|bản|tổ|kiệt|ngõ|hẻm|đường)?\s*(?:\d{{1,4}}[A-Za-z]?(?:/\d{{1,4}}[A-Za-z]?){{0,4}}|{CAPITAL})(?:,?[ \t]+(?:(?:đường|phố|kiệt|ngõ|hẻm|xã|phường|thôn|tổ)[ \t]+)?(?:\d{{1,4}}|{CAPITAL})){{1,12}})"
        )),
    }
});

/// What in the text looks like personal data, in order of place, without overlaps; at most [`FINDINGS`].
pub fn find(text: &str) -> Vec<Finding> {
    let (composed, origins) = compose(text);
    let patterns = &*PATTERNS;
    let mut found: Vec<(PersonalKind, Range<usize>)> = Vec::new();
    let mut note = |kind, range: Range<usize>| {
        if found.len() < FINDINGS && found.iter().all(|(_, other)| range.end <= other.start || other.end <= range.start) {
            found.push((kind, range));
        }
    };
    // What is more certain comes first, and wins where two overlap.
    for (kind, pattern) in [
        (PersonalKind::Email, &patterns.email),
        (PersonalKind::Account, &patterns.account),
        (PersonalKind::Birth, &patterns.birth),
        (PersonalKind::Phone, &patterns.phone),
        (PersonalKind::Identity, &patterns.identity),
        (PersonalKind::Address, &patterns.house),
        (PersonalKind::Address, &patterns.hamlet),
        (PersonalKind::Name, &patterns.called),
        (PersonalKind::Name, &patterns.middle),
        (PersonalKind::Address, &patterns.lives),
    ] {
        for captures in pattern.captures_iter(&composed) {
            let Some(hit) = captures.name("it") else {
                continue;
            };
            let before = captures.name("before").map_or("", |before| before.as_str().trim());
            if is_meant(kind, &composed, hit.range(), before) {
                note(kind, hit.range());
            }
        }
    }
    found.sort_by_key(|(_, range)| range.start);
    found
        .into_iter()
        .map(|(kind, range)| Finding { kind, range: origin(&origins, range.start)..origin(&origins, range.end) })
        .collect()
}

/// Leaves out what only looks like it.
fn is_meant(kind: PersonalKind, text: &str, range: Range<usize>, before: &str) -> bool {
    let (head, hit, tail) = (&text[..range.start], &text[range.clone()], &text[range.end..]);
    let after = tail.trim_start();
    match kind {
        PersonalKind::Phone | PersonalKind::Identity => {
            let money =
                ["đồng", "VNĐ", "VND", "đ ", "USD", "%", "m2", "m²", "triệu", "tỷ"].iter().any(|unit| after.starts_with(unit));
            let longer = head.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '/' | ',' | '.'))
                || tail.starts_with(|c: char| c == '/' || c.is_ascii_digit())
                || (tail.starts_with([',', '.']) && tail[1..].starts_with(|c: char| c.is_ascii_digit()));
            !money && !longer
        }
        PersonalKind::Name => {
            const PLACES: [&str; 15] = [
                "đường",
                "phố",
                "trường",
                "phường",
                "xã",
                "quận",
                "huyện",
                "tỉnh",
                "cầu",
                "chợ",
                "bệnh",
                "giải",
                "quỹ",
                "hồ",
                "thpt",
            ];
            const NOT_NAMES: [&str; 16] = [
                "Ủy",
                "Uỷ",
                "Hội",
                "Sở",
                "Phòng",
                "Ban",
                "Bộ",
                "Chủ",
                "Phó",
                "Giám",
                "Trưởng",
                "Bí",
                "Công",
                "Tòa",
                "Rịa",
                "Việt",
            ];
            let first = hit.split_whitespace().next().unwrap_or_default();
            let last_before = before.split_whitespace().last().or_else(|| head.split_whitespace().last()).unwrap_or_default();
            !PLACES.contains(&last_before.to_lowercase().as_str()) && !NOT_NAMES.contains(&first)
        }
        PersonalKind::Email | PersonalKind::Account | PersonalKind::Address | PersonalKind::Birth => true,
    }
}

/// The text with composed letters, and where each byte of it comes from.
fn compose(text: &str) -> (String, Vec<(usize, usize)>) {
    let (mut composed, mut origins) = (String::with_capacity(text.len()), Vec::new());
    let mut starts: Vec<usize> = text.char_indices().filter(|(_, c)| !is_combining_mark(*c)).map(|(at, _)| at).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(text.len());
        origins.push((composed.len(), *start));
        composed.extend(text[*start..end].nfc());
    }
    origins.push((composed.len(), text.len()));
    (composed, origins)
}

/// The byte of the text that a byte of the composed text comes from.
fn origin(origins: &[(usize, usize)], at: usize) -> usize {
    let index = origins.partition_point(|(composed, _)| *composed <= at).saturating_sub(1);
    origins.get(index).map_or(0, |(_, original)| *original)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(&'static str, &str)> {
        find(text).into_iter().map(|finding| (finding.kind.code(), &text[finding.range])).collect()
    }

    #[test]
    fn numbers_that_belong_to_people_are_found() {
        assert_eq!(
            kinds("Liên hệ 0905 123 456 hoặc +84 905.123.456."),
            [("phone", "0905 123 456"), ("phone", "+84 905.123.456")]
        );
        assert_eq!(kinds("Điện thoại bàn: 0234 3822 123"), [("phone", "0234 3822 123")]);
        assert_eq!(kinds("CCCD 046099001234, CMND 191234567"), [("id_number", "046099001234"), ("id_number", "191234567")]);
        assert_eq!(kinds("gửi tới an.nguyen@example.vn nhé"), [("email", "an.nguyen@example.vn")]);
        assert_eq!(kinds("Số tài khoản: 0161001234567 tại Vietcombank"), [("account", "0161001234567")]);
    }

    #[test]
    fn people_and_where_they_live_are_found() {
        assert_eq!(kinds("Ông Nguyễn Văn A hỏi về đất."), [("name", "Nguyễn Văn A")]);
        assert_eq!(kinds("bà TRẦN THỊ BÍCH nộp đơn"), [("name", "TRẦN THỊ BÍCH")]);
        assert_eq!(kinds("Hồ sơ của Lê Thị Hoa còn thiếu."), [("name", "Lê Thị Hoa")]);
        assert_eq!(
            kinds("chị Phạm Thu Hà, trú tại số 12/5 đường Lê Lợi"),
            [("name", "Phạm Thu Hà"), ("address", "số 12/5 đường Lê Lợi")]
        );
        assert_eq!(kinds("sinh ngày 02/9/1980, con sinh năm 2015"), [("birth", "02/9/1980"), ("birth", "2015")]);
        assert_eq!(kinds("ở thôn An Bằng, xã Phú Vinh"), [("address", "thôn An Bằng, xã Phú Vinh")]);
    }

    #[test]
    fn what_official_texts_are_full_of_is_left_alone() {
        for text in [
            "Nghị định số 61/2018/NĐ-CP ngày 23/4/2018 của Chính phủ",
            "Mức hỗ trợ là 200.000.000 đồng, tối đa 123456789 đồng",
            "Điều 20 Luật Cư trú số 68/2020/QH14",
            "từ ngày 05.11.2026 14 giờ",
            "đường Nguyễn Huệ và trường Trần Quốc Toản",
            "Ủy ban nhân dân phường Thuận Hóa",
            "ông Chủ tịch Ủy ban nhân dân",
            "mã số 1.004222, tổng đài 1900 1234",
            "Bước 3: trong 07 ngày làm việc",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn ranges_are_those_of_the_text_as_it_was_given() {
        // Decomposed letters: every mark is a character of its own.
        let text: String = "Công dân: Nguyễn Thị Ánh, đt 0905123456".nfd().collect();
        let found = find(&text);
        assert_eq!(found.len(), 2, "{found:?}");
        let name: String = text[found[0].range.clone()].nfc().collect();
        assert_eq!((name.as_str(), &text[found[1].range.clone()]), ("Nguyễn Thị Ánh", "0905123456"));
    }

    #[test]
    fn a_hostile_text_costs_no_more_than_its_length() {
        let text = "ông Nguyễn Văn A 0905123456 ".repeat(20_000);
        assert_eq!(find(&text).len(), FINDINGS);
        assert_eq!(find(&"\u{301}".repeat(1_000)), []);
        assert_eq!(find(""), []);
    }
}
