//! The tree of contents: sources or fields, then their parts, then articles.

use api::error::ApiError;
use api::handbook::{ContentsBy, ContentsNode};
use api::search::FacetValue;
use store::library::{Group, Head, LibraryReader};

use super::{convert, today};
use crate::app::App;
use crate::error::{AtBoundary, not_found};

/// Between the parts of a node's key: a character that no title holds.
const SEPARATOR: char = '\u{1f}';
/// Nodes that one answer holds.
const NODES_MAX: usize = 5_000;

impl App {
    pub(crate) async fn contents(&self, by: ContentsBy, under: Option<String>) -> Result<Vec<ContentsNode>, ApiError> {
        self.library()?
            .read(move |reader| {
                let mut nodes = match &under {
                    None => top(reader, by)?,
                    Some(key) => below(reader, key)?,
                };
                nodes.truncate(NODES_MAX);
                Ok(nodes)
            })
            .await
    }

    pub(crate) async fn field_list(&self) -> Result<Vec<FacetValue>, ApiError> {
        self.library()?
            .read(|reader| {
                let fields = reader.fields().at_boundary()?.into_iter().filter(|group| !group.name.is_empty());
                Ok(fields
                    .map(|group| FacetValue { value: group.name, label: String::new(), count: count(group.articles) })
                    .collect())
            })
            .await
    }
}

fn count(articles: u64) -> u32 {
    u32::try_from(articles).unwrap_or(u32::MAX)
}

fn top(reader: &LibraryReader, by: ContentsBy) -> Result<Vec<ContentsNode>, ApiError> {
    let (letter, groups) = match by {
        ContentsBy::Source => ('s', reader.sources().at_boundary()?),
        ContentsBy::Field => ('f', reader.fields().at_boundary()?),
    };
    let day = today();
    let node = |group: Group| ContentsNode {
        key: format!("{letter}{SEPARATOR}{}", group.name),
        title: group.name,
        article: None,
        kind: group.kind.map(convert::kind),
        validity: Some(convert::validity(group.validity.on(day))),
        articles: count(group.articles),
        opens: true,
    };
    Ok(groups.into_iter().map(node).collect())
}

fn below(reader: &LibraryReader, key: &str) -> Result<Vec<ContentsNode>, ApiError> {
    let mut parts = key.split(SEPARATOR);
    match (parts.next(), parts.next()) {
        (Some("s"), Some(source)) => {
            let steps: Vec<&str> = parts.collect();
            let heads = reader.of_source(source).at_boundary()?;
            Ok(level(key, heads, |head| head.path.clone(), &steps))
        }
        (Some("f"), Some(field)) => {
            let steps: Vec<&str> = parts.collect();
            let heads = reader.of_field(field).at_boundary()?;
            let path = |head: &Head| std::iter::once(head.source.clone()).filter(|source| !source.is_empty()).collect();
            Ok(level(key, heads, path, &steps))
        }
        _ => Err(not_found("part of the contents")),
    }
}

/// The nodes right below `steps`: parts in the order of their first article, and articles that stand in no further part.
fn level(key: &str, heads: Vec<Head>, path: impl Fn(&Head) -> Vec<String>, steps: &[&str]) -> Vec<ContentsNode> {
    let day = today();
    let mut nodes: Vec<ContentsNode> = Vec::new();
    for head in heads {
        let path = path(&head);
        if path.len() < steps.len() || path.iter().zip(steps).any(|(step, asked)| step != asked) {
            continue;
        }
        let shown = convert::article_ref(&head, day);
        let Some(step) = path.get(steps.len()) else {
            nodes.push(ContentsNode {
                key: head.id.clone(),
                title: head.title,
                article: Some(head.id),
                kind: Some(shown.kind),
                validity: Some(shown.validity),
                articles: 1,
                opens: false,
            });
            continue;
        };
        let part = format!("{key}{SEPARATOR}{step}");
        match nodes.iter_mut().rev().find(|node| node.key == part) {
            Some(node) => {
                node.articles = node.articles.saturating_add(1);
                node.kind = node.kind.filter(|kind| *kind == shown.kind);
                node.validity = node.validity.filter(|validity| *validity == shown.validity);
            }
            None => nodes.push(ContentsNode {
                key: part,
                title: step.clone(),
                article: None,
                kind: Some(shown.kind),
                validity: Some(shown.validity),
                articles: 1,
                opens: true,
            }),
        }
    }
    nodes
}
