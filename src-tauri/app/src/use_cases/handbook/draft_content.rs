//! A draft's content: as its document holds it, and as an editor begins from an article.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::handbook::{ArticleKind, ArticleLink, DraftBlock, DraftContent};
use api::search::Level;
use serde::{Deserialize, Serialize};
use store::library::{full_id, parts_of};
use sync::document::draft::{Cell, Draft};

use super::convert;

/// A block as a cell holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct Placed {
    /// Its place among the others.
    pub order: String,
    /// The block.
    pub block: api::handbook::Block,
}

/// What a draft says; where disputed, the side that is shown.
pub(super) fn content_of(draft: &Draft) -> DraftContent {
    let text = |field: &str| draft.fields.get(field).map_or("", Cell::text).to_owned();
    let kinds = ArticleKind::ALL;
    let levels = text("levels");
    // What an earlier version did not know is unsaid, not empty.
    let said = |field: &str| draft.fields.get(field).map(|cell| cell.text().to_owned());
    let mut blocks: Vec<(String, String, api::handbook::Block)> = draft
        .blocks
        .iter()
        .filter_map(|(key, cell)| {
            let placed: Placed = serde_json::from_str(cell.text()).ok()?;
            Some((placed.order, key.clone(), placed.block))
        })
        .collect();
    blocks.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    DraftContent {
        kind: kinds.into_iter().find(|kind| kind.slug() == text("kind")).unwrap_or(ArticleKind::Guidance),
        title: text("title"),
        number: text("number"),
        agency: text("agency"),
        field: text("field"),
        levels: Level::ALL.into_iter().filter(|level| levels.split(',').any(|slug| slug == level.slug())).collect(),
        from: text("from").parse().ok(),
        to: text("to").parse().ok(),
        blocks: blocks.into_iter().map(|(_, key, block)| DraftBlock { key, block }).collect(),
        source: said("source"),
        partly: said("partly").map(|text| text == "true"),
        note: said("note"),
        links: said("links").and_then(|text| serde_json::from_str(&text).ok()),
    }
}

/// The fields that a content speaks of.
pub(super) fn fields_of(content: &DraftContent) -> Result<BTreeMap<&'static str, String>, ApiError> {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let levels: Vec<&str> = content.levels.iter().map(|level| level.slug()).collect();
    let day = |day: Option<api::day::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let links = content.links.as_ref().map(serde_json::to_string).transpose();
    let links = links.map_err(|error| ApiError::new("internal", error.to_string()))?;
    let unsaid = [
        ("source", content.source.as_deref().map(line)),
        ("partly", content.partly.map(|partly| partly.to_string())),
        ("note", content.note.as_deref().map(line)),
        ("links", links),
    ];
    let fields = [
        ("kind", content.kind.slug().to_owned()),
        ("title", line(&content.title)),
        ("number", line(&content.number)),
        ("agency", line(&content.agency)),
        ("field", line(&content.field)),
        ("levels", levels.join(",")),
        ("from", day(content.from)),
        ("to", day(content.to)),
    ];
    Ok(fields.into_iter().chain(unsaid.into_iter().filter_map(|(field, text)| Some((field, text?)))).collect())
}

/// The content that an editor begins from when an article is changed.
pub(super) fn content_from(id: &str, article: &handbook::Article) -> Result<DraftContent, ApiError> {
    let package = parts_of(id).map(|(package, _)| package).unwrap_or_default();
    let full = |to: &String| if to.contains(':') { to.clone() } else { full_id(package, to) };
    let link = |link: &handbook::Link| ArticleLink {
        kind: convert::link(link.relation),
        article: link.to.as_ref().map(full),
        title: link.title.clone(),
        from: convert::day(link.from),
    };
    let blocks = article.blocks.iter().map(|block| Ok(DraftBlock { key: String::new(), block: convert::block(block)? }));
    Ok(DraftContent {
        kind: convert::kind(article.kind),
        title: article.title.clone(),
        number: article.number.clone().unwrap_or_default(),
        agency: article.agency.clone(),
        field: article.field.clone(),
        levels: article.levels.iter().map(|level| convert::level(*level)).collect(),
        from: convert::day(article.validity.from),
        to: convert::day(article.validity.to),
        blocks: blocks.collect::<Result<_, ApiError>>()?,
        source: Some(article.source.clone()),
        partly: Some(article.validity.partly),
        note: Some(article.validity_note.clone()),
        links: Some(article.links.iter().map(link).collect()),
    })
}
