//! The two-level interaction: questions of communes to departments and the city, their answers, and what can be learnt of them.

mod list;
mod statistics;
mod thread;

use domain::id::{DraftId, Hash32, PersonId, QuestionEventId, QuestionId, Timestamp, UnitId};

use crate::act::FileSource;
use crate::search::Level;
use crate::view::ExportView;

pub use list::*;
pub use statistics::*;
pub use thread::*;

crate::requests! {
    Query: Reads in query;

    /// The list of questions.
    QuestionList { /// What it is narrowed to.
        #[serde(default)]
        filter: QuestionFilter } -> QuestionListView,
    /// A question with its thread.
    Question { /// The question.
        question: QuestionId } -> QuestionView,
    /// The units with their levels and fields.
    Units {} -> UnitsView,
    /// Figures.
    QuestionStatistics { /// Asked from this instant on.
        from: Option<Timestamp>, /// Asked before this instant.
        to: Option<Timestamp> } -> StatisticsView,
}

crate::requests! {
    Act: Does in act;

    /// Asks. Without a connection it waits on this device and goes out later.
    Ask { /// Whom.
        to: Addressee, /// The field of work; may be empty.
        field: String, /// The procedure or article that it is about.
        article: Option<String>, /// In one line.
        title: String, /// In full.
        text: String, /// How urgent.
        #[serde(default)]
        urgency: Urgency, /// Files.
        #[serde(default)]
        attachments: Vec<FileSource>, /// A person has looked: no file bears a secrecy marking. Needed for pictures, scans and spreadsheets.
        #[serde(default)]
        confirmed_unmarked: bool } -> QuestionId,
    /// Answers for the responsible unit.
    Answer { /// The question.
        question: QuestionId, /// The answer.
        text: String, /// Articles that it cites.
        citations: Vec<String>, /// Files.
        #[serde(default)]
        attachments: Vec<FileSource>, /// A person has looked: no file bears a secrecy marking. Needed for pictures, scans and spreadsheets.
        #[serde(default)]
        confirmed_unmarked: bool } -> QuestionView,
    /// Approves a proposed answer or returns it. The unit's head only.
    ApproveAnswer { /// The question.
        question: QuestionId, /// The answer.
        answer: QuestionEventId, /// Approved or returned.
        approve: bool, /// Why; needed when it is returned.
        note: String } -> QuestionView,
    /// The asker takes the answer.
    Accept { /// The question.
        question: QuestionId, /// Which, where several were given; `None`: the newest.
        #[serde(default)]
        answer: Option<QuestionEventId> } -> QuestionView,
    /// The asker says that the answer does not help.
    Reopen { /// The question.
        question: QuestionId, /// Why.
        reason: String } -> QuestionView,
    /// The asker rates the answer.
    Rate { /// The question.
        question: QuestionId, /// 1 to 5.
        stars: u8, /// Words with it; may be empty.
        note: String } -> QuestionView,
    /// The asked unit has taken the question up.
    Receive { /// The question.
        question: QuestionId } -> QuestionView,
    /// Says that an answer may be out of date.
    FlagAnswer { /// The question.
        question: QuestionId, /// The answer.
        answer: QuestionEventId, /// Why.
        reason: String } -> QuestionView,
    /// The answering unit has looked at its answer again: it still holds.
    ReviewAnswer { /// The question.
        question: QuestionId, /// The answer.
        answer: QuestionEventId, /// What was looked at; may be empty.
        #[serde(default)]
        note: String } -> QuestionView,
    /// A shared answer serves me too: counts as if I had asked.
    AskedToo { /// The question.
        question: QuestionId } -> QuestionView,
    /// Shares a question no longer.
    UnpublishAnswer { /// The question.
        question: QuestionId, /// Why.
        reason: String } -> QuestionView,
    /// Gives a question to another unit.
    Reassign { /// The question.
        question: QuestionId, /// The unit.
        unit: UnitId, /// Why.
        reason: String } -> QuestionView,
    /// Says why an answer is late, and until when it will come.
    ExplainOverdue { /// The question.
        question: QuestionId, /// Why.
        reason: String, /// The new date.
        due_at: Timestamp } -> QuestionView,
    /// Comments.
    Comment { /// The question.
        question: QuestionId, /// The comment.
        text: String, /// People called in it; they follow the question from now on.
        mentions: Vec<PersonId> } -> QuestionView,
    /// Follows a question or stops to.
    Follow { /// The question.
        question: QuestionId, /// Follow or not.
        follow: bool } -> QuestionView,
    /// Tells that I looked at a question.
    MarkQuestionRead { /// The question.
        question: QuestionId } -> (),
    /// Links a question to one that was answered before, and counts it there.
    MarkAnswered { /// The question.
        question: QuestionId, /// The one that was answered before.
        canonical: QuestionId } -> QuestionView,
    /// Takes one's own question back.
    Withdraw { /// The question.
        question: QuestionId } -> QuestionView,
    /// Publishes a question and its answer to all communes, in words that say nothing about a person. Refused with `personal_data`
    /// (facts `found`, `kind`, `place`, `count`) while something is found that is not in `confirmed`.
    PublishAnswer { /// The question.
        question: QuestionId, /// The title to publish.
        title: String, /// The question's text to publish.
        text: String, /// The answer's text to publish.
        answer: String, /// What was found and may stay, word for word: a person has looked at each.
        #[serde(default)]
        confirmed: Vec<String> } -> QuestionView,
    /// Makes a draft of the handbook of the answer; it keeps its origin.
    MakeArticle { /// The question.
        question: QuestionId } -> DraftId,
    /// Changes what a unit answers for.
    SetUnit { /// The unit.
        unit: UnitId, /// Its level.
        level: Level, /// Fields that it answers for.
        fields: Vec<String>, /// Its answers need its head's approval.
        needs_approval: bool, /// Working days for an answer that is not urgent; 1 to 60.
        days: u32, /// Its head.
        head: Option<PersonId> } -> UnitsView,
    /// Writes a file of a question or an answer to disk.
    ExportQuestionFile { /// The question.
        question: QuestionId, /// The file.
        hash: Hash32, /// Where to.
        path: String } -> ExportView,
    /// Writes the figures as CSV (UTF-8 with a byte order mark, semicolons).
    ExportStatistics { /// Asked from this instant on.
        from: Option<Timestamp>, /// Asked before this instant.
        to: Option<Timestamp>, /// Where to.
        path: String } -> ExportView,
}
