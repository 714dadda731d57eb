//! A good answer becomes a draft of the handbook, which names the question as its origin. What an editor works on is read by other offices:
//! only words without personal data go into it.

use api::error::ApiError;
use api::handbook::{ArticleKind, Block, DraftBlock, DraftContent, Reference};
use domain::duty::Duty;
use domain::id::{DraftId, QuestionId};
use domain::question::{Answer, Event, Thread};

use super::refused;
use super::sharing::checked;
use crate::app::App;

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
                if let (_, Some(void)) = core.trial(&question, Some(&thread), drafted(DraftId([0; DraftId::LEN])))? {
                    return Err(refused(void));
                }
                let draft = core.begin_draft(None, Some(question), &content)?;
                core.say(&question, Some(&thread), drafted(draft))?;
                Ok(draft)
            })
            .await
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
    })
}
