//! Which ballots count, open or secret: by the roll, by the voters' own replacements, by the close that holds.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId, Timestamp, VoteId};
use domain::vote::{VoteClosing, VoteOpening};

use super::chain::VoterChain;
use super::deciding::Deciding;
use super::paper::{PaperVerdict, Papers, Slip, judge_slips};
use super::{BallotStatus, VoteError, VoteProblem, VoteState};
use crate::act::{Act, VerifiedAct};
use crate::defect::{self, Defect};

/// What is asked of a ballot here. Not what it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cast {
    pub(crate) device: DeviceId,
    pub(crate) vote: VoteId,
    pub(crate) opening: Hash32,
    pub(crate) replaces: Option<Hash32>,
    pub(crate) cast_at: Timestamp,
    /// What it says can be counted: always true of an open ballot.
    pub(crate) sound: bool,
}

/// What ballots are judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) opening: &'a VoteOpening,
    pub(crate) hash: Hash32,
    /// The device that opened: it closes, unless somebody takes the lead.
    pub(crate) opener: DeviceId,
    pub(crate) closings: &'a [VerifiedAct],
    pub(crate) acknowledgements: &'a [VerifiedAct],
}

/// One ballot and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) person: Option<PersonId>,
    pub(crate) name: String,
    pub(crate) device: DeviceId,
    pub(crate) cast_at: Timestamp,
    pub(crate) hash: Hash32,
    pub(crate) status: BallotStatus,
    /// Of a paper ballot: who entered and who witnessed it.
    pub(crate) paper: Option<Slip>,
}

/// What the acts of a vote come to, whatever the ballots say. The fields are those of a [`super::VoteRecord`].
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) lines: Vec<Line>,
    pub(crate) state: VoteState,
    pub(crate) acknowledgements: u32,
    pub(crate) acknowledgements_needed: u32,
    pub(crate) final_: bool,
    pub(crate) missing_ballots: Vec<Hash32>,
    pub(crate) missing_closings: Vec<Hash32>,
    pub(crate) problems: BTreeSet<VoteProblem>,
}

/// Judges all ballots of a vote.
pub(crate) fn judge(
    ground: Ground<'_>,
    casts: &BTreeMap<Hash32, Cast>,
    papers: &Papers,
    person_of: impl Fn(&DeviceId) -> Option<PersonId>,
    problems: BTreeSet<VoteProblem>,
) -> Judged {
    Count::of(ground, &person_of, problems).run(ground, casts, papers, person_of)
}

/// Who decides a vote, which may be open or secret, and what its devices have to say. `closings` and `acknowledgements` are what a count takes.
///
/// # Errors
/// [`VoteError::NotAnOpening`].
pub fn deciding<'a>(
    opening: &'a VerifiedAct,
    closings: &'a [VerifiedAct],
    acknowledgements: &'a [VerifiedAct],
    person_of: impl Fn(&DeviceId) -> Option<PersonId>,
) -> Result<Deciding<'a>, VoteError> {
    let opened = match opening.act() {
        Act::VoteOpened(opened) => opened,
        Act::SecretVoteOpened(secret) => &secret.opening,
        _ => return Err(VoteError::NotAnOpening),
    };
    let ground = Ground { opening: opened, hash: opening.hash(), opener: opening.device(), closings, acknowledgements };
    let roll = Count::of(ground, &person_of, BTreeSet::new()).devices();
    Ok(Deciding::of(ground, roll, person_of))
}

/// Position of an entry on the roll.
type Seat = usize;

struct Count<'a> {
    opening: &'a VoteOpening,
    hash: Hash32,
    /// Devices whose ballots can count.
    seats: BTreeMap<DeviceId, Seat>,
    people: BTreeMap<PersonId, Seat>,
    problems: BTreeSet<VoteProblem>,
}

impl<'a> Count<'a> {
    fn of(ground: Ground<'a>, person_of: impl Fn(&DeviceId) -> Option<PersonId>, problems: BTreeSet<VoteProblem>) -> Self {
        let (opening, hash) = (ground.opening, ground.hash);
        let mut count = Self { opening, hash, seats: BTreeMap::new(), people: BTreeMap::new(), problems };
        count.read_roll(person_of);
        count
    }

    fn read_roll(&mut self, person_of: impl Fn(&DeviceId) -> Option<PersonId>) {
        let mut chairs = 0;
        let mut ambiguous = BTreeSet::new();
        for (seat, entry) in self.opening.roll.iter().enumerate() {
            chairs += u32::from(entry.chair);
            let mut sound = !(entry.chair && chairs > 1);
            sound &= self.people.insert(entry.person, seat).is_none();
            if let Some(device) = entry.device {
                if person_of(&device).is_some_and(|person| person != entry.person) {
                    self.problems.insert(VoteProblem::RollDeviceMismatch { name: entry.name.clone() });
                } else if self.seats.insert(device, seat).is_some() {
                    ambiguous.insert(device);
                    sound = false;
                }
            }
            if !sound {
                self.problems.insert(VoteProblem::RollMalformed { name: entry.name.clone() });
            }
        }
        self.seats.retain(|device, _| !ambiguous.contains(device));
    }

    fn name(&self, seat: Seat) -> String {
        self.opening.roll.get(seat).map(|entry| entry.name.clone()).unwrap_or_default()
    }

    /// The devices with a seat and the names of their people.
    fn devices(&self) -> BTreeMap<DeviceId, String> {
        self.seats.iter().map(|(device, seat)| (*device, self.name(*seat))).collect()
    }

    fn run(
        mut self,
        acts: Ground<'_>,
        ballots: &BTreeMap<Hash32, Cast>,
        papers: &Papers,
        person_of: impl Fn(&DeviceId) -> Option<PersonId>,
    ) -> Judged {
        let deciding = Deciding::of(acts, self.devices(), &person_of);
        self.problems.extend(deciding.problems().iter().cloned());
        let holding = deciding.holding();
        let closing = holding.as_ref().map(|holding| (&holding.hash, holding.closing));
        let acknowledgements = holding.map_or(0, |holding| holding.acknowledgements);

        let mut missing_ballots = BTreeSet::new();
        let slips = papers.slips(self.opening, self.hash, &person_of);
        let status = self.judge(ballots, &slips, closing.map(|(_, closing)| closing), &mut missing_ballots);
        let is_named = |name: &Hash32| closing.is_some_and(|(_, closing)| closing.ballots.binary_search(name).is_ok());
        missing_ballots.retain(|name| !papers.knows(name));
        missing_ballots.extend(papers.missing().filter(|(word, _)| closing.is_none() || is_named(word)).map(|(_, entry)| entry));

        let mut lines: Vec<(Seat, Line)> = ballots
            .iter()
            .map(|(hash, ballot)| {
                let device = ballot.device;
                let seat = self.seats.get(&device).copied();
                let person =
                    seat.and_then(|seat| self.opening.roll.get(seat)).map(|entry| entry.person).or_else(|| person_of(&device));
                let seat = seat.or_else(|| person.and_then(|person| self.people.get(&person).copied()));
                let status = status.get(hash).copied().unwrap_or(match seat {
                    Some(_) => BallotStatus::NotCountedWrongDevice,
                    None => BallotStatus::NotOnRoll,
                });
                let name = seat.map(|seat| self.name(seat)).unwrap_or_default();
                let line = Line { person, name, device, cast_at: ballot.cast_at, hash: *hash, status, paper: None };
                (seat.unwrap_or(usize::MAX), line)
            })
            .chain(slips.iter().map(|slip| {
                let seat = self.people.get(&slip.voter).copied();
                let line = Line {
                    person: Some(slip.voter),
                    name: seat.map(|seat| self.name(seat)).unwrap_or_default(),
                    device: slip.device,
                    cast_at: slip.entered_at,
                    hash: slip.name,
                    status: status.get(&slip.name).copied().unwrap_or(BallotStatus::NotOnRoll),
                    paper: Some(*slip),
                };
                (seat.unwrap_or(usize::MAX), line)
            }))
            .collect();
        lines.sort_by_key(|(seat, line)| (*seat, line.cast_at, line.hash));
        let lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();

        if let Some((_, closing)) = closing {
            // The list is in ascending order: only such a close is looked at.
            for line in lines
                .iter()
                .filter(|line| line.status != BallotStatus::Counts && closing.ballots.binary_search(&line.hash).is_ok())
            {
                self.problems.insert(VoteProblem::NamedBallotInvalid { act: line.hash, status: line.status });
            }
            // An entry is no ballot, also where somebody has witnessed it: the close names the witness's word.
            for entry in papers.entries().filter(|entry| closing.ballots.binary_search(entry).is_ok()) {
                self.problems.insert(VoteProblem::NamedBallotInvalid { act: *entry, status: BallotStatus::Unwitnessed });
            }
        }
        let acknowledgements_needed = deciding.needed();
        Judged {
            state: closing.map_or(VoteState::Open, |(hash, closing)| VoteState::Closed {
                closing_hash: *hash,
                closed_at: closing.closed_at,
            }),
            lines,
            acknowledgements,
            acknowledgements_needed,
            final_: closing.is_some() && missing_ballots.is_empty() && acknowledgements >= acknowledgements_needed,
            missing_ballots: missing_ballots.into_iter().collect(),
            missing_closings: deciding.missing().iter().copied().collect(),
            problems: self.problems,
        }
    }

    /// The status of every ballot that is not simply from the wrong device or person.
    fn judge(
        &mut self,
        ballots: &BTreeMap<Hash32, Cast>,
        slips: &[Slip],
        closing: Option<&VoteClosing>,
        missing: &mut BTreeSet<Hash32>,
    ) -> BTreeMap<Hash32, BallotStatus> {
        let mut status = BTreeMap::new();
        let is_named = |name: &Hash32| closing.is_some_and(|closing| closing.ballots.binary_search(name).is_ok());
        let mut on_paper: BTreeMap<Option<Seat>, Vec<Slip>> = BTreeMap::new();
        for slip in slips {
            on_paper.entry(self.people.get(&slip.voter).copied()).or_default().push(*slip);
        }
        let papers_named = |seat: Seat| {
            on_paper.get(&Some(seat)).map_or(0, |slips| slips.iter().filter(|slip| slip.holds() && is_named(&slip.name)).count())
        };
        let mut devices_named: BTreeMap<Seat, usize> = BTreeMap::new();
        let mut voters: BTreeMap<Seat, BTreeMap<Hash32, Cast>> = BTreeMap::new();
        for (hash, ballot) in ballots {
            if ballot.vote != self.opening.vote || ballot.opening != self.hash {
                status.insert(*hash, BallotStatus::WrongOpening);
            } else if let Some(seat) = self.seats.get(&ballot.device).copied() {
                if !ballot.sound {
                    status.insert(*hash, BallotStatus::Unsound);
                } else if ballot.replaces.is_some() && !self.opening.profile.may_change {
                    self.problems.insert(VoteProblem::ReplacementNotAllowed { name: self.name(seat) });
                    status.insert(*hash, BallotStatus::Double);
                } else {
                    voters.entry(seat).or_default().insert(*hash, *ballot);
                }
            }
        }
        for (seat, own) in voters {
            let chain = VoterChain::of(&own, |hash| ballots.contains_key(hash));
            if closing.is_none() {
                // Once closed, only what the close names can be missing: a ballot that cites an invented one must not undo a close.
                missing.extend(&chain.missing);
            }
            if chain.order.is_none() {
                self.problems.insert(VoteProblem::DoubleBallot { name: self.name(seat) });
            }
            let named: Vec<Hash32> = own
                .keys()
                .filter(|hash| closing.is_some_and(|closing| closing.ballots.binary_search(hash).is_ok()))
                .copied()
                .collect();
            let all_named = named.len() + papers_named(seat);
            let stands = match (named.as_slice(), closing) {
                _ if all_named > 1 => {
                    self.problems.insert(VoteProblem::CloseNamesTwo { name: self.name(seat) });
                    None
                }
                ([], closing) if all_named == 0 && (closing.is_none() || defect::is(Defect::CountLate)) => {
                    chain.order.as_ref().and_then(|order| order.last()).copied()
                }
                ([one], _) => Some(*one),
                _ => None,
            };
            devices_named.insert(seat, named.len());
            status.extend(voter_status(&own, chain.order.as_deref(), stands, all_named));
        }
        let entries: BTreeSet<Hash32> = slips.iter().map(|slip| slip.entry).collect();
        for (seat, of_voter) in &on_paper {
            let seat = *seat;
            let by_device = seat.and_then(|seat| devices_named.get(&seat)).copied();
            let named = by_device.unwrap_or(0) + seat.map_or(0, papers_named);
            if let Some(seat) = seat.filter(|_| named > 1) {
                self.problems.insert(VoteProblem::CloseNamesTwo { name: self.name(seat) });
            }
            let verdict = judge_slips(of_voter, &entries, closing, by_device.is_some(), named);
            let PaperVerdict { status: of_slips, contradict, missing: corrected } = verdict;
            if let Some(seat) = seat.filter(|_| contradict) {
                self.problems.insert(VoteProblem::DoubleBallot { name: self.name(seat) });
            }
            if closing.is_none() {
                missing.extend(corrected);
            }
            status.extend(of_slips);
        }
        if let Some(closing) = closing {
            missing.extend(closing.ballots.iter().filter(|hash| !ballots.contains_key(hash)));
        }
        status
    }
}

/// The status of each ballot of one voter. `stands` is the one that counts, `named` how many the close names.
fn voter_status(
    own: &BTreeMap<Hash32, Cast>,
    order: Option<&[Hash32]>,
    stands: Option<Hash32>,
    named: usize,
) -> Vec<(Hash32, BallotStatus)> {
    let Some(order) = order.filter(|_| named < 2) else {
        return own
            .keys()
            .map(|hash| (*hash, if stands == Some(*hash) { BallotStatus::Counts } else { BallotStatus::Double }))
            .collect();
    };
    let standing_at = stands.and_then(|stands| order.iter().position(|hash| *hash == stands));
    let last = order.len().saturating_sub(1);
    let status = |place: usize| match standing_at {
        Some(standing) if place == standing => BallotStatus::Counts,
        Some(standing) if place > standing => BallotStatus::NotNamed,
        None if place == last => BallotStatus::Late,
        _ => BallotStatus::Replaced,
    };
    order.iter().enumerate().map(|(place, hash)| (*hash, status(place))).collect()
}
