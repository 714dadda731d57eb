//! Everything that can be done.

use domain::annotation::Mark;
use domain::duty::Duty;
use domain::id::{AnnotationId, DeviceId, Hash32, ItemId, PaperId, PersonId, SpaceId, Timestamp, UnitId, VoteId};
use domain::meeting::MeetingRole;
use domain::vote::{BallotForm, Choice};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::audit::*;
use crate::drafting::*;
use crate::handbook::*;
use crate::lead::*;
use crate::meeting::*;
use crate::official::*;
use crate::opinion::*;
use crate::paper::*;
use crate::projector::*;
use crate::question::*;
use crate::roster::*;
use crate::rules::*;
use crate::search::*;
use crate::secret::*;
use crate::sitting::*;
use crate::task::*;
use crate::view::*;

/// A request that changes something.
pub trait Does: Serialize {
    /// What it answers.
    type Reply: Serialize + DeserializeOwned + Clone + PartialEq + 'static;
    /// The request as one of the closed enum.
    fn any(self) -> Act;
}

/// A file handed in: by path (command line, file dialog, drop) or as an upload the backend keeps for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileSource {
    /// A path on this machine. The devserver refuses it.
    Path(String),
    /// The token of an upload or of a file dialog's choice.
    Upload(String),
}

/// A new item of an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemDraft {
    /// What it is about.
    pub title: String,
    /// Who presents it; may be empty.
    #[serde(default)]
    pub presenter: String,
    /// Planned start.
    #[serde(default)]
    pub starts_at: Option<Timestamp>,
    /// Planned length in minutes.
    #[serde(default)]
    pub minutes: Option<u16>,
    /// Until when its papers are to be here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers_due: Option<Timestamp>,
}

/// An item of a new sitting's agenda, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedItem {
    /// Its level, 0 for the top: it stands under the nearest item before it that is one level higher.
    #[serde(default)]
    pub depth: u32,
    /// The item.
    #[serde(flatten)]
    pub draft: ItemDraft,
}

impl From<ItemDraft> for PlannedItem {
    fn from(draft: ItemDraft) -> Self {
        Self { depth: 0, draft }
    }
}

/// Somebody who is invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: MeetingRole,
}

/// Into which unit somebody is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitChoice {
    /// One that somebody belongs to already.
    Existing(UnitId),
    /// A new one with this name; this person is its first.
    New(String),
}

/// Who can see an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Only this person's devices.
    Private,
    /// Everybody in the meeting.
    Shared,
}

crate::endpoints! {
    /// Every request that changes something.
    Act: Does in act;

    /// Makes an organisation with its root, its first unit and its first administrator: this person on this device.
    CreateOrganisation { /// e.g. "Thành phố Huế".
        organisation: String, /// e.g. "UBND phường Thuận Hóa".
        unit: String, /// The person.
        name: String, /// e.g. "Văn phòng HĐND và UBND".
        title: String, /// Protects the profile; 8 characters or more.
        passphrase: String } -> IdentityView,
    /// Makes keys on this device and asks to join the organisation that the peer belongs to.
    JoinOrganisation { /// A multiaddress typed or scanned; `None`: look around on the local network.
        peer: Option<String>, /// The person; with an invitation it says who.
        name: String, /// Title or office.
        title: String, /// Protects the profile.
        passphrase: String, /// The text of a one-use invitation: no words are compared.
        #[serde(default)]
        invitation: Option<String> } -> JoinView,
    /// The person has compared the six words on both screens and they are the same.
    ConfirmWords {} -> JoinView,
    /// Makes a demonstration: an organisation, a sitting and papers of our own making.
    TryDemo { /// Protects the profile.
        passphrase: String } -> StatusView,
    /// Opens the profile for this start.
    Unlock { /// The passphrase.
        passphrase: String, /// Keep the unlock key in the system's keyring.
        remember: bool } -> StatusView,
    /// Takes the unlock key out of the system's keyring: the passphrase is asked for from the next start on.
    ForgetKey {} -> (),
    /// Changes the passphrase; the system's keyring forgets its key.
    ChangePassphrase { /// The old one.
        old: String, /// The new one.
        new: String } -> (),
    /// Takes an organisation up again on this device, which has no profile yet, from the file of its root: as its founder, or as somebody
    /// new where a name is given. What the file does not tell has to be typed.
    RecoverOrganisation { /// The file of the root.
        path: String, /// Its passphrase.
        root_passphrase: String, /// Protects the new profile.
        passphrase: String, /// The organisation, where the file tells the root alone.
        #[serde(default)]
        organisation: Option<String>, /// The unit, likewise.
        #[serde(default)]
        unit: Option<String>, /// Somebody else than the founder.
        #[serde(default)]
        name: Option<String>, /// That person's title.
        #[serde(default)]
        title: String } -> IdentityView,
    /// Makes a recovery code, in place of the one that was there: whoever has it can set a new passphrase on this device.
    MakeRecoveryCode { /// The passphrase.
        passphrase: String } -> RecoveryCodeView,
    /// From here on no recovery code opens the profile.
    ForgetRecoveryCode { /// The passphrase.
        passphrase: String } -> (),
    /// A new passphrase by the recovery code, for who forgot the old one. The code stays good.
    RecoverPassphrase { /// The twelve words, typed in whatever way.
        code: String, /// The new passphrase.
        new: String } -> (),
    /// Lets a device in that asked to join, after the words were compared.
    ApproveJoin { /// The device.
        device: DeviceId, /// The new person may do the same.
        administrator: bool, /// It is a further device of the person who approves.
        #[serde(default)]
        mine: bool, /// The unit; `None`: that of the person who approves. Another one only by administrators whom the root certified.
        #[serde(default)]
        unit: Option<UnitChoice> } -> PersonRow,
    /// Gives a person a duty for the whole organisation, or takes it back. Administrators.
    SetDuty { /// The person.
        person: PersonId, /// The duty.
        duty: Duty, /// From here on, or no longer.
        held: bool } -> PersonRow,
    /// Lets a headless device in that asked to join, as a hub: it carries every space as ciphertext and gets no key. After the words were
    /// compared.
    ApproveHub { /// The device.
        device: DeviceId } -> PersonRow,
    /// Turns a request away.
    RefuseJoin { /// The device.
        device: DeviceId } -> (),
    /// A new sitting; this person becomes its secretary.
    CreateMeeting { /// Its name.
        title: String, /// The body that sits; empty: the unit's name.
        body: String, /// The room.
        place: String, /// Planned start.
        starts_at: Timestamp, /// First items.
        items: Vec<PlannedItem>, /// Invited at once; the person who makes the sitting stays its secretary unless named here as its chair.
        #[serde(default)]
        invited: Vec<Invited> } -> SpaceId,
    /// Changes the head of a meeting.
    UpdateMeeting { /// The meeting.
        meeting: SpaceId, /// New name.
        title: Option<String>, /// New room.
        place: Option<String>, /// New start.
        starts_at: Option<Timestamp>, /// New conclusions.
        conclusions: Option<Vec<String>> } -> (),
    /// Adds an agenda item.
    AddItem { /// The meeting.
        meeting: SpaceId, /// Under which item.
        parent: Option<ItemId>, /// After which sibling; `None`: last.
        after: Option<ItemId>, /// The item.
        draft: ItemDraft, /// Guests do not get it: it, its papers and what is said of them live in a space that guests do not belong to. What stands
        /// under such an item is such an item, whatever is said here.
        #[serde(default)]
        internal: bool } -> ItemId,
    /// Changes an agenda item.
    UpdateItem { /// The meeting.
        meeting: SpaceId, /// The item.
        item: ItemId, /// Its new content.
        draft: ItemDraft } -> (),
    /// Moves an item under `parent`, before `before` (`None`: to the end).
    MoveItem { /// The meeting.
        meeting: SpaceId, /// The item.
        item: ItemId, /// The new parent.
        parent: Option<ItemId>, /// The sibling that it comes before.
        before: Option<ItemId> } -> (),
    /// Removes an item and what is under it from the agenda; its papers stay with the meeting.
    RemoveItem { /// The meeting.
        meeting: SpaceId, /// The item.
        item: ItemId } -> (),
    /// Adds a paper (a PDF) to an item.
    AddPaper { /// The meeting.
        meeting: SpaceId, /// The item, or the meeting as a whole.
        item: Option<ItemId>, /// Empty: the file's name.
        title: String, /// The file.
        file: FileSource, /// A person has looked: the scan bears no secrecy marking.
        confirmed_unmarked: bool } -> PaperId,
    /// Adds a newer version of a paper.
    AddPaperVersion { /// The meeting.
        meeting: SpaceId, /// The paper.
        paper: PaperId, /// The file.
        file: FileSource, /// As in `AddPaper`.
        confirmed_unmarked: bool } -> u32,
    /// Invites a person or changes the role.
    Invite { /// The meeting.
        meeting: SpaceId, /// The person.
        person: PersonId, /// The role.
        role: MeetingRole } -> (),
    /// Says: I am here, with this device.
    CheckIn { /// The meeting.
        meeting: SpaceId } -> (),
    /// Marks a page. Saved before it answers.
    Annotate { /// The meeting.
        meeting: SpaceId, /// The paper.
        paper: PaperId, /// The version's plaintext hash.
        version: Hash32, /// Page from 0.
        page: u32, /// 0xRRGGBB.
        colour: u32, /// What was drawn or written.
        mark: Mark, /// For whom.
        audience: Audience } -> AnnotationId,
    /// Removes one of one's own annotations.
    EraseAnnotation { /// The meeting.
        meeting: SpaceId, /// The annotation.
        annotation: AnnotationId } -> (),
    /// Shows a private annotation to the meeting, or takes it back.
    ShareAnnotation { /// The meeting.
        meeting: SpaceId, /// The annotation.
        annotation: AnnotationId, /// For whom from now on.
        audience: Audience } -> (),
    /// Opens a vote and freezes the roll. Chair only.
    OpenVote { /// The meeting.
        meeting: SpaceId, /// The item it is about.
        item: Option<ItemId>, /// The question.
        question: String, /// The rule profile's id.
        profile: String, /// A secret vote; `None`: an open one.
        #[serde(default)]
        secret: Option<SecretTerms>, /// What the ballot of an open vote looks like; `None`: for, against or not voting. A secret vote's is in its terms.
        #[serde(default)]
        form: Option<BallotForm> } -> VoteId,
    /// Casts or replaces this person's ballot in a decision, open or secret.
    CastBallot { /// The vote.
        vote: VoteId, /// The choice.
        choice: Choice } -> BallotReceipt,
    /// Casts or replaces this person's ballot in a vote of any form.
    CastMarks { /// The vote.
        vote: VoteId, /// The places that are marked, counted from 0 in the order of the form.
        marks: Vec<u32> } -> BallotReceipt,
    /// Closes a vote with the ballots that have arrived. Chair only.
    CloseVote { /// The vote.
        vote: VoteId } -> VoteView,
    /// Writes the evidence of a vote to a file that anyone can verify.
    ExportVote { /// The vote.
        vote: VoteId, /// Where to.
        path: String } -> ExportView,
    /// Typesets the minutes from the record. Secretary only.
    DraftMinutes { /// The meeting.
        meeting: SpaceId } -> MinutesView,
    /// Signs the newest minutes: the secretary first, then the chair.
    SignMinutes { /// The meeting.
        meeting: SpaceId } -> MinutesView,
    /// Writes the newest minutes to a file.
    ExportMinutes { /// The meeting.
        meeting: SpaceId, /// Where to.
        path: String } -> ExportView,
    /// Writes a paper's original bytes to a file.
    ExportPaper { /// The meeting.
        meeting: SpaceId, /// The version's plaintext hash.
        version: Hash32, /// Where to.
        path: String } -> ExportView,
    /// Writes a meeting as a folder or a zip: papers, minutes, record as JSON, vote bundles, checksums.
    ExportMeeting { /// The meeting.
        meeting: SpaceId, /// The folder, made if missing, or the file.
        path: String, /// As which of the two.
        #[serde(default)]
        form: ArchiveForm } -> ExportView,
    /// Writes a document as a plain automerge file.
    ExportDocument { /// `meeting` or `seat`, of a meeting.
        meeting: SpaceId, /// Which document.
        document: DocumentChoice, /// Where to.
        path: String } -> ExportView,
    /// Writes the organisation's certificate authority as PEM.
    ExportAuthority { /// Where to.
        path: String } -> ExportView,
    /// Writes everything of this profile into one file, readable with its passphrase only. The profile stays in use.
    BackUp { /// Where to.
        path: String } -> ExportView,
    /// Signs a PDF outside of meetings with this person's certificate.
    SignPdf { /// The file.
        path: String, /// Where to.
        output: String, /// Shown in the signature.
        reason: String, /// Lines of the visible appearance; empty: invisible.
        visible: bool } -> ExportView,
    /// Connects to a peer by address.
    Dial { /// A multiaddress.
        address: String } -> (),
    /// Tells the room which page this person is on. Ephemeral.
    Reading { /// The meeting.
        meeting: SpaceId, /// The paper.
        paper: PaperId, /// Page from 0.
        page: u32 } -> ();
    also
        MakeInvitation, RevokeInvitation, PreviewRoster, ApplyRoster,
        RevokeDevice, RemoveParticipant, RemovePerson,
        ExportInvitation, WithdrawPaper, SettleConclusions, WriteConclusions,
        DraftOfficial, SignOfficial, ExportOfficial,
        AskOpinion, GiveOpinion, ExportOpinions,
        ShowOnProjector, SetItemInternal,
        ElectTellers, CastSecretBallot, OpenTotals,
        EnterPaperBallot, WitnessPaperBallot,
        NameDeputy, TakeLead,
        SaveRuleProfile, RemoveRuleProfile,
        CheckInByCode, SetSeating, SetSeat, SeatEverybody, Leave, MarkAttendance, AskToSpeak, WithdrawSpeech, PlaceSpeech, OrderSpeeches, GiveWord, EndWord, MoveSitting,
        SearchEnded, ForgetFailedSearch, SetSynonyms,
        MarkRead, ToggleFavourite, NoteUse, RemoveUse, LinkCase, StartCase, TickCase, CloseCase, InstallPackage, ExportPackage, RemovePackage, PublishPackage, TrustPublisher, ImportHandbook, CancelImport, CreateDraft, EditDraft, DiscardDraft, ResolveConflict, SubmitForReview, Review, PublishDrafts,
        Ask, Answer, ApproveAnswer, Accept, Reopen, Rate, Receive, FlagAnswer, ReviewAnswer, AskedToo, UnpublishAnswer, Reassign, ExplainOverdue, Comment, Follow, MarkQuestionRead, MarkAnswered, Withdraw, PublishAnswer, MakeArticle, SetUnit, ExportQuestionFile, ExportStatistics,
        NewTask, TellTask, MarkTaskRead, LinkTask,
}
