//! The hub, as the program that an administrator runs: what a connected device costs it, and how fast it passes changes on.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use serde_json::{Value, json};
use sync::DocRef;
use sync::control::SpaceKind;
use tokio::time::Instant;

use crate::Outcome;
use crate::blob::Ended;
use crate::catch_up::VALUE_BYTES;
use crate::device::{Device, LOOK_EVERY, folder_of, until};
use crate::figures::round;
use crate::machine::{cpu_ms, resident_bytes};
use crate::peer::Programs;

/// How long the hub's memory is watched before it is read.
const SETTLES: Duration = Duration::from_secs(2);

/// How much it has to do.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Devices that are connected to it, and to nobody else.
    pub devices: usize,
    /// Changes that one of them makes, one after the other, for all others.
    pub changes: usize,
}

/// What is asked for; all of it.
pub async fn measure(folder: &Path, programs: &Programs, load: Load) -> Outcome<Value> {
    let folder = tempfile::tempdir_in(folder)?;
    let founder = Device::founder(&folder_of(folder.path(), 0)).await?;
    let root = founder.ask(|engine| engine.replica().directory().map(|known| known.root().fingerprint())).await?;
    let hub = Hub::start(folder.path(), programs, &root.ok_or("no organisation")?.to_string())?;
    hub.is_let_in_by(&founder).await?;
    let mut people = Vec::new();
    for number in 1..load.devices {
        let device = founder.admits(&format!("Đại biểu {number}"), &folder_of(folder.path(), number)).await?;
        people.push(device.person().await?);
        device.off().await?;
    }
    let space = founder.space(SpaceKind::Meeting, people).await?;
    let target = DocRef::meeting(space);
    founder.writes_key(target, "first".into(), VALUE_BYTES).await?;
    let there = founder.envelopes(space).await?;
    let written = async || founder.ask(move |engine| engine.replica().own_log(&space)).await;
    until("the hub to have the space", async || Ok(written().await?).map(|(all, there)| (all == there).then_some(()))).await?;
    tokio::time::sleep(SETTLES).await;
    let alone = resident_bytes(hub.process)?;

    let mut devices = Vec::new();
    for number in 1..load.devices {
        let device = Arc::new(Device::open(&folder_of(folder.path(), number), None)?);
        device.dials(&hub.address).await?;
        devices.push(device);
    }
    for device in &devices {
        until("the space", async || Ok((device.envelopes(space).await? >= there).then_some(()))).await?;
    }
    tokio::time::sleep(SETTLES).await;
    let holding = resident_bytes(hub.process)?;
    let each = holding.saturating_sub(alone) as f64 / devices.len() as f64;

    let before: Vec<u64> = devices.iter().map(|device| device.metrics.envelopes.get()).collect();
    let (used, begun) = (cpu_ms(hub.process)?, Instant::now());
    founder.writes(target, load.changes, VALUE_BYTES).await?;
    try_join_all(devices.iter().zip(before).map(|(device, before)| async move {
        while device.metrics.envelopes.get() < before + load.changes as u64 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Outcome::Ok(())
    }))
    .await?;
    let (took, used) = (begun.elapsed().as_secs_f64(), cpu_ms(hub.process)?.saturating_sub(used));
    let pushes = (load.changes * devices.len()) as f64;
    Ok(json!({
        "devices_per_gb": (1e9 / each.max(1.0)).round(),
        "pushes_per_s": round(pushes / took),
        "pushes_per_cpu_s": round(pushes * 1e3 / (used.max(1) as f64)),
        "bytes_per_device": each.round(),
        "devices": load.devices,
        "changes": load.changes,
        "processes": 1,
        "backend": "sqlite_folder",
        "note": "one process on SQLite and a folder; other backends and several processes do not exist yet. pushes_per_s includes what the devices themselves do on the same processors",
    }))
}

struct Hub {
    process: u32,
    address: String,
    device: String,
    _running: Ended,
}

impl Hub {
    fn start(folder: &Path, programs: &Programs, root: &str) -> Outcome<Self> {
        let (config, data) = (folder.join("hub.toml"), folder.join("hub"));
        let made = Command::new(&programs.hub)
            .args(["init", "--listen", "/ip4/127.0.0.1/tcp/0", "--watch", "127.0.0.1:0", "--organisation", root, "--config"])
            .arg(&config)
            .arg("--folder")
            .arg(&data)
            .output()?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
        }
        let child =
            Command::new(&programs.hub).arg("--config").arg(&config).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let process = child.id();
        let running = Ended(child);
        let deadline = Instant::now() + crate::device::PATIENCE;
        loop {
            let told = Command::new(&programs.hub).arg("--config").arg(&config).args(["status", "--json"]).output()?;
            let status: Value = serde_json::from_slice(&told.stdout).unwrap_or_default();
            if let (Some(address), Some(device)) = (status["addresses"][0].as_str(), status["device"].as_str()) {
                return Ok(Self { process, address: address.into(), device: device.into(), _running: running });
            }
            if Instant::now() > deadline {
                return Err("the hub does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    async fn is_let_in_by(&self, founder: &Device) -> Outcome<()> {
        founder.dials(&self.address).await?;
        let device = self.device.parse()?;
        let asks = move |engine: &mut hub::engine::Engine| {
            engine.replica().join_requests().any(|pending| pending.request.device == device)
        };
        until("the hub's request", async || Ok(founder.ask(asks).await?.then_some(()))).await?;
        founder.attempt(move |engine| Ok(engine.with(|replica, cx| Ok(((), replica.approve_hub(cx, &device)?)))?)).await
    }
}
