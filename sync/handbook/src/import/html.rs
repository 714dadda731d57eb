//! Web pages: their text alone. Scripts, styles, frames and everything in attributes is left out, so nothing of a page can run later.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::{Document, ImportError, Paragraph, ParagraphKind};
use crate::limits::DOCUMENT_TEXT_BYTES;
use crate::spelling::clean_line;

/// Elements whose content is no text of the page.
const DROPPED: [&str; 14] = [
    "script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "math", "canvas", "select",
    "textarea", "nav",
];
/// Of those, the ones that can run something; the report of an import tells of them.
const RUNNING: [&str; 5] = ["script", "iframe", "object", "embed", "applet"];
/// Of those, the ones whose content is not markup.
const RAW: [(&str, RawKind); 3] = [("script", RawKind::ScriptData), ("style", RawKind::Rawtext), ("textarea", RawKind::Rcdata)];
/// Elements that do not break a line.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "ins", "kbd", "mark", "q", "s", "small", "span",
    "strong", "sub", "sup", "u",
];

#[derive(Default)]
struct State {
    document: Document,
    open: String,
    kind: Option<ParagraphKind>,
    /// Open elements that are left out, the innermost last.
    dropping: Vec<String>,
    in_title: bool,
    bytes: usize,
    too_long: bool,
}

impl State {
    fn close(&mut self) {
        let text = clean_line(&self.open);
        self.open.clear();
        let kind = self.kind.unwrap_or(ParagraphKind::Text);
        if !text.is_empty() {
            self.document.paragraphs.push(Paragraph { kind, text });
        }
    }

    fn text(&mut self, text: &str) {
        if !self.dropping.is_empty() {
            return;
        }
        self.bytes += text.len();
        if self.bytes > DOCUMENT_TEXT_BYTES {
            self.too_long = true;
        } else if self.in_title {
            self.document.title.get_or_insert_default().push_str(text);
        } else {
            self.open.push_str(text);
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = tag.name.as_ref();
        let starts = tag.kind == TagKind::StartTag;
        if starts {
            let handlers = tag.attrs.iter().filter(|attribute| {
                attribute.name.local.starts_with("on")
                    || attribute.value.trim_start().to_ascii_lowercase().starts_with("javascript:")
            });
            self.document.dropped += handlers.count() as u64;
        }
        if DROPPED.contains(&name) {
            return self.dropped(name, starts, tag.self_closing);
        }
        if !self.dropping.is_empty() || INLINE.contains(&name) {
            return TokenSinkResult::Continue;
        }
        match (name, starts) {
            ("title", _) => {
                self.in_title = starts;
                return if starts { TokenSinkResult::RawData(RawKind::Rcdata) } else { TokenSinkResult::Continue };
            }
            ("td" | "th", true) => {
                if !self.open.trim().is_empty() {
                    self.open.push_str(" | ");
                }
                return TokenSinkResult::Continue;
            }
            ("td" | "th", false) => return TokenSinkResult::Continue,
            _ => {}
        }
        self.close();
        self.kind = match (name, starts) {
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", true) => Some(ParagraphKind::Heading(name.as_bytes()[1] - b'0')),
            ("li", true) => Some(ParagraphKind::Item),
            _ => None,
        };
        TokenSinkResult::Continue
    }

    fn dropped(&mut self, name: &str, starts: bool, self_closing: bool) -> TokenSinkResult<()> {
        if !starts {
            if let Some(at) = self.dropping.iter().rposition(|open| open == name) {
                self.dropping.truncate(at);
            }
            return TokenSinkResult::Continue;
        }
        self.document.dropped += u64::from(RUNNING.contains(&name));
        if name == "embed" || self_closing && !RAW.iter().any(|(raw, _)| *raw == name) {
            return TokenSinkResult::Continue;
        }
        // What is inside the outermost is left out anyway.
        if self.dropping.len() < 64 {
            self.dropping.push(name.to_owned());
        }
        match RAW.iter().find(|(raw, _)| *raw == name) {
            Some((_, kind)) => TokenSinkResult::RawData(*kind),
            None => TokenSinkResult::Continue,
        }
    }
}

struct Sink(RefCell<State>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        if state.too_long {
            return TokenSinkResult::Continue;
        }
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::TagToken(tag) => return state.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// The text of a web page.
///
/// # Errors
/// `import_not_text` for anything but UTF-8, `import_text_too_long`.
pub fn read(bytes: &[u8]) -> Result<Document, ImportError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ImportError::NotText)?;
    let tokenizer = Tokenizer::new(Sink(RefCell::default()), TokenizerOpts::default());
    let input = BufferQueue::default();
    // Tendrils hold at most 4 GiB; a file holds far less.
    input.push_back(StrTendril::from(text.trim_start_matches('\u{feff}')));
    // The tokenizer gives control back at the end of each script.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let mut state = tokenizer.sink.0.into_inner();
    if state.too_long {
        return Err(ImportError::TextTooLong);
    }
    state.close();
    let mut document = state.document;
    document.title = document.title.map(|title| clean_line(&title)).filter(|title| !title.is_empty());
    Ok(document)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn texts(html: &str) -> Vec<String> {
        read(html.as_bytes()).unwrap().paragraphs.into_iter().map(|paragraph| paragraph.text).collect()
    }

    #[test]
    fn the_text_of_a_page_by_paragraphs() {
        let html = "<html><head><title>Tiếp &amp; dân</title></head><body><h1>Tiếp dân</h1><p>Một <b>hai</b>\n ba.<br>Bốn</p>\
            <ul><li>năm</li><li>sáu</li></ul><table><tr><td>bảy</td><td>tám</td></tr></table></body></html>";
        let document = read(html.as_bytes()).unwrap();
        assert_eq!(document.title.as_deref(), Some("Tiếp & dân"));
        assert_eq!(texts(html), ["Tiếp dân", "Một hai ba.", "Bốn", "năm", "sáu", "bảy | tám"]);
        assert_eq!(document.paragraphs[0].kind, ParagraphKind::Heading(1));
        assert_eq!(document.paragraphs[3].kind, ParagraphKind::Item);
        assert_eq!(document.dropped, 0);
    }

    #[test]
    fn nothing_that_could_run_comes_through() {
        let html = "<p onclick=\"steal()\">a</p><script>document.write('<p>b</p>')</script><style>p{}</style>\
            <svg><script>x</script><text>c</text></svg><a href=' JavaScript:x()'>d</a><iframe src=x>e</iframe><object>f</object>\
            <scr<script>ipt>g</script><p>h</p><template><p>i</p></template><img src=x onerror=y>";
        let document = read(html.as_bytes()).unwrap();
        let all: String = texts(html).join("|");
        // A tag taken apart is no tag any more, what is left of it is text.
        assert_eq!(all, "a|d|ipt>g|h", "{document:?}");
        // A script, another in a picture, a frame, an object, two handlers, an address that is a program.
        assert_eq!(document.dropped, 7);
    }

    #[test]
    fn pages_that_mean_harm_end() {
        for html in [
            "<div>".repeat(200_000),
            "<svg>".repeat(100_000),
            "<script>".repeat(1_000),
            "<!--".to_owned(),
            "&#x110000;".repeat(1_000),
            "<a ".repeat(10_000),
        ] {
            read(html.as_bytes()).unwrap();
        }
        assert_eq!(read(b"\xff\xfe<\0p\0").unwrap_err(), ImportError::NotText);
    }
}
