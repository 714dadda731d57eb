//! Minutes, resolution and notice of conclusions: their files, and the words of each that a person edited.

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ObjId, ROOT, ReadDoc, ScalarValue};
use domain::limits::{BODY_CHARS, MINUTES_FILES, OFFICIAL_LINE_CHARS, OFFICIAL_LINES, PLACE_CHARS, TITLE_CHARS, at_most};
use domain::meeting::MinutesFile;
use domain::official::{OFFICIAL_NUMBER_MAX, OfficialKind, OfficialText};

use super::super::field::{self, Fields, put_blob, read_blob};
use super::super::{DocumentError, Problems, ensure_map, entries, maps, writable};
use super::{PLACE, TITLE, entry_fields};

const TEXTS: &str = "official_texts";
const SIGNATURES: &str = "signatures";
const PAGES: &str = "pages";
/// Where the secretary's and the chair's signatures go.
const PLACES: [&str; 2] = ["place_1", "place_2"];
const PLACE_TEXT_CHARS: usize = 64;
const MADE_AT: &str = "made_at";
const MADE_BY: &str = "made_by";

const NUMBER: &str = "number";
const SYMBOL: &str = "symbol";
const GROUNDS: &str = "grounds";
const BODY_LINES: &str = "body_lines";
const RECIPIENTS: &str = "recipients";
const SIGNER: &str = "signer";

/// Adds a file of an official document. The same file again only raises its number of signatures.
pub fn add_official(tx: &mut impl Transactable, kind: OfficialKind, file: &MinutesFile) -> Result<(), DocumentError> {
    writable(tx)?;
    let key = file.blob.plain.to_string();
    let containers = maps(tx, &ROOT, kind.stem());
    let count = containers.iter().map(|container| tx.length(container)).sum();
    for container in &containers {
        if let Some(map) = maps(tx, container, &key).into_iter().next() {
            return field::put(tx, &map, SIGNATURES, ScalarValue::Uint(file.signatures.into()));
        }
    }
    at_most("minutes files", MINUTES_FILES - 1, count)?;
    let container = ensure_map(tx, &ROOT, kind.stem())?;
    let map = tx.put_object(&container, key, automerge::ObjType::Map)?;
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

/// Adds a file of the minutes, as [`add_official`].
pub fn add_minutes(tx: &mut impl Transactable, file: &MinutesFile) -> Result<(), DocumentError> {
    add_official(tx, OfficialKind::Minutes, file)
}

/// Writes the words of an official document, as far as they differ; `None`: from here on they follow the record again.
pub fn set_official_text(
    tx: &mut impl Transactable,
    kind: OfficialKind,
    text: Option<&OfficialText>,
) -> Result<(), DocumentError> {
    writable(tx)?;
    let Some(text) = text else {
        for container in maps(tx, &ROOT, TEXTS) {
            if tx.get(&container, kind.stem())?.is_some() {
                tx.delete(&container, kind.stem())?;
            }
        }
        return Ok(());
    };
    text.validate()?;
    let container = ensure_map(tx, &ROOT, TEXTS)?;
    let map = ensure_map(tx, &container, kind.stem())?;
    field::put_optional(tx, &map, NUMBER, text.number.map(|number| ScalarValue::Uint(number.into())))?;
    field::put(tx, &map, SYMBOL, field::text(&text.symbol))?;
    field::put(tx, &map, PLACE, field::text(&text.place))?;
    field::put(tx, &map, TITLE, field::text(&text.title))?;
    for (key, lines) in lists(text) {
        field::put(tx, &map, key, field::text(&lines.join("\n")))?;
    }
    Ok(())
}

fn lists(text: &OfficialText) -> [(&'static str, &Vec<String>); 4] {
    [(GROUNDS, &text.grounds), (BODY_LINES, &text.body), (RECIPIENTS, &text.recipients), (SIGNER, &text.signer)]
}

pub(super) fn read_files(doc: &impl ReadDoc, kind: OfficialKind, problems: &mut Problems) -> Vec<MinutesFile> {
    let mut files = Vec::new();
    for entry in entries(doc, &maps(doc, &ROOT, kind.stem()), MINUTES_FILES, kind.stem(), problems) {
        let place = format!("{}/{}", kind.stem(), entry.key);
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

pub(super) fn read_texts(doc: &impl ReadDoc, problems: &mut Problems) -> BTreeMap<OfficialKind, OfficialText> {
    let containers = maps(doc, &ROOT, TEXTS);
    let mut texts = BTreeMap::new();
    for kind in OfficialKind::ALL {
        // Of two people who began to edit at once, the one whose map automerge shows first is read whole.
        let found: Option<ObjId> = containers.iter().flat_map(|container| maps(doc, container, kind.stem())).next();
        let Some(map) = found else { continue };
        let known = [NUMBER, SYMBOL, PLACE, TITLE, GROUNDS, BODY_LINES, RECIPIENTS, SIGNER];
        let mut fields = Fields::read(doc, &map, &known, format!("{TEXTS}/{}", kind.stem()), problems);
        let number = fields.number(NUMBER, OFFICIAL_NUMBER_MAX.into(), problems).and_then(|number| u32::try_from(number).ok());
        let symbol = fields.line(SYMBOL, BODY_CHARS, problems);
        let place = fields.line(PLACE, PLACE_CHARS, problems);
        let title = fields.title(TITLE, TITLE_CHARS, problems);
        let [grounds, body, recipients, signer] =
            [GROUNDS, BODY_LINES, RECIPIENTS, SIGNER].map(|key| fields.lines(key, OFFICIAL_LINES, OFFICIAL_LINE_CHARS, problems));
        texts.insert(kind, OfficialText { number, symbol, place, title, grounds, body, recipients, signer });
    }
    texts
}
