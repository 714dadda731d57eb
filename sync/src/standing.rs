//! What stays of a device that was revoked or a person who was removed: what had been seen, and what others already built on.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DocId, Hash32};
use signing::act::{Act, SignedAct};

use crate::admission::suspects;
use crate::directory::Directory;
use crate::envelope::{DocKind, open_content, open_unsigned};
use crate::port::{Shelf, ShelfError};
use crate::space::Space;

/// Rows of content read at a time.
const ROWS: usize = 512;

/// The acts of a space without those that are void. An act that nobody else carries than a suspect envelope stays only if an act
/// that counts names it: a close its ballots, a ballot the one it replaces, an acknowledgement its close, a decision the words it rests on, a secret vote the acts in which its
/// tellers made their key.
pub(crate) fn standing_acts(
    shelf: &dyn Shelf,
    space: &Space,
    directory: &Option<Directory>,
    mut acts: Vec<(DocId, SignedAct)>,
) -> Result<Vec<(DocId, SignedAct)>, ShelfError> {
    let mut suspect: BTreeMap<Hash32, (DocId, SignedAct)> = BTreeMap::new();
    let mut sure = BTreeSet::new();
    let mut after = 0;
    loop {
        let rows = shelf.content(&space.id, after, ROWS)?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        for (_, bytes) in &rows {
            let Ok(envelope) = open_unsigned(bytes) else { continue };
            let header = &envelope.header;
            if DocKind::from_code(header.kind) == DocKind::Control {
                continue;
            }
            let Some(content) = space.keys.get(&header.epoch).and_then(|key| open_content(&envelope, key).ok()) else {
                continue;
            };
            let void = suspects(space, directory, header);
            for act in content.acts.iter().filter_map(|bytes| SignedAct::from_bytes(bytes).ok()) {
                if !void {
                    sure.insert(act.hash());
                } else if act.device == header.device && act.verify().is_ok() {
                    suspect.insert(act.hash(), (header.doc, act));
                }
            }
        }
    }
    suspect.retain(|hash, _| !sure.contains(hash));
    acts.retain(|(_, act)| !suspect.contains_key(&act.hash()));
    let mut named: Vec<Hash32> = acts.iter().flat_map(|(_, act)| names(act)).collect();
    while let Some(hash) = named.pop() {
        if let Some((doc, act)) = suspect.remove(&hash) {
            named.extend(names(&act));
            acts.push((doc, act));
        }
    }
    Ok(acts)
}

/// The acts that an act builds on.
fn names(act: &SignedAct) -> Vec<Hash32> {
    match act.verify() {
        Ok(Act::VoteClosed(closing)) => closing.ballots,
        Ok(Act::BallotCast(ballot)) => ballot.replaces.into_iter().chain([ballot.opening]).collect(),
        Ok(Act::MarkedBallotCast(ballot)) => ballot.replaces.into_iter().chain([ballot.opening]).collect(),
        Ok(Act::PaperBallotEntered(ballot)) => ballot.replaces.into_iter().chain([ballot.opening]).collect(),
        Ok(Act::PaperBallotWitnessed(word)) => vec![word.entry],
        Ok(Act::CloseAcknowledged(acknowledgement)) => vec![acknowledgement.closing],
        Ok(Act::DeputyNamed(naming)) => naming.replaces.into_iter().collect(),
        Ok(Act::LeadTaken(taking)) => vec![taking.naming],
        Ok(Act::LeadAcknowledged(word)) => word.accepted.iter().map(|accepted| accepted.act).chain([word.taking]).collect(),
        Ok(Act::CloseDecided(decision)) => decision.basis.into_iter().chain([decision.taking, decision.closing]).collect(),
        Ok(Act::TellerKeyOffered(offer)) => vec![offer.election],
        Ok(Act::TellerDealt(dealing)) => vec![dealing.election],
        Ok(Act::TellerConfirmed(confirmation)) => vec![confirmation.election],
        Ok(Act::SecretVoteOpened(opening)) => opening.tellers.acts.into_iter().chain([opening.tellers.election]).collect(),
        Ok(Act::SecretBallotCast(ballot)) => ballot.replaces.into_iter().chain([ballot.opening]).collect(),
        Ok(Act::TotalsOpened(opened)) => vec![opened.closing],
        _ => Vec::new(),
    }
}
