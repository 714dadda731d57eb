//! Papers an office writes: proposals, draft decisions, reports, plans.

use domain::id::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::TypesetError;
use crate::date::Local;
use crate::limits::{MAX_BLOCKS, MAX_RECIPIENTS, MAX_TABLE_COLUMNS, MAX_TABLE_ROWS};
use crate::minutes::{agency, closed_list, place_date, symbol_line};
use crate::record::Agency;
use crate::text::{Texts, at_most};
use crate::world::{Template, Typeset, produce};

/// A paper in the layout of Decree 30/2020/NĐ-CP, Annex III.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// The issuing agency.
    pub agency: Agency,
    /// The number, if allocated.
    pub number: Option<u32>,
    /// The symbol, for instance `TTr-UBND`.
    pub symbol: String,
    /// Where it is issued.
    pub place: String,
    /// Its date, also in the PDF's metadata.
    pub date: Timestamp,
    /// The secrecy mark (cell 10a), empty for none.
    pub secrecy: String,
    /// The type, for instance `Tờ trình`.
    pub kind: String,
    /// What it is about (cell 5a).
    pub summary: String,
    /// `Kính gửi`: whom it addresses, may be empty.
    pub addressee: String,
    /// The deciding authority above the grounds of a decision, may be empty.
    pub authority: String,
    /// The grounds of a decision (`Căn cứ …;`).
    pub grounds: Vec<String>,
    /// The line between grounds and articles, for instance `Quyết định:`, may be empty.
    pub enacting: String,
    /// The body.
    pub body: Vec<Block>,
    /// Who signs.
    pub signer: Signer,
    /// Recipients, without the dashes.
    pub recipients: Vec<String>,
}

/// A part of a paper's body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// A heading, with its number.
    Heading {
        /// The words.
        text: String,
    },
    /// Paragraphs; a line break begins a new one.
    Text {
        /// The words.
        text: String,
    },
    /// An article of a decision: the label in bold, the rest on the same line.
    Article {
        /// For instance `Điều 1`.
        label: String,
        /// The words.
        text: String,
    },
    /// A table.
    Table {
        /// The line above it, may be empty.
        caption: String,
        /// Labels of the columns.
        head: Vec<String>,
        /// Relative widths, as many as labels.
        widths: Vec<u32>,
        /// The rows, each with as many cells as labels.
        rows: Vec<Vec<String>>,
    },
}

/// Who signs a paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signer {
    /// Authority and office, for instance `TM. Ủy ban nhân dân` and `Chủ tịch`; printed in capitals.
    pub lines: Vec<String>,
    /// The name, may be empty.
    pub name: String,
}

/// Typesets a paper. The result has one anchor, `signer`.
///
/// # Errors
/// As [`crate::minutes`], and [`TypesetError::UnevenTable`].
pub fn paper(paper: &Paper) -> Result<Typeset, TypesetError> {
    lay_out(paper, &["signer"])
}

/// As [`paper`], with room for somebody's initials below the body: a second anchor, `secretary`.
pub(crate) fn initialled(paper: &Paper) -> Result<Typeset, TypesetError> {
    lay_out(paper, &["secretary", "signer"])
}

fn lay_out(paper: &Paper, anchors: &[&'static str]) -> Result<Typeset, TypesetError> {
    at_most("blocks", paper.body.len() + paper.grounds.len() + paper.signer.lines.len(), MAX_BLOCKS)?;
    at_most("recipients", paper.recipients.len(), MAX_RECIPIENTS)?;
    let mut texts = Texts::default();
    let date = Local::of(paper.date, "the paper")?;
    let mut data = view(paper, date, &mut texts)?;
    if let (true, Value::Object(parts)) = (anchors.len() > 1, &mut data) {
        parts.insert("initials".to_owned(), Value::Bool(true));
    }
    produce(Template::Paper, &data, date, anchors, texts.missing())
}

fn view(paper: &Paper, date: Local, texts: &mut Texts) -> Result<Value, TypesetError> {
    let kind = texts.required("the type", &paper.kind)?;
    let summary = texts.lines("the summary", &paper.summary)?;
    let place = texts.line("the place", &paper.place)?;
    let grounds = paper.grounds.iter().map(|text| texts.line("a ground", text)).collect::<Result<Vec<_>, _>>()?;
    let body = paper.body.iter().map(|block| block_view(block, texts)).collect::<Result<Vec<_>, _>>()?;
    let lines = paper.signer.lines.iter().map(|text| texts.line("an office", text)).collect::<Result<Vec<_>, _>>()?;
    let recipients = paper.recipients.iter().map(|text| texts.line("a recipient", text)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({
        "document_title": format!("{kind} {}", summary.replace('\n', " ")).trim(),
        "agency": agency(&paper.agency, texts)?,
        "symbol_line": symbol_line(paper.number, &paper.symbol, texts)?,
        "place_date": place_date(&place, date),
        "secrecy": texts.line("the secrecy mark", &paper.secrecy)?,
        "kind": kind,
        "summary": summary,
        "addressee": texts.lines("the addressee", &paper.addressee)?,
        "authority": texts.line("the authority", &paper.authority)?,
        "grounds": grounds,
        "enacting": texts.line("the enacting line", &paper.enacting)?,
        "body": body,
        "signer": { "lines": lines, "name": texts.line("the signer", &paper.signer.name)? },
        "recipients": closed_list(recipients),
    }))
}

fn block_view(block: &Block, texts: &mut Texts) -> Result<Value, TypesetError> {
    Ok(match block {
        Block::Heading { text } => {
            json!({ "type": "heading", "text": texts.line("a heading", text)? })
        }
        Block::Text { text } => {
            json!({ "type": "text", "text": texts.lines("a paragraph", text)? })
        }
        Block::Article { label, text } => {
            json!({ "type": "article", "label": texts.line("an article", label)?, "text": texts.lines("an article", text)? })
        }
        Block::Table { caption, head, widths, rows } => {
            at_most("columns", head.len(), MAX_TABLE_COLUMNS)?;
            at_most("rows", rows.len(), MAX_TABLE_ROWS)?;
            let uneven = std::iter::once(widths.len()).chain(rows.iter().map(Vec::len)).find(|cells| *cells != head.len());
            if let Some(cells) = uneven {
                return Err(TypesetError::UnevenTable { cells, head: head.len() });
            }
            let mut cells = |row: &[String]| row.iter().map(|cell| texts.line("a table", cell)).collect::<Result<Vec<_>, _>>();
            let head = cells(head)?;
            let rows = rows.iter().map(|row| cells(row)).collect::<Result<Vec<_>, _>>()?;
            let numeric: Vec<bool> = (0..head.len()).map(|column| rows.iter().all(|row| is_figure(&row[column]))).collect();
            json!({ "type": "table", "caption": texts.line("a caption", caption)?, "head": head, "widths": widths, "rows": rows, "numeric": numeric })
        }
    })
}

/// Figures are centred in their column, words are not.
fn is_figure(cell: &str) -> bool {
    cell.chars().all(|char| char.is_ascii_digit() || " .,%+-–/×".contains(char)) || cell.chars().count() <= 3
}
