//! The record of a sitting as the minutes print it; resolution and notice are written from the same record.

use api::error::ApiError;
use api::secret::{SecretPhase, SecretView};
use api::sitting::SpokenRow;
use api::view::VoteView;
use domain::id::{ItemId, SpaceId, Timestamp};
use domain::limits::SECRET_BODY_LEAST;
use domain::meeting::{Meeting, MeetingRole};
use domain::sitting::Presence;
use domain::vote::{BallotForm, Base, Choice, FormOutcome, Marking, Outcome, PlaceTotal, RuleProfile, Standing};
use typeset::{
    Absence, Agency, AgendaItem, Attendance, Attendee, Away, Ballot, Finality, LateBallot, MinutesRecord, PaperRef, Person,
    PlaceCount, SecretCount, SecretResult, VoteRecord,
};

use super::meetings::count;
use super::speakers;
use crate::engine::Core;

/// Hexadecimal digits of a paper's hash in the minutes.
const HASH_DIGITS: usize = 16;
/// Times out of the room that the minutes tell of one person.
const AWAY_SHOWN: usize = 12;
/// What the marks of all voters in one vote may take; longer lists stand in the evidence, so that many long ballots never keep minutes from being
/// made.
const MARKED_BYTES_MAX: usize = 40_000;

impl Core {
    /// The record of the sitting as the minutes print it.
    pub(super) fn minutes_record(&mut self, space: &SpaceId) -> Result<MinutesRecord, ApiError> {
        let room = self.room_without_minutes(space)?;
        let meeting = self.meeting(space)?;
        let person = |member: &api::view::MemberRow| Person { name: member.name.clone(), position: member.title.clone() };
        let with_role = |role: MeetingRole| room.members.iter().find(|member| member.role == role);
        let chair = with_role(MeetingRole::Chair).ok_or_else(|| ApiError::new("no_chair", "nobody is invited as chair"))?;
        let secretary =
            with_role(MeetingRole::Secretary).ok_or_else(|| ApiError::new("no_secretary", "nobody is invited as secretary"))?;
        let course = self.sitting(space)?.course;
        let mut present: Vec<_> = room
            .members
            .iter()
            .filter(|member| member.role.votes())
            .filter_map(|member| Some((member.attendance.first()?, member)))
            .collect();
        present.sort_by_key(|(at, member)| (member.role, *at, member.person));
        let first = present.iter().map(|(at, _)| *at).min().unwrap_or(meeting.info.starts_at);
        let started = course.opened_at.unwrap_or(first);
        // The last thing that the record itself knows of, so that drafting again gives the same bytes.
        let last_vote = room.votes.iter().filter_map(|vote| vote.closed_at).max().unwrap_or(started);
        let ended = course.closed_at.unwrap_or(last_vote).max(started);
        // Without an opening nobody knows when the sitting began, so nobody was late for it.
        let late = |at: Timestamp| course.opened_at.is_some_and(|opened| at > opened);
        let attendance = Attendance {
            total: room.quorum.total,
            quorum_needed: room.quorum.needed,
            quorum_basis: room.rules.legal_basis.clone(),
            present: present
                .iter()
                .map(|(at, member)| Attendee {
                    person: person(member),
                    late_since: late(*at).then_some(*at),
                    away: away(&member.attendance, course.closed_at),
                })
                .collect(),
            absent: room
                .members
                .iter()
                .filter(|member| member.role.votes() && member.attendance.first().is_none())
                .map(|member| Absence {
                    person: person(member),
                    excused: member.attendance.presence == Presence::Excused,
                    reason: Some(member.attendance.reason.clone()).filter(|reason| !reason.is_empty()),
                })
                .collect(),
            guests: room
                .members
                .iter()
                .filter(|member| !member.role.votes() && member.attendance.first().is_some())
                .map(person)
                .collect(),
        };
        Ok(MinutesRecord {
            agency: Agency { parent: None, name: meeting.info.body.clone() },
            number: None,
            symbol: symbol(&meeting.info.body).into(),
            place: locality(&meeting.info.body),
            date: ended,
            title: meeting.info.title.clone(),
            started,
            ended,
            venue: meeting.info.place.clone(),
            chair: person(chair),
            secretary: person(secretary),
            attendance,
            items: agenda(&meeting, &room.votes, &room.spoken),
            conclusions: loose_conclusions(&meeting),
            papers: meeting.papers.iter().filter_map(paper_ref).collect(),
            recipients: vec!["Các thành viên dự họp".into(), "Lưu: VT".into()],
        })
    }

    fn room_without_minutes(&mut self, space: &SpaceId) -> Result<RoomRecord, ApiError> {
        let room = self.room(space)?;
        Ok(RoomRecord {
            members: room.members,
            votes: room.votes,
            quorum: room.quorum,
            rules: room.rules,
            spoken: room.floor.spoken,
        })
    }
}

struct RoomRecord {
    members: Vec<api::view::MemberRow>,
    votes: Vec<VoteView>,
    quorum: api::view::QuorumView,
    rules: RuleProfile,
    spoken: Vec<SpokenRow>,
}

/// When somebody who came was out of the room. Leaving after the close is no absence.
fn away(attendance: &domain::sitting::Attendance, closed_at: Option<Timestamp>) -> Vec<Away> {
    let stays = &attendance.stays;
    let back = stays.iter().skip(1).map(|stay| Some(stay.from)).chain([None]);
    let gone = stays.iter().zip(back).filter_map(|(stay, back)| Some(Away { from: stay.until?, until: back }));
    gone.filter(|away| closed_at.is_none_or(|closed| away.from < closed)).take(AWAY_SHOWN).collect()
}

/// The place name in the date line: what follows the kind of unit in the body's name.
pub(super) fn locality(body: &str) -> String {
    let lower = body.to_lowercase();
    for kind in ["phường ", "xã ", "đặc khu ", "thành phố ", "tỉnh "] {
        if let Some(at) = lower.rfind(kind) {
            // Lower-casing Vietnamese keeps the number of characters.
            let skip = lower[..at].chars().count() + kind.chars().count();
            return body.chars().skip(skip).collect();
        }
    }
    body.to_owned()
}

fn agenda(meeting: &Meeting, votes: &[VoteView], spoken: &[SpokenRow]) -> Vec<AgendaItem> {
    let numbers = domain::order::numbering(&meeting.items);
    let mut items: Vec<AgendaItem> = meeting
        .items
        .iter()
        .zip(numbers)
        .map(|(item, number)| AgendaItem {
            number,
            title: item.title.clone(),
            presenter: Some(item.presenter.clone()).filter(|presenter| !presenter.is_empty()),
            papers: meeting.papers.iter().filter(|paper| paper.item == Some(item.id)).filter_map(paper_ref).collect(),
            discussion: String::new(),
            remarks: speakers::remarks(spoken, |of| of == Some(item.id)),
            votes: votes
                .iter()
                .rev()
                .filter(|vote| vote.item == Some(item.id) && vote.closed_at.is_some())
                .filter_map(vote_record)
                .collect(),
            conclusion: String::new(),
        })
        .collect();
    let known = |of: Option<ItemId>| of.is_some_and(|id| meeting.items.iter().any(|item| item.id == id));
    let loose: Vec<VoteRecord> =
        votes.iter().rev().filter(|vote| !known(vote.item) && vote.closed_at.is_some()).filter_map(vote_record).collect();
    let other = speakers::remarks(spoken, |of| !known(of));
    let mut number = meeting.items.iter().filter(|item| item.parent.is_none()).count();
    for (title, remarks, votes) in [("Ý kiến khác", other, Vec::new()), ("Biểu quyết", Vec::new(), loose)] {
        if !remarks.is_empty() || !votes.is_empty() {
            number += 1;
            items.push(AgendaItem {
                number: number.to_string(),
                title: title.into(),
                presenter: None,
                papers: Vec::new(),
                discussion: String::new(),
                remarks,
                votes,
                conclusion: String::new(),
            });
        }
    }
    items
}

/// The symbol after the number: the kind of document and who issues it (Decree 30/2020/NĐ-CP, Annex III).
fn symbol(body: &str) -> &'static str {
    let council = ["hội đồng nhân dân", "hđnd"];
    if council.iter().any(|name| body.trim().to_lowercase().starts_with(name)) { "BB-HĐND" } else { "BB-UBND" }
}

fn loose_conclusions(meeting: &Meeting) -> Vec<String> {
    meeting.info.conclusions.clone()
}

fn paper_ref(paper: &domain::meeting::Paper) -> Option<PaperRef> {
    let version = paper.versions.last()?;
    Some(PaperRef { title: paper.title.clone(), hash_short: version.blob.plain.to_string().chars().take(HASH_DIGITS).collect() })
}

fn vote_record(vote: &VoteView) -> Option<VoteRecord> {
    let secret = vote.secret.as_ref().map(secret_count);
    // A secret vote whose result was not opened is told too: that it was held, and that nothing came out.
    let outcome = match (vote.outcome, &vote.secret, &vote.marked) {
        (Some(outcome), ..) => outcome,
        (None, Some(secret), _) => without_decision(vote, secret.outcome.as_ref()),
        (None, None, Some(marked)) => without_decision(vote, Some(marked)),
        (None, None, None) => return None,
    };
    let counted = |state: Option<domain::vote::BallotState>| state == Some(domain::vote::BallotState::Counted);
    let named = vote.voters.iter().filter(|_| secret.is_none());
    let mut ballots: Vec<Ballot> = named
        .map(|voter| Ballot {
            name: voter.name.clone(),
            choice: match voter.choice.filter(|_| counted(voter.state)) {
                Some(Choice::For) => typeset::Choice::InFavour,
                Some(Choice::Against) => typeset::Choice::Against,
                Some(Choice::NotVoting) => typeset::Choice::NotVoting,
                None => typeset::Choice::NoBallot,
            },
            marked: voter.marks.as_deref().filter(|_| counted(voter.state)).map(marks_text),
            paper_witness: voter.paper.as_ref().filter(|paper| !paper.void).map(|paper| paper.witness.clone()),
        })
        .collect();
    let left_out = ballots.iter().filter_map(|ballot| ballot.marked.as_ref()).map(String::len).sum::<usize>() > MARKED_BYTES_MAX;
    if left_out {
        ballots.clear();
    }
    let late = vote
        .voters
        .iter()
        .filter(|voter| voter.state == Some(domain::vote::BallotState::Late))
        .map(|voter| LateBallot { name: voter.name.clone(), choice: None })
        .collect();
    Some(VoteRecord {
        question: vote.question.clone(),
        profile_name: vote.profile.name.clone(),
        legal_basis: vote.profile.legal_basis.clone(),
        needed: outcome.needed,
        base: match vote.profile.base {
            Base::Roll => outcome.roll,
            Base::Present => outcome.present,
        },
        in_favour: outcome.votes_for,
        against: outcome.against,
        not_voting: outcome.not_voting,
        no_ballot: outcome.roll.saturating_sub(outcome.counted),
        not_voting_label: None,
        passed: outcome.passed,
        note: if left_out {
            "Lựa chọn của từng người nằm trong tệp chứng cứ biểu quyết.".into()
        } else if outcome.by_chair {
            "Số phiếu tán thành và không tán thành ngang nhau; quyết định theo ý kiến của Chủ tọa.".into()
        } else if vote.secret.as_ref().and_then(|secret| secret.outcome.as_ref()).is_some_and(|outcome| outcome.tie_for_chair) {
            "Số phiếu tán thành và không tán thành ngang nhau; bỏ phiếu kín nên không biết ý kiến của Chủ tọa.".into()
        } else {
            String::new()
        },
        finality: if vote.is_final { Finality::Final } else { Finality::Provisional },
        secret,
        places: vote.marked.as_ref().map(|marked| marked.places.iter().map(place_count).collect()),
        opened: vote.opened_at,
        closed: vote.closed_at?,
        ballots,
        late,
    })
}

fn secret_count(secret: &SecretView) -> SecretCount {
    let result = match (&secret.outcome, &secret.form) {
        (Some(_), BallotForm::Decision) => SecretResult::Decision,
        (Some(outcome), _) => SecretResult::Places(outcome.places.iter().map(place_count).collect()),
        (None, _) => SecretResult::Sealed(match secret.phase {
            SecretPhase::TooFewBallots => format!("Có ít hơn {SECRET_BODY_LEAST} phiếu được tính nên không được mở kết quả"),
            SecretPhase::Void => "Cuộc bỏ phiếu không hợp lệ".into(),
            _ => "Ban kiểm phiếu chưa mở kết quả".into(),
        }),
    };
    SecretCount {
        tellers: secret.tellers.iter().map(|teller| teller.name.clone()).collect(),
        tellers_needed: secret.needed,
        result,
    }
}

/// The places that a ballot marks, by their numbers in the table of totals.
fn marks_text(marks: &[u32]) -> String {
    let places: Vec<String> = marks.iter().map(|place| place.saturating_add(1).to_string()).collect();
    if places.is_empty() { "Phiếu trắng".into() } else { format!("Ô {}", places.join(", ")) }
}

/// What is known of a vote that has no decision, open or secret: sizes.
fn without_decision(vote: &VoteView, totals: Option<&FormOutcome>) -> Outcome {
    let roll = count(vote.voters.len());
    let present = count(vote.voters.iter().filter(|voter| voter.present).count());
    let base = if vote.profile.base == Base::Roll { roll } else { present };
    let needed = totals.map_or_else(|| vote.profile.threshold.of(base), |outcome| outcome.needed);
    Outcome {
        roll,
        present,
        counted: vote.received,
        votes_for: 0,
        against: 0,
        not_voting: 0,
        needed,
        passed: false,
        by_chair: false,
    }
}

fn place_count(total: &PlaceTotal) -> PlaceCount {
    let level = match total.mark {
        Marking::For => "tán thành",
        Marking::Against => "không tán thành",
        Marking::NotVoting => "không biểu quyết",
        Marking::Chosen => "",
        Marking::High => "tín nhiệm cao",
        Marking::Medium => "tín nhiệm",
        Marking::Low => "tín nhiệm thấp",
    };
    let standing = match total.standing {
        Some(Standing::Chosen) => " (được chọn)",
        Some(Standing::Tied) => " (bằng phiếu, chưa quyết định)",
        Some(Standing::NotChosen) | None => "",
    };
    let label = if level.is_empty() { format!("{}{standing}", total.option) } else { format!("{}: {level}", total.option) };
    PlaceCount { label, votes: total.votes }
}
