//! Answers: plain data in the words of the screen, ready to show.

use domain::annotation::Annotation;
use domain::duty::Duty;
use domain::id::{DeviceId, Hash32, ItemId, PaperId, PersonId, SpaceId, Timestamp, UnitId, VoteId};
use domain::meeting::{AgendaItem, MeetingRole};
use domain::reminder::Reminder;
use domain::seating::Seating;
use domain::sitting::{Attendance, Course};
use domain::vote::{BallotForm, BallotState, Choice, FormOutcome, Outcome, PlaceTotal, RuleProfile};
use serde::{Deserialize, Serialize};

use crate::act::Audience;
use crate::drafting::DraftingView;
use crate::lead::LeadView;
use crate::paper::{PaperNote, PaperView};
use crate::secret::{SecretView, TellersView};
use crate::sitting::{FloorView, VoidRow};

/// The profile's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileState {
    /// First run.
    None,
    /// Needs the passphrase.
    Locked,
    /// Has keys, waits to be let in.
    Joining,
    /// Ready to work.
    Ready,
}

/// Who and where this program is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusView {
    /// The profile's state.
    pub state: ProfileState,
    /// Filled when ready.
    pub me: Option<PersonRow>,
    /// The organisation's name; empty unless ready.
    pub organisation: String,
    /// The program's version.
    pub version: String,
    /// Joining: what to compare and whether it is done.
    pub join: Option<JoinView>,
}

/// A person of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Identity.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Title or office.
    pub title: String,
    /// Unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// May let others in.
    pub administrator: bool,
    /// Duties for the whole organisation; administrators have all of them without being named here.
    #[serde(default)]
    pub duties: Vec<Duty>,
    /// Number of devices in use.
    pub devices: u32,
    /// Has a certificate for signing PDFs.
    pub certified: bool,
}

/// A device, mine or asking to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// The device.
    pub device: DeviceId,
    /// Its owner's name.
    pub name: String,
    /// Its owner's title.
    pub title: String,
    /// Since when, or when it asked.
    pub since: Timestamp,
    /// The six words to compare, separated by spaces.
    pub words: String,
    /// It is this very device.
    pub this_device: bool,
}

/// The identity page of Settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityView {
    /// This person.
    pub me: PersonRow,
    /// Organisation's name.
    pub organisation: String,
    /// Fingerprint of its root (hex).
    pub root: Hash32,
    /// This device.
    pub device: DeviceId,
    /// Six words covering root and device.
    pub words: String,
    /// My devices.
    pub devices: Vec<DeviceRow>,
    /// Devices that ask to join and that I may let in.
    pub requests: Vec<DeviceRow>,
    /// I may let people into other units than mine: an administrator whom the root certified.
    #[serde(default)]
    pub decides_units: bool,
    /// A recovery code opens this profile too.
    #[serde(default)]
    pub recovery: bool,
    /// Devices that an administrator says are mine and that none of my devices let in; the name is that administrator's.
    #[serde(default)]
    pub doubted: Vec<DeviceRow>,
}

/// A recovery code, shown once and kept nowhere: to be written down on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodeView {
    /// Its twelve words, parted by spaces.
    pub words: String,
}

/// Joining, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinView {
    /// This device.
    pub device: DeviceId,
    /// Six words to compare; empty until a peer has told its root.
    pub words: String,
    /// The organisation that the peer says it belongs to.
    pub organisation: String,
    /// The words were confirmed here.
    pub confirmed: bool,
    /// Let in.
    pub enrolled: bool,
    /// Turned away.
    pub refused: bool,
    /// A one-use invitation was shown.
    #[serde(default)]
    pub invited: bool,
    /// Why the invitation did not help, as an error's code: `invitation_used`, …; without `refused` it is a hint.
    #[serde(default)]
    pub refusal: Option<String>,
}

/// A line of the list of meetings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingRow {
    /// The meeting's space.
    pub meeting: SpaceId,
    /// Its name.
    pub title: String,
    /// The body that sits.
    pub body: String,
    /// The room.
    pub place: String,
    /// Planned start.
    pub starts_at: Timestamp,
    /// My role.
    pub role: MeetingRole,
    /// Number of items.
    pub items: u32,
    /// Number of papers.
    pub papers: u32,
    /// Papers whose file is not here yet.
    pub papers_missing: u32,
    /// Votes that are open and that I have not voted in.
    pub votes_waiting: u32,
    /// The minutes are signed by all.
    pub signed: bool,
    /// I was taken out: what is here stays, and nothing new comes or goes.
    #[serde(default)]
    pub left: Option<LeftView>,
}

/// By whom and when somebody was taken out of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftView {
    /// Who decided it.
    pub by: String,
    /// When, by the clock of that person's device.
    pub at: Timestamp,
}

/// The first screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayView {
    /// The next or running meeting.
    pub next: Option<MeetingRow>,
    /// Others, today and later.
    pub upcoming: Vec<MeetingRow>,
    /// Papers that I have not opened yet.
    pub to_read: Vec<PaperRow>,
    /// Minutes that wait for my signature.
    pub to_sign: Vec<MeetingRow>,
    /// Requests to join that I may decide.
    pub requests: u32,
    /// What to remember, most pressing first; at most [`domain::reminder::REMINDERS`].
    #[serde(default)]
    pub reminders: Vec<ReminderRow>,
    /// Sync in one line.
    pub sync: SyncSummary,
}

/// Something to remember, of one meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderRow {
    /// The meeting.
    pub meeting: SpaceId,
    /// Its name.
    pub meeting_title: String,
    /// What.
    pub what: Reminder,
}

/// A paper in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperRow {
    /// The meeting.
    pub meeting: SpaceId,
    /// The paper.
    pub paper: PaperId,
    /// Its item.
    pub item: Option<ItemId>,
    /// Its title.
    pub title: String,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    /// It was withdrawn: only this record is left.
    #[serde(default)]
    pub withdrawn: Option<WithdrawnView>,
}

/// What is left of a paper that was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawnView {
    /// Who withdrew it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why; may be empty.
    pub reason: String,
    /// Devices of the meeting that this device has heard since its program started, itself included.
    pub devices: u32,
    /// Of these, how many have said that the files are gone.
    pub gone: u32,
}

/// One version of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// 1 for the first.
    pub number: u32,
    /// Plaintext hash: what `page://` asks for.
    pub version: Hash32,
    /// File name.
    pub file_name: String,
    /// Bytes.
    pub size: u64,
    /// Pages.
    pub pages: u32,
    /// When it was added.
    pub added_at: Timestamp,
    /// The file is on this device.
    pub here: bool,
    /// Bytes here so far.
    pub received: u64,
}

/// Sync in three calm states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncMood {
    /// Everything here is also with at least one other device that is connected.
    InSync,
    /// Connected, but some changes or files are on their way.
    Waiting,
    /// No other device is connected.
    Offline,
}

/// Sync in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncSummary {
    /// The state.
    pub mood: SyncMood,
    /// Changes or files that wait.
    pub waiting: u32,
    /// Devices connected.
    pub peers: u32,
    /// Offline since when.
    pub since: Option<Timestamp>,
    /// A connected hub has no room for more of what this device sends.
    #[serde(default)]
    pub full: bool,
}

/// A connected device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerRow {
    /// The device; `None` for a stranger that may only ask to join.
    pub device: Option<DeviceId>,
    /// Its owner's name; empty for a stranger.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Connected since.
    pub since: Timestamp,
    /// Has everything that we have in the spaces we share.
    pub in_sync: bool,
    /// Why it did not take something, as a code: `quota_device`, `quota_organisation`.
    #[serde(default)]
    pub declined: Option<String>,
}

/// The sync page of Settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncView {
    /// In one line.
    pub summary: SyncSummary,
    /// Where others can reach this device.
    pub addresses: Vec<String>,
    /// Who is connected.
    pub peers: Vec<PeerRow>,
    /// What became of the addresses that were typed.
    #[serde(default)]
    pub calls: Vec<CallRow>,
}

/// An address that somebody typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRow {
    /// As it was typed.
    pub address: String,
    /// What became of the last call.
    pub outcome: CallOutcome,
    /// Since when that is known.
    pub at: Timestamp,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CallOutcome {
    /// No answer yet, or the connection has just ended.
    Calling,
    /// A device of this organisation, or one of none that may ask to be let in.
    Reached,
    /// Not reached. It is tried again, with growing pauses.
    Failed {
        /// Why: `dial_other_organisation`, or a code that begins with `net.dial.`. The translation files have a text for each.
        code: String,
        /// The other organisation's name as its device says; else empty.
        organisation: String,
    },
}

/// A person in a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The person.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Role in this meeting.
    pub role: MeetingRole,
    /// Whether the person is here, since when, and with which device.
    pub attendance: Attendance,
}

/// Quorum, computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuorumView {
    /// In the room.
    pub present: u32,
    /// All who can vote.
    pub total: u32,
    /// Needed.
    pub needed: u32,
    /// Enough.
    pub met: bool,
}

/// An agenda item as the room shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    /// The item.
    pub item: AgendaItem,
    /// "2" or "2.1".
    pub number: String,
    /// Depth, 0 for the top level.
    pub depth: u32,
    /// It, or an item above it, is internal: no projector shows it.
    #[serde(default)]
    pub internal: bool,
    /// Guests do not have it, nor its papers. An internal item of which this is not true was made for all and marked later: guests have it.
    #[serde(default)]
    pub members_only: bool,
    /// Its papers.
    pub papers: Vec<PaperRow>,
}

/// Everything the meeting room shows, but annotations and presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// The meeting.
    pub row: MeetingRow,
    /// Me.
    pub me: PersonId,
    /// May this person write agenda, papers, invitations.
    pub manages: bool,
    /// May this person open and close votes: the chair, or the deputy who has taken over.
    pub chairs: bool,
    /// Who leads.
    #[serde(default)]
    pub lead: LeadView,
    /// In reading order.
    pub items: Vec<ItemRow>,
    /// Papers of the meeting as a whole.
    pub papers: Vec<PaperRow>,
    /// Everybody who is invited.
    pub members: Vec<MemberRow>,
    /// Quorum by [`Self::rules`].
    pub quorum: QuorumView,
    /// The rules under which the body sits: those named at the opening, or else those of the newest vote, or else the usual ones.
    pub rules: RuleProfile,
    /// How far the sitting is.
    pub course: Course,
    /// Who speaks.
    pub floor: FloorView,
    /// Acts of the sitting that change nothing; normally none.
    pub void: Vec<VoidRow>,
    /// Newest first.
    pub votes: Vec<VoteView>,
    /// The tellers whom the body elected last, for secret votes.
    #[serde(default)]
    pub tellers: Option<TellersView>,
    /// Conclusions.
    pub conclusions: Vec<String>,
    /// What of them was written at the same time and mixed, until somebody settles it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drafting: Option<DraftingView>,
    /// Who sits where, if somebody has drawn the room.
    #[serde(default)]
    pub seating: Seating,
    /// The minutes.
    pub minutes: MinutesView,
}

/// One line of a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoterRow {
    /// The person.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// A ballot of this person has arrived here.
    pub voted: bool,
    /// What the person chose: shown after the close, and always one's own. Never in a secret vote.
    pub choice: Option<Choice>,
    /// The places that the person marked, where the ballot has a form; shown and hidden as the choice is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Vec<u32>>,
    /// State of the ballot; `None` without one.
    pub state: Option<BallotState>,
    /// Present when the vote opened.
    pub present: bool,
    /// Is connected right now.
    pub connected: bool,
    /// Present without a device: votes on paper.
    #[serde(default)]
    pub without_device: bool,
    /// There is a witnessed paper ballot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperNote>,
}

/// A vote as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteView {
    /// The vote.
    pub vote: VoteId,
    /// The meeting.
    pub meeting: SpaceId,
    /// The item.
    pub item: Option<ItemId>,
    /// The question.
    pub question: String,
    /// The rules, with the legal basis.
    pub profile: RuleProfile,
    /// Opened at.
    pub opened_at: Timestamp,
    /// Closed at.
    pub closed_at: Option<Timestamp>,
    /// More than half of the roll's devices have acknowledged the close. Until then the result is provisional.
    pub is_final: bool,
    /// Acknowledgements so far and needed.
    pub acknowledged: (u32, u32),
    /// Ballots that have arrived here (while open), or are counted (once closed).
    pub received: u32,
    /// Totals and verdict of a decision, once closed; of a secret one, once opened. What has a form: [`Self::totals`].
    pub outcome: Option<Outcome>,
    /// What the ballot of an open vote looks like; `None`: for, against or not voting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<BallotForm>,
    /// Of an open vote whose ballot has a form: the totals, once closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<FormOutcome>,
    /// While ballots are cast under rules that let everybody follow the count: the total of each place so far. Never in a secret vote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Vec<PlaceTotal>>,
    /// The roll.
    pub voters: Vec<VoterRow>,
    /// My ballot.
    pub mine: Option<BallotReceipt>,
    /// I am on the roll with this device and may cast or change now.
    pub may_cast: bool,
    /// I may close it.
    pub may_close: bool,
    /// Ballots that came too late.
    pub late: u32,
    /// What is wrong with this vote, as codes; normally empty.
    pub problems: Vec<String>,
    /// What only a secret vote has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretView>,
    /// Paper ballots; `None` where the vote knows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperView>,
}

impl VoteView {
    /// What the ballot looks like, open or secret; `None`: for, against or not voting.
    pub fn ballot_form(&self) -> Option<&BallotForm> {
        let secret = self.secret.as_ref().map(|secret| &secret.form);
        secret.or(self.form.as_ref()).filter(|form| **form != BallotForm::Decision)
    }

    /// What came out place by place, of an open vote with a form or of a secret one.
    pub fn totals(&self) -> Option<&FormOutcome> {
        self.marked.as_ref().or_else(|| self.secret.as_ref()?.outcome.as_ref())
    }
}

/// What a voter gets for a ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BallotReceipt {
    /// Hash of the ballot act.
    pub ballot: Hash32,
    /// The choice; of a secret ballot nobody keeps it, this device included.
    pub choice: Option<Choice>,
    /// The places that are marked, where an open ballot has a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Vec<u32>>,
    /// When it was cast.
    pub cast_at: Timestamp,
    /// Where it stands.
    pub state: BallotState,
}

/// Pages of a paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaperPagesView {
    /// The file is not here yet.
    pub missing: bool,
    /// Width and height in PDF points, as shown (rotation applied).
    pub pages: Vec<(f32, f32)>,
}

/// A word on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordView {
    /// The word.
    pub text: String,
    /// Left, top, width, height in PDF points, origin top left.
    pub rect: [f32; 4],
    /// It is followed by a line break.
    pub ends_line: bool,
}

/// The text of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageTextView {
    /// In reading order.
    pub words: Vec<WordView>,
}

/// An annotation as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnotationView {
    /// The annotation.
    pub annotation: Annotation,
    /// Its author.
    pub author: PersonId,
    /// The author's name.
    pub author_name: String,
    /// It is mine.
    pub mine: bool,
    /// Who sees it.
    pub audience: Audience,
}

/// A signature on the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureRow {
    /// The signer.
    pub signer: String,
    /// When, as the signature says.
    pub signed_at: Option<Timestamp>,
    /// `valid`, `valid_later_additions`, `invalid`, `unknown_signer`.
    pub status: String,
    /// Code of the reason, empty when valid.
    pub reason: String,
}

/// The state of the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesView {
    /// The newest file; `None` before the first draft.
    pub version: Option<Hash32>,
    /// Its pages.
    pub pages: u32,
    /// The file is on this device.
    pub here: bool,
    /// Signatures on it.
    pub signatures: Vec<SignatureRow>,
    /// It is my turn to sign.
    pub my_turn: bool,
    /// I may make or remake the draft.
    pub may_draft: bool,
    /// The secretary and the chair have signed.
    pub complete: bool,
}

/// Somebody in the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceRow {
    /// The person.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Seen within the last seconds, directly or through others.
    pub connected: bool,
    /// Last seen.
    pub last_seen: Option<Timestamp>,
    /// Has all papers.
    pub has_papers: bool,
}

/// Something was written outside the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportView {
    /// Where.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
}

/// Which document of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentChoice {
    /// Agenda, papers, minutes.
    Meeting,
    /// This person's seat: check-in, ballots, shared annotations.
    Seat,
    /// This person's private notes.
    Notes,
}
