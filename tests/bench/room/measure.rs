//! The measurements, one after the other in one room. What each phase cost on the wire is told on stderr.

use std::future::Future;
use std::time::{Duration, Instant};

use api::act::CastBallot;
use api::query::{MeetingList, Vote};
use api::view::VoteView;
use domain::id::{Timestamp, VoteId};
use domain::vote::Choice;
use futures::future::try_join_all;
use net::{Lane, Traffic};
use tests::bench::Outcome;
use tests::bench::device::Device;
use tests::bench::papers::Random;
use tests::bench::seating::{neighbours, wall};
use tests::bench::spread::{Spread, hundredth, ms, resident_bytes, spread};

use crate::account::Account;
use crate::figures::Figures;
use crate::sitting::{Plan, Sitting};

/// Between two single ballots, so that nothing of the one is in flight when the next is cast: more than announcements wait.
const BETWEEN_CASTS: Duration = Duration::from_millis(400);

/// A phase and what was written in it by all devices together.
struct Phase {
    name: &'static str,
    from: Timestamp,
    to: Timestamp,
    took: Duration,
    sync: u64,
    blob: u64,
    frames: u64,
}

/// Seats a room, measures, closes it, adds up.
pub async fn room(plan: Plan) -> Outcome<Figures> {
    let begun = Instant::now();
    let told = |what: &str| eprintln!("{:>7.1} s  {what}", begun.elapsed().as_secs_f64());
    told("founding, adding papers, letting the devices in");
    let sitting = Sitting::prepare(plan).await?;
    let traffic = sitting.traffic.clone();
    told("all come in and take over sitting and papers");
    let arrival = phase("arrival", &traffic, sitting.gather()).await?.0;
    told("all check in and write on the papers");
    let marks = phase("marks", &traffic, async {
        sitting.check_in().await?;
        sitting.write_marks().await
    });
    let marks = marks.await?.0;
    told("ballots, one at a time");
    let vote = sitting.open_vote("Thông qua báo cáo").await?;
    quiet().await;
    let (casts, cast_to_all) = phase("casts", &traffic, one_at_a_time(&sitting, vote)).await?;
    told("all ballots at once");
    let vote = sitting.open_vote("Thông qua dự toán").await?;
    quiet().await;
    let (burst, all_cast) = phase("burst", &traffic, at_once(&sitting, vote)).await?;
    let resident = resident_bytes().saturating_sub(sitting.alone);
    told("a newcomer joins");
    let (join, joined) = phase("join", &traffic, newcomer(&sitting, vote)).await?;
    told("closing");
    for device in sitting.devices.iter().chain([&sitting.newcomer.device]) {
        device.switch_off().await;
    }
    let account = Account::read(&sitting.plan.folder.join("chair"), sitting.meeting)?;
    let others = sitting.devices.len() - 1;
    let arrived: u64 = sitting.away.iter().map(|since| account.catching_up(*since, arrival.from)).sum();
    let least = [
        (&arrival, arrived),
        (&marks, account.live(marks.from, marks.to, others)),
        (&casts, account.live(casts.from, casts.to, others)),
        (&burst, account.live(burst.from, burst.to, others)),
        (&join, account.catching_up(sitting.newcomer.since, join.from)),
    ];
    for (phase, least) in &least {
        phase.report(*least);
    }
    let (written, least) =
        least.iter().fold((0, 0), |(written, sum), (phase, least)| (written + phase.sync + phase.blob, sum + least));
    Ok(Figures {
        devices: sitting.devices.len(),
        cast_to_all_ms: cast_to_all,
        burst_all_cast_ms: ms(all_cast),
        join_ms: ms(joined),
        wire_ratio: hundredth(ratio(written, least)),
        rss_mb_per_device: hundredth(resident as f64 / others as f64 / 1e6),
    })
}

/// Ballots by different devices, each until every device shows it.
async fn one_at_a_time(sitting: &Sitting, vote: VoteId) -> Outcome<Spread> {
    let mut times = Vec::with_capacity(sitting.plan.casts);
    let mut received = 0;
    for voter in sitting.devices.iter().rev().take(sitting.plan.casts) {
        received += 1;
        times.push(cast_to_all(sitting, voter, vote, received).await?);
        quiet().await;
    }
    eprintln!("           each: {} ms", times.iter().map(|time| format!("{:.0}", ms(*time))).collect::<Vec<_>>().join(" "));
    Ok(spread(&mut times))
}

async fn cast_to_all(sitting: &Sitting, voter: &Device, vote: VoteId, received: u32) -> Outcome<Duration> {
    let begun = Instant::now();
    let cast = async { voter.act(CastBallot { vote, choice: Choice::For }).await.map(drop) };
    let shown = all_show(sitting, vote, received);
    let ((), last) = futures::future::try_join(cast, shown).await?;
    Ok(last.saturating_duration_since(begun))
}

/// Everybody casts at once.
async fn at_once(sitting: &Sitting, vote: VoteId) -> Outcome<Duration> {
    let begun = Instant::now();
    let cast = try_join_all(sitting.devices.iter().map(|voter| voter.act(CastBallot { vote, choice: Choice::For })));
    let shown = all_show(sitting, vote, u32::try_from(sitting.devices.len())?);
    let (_, last) = futures::future::try_join(cast, shown).await?;
    Ok(last.saturating_duration_since(begun))
}

/// When the last device showed so many ballots.
async fn all_show(sitting: &Sitting, vote: VoteId, received: u32) -> Outcome<Instant> {
    let enough = |view: VoteView| (view.received >= received).then_some(());
    let shown = try_join_all(sitting.devices.iter().map(|device| device.shows("the ballots", Vote { vote }, enough))).await?;
    shown.into_iter().map(|((), at)| at).max().ok_or_else(|| "nobody".into())
}

/// One who is invited and has nothing: from the first call until papers, marks and votes are shown.
async fn newcomer(sitting: &Sitting, last: VoteId) -> Outcome<Duration> {
    let device = &sitting.newcomer.device;
    device.switch_on().await?;
    let mut addresses = Vec::new();
    for other in neighbours(&mut Random(2), sitting.devices.len(), usize::MAX, sitting.plan.calls) {
        addresses.push(sitting.devices.get(other).ok_or("no such device")?.address().await?);
    }
    let begun = Instant::now();
    for address in &addresses {
        device.call(address).await?;
    }
    let papers = u32::try_from(sitting.papers.len())?;
    let complete =
        |rows: Vec<api::view::MeetingRow>| rows.iter().any(|row| row.papers == papers && row.papers_missing == 0).then_some(());
    device.shows("the papers", MeetingList {}, complete).await?;
    sitting.has_marks(device).await?;
    let all = u32::try_from(sitting.devices.len())?;
    device.shows("the votes", Vote { vote: last }, |view| (view.received == all).then_some(())).await?;
    Ok(begun.elapsed())
}

async fn quiet() {
    tokio::time::sleep(BETWEEN_CASTS).await;
}

async fn phase<T>(name: &'static str, traffic: &Traffic, work: impl Future<Output = Outcome<T>>) -> Outcome<(Phase, T)> {
    let count = || {
        let frames = traffic.frames(Lane::Sync) + traffic.frames(Lane::Blob);
        (traffic.bytes(Lane::Sync), traffic.bytes(Lane::Blob), frames)
    };
    let (from, before, begun) = (wall(), count(), Instant::now());
    let result = work.await?;
    quiet().await;
    let (took, after, to) = (begun.elapsed(), count(), wall());
    let phase = Phase { name, from, to, took, sync: after.0 - before.0, blob: after.1 - before.1, frames: after.2 - before.2 };
    Ok((phase, result))
}

impl Phase {
    fn report(&self, least: u64) {
        eprintln!(
            "           {:<8} {:>8.2} s, {:>8.3} MB sync, {:>9.3} MB blob in {:>7} frames; least {:>9.3} MB, ratio {:.2}",
            self.name,
            self.took.as_secs_f64(),
            self.sync as f64 / 1e6,
            self.blob as f64 / 1e6,
            self.frames,
            least as f64 / 1e6,
            ratio(self.sync + self.blob, least),
        );
    }
}

fn ratio(written: u64, least: u64) -> f64 {
    written as f64 / least.max(1) as f64
}
