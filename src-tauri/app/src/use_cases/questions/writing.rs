//! What people do in a thread.

use api::error::ApiError;
use api::question::{
    Accept, Answer, ApproveAnswer, Ask, AskedToo, Comment, ExplainOverdue, FlagAnswer, Follow, MarkAnswered, Rate, Reassign,
    Receive, Reopen, ReviewAnswer, Withdraw,
};
use api::question::{Addressee, QuestionView};
use domain::id::{QuestionEventId, QuestionId, UnitId};
use domain::question::{Attachment, Event, Question, Thread};

use super::super::agenda::limit;
use super::super::papers::Intake;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    /// Does one thing in a thread and shows it.
    pub(super) async fn in_thread(
        &self,
        question: QuestionId,
        event: impl FnOnce(&mut Core, &Thread) -> Result<Event, ApiError> + Send + 'static,
    ) -> Result<QuestionView, ApiError> {
        let view = self
            .engine()?
            .attempt(move |core| {
                let thread = core.listed_thread(&question)?;
                let event = event(core, &thread)?;
                core.say(&thread, event)?;
                core.question_view(&question)
            })
            .await?;
        self.with_citations(view).await
    }

    pub(crate) async fn ask(&self, act: Ask) -> Result<QuestionId, ApiError> {
        unmarked([&act.title, &act.text])?;
        let mut files = Vec::new();
        for file in act.attachments {
            files.push(self.take_attachment(file, act.confirmed_unmarked).await?);
        }
        self.engine()?
            .attempt(move |core| {
                let field = clean(&act.field);
                let to = match act.to {
                    Addressee::Unit(unit) => core.known_unit(&unit)?,
                    Addressee::City => core.responsible_for(&field)?,
                };
                let question = Question {
                    nonce: core.random_id(),
                    to,
                    field,
                    procedure: act.article.filter(|article| !article.trim().is_empty()),
                    title: domain::identity::title(&act.title).map_err(|error| limit(&error))?,
                    text: act.text.trim().to_owned(),
                    urgency: act.urgency,
                    attachments: core.attach(&files)?,
                };
                core.begin_thread(question)
            })
            .await
    }

    pub(crate) async fn answer_question(&self, act: Answer) -> Result<QuestionView, ApiError> {
        unmarked([&act.text, ""])?;
        let mut files = Vec::new();
        for file in act.attachments {
            files.push(self.take_attachment(file, act.confirmed_unmarked).await?);
        }
        let citations = self.cited(act.citations).await?;
        self.in_thread(act.question, move |core, thread| {
            let (_, unit) = core.acting()?;
            // An office has one answer at a time: a further one takes the place of its last.
            let own = thread.answers.iter().rev().find(|answer| answer.unit == unit && answer.replaced_by.is_none());
            let replaces = own.filter(|answer| answer.reopened.is_none()).map(|answer| answer.id);
            Ok(Event::Answer { text: act.text.trim().to_owned(), citations, replaces, attachments: core.attach(&files)? })
        })
        .await
    }

    pub(crate) async fn approve_answer(&self, act: ApproveAnswer) -> Result<QuestionView, ApiError> {
        let ApproveAnswer { question, answer, approve, note } = act;
        self.in_thread(question, move |_, _| match approve {
            true => Ok(Event::Approved { answer }),
            false => Ok(Event::Returned { answer, note: note.trim().to_owned() }),
        })
        .await
    }

    pub(crate) async fn accept_answer(&self, act: Accept) -> Result<QuestionView, ApiError> {
        self.in_thread(act.question, move |_, thread| Ok(Event::Accepted { answer: chosen(thread, act.answer)? })).await
    }

    pub(crate) async fn reopen_question(&self, act: Reopen) -> Result<QuestionView, ApiError> {
        let note = act.reason.trim().to_owned();
        self.in_thread(act.question, move |_, thread| Ok(Event::Reopened { answer: chosen(thread, None)?, note })).await
    }

    pub(crate) async fn rate_answer(&self, act: Rate) -> Result<QuestionView, ApiError> {
        let (stars, note) = (act.stars, act.note.trim().to_owned());
        self.in_thread(act.question, move |_, thread| Ok(Event::Rated { answer: chosen(thread, None)?, stars, note })).await
    }

    pub(crate) async fn receive_question(&self, act: Receive) -> Result<QuestionView, ApiError> {
        self.in_thread(act.question, |_, _| Ok(Event::Received)).await
    }

    pub(crate) async fn reassign_question(&self, act: Reassign) -> Result<QuestionView, ApiError> {
        let reason = act.reason.trim().to_owned();
        self.in_thread(act.question, move |core, _| Ok(Event::Routed { to: core.known_unit(&act.unit)?, reason })).await
    }

    pub(crate) async fn explain_overdue(&self, act: ExplainOverdue) -> Result<QuestionView, ApiError> {
        let (until, reason) = (act.due_at, act.reason.trim().to_owned());
        self.in_thread(act.question, move |_, _| Ok(Event::Extension { until, reason })).await
    }

    pub(crate) async fn comment_question(&self, act: Comment) -> Result<QuestionView, ApiError> {
        unmarked([&act.text, ""])?;
        self.in_thread(act.question, move |core, _| {
            if let Some(stranger) = act.mentions.iter().find(|person| core.person_row(person).is_none()) {
                return Err(not_found("person").with("person", stranger));
            }
            Ok(Event::Comment { text: act.text.trim().to_owned(), mentions: act.mentions })
        })
        .await
    }

    pub(crate) async fn follow_question(&self, act: Follow) -> Result<QuestionView, ApiError> {
        self.in_thread(act.question, move |_, _| Ok(Event::Follow { on: act.follow })).await
    }

    pub(crate) async fn mark_question_read(&self, question: QuestionId) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.note_looked(&question)).await
    }

    pub(crate) async fn mark_answered(&self, act: MarkAnswered) -> Result<QuestionView, ApiError> {
        self.in_thread(act.question, move |core, _| {
            core.listed_thread(&act.canonical)?;
            Ok(Event::DuplicateOf { thread: Some(act.canonical) })
        })
        .await
    }

    pub(crate) async fn asked_too(&self, act: AskedToo) -> Result<QuestionView, ApiError> {
        self.in_thread(act.question, |_, _| Ok(Event::AskedToo)).await
    }

    pub(crate) async fn withdraw_question(&self, act: Withdraw) -> Result<QuestionView, ApiError> {
        self.in_thread(act.question, |_, _| Ok(Event::Withdrawn { reason: String::new() })).await
    }

    pub(crate) async fn flag_answer(&self, act: FlagAnswer) -> Result<QuestionView, ApiError> {
        let reason = act.reason.trim().to_owned();
        self.in_thread(act.question, move |_, _| Ok(Event::NeedsReview { answer: act.answer, reason })).await
    }

    pub(crate) async fn review_answer(&self, act: ReviewAnswer) -> Result<QuestionView, ApiError> {
        let note = act.note.trim().to_owned();
        self.in_thread(act.question, move |_, _| Ok(Event::Reviewed { answer: act.answer, note })).await
    }
}

/// Papers of secrecy do not come in by typing either: a line that is a marking and nothing else.
pub(in crate::use_cases) fn unmarked(texts: [&str; 2]) -> Result<(), ApiError> {
    match texts.into_iter().find_map(domain::secrecy::marking) {
        Some(secrecy) => {
            Err(ApiError::new("question_secrecy", "the text bears a secrecy marking").with("marking", secrecy.label()))
        }
        None => Ok(()),
    }
}

/// The answer that was named, or else the one that stands.
fn chosen(thread: &Thread, answer: Option<QuestionEventId>) -> Result<QuestionEventId, ApiError> {
    let none = || ApiError::new("question_no_such_answer", "there is no answer yet");
    answer.or_else(|| thread.best_answer().map(|answer| answer.id)).ok_or_else(none)
}

/// A short text in one line, as it is stored.
pub(super) fn clean(typed: &str) -> String {
    typed.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Core {
    /// A unit that somebody belongs to.
    pub fn known_unit(&self, unit: &UnitId) -> Result<UnitId, ApiError> {
        let known = self.replica.directory().is_some_and(|directory| directory.devices().any(|device| device.unit == *unit));
        if known { Ok(*unit) } else { Err(not_found("unit")) }
    }

    /// Stores files with the organisation's other content.
    fn attach(&mut self, files: &[Intake]) -> Result<Vec<Attachment>, ApiError> {
        let space = self.organisation_space()?;
        let mut attachments = Vec::with_capacity(files.len());
        for file in files {
            let blob = self.store_blob(&space, &file.bytes)?;
            attachments.push(Attachment { blob, file_name: file.name.clone(), pages: file.pages });
        }
        Ok(attachments)
    }
}
