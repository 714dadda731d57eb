//! Identifiers and instants. Binary on the wire, lower-case hex in JSON and on the command line.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not {expected} hexadecimal digits")]
pub struct ParseIdError {
    /// The text as given, shortened to 80 characters.
    pub text: String,
    /// The number of hexadecimal digits that were expected.
    pub expected: usize,
}

fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// The bytes of the identifier.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// Takes exactly [`Self::LEN`] bytes, anything else is `None`.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The first eight hexadecimal digits: enough for a person to tell two apart, never enough to trust.
            pub fn short(&self) -> String {
                self.to_string()[..8].to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.short())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                from_hex(text).map(Self).ok_or_else(|| ParseIdError {
                    text: text.chars().take(80).collect(),
                    expected: $len * 2,
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                let bytes = d.bytes()?;
                Self::from_slice(bytes).ok_or_else(|| decode::Error::message(concat!(stringify!($name), " has the wrong length")))
            }
        }
    };
}

id!(/** A space: the unit of confidentiality and replication. Derived from its genesis, so it cannot be claimed by another. */ SpaceId, 16);
id!(/** A document inside a space. Derived from the space, the kind and the owner where there is one. */ DocId, 16);
id!(/** A person of the organisation; stays the same on every device. */ PersonId, 16);

impl PersonId {
    /// The name of a person who makes a first profile, on this device: nobody else's first device can have it.
    pub fn first_on(device: &DeviceId) -> Self {
        let mut id = [0; Self::LEN];
        id.copy_from_slice(&blake3::derive_key("kyhop 2026 person v1", device.as_bytes())[..Self::LEN]);
        Self(id)
    }
}

id!(/** A unit: an agency or office of one of the two levels. */ UnitId, 16);
id!(/** A device: its Ed25519 public key (RFC 8032). */ DeviceId, 32);
id!(/** A device's log since its last install or restore. A restored device starts a new one. */ Incarnation, 8);
id!(/** An item of an agenda. */ ItemId, 16);
id!(/** A paper of a meeting, over all its versions. */ PaperId, 16);
id!(/** An annotation on a paper. */ AnnotationId, 16);
id!(/** A vote of a meeting. */ VoteId, 16);
id!(/** A question of the two-level interaction, with its whole thread. Derived from who asked, so that nobody else can begin it. */ QuestionId, 16);
id!(/** An event of a question's thread: a comment, an answer, an approval. Derived from what it says, where and by whom. */ QuestionEventId, 16);
id!(/** A task with everything that is said of it. Derived from who gives it, so that nobody else can begin it. */ TaskId, 16);
id!(/** An entry of a task: a report, a confirmation, a comment. Derived from what it says, where and by whom. */ TaskEventId, 16);
id!(/** A draft of a handbook article in the editors' space. */ DraftId, 16);
id!(/** A case: one person's run through the checklist of a procedure. */ CaseId, 16);
id!(/** BLAKE3, 32 bytes. */ Hash32, 32);

/// An instant: milliseconds since the Unix epoch, UTC. What a device claims, never a proof of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// This instant, `ms` milliseconds later (saturating).
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}
