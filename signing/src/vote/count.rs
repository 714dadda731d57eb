//! The count of an open vote.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId};
use domain::vote::{Choice, FormOutcome, Outcome, VoteOpening, marked_tally, tally};

use super::judge::{Cast, Ground, Judged, judge};
use super::paper::Papers;
use super::{BallotLine, BallotStatus, VoteError, VoteProblem, VoteRecord};
use crate::act::{Act, ActError, SignedAct, VerifiedAct};
use crate::limits::VOTE_ACTS;

/// The acts of one vote. `A` is [`SignedAct`] as they travel, or [`VerifiedAct`] once their signatures are checked.
#[derive(Debug)]
pub struct VoteActs<'a, A> {
    /// The act that opens the vote.
    pub opening: &'a A,
    /// All ballots seen, also those that will not count; of paper ballots the entries and the words of witnesses.
    pub ballots: &'a [A],
    /// All closes seen.
    pub closings: &'a [A],
    /// All acknowledgements seen.
    pub acknowledgements: &'a [A],
}

/// Checks the signature of every act and counts. `person_of` says whose device it is (`None`: no certificate known).
///
/// - A ballot counts only if it is from a person and a device of the roll and cites the hash of the opening.
/// - A later ballot takes the place of an earlier one if it cites it, nobody else cites it, and the profile allows changes.
///   Ballots of one device that do not form one such chain are evidence: while the vote is open none of them counts.
/// - A close holds only if the device that opened the vote signed it; from then on exactly what it names counts, as long as
///   it may. A ballot by which a voter contradicts their own named ballot afterwards is shown and changes nothing.
/// - A paper ballot counts as one that its voter cast: if a secretary whom the opening names entered it and another person of the roll
///   who is no secretary witnessed it, and while the vote is open only if the voter's own device has cast none. A close names the
///   witness's act.
/// - Where the opening has a form, a ballot counts only if it is one of this form; where it has none, only if it is a choice.
/// - Of two closes the one holds that more than half of the roll's devices acknowledge; a device that has acknowledged two
///   has acknowledged none.
///
/// # Errors
/// [`VoteError`] if the opening does not hold; whatever is wrong with other acts is a problem in the record.
pub fn count(acts: VoteActs<'_, SignedAct>, person_of: impl Fn(&DeviceId) -> Option<PersonId>) -> Result<VoteRecord, VoteError> {
    let opening = acts.opening.verified()?;
    let mut problems = BTreeSet::new();
    let ballots = verified(acts.ballots, &mut problems)?;
    let closings = verified(acts.closings, &mut problems)?;
    let acknowledgements = verified(acts.acknowledgements, &mut problems)?;
    let acts = VoteActs { opening: &opening, ballots: &ballots, closings: &closings, acknowledgements: &acknowledgements };
    count_open(acts, person_of, problems)
}

/// The acts whose signature holds; the others are problems.
pub(crate) fn verified(acts: &[SignedAct], problems: &mut BTreeSet<VoteProblem>) -> Result<Vec<VerifiedAct>, VoteError> {
    within_limit(acts)?;
    let mut good = Vec::with_capacity(acts.len());
    for act in acts {
        match act.verified() {
            Ok(act) => good.push(act),
            Err(ActError::BadSignature) => {
                problems.insert(VoteProblem::ForgedAct { act: act.hash(), device: act.device });
            }
            Err(_) => {
                problems.insert(VoteProblem::UnexpectedAct { act: act.hash(), device: act.device });
            }
        }
    }
    Ok(good)
}

/// As [`count()`], for acts whose signatures have been checked before.
///
/// # Errors
/// As [`count()`].
pub fn count_verified(
    acts: VoteActs<'_, VerifiedAct>,
    person_of: impl Fn(&DeviceId) -> Option<PersonId>,
) -> Result<VoteRecord, VoteError> {
    count_open(acts, person_of, BTreeSet::new())
}

pub(crate) fn within_limit<T>(acts: &[T]) -> Result<(), VoteError> {
    if acts.len() > VOTE_ACTS { Err(VoteError::TooMany(acts.len())) } else { Ok(()) }
}

fn count_open(
    acts: VoteActs<'_, VerifiedAct>,
    person_of: impl Fn(&DeviceId) -> Option<PersonId>,
    mut problems: BTreeSet<VoteProblem>,
) -> Result<VoteRecord, VoteError> {
    for acts in [acts.ballots, acts.closings, acts.acknowledgements] {
        within_limit(acts)?;
    }
    let Act::VoteOpened(opening) = acts.opening.act() else {
        return Err(VoteError::NotAnOpening);
    };
    let mut casts: BTreeMap<Hash32, Cast> = BTreeMap::new();
    let mut said: BTreeMap<Hash32, (Option<Choice>, Option<Vec<u32>>)> = BTreeMap::new();
    let mut papers = Papers::default();
    for act in acts.ballots {
        if papers.take(act) {
            continue;
        }
        let device = act.device();
        match act.act() {
            Act::BallotCast(ballot) => {
                let cast = Cast {
                    device,
                    vote: ballot.vote,
                    opening: ballot.opening,
                    replaces: ballot.replaces,
                    cast_at: ballot.cast_at,
                    sound: opening.form.is_none(),
                };
                casts.insert(act.hash(), cast);
                said.insert(act.hash(), (Some(ballot.choice), None));
            }
            Act::MarkedBallotCast(ballot) => {
                let cast = Cast {
                    device,
                    vote: ballot.vote,
                    opening: ballot.opening,
                    replaces: ballot.replaces,
                    cast_at: ballot.cast_at,
                    sound: opening.form.as_ref().is_some_and(|form| form.is_ballot(&ballot.marks)),
                };
                casts.insert(act.hash(), cast);
                said.insert(act.hash(), (None, Some(ballot.marks.clone())));
            }
            _ => {
                problems.insert(VoteProblem::UnexpectedAct { act: act.hash(), device });
            }
        }
    }
    let ground = Ground {
        opening,
        hash: acts.opening.hash(),
        opener: acts.opening.device(),
        closings: acts.closings,
        acknowledgements: acts.acknowledgements,
    };
    let judged = judge(ground, &casts, &papers, person_of, problems);
    let Judged { lines, state, acknowledgements, acknowledgements_needed, final_, missing_ballots, missing_closings, problems } =
        judged;
    let ballots: Vec<BallotLine> = lines
        .into_iter()
        .filter_map(|line| {
            let (choice, marks) = match line.paper {
                Some(slip) => (Some(slip.choice), None),
                None => said.remove(&line.hash)?,
            };
            let paper = line.paper.map(|slip| slip.line());
            let (person, name, device, cast_at) = (line.person, line.name, line.device, line.cast_at);
            Some(BallotLine { person, name, device, choice, marks, cast_at, hash: line.hash, status: line.status, paper })
        })
        .collect();
    let (outcome, marked) = outcome(opening, &ballots);
    Ok(VoteRecord {
        opening: opening.clone(),
        opening_hash: acts.opening.hash(),
        opened_by: acts.opening.device(),
        state,
        outcome,
        marked,
        ballots,
        acknowledgements,
        acknowledgements_needed,
        final_,
        missing_ballots,
        missing_closings,
        problems: problems.into_iter().collect(),
    })
}

/// Totals of the ballots that count: of choices, or of each place of the form.
fn outcome(opening: &VoteOpening, ballots: &[BallotLine]) -> (Outcome, Option<FormOutcome>) {
    let counted = || ballots.iter().filter(|line| line.status == BallotStatus::Counts);
    let Some(form) = &opening.form else {
        let choices: Vec<_> = counted().filter_map(|line| Some((line.person?, line.choice?))).collect();
        return (tally(opening, &choices), None);
    };
    let marks: Vec<_> = counted().filter_map(|line| Some((line.person?, line.marks.as_deref()?))).collect();
    let marked = marked_tally(opening, form, &marks);
    let counted = marked.as_ref().map_or(0, |marked| marked.counted);
    (Outcome { counted, ..tally(opening, &[]) }, marked)
}
