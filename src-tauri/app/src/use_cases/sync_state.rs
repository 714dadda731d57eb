//! Connections, and sync in three calm states.

use api::error::ApiError;
use api::view::{PeerRow, SyncMood, SyncSummary, SyncView};

use crate::app::App;
use crate::engine::Core;

impl App {
    pub(crate) async fn sync_state(&self) -> Result<SyncView, ApiError> {
        self.engine()?.run(|core| core.sync_view()).await
    }

    pub(crate) async fn dial(&self, address: String) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.dial(address.trim())).await
    }
}

impl Core {
    pub fn sync_summary(&self) -> SyncSummary {
        let peers: Vec<_> = self.replica.peers().filter(|(_, peer)| peer.person().is_some()).map(|(key, _)| *key).collect();
        let waiting = u32::try_from(self.replica.waiting() + self.replica.blobs_wanted()).unwrap_or(u32::MAX);
        let mood = match (peers.is_empty(), waiting) {
            (true, _) => SyncMood::Offline,
            (false, 0) => SyncMood::InSync,
            (false, _) => SyncMood::Waiting,
        };
        SyncSummary { mood, waiting, peers: u32::try_from(peers.len()).unwrap_or(u32::MAX), since: self.offline_since }
    }

    pub fn sync_view(&self) -> SyncView {
        let peers = self
            .replica
            .peers()
            .map(|(key, peer)| PeerRow {
                device: peer.device(),
                name: peer.person().map(|person| self.person_name(&person)).unwrap_or_default(),
                address: peer.address.clone(),
                since: peer.since,
                in_sync: peer.person().is_some() && self.replica.is_in_sync(key),
                declined: peer.declined.clone(),
            })
            .collect();
        SyncView { summary: self.sync_summary(), addresses: self.addresses.clone(), peers }
    }
}
