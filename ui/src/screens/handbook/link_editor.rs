//! What a draft is connected with: chosen from the handbook or named by hand, with the day since which it holds.

use api::handbook::{ArticleLink, LinkKind};
use api::search::Hit;
use leptos::prelude::*;
use ui::testids;

use crate::components::{Button, Field, IconButton, Pick, content_key};
use crate::screens::search::ArticlePicker;
use crate::{say, t, terms};

/// Longest name of a text outside the handbook, in characters.
const TITLE_CHARS_MAX: usize = 300;

fn line(link: &ArticleLink) -> impl IntoView + use<> {
    let (kind, title) = (link.kind, link.title.clone());
    let from = link.from.map(terms::day);
    view! {
        <b>{move || terms::link(kind)}</b>
        <span class="grow">{title}</span>
        {from.map(|from| view! { <small class="num">{move || say!(validity.from, from = from.clone())}</small> })}
    }
}

/// The connections, to be read.
#[component]
pub fn LinkList(links: Vec<ArticleLink>) -> impl IntoView {
    view! {
        <ul class="plain">
            {links.iter().map(|link| view! { <li class="row" data-testid=testids::DRAFT_LINK data-kind=link.kind.slug()>{line(link)}</li> }).collect_view()}
        </ul>
    }
    .into_any()
}

/// The connections, to be changed.
#[component]
pub fn LinkEditor(links: RwSignal<Vec<ArticleLink>>) -> impl IntoView {
    let picking = RwSignal::new(false);
    let kind = RwSignal::new(LinkKind::Amends.slug().to_owned());
    let (from, title) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let add = move |article: Option<String>, title: String| {
        let kind = kind.get_untracked();
        let kind = LinkKind::WRITTEN.into_iter().find(|one| one.slug() == kind).unwrap_or(LinkKind::Amends);
        let link = ArticleLink { kind, article, title, from: terms::read_day(&from.get_untracked()) };
        links.update(|links| {
            if !links.contains(&link) {
                links.push(link);
            }
        });
        from.set(String::new());
    };
    let add_named = move |()| {
        let named = title.get_untracked().trim().to_owned();
        title.set(String::new());
        add(None, named);
    };
    let row = move |link: ArticleLink| {
        let gone = link.clone();
        view! {
            <li class="row" data-testid=testids::DRAFT_LINK data-kind=link.kind.slug()>
                {line(&link)}
                <IconButton small=true icon="cross" label=t!(draft.link_remove) on_press=move |()| links.update(|links| links.retain(|one| *one != gone)) />
            </li>
        }
    };
    view! {
        <section class="card stack">
            <h2>{t!(draft.links)}</h2>
            <ul class="plain"><For each=move || links.get() key=content_key let(link)>{row(link)}</For></ul>
            <div class="pair">
                <Pick label=t!(draft.link_kind) value=kind testid=testids::DRAFT_LINK_KIND options=Signal::derive(|| LinkKind::WRITTEN.into_iter().map(|kind| (kind.slug().to_owned(), terms::link(kind))).collect()) />
                <Field label=t!(draft.link_from) value=from example="01/07/2025" testid=testids::DRAFT_LINK_FROM most=20 />
            </div>
            <div class="row wrap"><Button label=t!(draft.link_pick) icon="book" testid=testids::DRAFT_LINK_PICK on_press=move |()| picking.set(true) /></div>
            <div class="pair">
                <Field label=t!(draft.link_title) value=title testid=testids::DRAFT_LINK_TITLE most=TITLE_CHARS_MAX />
                <Button label=t!(draft.link_add) testid=testids::DRAFT_LINK_ADD disabled=Signal::derive(move || title.with(|title| title.trim().is_empty())) on_press=add_named />
            </div>
        </section>
        <ArticlePicker open=picking on_pick=move |hit: Hit| add(Some(hit.id.clone()), if hit.citation.is_empty() { hit.title.clone() } else { hit.citation.clone() }) />
    }
    .into_any()
}
