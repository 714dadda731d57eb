//! Between the handbook's articles and what the window is told of them.

use api::day::Day;
use api::error::ApiError;
use api::handbook::{ArticleKind, ArticleRef, Block, LinkKind, PackageRef};
use api::search::{Level, Validity};
use handbook::{Kind, Relation, State};
use store::library::{Head, PackageRow};

/// The kind, for the window.
pub(crate) fn kind(kind: Kind) -> ArticleKind {
    match kind {
        Kind::Procedure => ArticleKind::Procedure,
        Kind::Law => ArticleKind::Law,
        Kind::Guidance => ArticleKind::Guidance,
        Kind::Form => ArticleKind::Form,
    }
}

/// The kind, from the window.
pub(crate) fn kind_of(kind: ArticleKind) -> Kind {
    match kind {
        ArticleKind::Procedure => Kind::Procedure,
        ArticleKind::Law => Kind::Law,
        ArticleKind::Guidance => Kind::Guidance,
        ArticleKind::Form => Kind::Form,
    }
}

/// The level, for the window.
pub(crate) fn level(level: handbook::Level) -> Level {
    match level {
        handbook::Level::Central => Level::Central,
        handbook::Level::City => Level::City,
        handbook::Level::Commune => Level::Commune,
    }
}

/// The level, from the window.
pub(crate) fn level_of(level: Level) -> handbook::Level {
    match level {
        Level::Central => handbook::Level::Central,
        Level::City => handbook::Level::City,
        Level::Commune => handbook::Level::Commune,
    }
}

/// Validity, for the window.
pub(crate) fn validity(state: State) -> Validity {
    match state {
        State::InForce => Validity::InForce,
        State::Partly => Validity::Partly,
        State::Expired => Validity::Expired,
        State::NotYet => Validity::NotYet,
    }
}

/// A relation seen from the article that has it.
pub(crate) fn link(relation: Relation) -> LinkKind {
    match relation {
        Relation::AmendedBy => LinkKind::AmendedBy,
        Relation::Amends => LinkKind::Amends,
        Relation::ReplacedBy => LinkKind::ReplacedBy,
        Relation::Replaces => LinkKind::Replaces,
        Relation::GuidedBy => LinkKind::GuidedBy,
        Relation::Guides => LinkKind::Guides,
    }
}

/// The same relation seen from the other article.
pub(crate) fn inverse(relation: Relation) -> LinkKind {
    match relation {
        Relation::AmendedBy => LinkKind::Amends,
        Relation::Amends => LinkKind::AmendedBy,
        Relation::ReplacedBy => LinkKind::Replaces,
        Relation::Replaces => LinkKind::ReplacedBy,
        Relation::GuidedBy => LinkKind::Guides,
        Relation::Guides => LinkKind::GuidedBy,
    }
}

/// A relation, from the window; that another article cites this one is no relation of this one.
pub(crate) fn relation_of(kind: LinkKind) -> Option<Relation> {
    match kind {
        LinkKind::AmendedBy => Some(Relation::AmendedBy),
        LinkKind::Amends => Some(Relation::Amends),
        LinkKind::ReplacedBy => Some(Relation::ReplacedBy),
        LinkKind::Replaces => Some(Relation::Replaces),
        LinkKind::GuidedBy => Some(Relation::GuidedBy),
        LinkKind::Guides => Some(Relation::Guides),
        LinkKind::CitedBy => None,
    }
}

/// A day, for the window.
pub(crate) fn day(days: Option<i32>) -> Option<Day> {
    days.map(Day::from_days)
}

/// A block, for the window. Both sides have the same fields under the same names, which the tests hold them to.
///
/// # Errors
/// `internal` if they differ after all.
pub(crate) fn block(block: &handbook::Block) -> Result<Block, ApiError> {
    let value = serde_json::to_value(block).and_then(serde_json::from_value);
    value.map_err(|error| ApiError::new("internal", error.to_string()))
}

/// A block, from the window.
///
/// # Errors
/// As [`block`].
pub(crate) fn block_of(block: &Block) -> Result<handbook::Block, ApiError> {
    let value = serde_json::to_value(block).and_then(serde_json::from_value);
    value.map_err(|error| ApiError::new("internal", error.to_string()))
}

/// An article in a list.
pub(crate) fn article_ref(head: &Head, day: i32) -> ArticleRef {
    let mut breadcrumb = Vec::with_capacity(head.path.len() + 1);
    breadcrumb.extend(Some(head.source.clone()).filter(|source| !source.is_empty()));
    breadcrumb.extend(head.path.iter().cloned());
    ArticleRef {
        article: head.id.clone(),
        kind: kind(head.kind),
        title: head.title.clone(),
        breadcrumb,
        validity: validity(head.validity.on(day)),
    }
}

/// A package, for the window.
pub(crate) fn package_ref(row: &PackageRow) -> PackageRef {
    PackageRef {
        package: row.id.clone(),
        title: row.title.clone(),
        version: row.number,
        made_at: row.made_at,
        signer: row.signer.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use handbook::article::{Duty, Fact, PaperNeed, Reference, Step};

    use super::*;

    #[test]
    fn every_relation_comes_back_as_it_was() {
        use Relation::{AmendedBy, Amends, GuidedBy, Guides, ReplacedBy, Replaces};
        for relation in [AmendedBy, Amends, ReplacedBy, Replaces, GuidedBy, Guides] {
            assert_eq!(relation_of(link(relation)), Some(relation));
            assert_eq!(inverse(relation), link(relation_of(inverse(relation)).unwrap()));
        }
    }

    #[test]
    fn every_block_comes_back_as_it_was() {
        let text = || "a".to_owned();
        let reference = || Reference { text: text(), article: Some(text()) };
        let blocks = [
            handbook::Block::Heading { text: text(), level: 2 },
            handbook::Block::Paragraph { text: text() },
            handbook::Block::Point { label: text(), text: text(), depth: 1 },
            handbook::Block::Steps { items: vec![Step { text: text(), who: text() }] },
            handbook::Block::Papers {
                items: vec![PaperNeed { name: text(), originals: 1, copies: 2, note: text(), form: Some(text()) }],
            },
            handbook::Block::Fees { items: vec![Fact { label: text(), value: text() }] },
            handbook::Block::TimeLimits { items: vec![Fact { label: text(), value: text() }] },
            handbook::Block::Results { items: vec![text()] },
            handbook::Block::Forms { items: vec![reference()] },
            handbook::Block::LegalBasis { items: vec![reference()] },
            handbook::Block::Duties { items: vec![Duty { level: handbook::Level::City, agency: text(), does: text() }] },
            handbook::Block::Note { text: text() },
            handbook::Block::Table { head: vec![text()], rows: vec![vec![text()]] },
        ];
        for original in blocks {
            assert_eq!(block_of(&block(&original).unwrap()).unwrap(), original);
        }
    }
}
