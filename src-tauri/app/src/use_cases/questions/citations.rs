//! What answers rest on: cited as it stands, and looked at again each time it is shown, so that an answer whose article was amended or has
//! expired since says so by itself.

use api::error::ApiError;
use api::handbook::{ArticleKind, ArticleRef};
use api::question::{AnswerView, QuestionEventKind, QuestionRow, QuestionView};
use api::search::Validity;
use domain::question::Citation;
use domain::question::limits::{CITATION_CHARS, CITATION_QUOTE_CHARS, CITATIONS};
use handbook::{Article, Kind, State};
use store::library::parts_of;

use super::super::agenda::limit;
use super::listing::Cited;
use super::outdated::{Look, Standings, day};
use crate::app::App;
use crate::engine::wall;
use crate::error::{AtBoundary, not_found};

impl App {
    /// The articles that an answer names, as they stand.
    pub(super) async fn cited(&self, articles: Vec<String>) -> Result<Vec<Citation>, ApiError> {
        domain::limits::at_most("citations", CITATIONS, articles.len()).map_err(|error| limit(&error))?;
        if articles.is_empty() {
            return Ok(Vec::new());
        }
        self.library()?
            .read(move |reader| {
                let packages = reader.packages().at_boundary()?;
                let one = |id: &String| {
                    let article = reader.article(id).at_boundary()?;
                    let article = article.ok_or_else(|| not_found("article").with("article", id))?;
                    let package = parts_of(id).map(|(package, _)| package).unwrap_or_default();
                    let version = packages.iter().find(|known| known.id == package).map_or(0, |known| known.number);
                    let shorten = |text: String, most: usize| text.chars().take(most).collect::<String>();
                    Ok(Citation {
                        article: id.clone(),
                        package: package.to_owned(),
                        version,
                        citation: shorten(handbook::citation::citation(&article), CITATION_CHARS),
                        quote: shorten(article.body(), CITATION_QUOTE_CHARS),
                    })
                };
                articles.iter().map(one).collect()
            })
            .await
    }

    /// A thread with what its answers cite as it stands in the handbook today.
    pub(super) async fn with_citations(&self, mut view: QuestionView) -> Result<QuestionView, ApiError> {
        self.library()?
            .read(move |reader| {
                let mut standings = Standings::of(reader)?;
                if let Some(answer) = &mut view.answer {
                    look_up_all(&mut standings, answer)?;
                    view.row.needs_review |= answer.citations.iter().any(|cited| cited.needs_review);
                }
                for event in &mut view.events {
                    if let QuestionEventKind::Answered { answer } = &mut event.what {
                        look_up_all(&mut standings, answer)?;
                    }
                }
                view.article = match view.article.take() {
                    Some(named) => {
                        reader.article(&named.article).at_boundary()?.map(|article| reference(named.article, &article))
                    }
                    None => None,
                };
                Ok(view)
            })
            .await
    }

    /// Marks the rows whose standing answer rests on something that has changed since.
    pub(super) async fn mark_outdated(&self, rows: Vec<QuestionRow>, cited: Vec<Cited>) -> Result<Vec<QuestionRow>, ApiError> {
        if cited.iter().all(|cited| cited.articles.is_empty()) {
            return Ok(rows);
        }
        self.library()?
            .read(move |reader| {
                let mut standings = Standings::of(reader)?;
                let today = day(wall());
                let mut marked = Vec::with_capacity(rows.len());
                for (mut row, cited) in rows.into_iter().zip(cited) {
                    for (id, version) in &cited.articles {
                        let look = Look { at: cited.looked_at, version: *version };
                        row.needs_review |= standings.due(id, look)?.is_some_and(|due| due <= today);
                    }
                    marked.push(row);
                }
                Ok(marked)
            })
            .await
    }
}

fn look_up_all(standings: &mut Standings<'_>, answer: &mut AnswerView) -> Result<(), ApiError> {
    let today = day(wall());
    for cited in &mut answer.citations {
        let look = Look { at: answer.looked_at, version: cited.version };
        cited.needs_review = standings.due(&cited.article, look)?.is_some_and(|due| due <= today);
        if let Some(standing) = standings.standing(&cited.article)? {
            cited.validity = Some(validity(&standing.article, today));
            cited.title.clone_from(&standing.article.title);
        }
    }
    Ok(())
}

fn validity(article: &Article, today: i32) -> Validity {
    match article.validity.on(today) {
        State::InForce => Validity::InForce,
        State::Partly => Validity::Partly,
        State::Expired => Validity::Expired,
        State::NotYet => Validity::NotYet,
    }
}

fn reference(id: String, article: &Article) -> ArticleRef {
    let kind = match article.kind {
        Kind::Procedure => ArticleKind::Procedure,
        Kind::Law => ArticleKind::Law,
        Kind::Guidance => ArticleKind::Guidance,
        Kind::Form => ArticleKind::Form,
    };
    ArticleRef {
        article: id,
        kind,
        title: article.title.clone(),
        breadcrumb: article.path.clone(),
        validity: validity(article, day(wall())),
    }
}
