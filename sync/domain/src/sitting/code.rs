//! Presence that is proved by a code: who is in the room reads it from a screen there and types it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, Hash32, SpaceId, Timestamp};

/// What is said of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum CodeMove {
    /// Somebody who is present has read the room's code and shows that, without telling the code.
    #[n(0)]
    Shown {
        /// Made of the code, the meeting and the device that says this.
        #[n(0)]
        proof: Hash32,
    },
    /// The device that has the code on its screen has compared it, in time.
    #[n(1)]
    Accepted {
        /// The act that showed it.
        #[n(0)]
        shown: Hash32,
    },
}

/// The act: something is said of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct CodeStep {
    /// The meeting.
    #[n(0)]
    pub space: SpaceId,
    /// What.
    #[n(1)]
    pub what: CodeMove,
    /// When the device says so.
    #[n(2)]
    pub at: Timestamp,
    /// The deepest act of the sitting that its author knew.
    #[n(3)]
    pub after: Option<Hash32>,
}

/// How far somebody's presence is proved by a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeProof {
    /// Not at all.
    #[default]
    None,
    /// A code was shown and nobody has compared it yet, or it was another one.
    Shown,
    /// Chair or secretary had this code on the screen.
    Accepted,
}

impl CodeProof {
    /// Nothing to tell.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// A code that was shown and waits for who has it on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownCode {
    /// The act that showed it.
    pub act: Hash32,
    /// The device that showed it.
    pub device: DeviceId,
    /// What it showed.
    pub proof: Hash32,
}
