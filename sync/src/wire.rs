//! What peers say to each other. Every message is one frame: canonical CBOR behind nothing, versioned by the hello.

use domain::id::{DeviceId, Hash32, Incarnation, SpaceId};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use signing::canonical::{self, DecodeError};
use signing::certificate::Chain;
use signing::join::SignedJoinRequest;
use signing::keys::{RootPublic, Signature};

use crate::limits::{BLOB_FRAME_BYTES_MAX, FRAME_BYTES_MAX, LOGS_MAX, PARTS_MAX, RUN_BYTES_MAX, SPACES_MAX};
use crate::parts::PART_BYTES;
use crate::port::Head;

/// The protocol version that this program speaks.
pub const PROTOCOL: u16 = 1;
/// What a greeting names besides if its sender also understands [`Message::Parts`] and [`Message::PartEnds`].
pub const PROTOCOL_PARTS: u16 = 2;

/// The end of a log, as peers compare it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct LogEnd {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// Its log.
    #[n(1)]
    pub incarnation: Incarnation,
    /// The newest envelope.
    #[n(2)]
    pub seq: u64,
    /// Its hash.
    #[n(3)]
    pub hash: Hash32,
}

/// Longest encoding of a [`LogEnd`]: the heads and bytes of its fields.
const LOG_END_BYTES_MAX: usize = 1 + (2 + 32) + (1 + 8) + 9 + (2 + 32);
/// Longest encoding of a [`SpaceDigest`].
const SPACE_DIGEST_BYTES: usize = 1 + (1 + 16) + (2 + 32);
/// Longest encoding of what stands around them in a message.
const AROUND_BYTES_MAX: usize = 64;
const _: () = assert!(LOGS_MAX * LOG_END_BYTES_MAX + AROUND_BYTES_MAX <= FRAME_BYTES_MAX);
/// Longest encoding of a part's number.
const PART_NUMBER_BYTES_MAX: usize = 3;
const _: () =
    assert!(LOGS_MAX * LOG_END_BYTES_MAX + PARTS_MAX * PART_NUMBER_BYTES_MAX + (2 + 32) + AROUND_BYTES_MAX <= FRAME_BYTES_MAX);
const _: () = assert!(PARTS_MAX * (1 + PART_NUMBER_BYTES_MAX + 2 + PART_BYTES) + (2 + 32) + AROUND_BYTES_MAX <= FRAME_BYTES_MAX);
const _: () = assert!(SPACES_MAX * SPACE_DIGEST_BYTES + AROUND_BYTES_MAX <= FRAME_BYTES_MAX);

impl From<Head> for LogEnd {
    fn from(head: Head) -> Self {
        Self { device: head.device, incarnation: head.incarnation, seq: head.seq, hash: head.hash }
    }
}

/// A space and the digest of its logs' ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct SpaceDigest {
    /// The space.
    #[n(0)]
    pub space: SpaceId,
    /// See [`crate::space::Space::digest`].
    #[n(1)]
    pub digest: Hash32,
}

/// A part of a space with many logs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Part {
    /// Its number among the parts of its depth.
    #[n(0)]
    pub at: u16,
    /// The digests of the sixteen parts that it consists of, one after the other.
    #[n(1)]
    pub digests: ByteVec,
}

/// A blob by what can be told of it without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct OfferedBlob {
    /// Its space.
    #[n(0)]
    pub space: SpaceId,
    /// BLAKE3 of its ciphertext.
    #[n(1)]
    pub cipher: Hash32,
    /// Bytes.
    #[n(2)]
    pub size: u64,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// First on every connection, both ways.
    #[n(0)]
    Hello {
        /// Protocol versions understood.
        #[n(0)]
        versions: Vec<u16>,
        /// Fresh.
        #[n(1)]
        nonce: [u8; 32],
        /// The organisation; `None` while joining without knowing it.
        #[n(2)]
        root: Option<RootPublic>,
        /// The organisation's name, so that a newcomer sees whom it asks.
        #[n(3)]
        organisation: String,
        /// The device's certificates up to the root; empty for a stranger.
        #[n(4)]
        chain: Chain,
    },
    /// Second: this device holds its key, and this is the connection it means.
    #[n(1)]
    Proof {
        /// Over [`HelloProof`].
        #[n(0)]
        signature: Signature,
    },
    /// A stranger asks to be let in.
    #[n(2)]
    Enrol {
        /// The request, signed by the new device.
        #[n(0)]
        request: SignedJoinRequest,
    },
    /// The answer to a request, once a person has decided.
    #[n(3)]
    Enrolled {
        /// The new device's certificates up to the root; empty: turned away.
        #[n(0)]
        chain: Chain,
        /// Why it was turned away, if the invitation that it showed is not good: `invitation_used` and the like.
        #[n(1)]
        code: Option<String>,
        /// Who turned it away.
        #[n(2)]
        refusal: Option<Refusal>,
    },
    /// A hub shows an administrator who asked there to be let in.
    #[n(4)]
    Relayed {
        /// The request, signed by the new device.
        #[n(0)]
        request: SignedJoinRequest,
    },
    /// An administrator tells a hub that who asked there is turned away. Who is let in is told by the directory.
    #[n(5)]
    TurnedAway {
        /// The new device.
        #[n(0)]
        device: DeviceId,
        /// Why, as in `Enrolled`.
        #[n(1)]
        code: Option<String>,
        /// Who turned it away: the hub passes it on and judges it not.
        #[n(2)]
        refusal: Option<Refusal>,
    },
    /// Compare these spaces.
    #[n(10)]
    Digests {
        /// Spaces that the sender shares with the receiver.
        #[n(0)]
        spaces: Vec<SpaceDigest>,
    },
    /// What the sender has of a space.
    #[n(11)]
    Vector {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// All its logs.
        #[n(1)]
        ends: Vec<LogEnd>,
        /// Answer with yours.
        #[n(2)]
        reply: bool,
    },
    /// Envelopes; those of one log are consecutive and ascending.
    #[n(12)]
    Envelopes {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// As they travel.
        #[n(1)]
        envelopes: Vec<ByteVec>,
        /// Fresh, not catching up.
        #[n(2)]
        live: bool,
    },
    /// These are durable here now: logs' ends that moved.
    #[n(13)]
    Ack {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// Logs that moved.
        #[n(1)]
        ends: Vec<LogEnd>,
        /// The sender keeps answering announcements of this space: do not push to it eagerly, it has another source.
        #[n(2)]
        lazy: bool,
        /// It answers a message of catching up, which frees its place in flight.
        #[n(3)]
        run: bool,
    },
    /// The sender has these and has not pushed them.
    #[n(14)]
    Announce {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// Logs that moved.
        #[n(1)]
        ends: Vec<LogEnd>,
    },
    /// Push this space's envelopes from now on, beginning with what the sender of this lacks.
    #[n(15)]
    Graft {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// All logs of the sender of this.
        #[n(1)]
        ends: Vec<LogEnd>,
    },
    /// The sender of this takes no envelopes of these devices in this space, and not these blobs: offer them again later, not at once.
    #[n(16)]
    Declined {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// Whose envelopes.
        #[n(1)]
        devices: Vec<DeviceId>,
        /// Which blobs.
        #[n(2)]
        ciphers: Vec<Hash32>,
        /// Why: `quota_device`, `quota_organisation`.
        #[n(3)]
        code: String,
    },
    /// To who was taken out of a space: the removal, and nothing else of it.
    #[n(17)]
    Left {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// The removal's envelope as it travels.
        #[n(1)]
        envelope: ByteVec,
    },
    /// Compare a space with many logs by its parts.
    #[n(18)]
    Parts {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// Of all logs of the sender.
        #[n(1)]
        digest: Hash32,
        /// How often the space was divided to get to these parts: 0, 1 or 2 times.
        #[n(2)]
        depth: u8,
        /// Those that differ, at first the whole.
        #[n(3)]
        parts: Vec<Part>,
    },
    /// What the sender has in the smallest parts that differ.
    #[n(19)]
    PartEnds {
        /// The space.
        #[n(0)]
        space: SpaceId,
        /// Of all logs of the sender.
        #[n(1)]
        digest: Hash32,
        /// Which parts.
        #[n(2)]
        parts: Vec<u16>,
        /// With `reply` all its logs in there; without, those that differ from what was told, with 0 and zeros for such as it lacks.
        #[n(3)]
        ends: Vec<LogEnd>,
        /// Answer with yours.
        #[n(4)]
        reply: bool,
    },
    /// An ephemeral word of a member.
    #[n(20)]
    Beat {
        /// What was signed.
        #[n(0)]
        body: ByteVec,
        /// The member's signature over `body`.
        #[n(1)]
        signature: Signature,
    },
    /// To a hub: the sender has these blobs of spaces that the receiver carries.
    #[n(34)]
    BlobOffer {
        /// What they are.
        #[n(0)]
        blobs: Vec<OfferedBlob>,
    },
    /// Which of these blobs do you have.
    #[n(30)]
    BlobQuery {
        /// Their names.
        #[n(0)]
        ciphers: Vec<Hash32>,
    },
    /// I have these.
    #[n(31)]
    BlobHave {
        /// Their names.
        #[n(0)]
        ciphers: Vec<Hash32>,
    },
    /// Send me this range.
    #[n(32)]
    BlobGet {
        /// The blob.
        #[n(0)]
        cipher: Hash32,
        /// Its first byte.
        #[n(1)]
        offset: u64,
        /// Its length.
        #[n(2)]
        len: u64,
    },
    /// A range with the hashes that prove it (bao, 16 KiB groups).
    #[n(33)]
    BlobData {
        /// The blob.
        #[n(0)]
        cipher: Hash32,
        /// As asked.
        #[n(1)]
        offset: u64,
        /// As asked.
        #[n(2)]
        len: u64,
        /// bao encoding of the range; empty: not here, or not for you.
        #[n(3)]
        encoded: ByteVec,
    },
}

impl Message {
    /// The frame.
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// Reads a frame.
    pub fn decode(frame: &[u8]) -> Result<Self, DecodeError> {
        canonical::decode(frame, BLOB_FRAME_BYTES_MAX)
    }
}

/// Longer frames are worth a turn of their own, and not worth being read twice.
const GATHERED_FRAME_BYTES_MAX: usize = 16 << 10;

/// Frames that came one after the other from one peer, with fresh envelopes of one space together in one frame: whoever takes in a frame at a
/// time commits once for all of them. Everything else stays as it is, in the order in which it came.
pub fn gathered(frames: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    if frames.len() < 2 {
        return frames;
    }
    let mut gathered = Vec::new();
    let mut fresh: Option<Fresh> = None;
    for frame in frames {
        let read = (frame.len() <= GATHERED_FRAME_BYTES_MAX).then(|| Message::decode(&frame).ok()).flatten();
        let Some(Message::Envelopes { space, envelopes, live: true }) = read else {
            gathered.extend(fresh.take().map(Fresh::frame));
            gathered.push(frame);
            continue;
        };
        let fits = |open: &Fresh| open.space == space && open.bytes + frame.len() <= RUN_BYTES_MAX;
        match fresh.as_mut().filter(|open| fits(open)) {
            Some(open) => {
                open.bytes += frame.len();
                open.envelopes.extend(envelopes);
                open.alone = None;
            }
            None => {
                let bytes = frame.len();
                gathered.extend(fresh.replace(Fresh { space, envelopes, bytes, alone: Some(frame) }).map(Fresh::frame));
            }
        }
    }
    gathered.extend(fresh.map(Fresh::frame));
    gathered
}

/// Fresh envelopes that wait for more of their space.
struct Fresh {
    space: SpaceId,
    envelopes: Vec<ByteVec>,
    bytes: usize,
    /// The frame as it came, as long as it is only one.
    alone: Option<Vec<u8>>,
}

impl Fresh {
    fn frame(self) -> Vec<u8> {
        let Self { space, envelopes, alone, .. } = self;
        alone.unwrap_or_else(|| Message::Envelopes { space, envelopes, live: true }.encode())
    }
}

/// Who turned a request to join away: a newcomer meets strangers, and each of them could say so.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Refusal {
    /// The certificates of the device that decided, up to the root.
    #[n(0)]
    pub by: Chain,
    /// Over [`RefusalBody`].
    #[n(1)]
    pub signature: Signature,
}

/// What a device signs that turns a request away.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RefusalBody {
    /// The organisation.
    #[n(0)]
    pub root: RootPublic,
    /// The device that asked.
    #[n(1)]
    pub device: DeviceId,
    /// The nonce of its request.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// The code in the message.
    #[n(3)]
    pub code: Option<String>,
}

/// What a device signs to prove who it is on this very connection.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct HelloProof {
    /// The organisation.
    #[n(0)]
    pub root: RootPublic,
    /// The signer's nonce.
    #[n(1)]
    pub my_nonce: [u8; 32],
    /// The other's.
    #[n(2)]
    pub your_nonce: [u8; 32],
    /// The signer's transport id.
    #[n(3)]
    pub my_transport: ByteVec,
    /// The other's.
    #[n(4)]
    pub your_transport: ByteVec,
}

/// What a member signs of a beat.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BeatBody {
    /// The space.
    #[n(0)]
    pub space: SpaceId,
    /// The member's device.
    #[n(1)]
    pub device: DeviceId,
    /// Grows with each beat of the device, so that an old one is not shown again.
    #[n(2)]
    pub counter: u64,
    /// Sealed under the space key: nonce and ciphertext.
    #[n(3)]
    pub sealed: ByteVec,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn fresh(space: u8, envelopes: &[&[u8]], live: bool) -> Vec<u8> {
        let envelopes = envelopes.iter().map(|bytes| bytes.to_vec().into()).collect();
        Message::Envelopes { space: SpaceId([space; SpaceId::LEN]), envelopes, live }.encode()
    }

    #[test]
    fn fresh_envelopes_of_one_space_are_taken_in_together_and_nothing_overtakes_anything() {
        let ack = Message::Ack { space: SpaceId([1; SpaceId::LEN]), ends: Vec::new(), lazy: false, run: false }.encode();
        let came = vec![
            fresh(1, &[b"a"], true),
            fresh(1, &[b"b", b"c"], true),
            fresh(2, &[b"d"], true),
            ack.clone(),
            fresh(2, &[b"e"], true),
            fresh(2, &[b"f"], false),
            b"nonsense".to_vec(),
            fresh(2, &[b"g"], true),
            fresh(2, &[b"h"], true),
        ];
        let expected = vec![
            fresh(1, &[b"a", b"b", b"c"], true),
            fresh(2, &[b"d"], true),
            ack,
            fresh(2, &[b"e"], true),
            fresh(2, &[b"f"], false),
            b"nonsense".to_vec(),
            fresh(2, &[b"g", b"h"], true),
        ];
        assert_eq!(gathered(came), expected);
    }

    #[test]
    fn what_is_gathered_stays_below_what_one_message_may_be() {
        let part = vec![7; GATHERED_FRAME_BYTES_MAX - 100];
        let came = vec![fresh(1, &[&part], true); 40];
        let gathered = gathered(came);
        assert!((2..40).contains(&gathered.len()));
        let mut count = 0;
        for frame in gathered {
            assert!(frame.len() <= RUN_BYTES_MAX);
            let Ok(Message::Envelopes { envelopes, .. }) = Message::decode(&frame) else { panic!("not envelopes") };
            count += envelopes.len();
        }
        assert_eq!(count, 40);
        let long = vec![7; GATHERED_FRAME_BYTES_MAX];
        assert_eq!(super::gathered(vec![fresh(1, &[&long], true); 2]).len(), 2);
    }
}
