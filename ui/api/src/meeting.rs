//! Preparing a sitting: what a new one takes over, the invitation, who is ready.

use domain::id::{ItemId, PaperId, PersonId, SpaceId, Timestamp};
use domain::meeting::MeetingRole;
use domain::reminder::PapersState;
use serde::{Deserialize, Serialize};

use crate::act::PlannedItem;
use crate::view::ExportView;

crate::requests! {
    Query: Reads in query;

    /// The agendas that come with the program.
    MeetingTemplates {} -> Vec<TemplateRow>,
    /// What a new sitting takes over from a template or from an earlier sitting: the agenda, who was invited in which role. Never papers, votes
    /// or minutes.
    MeetingPattern { /// From what.
        of: PatternOf } -> PatternView,
    /// Who is prepared, as far as this device knows. For the chair and the secretary.
    Readiness { /// The meeting.
        meeting: SpaceId } -> ReadinessView,
}

crate::requests! {
    Act: Does in act;

    /// Writes the invitation to a sitting to a file.
    ExportInvitation { /// The meeting.
        meeting: SpaceId, /// As what.
        form: InvitationForm, /// Where to.
        path: String } -> ExportView,
    /// Withdraws a paper, not while the body sits: its files are erased on every device that is reached, now or later; that it was there, who
    /// withdrew it and why, stays. Chair and secretary.
    WithdrawPaper { /// The meeting.
        meeting: SpaceId, /// The paper.
        paper: PaperId, /// Why.
        reason: String } -> (),
}

/// Where a new sitting begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatternOf {
    /// A template's id.
    Template(String),
    /// An earlier meeting.
    Meeting(SpaceId),
}

/// A template in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Items of its agenda.
    pub items: u32,
}

/// What a new sitting takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternView {
    /// The earlier sitting's name; empty for a template.
    pub title: String,
    /// The body that sat.
    pub body: String,
    /// The room.
    pub place: String,
    /// The agenda in reading order; items have lengths, no times.
    pub items: Vec<PlannedItem>,
    /// Whom to invite, without the person who asks unless they led or wrote the earlier sitting.
    pub people: Vec<InvitedRow>,
    /// How many were invited then and belong to the organisation no longer.
    pub gone: u32,
}

/// Somebody to invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedRow {
    /// Who.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// As what.
    pub role: MeetingRole,
}

/// What an invitation is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationForm {
    /// Giấy mời, a PDF in the layout of Decree 30/2020/NĐ-CP.
    Pdf,
    /// An entry for calendars (iCalendar, RFC 5545).
    Calendar,
}

/// What the archive of a meeting is written as. The content is the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveForm {
    /// A folder, new or empty.
    #[default]
    Folder,
    /// One zip file.
    Zip,
}

/// The readiness board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadinessView {
    /// All papers, in the order of the agenda.
    pub papers: Vec<ReadinessPaper>,
    /// Everybody who is invited, in the order of the room.
    pub people: Vec<ReadinessRow>,
    /// Items whose papers have a deadline, in the order of the agenda.
    #[serde(default)]
    pub due: Vec<ReadinessItem>,
}

/// An item whose papers have a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadinessItem {
    /// The item.
    pub item: ItemId,
    /// "2" or "2.1".
    pub number: String,
    /// What it is about.
    pub title: String,
    /// Who presents it and owes the papers; may be empty.
    pub presenter: String,
    /// Until when.
    pub due: Timestamp,
    /// Where they stand.
    pub state: PapersState,
}

/// A paper of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadinessPaper {
    /// The paper.
    pub paper: PaperId,
    /// Its title.
    pub title: String,
    /// Guests do not have it: nobody waits for them to open it.
    #[serde(default)]
    pub members_only: bool,
}

impl ReadinessPaper {
    /// Is the paper for people in this role.
    pub fn is_for(&self, role: MeetingRole) -> bool {
        role.votes() || !self.members_only
    }
}

/// How prepared somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadinessRow {
    /// Who.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// As what.
    pub role: MeetingRole,
    /// Their program has this meeting: it was heard, or it has written something here.
    pub opened: bool,
    /// Heard last, since this program started.
    pub last_seen: Option<Timestamp>,
    /// They have all papers; `None`: not heard yet.
    pub has_papers: Option<bool>,
    /// Papers whose newest version they have opened.
    pub read: Vec<PaperId>,
    /// Papers of which they have opened an older version only.
    pub read_older: Vec<PaperId>,
}
