//! Minutes: typeset from the record, signed by the secretary, then the chair.

use api::error::ApiError;
use api::secret::{SecretPhase, SecretView};
use api::sitting::SpokenRow;
use api::view::{MinutesView, SignatureRow, VoteView};
use domain::id::{ItemId, SpaceId, Timestamp};
use domain::limits::SECRET_BODY_LEAST;
use domain::meeting::{Meeting, MeetingRole, MinutesFile, SignaturePlace};
use domain::sitting::Presence;
use domain::vote::{BallotForm, Base, Choice, FormOutcome, Marking, Outcome, PlaceTotal, RuleProfile, Standing};
use signing::Act;
use signing_pdf::{Appearance, Placement, SignOptions};
use sync::DocRef;
use sync::document::meeting as document;
use typeset::{
    Absence, Agency, AgendaItem, Attendance, Attendee, Away, Ballot, Finality, LateBallot, MinutesRecord, PaperRef, Person,
    PlaceCount, SecretCount, SecretResult, VoteRecord,
};

use super::meetings::count;
use super::speakers;
use crate::app::{App, blocking};
use crate::engine::{Core, mirror_acts};
use crate::error::{AtBoundary, not_found};

/// Who signs, in this order, by the names of their places in the template.
const SIGNERS: [&str; 2] = ["secretary", "chair"];
/// Hexadecimal digits of a paper's hash in the minutes.
const HASH_DIGITS: usize = 16;
/// Signed files whose signatures are remembered as they were found.
const JUDGED_MAX: usize = 64;
/// Times out of the room that the minutes tell of one person.
const AWAY_SHOWN: usize = 12;
/// What the marks of all voters in one vote may take; longer lists stand in the evidence, so that many long ballots never keep minutes from being
/// made.
const MARKED_BYTES_MAX: usize = 40_000;

impl App {
    pub(crate) async fn minutes(&self, meeting: SpaceId) -> Result<MinutesView, ApiError> {
        self.engine()?.attempt(move |core| core.minutes_view(&meeting)).await
    }

    pub(crate) async fn draft_minutes(&self, meeting: SpaceId) -> Result<MinutesView, ApiError> {
        let engine = self.engine()?;
        let record = engine.attempt(move |core| core.minutes_record(&meeting)).await?;
        let typeset = blocking(move || typeset::minutes(&record).at_boundary()).await?;
        engine
            .attempt(move |core| {
                let places = SIGNERS.iter().filter_map(|signer| typeset.anchor(signer));
                let places = places.map(|anchor| SignaturePlace::from_points(anchor.page, anchor.rect)).collect();
                core.add_minutes(&meeting, &typeset.pdf, Layout { pages: typeset.pages, places }, 0, &[])?;
                core.minutes_view(&meeting)
            })
            .await
    }

    pub(crate) async fn sign_minutes(&self, meeting: SpaceId) -> Result<MinutesView, ApiError> {
        let engine = self.engine()?;
        engine
            .attempt(move |core| {
                let (file, place) = core.minutes_to_sign(&meeting)?;
                let turn = file.signatures;
                let name = core.person_name(&core.me()?);
                let bytes = core.plain_bytes(&meeting, &file.blob.plain)?;
                let options = SignOptions {
                    reason: Some(if turn == 0 { "Thư ký ký biên bản" } else { "Chủ tọa ký biên bản" }.into()),
                    placement: Placement::OnPage { page: place.page, rect: place.points() },
                    appearance: Some(core.appearance(&name)),
                    ..SignOptions::default()
                };
                let signed = core.sign_bytes(&bytes, &options)?;
                let approval = Act::MinutesApproved { space: meeting, blob_plain: signed_hash(&signed), at: core.now().wall };
                let layout = Layout { pages: file.pages, places: file.places };
                core.add_minutes(&meeting, &signed, layout, turn + 1, &[approval])?;
                core.minutes_view(&meeting)
            })
            .await
    }
}

/// Both have been asked and have signed.
pub(crate) fn is_signed(file: &MinutesFile) -> bool {
    file.signatures >= count(SIGNERS.len())
}

/// How the file is laid out; signing changes nothing of it.
struct Layout {
    pages: u32,
    places: Vec<SignaturePlace>,
}

fn signed_hash(bytes: &[u8]) -> domain::id::Hash32 {
    domain::id::Hash32(*blake3::hash(bytes).as_bytes())
}

impl Core {
    fn my_role(&self, space: &SpaceId) -> Result<MeetingRole, ApiError> {
        let me = self.me()?;
        self.replica.access(space).and_then(|access| access.members.get(&me).copied()).ok_or_else(|| not_found("meeting"))
    }

    pub fn minutes_view(&mut self, space: &SpaceId) -> Result<MinutesView, ApiError> {
        let role = self.my_role(space)?;
        let meeting = self.meeting(space)?;
        let Some(file) = meeting.minutes.last().cloned() else {
            return Ok(MinutesView {
                version: None,
                pages: 0,
                here: false,
                signatures: Vec::new(),
                my_turn: false,
                may_draft: role == MeetingRole::Secretary,
                complete: false,
            });
        };
        let here = self.replica.has_blob(&file.blob.cipher);
        let signatures = if here && file.signatures > 0 { self.signatures(space, &file)? } else { Vec::new() };
        let valid = signatures.iter().filter(|signature| signature.status.starts_with("valid")).count();
        let turn = if file.signatures == 0 { MeetingRole::Secretary } else { MeetingRole::Chair };
        Ok(MinutesView {
            version: Some(file.blob.plain),
            pages: file.pages,
            here,
            my_turn: here && !is_signed(&file) && role == turn,
            may_draft: role == MeetingRole::Secretary && file.signatures == 0,
            complete: is_signed(&file) && valid >= SIGNERS.len(),
            signatures,
        })
    }

    fn signatures(&mut self, space: &SpaceId, file: &MinutesFile) -> Result<Vec<SignatureRow>, ApiError> {
        let trust: Vec<Vec<u8>> =
            self.replica.directory().and_then(|directory| directory.authority()).map(<[u8]>::to_vec).into_iter().collect();
        // The same file under the same authority is judged the same, and every look at the room asks for it.
        let judged = (file.blob.plain, trust.first().map(|authority| signed_hash(authority)));
        if let Some(rows) = self.judged_minutes.get(&judged) {
            return Ok(rows.clone());
        }
        let bytes = self.plain_bytes(space, &file.blob.plain)?;
        let report = signing_pdf::verify(&bytes, &trust).at_boundary()?;
        let rows = report.signatures.iter().map(|signature| SignatureRow {
            signer: signature.signer.clone(),
            signed_at: signature.signed_at,
            status: serde_json::to_value(signature.status)
                .ok()
                .and_then(|status| status.as_str().map(str::to_owned))
                .unwrap_or_default(),
            reason: signature.reason.code().to_owned(),
        });
        let rows: Vec<SignatureRow> = rows.collect();
        if self.judged_minutes.len() >= JUDGED_MAX {
            self.judged_minutes.clear();
        }
        self.judged_minutes.insert(judged, rows.clone());
        Ok(rows)
    }

    /// The file that waits for this person's signature, and where on it that goes.
    fn minutes_to_sign(&mut self, space: &SpaceId) -> Result<(MinutesFile, SignaturePlace), ApiError> {
        let file = self.meeting(space)?.minutes.last().cloned().ok_or_else(|| not_found("minutes"))?;
        if !self.minutes_view(space)?.my_turn {
            return Err(ApiError::new("not_your_turn", "the secretary signs first, then the chair, once the file is here"));
        }
        let turn = usize::try_from(file.signatures).unwrap_or(usize::MAX);
        let place = file.places.get(turn).copied().ok_or_else(|| not_found("signature place"))?;
        Ok((file, place))
    }

    /// Signs bytes with this person's certificate.
    pub fn sign_bytes(&mut self, bytes: &[u8], options: &SignOptions) -> Result<Vec<u8>, ApiError> {
        let me = self.me()?;
        let directory = self
            .replica
            .directory()
            .ok_or_else(|| ApiError::new("not_enrolled", "this device belongs to no organisation yet"))?;
        let certificate = directory
            .x509(&me)
            .ok_or_else(|| ApiError::new("no_certificate_yet", "the certificate for signing has not been issued yet"))?;
        let chain: Vec<Vec<u8>> = directory.authority().map(<[u8]>::to_vec).into_iter().collect();
        signing_pdf::sign(bytes, &self.secrets.person_key, certificate, &chain, options, self.now().wall).at_boundary()
    }

    /// What a signature of this person looks like on the page.
    pub fn appearance(&self, name: &str) -> Appearance {
        let at = domain::calendar::iso8601_seconds(self.now().wall);
        Appearance {
            lines: vec!["Ký số bởi:".into(), name.to_owned(), format!("Thời gian ký: {at}")],
            image_png: None,
            font: typeset::fonts::serif_regular().to_vec(),
        }
    }

    fn add_minutes(
        &mut self,
        space: &SpaceId,
        pdf: &[u8],
        layout: Layout,
        signatures: u32,
        acts: &[Act],
    ) -> Result<(), ApiError> {
        if !self.my_role(space)?.manages() {
            return Err(ApiError::new("not_allowed", "only secretary and chair make minutes"));
        }
        let home = self.home_of_minutes(space)?;
        let blob = self.store_blob(&home, pdf)?;
        let Layout { pages, places } = layout;
        let file = MinutesFile { blob, signatures, pages, places, made_at: self.now().wall, made_by: self.me()? };
        self.with(|replica, cx| {
            let (_, _, fx) = replica.transact(cx, DocRef::meeting(home), acts, |tx, signed| {
                document::add_minutes(tx, &file).map_err(|error| error.to_string())?;
                mirror_acts(tx, signed)
            })?;
            Ok(((), fx))
        })
    }

    /// The record of the sitting as the minutes print it.
    fn minutes_record(&mut self, space: &SpaceId) -> Result<MinutesRecord, ApiError> {
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
