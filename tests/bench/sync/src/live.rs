//! Live: one change is in flight at a time. Measured is from before it is made on one device until the last of the others has it in its
//! document.

use std::path::Path;
use std::time::Duration;

use futures::future::try_join_all;
use serde_json::{Map, Value, json};
use sync::DocRef;
use tokio::time::Instant;

use crate::Outcome;
use crate::catch_up::VALUE_BYTES;
use crate::device::LOOK_EVERY;
use crate::figures::{Samples, round};
use crate::mesh::Mesh;
use crate::peer::{Peer, Programs};
use crate::process::{Process, number};

/// Between two changes, so that acknowledgements and announcements of the one do not meet the other.
const BETWEEN: Duration = Duration::from_millis(150);
/// Changes before those that are measured: programs and connections warm up.
const WARMING: usize = 5;
/// Until all processes have read that they are to look out for a change.
const LISTENING: Duration = Duration::from_millis(20);
/// Processes that a peer's devices share, beside that of the server: as many as the machine measured on has processors.
const PEER_PROCESSES: usize = 2;

/// Measures rooms of these sizes: what is asked for, and details.
pub async fn measure(folder: &Path, programs: &Programs, sizes: &[usize], changes: usize) -> Outcome<(Value, Value)> {
    let (mut summary, mut details) = (Map::new(), Map::new());
    for devices in sizes {
        eprintln!("           live: {devices} devices");
        let mut row = Map::new();
        let mut all = Map::new();
        let ours = ours(folder, *devices, changes).await?;
        row.insert("ours".into(), json!(ours.percentile(99).map(round)));
        all.insert("ours".into(), told(&ours));
        for peer in Peer::ALL {
            let found = theirs(programs, peer, *devices, changes).await?;
            if peer != Peer::Samod {
                row.insert(peer.key().into(), json!(found.as_ref().and_then(|found| found.percentile(99)).map(round)));
            }
            all.insert(peer.key().into(), found.as_ref().map_or(Value::Null, told));
        }
        summary.insert(devices.to_string(), row.into());
        details.insert(devices.to_string(), all.into());
    }
    Ok((summary.into(), details.into()))
}

fn told(samples: &Samples) -> Value {
    let mut told = samples.told();
    told["p99"] = json!(samples.percentile(99).map(round));
    told
}

async fn ours(folder: &Path, devices: usize, changes: usize) -> Outcome<Samples> {
    let folder = tempfile::tempdir_in(folder)?;
    let mesh = Mesh::seat(folder.path(), devices).await?;
    mesh.connect(net::limits::ACTIVE_PEERS_MAX).await?;
    let target = DocRef::meeting(mesh.space);
    let (Some(writer), others) = (mesh.devices.first(), mesh.devices.get(1..).unwrap_or_default()) else {
        return Err("a room of nobody".into());
    };
    let mut samples = Samples::default();
    for change in 0..WARMING + changes {
        tokio::time::sleep(BETWEEN).await;
        let key = format!("key-{change}");
        let before: Vec<u64> = others.iter().map(|device| device.metrics.envelopes.get()).collect();
        let begun = Instant::now();
        let arrivals = others.iter().zip(before).map(|(device, before)| {
            let key = key.clone();
            async move {
                // A device is not asked before something became durable there.
                let mut asked_at = before;
                loop {
                    let now = device.metrics.envelopes.get();
                    if now > asked_at {
                        asked_at = now;
                        if device.has(target, key.clone()).await? {
                            return Outcome::Ok(Instant::now());
                        }
                    }
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        });
        let written = writer.writes_key(target, key.clone(), VALUE_BYTES);
        let (last, ()) = futures::future::try_join(try_join_all(arrivals), written).await?;
        let last = last.into_iter().max().ok_or("nobody else")?;
        if change >= WARMING {
            samples.add(last.saturating_duration_since(begun).as_secs_f64() * 1e3);
        }
    }
    Ok(samples)
}

async fn theirs(programs: &Programs, peer: Peer, devices: usize, changes: usize) -> Outcome<Option<Samples>> {
    let Some(server) = peer.start(programs)? else { return Ok(None) };
    let port = number(&server.ask("serve", json!({})).await?, "port")?;
    let made = server.ask("make", json!({ "docs": 1, "changes": 0, "bytes": VALUE_BYTES })).await?;
    let doc = made["docs"][0]["id"].clone();
    // The server has the document, too: it is one of the devices.
    let clients = devices - 1;
    let mut processes: Vec<Process> = Vec::new();
    for process in 0..PEER_PROCESSES.min(clients) {
        let count = clients / PEER_PROCESSES + usize::from(process < clients % PEER_PROCESSES);
        let Some(started) = peer.start(programs)? else { return Ok(None) };
        started.ask("clients", json!({ "port": port, "doc": doc, "count": count })).await?;
        processes.push(started);
    }
    let writer = processes.first().ok_or("nobody else")?;
    let mut samples = Samples::default();
    for change in 0..WARMING + changes {
        tokio::time::sleep(BETWEEN).await;
        let key = format!("key-{change}");
        let asked = processes.iter().chain([&server]).map(|process| process.ask("expect", json!({ "key": key })));
        let write = async {
            tokio::time::sleep(LISTENING).await;
            writer.ask("write", json!({ "key": key, "bytes": VALUE_BYTES, "seed": change + 1 })).await
        };
        let (arrived, written) = futures::future::try_join(try_join_all(asked), write).await?;
        let last = arrived.iter().map(|answer| number(answer, "at_us")).collect::<Outcome<Vec<_>>>()?;
        let last = last.into_iter().max().ok_or("nobody else")?;
        if change >= WARMING {
            samples.add((last - number(&written, "at_us")?) as f64 / 1e3);
        }
    }
    Ok(Some(samples))
}
