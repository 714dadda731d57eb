//! A good answer becomes a draft of the handbook, which names the question as its origin. What an editor works on is read by other offices:
//! only words without personal data go into it.

use api::error::ApiError;
use api::handbook::{ArticleKind, Block, DraftBlock, DraftContent, Reference, UseKind, UseRow};
use domain::duty::Duty;
use domain::id::{DraftId, QuestionId};
use domain::question::{Answer, Event, QuestionRow, Thread};

use super::refused;
use super::sharing::checked;
use crate::app::App;
use crate::engine::Core;

/// Questions that are shown with an article.
const USES_MAX: usize = 50;

impl App {
    pub(crate) async fn make_article(&self, question: QuestionId) -> Result<DraftId, ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.need_duty(Duty::Editor)?;
                let thread = core.listed_thread(&question)?;
                let none = || ApiError::new("question_no_such_answer", "there is no answer yet");
                let answer = thread.best_answer().ok_or_else(none)?;
                let content = content_of(&thread, answer)?;
                let drafted = |draft: DraftId| Event::Drafted { answer: answer.id, draft };
                // Asked before the draft exists, so that none is left behind where the thread refuses.
                if let (_, Some(void)) = core.trial(&thread, drafted(DraftId([0; DraftId::LEN])))? {
                    return Err(refused(void));
                }
                let draft = core.begin_draft(None, Some(question), &content)?;
                core.say(&thread, drafted(draft))?;
                Ok(draft)
            })
            .await
    }
}

impl Core {
    /// Questions that concern this person and are about an article, or whose standing answer cites it; the newest, at most [`USES_MAX`].
    pub fn question_uses(&mut self, article: &str) -> Vec<UseRow> {
        let Ok((me, _)) = self.acting() else {
            return Vec::new();
        };
        let offices = self.offices().clone();
        let about = |row: &QuestionRow| row.procedure.as_deref() == Some(article) || row.cites.contains_key(article);
        let rows = self.question_rows().values().map(|listed| &listed.row);
        let mut found: Vec<&QuestionRow> = rows.filter(|row| about(row) && row.concerns(&offices, &me)).collect();
        found.sort_by_key(|row| (std::cmp::Reverse(row.asked_at), row.id));
        let used = |row: &QuestionRow| UseRow {
            kind: UseKind::Question,
            target: row.id.to_string(),
            title: row.title.clone(),
            at: row.asked_at,
            task: None,
            removable: false,
        };
        found.into_iter().take(USES_MAX).map(used).collect()
    }
}

/// What the editor begins from: the words that were shared with everybody, else those of the thread, if nothing personal is in them.
fn content_of(thread: &Thread, answer: &Answer) -> Result<DraftContent, ApiError> {
    let shared = thread.published.as_ref().filter(|published| published.answer == answer.id);
    let (title, question, text) = match shared {
        Some(published) => (&published.title, &published.text, &published.answer_text),
        None => (&thread.question.title, &thread.question.text, &answer.text),
    };
    if shared.is_none() {
        checked([("title", title), ("question", question), ("answer", text)], &[])?;
    }
    let paragraphs = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| Block::Paragraph { text: line.to_owned() }).collect::<Vec<_>>()
    };
    let asked = (question.trim() != title.trim() && !question.trim().is_empty())
        .then(|| Block::Note { text: question.trim().to_owned() });
    let basis: Vec<Reference> = answer
        .citations
        .iter()
        .map(|cited| Reference { text: cited.citation.clone(), article: Some(cited.article.clone()), validity: None })
        .collect();
    let basis = (!basis.is_empty()).then_some(Block::LegalBasis { items: basis });
    let blocks = asked.into_iter().chain(paragraphs(text)).chain(basis);
    Ok(DraftContent {
        kind: ArticleKind::Guidance,
        title: title.clone(),
        number: String::new(),
        agency: String::new(),
        field: thread.question.field.clone(),
        levels: Vec::new(),
        from: None,
        to: None,
        blocks: blocks.map(|block| DraftBlock { key: String::new(), block }).collect(),
        source: None,
        partly: None,
        note: None,
        links: None,
    })
}
