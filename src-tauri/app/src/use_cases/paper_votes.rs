//! Paper ballots of open votes: a secretary enters, a witness signs, both in the meeting's record.

use api::error::ApiError;
use api::paper::{EnterPaperBallot, PaperNote, PaperView, WaitingPaper, WitnessPaperBallot};
use api::view::{MemberRow, VoteView};
use domain::id::{Hash32, PersonId, VoteId};
use domain::meeting::MeetingRole;
use domain::vote::{Choice, PaperBallot, PaperRefusal, PaperTerms, PaperWitness};
use signing::{Act, BallotStatus, PaperLine};
use sync::DocRef;

use super::votes::vote_closed;
use crate::app::App;
use crate::engine::{BallotSeen, Core, Counted};
use crate::error::not_found;

impl App {
    pub(crate) async fn enter_paper_ballot(&self, act: EnterPaperBallot) -> Result<VoteView, ApiError> {
        self.engine()?.attempt(move |core| core.enter_paper(act.vote, act.person, act.choice)).await
    }

    pub(crate) async fn witness_paper_ballot(&self, act: WitnessPaperBallot) -> Result<VoteView, ApiError> {
        self.engine()?.attempt(move |core| core.witness_paper(act.vote, act.entry)).await
    }
}

/// What an open vote says about paper: the meeting's secretaries enter it. Without one there is none.
pub(super) fn paper_terms(members: &[MemberRow]) -> Option<PaperTerms> {
    let clerks: Vec<PersonId> =
        members.iter().filter(|member| member.role == MeetingRole::Secretary).map(|member| member.person).collect();
    let without_device = members.iter().filter(|member| {
        member.role.votes() && member.attendance.presence.is_present() && member.attendance.voting_device().is_none()
    });
    let present = without_device.map(|member| member.person).collect();
    (!clerks.is_empty()).then_some(PaperTerms { clerks, present })
}

/// What stands beside a voter: the paper ballot that counts or was left aside for the own device's.
pub(super) fn paper_note(ballots: &[BallotSeen], person: &PersonId, name: impl Fn(&PersonId) -> String) -> Option<PaperNote> {
    let shown = |ballot: &&BallotSeen| matches!(ballot.status, BallotStatus::Counts | BallotStatus::DeviceStands);
    let ballot = ballots.iter().filter(|ballot| ballot.person == Some(*person) && ballot.paper.is_some()).find(shown)?;
    let paper = ballot.paper?;
    Some(PaperNote {
        entered_by: name(&paper.clerk?),
        witness: name(&paper.witness?),
        void: ballot.status == BallotStatus::DeviceStands,
    })
}

/// Whether an entry corrects another, directly or through entries between them.
fn corrects(ballots: &[BallotSeen], from: PaperLine, target: Hash32) -> bool {
    let before = |entry: Hash32| ballots.iter().filter_map(|ballot| ballot.paper).find(|line| line.entry == entry);
    let mut at = from.replaces;
    // An act cites another by its hash, so there is no ring; the limit is there for the reader.
    for _ in 0..ballots.len() {
        match at {
            Some(entry) if entry == target => return true,
            Some(entry) => at = before(entry).and_then(|line| line.replaces),
            None => return false,
        }
    }
    at == Some(target)
}

fn is_bare(ballot: &BallotSeen) -> bool {
    matches!(ballot.status, BallotStatus::Unwitnessed | BallotStatus::WitnessRefused)
}

/// Whether this line is an entry that can still be witnessed: its voter has not voted with a device, nobody has corrected it, and what
/// stands for the voter on paper is what it corrects.
fn is_waiting(ballots: &[BallotSeen], ballot: &BallotSeen) -> bool {
    let Some(paper) = ballot.paper else {
        return false;
    };
    is_bare(ballot)
        && ballots.iter().filter(|other| other.person == ballot.person).all(|other| match other.paper {
            None => other.status != BallotStatus::Counts,
            Some(line) if line.entry == paper.entry => is_bare(other),
            Some(line) if line.replaces == Some(paper.entry) => !is_bare(other) && other.status != BallotStatus::Counts,
            Some(line) => other.status != BallotStatus::Counts || corrects(ballots, paper, line.entry),
        })
}

/// The entries that wait for a witness.
fn waiting(ballots: &[BallotSeen]) -> Vec<&BallotSeen> {
    let mut open: Vec<&BallotSeen> = ballots.iter().filter(|ballot| is_waiting(ballots, ballot)).collect();
    // Several who may not have witnessed one entry make several lines of it.
    open.dedup_by_key(|ballot| ballot.paper.map(|paper| paper.entry));
    open
}

impl Core {
    /// What a vote shows of paper ballots; `None` where the opening knows none.
    pub(super) fn paper_view(&self, record: &Counted, ballots: &[BallotSeen], me: PersonId) -> Option<PaperView> {
        let opening = record.opening();
        opening.paper.as_ref()?;
        if record.is_closed() {
            return Some(PaperView { may_enter: Vec::new(), waiting: Vec::new() });
        }
        let device = self.replica.device();
        let by_device =
            |person: PersonId| ballots.iter().any(|ballot| ballot.person == Some(person) && is_own_and_counts(ballot));
        let may_enter = opening.roll.iter().map(|entry| entry.person);
        let may_enter = may_enter.filter(|voter| opening.check_paper_entry(me, *voter).is_ok() && !by_device(*voter)).collect();
        let rows = waiting(ballots).into_iter().filter_map(|ballot| {
            let (person, paper) = (ballot.person?, ballot.paper?);
            let may_witness = opening.check_paper_witness(me, device, person).is_ok();
            Some(WaitingPaper {
                entry: paper.entry,
                person,
                name: opening.roll.iter().find(|entry| entry.person == person).map(|entry| entry.name.clone())?,
                choice: ballot.choice.filter(|_| may_witness || opening.is_clerk(me)),
                entered_by: self.person_name(&paper.clerk?),
                may_witness,
            })
        });
        Some(PaperView { may_enter, waiting: rows.collect() })
    }

    fn enter_paper(&mut self, id: VoteId, voter: PersonId, choice: Choice) -> Result<VoteView, ApiError> {
        let (space, vote) = self.find_vote(&id)?;
        if vote.is_secret() {
            return Err(ApiError::new("paper_not_in_secret_vote", "a secret vote has no named paper ballots"));
        }
        let record = self.count(&vote)?;
        if record.opening().form.is_some() {
            return Err(ApiError::new("paper_not_with_form", "only decisions are voted on paper"));
        }
        if record.is_closed() {
            return Err(vote_closed());
        }
        record.opening().check_paper_entry(self.me()?, voter).map_err(refusal)?;
        let ballots = record.ballots();
        let of_voter = || ballots.iter().filter(move |ballot| ballot.person == Some(voter));
        if of_voter().any(is_own_and_counts) {
            return Err(ApiError::new("paper_device_stands", "this person has voted with a device"));
        }
        // What is entered now corrects what was entered before, witnessed or not: two entries beside one another would contradict each
        // other as soon as both are witnessed.
        let newest =
            waiting(&ballots).into_iter().filter(|ballot| ballot.person == Some(voter)).max_by_key(|ballot| ballot.cast_at);
        let before = newest.or_else(|| of_voter().find(|ballot| ballot.status == BallotStatus::Counts));
        let replaces = before.and_then(|ballot| ballot.paper).map(|paper| paper.entry);
        let entered_at = self.now().wall;
        let entry = PaperBallot { vote: id, opening: record.opening_hash(), voter, choice, entered_at, replaces };
        self.act_in(DocRef::meeting(space), Act::PaperBallotEntered(entry))?;
        self.vote_view(&id)
    }

    fn witness_paper(&mut self, id: VoteId, entry: Hash32) -> Result<VoteView, ApiError> {
        let (space, vote) = self.find_vote(&id)?;
        let record = self.count(&vote)?;
        if record.is_closed() {
            return Err(vote_closed());
        }
        let me = self.me()?;
        let ballots = record.ballots();
        let is_it = |ballot: &BallotSeen| ballot.paper.is_some_and(|paper| paper.entry == entry);
        let found = ballots.iter().find(|ballot| is_it(ballot)).ok_or_else(|| not_found("ballot"))?;
        let voter = found.person.ok_or_else(|| not_found("ballot"))?;
        record.opening().check_paper_witness(me, self.replica.device(), voter).map_err(refusal)?;
        if !waiting(&ballots).into_iter().any(is_it) {
            return Err(ApiError::new("paper_not_waiting", "this entry waits for no witness any more"));
        }
        let word = PaperWitness { vote: id, entry, witnessed_at: self.now().wall };
        self.act_in(DocRef::seat(space, &me), Act::PaperBallotWitnessed(word))?;
        self.vote_view(&id)
    }
}

fn is_own_and_counts(ballot: &BallotSeen) -> bool {
    ballot.paper.is_none() && ballot.status == BallotStatus::Counts
}

fn refusal(refusal: PaperRefusal) -> ApiError {
    ApiError::new(refusal.code(), refusal.to_string())
}
