//! Questions of the demonstration, of our own writing: some answered and shared, one still open.

use api::act::Act;
use api::error::ApiError;
use api::handbook::{Article, ArticleView};
use api::query::Query;
use api::question::{
    Accept, Addressee, Answer, Ask, PublishAnswer, Question, QuestionState, QuestionView, Rate, Receive, SetUnit, Urgency,
};
use api::search::Level;
use domain::id::{QuestionId, UnitId};
use serde::Deserialize;

use super::{act, query, until};
use crate::app::App;
use crate::use_cases::handbook::OWN_PACKAGE;

const QUESTIONS: &str = include_str!("../../../../fixtures/questions/demo.jsonl");
/// Fields that the demonstration's department answers for.
const FIELDS: [&str; 3] = ["Hộ tịch", "Đất đai", "Môi trường"];
/// Working days for an answer.
const DAYS: u32 = 5;

#[derive(Deserialize)]
struct Row {
    field: String,
    title: String,
    text: String,
    urgency: Urgency,
    answer: Option<String>,
    stars: Option<u8>,
    share: bool,
    /// Articles of the demonstration's handbook that the answer rests on.
    #[serde(default)]
    cites: Vec<String>,
}

/// `asker` asks, `answerer` of `unit` answers, rates, shares. The two may be one person who tries things out alone.
pub(super) async fn play(asker: &App, answerer: &App, unit: UnitId) -> Result<(), ApiError> {
    let fields = FIELDS.map(str::to_owned).to_vec();
    let set = SetUnit { unit, level: Level::City, fields, needs_approval: false, days: DAYS, head: None };
    let _: api::question::UnitsView = act(asker, Act::SetUnit(set)).await?;
    for line in QUESTIONS.lines().filter(|line| !line.trim().is_empty()) {
        let row: Row = serde_json::from_str(line).map_err(|error| ApiError::new("internal", error.to_string()))?;
        one(asker, answerer, unit, row).await?;
    }
    Ok(())
}

async fn one(asker: &App, answerer: &App, unit: UnitId, row: Row) -> Result<(), ApiError> {
    let Row { field, title, text, urgency, answer, stars, share, cites } = row;
    let (shared_title, shared_text) = (title.clone(), text.clone());
    let ask = Ask {
        to: Addressee::Unit(unit),
        field,
        article: None,
        title,
        text,
        urgency,
        attachments: Vec::new(),
        confirmed_unmarked: false,
    };
    let question: QuestionId = act(asker, Act::Ask(ask)).await?;
    seen(answerer, question, None).await?;
    let _: QuestionView = act(answerer, Act::Receive(Receive { question })).await?;
    let Some(answer) = answer else { return Ok(()) };
    let citations: Vec<String> = cites.iter().map(|article| format!("{OWN_PACKAGE}:{article}")).collect();
    for article in &citations {
        here(answerer, article).await?;
    }
    let given = Answer { question, text: answer.clone(), citations, attachments: Vec::new(), confirmed_unmarked: false };
    let _: QuestionView = act(answerer, Act::Answer(given)).await?;
    if let Some(stars) = stars {
        seen(asker, question, Some(QuestionState::Answered)).await?;
        let _: QuestionView = act(asker, Act::Accept(Accept { question, answer: None })).await?;
        let _: QuestionView = act(asker, Act::Rate(Rate { question, stars, note: String::new() })).await?;
        seen(answerer, question, Some(QuestionState::Accepted)).await?;
    }
    if share {
        let publish = PublishAnswer { question, title: shared_title, text: shared_text, answer, confirmed: Vec::new() };
        let _: QuestionView = act(answerer, Act::PublishAnswer(publish)).await?;
    }
    Ok(())
}

/// Waits until an article of the handbook has come.
async fn here(app: &App, article: &str) -> Result<(), ApiError> {
    until(|| async {
        let asked = Article { article: article.to_owned(), as_of: None };
        let view: Result<ArticleView, ApiError> = query(app, Query::Article(asked)).await;
        match view {
            Ok(_) => Ok(Some(())),
            Err(error) if error.code == "not_found" => Ok(None),
            Err(error) => Err(error),
        }
    })
    .await
}

/// Waits until a thread is there, in this state if one is wanted.
async fn seen(app: &App, question: QuestionId, state: Option<QuestionState>) -> Result<(), ApiError> {
    until(|| async {
        let view: Result<QuestionView, ApiError> = query(app, Query::Question(Question { question })).await;
        match view {
            Ok(view) => Ok(state.is_none_or(|state| view.row.state == state).then_some(())),
            Err(error) if error.code == "not_found" => Ok(None),
            Err(error) => Err(error),
        }
    })
    .await
}
