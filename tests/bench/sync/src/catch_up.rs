//! Catching up: one device made changes while the other was away. Each side is a fresh process.
//!
//! Times are taken over the plain loopback; bytes, and what a reconnection with nothing new costs, in a run of their own through a
//! [`Wire`] that counts.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};
use sync::DocRef;
use sync::control::SpaceKind;

use crate::Outcome;
use crate::device::{Device, folder_of, until};
use crate::figures::{Samples, round};
use crate::machine::copy_folder;
use crate::peer::{Peer, Programs};
use crate::process::{Process, number};
use crate::wire::{Wire, port_of};

/// Bytes of one entry's value.
pub const VALUE_BYTES: usize = 200;

/// What was missed.
#[derive(Debug, Clone, Copy)]
pub struct Missed {
    /// Documents.
    pub docs: usize,
    /// Changes of each.
    pub changes: usize,
    /// How often it is caught up with.
    pub runs: usize,
}

/// What one system needs.
#[derive(Default)]
struct Found {
    ms: Samples,
    durable_ms: Samples,
    cpu_ms: Samples,
    bytes: Option<[u64; 2]>,
    reconnect: Option<[u64; 2]>,
    reconnect_lane: Option<u64>,
}

impl Found {
    fn told(&self) -> Value {
        let mut told = json!({
            "ms": self.ms.told(), "cpu_ms_both": self.cpu_ms.told(),
            "bytes_up_down": self.bytes, "reconnect_bytes_up_down": self.reconnect,
        });
        if !self.durable_ms.is_empty() {
            told["durable_ms"] = self.durable_ms.told();
            told["reconnect_lane_bytes"] = json!(self.reconnect_lane);
        }
        told
    }
}

/// The part of the result that is asked for, details, and what a reconnection with nothing new costs us.
pub struct Compared {
    /// With the keys that are asked for.
    pub summary: Value,
    /// Everything.
    pub details: Value,
    /// Bytes of both lanes' frames, both ways.
    pub reconnect_bytes: Option<u64>,
}

/// Measures ours and the peers.
pub async fn measure(folder: &Path, programs: &Programs, missed: Missed) -> Outcome<Compared> {
    let mut summary = Map::new();
    let mut details = Map::new();
    let ours = ours(folder, missed).await?;
    summary.insert("ours_ms".into(), json!(ours.ms.median().map(round)));
    summary.insert("ours_bytes".into(), json!(ours.bytes.map(|ways| ways.iter().sum::<u64>())));
    details.insert("ours".into(), ours.told());
    for peer in Peer::ALL {
        let found = theirs(programs, peer, missed).await?;
        summary.insert(format!("{}_ms", peer.key()), json!(found.as_ref().and_then(|found| found.ms.median()).map(round)));
        if peer == Peer::Samod {
            let bytes = found.as_ref().and_then(|found| found.bytes).map(|ways| ways.iter().sum::<u64>());
            summary.insert("samod_bytes".into(), json!(bytes));
        }
        details.insert(peer.key().into(), found.map_or(Value::Null, |found| found.told()));
    }
    Ok(Compared { summary: summary.into(), details: details.into(), reconnect_bytes: ours.reconnect_lane })
}

/// Two profiles on the disk: one has everything, the other belongs to the space and has nothing of what was written there.
struct Prepared {
    has: PathBuf,
    lacks: PathBuf,
    request: Value,
}

async fn prepare(folder: &Path, missed: Missed) -> Outcome<Prepared> {
    let (has, lacks) = (folder_of(folder, 0), folder_of(folder, 1));
    let writer = Device::founder(&has).await?;
    let reader = writer.admits("Đại biểu", &lacks).await?;
    let kind = if missed.docs == 1 { SpaceKind::Meeting } else { SpaceKind::Organisation };
    let space = writer.space(kind, vec![reader.person().await?]).await?;
    let begun = writer.envelopes(space).await?;
    until("the space", async || Ok((reader.envelopes(space).await? >= begun).then_some(()))).await?;
    reader.off().await?;
    let person = writer.person().await?;
    let mut docs = Vec::with_capacity(missed.docs);
    for number in 0..missed.docs {
        let target = match kind {
            SpaceKind::Meeting => DocRef::meeting(space),
            _ => DocRef::contribution(space, &person, &u128::try_from(number)?.to_be_bytes()),
        };
        writer.writes_ahead(target, missed.changes, VALUE_BYTES).await?;
        docs.push(json!([target.doc, target.kind.code(), missed.changes]));
    }
    let envelopes = writer.envelopes(space).await?;
    writer.off().await?;
    Ok(Prepared { has, lacks, request: json!({ "space": space, "docs": docs, "envelopes": envelopes }) })
}

/// A fresh process over a copy of a profile, and where it is called.
pub async fn opened(profile: &Path, copy: &Path) -> Outcome<(Process, String)> {
    copy_folder(profile, copy)?;
    let process = Process::start(Command::new(std::env::current_exe()?).arg("child"))?;
    let answer = process.ask("open", json!({ "folder": copy })).await?;
    Ok((process, answer["address"].as_str().ok_or("no address")?.to_owned()))
}

async fn ours(folder: &Path, missed: Missed) -> Outcome<Found> {
    let folder = tempfile::tempdir_in(folder)?;
    let prepared = prepare(folder.path(), missed).await?;
    let mut found = Found::default();
    for run in 0..=missed.runs {
        let copies = folder.path().join(format!("run-{run}"));
        let (has, address) = opened(&prepared.has, &copies.join("has")).await?;
        let (lacks, _) = opened(&prepared.lacks, &copies.join("lacks")).await?;
        let mut request = prepared.request.clone();
        if run == missed.runs {
            let wire = Wire::to(port_of(&address)?, None).await?;
            request["address"] = wire.multiaddress().into();
            lacks.ask("catch_up", request).await?;
            wire.quiet(0).await;
            found.bytes = Some(wire.carried());
            let lanes = async || Outcome::Ok(lane_bytes(&has).await? + lane_bytes(&lacks).await?);
            let (before, lanes_before) = (wire.carried(), lanes().await?);
            // The device calls again by itself.
            wire.cut();
            wire.quiet(before.iter().sum()).await;
            found.reconnect = Some(difference(wire.carried(), before));
            found.reconnect_lane = Some(lanes().await? - lanes_before);
        } else {
            request["address"] = address.into();
            let before = has.cpu_ms()? + lacks.cpu_ms()?;
            let answer = lacks.ask("catch_up", request).await?;
            found.cpu_ms.add((has.cpu_ms()? + lacks.cpu_ms()? - before) as f64);
            found.ms.add(number(&answer, "us")? as f64 / 1e3);
            found.durable_ms.add(number(&answer, "durable_us")? as f64 / 1e3);
        }
        for process in [lacks, has] {
            process.ask("off", json!({})).await?;
        }
        std::fs::remove_dir_all(copies)?;
    }
    Ok(found)
}

async fn lane_bytes(process: &Process) -> Outcome<u64> {
    Ok(u64::try_from(number(&process.ask("traffic", json!({})).await?, "bytes")?)?)
}

fn difference(after: [u64; 2], before: [u64; 2]) -> [u64; 2] {
    [after[0] - before[0], after[1] - before[1]]
}

async fn theirs(programs: &Programs, peer: Peer, missed: Missed) -> Outcome<Option<Found>> {
    let mut found = Found::default();
    for run in 0..=missed.runs {
        let (Some(has), Some(lacks)) = (peer.start(programs)?, peer.start(programs)?) else { return Ok(None) };
        let port = u16::try_from(number(&has.ask("serve", json!({})).await?, "port")?)?;
        let make = json!({ "docs": missed.docs, "changes": missed.changes, "bytes": VALUE_BYTES });
        let docs = has.ask("make", make).await?["docs"].take();
        if run == missed.runs {
            let wire = Wire::to(port, None).await?;
            lacks.ask("fetch", json!({ "port": wire.port(), "docs": docs })).await?;
            wire.quiet(0).await;
            found.bytes = Some(wire.carried());
            lacks.ask("leave", json!({})).await?;
            wire.cut();
            wire.quiet(0).await;
            let before = wire.carried();
            lacks.ask("again", json!({ "port": wire.port() })).await?;
            wire.quiet(before.iter().sum()).await;
            found.reconnect = Some(difference(wire.carried(), before));
        } else {
            let before = has.cpu_ms()? + lacks.cpu_ms()?;
            let answer = lacks.ask("fetch", json!({ "port": port, "docs": docs })).await?;
            found.cpu_ms.add((has.cpu_ms()? + lacks.cpu_ms()? - before) as f64);
            found.ms.add(number(&answer, "us")? as f64 / 1e3);
        }
    }
    Ok(Some(found))
}
