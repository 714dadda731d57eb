//! Secret votes: the body elects tellers, their devices make a key, votes are opened with it, ballots are sealed to it.

use api::error::ApiError;
use api::secret::{
    CastSecretBallot, ElectTellers, SecretPhase, SecretTerms, SecretView, TellerRow, TellersProblem, TellersStage, TellersView,
};
use api::view::{BallotReceipt, MemberRow, VoteView};
use domain::id::{Hash32, PersonId, SpaceId, VoteId};
use domain::limits::SECRET_BODY_LEAST;
use domain::vote::{Choice, FormOutcome, Outcome, SecretRuleError, TellerElection, TellerSeat, VoteOpening, check_secret};
use signing::secret::{
    CeremonyProblem, CeremonyRecord, CeremonyStage, SecretBallot, SecretOpening, SecretRecord, Totals, seal_ballot,
};
use signing::{Act, VoteState};
use sync::DocRef;
use zeroize::{Zeroize, Zeroizing};

use super::agenda::limit;
use super::meetings::count;
use crate::app::App;
use crate::engine::{Core, Counted, Due, OneVote, election_in};
use crate::error::{AtBoundary, not_found};

/// The places of a decision on the ballot, in the order of its form.
pub(super) const DECISION: [Choice; 3] = [Choice::For, Choice::Against, Choice::NotVoting];
/// Tellers of a void key who are named in an error.
const NAMED_MAX: usize = 5;

impl App {
    pub(crate) async fn elect_tellers(&self, act: ElectTellers) -> Result<Hash32, ApiError> {
        self.engine()?.attempt(move |core| core.elect_tellers(act)).await
    }

    pub(crate) async fn cast_secret_ballot(&self, act: CastSecretBallot) -> Result<BallotReceipt, ApiError> {
        self.engine()?.attempt(move |core| core.cast_secret_ballot(act)).await
    }

    pub(crate) async fn open_totals(&self, vote: VoteId) -> Result<VoteView, ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.open_totals(&vote)?;
                core.vote_view(&vote)
            })
            .await
    }
}

impl Core {
    fn elect_tellers(&mut self, act: ElectTellers) -> Result<Hash32, ApiError> {
        let ElectTellers { meeting: space, tellers, needed } = act;
        self.require_chair(&space, "only the chair declares the election of tellers")?;
        let members = self.members(&space)?;
        let can_vote = members.iter().filter(|member| member.role.votes() && member.attendance.voting_device().is_some()).count();
        if count(can_vote) < SECRET_BODY_LEAST {
            return Err(rule(&SecretRuleError::BodyTooSmall { least: SECRET_BODY_LEAST, found: count(can_vote) }));
        }
        let seats = tellers.iter().map(|person| seat(&members, person)).collect::<Result<Vec<_>, _>>()?;
        let needed = needed.unwrap_or_else(|| TellerElection::usual_threshold(seats.len()));
        // Later than any before, whatever the clocks say that declared those: the newest is the one that holds.
        let last = self.elections_of(&space)?.first().and_then(election_in).map(|election| election.elected_at.plus_ms(1));
        let elected_at = last.map_or(self.now().wall, |last| last.max(self.now().wall));
        let election = TellerElection { space, tellers: seats, threshold: needed, elected_at };
        election.validate().map_err(|error| limit(&error))?;
        self.act_in(self.leading_document(&space)?, Act::TellersElected(election))
    }

    /// What makes an opening a secret one: the form, and the key of tellers who are of this roll.
    pub(super) fn secret_opening(&mut self, opening: VoteOpening, terms: SecretTerms) -> Result<SecretOpening, ApiError> {
        let SecretTerms { election, form } = terms;
        let space = opening.space;
        let election = self.elections_of(&space)?.into_iter().find(|act| act.hash() == election);
        let record = self.ceremony(&space, &election.ok_or_else(|| not_found("tellers"))?)?;
        check_secret(&opening, &form, &record.election).map_err(|error| rule(&error))?;
        let Some(tellers) = record.key().cloned() else {
            return Err(without_key(&record));
        };
        Ok(SecretOpening { opening, form, tellers })
    }

    /// Casts a choice in a secret decision.
    pub(super) fn cast_secret_choice(
        &mut self,
        space: SpaceId,
        vote: &OneVote,
        choice: Choice,
    ) -> Result<BallotReceipt, ApiError> {
        let place = DECISION.iter().position(|known| *known == choice).unwrap_or(DECISION.len());
        let is_decision = vote.secret_opening().is_some_and(|opening| opening.form == domain::vote::BallotForm::Decision);
        if !is_decision {
            return Err(ApiError::new("ballot_has_other_form", "this ballot is marked place by place"));
        }
        self.seal_and_cast(space, vote, Zeroizing::new(vec![place]))
    }

    pub(super) fn cast_secret_ballot(&mut self, act: CastSecretBallot) -> Result<BallotReceipt, ApiError> {
        let CastSecretBallot { vote: id, mut marks } = act;
        let places = Zeroizing::new(marks.iter().map(|place| usize::try_from(*place).unwrap_or(usize::MAX)).collect());
        marks.zeroize();
        let (space, vote) = self.find_vote(&id)?;
        self.seal_and_cast(space, &vote, places)
    }

    /// Seals the marks and casts what is sealed. Nothing of the marks stays on this device.
    fn seal_and_cast(
        &mut self,
        space: SpaceId,
        vote: &OneVote,
        places: Zeroizing<Vec<usize>>,
    ) -> Result<BallotReceipt, ApiError> {
        let opening = vote.secret_opening().ok_or_else(|| ApiError::new("vote_not_secret", "this is an open vote"))?;
        let record = self.count_secret(vote).map(Counted::Secret)?;
        let replaces = self.may_cast_now(&record)?;
        let marks = Zeroizing::new(opening.form.marks(&places).map_err(|error| marking(&error))?);
        let hash = record.opening_hash();
        let sealed = seal_ballot(opening, &hash, &self.replica.device(), &marks, &mut self.rng).at_boundary()?;
        let cast_at = self.now().wall;
        let ballot = SecretBallot { vote: vote.id(), opening: hash, sealed, cast_at, replaces };
        let me = self.me()?;
        let ballot = self.act_in(DocRef::seat(space, &me), Act::SecretBallotCast(ballot))?;
        Ok(BallotReceipt { ballot, choice: None, marks: None, cast_at, state: self.state_of_fresh_ballot(vote) })
    }

    /// The tellers whom the body elected last.
    pub(super) fn tellers_view(&mut self, space: &SpaceId) -> Result<Option<TellersView>, ApiError> {
        let Some(newest) = self.elections_of(space)?.into_iter().next() else {
            return Ok(None);
        };
        let record = self.ceremony(space, &newest)?;
        let device = self.replica.device();
        let (stage, missing): (TellersStage, &[usize]) = match &record.stage {
            CeremonyStage::Offers(missing) => (TellersStage::Offers, missing),
            CeremonyStage::Dealings(missing) => (TellersStage::Dealings, missing),
            CeremonyStage::Confirmations(missing) => (TellersStage::Confirmations, missing),
            CeremonyStage::Ready(_) => (TellersStage::Ready, &[]),
            CeremonyStage::Void => (TellersStage::Void, &[]),
        };
        Ok(Some(TellersView {
            election: record.election_hash,
            elected_at: record.election.elected_at,
            tellers: self.teller_rows(space, &record.election, |place| stage != TellersStage::Void && !missing.contains(&place)),
            needed: record.election.threshold,
            stage,
            problems: record
                .problems
                .iter()
                .map(|problem| TellersProblem { code: problem.code().to_owned(), name: liar(problem) })
                .collect(),
            is_mine: record.election.place_of(&device).is_some(),
        }))
    }

    /// What the room shows of a secret vote beside what it shows of every vote.
    pub(super) fn secret_view(&self, space: &SpaceId, vote: &OneVote, record: &SecretRecord) -> SecretView {
        let election = &record.ceremony.election;
        let phase = match (&record.totals, record.state) {
            (Totals::Void, _) => SecretPhase::Void,
            (_, VoteState::Open) => SecretPhase::Open,
            (Totals::NotYet, _) => SecretPhase::Acknowledging,
            (Totals::TooFewBallots, _) => SecretPhase::TooFewBallots,
            (Totals::Waiting { .. }, _) => SecretPhase::Counting,
            (Totals::Open(_), _) => SecretPhase::Counted,
        };
        SecretView {
            form: record.opening.form.clone(),
            phase,
            tellers: self.teller_rows(space, election, |place| record.given.contains(&place)),
            needed: election.threshold,
            given: count(record.given.len()),
            outcome: match &record.totals {
                Totals::Open(outcome) => Some(outcome.clone()),
                _ => None,
            },
            is_teller: election.place_of(&self.replica.device()).is_some(),
            asks_teller: self.due(vote, record) == Due::Question,
        }
    }

    fn teller_rows(&self, space: &SpaceId, election: &TellerElection, done: impl Fn(usize) -> bool) -> Vec<TellerRow> {
        let row = |(place, seat): (usize, &TellerSeat)| TellerRow {
            person: seat.person,
            name: seat.name.clone(),
            done: done(place),
            connected: self.is_connected(space, &seat.person),
        };
        election.tellers.iter().enumerate().map(row).collect()
    }
}

/// The verdict of a secret decision in the form of an open one.
pub(super) fn decided(outcome: &FormOutcome) -> Option<Outcome> {
    let passed = outcome.passed?;
    let votes = |place: usize| outcome.places.get(place).map_or(0, |total| total.votes);
    Some(Outcome {
        roll: outcome.roll,
        present: outcome.present,
        counted: outcome.counted,
        votes_for: votes(0),
        against: votes(1),
        not_voting: votes(2),
        needed: outcome.needed,
        passed,
        by_chair: false,
    })
}

/// A teller as the election names one: with the device that the person has checked in with.
fn seat(members: &[MemberRow], person: &PersonId) -> Result<TellerSeat, ApiError> {
    let member = members
        .iter()
        .find(|member| member.person == *person && member.role.votes())
        .ok_or_else(|| ApiError::new("teller_not_of_the_body", "a teller must be somebody with a vote"))?;
    let device = member.attendance.voting_device().ok_or_else(|| {
        ApiError::new("teller_without_device", "a teller must have checked in with a device").with("name", &member.name)
    })?;
    Ok(TellerSeat { person: *person, name: member.name.clone(), device })
}

/// Why no vote can be opened with tellers who have no key, or none yet.
fn without_key(record: &CeremonyRecord) -> ApiError {
    let names =
        |places: &[usize]| places.iter().take(NAMED_MAX).map(|place| record.election.name(*place)).collect::<Vec<_>>().join(", ");
    match &record.stage {
        CeremonyStage::Offers(missing) | CeremonyStage::Dealings(missing) | CeremonyStage::Confirmations(missing) => {
            ApiError::new("tellers_not_ready", "the tellers' devices have not made their key yet").with("names", names(missing))
        }
        _ => {
            let mut liars: Vec<String> = record.problems.iter().map(liar).filter(|name| !name.is_empty()).collect();
            liars.dedup();
            liars.truncate(NAMED_MAX);
            ApiError::new("ceremony_void", "the key of these tellers is void").with("names", liars.join(", "))
        }
    }
}

/// Whose doing a problem of a key ceremony is.
fn liar(problem: &CeremonyProblem) -> String {
    match problem {
        CeremonyProblem::TellerTwoFaced { name }
        | CeremonyProblem::TellerOfferWrong { name }
        | CeremonyProblem::TellerDealingWrong { name }
        | CeremonyProblem::TellerSawOther { name }
        | CeremonyProblem::TellerShareFalse { name, .. }
        | CeremonyProblem::TellerComplaintFalse { name, .. } => name.clone(),
        CeremonyProblem::ElectionUnsound | CeremonyProblem::TellersKeyUnusable => String::new(),
    }
}

fn rule(error: &SecretRuleError) -> ApiError {
    let told = ApiError::new(error.code(), error.to_string());
    match error {
        SecretRuleError::Limit(error) => limit(error),
        SecretRuleError::BodyTooSmall { least, found } => told.with("least", least).with("found", found),
        SecretRuleError::TellerNotOfTheBody(name) | SecretRuleError::TellerOnBallot(name) => told.with("name", name),
        SecretRuleError::OtherMeeting => told,
    }
}

pub(super) fn marking(error: &domain::vote::MarkError) -> ApiError {
    let told = ApiError::new(error.code(), error.to_string());
    match error {
        domain::vote::MarkError::Marks { found, least, most } => {
            told.with("found", found).with("least", least).with("most", most)
        }
        _ => told,
    }
}
