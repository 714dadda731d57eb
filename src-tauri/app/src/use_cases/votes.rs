//! Votes: open, cast, close, show.

use api::act::OpenVote;
use api::error::ApiError;
use api::view::{BallotReceipt, MemberRow, VoteView, VoterRow};
use domain::id::{PersonId, SpaceId, VoteId};
use domain::meeting::MeetingRole;
use domain::vote::{Ballot, BallotState, Base, Choice, RollEntry, VoteOpening};
use signing::{Act, BallotLine, BallotStatus, VoteRecord, VoteState};
use sync::DocRef;

use super::agenda::limit;
use super::meetings::count;
use crate::app::App;
use crate::engine::{Core, OneVote, mirror_acts};
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
        let me = self.me()?;
        if self.role_of(&act.meeting, &me).ok_or_else(|| not_found("meeting"))? != MeetingRole::Chair {
            return Err(ApiError::new("chair_only", "only the chair opens a vote"));
        }
        let profile = domain::vote::profile(&act.profile).ok_or_else(|| not_found("profile").with("profile", &act.profile))?;
        let members = self.members(&act.meeting)?;
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
        // The roll knows presence by device. Where those present are the base, somebody whom it does not show would change what is needed.
        if profile.base == Base::Present
            && let Some(member) = members.iter().filter(here).find(|member| member.attendance.voting_device().is_none())
        {
            return Err(ApiError::new("present_without_device", "somebody present has not checked in with a device")
                .with("name", &member.name));
        }
        let vote = VoteId(self.random_id());
        let question = domain::identity::one_line("question", &act.question, domain::limits::QUESTION_CHARS)
            .map_err(|error| limit(&error))?;
        let opening =
            VoteOpening { vote, space: act.meeting, item: act.item, question, profile, roll, opened_at: self.now().wall };
        opening.validate().map_err(|error| limit(&error))?;
        self.act_in(DocRef::meeting(act.meeting), Act::VoteOpened(opening))?;
        Ok(vote)
    }

    fn cast_ballot(&mut self, id: VoteId, choice: Choice) -> Result<BallotReceipt, ApiError> {
        let me = self.me()?;
        let device = self.replica.device();
        let (space, vote) = self.find_vote(&id)?;
        let record = self.count(&vote)?;
        if Self::is_closed(&record.state) {
            return Err(ApiError::new("vote_closed", "the vote is closed"));
        }
        domain::vote::eligible(&record.opening, me, device)
            .map_err(|error| ApiError::new(error.code(), "this person with this device is not on the roll"))?;
        let replaces = record.standing_ballot(&device);
        if replaces.is_some() && !record.opening.profile.may_change {
            return Err(ApiError::new("ballot_final", "the rules of this vote do not let a ballot be changed"));
        }
        let cast_at = self.now().wall;
        let ballot = Ballot { vote: id, opening: record.opening_hash, choice, cast_at, replaces };
        let hash = self.act_in(DocRef::seat(space, &me), Act::BallotCast(ballot))?;
        let state = if record.opened_by == device { BallotState::ReceivedByChair } else { BallotState::SavedHere };
        Ok(BallotReceipt { ballot: hash, choice, cast_at, state })
    }

    fn close_vote(&mut self, id: VoteId) -> Result<VoteView, ApiError> {
        let (space, vote) = self.find_vote(&id)?;
        let record = self.count(&vote)?;
        if record.opened_by != self.replica.device() {
            return Err(ApiError::new("opener_only", "only the device that opened the vote closes it"));
        }
        if Self::is_closed(&record.state) {
            return Err(ApiError::new("vote_closed", "the vote is closed"));
        }
        let closing = record.closing(self.now().wall);
        self.act_in(DocRef::meeting(space), Act::VoteClosed(closing))?;
        self.vote_view(&id)
    }

    /// Signs one act and puts it into a document.
    pub fn act_in(&mut self, target: DocRef, act: Act) -> Result<domain::id::Hash32, ApiError> {
        self.with(|replica, cx| {
            let (_, signed, fx) = replica.transact(cx, target, &[act], mirror_acts)?;
            let hash = signed.first().map(signing::SignedAct::hash).unwrap_or(domain::id::Hash32([0; 32]));
            Ok((hash, fx))
        })
    }

    pub fn vote_view(&mut self, id: &VoteId) -> Result<VoteView, ApiError> {
        let (space, vote) = self.find_vote(id)?;
        self.show_vote(&space, &vote)
    }

    /// All votes of a meeting, newest first.
    pub fn vote_views(&mut self, space: &SpaceId) -> Result<Vec<VoteView>, ApiError> {
        let votes = self.votes_of(space)?;
        votes.iter().map(|vote| self.show_vote(space, vote)).collect()
    }

    fn show_vote(&self, space: &SpaceId, vote: &OneVote) -> Result<VoteView, ApiError> {
        let me = self.me()?;
        let device = self.replica.device();
        let record = self.count(vote)?;
        let closed = Self::is_closed(&record.state);
        let voters = record.opening.roll.iter().map(|entry| self.voter(space, &record, entry, me)).collect();
        let mine = own_line(&record, me).map(|line| BallotReceipt {
            ballot: line.hash,
            choice: line.choice,
            cast_at: line.cast_at,
            state: self.ballot_state(space, &record, line),
        });
        let eligible = domain::vote::eligible(&record.opening, me, device).is_ok();
        Ok(VoteView {
            vote: record.opening.vote,
            meeting: *space,
            item: record.opening.item,
            question: record.opening.question.clone(),
            profile: record.opening.profile.clone(),
            opened_at: record.opening.opened_at,
            closed_at: match record.state {
                VoteState::Closed { closed_at, .. } => Some(closed_at),
                VoteState::Open => None,
            },
            is_final: record.final_,
            acknowledged: (record.acknowledgements, record.acknowledgements_needed),
            received: record.outcome.counted,
            outcome: closed.then_some(record.outcome),
            voters,
            may_cast: eligible && !closed && (mine.is_none() || record.opening.profile.may_change),
            mine,
            may_close: !closed && record.opened_by == device,
            late: count(
                record.ballots.iter().filter(|line| matches!(line.status, BallotStatus::Late | BallotStatus::NotNamed)).count(),
            ),
            problems: record.problems.iter().map(|problem| problem.code().to_owned()).collect(),
        })
    }

    fn voter(&self, space: &SpaceId, record: &VoteRecord, entry: &RollEntry, me: PersonId) -> VoterRow {
        let line = line_of(record, &entry.person);
        let shown = Self::is_closed(&record.state) || entry.person == me;
        VoterRow {
            person: entry.person,
            name: entry.name.clone(),
            voted: line.is_some(),
            choice: line.filter(|_| shown).map(|line| line.choice),
            state: line.map(|line| self.ballot_state(space, record, line)),
            present: entry.device.is_some(),
            connected: self.is_connected(space, &entry.person),
        }
    }

    fn ballot_state(&self, space: &SpaceId, record: &VoteRecord, line: &BallotLine) -> BallotState {
        let opener = record.opened_by;
        match (Self::is_closed(&record.state), line.status) {
            (true, BallotStatus::Counts) => BallotState::Counted,
            (true, BallotStatus::Late | BallotStatus::NotNamed | BallotStatus::Replaced) => BallotState::Late,
            (
                _,
                BallotStatus::NotCountedWrongDevice
                | BallotStatus::NotOnRoll
                | BallotStatus::WrongOpening
                | BallotStatus::Double
                | BallotStatus::Unsound,
            ) => BallotState::NotCounted,
            (false, _) if opener == self.replica.device() || line.device != self.replica.device() => BallotState::ReceivedByChair,
            (false, _) if self.presence.received(space, &opener, &line.hash) || self.opener_has_our_log(space, &opener) => {
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

/// The ballot of a person that counts, or else the newest there is.
fn line_of<'a>(record: &'a VoteRecord, person: &PersonId) -> Option<&'a BallotLine> {
    let of = |line: &&BallotLine| line.person == Some(*person);
    record
        .ballots
        .iter()
        .filter(of)
        .find(|line| line.status == BallotStatus::Counts)
        .or_else(|| record.ballots.iter().filter(of).max_by_key(|line| line.cast_at))
}

fn own_line(record: &VoteRecord, me: PersonId) -> Option<&BallotLine> {
    line_of(record, &me)
}
