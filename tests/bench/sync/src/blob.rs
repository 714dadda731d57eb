//! A file of 50 MB: to one peer beside rsync and syncthing, and to twenty peers whose links are as slow as cables of 100 Mbit/s.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use futures::future::try_join_all;
use serde_json::{Value, json};
use sync::control::SpaceKind;
use tokio::time::Instant;

use crate::Outcome;
use crate::catch_up::opened;
use crate::device::{Device, folder_of, random, until};
use crate::figures::{Samples, round};
use crate::mesh::{Mesh, pairs};
use crate::process::number;
use crate::syncthing;
use crate::wire::{Cable, Wire, port_of};

/// Each way.
const SHAPED_BITS_A_SECOND: f64 = 100e6;
/// How long rsync's daemon may take to listen.
const LISTENS_WITHIN: Duration = Duration::from_secs(10);

/// What is transferred.
#[derive(Debug, Clone, Copy)]
pub struct Transfer {
    /// Bytes of the file.
    pub bytes: usize,
    /// Peers with shaped links.
    pub peers: usize,
    /// How often it is transferred to one.
    pub runs: usize,
}

/// What is asked for, and details.
pub async fn measure(folder: &Path, transfer: Transfer) -> Outcome<(Value, Value)> {
    let one = one(folder, transfer).await?;
    let (rsync, rsync_note) = noted(rsync(folder, transfer).await);
    let (syncthing, syncthing_note) = noted(syncthing::transfer(folder, transfer).await);
    eprintln!("           a shaped link");
    let shaped_one = shaped(folder, transfer.bytes, 1).await?;
    eprintln!("           {} shaped links", transfer.peers);
    let shaped_many = shaped(folder, transfer.bytes, transfer.peers).await?;
    let median = |samples: &Option<Samples>| samples.as_ref().and_then(Samples::median).map(round);
    let told = |samples: &Option<Samples>| samples.as_ref().map_or(Value::Null, Samples::told);
    let summary = json!({
        "one_ms": one.median().map(round), "rsync_ms": median(&rsync), "syncthing_ms": median(&syncthing),
        "shaped_one_ms": round(shaped_one), "shaped_twenty_ms": round(shaped_many),
    });
    let details = json!({
        "one_ms": one.told(), "rsync_ms": told(&rsync), "rsync_note": rsync_note,
        "syncthing_ms": told(&syncthing), "syncthing_note": syncthing_note,
        "bytes": transfer.bytes, "shaped_peers": transfer.peers, "shaped_bits_a_second": SHAPED_BITS_A_SECOND,
    });
    Ok((summary, details))
}

/// What cannot be had is said, and does not end the measurement.
fn noted(found: Outcome<Samples>) -> (Option<Samples>, Option<String>) {
    match found {
        Ok(samples) => (Some(samples), None),
        Err(error) => (None, Some(format!("unavailable: {error}"))),
    }
}

/// From the call to a device that has the file until it is complete, verified and durable. Both are fresh processes.
async fn one(folder: &Path, transfer: Transfer) -> Outcome<Samples> {
    let folder = tempfile::tempdir_in(folder)?;
    let (has, lacks) = (folder_of(folder.path(), 0), folder_of(folder.path(), 1));
    let (space, blob) = {
        let founder = Device::founder(&has).await?;
        let other = founder.admits("Đại biểu", &lacks).await?;
        let space = founder.space(SpaceKind::Meeting, vec![other.person().await?]).await?;
        let begun = founder.envelopes(space).await?;
        until("the space", async || Ok((other.envelopes(space).await? >= begun).then_some(()))).await?;
        other.off().await?;
        let blob = founder.adds_file(space, random(transfer.bytes)?).await?;
        founder.off().await?;
        (space, blob)
    };
    let mut samples = Samples::default();
    for run in 0..transfer.runs {
        let copies = folder.path().join(format!("run-{run}"));
        let (has, address) = opened(&has, &copies.join("has")).await?;
        let (lacks, _) = opened(&lacks, &copies.join("lacks")).await?;
        let answer = lacks.ask("fetch", json!({ "space": space, "blob": blob, "address": address })).await?;
        samples.add(number(&answer, "us")? as f64 / 1e3);
        for process in [lacks, has] {
            process.ask("off", json!({})).await?;
        }
        std::fs::remove_dir_all(copies)?;
    }
    Ok(samples)
}

/// `rsync --fsync` from its daemon on loopback: from its start until it has ended.
async fn rsync(folder: &Path, transfer: Transfer) -> Outcome<Samples> {
    let folder = tempfile::tempdir_in(folder)?;
    let (source, target) = (folder.path().join("source"), folder.path().join("target"));
    std::fs::create_dir_all(&source)?;
    std::fs::create_dir_all(&target)?;
    std::fs::write(source.join("file"), random(transfer.bytes)?)?;
    std::fs::File::open(source.join("file"))?.sync_all()?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let config = folder.path().join("rsyncd.conf");
    // As whoever runs the measurement: as root it would otherwise become nobody.
    let user = |which: &str| -> Outcome<String> {
        Ok(String::from_utf8(Command::new("id").arg(which).output()?.stdout)?.trim().to_owned())
    };
    let text = format!(
        "use chroot = no\nuid = {}\ngid = {}\nlog file = {}\n[papers]\npath = {}\nread only = yes\n",
        user("-u")?,
        user("-g")?,
        folder.path().join("log").display(),
        source.display()
    );
    std::fs::write(&config, text)?;
    let daemon = Command::new("rsync")
        .args(["--daemon", "--no-detach", "--address=127.0.0.1"])
        .arg(format!("--port={port}"))
        .arg(format!("--config={}", config.display()))
        .spawn()?;
    let _daemon = Ended(daemon);
    let deadline = Instant::now() + LISTENS_WITHIN;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        if Instant::now() > deadline {
            return Err("rsync's daemon does not listen".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut samples = Samples::default();
    for _ in 0..transfer.runs {
        let _ = std::fs::remove_file(target.join("file"));
        let begun = Instant::now();
        let status = Command::new("rsync")
            .args(["--fsync", "--times", &format!("rsync://127.0.0.1:{port}/papers/file")])
            .arg(&target)
            .status()?;
        if !status.success() {
            return Err(format!("rsync ended with {status}").into());
        }
        samples.add(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(samples)
}

/// A process that does not outlive the measurement.
pub struct Ended(pub std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One device has the file; all others ask for it at once. Each device hangs on a cable of its own, which all its connections share. From the
/// question until the last has it.
async fn shaped(folder: &Path, bytes: usize, peers: usize) -> Outcome<f64> {
    let folder = tempfile::tempdir_in(folder)?;
    let mesh = Mesh::seat(folder.path(), peers + 1).await?;
    let cables: Vec<Cable> = mesh.devices.iter().map(|_| Cable::new(SHAPED_BITS_A_SECOND)).collect();
    let mut wires = Vec::new();
    for (caller, called) in pairs(mesh.devices.len(), net::limits::ACTIVE_PEERS_MAX)? {
        let (Some(device), Some(other)) = (mesh.devices.get(caller), mesh.devices.get(called)) else { continue };
        let (Some(from), Some(to)) = (cables.get(caller), cables.get(called)) else { continue };
        let wire = Wire::to(port_of(&other.address().await?)?, Some((from.clone(), to.clone()))).await?;
        device.dials(&wire.multiaddress()).await?;
        wires.push(wire);
    }
    mesh.alike().await?;
    let (Some(source), others) = (mesh.devices.first(), mesh.devices.get(1..).unwrap_or_default()) else {
        return Err("a room of nobody".into());
    };
    let blob = source.adds_file(mesh.space, random(bytes)?).await?;
    let begun = Instant::now();
    try_join_all(others.iter().map(|device| async move {
        device.wants(mesh.space, blob).await?;
        device.has_file().await
    }))
    .await?;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    let carried: u64 = wires.iter().map(Wire::sum).sum();
    eprintln!("           {:.1} MB in all for {:.1} MB", carried as f64 / 1e6, (bytes * peers) as f64 / 1e6);
    Ok(took)
}
