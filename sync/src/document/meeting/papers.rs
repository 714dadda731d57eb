//! The papers and their versions.
//!
//! A version is written once. Two devices that add "version 3" at the same time add two entries; readers order all versions by
//! claimed number, then time, then hash, and number them afresh, the same way everywhere.

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ROOT, ReadDoc};
use domain::id::{ItemId, PaperId};
use domain::limits::{FILE_NAME_CHARS, PAPER_PAGES, PAPER_VERSIONS, PAPERS, TITLE_CHARS, at_most};
use domain::meeting::{AgendaItem, Paper, PaperVersion, Withdrawal};
use domain::order::arrange_papers;
use domain::sitting::REASON_CHARS;

use super::super::field::{self, put_blob, read_blob};
use super::super::{DocumentError, Entry, ProblemKind, Problems, ensure_map, entries, id_of, maps, remove_everywhere, writable};
use super::{AT, PAPERS_KEY, TITLE, at, entry_fields, read_at};

const VERSIONS: &str = "versions";
const NUMBER: &str = "number";
const FILE_NAME: &str = "file_name";
const PAGES: &str = "pages";
const ADDED_AT: &str = "added_at";
const ADDED_BY: &str = "added_by";
const WITHDRAWN_AT: &str = "withdrawn_at";
const WITHDRAWN_BY: &str = "withdrawn_by";
const WITHDRAWN_WHY: &str = "withdrawn_why";

/// The maps of a paper, the one that automerge shows first. There are several if it was brought back on two devices at once.
pub(super) fn find(doc: &impl ReadDoc, paper: PaperId) -> Vec<ObjId> {
    let key = paper.to_string();
    maps(doc, &ROOT, PAPERS_KEY).into_iter().flat_map(|container| maps(doc, &container, &key)).collect()
}

fn version_key(version: &PaperVersion) -> String {
    format!("{:08}-{}", version.number, version.blob.plain)
}

/// Adds a paper with its versions, or changes title and place of one that is there as far as they differ; versions are only ever
/// added by [`add_version`] then.
pub fn put_paper(tx: &mut impl Transactable, paper: &Paper) -> Result<(), DocumentError> {
    paper.validate()?;
    writable(tx)?;
    let known = find(tx, paper.id).into_iter().next();
    let map = match &known {
        Some(map) => map.clone(),
        None => {
            let count = maps(tx, &ROOT, PAPERS_KEY).iter().map(|container| tx.length(container)).sum();
            at_most("papers", PAPERS - 1, count)?;
            let container = ensure_map(tx, &ROOT, PAPERS_KEY)?;
            tx.put_object(&container, paper.id.to_string(), ObjType::Map)?
        }
    };
    field::put(tx, &map, TITLE, field::text(&paper.title))?;
    field::put(tx, &map, AT, at(paper.item, &paper.order))?;
    if known.is_none() {
        let versions = tx.put_object(&map, VERSIONS, ObjType::Map)?;
        for version in &paper.versions {
            put_version(tx, &versions, version)?;
        }
    }
    Ok(())
}

/// Moves a paper to another item or place.
pub fn move_paper(tx: &mut impl Transactable, paper: PaperId, item: Option<ItemId>, order: &str) -> Result<(), DocumentError> {
    let probe = AgendaItem {
        id: ItemId(paper.0),
        parent: None,
        order: order.to_owned(),
        title: "-".to_owned(),
        presenter: String::new(),
        starts_at: None,
        minutes: None,
        papers_due: None,
    };
    probe.validate()?;
    writable(tx)?;
    let map = find(tx, paper).into_iter().next().ok_or(DocumentError::Missing { what: "paper" })?;
    field::put(tx, &map, AT, at(item, order))
}

/// Takes a paper off the meeting. Its files stay where they are.
pub fn remove_paper(tx: &mut impl Transactable, paper: PaperId) -> Result<bool, DocumentError> {
    writable(tx)?;
    remove_everywhere(tx, PAPERS_KEY, &paper.to_string())
}

/// Notes that a paper was withdrawn; its place on the list and its versions stay. One that was withdrawn already stays as it was said first.
pub fn withdraw_paper(tx: &mut impl Transactable, paper: PaperId, withdrawal: &Withdrawal) -> Result<(), DocumentError> {
    withdrawal.validate()?;
    writable(tx)?;
    let map = find(tx, paper).into_iter().next().ok_or(DocumentError::Missing { what: "paper" })?;
    if tx.get(&map, WITHDRAWN_AT)?.is_some() {
        return Ok(());
    }
    tx.put(&map, WITHDRAWN_AT, field::time(withdrawal.at))?;
    tx.put(&map, WITHDRAWN_BY, withdrawal.by.0.to_vec())?;
    Ok(tx.put(&map, WITHDRAWN_WHY, field::text(&withdrawal.reason))?)
}

/// Adds a version. The same file under the same number again changes nothing.
pub fn add_version(tx: &mut impl Transactable, paper: PaperId, version: &PaperVersion) -> Result<(), DocumentError> {
    let probe = Paper { id: paper, item: None, order: "V".to_owned(), title: "-".to_owned(), versions: vec![version.clone()] };
    probe.validate()?;
    writable(tx)?;
    let papers = find(tx, paper);
    let shown = papers.first().cloned().ok_or(DocumentError::Missing { what: "paper" })?;
    let key = version_key(version);
    let containers: Vec<ObjId> = papers.iter().flat_map(|map| maps(tx, map, VERSIONS)).collect();
    if containers.iter().any(|container| matches!(tx.get(container, key.as_str()), Ok(Some(_)))) {
        return Ok(());
    }
    at_most("versions", PAPER_VERSIONS - 1, containers.iter().map(|container| tx.length(container)).sum())?;
    let versions = ensure_map(tx, &shown, VERSIONS)?;
    put_version(tx, &versions, version)
}

fn put_version(tx: &mut impl Transactable, versions: &ObjId, version: &PaperVersion) -> Result<(), DocumentError> {
    let map = tx.put_object(versions, version_key(version), ObjType::Map)?;
    tx.put(&map, NUMBER, u64::from(version.number))?;
    put_blob(tx, &map, &version.blob)?;
    tx.put(&map, FILE_NAME, field::text(&version.file_name))?;
    tx.put(&map, PAGES, u64::from(version.pages))?;
    tx.put(&map, ADDED_AT, field::time(version.added_at))?;
    Ok(tx.put(&map, ADDED_BY, version.added_by.0.to_vec())?)
}

/// The papers, and which of them were withdrawn.
pub(super) fn read(
    doc: &impl ReadDoc,
    arranged: &[AgendaItem],
    problems: &mut Problems,
) -> (Vec<Paper>, BTreeMap<PaperId, Withdrawal>) {
    let (mut papers, mut withdrawn) = (Vec::new(), BTreeMap::new());
    for entry in entries(doc, &maps(doc, &ROOT, PAPERS_KEY), PAPERS, PAPERS_KEY, problems) {
        let place = format!("{PAPERS_KEY}/{}", entry.key);
        let Some(id) = id_of(&entry.key) else {
            problems.note(&place, ProblemKind::BadKey);
            continue;
        };
        let known = [TITLE, AT, WITHDRAWN_AT, WITHDRAWN_BY, WITHDRAWN_WHY];
        let Some(mut fields) = entry_fields(doc, &entry, &known, place.clone(), problems) else {
            continue;
        };
        let twins = if entry.conflict { maps(doc, &entry.container, &entry.key) } else { vec![entry.id.clone()] };
        let versions = read_versions(doc, &twins, &place, problems);
        if versions.is_empty() {
            problems.note(&place, ProblemKind::Missing);
            continue;
        }
        if let Some(at) = fields.time(WITHDRAWN_AT, problems)
            && let Some(by) = fields.person(WITHDRAWN_BY, problems)
        {
            withdrawn.insert(id, Withdrawal { by, at, reason: fields.line(WITHDRAWN_WHY, REASON_CHARS, problems) });
        }
        let (item, order) = read_at(&mut fields, problems);
        papers.push(Paper { id, item, order, title: fields.title(TITLE, TITLE_CHARS, problems), versions });
    }
    (arrange_papers(arranged, papers), withdrawn)
}

fn read_versions(doc: &impl ReadDoc, papers: &[ObjId], place: &str, problems: &mut Problems) -> Vec<PaperVersion> {
    let containers: Vec<ObjId> = papers.iter().flat_map(|map| maps(doc, map, VERSIONS)).collect();
    let place = format!("{place}/{VERSIONS}");
    let mut versions: Vec<PaperVersion> = entries(doc, &containers, PAPER_VERSIONS, &place, problems)
        .iter()
        .filter_map(|entry| read_version(doc, entry, &place, problems))
        .collect();
    versions.sort_by_key(|version| (version.number, version.added_at, version.blob.plain));
    for (number, version) in (1..).zip(&mut versions) {
        version.number = number;
    }
    versions
}

fn read_version(doc: &impl ReadDoc, entry: &Entry<'_>, place: &str, problems: &mut Problems) -> Option<PaperVersion> {
    let known = [NUMBER, "plain", "cipher", "size", "epoch", FILE_NAME, PAGES, ADDED_AT, ADDED_BY];
    let mut fields = entry_fields(doc, entry, &known, format!("{place}/{}", entry.key), problems)?;
    let blob = read_blob(&mut fields, problems)?;
    let added_by = fields.person(ADDED_BY, problems)?;
    let pages = fields.number(PAGES, PAPER_PAGES.into(), problems).and_then(|pages| u32::try_from(pages).ok())?;
    Some(PaperVersion {
        number: fields
            .number(NUMBER, u64::from(u32::MAX), problems)
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(u32::MAX),
        blob,
        file_name: fields.title(FILE_NAME, FILE_NAME_CHARS, problems),
        pages,
        added_at: fields.time(ADDED_AT, problems).unwrap_or_default(),
        added_by,
    })
}
