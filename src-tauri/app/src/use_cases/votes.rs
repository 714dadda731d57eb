//! Votes: open, cast, close, show.

use api::act::OpenVote;
use api::error::ApiError;
use api::view::{BallotReceipt, MemberRow, VoteView, VoterRow};
use domain::id::{DeviceId, Hash32, PersonId, SpaceId, VoteId};
use domain::lead::Proposal;
use domain::meeting::MeetingRole;
use domain::vote::{Ballot, BallotForm, BallotState, Base, Choice, RollEntry, VoteOpening};
use signing::{Act, BallotStatus, SignedAct, VoteState};
use sync::DocRef;

use super::agenda::limit;
use super::marked_votes::running;
use super::meetings::count;
use super::paper_votes::{paper_note, paper_terms};
use super::secret_votes::decided;
use crate::app::App;
use crate::engine::{BallotSeen, Core, Counted, OneVote, mirror_acts};
use crate::error::not_found;

impl App {
    pub(crate) async fn vote(&self, vote: VoteId) -> Result<VoteView, ApiError> {
        self.engine()?.attempt(move |core| core.vote_view(&vote)).await
    }

    pub(crate) async fn open_vote(&self, act: OpenVote) -> Result<VoteId, ApiError> {
        self.engine()?.attempt(move |core| core.open_vote(act)).await
    }

    pub(crate) async fn cast_ballot(&self, vote: VoteId, choice: Choice) -> Result<BallotReceipt, ApiError> {
        self.engine()?.attempt(move |core| core.cast_ballot(vote, choice)).await
    }

    pub(crate) async fn close_vote(&self, vote: VoteId) -> Result<VoteView, ApiError> {
        self.engine()?.attempt(move |core| core.close_vote(vote)).await
    }
}

impl Core {
    pub fn role_of(&self, space: &SpaceId, person: &PersonId) -> Option<MeetingRole> {
        self.replica.access(space).and_then(|access| access.members.get(person).copied())
    }

    fn open_vote(&mut self, act: OpenVote) -> Result<VoteId, ApiError> {
        let OpenVote { meeting, item, question, profile, secret, form } = act;
        // A secret vote says in its terms what its ballot looks like.
        let form = form.filter(|form| *form != BallotForm::Decision && secret.is_none());
        let me = self.require_chair(&meeting, "only the chair opens a vote")?;
        if item.is_some_and(|item| self.meeting(&meeting).is_ok_and(|meeting| meeting.inner.contains(&item))) {
            return Err(ApiError::new("internal_to_guests", "a vote goes to everybody invited, guests too"));
        }
        let mut profile = self.rule_profile(&profile)?;
        match (profile.secret, &secret) {
            (Some(true), None) => return Err(ApiError::new("vote_must_be_secret", "these rules ask for a secret ballot")),
            (Some(false), Some(_)) => return Err(ApiError::new("vote_must_be_open", "these rules ask for an open vote")),
            _ => {}
        }
        if secret.is_some() {
            // Nothing of a secret vote is told before its tellers have opened it, whatever the rules say of open ones.
            profile.results = None;
        }
        let members = self.members(&meeting)?;
        let roll: Vec<RollEntry> = members
            .iter()
            .filter(|member| member.role.votes())
            .map(|member| RollEntry {
                person: member.person,
                name: member.name.clone(),
                device: member.attendance.voting_device(),
                chair: member.person == me,
            })
            .collect();
        let here = |member: &&MemberRow| member.role.votes() && member.attendance.presence.is_present();
        let present = count(members.iter().filter(here).count());
        let quorum = domain::vote::quorum(&profile, count(roll.len()), present);
        if !quorum.met {
            return Err(ApiError::new("no_quorum", "too few are present")
                .with("present", present)
                .with("needed", quorum.needed)
                .with("total", roll.len()));
        }
        // Without terms for paper the roll knows presence by device alone. Where those present are the base, somebody whom it does not
        // show would change what is needed.
        let paper = if secret.is_none() && form.is_none() { paper_terms(&members) } else { None };
        if profile.base == Base::Present
            && paper.is_none()
            && let Some(member) = members.iter().filter(here).find(|member| member.attendance.voting_device().is_none())
        {
            return Err(ApiError::new("present_without_device", "somebody present has not checked in with a device")
                .with("name", &member.name));
        }
        let vote = VoteId(self.random_id());
        let question =
            domain::identity::one_line("question", &question, domain::limits::QUESTION_CHARS).map_err(|error| limit(&error))?;
        let opened_at = self.now().wall;
        let opening = VoteOpening { vote, space: meeting, item, question, profile, roll, opened_at, paper, form };
        opening.validate().map_err(|error| limit(&error))?;
        let act = match secret {
            None => Act::VoteOpened(opening),
            Some(terms) => Act::SecretVoteOpened(self.secret_opening(opening, terms)?),
        };
        self.act_in(self.leading_document(&meeting)?, act)?;
        Ok(vote)
    }

    /// This person, who must lead the meeting: its chair, or who has taken the lead.
    pub fn require_chair(&mut self, space: &SpaceId, why: &str) -> Result<PersonId, ApiError> {
        let me = self.me()?;
        let role = self.role_of(space, &me).ok_or_else(|| not_found("meeting"))?;
        match self.lead(space)?.deputy_leading() {
            Some(deputy) if deputy == me => Ok(me),
            Some(deputy) if role == MeetingRole::Chair => Err(self.deputy_leads(&deputy)),
            None if role == MeetingRole::Chair => Ok(me),
            _ => Err(ApiError::new("chair_only", why)),
        }
    }

    fn deputy_leads(&self, deputy: &PersonId) -> ApiError {
        ApiError::new("deputy_leads", "somebody else has taken the lead").with("name", self.person_name(deputy))
    }

    pub(super) fn cast_ballot(&mut self, id: VoteId, choice: Choice) -> Result<BallotReceipt, ApiError> {
        let (space, vote) = self.find_vote(&id)?;
        if vote.is_secret() {
            return self.cast_secret_choice(space, &vote, choice);
        }
        let record = self.count(&vote)?;
        if record.opening().form.is_some() {
            return Err(ApiError::new("ballot_has_other_form", "this ballot is marked place by place"));
        }
        let replaces = self.may_cast_now(&record)?;
        let cast_at = self.now().wall;
        let ballot = Ballot { vote: id, opening: record.opening_hash(), choice, cast_at, replaces };
        let me = self.me()?;
        let hash = self.act_in(DocRef::seat(space, &me), Act::BallotCast(ballot))?;
        Ok(BallotReceipt { ballot: hash, choice: Some(choice), marks: None, cast_at, state: self.state_of_fresh_ballot(&vote) })
    }

    /// Whether this person with this device can cast now, and the ballot that a new one replaces.
    pub fn may_cast_now(&self, record: &Counted) -> Result<Option<Hash32>, ApiError> {
        let device = self.replica.device();
        if record.is_closed() {
            return Err(vote_closed());
        }
        domain::vote::eligible(record.opening(), self.me()?, device)
            .map_err(|error| ApiError::new(error.code(), "this person with this device is not on the roll"))?;
        let replaces = record.standing_ballot(&device);
        if replaces.is_some() && !record.opening().profile.may_change {
            return Err(ApiError::new("ballot_final", "the rules of this vote do not let a ballot be changed"));
        }
        Ok(replaces)
    }

    /// Where a ballot stands that was cast right now.
    pub fn state_of_fresh_ballot(&self, vote: &OneVote) -> BallotState {
        if self.decider(vote) == self.replica.device() { BallotState::ReceivedByChair } else { BallotState::SavedHere }
    }

    fn close_vote(&mut self, id: VoteId) -> Result<VoteView, ApiError> {
        let (space, vote) = self.find_vote(&id)?;
        let record = self.count(&vote)?;
        let device = self.replica.device();
        let deciding = self.deciding(&vote)?;
        if deciding.decider() != device {
            let leads = self.replica.person_of(&deciding.decider()).filter(|_| record.opened_by() == device);
            let opener_only = || ApiError::new("opener_only", "only the device that opened the vote closes it");
            return Err(leads.map_or_else(opener_only, |deputy| self.deputy_leads(&deputy)));
        }
        if record.is_closed() {
            return Err(vote_closed());
        }
        let closing = Act::VoteClosed(record.closing(self.now().wall));
        let acts = match deciding.lead() {
            None => vec![closing],
            Some(_) => {
                let free = deciding.decidable(&device).filter(|decidable| decidable.proposal == Proposal::Free);
                let decidable = free.ok_or_else(|| ApiError::new("close_waits", "a close may be final elsewhere"))?;
                let hash = SignedAct::sign(self.replica.keys(), &closing).hash();
                vec![closing, decidable.decide(id, hash)]
            }
        };
        let target = self.leading_document(&space)?;
        self.with(|replica, cx| replica.transact(cx, target, &acts, mirror_acts).map(|(_, _, fx)| ((), fx)))?;
        self.vote_view(&id)
    }

    /// Signs one act and puts it into a document.
    pub fn act_in(&mut self, target: DocRef, act: Act) -> Result<Hash32, ApiError> {
        self.with(|replica, cx| {
            let (_, signed, fx) = replica.transact(cx, target, &[act], mirror_acts)?;
            let hash = signed.first().map(signing::SignedAct::hash).unwrap_or(Hash32([0; 32]));
            Ok((hash, fx))
        })
    }

    pub fn vote_view(&mut self, id: &VoteId) -> Result<VoteView, ApiError> {
        let (space, vote) = self.find_vote(id)?;
        self.show_vote(&space, &vote)
    }

    /// All votes of a meeting, newest first. One that cannot be counted, with more acts than a vote can have, is left out: it must not keep
    /// the room from being shown.
    pub fn vote_views(&mut self, space: &SpaceId) -> Result<Vec<VoteView>, ApiError> {
        let votes = self.votes_of(space)?;
        let shown = votes.iter().filter_map(|vote| {
            let view = self.show_vote(space, vote);
            view.inspect_err(|error| tracing::warn!(%error, vote = %vote.id(), "a vote cannot be counted")).ok()
        });
        Ok(shown.collect())
    }

    fn show_vote(&self, space: &SpaceId, vote: &OneVote) -> Result<VoteView, ApiError> {
        let me = self.me()?;
        let device = self.replica.device();
        let record = self.count(vote)?;
        let opening = record.opening();
        let ballots = record.ballots();
        let closed = record.is_closed();
        let decider = self.decider(vote);
        let voters = opening.roll.iter().map(|entry| self.voter(space, (&record, decider), &ballots, entry, me)).collect();
        let own: Vec<BallotSeen> = ballots.iter().filter(|ballot| ballot.paper.is_none()).copied().collect();
        let mine = ballot_of(&own, &me).map(|ballot| BallotReceipt {
            ballot: ballot.hash,
            choice: ballot.choice,
            marks: record.marks_of(&ballot.hash),
            cast_at: ballot.cast_at,
            state: self.ballot_state(space, (&record, decider), ballot),
        });
        let eligible = domain::vote::eligible(opening, me, device).is_ok();
        let (outcome, secret) = match &record {
            Counted::Open(record) => (closed.then_some(record.outcome).filter(|_| opening.form.is_none()), None),
            Counted::Secret(record) => {
                let secret = self.secret_view(space, vote, record);
                (secret.outcome.as_ref().and_then(decided), Some(secret))
            }
        };
        Ok(VoteView {
            vote: opening.vote,
            meeting: *space,
            item: opening.item,
            question: opening.question.clone(),
            profile: opening.profile.clone(),
            opened_at: opening.opened_at,
            closed_at: match record.state() {
                VoteState::Closed { closed_at, .. } => Some(closed_at),
                VoteState::Open => None,
            },
            is_final: record.is_final(),
            acknowledged: record.acknowledged(),
            received: record.counted(),
            outcome,
            form: opening.form.clone(),
            marked: record.marked().filter(|_| closed).cloned(),
            running: running(&record),
            voters,
            may_cast: eligible && !closed && (mine.is_none() || opening.profile.may_change),
            mine,
            may_close: !closed && decider == device,
            late: count(ballots.iter().filter(|ballot| ballot.is_late()).count()),
            problems: record.problems(),
            secret,
            paper: self.paper_view(&record, &ballots, me),
        })
    }

    fn voter(
        &self,
        space: &SpaceId,
        (record, decider): (&Counted, DeviceId),
        ballots: &[BallotSeen],
        entry: &RollEntry,
        me: PersonId,
    ) -> VoterRow {
        let ballot = ballot_of(ballots, &entry.person);
        let shown = record.is_closed() || entry.person == me;
        VoterRow {
            person: entry.person,
            name: entry.name.clone(),
            voted: ballot.is_some(),
            choice: ballot.filter(|_| shown).and_then(|ballot| ballot.choice),
            marks: ballot.filter(|_| shown).and_then(|ballot| record.marks_of(&ballot.hash)),
            state: ballot.map(|ballot| self.ballot_state(space, (record, decider), ballot)),
            present: record.opening().was_present(entry),
            connected: self.is_connected(space, &entry.person),
            without_device: entry.device.is_none() && record.opening().was_present(entry),
            paper: paper_note(ballots, &entry.person, |person| self.person_name(person)),
        }
    }

    /// `opener`: the device that opened the vote, or that has taken the lead.
    fn ballot_state(&self, space: &SpaceId, (record, opener): (&Counted, DeviceId), ballot: &BallotSeen) -> BallotState {
        match (record.is_closed(), ballot.status) {
            (true, BallotStatus::Counts) => BallotState::Counted,
            (true, BallotStatus::Late | BallotStatus::NotNamed | BallotStatus::Replaced) => BallotState::Late,
            (
                _,
                BallotStatus::NotCountedWrongDevice
                | BallotStatus::NotOnRoll
                | BallotStatus::WrongOpening
                | BallotStatus::Double
                | BallotStatus::Unsound
                | BallotStatus::Unwitnessed
                | BallotStatus::WitnessRefused
                | BallotStatus::NotByClerk
                | BallotStatus::NotPresent
                | BallotStatus::DeviceStands,
            ) => BallotState::NotCounted,
            (false, _) if opener == self.replica.device() || ballot.device != self.replica.device() => {
                BallotState::ReceivedByChair
            }
            (false, _) if self.presence.received(space, &opener, &ballot.hash) || self.opener_has_our_log(space, &opener) => {
                BallotState::ReceivedByChair
            }
            (false, _) => BallotState::SavedHere,
        }
    }

    /// The opener's device is connected directly and has acknowledged everything of ours.
    fn opener_has_our_log(&self, space: &SpaceId, opener: &domain::id::DeviceId) -> bool {
        let own = (self.replica.device(), self.replica.incarnation());
        let have =
            self.replica.spaces().find(|state| state.id == *space).and_then(|state| state.logs.get(&own)).map(|(seq, _)| *seq);
        self.replica.peers().any(|(_, peer)| {
            peer.device() == Some(*opener) && peer.spaces.get(space).and_then(|shared| shared.acked.get(&own)).copied() >= have
        })
    }
}

/// The ballot of a person that counts, or else the newest there is. What is on paper and is no ballot yet, or none any more, is none.
fn ballot_of<'a>(ballots: &'a [BallotSeen], person: &PersonId) -> Option<&'a BallotSeen> {
    let of = || ballots.iter().filter(|ballot| ballot.person == Some(*person) && is_ballot(ballot));
    of().find(|ballot| ballot.status == BallotStatus::Counts).or_else(|| of().max_by_key(|ballot| ballot.cast_at))
}

fn is_ballot(ballot: &BallotSeen) -> bool {
    ballot.paper.is_none() || ballot.is_late() || ballot.status == BallotStatus::Counts
}

pub(super) fn vote_closed() -> ApiError {
    ApiError::new("vote_closed", "the vote is closed")
}
