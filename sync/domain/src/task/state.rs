//! Where a task stands, how it stands against its deadline, and why something that was said of it has no effect.

use serde::{Deserialize, Serialize};

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Đã giao: the lead has not taken it up yet.
    Given,
    /// Đã nhận.
    Accepted,
    /// Đang thực hiện: a share of it is reported.
    InProgress,
    /// Báo cáo hoàn thành: the lead says that it is done; the assigner has not looked yet.
    ReportedDone,
    /// Trả lại: the assigner wants more.
    Returned,
    /// Đã hoàn thành: the assigner agrees.
    Confirmed,
    /// Đã dừng: nobody has to do it any more.
    Closed,
}

impl State {
    /// All, in the order of a task's life.
    pub const ALL: [Self; 7] =
        [Self::Given, Self::Accepted, Self::InProgress, Self::ReportedDone, Self::Returned, Self::Confirmed, Self::Closed];

    /// Its name in requests and tests.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Accepted => "accepted",
            Self::InProgress => "in_progress",
            Self::ReportedDone => "reported_done",
            Self::Returned => "returned",
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
        }
    }

    /// Is something still owed.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Confirmed | Self::Closed)
    }
}

/// How a task stands against its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// There is time.
    InTime,
    /// Less than three days are left.
    Soon,
    /// The deadline is over and the assigner has not confirmed it; nobody has said why.
    Overdue,
    /// The same, and the lead has said why: late with a stated reason is an ordinary state.
    Explained,
    /// Confirmed, and reported as done by the deadline.
    DoneInTime,
    /// Confirmed, and reported as done after it.
    DoneLate,
    /// Nothing is owed any more.
    Closed,
}

impl DueState {
    /// Is the deadline over and the task not confirmed, with or without a reason.
    pub fn is_overdue(self) -> bool {
        matches!(self, Self::Overdue | Self::Explained)
    }
}

/// Why an entry has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Void {
    /// Nothing is known of its author yet; it is judged again when that changes.
    UnknownAuthor,
    /// Its author does not belong to the unit named.
    ForeignUnit,
    /// Its author had seen no task.
    NotGiven,
    /// Another task than the one that this id was made of: in other words, of another time, or given by somebody else.
    NotTheTask,
    /// Only who leads the task may.
    NotTheLead,
    /// Only who gave the task may.
    NotTheAssigner,
    /// The task is not its author's business.
    NotConcerned,
    /// The task is not in a state in which this can be said.
    NotNow,
    /// There is no such report or request.
    NoSuchEntry,
    /// It would change nothing.
    NothingNew,
    /// A deadline that is not later, or too far.
    BadDeadline,
    /// More entries than are folded.
    TooMany,
}
