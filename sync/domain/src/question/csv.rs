//! Comma-separated values (RFC 4180) that spreadsheets open without running anything.

/// So that spreadsheets read Vietnamese letters as such.
const BYTE_ORDER_MARK: char = '\u{feff}';
const SEPARATOR: char = ';';

/// A table as text: a byte order mark, semicolons between cells (what spreadsheets expect where the comma is in numbers, as in Viet Nam),
/// lines that end in CR LF, quotes where they are needed. A text that a spreadsheet would take for a
/// formula gets an apostrophe in front (OWASP, "CSV injection").
#[derive(Debug, Clone)]
pub struct Csv(String);

impl Default for Csv {
    fn default() -> Self {
        Self(BYTE_ORDER_MARK.to_string())
    }
}

impl Csv {
    /// One more line.
    pub fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> &mut Self {
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.0.push(SEPARATOR);
            }
            self.cell(cell);
        }
        self.0.push_str("\r\n");
        self
    }

    fn cell(&mut self, text: &str) {
        let formula = text
            .trim_start_matches([' ', '\u{a0}', '\u{feff}'])
            .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
        let guard = if formula { "'" } else { "" };
        if formula || text.contains(['"', ',', ';', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
            self.0.push('"');
            self.0.push_str(guard);
            self.0.push_str(&text.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(text);
        }
    }

    /// The table.
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[&str]) -> String {
        let mut csv = Csv::default();
        csv.line(cells.iter().copied());
        csv.into_text().trim_start_matches(BYTE_ORDER_MARK).to_owned()
    }

    #[test]
    fn commas_quotes_and_line_breaks_stay_inside_their_cell() {
        assert_eq!(
            line(&["Đất đai", "a,b", "nói \"được\"", "hai\ndòng", ""]),
            "Đất đai;\"a,b\";\"nói \"\"được\"\"\";\"hai\ndòng\";\r\n"
        );
        assert!(Csv::default().into_text().starts_with(BYTE_ORDER_MARK));
    }

    #[test]
    fn a_title_that_would_be_a_formula_is_text() {
        for attack in [
            "=HYPERLINK(\"http://x\",\"y\")",
            "+1+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(1)",
            "\t=1",
            " =1",
            "\u{a0}=1",
            "\r=1",
            "＝1",
        ] {
            let cell = line(&[attack]);
            assert!(cell.starts_with("\"'"), "{attack:?}: {cell:?}");
        }
        assert_eq!(line(&["12", "a=b", "a-b"]), "12;a=b;a-b\r\n");
    }
}
