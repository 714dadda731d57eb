//! What a running hub says of itself to its administrator.

use serde::{Deserialize, Serialize};

/// How far a hub has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody has called yet.
    Alone,
    /// Somebody was met; the words are to be compared.
    Met,
    /// The words were confirmed here; an administrator of the organisation has to let it in.
    Asking,
    /// It was turned away.
    TurnedAway,
    /// It belongs to the organisation and has not got its role yet.
    LetIn,
    /// It carries the organisation's spaces.
    Carrying,
}

/// An organisation whose device called a hub that belongs to none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The name that it says it has.
    pub organisation: String,
    /// Fingerprint of its root key.
    pub root: String,
    /// The six words, to be compared with those on the administrator's screen.
    pub words: String,
}

/// The state of a hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The program.
    pub version: String,
    /// How far it has come.
    pub stage: Stage,
    /// The hub's device.
    pub device: String,
    /// The organisation's name, once it belongs to one.
    pub organisation: String,
    /// Fingerprint of the organisation's root key.
    pub root: Option<String>,
    /// The six words of this device in its organisation.
    pub words: Option<String>,
    /// Whom it could belong to, while it belongs to nobody.
    pub candidates: Vec<Candidate>,
    /// Where it listens.
    pub addresses: Vec<String>,
    /// Devices connected.
    pub connected: usize,
    /// Spaces carried.
    pub spaces: usize,
    /// Bytes carried that count towards the quota.
    pub carried_bytes: u64,
    /// What the organisation may use.
    pub organisation_quota_bytes: u64,
    /// Devices that have used up what they may.
    pub devices_over_quota: usize,
    /// Files on their way here.
    pub files_on_the_way: usize,
    /// What is wrong, as a code.
    pub trouble: Option<String>,
}
