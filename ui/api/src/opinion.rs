//! Written opinions: members are asked outside a sitting, answer by signed acts, and what they answered is drawn together.

use domain::id::{Hash32, PaperId, PersonId, SpaceId, Timestamp};
use domain::opinion::Opinion;
use serde::{Deserialize, Serialize};

use crate::view::ExportView;

crate::requests! {
    Query: Reads in query;

    /// All forms of a meeting with what was answered, newest first. Everybody of the meeting sees them.
    Opinions { /// The meeting.
        meeting: SpaceId } -> Vec<OpinionView>,
}

crate::requests! {
    Act: Does in act;

    /// Asks everybody who has a vote for a written opinion; answers the form's name. Chair and secretary.
    AskOpinion { /// The meeting.
        meeting: SpaceId, /// What they are asked.
        question: String, /// The papers that it is about, in their newest versions.
        #[serde(default)]
        papers: Vec<PaperId>, /// Until when.
        deadline: Timestamp } -> Hash32,
    /// Answers a form, or takes another answer in the place of one's own. Kept at once, also without a network.
    GiveOpinion { /// The meeting.
        meeting: SpaceId, /// The form.
        form: Hash32, /// The opinion.
        opinion: Opinion, /// In one's own words; needed with agreement under remarks.
        #[serde(default)]
        remark: String } -> (),
    /// Writes the report on a form as a PDF in the layout of Decree 30/2020/NĐ-CP. Chair and secretary.
    ExportOpinions { /// The meeting.
        meeting: SpaceId, /// The form.
        form: Hash32, /// Where to.
        path: String } -> ExportView,
}

/// A form with what has come of it, as far as this device knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionView {
    /// Its name.
    pub form: Hash32,
    /// What members are asked.
    pub question: String,
    /// What it is about.
    pub papers: Vec<OpinionPaper>,
    /// Who asks.
    pub asked_by: String,
    /// Since when.
    pub asked_at: Timestamp,
    /// Until when.
    pub deadline: Timestamp,
    /// The deadline is over; who answers now answers late.
    pub over: bool,
    /// This person is asked.
    pub asks_me: bool,
    /// Answers in time.
    pub in_time: OpinionCount,
    /// Answers after the deadline, by the clocks of those who answered.
    pub late: OpinionCount,
    /// Asked and without an answer here.
    pub silent: u32,
    /// Everybody who is asked, by name.
    pub rows: Vec<OpinionRow>,
}

/// A paper of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionPaper {
    /// The paper, if it is still on the list.
    pub paper: Option<PaperId>,
    /// Its title; empty if it is not.
    pub title: String,
    /// The version.
    pub version: Hash32,
}

/// How many of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpinionCount {
    /// Agree.
    pub agree: u32,
    /// Agree under remarks.
    pub with_remarks: u32,
    /// Do not agree.
    pub disagree: u32,
}

/// One who is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionRow {
    /// Who.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// This person.
    pub me: bool,
    /// The answer; `None`: none has come.
    pub opinion: Option<Opinion>,
    /// In their own words.
    pub remark: String,
    /// When, by the clock of the device that answered.
    pub at: Option<Timestamp>,
    /// After the deadline.
    pub late: bool,
}
