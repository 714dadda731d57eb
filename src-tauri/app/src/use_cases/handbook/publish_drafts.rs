//! Approved drafts become articles of the organisation's package.

use std::collections::{BTreeMap, BTreeSet};

use api::error::ApiError;
use api::handbook::{DraftState, PublishView};
use domain::duty::Duty;
use domain::id::DraftId;
use handbook::import::Collection;
use handbook::{Article, Link, Validity};
use store::library::parts_of;

use super::convert;
use super::drafts::Read;
use super::packages::package_error;
use super::publishing::Making;
use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

/// The package that new articles of an organisation go into.
pub(crate) const OWN_PACKAGE: &str = "so-tay";
const OWN_TITLE: &str = "Sổ tay của tổ chức";

/// A draft that is ready, without its document.
struct Ready {
    id: DraftId,
    article: Option<String>,
    origin: Option<String>,
    content: api::handbook::DraftContent,
}

impl App {
    pub(crate) async fn publish_drafts(&self, drafts: Vec<DraftId>) -> Result<PublishView, ApiError> {
        let ready = self.engine()?.attempt(move |core| core.ready_drafts(&drafts)).await?;
        let mut by_package: BTreeMap<String, Vec<Ready>> = BTreeMap::new();
        for draft in ready {
            let package = draft.article.as_deref().and_then(parts_of).map_or(OWN_PACKAGE, |(package, _)| package).to_owned();
            by_package.entry(package).or_default().push(draft);
        }
        let mut view: Option<PublishView> = None;
        for (package, drafts) in by_package {
            let ids: Vec<DraftId> = drafts.iter().map(|draft| draft.id).collect();
            let published = self.publish_into(package, drafts).await?;
            self.engine()?.attempt(move |core| ids.iter().try_for_each(|id| core.note_draft(id, "published", ""))).await?;
            let before = view.take();
            view = Some(PublishView {
                articles: before.as_ref().map_or(0, |view| view.articles).saturating_add(published.articles),
                delta_bytes: before.as_ref().map_or(0, |view| view.delta_bytes).saturating_add(published.delta_bytes),
                package: published.package,
            });
        }
        view.ok_or_else(|| not_found("draft"))
    }

    /// Makes the organisation's first package of articles in our own shape, and gives it to all of its devices.
    pub(crate) async fn give_out_handbook(&self, lines: &'static str) -> Result<PublishView, ApiError> {
        let mut collection = Collection::default();
        for (number, line) in (1..).zip(lines.lines()) {
            collection.json_line("so-tay.jsonl", number, line.as_bytes(), line.len() as u64);
        }
        if let Some(skipped) = collection.skipped.first() {
            return Err(ApiError::new(&skipped.code, &*skipped.detail));
        }
        let articles = collection.into_articles();
        let title = articles.first().map_or_else(|| OWN_TITLE.to_owned(), |article| article.source.clone());
        let made = self.make(Making { package: OWN_PACKAGE.to_owned(), title, articles, after: 0 }, true, |_| true).await?;
        self.give_out(&made).await
    }

    async fn publish_into(&self, package: String, drafts: Vec<Ready>) -> Result<PublishView, ApiError> {
        let id = package.clone();
        let (row, articles) = self
            .library()?
            .read(move |reader| {
                let row = reader.packages().at_boundary()?.into_iter().find(|row| row.id == id);
                Ok((row, reader.package_articles(&id).at_boundary()?))
            })
            .await?;
        let there = row.clone();
        let (title, articles) = tokio::task::spawn_blocking(move || {
            let title = row.map_or_else(|| OWN_TITLE.to_owned(), |row| row.title);
            let mut all: BTreeMap<String, Article> = articles.into_iter().map(|article| (article.id.clone(), article)).collect();
            for draft in drafts {
                let article = made_of(&draft, &title, &all)?;
                all.insert(article.id.clone(), article);
            }
            Ok((title, all.into_values().collect()))
        })
        .await
        .map_err(|error| ApiError::new("internal", error.to_string()))??;
        let listed = package.clone();
        let whole = self.engine()?.attempt(move |core| core.whole_is_due(&listed)).await?;
        if let Some(row) = there.filter(|_| !whole) {
            // The update starts from what is here, so the others need what leads there.
            let next = self.next_version(&package).await?;
            self.give_waiting(&row, next.waiting).await?;
        }
        let made = self.make(Making { package, title, articles, after: 0 }, whole, |_| true).await?;
        self.give_out(&made).await
    }
}

/// The article that a draft becomes; of one that is changed, what the draft does not speak of stays.
fn made_of(draft: &Ready, source: &str, all: &BTreeMap<String, Article>) -> Result<Article, ApiError> {
    let content = &draft.content;
    let known = draft.article.as_deref().and_then(parts_of).and_then(|(_, id)| all.get(id)).cloned();
    let new = || Article { id: free_id(&content.title, all), source: source.to_owned(), ..Article::default() };
    let before = known.unwrap_or_else(new);
    let blocks = content.blocks.iter().map(|block| convert::block_of(&block.block)).collect::<Result<Vec<_>, _>>()?;
    let days = |day: Option<api::day::Day>| day.map(api::day::Day::days);
    let link = |link: &api::handbook::ArticleLink| {
        let relation = convert::relation_of(link.kind)?;
        Some(Link { relation, to: link.article.clone(), title: link.title.clone(), from: days(link.from) })
    };
    let links: Option<Vec<Link>> = content.links.as_ref().map(|links| links.iter().filter_map(link).collect());
    let source_said = content.source.clone().filter(|source| !source.is_empty());
    let article = Article {
        kind: convert::kind_of(content.kind),
        title: content.title.clone(),
        number: Some(content.number.clone()).filter(|number| !number.is_empty()),
        agency: content.agency.clone(),
        field: content.field.clone(),
        levels: content.levels.iter().map(|level| convert::level_of(*level)).collect(),
        validity: Validity {
            from: days(content.from),
            to: days(content.to),
            partly: content.partly.unwrap_or(before.validity.partly),
        },
        validity_note: content.note.clone().unwrap_or_else(|| before.validity_note.clone()),
        source: source_said.unwrap_or_else(|| before.source.clone()),
        links: links.unwrap_or_else(|| before.links.clone()),
        blocks,
        origin: draft.origin.clone().or(before.origin.clone()),
        ..before
    }
    .cleaned();
    article.validate().map_err(|error| package_error(&error.into(), &content.title))?;
    Ok(article)
}

/// An id from the title that no article has.
fn free_id(title: &str, all: &BTreeMap<String, Article>) -> String {
    let mut stem = handbook::slug(title);
    stem.truncate(100);
    let stem = if stem.is_empty() { "bai".to_owned() } else { stem };
    let numbered = (2_u32..).map(|number| format!("{stem}-{number}"));
    std::iter::once(stem.clone()).chain(numbered).find(|id| !all.contains_key(id)).unwrap_or(stem)
}

impl Core {
    fn ready_drafts(&mut self, drafts: &[DraftId]) -> Result<Vec<Ready>, ApiError> {
        self.need_duty(Duty::Publisher)?;
        let drafts: BTreeSet<DraftId> = drafts.iter().copied().collect();
        drafts.iter().map(|id| ready(self.read_draft(id)?)).collect()
    }
}

fn ready(read: Read) -> Result<Ready, ApiError> {
    if read.state != DraftState::Approved {
        return Err(ApiError::new("draft_state", "the draft is not approved"));
    }
    Ok(Ready {
        id: read.id,
        article: read.article(),
        origin: read.origin().map(|origin| origin.to_string()),
        content: read.content,
    })
}
