//! A meeting: agenda, papers, minutes, conclusions.
//!
//! ```text
//! { "v": 1,
//!   "info":        { "title", "body", "place": text, "starts_at": timestamp },
//!   "conclusions": text object, paragraphs divided by U+2029,
//!   "edition":     uint, another one with each change of the conclusions,
//!   "items":       { "<item>":  { "title", "presenter": text, "at": "<parent>/<order>", "starts_at": timestamp, "minutes": uint,
//!                                 "papers_due": timestamp, "internal": 1 } },
//!   "papers":      { "<paper>": { "title": text, "at": "<item>/<order>", "versions": { "<number>-<plain>": version },
//!                                 "withdrawn_at": timestamp, "withdrawn_by": bytes, "withdrawn_why": text } },
//!   "minutes":     { "<plain>": { "plain", "cipher": bytes, "size", "epoch", "signatures": uint, "made_at": timestamp, "made_by": bytes } },
//!   "resolution":  as "minutes",
//!   "notice":      as "minutes",
//!   "official_texts": { "<minutes, resolution or notice>": { "number": uint, "symbol", "place", "title": text,
//!                                 "grounds", "body_lines", "recipients", "signer": text, one line each } },
//!   "seating":     { "rows", "columns": uint },
//!   "seats":       { "<row>-<column>": { "label", "person": text } },
//!   "acts":        { … } }
//! version = { "number", "pages", "size", "epoch": uint, "plain", "cipher", "added_by": bytes, "file_name": text, "added_at": timestamp }
//! ```
//!
//! Where something stands is one value (`at`), so that of two simultaneous moves one wins whole. Removing a thing wins over
//! editing it at the same time. What [`read`] returns passes [`Meeting::validate`], whatever is in the document.

mod agenda;
mod conflicts;
mod drafting;
mod official;
mod papers;
mod seats;

pub use super::acts::{append_act, read_acts, read_acts_with_problems};
pub use agenda::{move_item, put_item, remove_item, set_internal};
pub use conflicts::{Conflict, FieldValue, Subject, conflicts, resolve};
pub use drafting::{Chosen, DRAFT_SIDES_MAX, Drafting, Edition, MixedPart, brought_up, drafting};
pub use official::{add_minutes, add_official, set_official_text};
pub use papers::{add_version, move_paper, put_paper, remove_paper, withdraw_paper};
pub use seats::{put_seat, set_seating};

use automerge::transaction::Transactable;
use automerge::{ObjType, ROOT, ReadDoc, ScalarValue, ValueRef};
use domain::id::Timestamp;
use domain::limits::{BODY_CHARS, CONCLUSION_CHARS, CONCLUSIONS, ORDER_CHARS, PLACE_CHARS, TITLE_CHARS};
use domain::meeting::{Meeting, MeetingInfo};
use domain::official::OfficialKind;
use domain::order;

use super::field::{self, Fields};
use super::{DocumentError, Entry, ProblemKind, Problems, ensure_map, maps, readable, text, writable};

const INFO: &str = "info";
const TEXT_CONCLUSIONS: &str = "conclusions";
const ITEMS: &str = "items";
const PAPERS_KEY: &str = "papers";

const TITLE: &str = "title";
const BODY: &str = "body";
const PLACE: &str = "place";
const STARTS_AT: &str = "starts_at";
const AT: &str = "at";

/// Reads the meeting as far as it can be understood.
pub fn read(doc: &impl ReadDoc) -> Result<Meeting, DocumentError> {
    read_with_problems(doc).map(|(meeting, _)| meeting)
}

/// [`read`] with what was left out or replaced.
pub fn read_with_problems(doc: &impl ReadDoc) -> Result<(Meeting, Problems), DocumentError> {
    let mut problems = Problems::default();
    if !readable(doc)? {
        return Err(DocumentError::Empty);
    }
    let info = read_info(doc, &mut problems);
    let (items, internal) = agenda::read(doc, &mut problems);
    let (papers, withdrawn) = papers::read(doc, &items, &mut problems);
    let [minutes, resolution, notice] = OfficialKind::ALL.map(|kind| official::read_files(doc, kind, &mut problems));
    let official_texts = official::read_texts(doc, &mut problems);
    let seating = seats::read(doc, &mut problems);
    let (inner, inner_papers) = Default::default();
    let meeting = Meeting {
        info,
        items,
        papers,
        minutes,
        internal,
        withdrawn,
        inner,
        inner_papers,
        seating,
        resolution,
        notice,
        official_texts,
    };
    Ok((meeting, problems))
}

/// Lays out a new meeting.
pub fn create(tx: &mut impl Transactable, info: &MeetingInfo) -> Result<(), DocumentError> {
    info.validate()?;
    if readable(tx)? {
        return Err(DocumentError::AlreadyCreated);
    }
    writable(tx)?;
    for container in [INFO, ITEMS, PAPERS_KEY, OfficialKind::Minutes.stem()] {
        tx.put_object(&ROOT, container, ObjType::Map)?;
    }
    set_info(tx, info)?;
    text::set_paragraphs(tx, TEXT_CONCLUSIONS, &info.conclusions)
}

/// Changes title, body, place and start as far as they differ. Conclusions are changed by [`set_conclusions`] only.
pub fn set_info(tx: &mut impl Transactable, info: &MeetingInfo) -> Result<(), DocumentError> {
    info.validate()?;
    writable(tx)?;
    let map = ensure_map(tx, &ROOT, INFO)?;
    field::put(tx, &map, TITLE, field::text(&info.title))?;
    field::put(tx, &map, BODY, field::text(&info.body))?;
    field::put(tx, &map, PLACE, field::text(&info.place))?;
    field::put(tx, &map, STARTS_AT, field::time(info.starts_at))
}

/// Changes the conclusions; what two people write at the same time is kept of both, and where that mixes what they wrote, [`drafting`] tells.
pub fn set_conclusions(tx: &mut impl Transactable, conclusions: &[String]) -> Result<(), DocumentError> {
    let info = MeetingInfo {
        title: "-".to_owned(),
        body: String::new(),
        place: String::new(),
        starts_at: Timestamp(0),
        conclusions: conclusions.to_vec(),
    };
    info.validate()?;
    writable(tx)?;
    drafting::note(tx, conclusions)?;
    text::set_paragraphs(tx, TEXT_CONCLUSIONS, conclusions)
}

fn read_info(doc: &impl ReadDoc, problems: &mut Problems) -> MeetingInfo {
    let known = [TITLE, BODY, PLACE, STARTS_AT];
    let map = maps(doc, &ROOT, INFO).into_iter().next();
    if map.is_none() {
        problems.note(INFO, ProblemKind::Missing);
    }
    // The root has none of these keys, so a missing map reads as one without fields.
    let mut fields = Fields::read(doc, &map.unwrap_or(ROOT), &known, INFO.to_owned(), problems);
    MeetingInfo {
        title: fields.title(TITLE, TITLE_CHARS, problems),
        body: fields.line(BODY, BODY_CHARS, problems),
        place: fields.line(PLACE, PLACE_CHARS, problems),
        starts_at: fields.time(STARTS_AT, problems).unwrap_or_default(),
        conclusions: text::paragraphs(doc, TEXT_CONCLUSIONS, CONCLUSIONS, CONCLUSION_CHARS, problems),
    }
}

/// The fields of an entry that should be a map.
fn entry_fields(doc: &impl ReadDoc, entry: &Entry<'_>, known: &[&str], place: String, problems: &mut Problems) -> Option<Fields> {
    if entry.value == ValueRef::Object(ObjType::Map) {
        return Some(Fields::read(doc, &entry.id, known, place, problems));
    }
    problems.note(&place, ProblemKind::WrongType);
    None
}

/// Writes where something stands.
fn at(parent: Option<impl ToString>, order: &str) -> ScalarValue {
    let parent = parent.map(|parent| parent.to_string()).unwrap_or_default();
    field::text(&format!("{parent}/{order}"))
}

/// Reads where something stands; what is not a place is the middle of the top level.
fn read_at<T: std::str::FromStr>(fields: &mut Fields, problems: &mut Problems) -> (Option<T>, String) {
    let written = fields.line(AT, ORDER_CHARS + 64, problems);
    let (parent, order) = written.split_once('/').unwrap_or_default();
    let parsed = parent.parse().ok();
    let sound = order::is_key(order) && order.len() <= ORDER_CHARS;
    if !sound || (parsed.is_none() && !parent.is_empty()) {
        fields.refuse(AT, ProblemKind::OutOfBounds, problems);
    }
    (parsed, if sound { order.to_owned() } else { order::between(None, None) })
}
