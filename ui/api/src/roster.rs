//! Letting many people in: one-use invitations for named persons, and a list of persons from a file.

use domain::duty::Duty;
use domain::id::{DeviceId, Hash32, PersonId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

use crate::act::FileSource;

crate::requests! {
    Act: Does in act;

    /// Makes a one-use invitation for one named person. What it answers holds the secret, which is shown this once and kept nowhere.
    /// Administrators; into another unit only those whom the root certified.
    MakeInvitation { /// The person.
        name: String, /// Title or office; may be empty.
        title: String, /// The unit, by its name; `None`: that of the person who invites.
        unit: Option<String>, /// What the person will do.
        role: InvitationRole, /// Good for so many hours, at least one.
        valid_hours: u32, /// Where this device is reached; empty: where it listens now.
        #[serde(default)]
        addresses: Vec<String> } -> InvitationMade,
    /// Withdraws an invitation that nobody has used.
    RevokeInvitation { /// Which.
        invitation: Hash32 } -> InvitationRow,
    /// Reads a list of persons and says for each row what would happen. Changes nothing.
    PreviewRoster { /// The file: CSV in UTF-8.
        file: FileSource } -> RosterView,
    /// Makes an invitation for each new person of the list and writes them into a new folder, with a sheet to print. A list with an error
    /// in it is refused as a whole.
    ApplyRoster { /// The file: CSV in UTF-8.
        file: FileSource, /// The folder, made if missing; one with files in it is refused.
        path: String, /// Good for so many hours, at least one.
        valid_hours: u32, /// Where this device is reached; empty: where it listens now.
        #[serde(default)]
        addresses: Vec<String> } -> RosterApplied,
}

crate::requests! {
    Query: Reads in query;

    /// One-use invitations that this device made, newest first.
    Invitations {} -> Vec<InvitationRow>,
}

/// What a person who is invited will do besides belonging to the organisation. Administrators are let in by comparing words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationRole {
    /// Nothing in particular.
    #[default]
    Member,
    /// Writes and reviews the handbook.
    Editor,
    /// Publishes packages of the handbook.
    Publisher,
}

impl InvitationRole {
    /// The duty that goes with it.
    pub fn duty(self) -> Option<Duty> {
        match self {
            Self::Member => None,
            Self::Editor => Some(Duty::Editor),
            Self::Publisher => Some(Duty::Publisher),
        }
    }
}

/// Whether an invitation is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// It waits for its person.
    Open,
    /// Its person's device was let in.
    Used,
    /// Its time is over.
    Expired,
    /// It was withdrawn.
    Revoked,
}

/// An invitation, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Its name: nothing that lets anybody in.
    pub invitation: Hash32,
    /// For whom.
    pub name: String,
    /// Title or office.
    pub title: String,
    /// Into which unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// To do what.
    pub role: InvitationRole,
    /// Made at.
    pub made_at: Timestamp,
    /// Good until.
    pub expires_at: Timestamp,
    /// Whether it is still good.
    pub state: InvitationState,
    /// The device that used it.
    pub used_by: Option<DeviceId>,
    /// The person that this device belongs to.
    pub person: Option<PersonId>,
    /// When.
    pub used_at: Option<Timestamp>,
    /// How often somebody showed it after it was used, withdrawn or over: a copy of it may have gone astray.
    pub tries: u32,
}

/// A QR code, to be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrView {
    /// Modules on a side, without the quiet zone of four around it.
    pub side: u32,
    /// The dark modules as the path of an SVG, one unit a module.
    pub path: String,
}

/// A new invitation with its secret. It has no `Debug`, so that it is not logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationMade {
    /// The invitation.
    pub row: InvitationRow,
    /// What is handed over as a file or as text.
    pub text: String,
    /// The same as a picture; `None`: it is too long for one.
    pub qr: Option<QrView>,
}

/// A list of persons, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterView {
    /// Its rows, in the order of the file.
    pub rows: Vec<RosterRow>,
    /// Persons who would be invited.
    pub new: u32,
    /// Persons who are there or invited already: nothing happens.
    pub known: u32,
    /// Rows that cannot be understood.
    pub errors: u32,
}

/// A row of a list of persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRow {
    /// The line of the file in which it begins, from 1.
    pub line: u32,
    /// Name as it would be written; as it stands if there is an error.
    pub name: String,
    /// Title or office.
    pub title: String,
    /// Unit; empty: that of the person who imports.
    pub unit_name: String,
    /// What the person will do.
    pub role: InvitationRole,
    /// What would happen.
    pub outcome: RosterOutcome,
}

/// What happens to a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RosterOutcome {
    /// An invitation is made.
    New {
        /// The unit is new too.
        new_unit: bool,
    },
    /// The person belongs already.
    Exists,
    /// The person was invited and has not come yet.
    Invited,
    /// The row cannot be understood.
    Error {
        /// `roster_name` and the like.
        code: String,
        /// The column of the table, from 1.
        column: u32,
        /// What stands there, shortened.
        typed: String,
    },
}

/// What was done with a list of persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterApplied {
    /// The folder with the invitations.
    pub path: String,
    /// The sheet to print.
    pub sheet: String,
    /// The invitations made, in the order of the file.
    pub made: Vec<InvitationRow>,
    /// Persons who were there or invited already.
    pub known: u32,
}
