//! How much a node has written: for measuring what keeping devices alike costs over the least it could cost.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::stream::Lane;

#[derive(Debug, Default)]
struct Written {
    frames: AtomicU64,
    bytes: AtomicU64,
}

/// Counts of what was written to the lanes. Cheap to clone; clones count together, so that one given to every
/// [`Config`](crate::Config) counts a room.
#[derive(Clone, Debug, Default)]
pub struct Traffic(Arc<[Written; 2]>);

impl Traffic {
    /// Frames handed to the transport on a lane.
    #[must_use]
    pub fn frames(&self, lane: Lane) -> u64 {
        self.of(lane).frames.load(Ordering::Relaxed)
    }

    /// Bytes handed to the transport on a lane: frames and their lengths, before encryption and multiplexing.
    #[must_use]
    pub fn bytes(&self, lane: Lane) -> u64 {
        self.of(lane).bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn wrote(&self, lane: Lane, frames: usize, bytes: usize) {
        let written = self.of(lane);
        written.frames.fetch_add(frames as u64, Ordering::Relaxed);
        written.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn of(&self, lane: Lane) -> &Written {
        let [sync, blob] = &*self.0;
        match lane {
            Lane::Sync => sync,
            Lane::Blob => blob,
        }
    }
}
