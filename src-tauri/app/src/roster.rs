//! A list of persons as spreadsheets write it: CSV (RFC 4180) in UTF-8, parted by commas, semicolons or tabs, with a line of headings.
//!
//! Every row is read on its own; what cannot be understood is named with its line and column, and nothing of it is guessed.

use std::collections::BTreeMap;

use api::roster::InvitationRole;
use domain::identity::{PersonName, one_line};
use domain::words::normalise_words;
use signing::limits::{PERSON_TITLE_CHARS, UNIT_NAME_CHARS};

/// Longest file, in bytes.
pub(crate) const ROSTER_BYTES_MAX: usize = 1 << 20;
/// Most persons in one file.
pub(crate) const ROSTER_ROWS_MAX: usize = 1_000;
/// Most columns of a row that are looked at.
const COLUMNS_MAX: usize = 64;
/// Longest title and longest name of a unit, in characters, as a certificate takes them.
const TEXT_CHARS: usize = if PERSON_TITLE_CHARS < UNIT_NAME_CHARS { PERSON_TITLE_CHARS } else { UNIT_NAME_CHARS };
/// Characters of a cell that an error quotes.
const QUOTED_CHARS: usize = 80;
/// What may part the cells.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// Why a file is not read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RosterError {
    /// Not UTF-8.
    #[error("line {line} is not UTF-8")]
    NotUtf8 {
        /// The line, from 1.
        line: u32,
    },
    /// No line of headings with a name.
    #[error("no heading says where the names stand")]
    NoHeadings,
    /// Headings and nothing else.
    #[error("there is nobody in it")]
    Empty,
    /// More than [`ROSTER_ROWS_MAX`].
    #[error("there are more than {ROSTER_ROWS_MAX} rows")]
    TooManyRows,
}

impl RosterError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "roster_not_utf8",
            Self::NoHeadings => "roster_no_headings",
            Self::Empty => "roster_empty",
            Self::TooManyRows => "roster_too_many_rows",
        }
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The name is missing or not one.
    Name,
    /// The title is too long or holds characters that do not show.
    Title,
    /// The same of the unit.
    Unit,
    /// A role that there is not.
    Role,
    /// Administrators are let in by comparing words.
    Administrator,
    /// A quotation mark that is not closed, or with something after it.
    Quote,
    /// More cells than headings.
    Cells,
    /// The same person stands further up.
    Twice,
}

impl Flaw {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Name => "roster_name",
            Self::Title => "roster_title",
            Self::Unit => "roster_unit",
            Self::Role => "roster_role",
            Self::Administrator => "roster_administrator",
            Self::Quote => "roster_quote",
            Self::Cells => "roster_cells",
            Self::Twice => "roster_twice",
        }
    }
}

/// A person of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub name: String,
    /// May be empty.
    pub title: String,
    /// Empty: the unit of who imports.
    pub unit_name: String,
    pub role: InvitationRole,
}

/// A flaw with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misread {
    pub flaw: Flaw,
    /// Column of the table, from 1.
    pub column: u32,
    /// What stands there, shortened.
    pub typed: String,
    /// The name cell as it stands, so that a person finds the row.
    pub name: String,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line in which it begins, from 1.
    pub line: u32,
    pub person: Result<Person, Misread>,
}

/// Cells of one row as the file has them.
struct Cells {
    line: u32,
    cells: Vec<String>,
    /// The cell whose quotation marks are wrong.
    broken: Option<usize>,
}

/// Which column holds what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Name,
    Unit,
    Title,
    Role,
}

/// Reads a file.
///
/// # Errors
/// [`RosterError`], if nothing of it can be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Row>, RosterError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        RosterError::NotUtf8 { line: line_number(before.iter().filter(|byte| **byte == b'\n').count()) }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // What parts the cells is what makes sense of most headings.
    let (separator, columns) = SEPARATORS
        .into_iter()
        .map(|separator| (separator, headings(&split(text, separator, 1))))
        .max_by_key(|(_, columns)| columns.len())
        .filter(|(_, columns)| columns.contains_key(&Column::Name))
        .ok_or(RosterError::NoHeadings)?;
    let mut rows = split(text, separator, ROSTER_ROWS_MAX + 2);
    let width = if rows.is_empty() { 0 } else { rows.remove(0).cells.len() };
    if rows.len() > ROSTER_ROWS_MAX {
        return Err(RosterError::TooManyRows);
    }
    if rows.is_empty() {
        return Err(RosterError::Empty);
    }
    let mut seen = BTreeMap::new();
    Ok(rows.iter().map(|row| Row { line: row.line, person: person(row, &columns, width, &mut seen) }).collect())
}

fn line_number(breaks: usize) -> u32 {
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

/// The columns that the first row names, by the words that people use for them.
fn headings(rows: &[Cells]) -> BTreeMap<Column, usize> {
    let mut columns = BTreeMap::new();
    for (at, cell) in rows.first().into_iter().flat_map(|row| row.cells.iter().enumerate()) {
        let column = match normalise_words(cell).as_str() {
            "ho va ten" | "ho ten" | "ten" | "name" | "full name" => Column::Name,
            "don vi" | "co quan" | "phong ban" | "unit" | "office" | "department" => Column::Unit,
            "chuc vu" | "chuc danh" | "title" | "position" => Column::Title,
            "vai tro" | "nhiem vu" | "role" | "duty" => Column::Role,
            _ => continue,
        };
        columns.entry(column).or_insert(at);
    }
    columns
}

fn person(
    row: &Cells,
    columns: &BTreeMap<Column, usize>,
    width: usize,
    seen: &mut BTreeMap<(String, String, String), u32>,
) -> Result<Person, Misread> {
    let cell = |column: Column| -> (usize, &str) {
        columns.get(&column).map_or((0, ""), |at| (*at, row.cells.get(*at).map_or("", |cell| cell.trim())))
    };
    let named = shortened(cell(Column::Name).1);
    let misread = |flaw: Flaw, at: usize, typed: &str| Misread {
        flaw,
        column: u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1),
        typed: shortened(typed),
        name: named.clone(),
    };
    if let Some(at) = row.broken {
        return Err(misread(Flaw::Quote, at, row.cells.get(at).map_or("", String::as_str)));
    }
    if let Some((at, extra)) = row.cells.iter().enumerate().skip(width).find(|(_, cell)| !cell.trim().is_empty()) {
        return Err(misread(Flaw::Cells, at, extra));
    }
    let (at, typed) = cell(Column::Name);
    let name = PersonName::parse(typed).map_err(|_| misread(Flaw::Name, at, typed))?.as_str().to_owned();
    let optional = |column: Column, flaw: Flaw| -> Result<String, Misread> {
        let (at, typed) = cell(column);
        if typed.is_empty() {
            Ok(String::new())
        } else {
            one_line("title", typed, TEXT_CHARS).map_err(|_| misread(flaw, at, typed))
        }
    };
    let (unit_name, its_title) = (optional(Column::Unit, Flaw::Unit)?, optional(Column::Title, Flaw::Title)?);
    let (at, typed) = cell(Column::Role);
    let role = match normalise_words(typed).as_str() {
        "" if typed.is_empty() => InvitationRole::Member,
        "thanh vien" | "dai bieu" | "member" | "delegate" => InvitationRole::Member,
        "bien tap" | "bien tap vien" | "editor" => InvitationRole::Editor,
        "phat hanh" | "nguoi phat hanh" | "publisher" => InvitationRole::Publisher,
        "quan tri" | "quan tri vien" | "administrator" | "admin" => return Err(misread(Flaw::Administrator, at, typed)),
        _ => return Err(misread(Flaw::Role, at, typed)),
    };
    let same = (name.clone(), unit_name.clone(), its_title.clone());
    if let Some(line) = seen.get(&same) {
        return Err(misread(Flaw::Twice, cell(Column::Name).0, &line.to_string()));
    }
    seen.insert(same, row.line);
    Ok(Person { name, title: its_title, unit_name, role })
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(QUOTED_CHARS).collect()
}

/// The first `most` rows that hold anything.
fn split(text: &str, separator: char, most: usize) -> Vec<Cells> {
    let mut rows = Vec::new();
    let mut chars = text.chars().peekable();
    let mut line = 1_u32;
    while chars.peek().is_some() && rows.len() < most {
        let mut row = Cells { line, cells: Vec::new(), broken: None };
        loop {
            let (cell, sound) = one_cell(&mut chars, separator, &mut line);
            if !sound && row.broken.is_none() {
                row.broken = Some(row.cells.len());
            }
            if row.cells.len() < COLUMNS_MAX {
                row.cells.push(cell);
            }
            // What ended the cell.
            match chars.next() {
                Some(c) if c == separator => {}
                Some('\r') => {
                    let _ = chars.next_if_eq(&'\n');
                    line = line.saturating_add(1);
                    break;
                }
                Some(_) => {
                    line = line.saturating_add(1);
                    break;
                }
                None => break,
            }
        }
        if row.broken.is_some() || row.cells.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(row);
        }
    }
    rows
}

/// One cell, up to what ends it, and whether its quotation marks are sound.
fn one_cell(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, separator: char, line: &mut u32) -> (String, bool) {
    let mut cell = String::new();
    let ends = |c: char| c == separator || c == '\n' || c == '\r';
    let quoted = chars.next_if_eq(&'"').is_some();
    let mut closed = !quoted;
    while quoted && let Some(c) = chars.next() {
        if c == '"' && chars.next_if_eq(&'"').is_none() {
            closed = true;
            break;
        }
        if c == '\n' {
            *line = line.saturating_add(1);
        }
        cell.push(c);
    }
    let mut sound = closed;
    while let Some(c) = chars.next_if(|c| !ends(*c)) {
        sound &= !quoted || c.is_whitespace();
        cell.push(c);
    }
    (cell, sound)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    fn persons(text: &str) -> Vec<(u32, Person)> {
        read(text.as_bytes()).unwrap().into_iter().map(|row| (row.line, row.person.unwrap())).collect()
    }

    fn flaws(text: &str) -> Vec<(u32, u32, Flaw)> {
        let rows = read(text.as_bytes()).unwrap();
        rows.into_iter().filter_map(|row| row.person.err().map(|wrong| (row.line, wrong.column, wrong.flaw))).collect()
    }

    fn person(name: &str, unit_name: &str, title: &str, role: InvitationRole) -> Person {
        Person { name: name.into(), title: title.into(), unit_name: unit_name.into(), role }
    }

    #[test]
    fn a_list_is_read_however_the_spreadsheet_wrote_it() {
        let wanted = vec![
            (2, person("Lê Minh Châu", "Sở Tư pháp", "Giám đốc", InvitationRole::Member)),
            (3, person("Trần An", "Văn phòng, tổ 1", "", InvitationRole::Editor)),
        ];
        let rows = "Họ và tên,Đơn vị,Chức vụ,Vai trò\r\nLê Minh Châu,Sở Tư pháp,Giám đốc,thành viên\r\nTrần An,\"Văn phòng, tổ 1\",,Biên tập\r\n";
        assert_eq!(persons(rows), wanted);
        assert_eq!(persons(&format!("\u{feff}{rows}")), wanted, "with a byte order mark");
        let tabs = "ROLE\tTitle\tUNIT\tfull name\nmember\tGiám đốc\tSở Tư pháp\tLê Minh Châu\neditor\t\tVăn phòng, tổ 1\tTrần An";
        assert_eq!(persons(tabs), wanted, "English headings in another order, no line break at the end");
        let semicolons =
            "STT;Họ tên;Đơn vị;Chức danh;Nhiệm vụ\n1;Lê Minh Châu;Sở Tư pháp;Giám đốc;\n2;Trần An;Văn phòng, tổ 1;;biên tập\n";
        assert_eq!(persons(semicolons), wanted, "a column that says nothing to us");
    }

    #[test]
    fn a_flaw_is_named_with_its_line_and_column() {
        let text = "Họ và tên;Đơn vị;Vai trò\n\n;Sở Tư pháp;\nLê Châu;Sở Tư pháp;giám đốc\n\"Trần\nAn\";;quản trị\nPhạm Ba;;;thừa\n\"Võ\"Tư;;\nHồ Năm;;\nHồ Năm;;\n\"Không đóng;;\nmột dòng nữa";
        assert_eq!(
            flaws(text),
            [
                (3, 1, Flaw::Name),
                (4, 3, Flaw::Role),
                (5, 1, Flaw::Name),
                (7, 4, Flaw::Cells),
                (8, 1, Flaw::Quote),
                (10, 1, Flaw::Twice),
                (11, 1, Flaw::Quote),
            ]
        );
        assert_eq!(flaws("name,role\nLê Châu,admin"), [(2, 2, Flaw::Administrator)]);
    }

    #[test]
    fn what_is_no_list_is_refused_as_a_whole() {
        assert_eq!(read(b""), Err(RosterError::NoHeadings));
        assert_eq!(read("Đơn vị;Chức vụ\nSở Tư pháp;Giám đốc".as_bytes()), Err(RosterError::NoHeadings));
        assert_eq!(read("Họ tên\n\n  \n".as_bytes()), Err(RosterError::Empty));
        assert_eq!(read(b"name\nL\xca Ch\xe2u"), Err(RosterError::NotUtf8 { line: 2 }));
        let many: String = (0..=ROSTER_ROWS_MAX).map(|at| format!("Người {at}\n")).collect();
        assert_eq!(read(format!("name\n{many}").as_bytes()), Err(RosterError::TooManyRows));
        let most: String = (0..ROSTER_ROWS_MAX).map(|at| format!("Người {at}\n")).collect();
        assert_eq!(read(format!("name\n{most}").as_bytes()).unwrap().len(), ROSTER_ROWS_MAX);
    }

    fn quoted(cell: &str) -> String {
        format!("\"{}\"", cell.replace('"', "\"\""))
    }

    proptest! {
        #[test]
        fn no_file_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), text in "(name|\"|;|,|\n|\r|\t|[a-zđ ]{0,4}){0,80}") {
            let _ = read(&bytes);
            let _ = read(text.as_bytes());
            let _ = read(format!("name;role\n{text}").as_bytes());
        }

        /// Whatever stands in cells between them, a row is told by the line in which it begins.
        #[test]
        fn line_numbers_are_right(notes in proptest::collection::vec("[a-z\"\n,;]{0,12}", 1..40), separator in 0_usize..3) {
            let separator = SEPARATORS[separator];
            let mut text = format!("name{separator}note\n");
            let mut wanted = Vec::new();
            for (at, note) in notes.iter().enumerate() {
                wanted.push((u32::try_from(text.matches('\n').count()).unwrap() + 1, format!("Người {at}")));
                text.push_str(&format!("Người {at}{separator}{}\n", quoted(note)));
            }
            let read: Vec<(u32, String)> = persons(&text).into_iter().map(|(line, person)| (line, person.name)).collect();
            prop_assert_eq!(read, wanted);
        }
    }
}
