//! Secret votes: tellers, their key, what can be marked.

use std::time::{Duration, Instant};

use api::act::OpenVote;
use api::error::ApiError;
use api::query::Room;
use api::secret::{ElectTellers, SecretPhase, SecretTerms, SecretView, TellersStage, TellersView};
use api::view::{RoomView, VoteView};
use domain::id::{Hash32, PersonId, SpaceId, VoteId};
use domain::vote::BallotForm;
use tokio::time::sleep;

use super::ballot_form;
use crate::args::Secretly;
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};
use crate::verdicts::Verdicts;

/// How often is looked whether the tellers have made their key.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Opens a secret vote: elects its tellers if they are named and not the ones elected last, waits for their key, opens.
pub async fn open(
    session: &mut Session,
    room: RoomView,
    how: &Secretly,
    form: BallotForm,
    open: impl FnOnce(SecretTerms) -> OpenVote,
) -> Result<VoteId, ApiError> {
    let meeting = room.row.meeting;
    let election = match (how.tellers.as_slice(), &room.tellers) {
        ([], Some(tellers)) => tellers.election,
        ([], None) => return Err(ApiError::new("tellers_missing", "nobody has been elected as teller")),
        (names, known) => {
            let tellers = people(session, names).await?;
            match known.as_ref().filter(|known| serves(known, &tellers, how.needed)) {
                Some(known) => known.election,
                None => session.act(ElectTellers { meeting, tellers, needed: how.needed }).await?,
            }
        }
    };
    wait_for_key(session, meeting, election, Duration::from_secs(how.patience)).await?;
    session.act(open(SecretTerms { election, form })).await
}

/// The tellers elected last are exactly these, and nothing is wrong with their key.
fn serves(known: &TellersView, tellers: &[PersonId], needed: Option<u32>) -> bool {
    known.stage != TellersStage::Void
        && known.tellers.iter().map(|row| row.person).eq(tellers.iter().copied())
        && needed.is_none_or(|needed| needed == known.needed)
}

/// Waits until the key holds or cannot any more. What is wrong is told when the vote is opened.
async fn wait_for_key(session: &mut Session, meeting: SpaceId, election: Hash32, patience: Duration) -> Result<(), ApiError> {
    let deadline = Instant::now() + patience;
    loop {
        let tellers = session.query(Room { meeting }).await?.tellers;
        let making = tellers.is_some_and(|tellers| {
            tellers.election == election && !matches!(tellers.stage, TellersStage::Ready | TellersStage::Void)
        });
        if !making || Instant::now() >= deadline {
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn people(session: &mut Session, names: &[String]) -> Result<Vec<PersonId>, ApiError> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        found.push(find::person(session, name).await?);
    }
    Ok(found)
}

/// `kyhop vote tellers`: shows them, or elects those that are named.
pub async fn tellers(
    context: &Context,
    session: &mut Session,
    meeting: &str,
    names: &[String],
    needed: Option<u32>,
) -> Result<Reply, ApiError> {
    let meeting = find::meeting(session, meeting).await?;
    if !names.is_empty() {
        let tellers = people(session, names).await?;
        session.act(ElectTellers { meeting, tellers, needed }).await?;
    }
    let tellers = session.query(Room { meeting }).await?.tellers;
    let text = tellers.as_ref().map(|tellers| tellers_text(context, tellers)).transpose()?;
    let none = context.lang.pick("Chưa bầu ban kiểm phiếu.", "Nobody has been elected as teller.");
    Reply::new(&tellers, text.unwrap_or_else(|| none.to_owned()))
}

fn tellers_text(context: &Context, tellers: &TellersView) -> Result<String, ApiError> {
    let lang = context.lang;
    let stage = match tellers.stage {
        TellersStage::Offers => lang.pick("đang tạo khóa, bước 1/3", "making their key, step 1 of 3"),
        TellersStage::Dealings => lang.pick("đang tạo khóa, bước 2/3", "making their key, step 2 of 3"),
        TellersStage::Confirmations => lang.pick("đang tạo khóa, bước 3/3", "making their key, step 3 of 3"),
        TellersStage::Ready => lang.pick("khóa đã sẵn sàng", "the key holds"),
        TellersStage::Void => lang.pick("khóa không dùng được, phải bầu lại", "the key is void, the body elects again"),
    };
    let mut lines = Lines::default();
    lines.add(format_args!(
        "{}: {stage}; {} {}/{}",
        lang.pick("Ban kiểm phiếu", "Tellers"),
        lang.pick("cần", "needed"),
        tellers.needed,
        tellers.tellers.len()
    ));
    for row in &tellers.tellers {
        lines.add(format_args!("  {} {}", if row.done { "✓" } else { "…" }, row.name));
    }
    let verdicts = Verdicts::of(lang)?;
    for problem in &tellers.problems {
        lines.add(format_args!("! {} {}", verdicts.problem(&problem.code), problem.name));
    }
    Ok(lines.or(""))
}

/// What `kyhop vote show` says of a secret vote beside its question and its roll.
pub fn show(context: &Context, view: &VoteView, secret: &SecretView, lines: &mut Lines) {
    let lang = context.lang;
    let phase = match secret.phase {
        SecretPhase::Open => lang.pick("đang bỏ phiếu", "ballots are cast"),
        SecretPhase::Acknowledging => lang.pick("đã đóng, chờ các máy xác nhận", "closed, waiting for acknowledgements"),
        SecretPhase::Counting => lang.pick("ban kiểm phiếu đang mở kết quả", "the tellers are opening the result"),
        SecretPhase::Counted => lang.pick("đã có kết quả", "counted"),
        SecretPhase::TooFewBallots => {
            lang.pick("quá ít phiếu, không được mở kết quả", "too few ballots, the result stays sealed")
        }
        SecretPhase::Void => lang.pick("không hợp lệ", "void"),
    };
    lines
        .add(format_args!("{}: {phase}", lang.pick("Bỏ phiếu kín", "Secret ballot")))
        .add(format_args!("{}: {}/{}", lang.pick("Đã nhận", "Received"), view.received, view.voters.len()))
        .add(format_args!(
            "{}: {}; {} {}/{}, {} {}",
            lang.pick("Ban kiểm phiếu", "Tellers"),
            secret.tellers.iter().map(|teller| teller.name.as_str()).collect::<Vec<_>>().join(", "),
            lang.pick("đã mở", "opened by"),
            secret.given,
            secret.tellers.len(),
            lang.pick("cần", "needed"),
            secret.needed
        ));
    match &secret.outcome {
        None if secret.phase == SecretPhase::Open => ballot_form::show_places(context, &secret.form, lines),
        None => {}
        Some(outcome) => ballot_form::show_totals(context, &outcome.places, lines),
    }
    if secret.asks_teller {
        lines.add(format_args!(
            "{}",
            lang.pick(
                "Lệnh đóng bỏ sót phiếu đã đến máy này; bạn ở ban kiểm phiếu: dùng `kyhop vote count` nếu vẫn mở kết quả.",
                "The close leaves out ballots that are here; you are a teller: `kyhop vote count` opens the result all the same."
            )
        ));
    }
}
