//! One device: the application over a profile, asked as a window asks it.

use std::path::Path;
use std::time::{Duration, Instant};

use api::act::{Dial, Does};
use api::push::{Push, Tag};
use api::query::{Reads, Status, SyncState};
use api::view::{ProfileState, StatusView};
use app::{App, Options};
use domain::id::{Hash32, SpaceId};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Outcome;

/// Protects profiles that hold nothing but a measurement.
pub const PASSPHRASE: &str = "do-toc-do-phong-hop";
/// A window fetches what changed at most once a frame.
const FRAME: Duration = Duration::from_millis(16);
/// How long anything may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(300);
/// Looked at again even if nothing was told, so that a lost notice shows as a slow figure, not as a measurement that never
/// ends.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A device of the room.
#[derive(Clone)]
pub struct Device {
    /// The person's name.
    pub name: String,
    app: App,
}

impl Device {
    /// A device with its profile in a folder; what it writes to others is counted.
    pub fn new(name: String, folder: &Path, traffic: &net::Traffic) -> Self {
        let net = net::Config { traffic: traffic.clone(), ..net::Config::loopback() };
        let app = App::new(Options { folder: folder.to_owned(), net: Some(net), dial: Vec::new(), paths: false });
        Self { name, app }
    }

    /// Opens the profile and joins the network, calling nobody yet.
    pub async fn switch_on(&self) -> Outcome<()> {
        Ok(self.app.unlock(PASSPHRASE).await?)
    }

    /// Closes the profile in order.
    pub async fn switch_off(&self) {
        self.app.close().await;
    }

    /// Keeps a file for a later act.
    pub fn upload(&self, name: &str, bytes: Vec<u8>) -> Outcome<String> {
        Ok(self.app.upload(name, bytes)?)
    }

    /// Does something.
    pub async fn act<A: Does>(&self, act: A) -> Outcome<A::Reply> {
        let reply = self.app.act(act.any()).await.map_err(|error| format!("{}: {error}", self.name))?;
        Ok(serde_json::from_value(reply)?)
    }

    /// Reads something.
    pub async fn read<Q: Reads>(&self, query: Q) -> Outcome<Q::Reply> {
        let reply = self.app.query(query.any()).await.map_err(|error| format!("{}: {error}", self.name))?;
        Ok(serde_json::from_value(reply)?)
    }

    /// Draws the first page of a paper.
    ///
    /// # Errors
    /// What the application says.
    pub async fn page(&self, meeting: SpaceId, version: Hash32, width_px: u32) -> Outcome<()> {
        self.app.page(meeting, version, 0, width_px).await.map_err(|error| format!("{}: {error}", self.name))?;
        Ok(())
    }

    /// Reads again whenever the device tells that the answer may have changed, until `is` finds in it what it looks for.
    /// A request for something that has not arrived yet is asked again, too.
    pub async fn shows<Q: Reads + Clone, R>(
        &self,
        what: &str,
        query: Q,
        is: impl Fn(Q::Reply) -> Option<R>,
    ) -> Outcome<(R, Instant)> {
        let mut pushes = self.app.subscribe();
        let tags = query.clone().any().tags();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let asked = Instant::now();
            match self.app.query(query.clone().any()).await {
                Ok(reply) => {
                    if let Some(found) = is(serde_json::from_value(reply)?) {
                        return Ok((found, Instant::now()));
                    }
                }
                Err(error) if error.code == "not_found" => {}
                Err(error) => return Err(format!("{}: {error}", self.name).into()),
            }
            if Instant::now() > deadline {
                return Err(format!("{} still does not show {what}", self.name).into());
            }
            let _ = tokio::time::timeout(LOOK_AGAIN, told(&mut pushes, &tags)).await;
            tokio::time::sleep_until((asked + FRAME).into()).await;
        }
    }

    /// Where others reach it.
    pub async fn address(&self) -> Outcome<String> {
        let (address, _) = self.shows("its address", SyncState {}, |sync| sync.addresses.into_iter().next()).await?;
        Ok(address)
    }

    /// Calls another.
    pub async fn call(&self, address: &str) -> Outcome<()> {
        self.act(Dial { address: address.to_owned() }).await
    }

    /// Waits until the device belongs to the organisation.
    pub async fn belongs(&self) -> Outcome<StatusView> {
        let ready = |status: StatusView| (status.state == ProfileState::Ready).then_some(status);
        Ok(self.shows("that it belongs to the organisation", Status {}, ready).await?.0)
    }
}

/// Resolves when one of the tags is told of.
async fn told(pushes: &mut Receiver<Push>, tags: &[Tag]) {
    loop {
        match pushes.recv().await {
            Ok(Push::Changed { tags: changed }) if changed.iter().any(|tag| tags.contains(tag)) => return,
            Ok(Push::Overflowed) | Err(RecvError::Lagged(_)) => return,
            Ok(_) => {}
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}
