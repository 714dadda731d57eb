//! One thread as a person may see it: the question, what happened, the answer, and what the person may do now.

use api::error::ApiError;
use api::handbook::{ArticleKind, ArticleRef};
use api::question::{
    AnswerState, AnswerView, CitationView, Delivery, QuestionEvent, QuestionEventKind, QuestionRights, QuestionView,
};
use api::search::Validity;
use domain::duty::Duty;
use domain::id::{DraftId, PersonId, QuestionEventId, QuestionId, UnitId};
use domain::question::row::served;
use domain::question::{Answer, Event, Thread};

use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

/// An instant that is later than any deadline and still within what an extension may say: what rights are tried with.
const LATER_MS: i64 = 60_000;

/// An article by its id; the rest is filled in by whoever reads the library.
pub(in crate::use_cases) fn named(article: String) -> ArticleRef {
    let (title, breadcrumb) = (String::new(), Vec::new());
    ArticleRef { article, kind: ArticleKind::Guidance, title, breadcrumb, validity: Validity::InForce }
}

impl App {
    pub(crate) async fn question(&self, question: QuestionId) -> Result<QuestionView, ApiError> {
        let view = self.engine()?.attempt(move |core| core.question_view(&question)).await?;
        self.with_citations(view).await
    }
}

impl Core {
    /// A thread as this person may see it. What an answer cites is told as it was cited; how it stands in the handbook is added by whoever
    /// reads the library.
    pub fn question_view(&mut self, id: &QuestionId) -> Result<QuestionView, ApiError> {
        let (me, _) = self.acting()?;
        let thread = self.listed_thread(id)?;
        let served = served(self.question_rows().values().map(|listed| &listed.row));
        let names = self.units_here();
        let listed = self.question_rows().get(id).cloned().ok_or_else(|| not_found("question"))?;
        let row = self.question_row(&listed, &me, &names, served.get(id).copied().unwrap_or(0));
        let concerned = listed.row.concerns(self.offices(), &me);
        let may = self.rights(&thread)?;
        let canonical = thread.duplicate_of.and_then(|of| self.question_rows().get(&of).cloned());
        let canonical = canonical.filter(|of| of.row.is_listed_for(self.offices(), &me));
        let canonical = canonical.map(|of| {
            let same = served.get(&of.row.id).copied().unwrap_or(0);
            self.question_row(&of, &me, &names, same)
        });
        let needs_approval = {
            let now = self.now().wall;
            self.question_rules().needs_approval(&thread.responsible, now)
        };
        let mut view = QuestionView {
            row,
            text: thread.question.text.clone(),
            article: thread.question.procedure.clone().map(named),
            attachments: thread.question.attachments.iter().map(|file| self.attachment_row(file)).collect(),
            answer: None,
            events: Vec::new(),
            canonical,
            published_only: !concerned,
            stars: thread.rating.as_ref().map(|rating| rating.stars),
            draft: thread.answers.iter().flat_map(|answer| answer.drafts.last()).next_back().copied(),
            needs_approval,
            may,
        };
        if concerned {
            view.answer = self.standing(&thread).map(|answer| self.answer_view(answer));
            view.events = self.events(&thread, &me);
        } else {
            self.only_what_is_shared(&thread, &mut view)?;
        }
        Ok(view)
    }

    /// The answer that holds, else the newest that waits for its head.
    fn standing<'t>(&self, thread: &'t Thread) -> Option<&'t Answer> {
        thread.best_answer().or_else(|| thread.answers.iter().rev().find(|answer| answer.replaced_by.is_none()))
    }

    /// The shared words, and nothing else of a thread that concerns others.
    fn only_what_is_shared(&self, thread: &Thread, view: &mut QuestionView) -> Result<(), ApiError> {
        let shared = thread.published.as_ref().ok_or_else(|| not_found("question"))?;
        view.text.clone_from(&shared.text);
        view.attachments.clear();
        view.stars = None;
        view.answer = thread.answer(&shared.answer).map(|answer| AnswerView {
            by: String::new(),
            text: shared.answer_text.clone(),
            attachments: Vec::new(),
            ..self.answer_view(answer)
        });
        view.events = thread
            .steps
            .iter()
            .filter(|step| step.said.id == shared.entry)
            .map(|step| self.event(step, &PersonId([0; PersonId::LEN]), QuestionEventKind::Published {}))
            .map(|event| QuestionEvent { by: String::new(), ..event })
            .collect();
        Ok(())
    }

    fn answer_view(&self, answer: &Answer) -> AnswerView {
        let state = if answer.replaced_by.is_some() {
            AnswerState::Replaced
        } else if answer.given_at.is_some() {
            AnswerState::Approved
        } else if answer.returned.is_some() {
            AnswerState::Returned
        } else {
            AnswerState::Proposed
        };
        let citation = |(cited, (_, version)): (&domain::question::Citation, (&str, u64))| CitationView {
            article: cited.article.clone(),
            citation: cited.citation.clone(),
            title: String::new(),
            validity: None,
            needs_review: false,
            version,
        };
        AnswerView {
            answer: answer.id,
            by: self.person_name(&answer.author),
            unit_name: self.unit_name(&answer.unit),
            at: answer.at,
            looked_at: answer.looked_at(),
            text: answer.text.clone(),
            citations: answer.citations.iter().zip(answer.relied_on()).map(citation).collect(),
            attachments: answer.attachments.iter().map(|file| self.attachment_row(file)).collect(),
            state,
        }
    }

    fn events(&self, thread: &Thread, me: &PersonId) -> Vec<QuestionEvent> {
        let mut responsible = thread.question.to;
        let mut events = Vec::new();
        for step in &thread.steps {
            let from = responsible;
            if let (Event::Routed { to, .. }, None) = (&step.said.entry.event, step.void) {
                responsible = *to;
            }
            if let Some(what) = self.event_kind(thread, step.said.id, &step.said.entry.event, &from) {
                events.push(self.event(step, me, what));
            }
        }
        events
    }

    fn event(&self, step: &domain::question::Step, me: &PersonId, what: QuestionEventKind) -> QuestionEvent {
        let said = &step.said;
        QuestionEvent {
            event: said.id,
            at: said.entry.at,
            by: self.person_name(&said.author),
            by_unit: self.unit_name(&said.entry.unit),
            mine: said.author == *me,
            delivery: if self.waits_here(&said.id) { Delivery::Waiting } else { Delivery::Sent },
            what,
            void: step.void,
        }
    }

    /// What an entry says; nothing for what only concerns its author.
    fn event_kind(&self, thread: &Thread, id: QuestionEventId, event: &Event, from: &UnitId) -> Option<QuestionEventKind> {
        Some(match event {
            Event::Asked(_) => QuestionEventKind::Asked {},
            Event::Routed { to, reason } => {
                QuestionEventKind::Reassigned { from: self.unit_name(from), to: self.unit_name(to), reason: reason.clone() }
            }
            Event::Received => QuestionEventKind::Received {},
            Event::Comment { text, mentions } => QuestionEventKind::Commented {
                text: text.clone(),
                mentions: mentions.iter().map(|person| self.person_name(person)).collect(),
            },
            Event::Answer { text, .. } => QuestionEventKind::Answered {
                answer: match thread.answer(&id) {
                    Some(answer) => self.answer_view(answer),
                    // Void: shown as what it claimed, with its verdict beside it.
                    None => self.void_answer(thread, id, text),
                },
            },
            Event::Approved { answer } => QuestionEventKind::Approved { answer: *answer },
            Event::Returned { answer, note } => QuestionEventKind::Returned { answer: *answer, note: note.clone() },
            Event::Accepted { .. } => QuestionEventKind::Accepted {},
            Event::Reopened { note, .. } => QuestionEventKind::Reopened { reason: note.clone() },
            Event::Rated { stars, note, .. } => QuestionEventKind::Rated { stars: *stars, note: note.clone() },
            Event::Published { .. } => QuestionEventKind::Published {},
            Event::Unpublished { reason } => QuestionEventKind::Unpublished { reason: reason.clone() },
            Event::DuplicateOf { thread: Some(of) } => {
                let title = self.question_rows().get(of).map(|listed| listed.row.title.clone()).unwrap_or_default();
                QuestionEventKind::Duplicate { of: *of, title }
            }
            Event::DuplicateOf { thread: None } => QuestionEventKind::Unlinked {},
            Event::AskedToo => QuestionEventKind::AskedToo {},
            Event::Extension { until, reason } => QuestionEventKind::Explained { reason: reason.clone(), due_at: *until },
            Event::Withdrawn { .. } => QuestionEventKind::Withdrawn {},
            Event::NeedsReview { answer, reason } => QuestionEventKind::Flagged { answer: *answer, reason: reason.clone() },
            Event::Reviewed { answer, note } => QuestionEventKind::Reviewed { answer: *answer, note: note.clone() },
            Event::Drafted { draft, .. } => QuestionEventKind::MadeArticle { draft: *draft },
            Event::Follow { .. } => return None,
        })
    }

    fn void_answer(&self, thread: &Thread, id: QuestionEventId, text: &str) -> AnswerView {
        let said = thread.steps.iter().find(|step| step.said.id == id).map(|step| &step.said);
        AnswerView {
            answer: id,
            by: said.map(|said| self.person_name(&said.author)).unwrap_or_default(),
            unit_name: said.map(|said| self.unit_name(&said.entry.unit)).unwrap_or_default(),
            at: said.map(|said| said.entry.at).unwrap_or_default(),
            looked_at: said.map(|said| said.entry.at).unwrap_or_default(),
            text: text.to_owned(),
            citations: Vec::new(),
            attachments: Vec::new(),
            state: AnswerState::Proposed,
        }
    }

    /// What this person may do now: each is tried by the rules of the thread.
    fn rights(&mut self, thread: &Thread) -> Result<QuestionRights, ApiError> {
        let (_, unit) = self.acting()?;
        let editor = self.has_duty(Duty::Editor);
        let note = || "…".to_owned();
        let other = UnitId([0; UnitId::LEN]);
        let waiting = thread.answers.iter().rev().find(|answer| answer.given_at.is_none() && answer.replaced_by.is_none());
        let best = thread.best_answer();
        let until = thread.timing.due.plus_ms(LATER_MS);
        let answer = Event::Answer { text: note(), citations: Vec::new(), replaces: None, attachments: Vec::new() };
        let corrects = thread.answers.iter().any(|answer| answer.unit == unit && answer.stands());
        let mut may = |event: Event| self.trial(thread, event).map(|(_, void)| void.is_none());
        let mut with = |answer: Option<&Answer>, event: &dyn Fn(QuestionEventId) -> Event| match answer {
            Some(answer) => may(event(answer.id)),
            None => Ok(false),
        };
        let rights = QuestionRights {
            approve: with(waiting, &|answer| Event::Approved { answer })?,
            accept: with(best, &|answer| Event::Reopened { answer, note: note() })?,
            publish: with(best, &|answer| Event::Published {
                answer,
                title: note(),
                text: note(),
                answer_text: note(),
                confirmed: 0,
            })?,
            make_article: editor && with(best, &|answer| Event::Drafted { answer, draft: DraftId([0; DraftId::LEN]) })?,
            flag: with(best, &|answer| Event::NeedsReview { answer, reason: note() })?,
            review: with(best, &|answer| Event::Reviewed { answer, note: note() })?,
            answer: corrects || may(answer)?,
            receive: may(Event::Received)?,
            reassign: may(Event::Routed { to: other, reason: note() })?,
            explain: may(Event::Extension { until, reason: note() })?,
            comment: may(Event::Comment { text: note(), mentions: Vec::new() })?,
            mark_answered: may(Event::DuplicateOf { thread: Some(QuestionId([0; QuestionId::LEN])) })?,
            asked_too: may(Event::AskedToo)?,
            unpublish: may(Event::Unpublished { reason: note() })?,
            withdraw: may(Event::Withdrawn { reason: String::new() })?,
        };
        Ok(rights)
    }
}
