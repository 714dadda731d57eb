//! Votes: opening, casting, closing, and checking an exported one without trusting anybody.

use std::path::Path;

use api::act::{CastBallot, CastMarks, CloseVote, ExportVote, OpenVote};
use api::error::ApiError;
use api::paper::{EnterPaperBallot, PaperNote, WitnessPaperBallot};
use api::query;
use api::secret::OpenTotals;
use api::view::VoteView;
use domain::id::{Hash32, PersonId, VoteId};
use domain::vote::{BallotState, Choice, Marking};
use serde_json::json;
use signing::limits::SECRET_BUNDLE_BYTES;
use signing::{BundleReport, EvidenceReport, SecretReport};

use super::{NOT_VALID, absolute, ballot_form, exported, read_file, secret_vote};
use crate::args::Vote;
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};
use crate::verdicts::Verdicts;

/// `kyhop vote …`
pub async fn run(context: &Context, session: &mut Session, verb: Vote) -> Result<Reply, ApiError> {
    match verb {
        Vote::Open { meeting, question, rules, item, secret, how, form } => {
            let room = find::room(session, &meeting).await?;
            let item = item.map(|number| find::item(&room, &number)).transpose()?;
            let meeting = room.row.meeting;
            let form = ballot_form::described(&form, &room.members);
            let opening = |secret, form| OpenVote { meeting, item, question, profile: rules, secret, form };
            let vote: VoteId = if secret {
                secret_vote::open(session, room, &how, form, |terms| opening(Some(terms), None)).await?
            } else {
                session.act(opening(None, Some(form))).await?
            };
            Reply::new(&json!({ "vote": vote }), format!("{} {vote}", context.lang.pick("Đã mở biểu quyết", "Opened the vote")))
        }
        Vote::Tellers { meeting, names, needed } => secret_vote::tellers(context, session, &meeting, &names, needed).await,
        Vote::Cast { vote, choice, mark, choose, blank: _ } => {
            let vote = find::vote(session, &vote).await?;
            let receipt = match choice {
                Some(choice) => session.act(CastBallot { vote, choice: choice.into() }).await?,
                // Typed from 1; a 0 is no place, and is refused as one beyond the end is.
                None => {
                    let mut marks: Vec<u32> = mark.iter().map(|place| place.checked_sub(1).unwrap_or(u32::MAX)).collect();
                    if !choose.is_empty() {
                        let view = session.query(query::Vote { vote }).await?;
                        for typed in &choose {
                            marks.push(ballot_form::place_of(&view, typed)?);
                        }
                    }
                    session.act(CastMarks { vote, marks }).await?
                }
            };
            let said = match (receipt.choice, &receipt.marks) {
                (Some(choice), _) => choice_text(context, choice).to_owned(),
                (None, Some(marks)) if marks.is_empty() => context.lang.pick("phiếu trắng", "blank").to_owned(),
                (None, Some(marks)) => {
                    let places: Vec<String> = marks.iter().map(|place| place.saturating_add(1).to_string()).collect();
                    format!("{} {}", context.lang.pick("ô", "places"), places.join(", "))
                }
                (None, None) => context.lang.pick("phiếu kín", "secret ballot").to_owned(),
            };
            let text = format!(
                "{}: {said} ({}), {}",
                context.lang.pick("Đã ghi phiếu", "Ballot recorded"),
                receipt.ballot.short(),
                state_text(context, receipt.state)
            );
            Reply::new(&receipt, text)
        }
        Vote::Paper { vote, person, choice } => {
            let vote = find::vote(session, &vote).await?;
            let person = find::person(session, &person).await?;
            let view = session.act(EnterPaperBallot { vote, person, choice: choice.into() }).await?;
            Reply::new(&view, show(context, &view)?)
        }
        Vote::Witness { vote, person, choice } => {
            let vote = find::vote(session, &vote).await?;
            let person = find::person(session, &person).await?;
            let entry = waiting_paper(&session.query(query::Vote { vote }).await?, person, choice.into())?;
            let view = session.act(WitnessPaperBallot { vote, entry }).await?;
            Reply::new(&view, show(context, &view)?)
        }
        Vote::Count { vote } => {
            let vote = find::vote(session, &vote).await?;
            let view = session.act(OpenTotals { vote }).await?;
            Reply::new(&view, show(context, &view)?)
        }
        Vote::Close { vote } => {
            let vote = find::vote(session, &vote).await?;
            let view = session.act(CloseVote { vote }).await?;
            Reply::new(&view, show(context, &view)?)
        }
        Vote::Show { vote } => {
            let vote = find::vote(session, &vote).await?;
            let view = session.query(query::Vote { vote }).await?;
            Reply::new(&view, show(context, &view)?)
        }
        Vote::Export { vote, out } => {
            let vote = find::vote(session, &vote).await?;
            exported(context, &session.act(ExportVote { vote, path: absolute(&out) }).await?)
        }
        Vote::Verify { bundle, root } => verify(context, &bundle, &root),
    }
}

/// The entry for this person that says what the witness has read. Whoever may not witness is told so by the act itself.
fn waiting_paper(view: &VoteView, person: PersonId, choice: Choice) -> Result<Hash32, ApiError> {
    let waiting = || view.paper.iter().flat_map(|paper| &paper.waiting).filter(move |row| row.person == person);
    let same = waiting().find(|row| row.choice.is_none_or(|entered| entered == choice));
    match (same, waiting().next()) {
        (Some(row), _) => Ok(row.entry),
        (None, Some(row)) => Err(ApiError::new("paper_differs", "the entry says something else").with("name", &row.name)),
        (None, None) => Err(ApiError::new("paper_not_waiting", "no entry of this person waits for a witness")),
    }
}

/// `kyhop vote verify`: exit status 0 if nothing is wrong, 1 if something is.
pub fn verify(context: &Context, bundle: &Path, root: &Hash32) -> Result<Reply, ApiError> {
    let bytes = read_file(bundle, SECRET_BUNDLE_BYTES, "bundle_over_limit")?;
    let (report, problems) = signing::inspect_evidence(&bytes, root)
        .map_err(|error| ApiError::new(error.code(), error.to_string()).with("file", bundle.display()))?;
    let lang = context.lang;
    let mut lines = Lines::default();
    lines.add(format_args!(
        "{}",
        if report.ok() {
            lang.pick("Đúng: mọi chữ ký và kết quả khớp.", "Sound: all signatures and the count hold.")
        } else {
            lang.pick("KHÔNG đúng.", "NOT sound.")
        }
    ));
    match &report {
        EvidenceReport::Open(report) => show_open(context, report, &mut lines),
        EvidenceReport::Secret(report) => show_secret(context, report, &mut lines),
    }
    let verdicts = Verdicts::of(lang)?;
    for problem in &problems {
        lines.add(format_args!("! {}", verdicts.evidence(problem)));
    }
    let exit = if report.ok() { 0 } else { NOT_VALID };
    Ok(Reply::new(&report, lines.or(""))?.exit(exit))
}

fn show_open(context: &Context, report: &BundleReport, lines: &mut Lines) {
    let lang = context.lang;
    lines.add(format_args!("{}", report.question)).add(format_args!(
        "{}: {}/{}",
        lang.pick("Đã tính", "Counted"),
        report.counted,
        report.roll
    ));
    if !report.places.is_empty() {
        // There is no one question that passes or fails.
        ballot_form::show_totals(context, &report.places, lines);
        return;
    }
    lines.add(format_args!(
        "{}: {} · {}: {} · {}: {}",
        choice_text(context, Choice::For),
        report.votes_for,
        choice_text(context, Choice::Against),
        report.against,
        choice_text(context, Choice::NotVoting),
        report.not_voting
    ));
    if report.ok {
        lines.add(format_args!("{}", verdict(context, report.passed)));
    }
}

fn show_secret(context: &Context, report: &SecretReport, lines: &mut Lines) {
    let lang = context.lang;
    lines
        .add(format_args!("{} ({})", report.question, lang.pick("bỏ phiếu kín", "secret ballot")))
        .add(format_args!("{}: {}/{}", lang.pick("Đã tính", "Counted"), report.counted, report.roll))
        .add(format_args!(
            "{}: {} ({} {}/{}, {} {})",
            lang.pick("Kiểm phiếu", "Tellers"),
            report.tellers.join(", "),
            lang.pick("đã mở", "opened by"),
            report.tellers_opened,
            report.tellers.len(),
            lang.pick("cần", "needed"),
            report.tellers_needed
        ));
    ballot_form::show_totals(context, &report.places, lines);
    if report.ok
        && let Some(passed) = report.passed
    {
        lines.add(format_args!("{}", verdict(context, passed)));
    }
}

pub fn marking_text(context: &Context, mark: Marking) -> &'static str {
    let lang = context.lang;
    match mark {
        Marking::For => choice_text(context, Choice::For),
        Marking::Against => choice_text(context, Choice::Against),
        Marking::NotVoting => choice_text(context, Choice::NotVoting),
        Marking::Chosen => lang.pick("số phiếu", "votes"),
        Marking::High => lang.pick("tín nhiệm cao", "high confidence"),
        Marking::Medium => lang.pick("tín nhiệm", "confidence"),
        Marking::Low => lang.pick("tín nhiệm thấp", "low confidence"),
    }
}

fn choice_text(context: &Context, choice: Choice) -> &'static str {
    match choice {
        Choice::For => context.lang.pick("Tán thành", "For"),
        Choice::Against => context.lang.pick("Không tán thành", "Against"),
        Choice::NotVoting => context.lang.pick("Không biểu quyết", "Not voting"),
    }
}

fn state_text(context: &Context, state: BallotState) -> &'static str {
    let lang = context.lang;
    match state {
        BallotState::SavedHere => {
            lang.pick("đã lưu trên máy này, chủ tọa chưa nhận", "saved on this device, not with the chair yet")
        }
        BallotState::ReceivedByChair => lang.pick("chủ tọa đã nhận", "received by the chair"),
        BallotState::Counted => lang.pick("đã được tính", "counted"),
        BallotState::Late => lang.pick("đến sau khi đóng, không được tính", "came after the close, not counted"),
        BallotState::NotCounted => lang.pick("không được tính", "not counted"),
    }
}

fn paper_text(context: &Context, paper: &PaperNote) -> String {
    let lang = context.lang;
    let void =
        if paper.void { lang.pick(", không tính: đã bỏ phiếu bằng máy", ", void: voted with a device") } else { "" };
    format!(
        " – {} {}, {} {}{void}",
        lang.pick("phiếu giấy do", "paper ballot entered by"),
        paper.entered_by,
        lang.pick("chứng kiến:", "witnessed by"),
        paper.witness
    )
}

fn verdict(context: &Context, passed: bool) -> &'static str {
    if passed {
        context.lang.pick("Được thông qua", "Passed")
    } else {
        context.lang.pick("Không được thông qua", "Not passed")
    }
}

/// What somebody voted, where it is known.
fn said(context: &Context, view: &VoteView, choice: Option<Choice>, marks: Option<&[u32]>) -> Option<String> {
    let marked = || Some(ballot_form::marks_text(context, view.form.as_ref()?, marks?));
    choice.map(|choice| choice_text(context, choice).to_owned()).or_else(marked)
}

fn show(context: &Context, view: &VoteView) -> Result<String, ApiError> {
    let lang = context.lang;
    let mut lines = Lines::default();
    lines.add(format_args!("{}", view.question));
    if let Some(secret) = &view.secret {
        secret_vote::show(context, view, secret, &mut lines);
    }
    match &view.outcome {
        None if view.secret.is_some() => {}
        None if view.marked.is_some() => {
            let state = if view.is_final { "" } else { lang.pick(" (chưa chính thức)", " (provisional)") };
            let places = view.totals().map(|totals| totals.places.as_slice()).unwrap_or_default();
            let needed = view.totals().map_or(0, |totals| totals.needed);
            lines.add(format_args!(
                "{}{state}: {}/{}, {} {needed}",
                lang.pick("Đã đóng, đã tính", "Closed, counted"),
                view.received,
                view.voters.len(),
                lang.pick("cần", "needed")
            ));
            ballot_form::show_totals(context, places, &mut lines);
            lines.add(format_args!("{}", view.profile.legal_basis));
        }
        None => {
            lines.add(format_args!(
                "{}: {}/{}",
                lang.pick("Đang mở, đã nhận", "Open, received"),
                view.received,
                view.voters.len()
            ));
            if let Some(form) = view.ballot_form() {
                ballot_form::show_places(context, form, &mut lines);
            }
            if let Some(running) = &view.running {
                lines.add(format_args!("{}:", lang.pick("Số phiếu đến lúc này", "So far")));
                ballot_form::show_totals(context, running, &mut lines);
            }
        }
        Some(outcome) => {
            let state = if view.is_final { "" } else { lang.pick(" (chưa chính thức)", " (provisional)") };
            lines
                .add(format_args!("{}{state}", verdict(context, outcome.passed)))
                .add(format_args!(
                    "{}: {} ({} {}) · {}: {} · {}: {}",
                    choice_text(context, Choice::For),
                    outcome.votes_for,
                    lang.pick("cần", "needed"),
                    outcome.needed,
                    choice_text(context, Choice::Against),
                    outcome.against,
                    choice_text(context, Choice::NotVoting),
                    outcome.not_voting
                ))
                .add(format_args!("{}", view.profile.legal_basis));
        }
    }
    if view.late > 0 {
        lines.add(format_args!("{}: {}", lang.pick("Phiếu đến sau khi đóng", "Ballots that came after the close"), view.late));
    }
    for voter in &view.voters {
        let choice = said(context, view, voter.choice, voter.marks.as_deref()).unwrap_or_default();
        let late = voter.state.filter(|state| matches!(state, BallotState::Late | BallotState::NotCounted));
        let mark = match (voter.voted, late) {
            (true, None) => "✓",
            (true, Some(_)) => "×",
            (false, _) => " ",
        };
        let late = late.map(|late| format!(" – {}", state_text(context, late))).unwrap_or_default();
        let paper = voter.paper.as_ref().map(|paper| paper_text(context, paper)).unwrap_or_default();
        lines.add(format_args!("  {mark} {}  {choice}{late}{paper}", voter.name));
    }
    for row in view.paper.iter().flat_map(|paper| &paper.waiting) {
        let choice = row.choice.map_or("", |choice| choice_text(context, choice));
        lines.add(format_args!(
            "  … {}  {choice} – {} {}, {}",
            row.name,
            lang.pick("phiếu giấy do", "paper ballot entered by"),
            row.entered_by,
            lang.pick("chờ người chứng kiến", "waits for a witness")
        ));
    }
    if let Some(mine) = &view.mine {
        lines.add(format_args!(
            "{}: {}, {}",
            lang.pick("Phiếu của tôi", "My ballot"),
            said(context, view, mine.choice, mine.marks.as_deref())
                .unwrap_or_else(|| lang.pick("phiếu kín", "secret ballot").to_owned()),
            state_text(context, mine.state)
        ));
    }
    let verdicts = Verdicts::of(lang)?;
    for problem in &view.problems {
        lines.add(format_args!("! {}", verdicts.problem(problem)));
    }
    Ok(lines.or(""))
}
