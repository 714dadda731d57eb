//! The least that could have been sent: each sealed envelope and each blob once to every device that lacked it, read from
//! the chair's profile afterwards.

use std::path::Path;

use domain::id::{SpaceId, Timestamp};
use signing::profile_key::ProfileKeyFile;
use store::Store;
use sync::envelope::open_unsigned;
use sync::port::Shelf;

use tests::bench::Outcome;
use tests::bench::device::PASSPHRASE;

/// Bytes read from the shelf at a time.
const STEP_BYTES: usize = 1 << 20;

/// What replicates, with when it was made.
pub struct Account {
    meeting: Vec<(Timestamp, u64)>,
    directory: Vec<(Timestamp, u64)>,
    blobs: u64,
}

impl Account {
    /// Reads a closed profile that has everything.
    pub fn read(profile: &Path, meeting: SpaceId) -> Outcome<Self> {
        let file = ProfileKeyFile::from_bytes(std::fs::read(profile.join(store::profile::KEY_FILE))?);
        let key = file.unlock(PASSPHRASE.as_bytes())?;
        let store = Store::open(profile, &key.derive("database"))?;
        let root = store.meta(sync::META_ROOT)?.and_then(|bytes| bytes.try_into().ok()).ok_or("no organisation")?;
        let directory = sync::control::directory_space(&signing::keys::RootPublic(root));
        let blobs = store.blobs()?.iter().filter(|blob| blob.space == meeting && blob.complete).map(|blob| blob.size).sum();
        Ok(Self { meeting: envelopes(&store, &meeting)?, directory: envelopes(&store, &directory)?, blobs })
    }

    /// Envelopes of the sitting made in a time, each once to `lacking` devices.
    pub fn live(&self, from: Timestamp, to: Timestamp, lacking: usize) -> u64 {
        let made = self.meeting.iter().filter(|(at, _)| (from..=to).contains(at));
        made.map(|(_, bytes)| bytes).sum::<u64>() * u64::try_from(lacking).unwrap_or(u64::MAX)
    }

    /// Everything of the sitting made before `now`, and what came into the directory since the device went away.
    pub fn catching_up(&self, away_since: Timestamp, now: Timestamp) -> u64 {
        let meeting: u64 = self.meeting.iter().filter(|(at, _)| *at <= now).map(|(_, bytes)| bytes).sum();
        let directory: u64 =
            self.directory.iter().filter(|(at, _)| (away_since..=now).contains(at)).map(|(_, bytes)| bytes).sum();
        meeting + directory + self.blobs
    }
}

fn envelopes(store: &Store, space: &SpaceId) -> Outcome<Vec<(Timestamp, u64)>> {
    let mut all = Vec::new();
    let mut from = 0;
    loop {
        let rows = store.envelopes(space, from, STEP_BYTES)?;
        let Some((last, _)) = rows.last() else { break };
        from = last + 1;
        for (_, bytes) in &rows {
            let made_at = open_unsigned(bytes)?.header.made_at;
            all.push((made_at, u64::try_from(bytes.len())?));
        }
    }
    Ok(all)
}
