//! Named paper ballots: an entry by a secretary, and the word of a witness who is another person of the roll.
//!
//! A paper ballot is the pair of both acts and is called by the name of the witness's: an entry alone is no ballot. The voter's own
//! device goes before paper, because its signature is the voter's and the two on paper are by others.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId, Timestamp, VoteId};
use domain::vote::{Choice, PaperBallot, PaperRefusal, PaperWitness, VoteClosing, VoteOpening};

use super::chain::VoterChain;
use super::judge::Cast;
use super::{BallotStatus, PaperLine};
use crate::act::{Act, VerifiedAct};

/// The acts on paper ballots that were seen.
#[derive(Debug, Default)]
pub(crate) struct Papers {
    entries: BTreeMap<Hash32, (DeviceId, PaperBallot)>,
    words: BTreeMap<Hash32, (DeviceId, PaperWitness)>,
}

/// A line of the record: an entry with one word of a witness, or an entry without any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slip {
    /// What a close calls it: the witness's act, or while there is none the entry.
    pub(crate) name: Hash32,
    /// The entry.
    pub(crate) entry: Hash32,
    pub(crate) voter: PersonId,
    pub(crate) choice: Choice,
    pub(crate) entered_at: Timestamp,
    /// The secretary's device.
    pub(crate) device: DeviceId,
    /// Whose device that is.
    pub(crate) clerk: Option<PersonId>,
    /// Who witnessed, with or without the right to it.
    pub(crate) witness: Option<PersonId>,
    replaces: Option<Hash32>,
    /// Why it cannot count, whatever else there is.
    refused: Option<BallotStatus>,
}

impl Slip {
    /// Who is behind it.
    pub(super) fn line(&self) -> PaperLine {
        PaperLine { entry: self.entry, replaces: self.replaces, clerk: self.clerk, witness: self.witness }
    }

    /// It can count.
    pub(super) fn holds(&self) -> bool {
        self.refused.is_none()
    }

    /// The entry holds; whether it is witnessed is another matter.
    fn entry_holds(&self) -> bool {
        matches!(self.refused, None | Some(BallotStatus::Unwitnessed | BallotStatus::WitnessRefused))
    }
}

impl Papers {
    /// Takes the act if it is one on paper.
    pub(crate) fn take(&mut self, act: &VerifiedAct) -> bool {
        match act.act() {
            Act::PaperBallotEntered(ballot) => {
                self.entries.insert(act.hash(), (act.device(), *ballot));
            }
            Act::PaperBallotWitnessed(word) => {
                self.words.insert(act.hash(), (act.device(), *word));
            }
            _ => return false,
        }
        true
    }

    /// An act of this name is here.
    pub(super) fn knows(&self, name: &Hash32) -> bool {
        self.entries.contains_key(name) || self.words.contains_key(name)
    }

    /// The names of all entries: what no close can name.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Hash32> {
        self.entries.keys()
    }

    /// Entries that witnesses speak of and that are not here, by the word that does.
    pub(super) fn missing(&self) -> impl Iterator<Item = (&Hash32, Hash32)> {
        self.words
            .iter()
            .filter(|(_, (_, word))| !self.entries.contains_key(&word.entry))
            .map(|(name, (_, word))| (name, word.entry))
    }

    /// The lines that these acts make under an opening.
    pub(super) fn slips(
        &self,
        opening: &VoteOpening,
        hash: Hash32,
        person_of: &impl Fn(&DeviceId) -> Option<PersonId>,
    ) -> Vec<Slip> {
        let mut by_entry: BTreeMap<Hash32, Vec<(Hash32, DeviceId, VoteId)>> = BTreeMap::new();
        for (name, (from, word)) in &self.words {
            by_entry.entry(word.entry).or_default().push((*name, *from, word.vote));
        }
        let mut slips = Vec::new();
        for (entry, (device, ballot)) in &self.entries {
            let clerk = person_of(device);
            let refused = if ballot.vote != opening.vote || ballot.opening != hash {
                Some(BallotStatus::WrongOpening)
            } else {
                clerk
                    .map_or(Err(PaperRefusal::NotAClerk), |clerk| opening.check_paper_entry(clerk, ballot.voter))
                    .err()
                    .map(status_of)
            };
            let bare = Slip {
                name: *entry,
                entry: *entry,
                voter: ballot.voter,
                choice: ballot.choice,
                entered_at: ballot.entered_at,
                device: *device,
                clerk,
                witness: None,
                replaces: ballot.replaces,
                refused: Some(refused.unwrap_or(BallotStatus::Unwitnessed)),
            };
            let Some(words) = by_entry.get(entry) else {
                slips.push(bare);
                continue;
            };
            for (name, from, vote) in words {
                let witness = person_of(from);
                let may = *vote == opening.vote
                    && witness.is_some_and(|witness| opening.check_paper_witness(witness, *from, ballot.voter).is_ok());
                let refused = refused.or((!may).then_some(BallotStatus::WitnessRefused));
                slips.push(Slip { name: *name, witness, refused, ..bare });
            }
        }
        slips
    }
}

fn status_of(refusal: PaperRefusal) -> BallotStatus {
    match refusal {
        PaperRefusal::NotAClerk => BallotStatus::NotByClerk,
        PaperRefusal::VoterNotOnRoll => BallotStatus::NotOnRoll,
        PaperRefusal::VoterNotPresent => BallotStatus::NotPresent,
        PaperRefusal::WitnessIsClerk | PaperRefusal::WitnessIsVoter | PaperRefusal::WitnessNotOnRoll => {
            BallotStatus::WitnessRefused
        }
    }
}

/// What became of the paper ballots of one voter.
#[derive(Debug, Default)]
pub(super) struct PaperVerdict {
    pub(super) status: Vec<(Hash32, BallotStatus)>,
    /// Several witnessed entries do not follow from one another.
    pub(super) contradict: bool,
    /// Corrected entries that are not here.
    pub(super) missing: BTreeSet<Hash32>,
}

/// Judges the slips of one voter. `entries`: those of anybody that are known; `by_device`: there are ballots from the voter's own device;
/// `named`: how many of this voter's ballots the close names, on paper and not.
pub(super) fn judge_slips(
    slips: &[Slip],
    entries: &BTreeSet<Hash32>,
    closing: Option<&VoteClosing>,
    by_device: bool,
    named: usize,
) -> PaperVerdict {
    let holding: BTreeMap<Hash32, &Slip> =
        slips.iter().filter(|slip| slip.entry_holds()).map(|slip| (slip.entry, slip)).collect();
    let witnessed: BTreeSet<Hash32> = slips.iter().filter(|slip| slip.holds()).map(|slip| slip.entry).collect();
    let mut complete: BTreeMap<Hash32, Cast> = BTreeMap::new();
    for slip in slips.iter().filter(|slip| slip.holds()) {
        // What was entered and never witnessed is no ballot: a correction of it corrects what that one corrected.
        let mut replaces = slip.replaces;
        while let Some(before) =
            replaces.and_then(|before| holding.get(&before)).filter(|before| !witnessed.contains(&before.entry))
        {
            replaces = before.replaces;
        }
        let cast = Cast {
            device: slip.device,
            // Both were compared with the opening before.
            vote: VoteId([0; 16]),
            opening: Hash32([0; 32]),
            replaces,
            cast_at: slip.entered_at,
            sound: true,
        };
        complete.insert(slip.entry, cast);
    }
    let chain = VoterChain::of(&complete, |hash| entries.contains(hash));
    let is_named = |slip: &Slip| closing.is_some_and(|closing| closing.ballots.binary_search(&slip.name).is_ok());
    let place = |entry: &Hash32| chain.order.as_ref().and_then(|order| order.iter().position(|known| known == entry));
    // Two witnesses of one entry say the same: the lower name stands on every device.
    let last = chain.order.as_ref().and_then(|order| order.last());
    let standing = slips.iter().filter(|slip| slip.holds() && Some(&slip.entry) == last).map(|slip| slip.name).min();
    let named_here = slips.iter().find(|slip| slip.holds() && is_named(slip));
    let status = |slip: &Slip| match (slip.refused, closing, named_here) {
        (Some(refused), ..) => refused,
        (None, Some(_), _) if named > 1 => BallotStatus::Double,
        (None, Some(_), Some(_)) if is_named(slip) => BallotStatus::Counts,
        (None, Some(_), Some(counting)) => match (place(&slip.entry), place(&counting.entry)) {
            (Some(this), Some(that)) if this > that => BallotStatus::NotNamed,
            (Some(_), Some(_)) => BallotStatus::Replaced,
            _ => BallotStatus::Double,
        },
        (None, _, None) if by_device => BallotStatus::DeviceStands,
        (None, ..) if chain.order.is_none() => BallotStatus::Double,
        (None, None, _) if Some(slip.name) == standing => BallotStatus::Counts,
        (None, Some(_), None) if Some(slip.name) == standing => BallotStatus::Late,
        (None, ..) => BallotStatus::Replaced,
    };
    PaperVerdict {
        status: slips.iter().map(|slip| (slip.name, status(slip))).collect(),
        contradict: !complete.is_empty() && chain.order.is_none(),
        missing: chain.missing,
    }
}
