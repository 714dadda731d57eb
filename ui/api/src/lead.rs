//! Who leads a sitting: its chair, or the deputy who has taken over.

use domain::id::{PersonId, SpaceId, Timestamp};
use serde::{Deserialize, Serialize};

crate::requests! {
    Act: Does in act;

    /// Names who takes over if the chair's device is gone. Chair only.
    NameDeputy { /// The meeting.
        meeting: SpaceId, /// Somebody with a vote; `None`: nobody any more.
        person: Option<PersonId> } -> (),
    /// Takes the lead: the deputy from the chair, or the chair back from the deputy. It holds once more than half of the devices have acknowledged it.
    TakeLead { /// The meeting.
        meeting: SpaceId } -> LeadView,
}

/// Somebody by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadPerson {
    /// Who.
    pub person: PersonId,
    /// Called so.
    pub name: String,
}

/// Somebody has taken the lead, and so many devices have acknowledged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadTaken {
    /// Who.
    pub by: LeadPerson,
    /// The term, from 1.
    pub term: u32,
    /// Since when.
    pub at: Timestamp,
    /// Devices that have acknowledged it.
    pub acknowledged: u32,
    /// How many make it hold.
    pub needed: u32,
    /// How many there are.
    pub devices: u32,
}

/// Who leads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeadView {
    /// The chair.
    pub chair: Option<LeadPerson>,
    /// The chair is connected right now.
    pub chair_connected: bool,
    /// Whom the chair has named.
    pub deputy: Option<LeadPerson>,
    /// The deputy leads; `None`: the chair does.
    pub leading: Option<LeadTaken>,
    /// Somebody wants the lead; devices have still to acknowledge it.
    pub claimed: Option<LeadTaken>,
    /// I may name a deputy.
    pub may_name: bool,
    /// I may take the lead.
    pub may_take: bool,
}
