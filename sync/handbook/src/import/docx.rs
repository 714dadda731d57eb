//! DOCX: the paragraphs of the main document part (ECMA-376, WordprocessingML). An archive may lie about everything it says, so what it
//! unpacks to is counted, not believed; entities of the XML that are not the five of XML itself are left out.

use std::io::Read as _;

use flate2::bufread::DeflateDecoder;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rawzip::{CompressionMethod, ZipArchive};

use super::{Document, ImportError, Paragraph, ParagraphKind};
use crate::limits::{DOCUMENT_TEXT_BYTES, DOCX_DEPTH, DOCX_ENTRIES, DOCX_RATIO, DOCX_XML_BYTES};
use crate::spelling::clean_line;

/// The part that holds the text.
const MAIN: &str = "word/document.xml";
/// A part this small may unpack to any ratio.
const RATIO_FREE_BYTES: usize = 1024 * 1024;

/// The paragraphs of a DOCX file.
///
/// # Errors
/// `import_bad_docx`, `import_bomb`, `import_text_too_long`.
pub fn read(bytes: &[u8]) -> Result<Document, ImportError> {
    parse(&main_part(bytes)?)
}

fn main_part(bytes: &[u8]) -> Result<Vec<u8>, ImportError> {
    let broken = |_| ImportError::BadDocx("the archive is damaged");
    let archive = ZipArchive::from_slice(bytes).map_err(|_| ImportError::BadDocx("it is no archive"))?;
    let mut entries = archive.entries();
    let (mut count, mut main) = (0_usize, None);
    while let Some(entry) = entries.next_entry().map_err(broken)? {
        count += 1;
        if count > DOCX_ENTRIES {
            return Err(ImportError::Bomb("too many entries in the archive"));
        }
        if entry.file_path().as_ref() == MAIN.as_bytes() {
            if main.is_some() {
                return Err(ImportError::BadDocx("it holds its text twice"));
            }
            main = Some((entry.compression_method(), entry.wayfinder()));
        }
    }
    let (method, wayfinder) = main.ok_or(ImportError::BadDocx("it holds no text document"))?;
    let entry = archive.get_entry(wayfinder).map_err(broken)?;
    let packed = entry.data();
    let most = DOCX_XML_BYTES.min(packed.len().saturating_mul(DOCX_RATIO).max(RATIO_FREE_BYTES));
    let mut xml = Vec::new();
    let read = if method == CompressionMethod::STORE {
        packed.take(most as u64 + 1).read_to_end(&mut xml)
    } else if method == CompressionMethod::DEFLATE {
        DeflateDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut xml)
    } else {
        return Err(ImportError::BadDocx("it is packed in an unknown way"));
    };
    if xml.len() > most {
        return Err(ImportError::Bomb("its text unpacks to too much"));
    }
    read.map_err(|_| ImportError::BadDocx("the archive is damaged"))?;
    Ok(xml)
}

#[derive(Default)]
struct State {
    document: Document,
    open: String,
    heading: Option<u8>,
    item: bool,
    in_text: bool,
    /// Inside deleted text or a field's code, how deep.
    hidden: usize,
    in_cell: usize,
    row: Vec<String>,
    bytes: usize,
}

impl State {
    fn text(&mut self, text: &str) -> Result<(), ImportError> {
        if self.in_text && self.hidden == 0 {
            self.bytes += text.len();
            if self.bytes > DOCUMENT_TEXT_BYTES {
                return Err(ImportError::TextTooLong);
            }
            self.open.push_str(text);
        }
        Ok(())
    }

    fn start(&mut self, name: &[u8], element: &BytesStart<'_>) {
        let value = |element: &BytesStart<'_>| {
            element
                .attributes()
                .with_checks(false)
                .flatten()
                .find(|attribute| attribute.key.local_name().as_ref() == "val")
                .map(|attribute| attribute.value.to_string())
        };
        match name {
            b"t" => self.in_text = true,
            b"p" => (self.heading, self.item) = (None, false),
            b"tab" => self.open.push(' '),
            b"br" | b"cr" => self.open.push('\n'),
            b"numPr" => self.item = true,
            b"pStyle" => {
                let style = value(element).unwrap_or_default().to_lowercase();
                let level = style.strip_prefix("heading").map(|level| level.trim().parse().unwrap_or(1));
                self.heading = level.or((style == "title").then_some(1));
            }
            b"outlineLvl" => {
                self.heading =
                    value(element).and_then(|level| level.parse::<u8>().ok()).filter(|level| *level < 9).map(|level| level + 1)
            }
            b"del" | b"instrText" | b"moveFrom" => self.hidden += 1,
            b"tc" => self.in_cell += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"t" => self.in_text = false,
            b"del" | b"instrText" | b"moveFrom" => self.hidden = self.hidden.saturating_sub(1),
            b"p" if self.in_cell > 0 => self.open.push(' '),
            b"p" => self.close_paragraph(),
            b"tc" => {
                self.in_cell = self.in_cell.saturating_sub(1);
                if self.in_cell == 0 {
                    let cell = clean_line(&std::mem::take(&mut self.open));
                    self.row.push(cell);
                }
            }
            b"tr" if self.in_cell == 0 => {
                let cells: Vec<String> = std::mem::take(&mut self.row).into_iter().filter(|cell| !cell.is_empty()).collect();
                if !cells.is_empty() {
                    self.document.paragraphs.push(Paragraph { kind: ParagraphKind::Text, text: cells.join(" | ") });
                }
            }
            _ => {}
        }
    }

    fn close_paragraph(&mut self) {
        let open = std::mem::take(&mut self.open);
        let kind = match (self.heading, self.item) {
            (Some(level), _) => ParagraphKind::Heading(level),
            (None, true) => ParagraphKind::Item,
            (None, false) => ParagraphKind::Text,
        };
        for line in open.split('\n').map(clean_line).filter(|line| !line.is_empty()) {
            self.document.paragraphs.push(Paragraph { kind, text: line });
        }
    }
}

fn parse(xml: &[u8]) -> Result<Document, ImportError> {
    let xml = std::str::from_utf8(xml).map_err(|_| ImportError::NotText)?;
    let broken = || ImportError::BadDocx("its text is no well-formed XML");
    let mut reader = Reader::from_str(xml);
    let (mut state, mut depth) = (State::default(), 0_usize);
    loop {
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(element) => {
                depth += 1;
                if depth > DOCX_DEPTH {
                    return Err(ImportError::Bomb("its elements are nested too deep"));
                }
                state.start(element.local_name().as_ref().as_bytes(), &element);
            }
            Event::Empty(element) => {
                state.start(element.local_name().as_ref().as_bytes(), &element);
                state.end(element.local_name().as_ref().as_bytes());
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                state.end(element.local_name().as_ref().as_bytes());
            }
            Event::Text(text) => state.text(&text)?,
            Event::CData(text) => state.text(&text)?,
            Event::GeneralRef(reference) => {
                let named = match &*reference {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                };
                let letter = named.or_else(|| reference.resolve_char_ref().ok().flatten());
                state.text(letter.map(String::from).unwrap_or_default().as_str())?;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if depth > 0 {
        return Err(broken());
    }
    state.close_paragraph();
    Ok(state.document)
}

#[cfg(test)]
mod tests;
