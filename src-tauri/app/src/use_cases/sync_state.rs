//! Connections, and sync in three calm states.

use api::error::ApiError;
use api::view::{PeerRow, SyncMood, SyncSummary, SyncView};
use domain::id::Timestamp;

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

/// Sync in one line. `peers`: connected devices of people who belong here; `waiting`: changes of this device that none of them is known
/// to have, and files on their way; `offline_since`: when the last of them went.
///
/// Without anybody connected nobody can say what is lacking elsewhere, so that state is about time, not about a count.
fn summary(peers: usize, waiting: usize, offline_since: Option<Timestamp>) -> SyncSummary {
    let mood = match (peers, waiting) {
        (0, _) => SyncMood::Offline,
        (_, 0) => SyncMood::InSync,
        (_, _) => SyncMood::Waiting,
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    SyncSummary { mood, waiting: count(waiting), peers: count(peers), since: offline_since, full: false }
}

/// Is this why a hub takes no more: it has no room, for this device or for all.
fn is_full(code: &str) -> bool {
    matches!(code, "quota_device" | "quota_organisation")
}

impl Core {
    pub fn sync_summary(&self) -> SyncSummary {
        let peers = self.replica.peers().filter(|(_, peer)| peer.person().is_some()).count();
        let full = self.replica.peers().any(|(_, peer)| peer.declined.as_deref().is_some_and(is_full));
        let told = summary(peers, self.replica.waiting() + self.replica.blobs_wanted(), self.offline_since);
        SyncSummary { full, ..told }
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
        SyncView { summary: self.sync_summary(), addresses: self.addresses.clone(), peers, calls: self.call_rows() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINCE: Timestamp = Timestamp(1_796_000_000_000);

    #[test]
    fn without_anybody_connected_it_is_offline_since_then_whatever_waits() {
        for waiting in [0, 1, 4_000] {
            let told = summary(0, waiting, Some(SINCE));
            assert_eq!((told.mood, told.peers, told.since), (SyncMood::Offline, 0, Some(SINCE)));
        }
    }

    #[test]
    fn with_somebody_connected_what_waits_decides_and_both_are_counted() {
        let told = |peers, waiting| {
            let told = summary(peers, waiting, None);
            (told.mood, told.peers, told.waiting)
        };
        assert_eq!(told(1, 0), (SyncMood::InSync, 1, 0));
        assert_eq!(told(6, 0), (SyncMood::InSync, 6, 0));
        assert_eq!(told(6, 1), (SyncMood::Waiting, 6, 1));
        assert_eq!(told(1, 37), (SyncMood::Waiting, 1, 37));
    }

    #[test]
    fn only_a_lack_of_room_is_told_as_one() {
        assert!(is_full("quota_device") && is_full("quota_organisation"));
        assert!(!is_full("") && !is_full("something_newer"));
    }

    #[test]
    fn a_count_beyond_what_can_be_told_stays_a_count() {
        assert_eq!(summary(1, usize::MAX, None).waiting, u32::MAX);
    }
}
