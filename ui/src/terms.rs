//! Values of the handbook, of questions and of tasks in words of the present language.

use api::day::Day;
use api::handbook::{ArticleKind, DraftEventKind, DraftState, LinkKind, PersonalData};
use api::question::{AnswerState, QuestionScope, QuestionState, Urgency, Void};
use api::search::{Level, Section, Validity, WhyKind};
use api::task::{TaskAction, TaskDue, TaskScope, TaskState, TaskVoid};
use domain::calendar::VnDate;
use domain::id::Timestamp;
use ui::format;

use crate::say;

/// Minutes of an hour and of a day.
const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

/// A section.
pub fn section(section: Section) -> String {
    match section {
        Section::Procedure => say!(section.procedure),
        Section::Law => say!(section.law),
        Section::Guidance => say!(section.guidance),
        Section::Form => say!(section.form),
        Section::Question => say!(section.question),
    }
}

/// A kind of article.
pub fn kind(kind: ArticleKind) -> String {
    match kind {
        ArticleKind::Procedure => say!(section.procedure),
        ArticleKind::Law => say!(section.law),
        ArticleKind::Guidance => say!(section.guidance),
        ArticleKind::Form => say!(section.form),
    }
}

/// A validity.
pub fn validity(validity: Validity) -> String {
    match validity {
        Validity::InForce => say!(validity.in_force),
        Validity::Partly => say!(validity.partly),
        Validity::Expired => say!(validity.expired),
        Validity::NotYet => say!(validity.not_yet),
    }
}

/// The validity of something that was found; of a question it says whether its answer helps.
pub fn hit_validity(section: Section, of: Validity) -> String {
    match (section, of) {
        (Section::Question, Validity::NotYet) => say!(state.open),
        (Section::Question, Validity::Expired | Validity::Partly) => say!(question.needs_review),
        _ => validity(of),
    }
}

/// The colour of a validity's badge.
pub fn validity_class(validity: Validity) -> &'static str {
    match validity {
        Validity::InForce => "chip ok",
        Validity::Partly | Validity::NotYet => "chip warn",
        Validity::Expired => "chip bad",
    }
}

/// A level.
pub fn level(level: Level) -> String {
    match level {
        Level::Central => say!(level.central),
        Level::City => say!(level.city),
        Level::Commune => say!(level.commune),
    }
}

/// A connection.
pub fn link(link: LinkKind) -> String {
    match link {
        LinkKind::AmendedBy => say!(link.amended_by),
        LinkKind::Amends => say!(link.amends),
        LinkKind::ReplacedBy => say!(link.replaced_by),
        LinkKind::Replaces => say!(link.replaces),
        LinkKind::GuidedBy => say!(link.guided_by),
        LinkKind::Guides => say!(link.guides),
        LinkKind::CitedBy => say!(link.cited_by),
    }
}

/// Why something was found.
pub fn why(why: WhyKind) -> String {
    match why {
        WhyKind::Number => say!(why.number),
        WhyKind::Title => say!(why.title),
        WhyKind::Phrase => say!(why.phrase),
        WhyKind::Words => say!(why.words),
        WhyKind::SomeWords => say!(why.some_words),
        WhyKind::Synonym => say!(why.synonym),
        WhyKind::Corrected => say!(why.corrected),
    }
}

/// A kind of block.
pub fn block(kind: &str) -> String {
    match kind {
        "heading" => say!(block.heading),
        "steps" => say!(block.steps),
        "papers" => say!(block.papers),
        "fees" => say!(block.fees),
        "time_limits" => say!(block.time_limits),
        "results" => say!(block.results),
        "forms" => say!(block.forms),
        "legal_basis" => say!(block.legal_basis),
        "duties" => say!(block.duties),
        "point" => say!(block.point),
        "note" => say!(block.note),
        "table" => say!(block.table),
        _ => say!(block.paragraph),
    }
}

/// How the lines of a kind of block are written.
pub fn block_hint(kind: &str) -> String {
    match kind {
        "steps" => say!(block.steps_hint),
        "papers" => say!(block.papers_hint),
        "fees" | "time_limits" => say!(block.facts_hint),
        "results" => say!(block.results_hint),
        "forms" | "legal_basis" => say!(block.references_hint),
        "duties" => say!(block.duties_hint),
        "point" => say!(block.point_hint),
        "table" => say!(block.table_hint),
        _ => String::new(),
    }
}

/// Where a draft stands.
pub fn draft_state(state: DraftState) -> String {
    match state {
        DraftState::Draft => say!(draft.state_draft),
        DraftState::InReview => say!(draft.state_in_review),
        DraftState::Returned => say!(draft.state_returned),
        DraftState::Approved => say!(draft.state_approved),
        DraftState::Published => say!(draft.state_published),
    }
}

/// What happened to a draft.
pub fn draft_event(kind: DraftEventKind) -> String {
    match kind {
        DraftEventKind::Created => say!(draft.event_created),
        DraftEventKind::Submitted => say!(draft.event_submitted),
        DraftEventKind::Approved => say!(draft.event_approved),
        DraftEventKind::Returned => say!(draft.event_returned),
        DraftEventKind::Published => say!(draft.event_published),
    }
}

/// An urgency.
pub fn urgency(urgency: Urgency) -> String {
    match urgency {
        Urgency::Normal => say!(urgency.normal),
        Urgency::Urgent => say!(urgency.urgent),
        Urgency::VeryUrgent => say!(urgency.very_urgent),
        Urgency::Immediate => say!(urgency.immediate),
    }
}

/// Where a question stands.
pub fn state(state: QuestionState) -> String {
    match state {
        QuestionState::Open => say!(state.open),
        QuestionState::Approving => say!(state.approving),
        QuestionState::Answered => say!(state.answered),
        QuestionState::Accepted => say!(state.accepted),
        QuestionState::Duplicate => say!(state.duplicate),
        QuestionState::Withdrawn => say!(state.withdrawn),
    }
}

/// The colour of a state's chip.
pub fn state_class(state: QuestionState) -> &'static str {
    match state {
        QuestionState::Open => "chip on",
        QuestionState::Approving => "chip warn",
        QuestionState::Answered | QuestionState::Accepted => "chip ok",
        QuestionState::Duplicate | QuestionState::Withdrawn => "chip",
    }
}

/// Whose questions.
pub fn scope(scope: QuestionScope) -> String {
    match scope {
        QuestionScope::Mine => say!(scope.mine),
        QuestionScope::MyUnit => say!(scope.my_unit),
        QuestionScope::Following => say!(scope.following),
        QuestionScope::All => say!(scope.all),
    }
}

/// Where an answer stands.
pub fn answer_state(state: AnswerState) -> String {
    match state {
        AnswerState::Proposed => say!(answer.proposed),
        AnswerState::Approved => say!(answer.approved),
        AnswerState::Returned => say!(answer.returned),
        AnswerState::Replaced => say!(answer.replaced),
    }
}

/// Why an entry of a thread has no effect.
pub fn void(void: Void) -> String {
    match void {
        Void::UnknownAuthor => say!(void.unknown_author),
        Void::Withdrawn => say!(void.withdrawn),
        Void::BadDeadline => say!(void.bad_deadline),
        Void::NotPublished => say!(void.not_published),
        Void::NothingNew => say!(void.nothing_new),
        Void::TooMany => say!(void.too_many),
        Void::NoSuchAnswer => say!(void.no_such_answer),
        _ => say!(void.not_theirs),
    }
}

/// A kind of personal data.
pub fn personal(kind: PersonalData) -> String {
    match kind {
        PersonalData::Name => say!(personal.name),
        PersonalData::Phone => say!(personal.phone),
        PersonalData::IdNumber => say!(personal.id_number),
        PersonalData::Email => say!(personal.email),
        PersonalData::Address => say!(personal.address),
        PersonalData::Account => say!(personal.account),
        PersonalData::Birth => say!(personal.birth),
    }
}

/// `22/11/2026`.
pub fn day(day: Day) -> String {
    format!("{:02}/{:02}/{}", day.0.day, day.0.month, day.0.year)
}

/// A day as people type it; `None` when it is none.
pub fn read_day(text: &str) -> Option<Day> {
    format::parse_moment(text, "12:00").map(|at| Day(VnDate::of(at)))
}

/// From when to when something holds, in a few words; empty when nothing is known.
pub fn span(from: Option<Day>, to: Option<Day>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => say!(validity.from_to, from = day(from), to = day(to)),
        (Some(from), None) => say!(validity.from, from = day(from)),
        (None, Some(to)) => say!(validity.to, to = day(to)),
        (None, None) => String::new(),
    }
}

/// Minutes as people count them.
pub fn minutes(minutes: u32) -> String {
    match minutes {
        ..HOUR => say!(span.minutes, count = minutes),
        HOUR..DAY => say!(span.hours, count = minutes / HOUR),
        _ => say!(span.days, count = minutes / DAY),
    }
}

/// How old a package is, in words.
pub fn age(made_at: Timestamp, now: Timestamp) -> String {
    let days = format::Civil::of(now).day_number - format::Civil::of(made_at).day_number;
    match days {
        ..=0 => say!(age.today),
        1..60 => say!(age.days, count = days),
        _ => say!(age.months, count = days / 30),
    }
}

/// Where a task stands.
pub fn task_state(state: TaskState) -> String {
    match state {
        TaskState::Given => say!(task_state.given),
        TaskState::Accepted => say!(task_state.accepted),
        TaskState::InProgress => say!(task_state.in_progress),
        TaskState::ReportedDone => say!(task_state.reported_done),
        TaskState::Returned => say!(task_state.returned),
        TaskState::Confirmed => say!(task_state.confirmed),
        TaskState::Closed => say!(task_state.closed),
    }
}

/// The colour of a task's state.
pub fn task_state_class(state: TaskState) -> &'static str {
    match state {
        TaskState::Given | TaskState::Accepted | TaskState::InProgress => "chip on",
        TaskState::ReportedDone | TaskState::Returned => "chip warn",
        TaskState::Confirmed => "chip ok",
        TaskState::Closed => "chip",
    }
}

/// Whose tasks.
pub fn task_scope(scope: TaskScope) -> String {
    match scope {
        TaskScope::All => say!(task_scope.all),
        TaskScope::Mine => say!(task_scope.mine),
        TaskScope::Supporting => say!(task_scope.supporting),
        TaskScope::Given => say!(task_scope.given),
    }
}

/// What can be done with a task, as a verb on a button.
pub fn task_action(action: TaskAction) -> String {
    match action {
        TaskAction::Accept => say!(task_act.accept),
        TaskAction::Progress => say!(task_act.progress),
        TaskAction::ReportDone => say!(task_act.report_done),
        TaskAction::Confirm => say!(task_act.confirm),
        TaskAction::Return => say!(task_act.return_it),
        TaskAction::Extend => say!(task_act.extend),
        TaskAction::RefuseExtension => say!(task_act.refuse_extension),
        TaskAction::AskExtension => say!(task_act.ask_extension),
        TaskAction::ExplainLate => say!(task_act.explain_late),
        TaskAction::Urge => say!(task_act.urge),
        TaskAction::Comment => say!(task_act.comment),
        TaskAction::Close => say!(task_act.close),
    }
}

/// How a task stands against its deadline now: what was in time when it was asked for may be late by now.
pub fn task_due_now(due: TaskDue, due_at: Timestamp, now: Timestamp) -> TaskDue {
    match due {
        TaskDue::InTime | TaskDue::Soon if now > due_at => TaskDue::Overdue,
        _ => due,
    }
}

/// How a task stands against its deadline, in plain words.
pub fn task_due(due: TaskDue, due_at: Timestamp, now: Timestamp) -> String {
    let late = || match format::days_past(due_at, now) {
        ..=1 => say!(task_due.late_first),
        days => say!(task_due.late, count = days),
    };
    match task_due_now(due, due_at, now) {
        TaskDue::InTime | TaskDue::Soon => match format::days_until(due_at, now) {
            ..=0 => say!(task_due.today, time = format::clock(due_at)),
            1 => say!(task_due.tomorrow),
            days => say!(task_due.days, count = days),
        },
        TaskDue::Overdue => late(),
        TaskDue::Explained => say!(task_due.explained, late = late()),
        TaskDue::DoneInTime => say!(task_due.done_in_time),
        TaskDue::DoneLate => say!(task_due.done_late),
        TaskDue::Closed => say!(task_due.closed),
    }
}

/// The colour of a deadline.
pub fn task_due_class(due: TaskDue) -> &'static str {
    match due {
        TaskDue::InTime | TaskDue::DoneLate | TaskDue::Closed => "chip",
        TaskDue::Soon | TaskDue::Explained => "chip warn",
        TaskDue::Overdue => "chip bad",
        TaskDue::DoneInTime => "chip ok",
    }
}

/// A deadline's name in tests.
pub fn task_due_slug(due: TaskDue) -> &'static str {
    match due {
        TaskDue::InTime => "in_time",
        TaskDue::Soon => "soon",
        TaskDue::Overdue => "overdue",
        TaskDue::Explained => "explained",
        TaskDue::DoneInTime => "done_in_time",
        TaskDue::DoneLate => "done_late",
        TaskDue::Closed => "closed",
    }
}

/// Why an entry of a task has no effect.
pub fn task_void(void: TaskVoid) -> String {
    match void {
        TaskVoid::UnknownAuthor => say!(task_void.unknown_author),
        TaskVoid::NotNow | TaskVoid::NotGiven => say!(task_void.not_now),
        TaskVoid::NoSuchEntry => say!(task_void.no_such_entry),
        TaskVoid::NothingNew => say!(task_void.nothing_new),
        TaskVoid::BadDeadline => say!(task_void.bad_deadline),
        TaskVoid::TooMany => say!(task_void.too_many),
        _ => say!(task_void.not_theirs),
    }
}
