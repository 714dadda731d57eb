//! Recognising a secrecy marking (MẬT, TỐI MẬT, TUYỆT MẬT) on the first page of a paper.
//!
//! Papers that bear one belong to other systems by law; this program refuses them. The stamp is a line of its own, in capitals
//! (Decree 30/2020/NĐ-CP, Annex I, cell 10a). The word inside a sentence or a heading ("bảo mật", "BẢO VỆ BÍ MẬT NHÀ NƯỚC") is no marking.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Characters of the first page that are looked at; a real page has a few thousand.
pub const PAGE_CHARS: usize = 200_000;

/// A secrecy level, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secrecy {
    /// Mật.
    Mat,
    /// Tối mật.
    ToiMat,
    /// Tuyệt mật.
    TuyetMat,
}

impl Secrecy {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mat => "mat",
            Self::ToiMat => "toi_mat",
            Self::TuyetMat => "tuyet_mat",
        }
    }

    /// As it is stamped.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Mat => "MẬT",
            Self::ToiMat => "TỐI MẬT",
            Self::TuyetMat => "TUYỆT MẬT",
        }
    }
}

/// The highest marking that the text of a first page bears, if any.
///
/// A marking is a whole line, or a whole column of a line (columns are parted by a tab or four spaces, as text extraction lays out a page),
/// of capitals only. Spaces between letters, frames and other punctuation around it, composed or decomposed letters make no difference; text
/// set in the pre-Unicode TCVN3 fonts is recognised too. "TỐI" or "TUYỆT" may stand on the line before. A lone "MẬT" that a heading
/// broke off ("… BẢO" or "… BÍ" right before it) is none, but after the place name Uông Bí it is.
pub fn marking(first_page_text: &str) -> Option<Secrecy> {
    let text: String = first_page_text.chars().take(PAGE_CHARS).nfkc().collect();
    let mut found = None;
    let mut before = "";
    for line in text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
        let whole = level(line, before);
        let here = whole.or_else(|| columns(line).filter_map(|column| level(column, "")).max());
        found = found.max(here);
        before = line;
    }
    found
}

/// The columns of a line; none if it is all one.
fn columns(line: &str) -> impl Iterator<Item = &str> {
    let parted = line.contains('\t') || line.contains("    ");
    line.split('\t').flat_map(|part| part.split("    ")).filter(move |column| parted && !column.trim().is_empty())
}

fn level(line: &str, before: &str) -> Option<Secrecy> {
    match letters(line).as_str() {
        "MẬT" | "MËT" => match letters(before).as_str() {
            "TỐI" | "TèI" | "TÈI" => Some(Secrecy::ToiMat),
            "TUYỆT" | "TUYÖT" => Some(Secrecy::TuyetMat),
            _ if is_broken_heading(before) => None,
            _ => Some(Secrecy::Mat),
        },
        "TỐIMẬT" | "TèIMËT" | "TÈIMËT" => Some(Secrecy::ToiMat),
        "TUYỆTMẬT" | "TUYÖTMËT" => Some(Secrecy::TuyetMat),
        _ => None,
    }
}

/// A line without spaces and invisible characters, and without the punctuation and frames at its ends.
fn letters(line: &str) -> String {
    let is_frame = |c: char| !c.is_alphanumeric();
    line.trim_matches(is_frame)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
        .collect()
}

fn is_broken_heading(before: &str) -> bool {
    let mut words = before.split_whitespace().rev();
    match words.next() {
        Some("BẢO") => true,
        Some("BÍ") => words.next() != Some("UÔNG"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stamps_as_text_extraction_gives_them() {
        for (page, level) in [
            ("UBND PHƯỜNG THUẬN HÓA\nMẬT\nSố: 05/BC-UBND", Secrecy::Mat),
            ("UBND XÃ PHÚ LỘC\r\n  MẬT  \r\nBÁO CÁO", Secrecy::Mat),
            ("M Ậ T", Secrecy::Mat),
            ("M  Ậ\u{a0}T", Secrecy::Mat),
            ("MA\u{302}\u{323}T", Secrecy::Mat),
            ("MA\u{323}\u{302}T", Secrecy::Mat),
            ("M\u{c2}\u{323}T", Secrecy::Mat),
            ("│ MẬT │", Secrecy::Mat),
            ("┌─────┐\n│ TỐI MẬT │\n└─────┘", Secrecy::ToiMat),
            ("[MẬT]", Secrecy::Mat),
            ("*** TUYỆT MẬT ***", Secrecy::TuyetMat),
            ("\"TỐI  MẬT\".", Secrecy::ToiMat),
            ("T Ố I   M Ậ T", Secrecy::ToiMat),
            ("TỐIMẬT", Secrecy::ToiMat),
            ("TỐI\nMẬT", Secrecy::ToiMat),
            ("TUYỆT\n MẬT", Secrecy::TuyetMat),
            ("TUYE\u{302}\u{323}T MA\u{302}\u{323}T", Secrecy::TuyetMat),
            ("Số: 12/KH-UBND              Huế, ngày 05 tháng 11 năm 2026\nMẬT                   KẾ HOẠCH", Secrecy::Mat),
            ("TỐI MẬT\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Secrecy::ToiMat),
            ("trang trước\u{c}MẬT\u{c}", Secrecy::Mat),
            ("M\u{200b}ẬT\u{ad}", Secrecy::Mat),
            ("\u{feff}MẬT", Secrecy::Mat),
            ("ỦY BAN NHÂN DÂN PHƯỜNG UÔNG BÍ\nMẬT", Secrecy::Mat),
            ("MËT", Secrecy::Mat),
            ("TèI MËT", Secrecy::ToiMat),
            ("TUYÖT MËT", Secrecy::TuyetMat),
            ("MẬT\nnội dung\nTUYỆT MẬT\nTỐI MẬT", Secrecy::TuyetMat),
        ] {
            assert_eq!(marking(page), Some(level), "{page:?}");
        }
    }

    #[test]
    fn words_that_are_no_stamp() {
        for page in [
            "",
            "Công tác bảo mật thông tin phải được chú trọng.",
            "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
            "QUY CHẾ BẢO MẬT",
            "bảo đảm yêu cầu bảo\nmật và an toàn",
            "bảo\nMật",
            "Mật",
            "mật",
            "Tối mật",
            "QUY CHẾ BẢO\nMẬT",
            "QUY ĐỊNH VỀ BẢO VỆ BÍ\nMẬT",
            "Độ mật: MẬT",
            "Tài liệu MẬT",
            "MẬT ONG",
            "MẬT 1",
            "MẬT ĐỘ DÂN SỐ",
            "DẤU CHỈ MỨC ĐỘ MẬT",
            "MAT",
            "MÁT",
            "TỐI",
            "TUYỆT",
            "TỐI THIỂU",
            "b¶o\nmËt",
            "Mức    độ    mật",
        ] {
            assert_eq!(marking(page), None, "{page:?}");
        }
    }

    #[test]
    fn a_page_without_end_is_looked_at_in_bounded_time() {
        let mut page = "a".repeat(PAGE_CHARS);
        page.push_str("\nMẬT");
        assert_eq!(marking(&page), None);
    }

    #[test]
    fn labels_are_recognised_as_what_they_are() {
        for level in [Secrecy::Mat, Secrecy::ToiMat, Secrecy::TuyetMat] {
            assert_eq!(marking(level.label()), Some(level));
        }
    }

    fn frame() -> impl Strategy<Value = String> {
        "[ \u{a0}|│*.:;_=+\\-\\[\\](){}\"'“”]{0,12}"
    }

    proptest! {
        #[test]
        fn a_framed_and_spaced_stamp_is_found_anywhere(
            level in proptest::sample::select(vec![Secrecy::Mat, Secrecy::ToiMat, Secrecy::TuyetMat]),
            (left, right) in (frame(), frame()),
            gap in "[ \u{a0}]{0,3}",
            decomposed in any::<bool>(),
            above in proptest::collection::vec("[a-zà-ỹ0-9 ,.]{0,60}", 0..6),
            below in proptest::collection::vec("[a-zà-ỹ0-9 ,.]{0,60}", 0..6),
        ) {
            let mut stamp = String::new();
            for c in level.label().chars() {
                stamp.push(c);
                stamp.push_str(&gap);
            }
            if decomposed {
                stamp = stamp.nfd().collect();
            }
            let mut lines = above;
            lines.push(format!("{left}{stamp}{right}"));
            lines.extend(below);
            prop_assert_eq!(marking(&lines.join("\n")), Some(level));
        }

        #[test]
        fn a_stamp_word_next_to_other_words_is_no_stamp(
            word in "[A-ZĐa-zđ0-9]{1,8}",
            before in any::<bool>(),
            level in proptest::sample::select(vec![Secrecy::Mat, Secrecy::ToiMat, Secrecy::TuyetMat]),
        ) {
            prop_assume!(!matches!(word.to_uppercase().as_str(), "TỐI" | "TUYỆT"));
            let line = if before { format!("{word} {}", level.label()) } else { format!("{} {word}", level.label()) };
            prop_assert_eq!(marking(&line), None);
        }

        #[test]
        fn text_in_lower_case_is_never_flagged(page in any::<String>()) {
            prop_assert_eq!(marking(&page.to_lowercase()), None);
        }
    }
}
