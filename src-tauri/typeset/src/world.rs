//! typst's view of the world: our templates, one JSON file, four faces, and nothing else.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Label, Smart};
use typst::introspection::Introspector;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::{LazyHash, PicoStr};
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandards, Timestamp};

use crate::TypesetError;
use crate::date::{Local, OFFSET_MINUTES};
use crate::fonts;

/// A finished document.
#[derive(Debug, Clone, PartialEq)]
pub struct Typeset {
    /// The PDF file.
    pub pdf: Vec<u8>,
    /// Number of pages.
    pub pages: u32,
    /// Where visible signatures go.
    pub anchors: Vec<Anchor>,
    /// Characters of the record that the serif cannot draw; they show as boxes, so a person should look before signing.
    pub missing_glyphs: Vec<char>,
}

impl Typeset {
    /// The place of one signature.
    pub fn anchor(&self, name: &str) -> Option<&Anchor> {
        self.anchors.iter().find(|anchor| anchor.name == name)
    }
}

/// The free area for one visible signature, between the signer's title and name (cell 7c).
#[derive(Debug, Clone, PartialEq)]
pub struct Anchor {
    /// Whose it is: `secretary`, `chair`, or `signer` in a paper or an invitation; in a resolution or a notice `secretary` is for the initials.
    pub name: &'static str,
    /// Page, counted from 0.
    pub page: u32,
    /// Left, bottom, right, top in PDF points from the bottom-left corner of the page.
    pub rect: [f32; 4],
}

/// The templates we have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Template {
    Minutes,
    Paper,
    Invitation,
}

struct Files {
    frame: Source,
    minutes: Source,
    paper: Source,
    invitation: Source,
    record: FileId,
}

fn file_id(path: &str) -> Option<FileId> {
    VirtualPath::new(path).ok().map(|path| FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

static FILES: LazyLock<Option<Files>> = LazyLock::new(|| {
    let source = |path: &str, text: &str| file_id(path).map(|id| Source::new(id, text.to_owned()));
    Some(Files {
        frame: source("/decree30.typ", include_str!("../templates/decree30.typ"))?,
        minutes: source("/minutes.typ", include_str!("../templates/minutes.typ"))?,
        paper: source("/paper.typ", include_str!("../templates/paper.typ"))?,
        invitation: source("/invitation.typ", include_str!("../templates/invitation.typ"))?,
        record: file_id("/record.json")?,
    })
});
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| fonts::all().into_iter().filter_map(|file| Font::new(Bytes::new(file), 0)).collect());
static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

struct Desk {
    files: &'static Files,
    main: FileId,
    record: Bytes,
    today: Option<Datetime>,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let Files { frame, minutes, paper, invitation, .. } = self.files;
        [frame, minutes, paper, invitation].into_iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.files.record { Ok(self.record.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

/// Lays a record out and exports it. `date` becomes the file's date; the file's identifier is a hash of the record.
pub(crate) fn produce(
    template: Template,
    record: &serde_json::Value,
    date: Local,
    anchors: &[&'static str],
    missing_glyphs: Vec<char>,
) -> Result<Typeset, TypesetError> {
    let files = FILES.as_ref().ok_or_else(|| layout("the templates cannot be loaded"))?;
    let json = serde_json::to_vec(record).map_err(|error| layout(error.to_string()))?;
    let main = match template {
        Template::Minutes => files.minutes.id(),
        Template::Paper => files.paper.id(),
        Template::Invitation => files.invitation.id(),
    };
    let today = Datetime::from_ymd_hms(date.year, date.month, date.day, date.hour, date.minute, date.second);
    let ident = format!("{:032x}", typst::utils::hash128(&json));
    let desk = Desk { files, main, record: Bytes::new(json), today };

    let result = typst::compile::<PagedDocument>(&desk).output;
    // typst keeps what it computed for the next compilation of the same document; ours differ each time.
    typst::comemo::evict(0);
    let document = result.map_err(|errors| layout(messages(&errors)))?;

    let options = PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some("Kỳ Họp".into())),
        timestamp: today.and_then(|today| Timestamp::new_local(today, OFFSET_MINUTES)),
        page_ranges: None,
        standards: PdfStandards::default(),
        tagged: true,
        pretty: false,
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| layout(messages(&errors)))?;
    let anchors = anchors.iter().map(|name| anchor(&document, name)).collect::<Result<_, _>>()?;
    let pages = u32::try_from(document.pages().len()).map_err(|_| layout("too many pages"))?;
    Ok(Typeset { pdf, pages, anchors, missing_glyphs })
}

/// Reads the two markers that the template's `signature-space` leaves.
fn anchor(document: &PagedDocument, name: &'static str) -> Result<Anchor, TypesetError> {
    let corner = |end: &str| {
        let label = Label::new(PicoStr::intern(&format!("anchor-{name}-{end}")))?;
        let location = document.introspector().query_label(label).ok()?.location()?;
        document.introspector().position(location)
    };
    let missing = || layout(format!("no place for the signature of {name}"));
    let (start, end) = (corner("start").ok_or_else(missing)?, corner("end").ok_or_else(missing)?);
    let page = start.page.get() - 1;
    let height = document.pages().get(page).filter(|_| start.page == end.page).ok_or_else(missing)?.frame.height().to_pt();
    let points = |value: f64| value as f32;
    let rect = [
        points(start.point.x.to_pt()),
        points(height - end.point.y.to_pt()),
        points(end.point.x.to_pt()),
        points(height - start.point.y.to_pt()),
    ];
    Ok(Anchor { name, page: u32::try_from(page).map_err(|_| missing())?, rect })
}

fn layout(what: impl Into<String>) -> TypesetError {
    TypesetError::Layout { what: what.into() }
}

fn messages(errors: &[SourceDiagnostic]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ")
}
