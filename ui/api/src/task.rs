//! Tasks: what somebody asks of an office or a person, how far it is, and whether it is done in time.

use domain::id::{ItemId, PersonId, SpaceId, TaskEventId, TaskId, Timestamp, UnitId, VoteId};
use serde::{Deserialize, Serialize};

use crate::act::ItemDraft;
use crate::handbook::ArticleRef;
use crate::question::{Delivery, Urgency};
use crate::search::FacetValue;

pub use domain::task::{DueState as TaskDue, State as TaskState, Void as TaskVoid};

crate::requests! {
    Query: Reads in query;

    /// The list of tasks that concern me.
    Tasks { /// What it is narrowed to.
        #[serde(default)]
        filter: TaskFilter } -> TaskListView,
    /// A task with everything that was said of it.
    Task { /// The task.
        task: TaskId } -> TaskView,
    /// Which conclusions and items of a meeting have become tasks.
    MeetingTasks { /// The meeting.
        meeting: SpaceId } -> MeetingTasksView,
    /// Tasks that an earlier meeting gave and that are not finished, as items for the next one.
    UnfinishedTasks { /// The earlier meeting; `None`: the last one that began and gave tasks.
        #[serde(default)]
        of: Option<SpaceId> } -> UnfinishedTasksView,
}

crate::requests! {
    Act: Does in act;

    /// Gives a task. With an origin only the chair and the secretaries of that meeting may, and they all may confirm it.
    NewTask { /// In one line.
        title: String, /// In full; may be empty.
        #[serde(default)]
        text: String, /// Who leads it.
        lead: TaskLead, /// Units that support the lead.
        #[serde(default)]
        supporting: Vec<UnitId>, /// The deadline.
        due_at: Timestamp, /// How urgent.
        #[serde(default)]
        urgency: Urgency, /// The article of the handbook that it rests on.
        #[serde(default)]
        article: Option<String>, /// The meeting that decided it.
        #[serde(default)]
        origin: Option<TaskOrigin> } -> TaskId,
    /// Says something of a task: takes it up, reports, confirms, asks, comments. [`TaskView::may`] says what this person may.
    TellTask { /// The task.
        task: TaskId, /// What.
        entry: TaskEntry } -> TaskView,
    /// Tells that I looked at a task.
    MarkTaskRead { /// The task.
        task: TaskId } -> (),
    /// Notes that an article is used for a task, in this person's own work. [`crate::handbook::RemoveUse`] takes it back.
    LinkTask { /// The article.
        article: String, /// The task.
        task: TaskId } -> (),
}

/// Who leads a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLead {
    /// The unit.
    pub unit: UnitId,
    /// A person of it; `None`: the unit names one itself.
    #[serde(default)]
    pub person: Option<PersonId>,
}

/// The meeting that decided a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskOrigin {
    /// The meeting.
    pub meeting: SpaceId,
    /// The item of its agenda.
    #[serde(default)]
    pub item: Option<ItemId>,
    /// The conclusion, word for word.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// The vote by which it was decided.
    #[serde(default)]
    pub vote: Option<VoteId>,
}

/// What is said of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum TaskEntry {
    /// The lead takes it up.
    Accept {},
    /// The lead, or a unit that supports it, says how far it is. Only the lead's percentage counts.
    Progress {
        /// 0 to 100.
        percent: u8,
        /// Words with it; may be empty.
        #[serde(default)]
        note: String,
    },
    /// The lead says that it is done.
    ReportDone {
        /// What came of it.
        note: String,
    },
    /// The assigner agrees that it is done.
    Confirm {
        /// Words with it; may be empty.
        #[serde(default)]
        note: String,
    },
    /// The assigner wants more.
    Return {
        /// What is missing.
        note: String,
    },
    /// The lead asks for a later deadline.
    AskExtension {
        /// The new deadline.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// The assigner sets a later deadline, asked for or not.
    Extend {
        /// The new deadline; `None`: the one that was asked for.
        #[serde(default)]
        until: Option<Timestamp>,
        /// Words with it; may be empty where it was asked for.
        #[serde(default)]
        note: String,
    },
    /// The assigner keeps the deadline although a later one was asked for.
    RefuseExtension {
        /// Why.
        note: String,
    },
    /// The lead says why it is late.
    ExplainLate {
        /// Why.
        reason: String,
    },
    /// Anybody whom it concerns says something.
    Comment {
        /// What.
        text: String,
        /// People called in it; the task concerns them from now on.
        #[serde(default)]
        mentions: Vec<PersonId>,
    },
    /// The assigner chases it up.
    Urge {
        /// Words with it; may be empty.
        #[serde(default)]
        note: String,
    },
    /// The assigner ends it without a result: nobody has to do it any more.
    Close {
        /// Why.
        reason: String,
    },
}

/// Something that a person may do with a task now, in the order in which buttons stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskAction {
    /// [`TaskEntry::Accept`].
    Accept,
    /// [`TaskEntry::Progress`].
    Progress,
    /// [`TaskEntry::ReportDone`].
    ReportDone,
    /// [`TaskEntry::Confirm`].
    Confirm,
    /// [`TaskEntry::Return`].
    Return,
    /// [`TaskEntry::Extend`] with what was asked for, or with another deadline.
    Extend,
    /// [`TaskEntry::RefuseExtension`].
    RefuseExtension,
    /// [`TaskEntry::AskExtension`].
    AskExtension,
    /// [`TaskEntry::ExplainLate`].
    ExplainLate,
    /// [`TaskEntry::Urge`].
    Urge,
    /// [`TaskEntry::Comment`].
    Comment,
    /// [`TaskEntry::Close`].
    Close,
}

impl TaskAction {
    /// All, in the order of buttons.
    pub const ALL: [Self; 12] = [
        Self::Accept,
        Self::Progress,
        Self::ReportDone,
        Self::Confirm,
        Self::Return,
        Self::Extend,
        Self::RefuseExtension,
        Self::AskExtension,
        Self::ExplainLate,
        Self::Urge,
        Self::Comment,
        Self::Close,
    ];

    /// Its name in tests.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Progress => "progress",
            Self::ReportDone => "report_done",
            Self::Confirm => "confirm",
            Self::Return => "return",
            Self::Extend => "extend",
            Self::RefuseExtension => "refuse_extension",
            Self::AskExtension => "ask_extension",
            Self::ExplainLate => "explain_late",
            Self::Urge => "urge",
            Self::Comment => "comment",
            Self::Close => "close",
        }
    }
}

/// Which tasks a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskScope {
    /// All that concern me.
    #[default]
    All,
    /// I lead them, or my unit does and names nobody else.
    Mine,
    /// My unit supports them.
    Supporting,
    /// I gave them, or may confirm them.
    Given,
}

impl TaskScope {
    /// All, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::All, Self::Mine, Self::Supporting, Self::Given];

    /// Its name in requests and addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mine => "mine",
            Self::Supporting => "supporting",
            Self::Given => "given",
        }
    }
}

/// What a list of tasks is narrowed to. Everything empty: nothing is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskFilter {
    /// Whose.
    pub scope: TaskScope,
    /// Where they stand.
    pub state: Option<TaskState>,
    /// Only what is still owed.
    pub open: bool,
    /// Only what is past its deadline and not confirmed.
    pub overdue: bool,
    /// The unit that leads.
    pub unit: Option<UnitId>,
    /// The meeting that decided them.
    pub meeting: Option<SpaceId>,
    /// Words of title, text or conclusion, with or without marks; or the beginning of the short number.
    pub text: String,
}

/// Where a task comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskOriginView {
    /// The meeting.
    pub meeting: SpaceId,
    /// Its name, as it was when the task was given.
    pub meeting_title: String,
    /// The item of its agenda.
    pub item: Option<ItemId>,
    /// The conclusion, word for word; may be empty.
    pub conclusion: String,
    /// The vote by which it was decided.
    pub vote: Option<VoteId>,
    /// The meeting is on this device and can be opened.
    pub here: bool,
    /// Whether the assigner chairs or records that meeting, as far as this device can know: `None` where the meeting is not here.
    pub vouched: Option<bool>,
}

/// A unit that supports the lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// It is mine.
    pub mine: bool,
}

/// A later deadline that was asked for and not decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionView {
    /// The deadline that is asked for.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A task in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRow {
    /// The task.
    pub task: TaskId,
    /// Its short number: the first eight digits of its id. Enough to tell two apart, and to name it on the command line.
    pub short: String,
    /// Its title.
    pub title: String,
    /// The meeting that decided it.
    pub origin: Option<TaskOriginView>,
    /// Who gave it.
    pub assigner: String,
    /// The assigner's unit.
    pub assigner_unit: String,
    /// The unit that leads.
    pub lead: UnitId,
    /// Its name.
    pub lead_name: String,
    /// The person who leads, where one is named.
    pub lead_person: Option<PersonId>,
    /// That person's name; may be empty.
    pub lead_person_name: String,
    /// Units that support the lead.
    pub supporting: Vec<TaskUnit>,
    /// How urgent it is.
    pub urgency: Urgency,
    /// When it was given.
    pub given_at: Timestamp,
    /// The deadline that holds.
    pub due_at: Timestamp,
    /// The deadline as it was given; earlier than [`Self::due_at`] once it was extended.
    pub first_due_at: Timestamp,
    /// Where it stands.
    pub state: TaskState,
    /// How much of it is done, 0 to 100.
    pub percent: u8,
    /// When the lead last said that it is done; `None` also when it was returned since.
    pub reported_at: Option<Timestamp>,
    /// When the assigner agreed.
    pub confirmed_at: Option<Timestamp>,
    /// How it stands against its deadline.
    pub due: TaskDue,
    /// Days past the deadline, begun ones counted; 0 if it is not overdue.
    pub overdue_days: u32,
    /// Why it is late, as the lead says; may be empty.
    pub reason: String,
    /// A later deadline that was asked for and waits for the assigner.
    pub extension: Option<ExtensionView>,
    /// Comments.
    pub comments: u32,
    /// When something last happened.
    pub last_at: Timestamp,
    /// I lead it, or my unit does.
    pub mine: bool,
    /// I gave it, or may confirm it.
    pub given_by_me: bool,
    /// The next step lies with me.
    pub waits_for_me: bool,
    /// Something is new since I looked.
    pub unread: bool,
    /// Whether what I last said of it has left this device.
    pub delivery: Delivery,
}

/// A list of tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskListView {
    /// Open ones by deadline, then finished ones, the newest first; at most 500.
    pub rows: Vec<TaskRow>,
    /// All that match.
    pub total: u32,
    /// Per scope with the other filters, in the order of [`TaskScope::ALL`].
    pub scopes: Vec<(TaskScope, u32)>,
    /// Per state with the other filters, in the order of [`TaskState::ALL`].
    pub states: Vec<(TaskState, u32)>,
    /// Overdue ones in this scope, with and without a reason.
    pub overdue: u32,
    /// Due within three days in this scope.
    pub soon: u32,
    /// The next step lies with me, whatever the filter.
    pub waits_for_me: u32,
    /// Units that lead, with counts.
    pub units: Vec<FacetValue>,
    /// What I said of tasks that has not left this device.
    pub waiting: u32,
}

/// What happened with a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaskEventKind {
    /// It was given.
    Given {
        /// The deadline.
        due_at: Timestamp,
    },
    /// The lead took it up.
    Accepted {},
    /// How far it is.
    Progress {
        /// 0 to 100.
        percent: u8,
        /// Words with it; may be empty.
        note: String,
    },
    /// The lead says that it is done.
    ReportedDone {
        /// What came of it.
        note: String,
    },
    /// The assigner agrees.
    Confirmed {
        /// Words with it; may be empty.
        note: String,
    },
    /// The assigner wants more.
    Returned {
        /// What is missing.
        note: String,
    },
    /// The lead asks for a later deadline.
    ExtensionAsked {
        /// The new deadline.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// The assigner set a later deadline.
    Extended {
        /// The new deadline.
        until: Timestamp,
        /// Words with it; may be empty.
        note: String,
    },
    /// The assigner kept the deadline.
    ExtensionRefused {
        /// Why.
        note: String,
    },
    /// The lead says why it is late.
    Explained {
        /// Why.
        reason: String,
    },
    /// Somebody said something.
    Commented {
        /// What.
        text: String,
        /// Who is called in it.
        mentions: Vec<String>,
    },
    /// The assigner chased it up.
    Urged {
        /// Words with it; may be empty.
        note: String,
    },
    /// The assigner ended it without a result.
    Closed {
        /// Why.
        reason: String,
    },
}

/// A line of a task's course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskEvent {
    /// Names it.
    pub event: TaskEventId,
    /// When, as its author's device says.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// The author's unit.
    pub by_unit: String,
    /// It is mine.
    pub mine: bool,
    /// Whether it has left this device; [`Delivery::Sent`] for what others did.
    pub delivery: Delivery,
    /// What.
    pub what: TaskEventKind,
    /// Why it has no effect, if it has none: it was not its author's to do.
    #[serde(default)]
    pub void: Option<TaskVoid>,
}

/// A task with everything that was said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskView {
    /// As in lists.
    pub row: TaskRow,
    /// What is to be done, in full; may be empty.
    pub text: String,
    /// Articles of the handbook: the one that it rests on, then those that this person linked.
    pub articles: Vec<ArticleRef>,
    /// Who may confirm it besides the assigner: the chair and the secretaries of the meeting.
    pub stewards: Vec<String>,
    /// Oldest first.
    pub events: Vec<TaskEvent>,
    /// What I may do now, in the order of [`TaskAction::ALL`].
    pub may: Vec<TaskAction>,
}

/// A conclusion of a meeting with its tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConclusionTasks {
    /// The conclusion, word for word: what a task's origin names.
    pub conclusion: String,
    /// Its tasks; empty: none was given yet.
    pub tasks: Vec<TaskRow>,
}

/// The tasks of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingTasksView {
    /// I may give tasks for this meeting: I chair or record it.
    pub may_give: bool,
    /// In the order of the conclusions.
    pub conclusions: Vec<ConclusionTasks>,
    /// Tasks of this meeting that name no conclusion, or one that reads otherwise today.
    pub others: Vec<TaskRow>,
}

/// A task that is not finished, as an item of the next meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedTask {
    /// The task.
    pub row: TaskRow,
    /// An item that it could become: its title, the lead as presenter.
    pub item: ItemDraft,
}

/// What an earlier meeting left open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedTasksView {
    /// The earlier meeting; `None`: none that gave tasks is here.
    pub meeting: Option<SpaceId>,
    /// Its name; may be empty.
    pub meeting_title: String,
    /// By deadline.
    pub tasks: Vec<UnfinishedTask>,
}
