//! Signed acts, kept beside the content of a document, so that an exported document carries its own evidence.
//!
//! `acts: { "<place, 8 hexadecimal digits>-<BLAKE3, hex>": bytes }`. An act comes after those that its author saw; two that were
//! appended at the same time are ordered by hash. What counts is decided from the acts themselves, never from this list.

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};
use domain::id::Hash32;
use domain::limits::at_most;
use signing::limits::SIGNED_ACT_BYTES;

use super::{DocumentError, ProblemKind, Problems, as_bytes, ensure_map, entries, maps, readable, writable};

/// Acts of one document.
pub const ACTS_MAX: usize = 20_000;

const ACTS: &str = "acts";

fn hash_of(key: &str) -> Option<(u32, Hash32)> {
    let (place, hash) = key.split_once('-')?;
    Some((u32::from_str_radix(place, 16).ok()?, hash.parse().ok()?))
}

/// Appends an act; one that is there already is not appended again.
pub fn append_act(tx: &mut impl Transactable, bytes: &[u8]) -> Result<(), DocumentError> {
    at_most("act bytes", SIGNED_ACT_BYTES, bytes.len())?;
    writable(tx)?;
    let hash = Hash32(*blake3::hash(bytes).as_bytes());
    let (mut last, mut count) = (None, 0);
    for container in maps(tx, &ROOT, ACTS) {
        for (place, known) in tx.keys(&container).filter_map(|key| hash_of(&key)).take(ACTS_MAX) {
            if known == hash {
                return Ok(());
            }
            last = last.max(Some(place));
            count += 1;
        }
    }
    at_most("acts", ACTS_MAX - 1, count)?;
    let place = last.map_or(0, |last| last.saturating_add(1));
    let container = ensure_map(tx, &ROOT, ACTS)?;
    Ok(tx.put(&container, format!("{place:08x}-{hash}"), bytes.to_vec())?)
}

/// All acts, earlier ones first, each once. Bytes that are not what their key says are left out.
pub fn read_acts(doc: &impl ReadDoc) -> Result<Vec<Vec<u8>>, DocumentError> {
    read_acts_with_problems(doc).map(|(acts, _)| acts)
}

/// [`read_acts`] with what was left out.
pub fn read_acts_with_problems(doc: &impl ReadDoc) -> Result<(Vec<Vec<u8>>, Problems), DocumentError> {
    readable(doc)?;
    let mut problems = Problems::default();
    let mut acts = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for entry in entries(doc, &maps(doc, &ROOT, ACTS), ACTS_MAX, ACTS, &mut problems) {
        let place = format!("{ACTS}/{}", entry.key);
        match (hash_of(&entry.key), as_bytes(&entry.value)) {
            (None, _) => problems.note(&place, ProblemKind::BadKey),
            (_, None) => problems.note(&place, ProblemKind::WrongType),
            (_, Some(bytes)) if bytes.len() > SIGNED_ACT_BYTES => problems.note(&place, ProblemKind::OutOfBounds),
            (Some((_, hash)), Some(bytes)) if blake3::hash(bytes).as_bytes() != hash.as_bytes() => {
                problems.note(&place, ProblemKind::Damaged)
            }
            (Some((_, hash)), Some(bytes)) => {
                if seen.insert(hash) {
                    acts.push(bytes.to_vec());
                }
            }
        }
    }
    Ok((acts, problems))
}
