//! The measurements of a sitting, in the order of a sitting.

use std::time::{Duration, Instant};

use api::act::{CastBallot, CloseVote, DraftMinutes};
use api::query::{Annotations, PaperPages, Presence, Room, RuleProfiles, Vote};
use api::view::VoteView;
use domain::id::VoteId;
use domain::vote::Choice;
use futures::future::{try_join, try_join_all};
use tests::bench::Outcome;
use tests::bench::device::Device;
use tests::bench::spread::{ms, spread};

use crate::Figures;
use crate::sitting::{Council, Plan};

/// Between two ballots or votes, so that nothing of the one is in flight when the next begins.
const BETWEEN: Duration = Duration::from_millis(400);
/// How often the room is opened.
const OPENED: usize = 20;
/// Ballots cast one at a time.
const CASTS: usize = 20;
/// Width of a drawn page, in pixels: a page beside the agenda on a laptop.
const PAGE_PX: u32 = 900;

/// Seats the council, holds the sitting, adds up.
pub async fn meeting(plan: Plan) -> Outcome<Figures> {
    let begun = Instant::now();
    let told = |what: &str| eprintln!("{:>7.1} s  {what}", begun.elapsed().as_secs_f64());
    told("founding, adding papers, letting the devices in");
    let council = Council::prepare(plan).await?;
    told("all come in, take over sitting and papers, check in");
    council.gather().await?;
    told("a vote, ballots one at a time");
    let vote = council.open_vote(1).await?;
    tokio::time::sleep(BETWEEN).await;
    let mut casts = one_at_a_time(&council, vote).await?;
    let mut closes = vec![close(&council, vote).await?];
    told("votes in which all cast at once");
    let mut bursts = Vec::new();
    for number in 2..=council.plan.votes {
        tokio::time::sleep(BETWEEN).await;
        let vote = council.open_vote(number).await?;
        tokio::time::sleep(BETWEEN).await;
        bursts.push(at_once(&council, vote).await?);
        closes.push(close(&council, vote).await?);
    }
    told("opening the room, minutes");
    let mut opened = Vec::with_capacity(OPENED);
    let member = council.devices.last().ok_or("nobody")?;
    for _ in 0..OPENED {
        opened.push(open(&council, member).await?);
    }
    let drafting = Instant::now();
    council.chair()?.act(DraftMinutes { meeting: council.meeting }).await?;
    let minutes = drafting.elapsed();
    told("closing");
    for device in &council.devices {
        device.switch_off().await;
    }
    let seats = council.devices.len();
    let (open_room, minutes) = (spread(&mut opened).p50, ms(minutes));
    Ok(Figures::new(seats, open_room, spread(&mut casts), spread(&mut bursts), spread(&mut closes), minutes))
}

/// What the room asks when it is opened at a paper, one after the other, and the first page as a picture.
async fn open(council: &Council, device: &Device) -> Outcome<Duration> {
    let meeting = council.meeting;
    let (paper, version) = *council.papers.first().ok_or("no paper")?;
    let begun = Instant::now();
    device.read(Room { meeting }).await?;
    device.read(Presence { meeting }).await?;
    device.read(RuleProfiles {}).await?;
    device.read(PaperPages { meeting, version }).await?;
    device.read(Annotations { meeting, paper }).await?;
    device.page(meeting, version, PAGE_PX).await?;
    Ok(begun.elapsed())
}

async fn one_at_a_time(council: &Council, vote: VoteId) -> Outcome<Vec<Duration>> {
    let mut times = Vec::with_capacity(CASTS);
    for (received, voter) in (1..).zip(council.devices.iter().rev().take(CASTS)) {
        let begun = Instant::now();
        let cast = async { voter.act(CastBallot { vote, choice: Choice::For }).await.map(drop) };
        let ((), last) = try_join(cast, all_show(council, vote, |view| view.received >= received)).await?;
        times.push(last.saturating_duration_since(begun));
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(times)
}

async fn at_once(council: &Council, vote: VoteId) -> Outcome<Duration> {
    let all = u32::try_from(council.devices.len())?;
    let begun = Instant::now();
    let cast = try_join_all(council.devices.iter().map(|voter| voter.act(CastBallot { vote, choice: Choice::For })));
    let (_, last) = try_join(cast, all_show(council, vote, |view| view.received >= all)).await?;
    Ok(last.saturating_duration_since(begun))
}

/// From the chair's closing until all show the final result.
async fn close(council: &Council, vote: VoteId) -> Outcome<Duration> {
    let chair = council.chair()?;
    let begun = Instant::now();
    let closing = async { chair.act(CloseVote { vote }).await.map(drop) };
    let ((), last) = try_join(closing, all_show(council, vote, |view| view.is_final && view.outcome.is_some())).await?;
    Ok(last.saturating_duration_since(begun))
}

/// When the last device showed what is looked for.
async fn all_show(council: &Council, vote: VoteId, is: impl Fn(&VoteView) -> bool + Copy) -> Outcome<Instant> {
    let found = move |view: VoteView| is(&view).then_some(());
    let shown = try_join_all(council.devices.iter().map(|device| device.shows("the vote", Vote { vote }, found))).await?;
    shown.into_iter().map(|((), at)| at).max().ok_or_else(|| "nobody".into())
}
