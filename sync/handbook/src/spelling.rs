//! Texts as they are stored, and names that a file can hold.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A text in one Unicode form (NFC), without characters that do not show, blanks at the ends of lines, and more than one empty line.
pub(crate) fn clean(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']) {
        let line = clean_line(line);
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.join("\n")
}

/// As [`clean`], on one line.
pub(crate) fn clean_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.nfc() {
        if c.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !domain::limits::forbidden_in_line(c) && !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}') {
            // The look-alike of Đ (eth) that keyboards of other languages type.
            line.push(match c {
                'Ð' => 'Đ',
                'ð' => 'đ',
                c => c,
            });
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Lower-case ASCII letters and digits with `-` between, of any text: "Luật Cư trú 68/2020/QH14" → `luat-cu-tru-68-2020-qh14`.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        let c = match c {
            'đ' | 'Đ' | 'ð' | 'Ð' => 'd',
            c => c.to_ascii_lowercase(),
        };
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_one_text_are_stored_as_one() {
        assert_eq!(clean("  thu\u{309}  tục\u{200b} \r\n\r\n\r\nÐiều 1\t\n"), "thủ tục\n\nĐiều 1");
        assert_eq!(clean_line("a\nb\u{202e}c"), "a bc");
    }

    #[test]
    fn a_name_becomes_ascii() {
        assert_eq!(slug("Luật Cư trú 68/2020/QH14"), "luat-cu-tru-68-2020-qh14");
        assert_eq!(slug(" Đăng ký – thường trú "), "dang-ky-thuong-tru");
        assert_eq!(slug("→"), "");
    }
}
