//! A connection and what is known of the device at its other end.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, Incarnation, PersonId, SpaceId, Timestamp};

use crate::limits::LOGS_MAX;
use crate::wire::LogEnd;

/// How far the hello has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Waiting for the peer's hello.
    Hello,
    /// Waiting for its proof.
    Proof {
        /// The device it claims to be.
        device: DeviceId,
        /// Its owner.
        person: PersonId,
        /// The nonce of its hello.
        nonce: [u8; 32],
    },
    /// Proved.
    Ready {
        /// The device.
        device: DeviceId,
        /// Its owner.
        person: PersonId,
    },
    /// Has no certificate of ours: may only ask to be let in. (Or we are the stranger at its door.)
    Stranger,
}

/// What is known of a peer in one space.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    /// The peer has told its logs, so that what it lacks is known.
    pub met: bool,
    /// What the peer has or is being sent.
    pub known: BTreeMap<(DeviceId, Incarnation), u64>,
    /// What the peer has acknowledged as durable.
    pub acked: BTreeMap<(DeviceId, Incarnation), u64>,
    /// Next storage position to send when catching up; `None` when caught up.
    pub cursor: Option<u64>,
    /// Catch-up messages not yet acknowledged.
    pub in_flight: usize,
    /// When the last of them left or was acknowledged, monotonic milliseconds.
    pub run_at: u64,
    /// The peer gets fresh envelopes from someone else: only announce them.
    pub lazy: bool,
    /// Messages in a row that the peer pushed and that brought nothing new.
    pub useless: usize,
    /// Ends of logs to announce.
    pub announce: BTreeMap<(DeviceId, Incarnation), LogEnd>,
    /// When to announce them, monotonic milliseconds.
    pub announce_at: Option<u64>,
    /// What the peer announced and is not here: since when, in monotonic milliseconds.
    pub missing: BTreeMap<(DeviceId, Incarnation), (u64, u64)>,
    /// Something fresh was not sent because the way to the peer was full.
    pub behind: bool,
    /// Devices of which the peer takes no envelopes for now: until when, monotonic milliseconds.
    pub declined: BTreeMap<DeviceId, u64>,
}

impl Shared {
    /// Does the peer take no envelopes of the device at present.
    pub fn declines(&self, device: &DeviceId, now_ms: u64) -> bool {
        self.declined.get(device).is_some_and(|until| now_ms < *until)
    }

    /// Notes the peer's logs as it told them.
    pub fn met(&mut self, ends: &[LogEnd]) {
        self.met = true;
        self.acked(ends);
    }

    /// Notes what the peer acknowledged.
    pub fn acked(&mut self, ends: &[LogEnd]) {
        for end in ends {
            let log = (end.device, end.incarnation);
            for table in [&mut self.acked, &mut self.known] {
                // Nobody is remembered to have logs that no space may have.
                if table.len() < LOGS_MAX || table.contains_key(&log) {
                    let seq = table.entry(log).or_default();
                    *seq = (*seq).max(end.seq);
                }
            }
        }
    }
}

/// A connection.
#[derive(Debug)]
pub struct Peer {
    /// How far the hello has come.
    pub stage: Stage,
    /// Our nonce on this connection.
    pub nonce: [u8; 32],
    /// Our transport id.
    pub local_id: Vec<u8>,
    /// The peer's.
    pub remote_id: Vec<u8>,
    /// Where it is.
    pub address: String,
    /// Since when.
    pub since: Timestamp,
    /// Since when the hello is known to be under way, monotonic milliseconds.
    pub hello_at: Option<u64>,
    /// What it shares with us; no space stands here that it does not share.
    pub spaces: BTreeMap<SpaceId, Shared>,
    /// Spaces whose digest was sent, with the digest that was sent last.
    pub compared: BTreeMap<SpaceId, Hash32>,
    /// Spaces that it offered and does not belong to as far as is known here, or of which nothing is here, with the digest that was answered
    /// last and how often it was.
    pub heard_out: BTreeMap<SpaceId, (Hash32, u32)>,
    /// Spaces that it was told to have been taken out of, with the removal that it was shown.
    pub told_left: BTreeMap<SpaceId, Hash32>,
    /// Spaces in which it has something else than we and somebody else was asked first.
    pub put_off: BTreeSet<SpaceId>,
    /// It understands digests of parts.
    pub knows_parts: bool,
    /// Spaces of which it was told the coarsest parts and has not answered: since when, monotonic milliseconds.
    pub dividing: BTreeMap<SpaceId, u64>,
    /// When digests were last sent, monotonic milliseconds.
    pub digests_at: u64,
    /// Bad frames so far.
    pub strikes: u32,
    /// Blobs that it says it has: such as are wanted here, and of a hub also such as were offered to it.
    pub has_blobs: BTreeSet<Hash32>,
    /// Blobs that it asked about and should hear of when they are here.
    pub wants_blobs: BTreeSet<Hash32>,
    /// Messages of catching up not yet acknowledged, in all spaces.
    pub in_flight: usize,
    /// Frames to it wait outside.
    pub congested: bool,
    /// Why it declined something last.
    pub declined: Option<String>,
    /// Files that it declined.
    pub declined_blobs: BTreeSet<Hash32>,
    /// Its organisation's name and root as its hello said.
    pub organisation: String,
    /// Its root.
    pub root: Option<signing::keys::RootPublic>,
    /// Hash of the certificates in its last hello.
    pub chain: Option<Hash32>,
}

impl Peer {
    /// The device, once proved.
    pub fn device(&self) -> Option<DeviceId> {
        match self.stage {
            Stage::Ready { device, .. } => Some(device),
            _ => None,
        }
    }

    /// The device and its owner, once proved.
    pub fn identity(&self) -> Option<(DeviceId, PersonId)> {
        Some((self.device()?, self.person()?))
    }

    /// Its owner, once proved.
    pub fn person(&self) -> Option<PersonId> {
        match self.stage {
            Stage::Ready { person, .. } => Some(person),
            _ => None,
        }
    }
}
