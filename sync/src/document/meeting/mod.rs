//! A meeting: agenda, papers, minutes, conclusions.
//!
//! ```text
//! { "v": 1,
//!   "info":        { "title", "body", "place": text, "starts_at": timestamp },
//!   "conclusions": text object, paragraphs divided by U+2029,
//!   "edition":     uint, another one with each change of the conclusions,
//!   "items":       { "<item>":  { "title", "presenter": text, "at": "<parent>/<order>", "starts_at": timestamp, "minutes": uint,
//!                                 "internal": 1 } },
//!   "papers":      { "<paper>": { "title": text, "at": "<item>/<order>", "versions": { "<number>-<plain>": version },
//!                                 "withdrawn_at": timestamp, "withdrawn_by": bytes, "withdrawn_why": text } },
//!   "minutes":     { "<plain>": { "plain", "cipher": bytes, "size", "epoch", "signatures": uint, "made_at": timestamp, "made_by": bytes } },
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
mod papers;
mod seats;

pub use super::acts::{append_act, read_acts, read_acts_with_problems};
pub use agenda::{move_item, put_item, remove_item, set_internal};
pub use conflicts::{Conflict, FieldValue, Subject, conflicts, resolve};
pub use drafting::{Chosen, DRAFT_SIDES_MAX, Drafting, Edition, MixedPart, brought_up, drafting};
pub use papers::{add_version, move_paper, put_paper, remove_paper, withdraw_paper};
pub use seats::{put_seat, set_seating};

use automerge::transaction::Transactable;
use automerge::{ObjType, ROOT, ReadDoc, ScalarValue, ValueRef};
use domain::id::Timestamp;
use domain::limits::{BODY_CHARS, CONCLUSION_CHARS, CONCLUSIONS, MINUTES_FILES, ORDER_CHARS, PLACE_CHARS, TITLE_CHARS, at_most};
use domain::meeting::{Meeting, MeetingInfo, MinutesFile};
use domain::order;

use super::field::{self, Fields, put_blob, read_blob};
use super::{DocumentError, Entry, ProblemKind, Problems, ensure_map, entries, maps, readable, text, writable};

const INFO: &str = "info";
const TEXT_CONCLUSIONS: &str = "conclusions";
const ITEMS: &str = "items";
const PAPERS_KEY: &str = "papers";
const MINUTES: &str = "minutes";

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
    let minutes = read_minutes(doc, &mut problems);
    let seating = seats::read(doc, &mut problems);
    let (inner, inner_papers) = Default::default();
    Ok((Meeting { info, items, papers, minutes, internal, withdrawn, inner, inner_papers, seating }, problems))
}

/// Lays out a new meeting.
pub fn create(tx: &mut impl Transactable, info: &MeetingInfo) -> Result<(), DocumentError> {
    info.validate()?;
    if readable(tx)? {
        return Err(DocumentError::AlreadyCreated);
    }
    writable(tx)?;
    for container in [INFO, ITEMS, PAPERS_KEY, MINUTES] {
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

/// Adds a file of the minutes. The same file again only raises its number of signatures.
pub fn add_minutes(tx: &mut impl Transactable, file: &MinutesFile) -> Result<(), DocumentError> {
    writable(tx)?;
    let key = file.blob.plain.to_string();
    let containers = maps(tx, &ROOT, MINUTES);
    let count = containers.iter().map(|container| tx.length(container)).sum();
    for container in &containers {
        if let Some(map) = maps(tx, container, &key).into_iter().next() {
            return field::put(tx, &map, SIGNATURES, ScalarValue::Uint(file.signatures.into()));
        }
    }
    at_most("minutes files", MINUTES_FILES - 1, count)?;
    let container = ensure_map(tx, &ROOT, MINUTES)?;
    let map = tx.put_object(&container, key, ObjType::Map)?;
    put_blob(tx, &map, &file.blob)?;
    tx.put(&map, SIGNATURES, u64::from(file.signatures))?;
    tx.put(&map, PAGES, u64::from(file.pages))?;
    at_most("places of signatures", PLACES.len(), file.places.len())?;
    for (key, place) in PLACES.iter().zip(&file.places) {
        tx.put(&map, *key, place.to_string())?;
    }
    tx.put(&map, MADE_AT, field::time(file.made_at))?;
    Ok(tx.put(&map, MADE_BY, file.made_by.0.to_vec())?)
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

const SIGNATURES: &str = "signatures";
const PAGES: &str = "pages";
/// Where the secretary's and the chair's signatures go.
const PLACES: [&str; 2] = ["place_1", "place_2"];
const PLACE_TEXT_CHARS: usize = 64;
const MADE_AT: &str = "made_at";
const MADE_BY: &str = "made_by";

fn read_minutes(doc: &impl ReadDoc, problems: &mut Problems) -> Vec<MinutesFile> {
    let mut files = Vec::new();
    for entry in entries(doc, &maps(doc, &ROOT, MINUTES), MINUTES_FILES, MINUTES, problems) {
        let place = format!("{MINUTES}/{}", entry.key);
        let known = ["plain", "cipher", "size", "epoch", SIGNATURES, PAGES, PLACES[0], PLACES[1], MADE_AT, MADE_BY];
        let Some(mut fields) = entry_fields(doc, &entry, &known, place, problems) else {
            continue;
        };
        let blob = read_blob(&mut fields, problems);
        let made_by = fields.person(MADE_BY, problems);
        let (Some(blob), Some(made_by)) = (blob, made_by) else {
            continue;
        };
        let signatures = fields.number(SIGNATURES, u64::from(u32::MAX), problems).and_then(|number| u32::try_from(number).ok());
        let pages = fields.number(PAGES, u64::from(u32::MAX), problems).and_then(|number| u32::try_from(number).ok());
        let made_at = fields.time(MADE_AT, problems).unwrap_or_default();
        // What is no place ends the list: a later one would be taken for an earlier signer's.
        let places = PLACES.iter().map_while(|key| fields.line(key, PLACE_TEXT_CHARS, problems).parse().ok()).collect();
        let (signatures, pages) = (signatures.unwrap_or_default(), pages.unwrap_or_default());
        files.push(MinutesFile { blob, signatures, pages, places, made_at, made_by });
    }
    files.sort_by_key(|file| (file.made_at, file.signatures, file.blob.plain));
    files
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
