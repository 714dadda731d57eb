//! What answers rest on: cited as it stands, and looked at again each time it is shown, so that an answer whose article was amended or has
//! expired since says so by itself.

use api::error::ApiError;
use api::handbook::{ArticleKind, ArticleRef};
use api::question::{AnswerView, CitationView, QuestionEventKind, QuestionRow, QuestionView};
use api::search::Validity;
use domain::calendar::VnDate;
use domain::id::Timestamp;
use domain::question::Citation;
use domain::question::limits::{CITATION_CHARS, CITATION_QUOTE_CHARS, CITATIONS};
use handbook::{Article, Kind, Relation, State};
use store::library::LibraryReader;
use store::library::parts_of;

use super::super::agenda::limit;
use super::listing::Cited;
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
                if let Some(answer) = &mut view.answer {
                    look_up_all(reader, answer)?;
                    view.row.needs_review |= answer.citations.iter().any(|cited| cited.needs_review);
                }
                for event in &mut view.events {
                    if let QuestionEventKind::Answered { answer } = &mut event.what {
                        look_up_all(reader, answer)?;
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
                let today = day(wall());
                let mut marked = Vec::with_capacity(rows.len());
                for (mut row, cited) in rows.into_iter().zip(cited) {
                    for id in &cited.articles {
                        if !row.needs_review
                            && let Some(article) = reader.article(id).at_boundary()?
                        {
                            row.needs_review = is_outdated(&article, day(cited.looked_at), today);
                        }
                    }
                    marked.push(row);
                }
                Ok(marked)
            })
            .await
    }
}

fn look_up_all(reader: &LibraryReader, answer: &mut AnswerView) -> Result<(), ApiError> {
    let (looked, today) = (day(answer.looked_at), day(wall()));
    for cited in &mut answer.citations {
        look_up(reader, cited, looked, today)?;
    }
    Ok(())
}

fn look_up(reader: &LibraryReader, cited: &mut CitationView, looked: i32, today: i32) -> Result<(), ApiError> {
    match reader.article(&cited.article).at_boundary()? {
        Some(article) => {
            cited.validity = Some(validity(&article, today));
            cited.needs_review = is_outdated(&article, looked, today);
            cited.title = article.title;
        }
        None => {
            // It is gone only if its package is here; a device without the handbook knows nothing of it.
            let package = parts_of(&cited.article).map(|(package, _)| package);
            cited.needs_review = reader.packages().at_boundary()?.iter().any(|known| Some(known.id.as_str()) == package);
        }
    }
    Ok(())
}

/// Days since 1970 in Viet Nam.
fn day(at: Timestamp) -> i32 {
    i32::try_from(VnDate::of(at).to_days()).unwrap_or(i32::MAX)
}

/// Has an article ended or been amended after an answer that cites it was last looked at. What had happened before was known.
fn is_outdated(article: &Article, looked: i32, today: i32) -> bool {
    let since = |when: i32| when > looked && when <= today;
    // In force through its last day.
    let ended = article.validity.to.is_some_and(|last| since(last.saturating_add(1)));
    let changed = article
        .links
        .iter()
        .filter(|link| matches!(link.relation, Relation::AmendedBy | Relation::ReplacedBy))
        .any(|link| link.from.is_some_and(since));
    ended || changed
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

#[cfg(test)]
mod tests {
    use handbook::article::Link;

    use super::*;

    #[test]
    fn an_answer_is_outdated_by_what_happened_after_somebody_looked_at_it() {
        let article = |to: Option<i32>, amended: Option<i32>| Article {
            validity: handbook::Validity { from: Some(0), to, partly: false },
            links: amended
                .map(|from| Link { relation: Relation::AmendedBy, from: Some(from), to: None, title: String::new() })
                .into_iter()
                .collect(),
            ..Article::default()
        };
        assert!(!is_outdated(&article(None, None), 100, 200));
        assert!(is_outdated(&article(Some(149), None), 100, 150), "the day after its last day");
        assert!(!is_outdated(&article(Some(150), None), 100, 150), "on its last day it still holds");
        assert!(!is_outdated(&article(Some(90), None), 100, 150), "it had ended when the answer was written, and that was known");
        assert!(is_outdated(&article(None, Some(120)), 100, 150));
        assert!(!is_outdated(&article(None, Some(160)), 100, 150), "not yet");
        assert!(!is_outdated(&article(None, Some(120)), 130, 150), "somebody has looked since");
    }
}
