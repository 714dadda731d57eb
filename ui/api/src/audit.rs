//! Who could read and write what, since when, decided by whom.

use domain::duty::Duty;
use domain::id::{DeviceId, PersonId, SpaceId, Timestamp};
use domain::meeting::MeetingRole;
use serde::{Deserialize, Serialize};

crate::requests! {
    Query: Reads in query;

    /// The members and decisions of a meeting, or of the organisation.
    Audit { /// The meeting; `None`: the organisation.
        meeting: Option<SpaceId> } -> AuditView,
}

crate::requests! {
    Act: Does in act;

    /// A device is no longer trusted: lost, stolen, handed back. Its owner from another device, administrators of its unit, and those whom
    /// the root certified.
    RevokeDevice { /// The device.
        device: DeviceId } -> (),
    /// Takes a person out of a meeting. Who manages it.
    RemoveParticipant { /// The meeting.
        meeting: SpaceId, /// The person.
        person: PersonId } -> (),
    /// A person leaves the organisation: none of that person's devices is trusted any more, and new keys follow everywhere.
    RemovePerson { /// The person.
        person: PersonId } -> (),
}

/// What the audit shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// Who belongs here now and may read everything in it.
    pub members: Vec<AuditMember>,
    /// Devices of the organisation, also those that are no longer trusted; empty for a meeting.
    pub devices: Vec<AuditDevice>,
    /// Decisions, the newest first; at most 2,000.
    pub entries: Vec<AuditEntry>,
    /// Decisions in all.
    pub total: u32,
}

/// Somebody who belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditMember {
    /// Who.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Unit.
    pub unit_name: String,
    /// What this person may write follows from the role.
    pub role: MeetingRole,
    /// And from duties.
    pub duties: Vec<Duty>,
    /// When the role was given; `None`: this device does not know.
    pub since: Option<Timestamp>,
    /// Who gave it.
    pub by: String,
    /// Devices that hold the present key.
    pub devices: u32,
    /// I may take this person out.
    pub may_remove: bool,
}

/// A device of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDevice {
    /// Which.
    pub device: DeviceId,
    /// Its owner.
    pub name: String,
    /// The owner's unit.
    pub unit_name: String,
    /// Let in at.
    pub since: Timestamp,
    /// By whom; empty: the root itself.
    pub by: String,
    /// Its owner may let others in from it.
    pub administrator: bool,
    /// It carries sealed spaces for others.
    pub hub: bool,
    /// No longer trusted: since when, and by whom; the name is empty where it follows from a device that let it in.
    pub revoked: Option<(Timestamp, String)>,
    /// It is this very device.
    pub this_device: bool,
    /// I may end the trust in it.
    pub may_revoke: bool,
    /// One administrator says that it is this person's, and nobody whose word is enough: it is trusted with nothing.
    #[serde(default)]
    pub doubted: bool,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When, by the clock of the device that decided.
    pub at: Timestamp,
    /// Who; the short id of the device where the person is not known.
    pub by: String,
    /// What.
    pub kind: AuditKind,
    /// Whom or what it is about; may be empty.
    pub about: String,
    /// The role that was given.
    pub role: Option<MeetingRole>,
    /// The duty that was given or taken back.
    pub duty: Option<Duty>,
    /// The number of the key.
    pub key: Option<u32>,
    /// Devices that were given the key.
    pub devices: u32,
    /// It took effect; otherwise its author had lost the right to decide.
    pub took_effect: bool,
}

/// Kinds of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    /// It was begun.
    Begun,
    /// A role was given.
    Role,
    /// A person was taken out.
    Removed,
    /// A duty was given.
    DutyGiven,
    /// A duty was taken back.
    DutyTaken,
    /// A new key.
    Key,
    /// A key was given to further devices.
    KeyGiven,
    /// A device was let in.
    Enrolled,
    /// A device is no longer trusted.
    Revoked,
    /// A device carries sealed spaces.
    HubBegun,
    /// It no longer does.
    HubEnded,
    /// The organisation was named.
    Named,
    /// The authority for PDF signatures was set.
    Authority,
    /// A certificate was asked for.
    CertificateAsked,
    /// A certificate was issued.
    CertificateIssued,
    /// Papers were withdrawn.
    Withdrawn,
    /// By a newer program.
    Unknown,
}
