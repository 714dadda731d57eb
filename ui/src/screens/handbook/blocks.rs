//! The content of an article, block by block.

use api::handbook::{Block, Fact, Reference};
use api::search::Validity;
use leptos::prelude::*;
use ui::route::{HandbookPlace, Route};
use ui::testids;

use super::find::Words;
use crate::{t, terms};

/// Blocks that say in a few words what is asked first: how long, how much, what comes out.
fn is_fact(block: &Block) -> bool {
    matches!(block, Block::TimeLimits { .. } | Block::Fees { .. } | Block::Results { .. })
}

/// What marks the block that somebody came for: its name for tests, and for screen readers that it is the place.
fn marks(here: bool) -> (Option<&'static str>, Option<&'static str>) {
    (here.then_some(testids::ARTICLE_PASSAGE), here.then_some("location"))
}

/// Time limits, fees and results side by side above everything else.
#[component]
pub fn Facts(
    /// All blocks.
    blocks: Vec<Block>,
    /// The one to mark, counted from 0.
    passage: Option<u32>,
) -> impl IntoView {
    let facts: Vec<(u32, Block)> = (0..).zip(blocks).filter(|(_, block)| is_fact(block)).collect();
    let cell = |(at, block): (u32, Block)| {
        let here = passage == Some(at);
        let (name, current) = marks(here);
        let kind = ui::blocktext::kind(&block);
        let lines: Vec<Fact> = match block {
            Block::TimeLimits { items } | Block::Fees { items } => items,
            Block::Results { items } => items.into_iter().map(|value| Fact { label: String::new(), value }).collect(),
            _ => Vec::new(),
        };
        let alone = lines.len() == 1;
        view! {
            <div class:passage=here data-testid=name aria-current=current>
                <dt>{move || terms::block(kind)}</dt>
                {lines.into_iter().map(|Fact { label, value }| view! {
                    <dd><b><Words text=value /></b>{(!alone && !label.is_empty()).then(|| view! { <small><Words text=label /></small> })}</dd>
                }).collect_view()}
            </div>
        }
    };
    let empty = facts.is_empty();
    (!empty).then(|| view! { <dl class="facttiles">{facts.into_iter().map(cell).collect_view()}</dl> })
}

/// A text that is named, linked where it is in the handbook.
#[component]
pub fn Named(
    /// The text.
    reference: Reference,
) -> impl IntoView {
    let Reference { text, article, validity } = reference;
    view! {
        {match article {
            Some(article) => view! { <a class="named" href=Route::Handbook(HandbookPlace::Article(article)).fragment() data-testid=testids::ARTICLE_REFERENCE><Words text=text /></a> }.into_any(),
            None => view! { <span><Words text=text /></span> }.into_any(),
        }}
        {validity.filter(|validity| *validity != Validity::InForce).map(|validity| view! { " "<span class=terms::validity_class(validity)>{move || terms::validity(validity)}</span> })}
    }
}

/// Headings that name the kind of a block, where it is not plain text.
fn heading(block: &Block) -> Option<impl IntoView + use<>> {
    let kind = ui::blocktext::kind(block);
    matches!(
        block,
        Block::Steps { .. } | Block::Papers { .. } | Block::Forms { .. } | Block::LegalBasis { .. } | Block::Duties { .. }
    )
    .then(|| view! { <h2>{move || terms::block(kind)}</h2> })
}

fn body(block: Block) -> AnyView {
    match block {
        Block::Heading { text, level: 0..=1 } => view! { <h2><Words text=text /></h2> }.into_any(),
        Block::Heading { text, .. } => view! { <h3 class="inner"><Words text=text /></h3> }.into_any(),
        Block::Paragraph { text } => view! { <p class="text"><Words text=text /></p> }.into_any(),
        Block::Note { text } => view! { <p class="hintline"><Words text=text /></p> }.into_any(),
        Block::Point { label, text, depth } => view! {
            <p class="point" style:--depth=depth.to_string()><b class="num">{label}</b><span class="text"><Words text=text /></span></p>
        }
        .into_any(),
        Block::Steps { items } => view! {
            <ol class="steps">
                {items.into_iter().map(|step| view! {
                    <li><span class="text"><Words text=step.text />{(!step.who.is_empty()).then(|| view! { <small class="block"><Words text=step.who /></small> })}</span></li>
                }).collect_view()}
            </ol>
        }
        .into_any(),
        Block::Papers { items } => view! {
            <div class="tablewrap"><table class="grid">
                <thead><tr><th scope="col">{t!(article.paper)}</th><th scope="col" class="n">{t!(article.originals)}</th><th scope="col" class="n">{t!(article.copies)}</th></tr></thead>
                <tbody>
                    {items.into_iter().map(|paper| {
                        let reference = Reference { text: paper.name, article: paper.form, validity: None };
                        view! {
                            <tr>
                                <td><Named reference=reference />{(!paper.note.is_empty()).then(|| view! { <small class="block"><Words text=paper.note /></small> })}</td>
                                <td class="n num">{paper.originals}</td>
                                <td class="n num">{paper.copies}</td>
                            </tr>
                        }
                    }).collect_view()}
                </tbody>
            </table></div>
        }
        .into_any(),
        Block::Forms { items } | Block::LegalBasis { items } => view! {
            <ul class="named">{items.into_iter().map(|reference| view! { <li><Named reference=reference /></li> }).collect_view()}</ul>
        }
        .into_any(),
        Block::Duties { items } => view! {
            <dl class="facts">
                {items.into_iter().map(|duty| view! {
                    <dt>{move || terms::level(duty.level)}</dt>
                    <dd><b><Words text=duty.agency /></b>{(!duty.does.is_empty()).then(|| view! { <span class="block"><Words text=duty.does /></span> })}</dd>
                }).collect_view()}
            </dl>
        }
        .into_any(),
        Block::Table { head, rows } => view! {
            <div class="tablewrap"><table class="grid">
                {(!head.is_empty()).then(|| view! { <thead><tr>{head.into_iter().map(|cell| view! { <th scope="col"><Words text=cell /></th> }).collect_view()}</tr></thead> })}
                <tbody>{rows.into_iter().map(|row| view! { <tr>{row.into_iter().map(|cell| view! { <td><Words text=cell /></td> }).collect_view()}</tr> }).collect_view()}</tbody>
            </table></div>
        }
        .into_any(),
        Block::Fees { .. } | Block::TimeLimits { .. } | Block::Results { .. } => ().into_any(),
    }
}

/// The blocks, but those that [`Facts`] shows.
#[component]
pub fn Blocks(
    /// All blocks, in reading order.
    blocks: Vec<Block>,
    /// The one to mark, counted from 0.
    passage: Option<u32>,
) -> impl IntoView {
    (0..)
        .zip(blocks)
        .filter(|(_, block)| !is_fact(block))
        .map(|(at, block): (u32, Block)| {
            let here = passage == Some(at);
            let (name, current) = marks(here);
            let heading = heading(&block);
            view! { <section class="block" class:passage=here data-testid=name aria-current=current>{heading}{body(block)}</section> }
        })
        .collect_view()
}
