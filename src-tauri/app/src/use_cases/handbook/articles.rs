//! One article, as it is read.

use std::collections::BTreeMap;

use api::day::Day;
use api::error::ApiError;
use api::handbook::{ArticleLink, ArticleView, Block, LinkKind, Reference};
use handbook::Article;
use store::library::{Head, LibraryReader, PackageRow, full_id, parts_of};

use super::{convert, today};
use crate::app::App;
use crate::error::{AtBoundary, not_found};

/// Articles that name another and are shown with it.
const NAMING_MAX: u32 = 100;

impl App {
    pub(crate) async fn article(&self, id: String, as_of: Option<Day>) -> Result<ArticleView, ApiError> {
        let asked = id.clone();
        let mut view = self.library()?.read(move |reader| view(reader, &asked, as_of)).await?;
        let field = view.field.clone();
        let (favourite, uses, unit) = self
            .engine()?
            .attempt(move |core| {
                // Before an organisation is there, nobody can be asked.
                let unit = core.responsible_for(&field).ok().map(|unit| (unit, core.unit_name(&unit)));
                Ok((core.is_favourite(&id)?, core.uses_of(&id)?, unit))
            })
            .await?;
        (view.favourite, view.uses, view.ask_unit) = (favourite, uses, unit);
        Ok(view)
    }
}

/// The article and its package.
pub(crate) fn stored(reader: &LibraryReader, id: &str) -> Result<(Article, PackageRow), ApiError> {
    let article = reader.article(id).at_boundary()?.ok_or_else(|| not_found("article"))?;
    let package = parts_of(id).map(|(package, _)| package).unwrap_or_default();
    let packages = reader.packages().at_boundary()?;
    let row = packages.into_iter().find(|row| row.id == package).ok_or_else(|| not_found("package"))?;
    Ok((article, row))
}

fn view(reader: &LibraryReader, id: &str, as_of: Option<Day>) -> Result<ArticleView, ApiError> {
    let day = as_of.map_or_else(today, Day::days);
    let (article, package) = stored(reader, id)?;
    let named = Named { reader, package: &package.id, day };
    let head = reader.head(id).at_boundary()?.ok_or_else(|| not_found("article"))?;
    let (previous, next) = neighbours(reader, &head)?;
    let blocks = article.blocks.iter().map(|block| convert::block(block).and_then(|block| named.resolve(block)));
    Ok(ArticleView {
        article: id.to_owned(),
        kind: convert::kind(article.kind),
        title: article.title.clone(),
        breadcrumb: convert::article_ref(&head, day).breadcrumb,
        number: article.number.clone().unwrap_or_default(),
        agency: article.agency.clone(),
        field: article.field.clone(),
        levels: article.levels.iter().map(|level| convert::level(*level)).collect(),
        validity: convert::validity(article.validity.on(day)),
        from: convert::day(article.validity.from),
        to: convert::day(article.validity.to),
        validity_note: article.validity_note.clone(),
        as_of,
        blocks: blocks.collect::<Result<_, _>>()?,
        links: links(&named, id, &article)?,
        citation: handbook::citation(&article),
        package: convert::package_ref(&package),
        favourite: false,
        uses: Vec::new(),
        previous: previous.map(|head| convert::article_ref(&head, day)),
        next: next.map(|head| convert::article_ref(&head, day)),
        origin: article.origin.as_deref().and_then(|origin| origin.parse().ok()),
        ask_unit: None,
        checklist: !article.checklist().is_empty(),
    })
}

/// What an article of a package names.
struct Named<'a> {
    reader: &'a LibraryReader,
    package: &'a str,
    day: i32,
}

impl Named<'_> {
    fn head(&self, id: &str) -> Result<Option<Head>, ApiError> {
        let full = if id.contains(':') { id.to_owned() } else { full_id(self.package, id) };
        self.reader.head(&full).at_boundary()
    }

    fn reference(&self, reference: &mut Reference) -> Result<(), ApiError> {
        let head = reference.article.as_deref().map(|id| self.head(id)).transpose()?.flatten();
        reference.validity = head.as_ref().map(|head| convert::validity(head.validity.on(self.day)));
        reference.article = head.map(|head| head.id);
        Ok(())
    }

    /// The block with links that lead somewhere, and with the validity of what they lead to.
    fn resolve(&self, mut block: Block) -> Result<Block, ApiError> {
        match &mut block {
            Block::Forms { items } | Block::LegalBasis { items } => items.iter_mut().try_for_each(|item| self.reference(item))?,
            Block::Papers { items } => {
                for paper in items {
                    paper.form = paper.form.as_deref().map(|id| self.head(id)).transpose()?.flatten().map(|head| head.id);
                }
            }
            _ => {}
        }
        Ok(block)
    }
}

/// What the article says it is connected with, and what others say of it.
fn links(named: &Named<'_>, id: &str, article: &Article) -> Result<Vec<ArticleLink>, ApiError> {
    let mut links: BTreeMap<(LinkKind, String), ArticleLink> = BTreeMap::new();
    for link in &article.links {
        let head = link.to.as_deref().map(|to| named.head(to)).transpose()?.flatten();
        let kind = convert::link(link.relation);
        let title = head.as_ref().map_or_else(|| link.title.clone(), |head| cited(head, &link.title));
        let found = ArticleLink { kind, article: head.map(|head| head.id), title: title.clone(), from: convert::day(link.from) };
        links.entry((kind, title)).or_insert(found);
    }
    for head in named.reader.naming(id, NAMING_MAX).at_boundary()? {
        let Some(other) = named.reader.article(&head.id).at_boundary()? else {
            continue;
        };
        let (package, short) = parts_of(id).unwrap_or_default();
        let same = parts_of(&head.id).is_some_and(|(other, _)| other == package);
        let back = other.links.iter().find(|link| link.to.as_deref().is_some_and(|to| to == id || (same && to == short)));
        let kind = back.map_or(LinkKind::CitedBy, |link| convert::inverse(link.relation));
        let title = handbook::citation(&other);
        let from = back.and_then(|link| convert::day(link.from));
        links.entry((kind, title.clone())).or_insert(ArticleLink { kind, article: Some(head.id), title, from });
    }
    Ok(links.into_values().collect())
}

fn cited(head: &Head, written: &str) -> String {
    if written.is_empty() { head.title.clone() } else { written.to_owned() }
}

/// The articles before and after one in its source.
fn neighbours(reader: &LibraryReader, head: &Head) -> Result<(Option<Head>, Option<Head>), ApiError> {
    if head.source.is_empty() {
        return Ok((None, None));
    }
    let mut all = reader.of_source(&head.source).at_boundary()?;
    let Some(at) = all.iter().position(|other| other.id == head.id) else {
        return Ok((None, None));
    };
    let next = (at + 1 < all.len()).then(|| all.swap_remove(at + 1));
    let previous = at.checked_sub(1).map(|before| all.swap_remove(before));
    Ok((previous, next))
}
