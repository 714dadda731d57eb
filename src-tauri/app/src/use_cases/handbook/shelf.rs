//! What a reader keeps: favourites, recently read articles, notes of use. They are this person's own, in the profile's database, so they
//! stay when packages come and go.

use api::error::ApiError;
use api::handbook::{ArticleRef, ShelfRow, ShelfView, UseKind, UseRow};
use api::push::{Push, Tag};
use domain::duty::Duty;
use domain::id::{TaskId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{Listing, Projection};

use super::super::questions::named;
use super::{convert, today};
use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

const FAVOURITE: &str = "handbook/favourite";
const RECENT: &str = "handbook/recent";
const USE: &str = "handbook/use";
/// Favourites that are kept.
const FAVOURITES_MAX: u64 = 500;
/// Recently read articles that are kept.
const RECENT_MAX: u64 = 50;
/// Notes of use that are kept.
const USES_MAX: u64 = 2_000;
/// Characters of a note.
const NOTE_CHARS: usize = 300;

/// An article as it was when it was put here, so that it has a name when it is gone.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    article: ArticleRef,
    at: Timestamp,
}

#[derive(Clone, Serialize, Deserialize)]
struct Used {
    article: String,
    row: UseRow,
}

impl Used {
    /// A note stands under its own name; one task or case may be linked to several articles.
    fn key(&self) -> Vec<u8> {
        match self.row.kind {
            UseKind::Task | UseKind::Case => format!("{}/{}", self.row.target, self.article).into_bytes(),
            UseKind::Question | UseKind::Note => self.row.target.clone().into_bytes(),
        }
    }
}

impl App {
    pub(crate) async fn shelf(&self) -> Result<ShelfView, ApiError> {
        let (favourites, recent, cases) =
            self.engine()?.attempt(|core| Ok((core.kept(FAVOURITE)?, core.kept(RECENT)?, core.case_rows(false, "")?))).await?;
        let (may_edit, drafts_waiting) =
            self.engine()?.attempt(|core| Ok((core.has_duty(Duty::Editor), core.drafts_waiting()?))).await?;
        self.library()?
            .read(move |reader| {
                let day = today();
                let rows = |kept: Vec<Kept>| -> Result<Vec<ShelfRow>, ApiError> {
                    let row = |kept: Kept| {
                        let now = reader.head(&kept.article.article).at_boundary()?;
                        let article = now.as_ref().map_or(kept.article, |head| convert::article_ref(head, day));
                        Ok(ShelfRow { article, at: kept.at, gone: now.is_none() })
                    };
                    kept.into_iter().map(row).collect()
                };
                let packages = reader.packages().at_boundary()?;
                Ok(ShelfView {
                    favourites: rows(favourites)?,
                    recent: rows(recent)?,
                    cases,
                    articles: u32::try_from(reader.article_count().at_boundary()?).unwrap_or(u32::MAX),
                    newest_package_at: packages.iter().map(|package| package.made_at).max(),
                    may_edit,
                    drafts_waiting,
                })
            })
            .await
    }

    pub(crate) async fn ref_of(&self, article: &str) -> Result<ArticleRef, ApiError> {
        let id = article.to_owned();
        self.library()?
            .read(move |reader| {
                let head = reader.head(&id).at_boundary()?.ok_or_else(|| not_found("article"))?;
                Ok(convert::article_ref(&head, today()))
            })
            .await
    }

    /// Articles as they are today; one that is not here any more keeps only its id.
    pub(crate) async fn refs_of(&self, articles: Vec<String>) -> Result<Vec<ArticleRef>, ApiError> {
        self.library()?
            .read(move |reader| {
                let day = today();
                let row = |id: String| -> Result<ArticleRef, ApiError> {
                    let head = reader.head(&id).at_boundary()?;
                    Ok(head.as_ref().map_or_else(|| named(id), |head| convert::article_ref(head, day)))
                };
                articles.into_iter().map(row).collect()
            })
            .await
    }

    /// Notes that an article is used for a task. Noting it again changes nothing.
    pub(crate) async fn link_task(&self, article: String, task: TaskId) -> Result<(), ApiError> {
        self.ref_of(&article).await?;
        self.engine()?
            .attempt(move |core| {
                let title = core.listed_task(&task)?.assignment.title;
                core.link_use(article, UseKind::Task, task.to_string(), title)
            })
            .await
    }

    pub(crate) async fn mark_read(&self, article: String) -> Result<(), ApiError> {
        let article = self.ref_of(&article).await?;
        self.engine()?
            .attempt(move |core| {
                core.keep(RECENT, &article)?;
                core.trim(RECENT, RECENT_MAX)?;
                core.handbook_changed();
                Ok(())
            })
            .await
    }

    pub(crate) async fn toggle_favourite(&self, article: String) -> Result<bool, ApiError> {
        let id = article.clone();
        if self.engine()?.attempt(move |core| core.drop_favourite(&id)).await? {
            return Ok(false);
        }
        let article = self.ref_of(&article).await?;
        self.engine()?
            .attempt(move |core| {
                if core.store.count(FAVOURITE, &Listing::default()).at_boundary()? >= FAVOURITES_MAX {
                    return Err(ApiError::new("limit_over", "too many favourites").with("what", "favourites"));
                }
                core.keep(FAVOURITE, &article)?;
                core.handbook_changed();
                Ok(true)
            })
            .await
    }

    pub(crate) async fn note_use(&self, article: String, title: String) -> Result<(), ApiError> {
        let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(NOTE_CHARS).collect();
        if title.is_empty() {
            return Err(ApiError::new("limit_under", "a note says something").with("what", "note"));
        }
        self.ref_of(&article).await?;
        self.engine()?
            .attempt(move |core| {
                let target = hex::encode(core.random_id());
                let (kind, at) = (UseKind::Note, core.now().wall);
                let row = UseRow { kind, target: target.clone(), title, at, task: None, removable: true };
                core.put_row(USE, target.as_bytes(), row.at, &Used { article, row })?;
                core.trim(USE, USES_MAX)?;
                core.handbook_changed();
                Ok(())
            })
            .await
    }

    pub(crate) async fn remove_use(&self, article: String, target: String) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let mut all = core.rows::<Used>(USE)?.into_iter();
                let used = all.find(|used| used.article == article && used.row.target == target);
                let used = used.ok_or_else(|| not_found("note"))?;
                core.drop_row(USE, &used.key())?;
                core.handbook_changed();
                Ok(())
            })
            .await
    }
}

impl Core {
    /// Tells the windows that what this person keeps about the handbook has changed.
    pub fn handbook_changed(&self) {
        self.push(Push::Changed { tags: vec![Tag::Handbook] });
    }

    /// Writes a row of something that a person keeps.
    pub fn put_row(&mut self, kind: &'static str, key: &[u8], at: Timestamp, value: &impl Serialize) -> Result<(), ApiError> {
        let value = serde_json::to_vec(value).map_err(|error| ApiError::new("internal", error.to_string()))?;
        self.store.commit(&[], &[Projection::Put { kind, key: key.to_vec(), sort: at.0, value }]).at_boundary()
    }

    /// Removes one.
    pub fn drop_row(&mut self, kind: &'static str, key: &[u8]) -> Result<(), ApiError> {
        self.store.commit(&[], &[Projection::Delete { kind, key: key.to_vec() }]).at_boundary()
    }

    /// Reads one.
    pub fn row<T: DeserializeOwned>(&self, kind: &str, key: &[u8]) -> Result<Option<T>, ApiError> {
        let row = self.store.projection(kind, key).at_boundary()?;
        row.map(|row| serde_json::from_slice(&row.value).map_err(damaged)).transpose()
    }

    /// All of a kind, the newest first.
    pub fn rows<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<T>, ApiError> {
        let rows = self.store.list(kind, &Listing { descending: true, ..Listing::default() }).at_boundary()?;
        rows.iter().map(|row| serde_json::from_slice(&row.value).map_err(damaged)).collect()
    }

    /// Removes what is beyond the newest `most`.
    pub fn trim(&mut self, kind: &'static str, most: u64) -> Result<(), ApiError> {
        let beyond = self.store.list(kind, &Listing { descending: true, offset: most, ..Listing::default() }).at_boundary()?;
        let gone: Vec<Projection> = beyond.into_iter().map(|row| Projection::Delete { kind, key: row.key }).collect();
        if gone.is_empty() { Ok(()) } else { self.store.commit(&[], &gone).at_boundary() }
    }

    fn kept(&self, kind: &str) -> Result<Vec<Kept>, ApiError> {
        self.rows(kind)
    }

    fn keep(&mut self, kind: &'static str, article: &ArticleRef) -> Result<(), ApiError> {
        let at = self.now().wall;
        self.put_row(kind, article.article.as_bytes(), at, &Kept { article: article.clone(), at })
    }

    /// Whether an article is among the favourites.
    pub fn is_favourite(&self, article: &str) -> Result<bool, ApiError> {
        Ok(self.store.projection(FAVOURITE, article.as_bytes()).at_boundary()?.is_some())
    }

    fn drop_favourite(&mut self, article: &str) -> Result<bool, ApiError> {
        let there = self.is_favourite(article)?;
        if there {
            self.drop_row(FAVOURITE, article.as_bytes())?;
            self.handbook_changed();
        }
        Ok(there)
    }

    /// Keeps that an article is used for something that is under way.
    pub(super) fn link_use(&mut self, article: String, kind: UseKind, target: String, title: String) -> Result<(), ApiError> {
        let at = self.now().wall;
        let used = Used { article, row: UseRow { kind, target, title, at, task: None, removable: true } };
        self.put_row(USE, &used.key(), at, &used)?;
        self.trim(USE, USES_MAX)?;
        self.handbook_changed();
        Ok(())
    }

    /// The articles that this person linked to a task.
    pub fn articles_linked_to(&self, task: &TaskId) -> Result<Vec<String>, ApiError> {
        self.linked_articles(UseKind::Task, &task.to_string())
    }

    /// The articles that this person linked to something, the last first.
    pub(super) fn linked_articles(&self, kind: UseKind, target: &str) -> Result<Vec<String>, ApiError> {
        let linked = |used: &Used| used.row.kind == kind && used.row.target == target;
        Ok(self.rows::<Used>(USE)?.into_iter().filter(linked).map(|used| used.article).collect())
    }

    /// Where an article was used: notes, cases, tasks that name it or that this person linked, and questions of this person's office that
    /// name it or whose answer cites it; the newest first.
    pub fn uses_of(&mut self, article: &str) -> Result<Vec<UseRow>, ApiError> {
        let own = |used: Used| UseRow { removable: true, ..used.row };
        let own: Vec<UseRow> = self.rows::<Used>(USE)?.into_iter().filter(|used| used.article == article).map(own).collect();
        let (linked, own): (Vec<UseRow>, Vec<UseRow>) = own.into_iter().partition(|row| row.kind == UseKind::Task);
        let (for_cases, notes): (Vec<UseRow>, Vec<UseRow>) = own.into_iter().partition(|row| row.kind == UseKind::Case);
        let tasks = self.task_uses(article, linked);
        let questions = self.question_uses(article);
        let cases = self.case_uses(article, for_cases)?;
        let mut uses: Vec<UseRow> = notes.into_iter().chain(cases).chain(questions).chain(tasks).collect();
        uses.sort_by_key(|row| std::cmp::Reverse(row.at));
        Ok(uses)
    }
}

fn damaged(error: serde_json::Error) -> ApiError {
    ApiError::new("store_damaged", error.to_string())
}
