//! The tree of contents, opened node by node.

use api::handbook::{Contents, ContentsBy, ContentsNode};
use api::search::Validity;
use leptos::prelude::*;
use ui::route::{HandbookPlace, Route};
use ui::testids;

use super::BackToList;
use crate::app::sentence;
use crate::components::{Choices, Empty, Icon, Loading, content_key};
use crate::live::live;
use crate::{say, t, terms};

#[component]
fn Nodes(by: ContentsBy, under: Option<String>) -> impl IntoView {
    let nodes = live(move || Some(Contents { by, under: under.clone() }));
    let ready = nodes.part(Vec::len);
    let rows = nodes.part_or(Clone::clone);
    view! {
        {move || match (ready.get(), nodes.error()) {
            (Some(0), _) => view! { <Empty icon="book" title=t!(handbook.empty) text=t!(handbook.empty_text) /> }.into_any(),
            (Some(_), _) => ().into_any(),
            (None, Some(error)) => view! { <p class="errorline" role="alert" data-testid=testids::ERROR data-code=error.code.clone()>{sentence(&error)}</p> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <ul class="tree"><For each=move || rows.get() key=content_key let(node)><Node by=by node=node /></For></ul>
    }
    .into_any()
}

#[component]
fn Node(by: ContentsBy, node: ContentsNode) -> impl IntoView {
    let open = RwSignal::new(false);
    let validity = node.validity.filter(|validity| *validity != Validity::InForce);
    let badge = move || {
        validity.map(|validity| view! { <span class=terms::validity_class(validity)>{move || terms::validity(validity)}</span> })
    };
    let count = node.articles;
    let title = node.title.clone();
    let key = node.key.clone();
    view! {
        <li>
            {if node.opens {
                view! {
                    <button type="button" class="node" aria-expanded=move || open.get().to_string() data-testid=testids::CONTENTS_NODE on:click=move |_| open.update(|open| *open = !*open)>
                        <span class="turn" class:open=move || open.get()><Icon name="right" /></span>
                        <span class="grow">{title}</span>{badge()}<small class="num">{count}</small>
                    </button>
                }.into_any()
            } else {
                let route = node.article.clone().map(|article| Route::Handbook(HandbookPlace::Article(article)).fragment());
                view! { <a class="node leaf" href=route data-testid=testids::CONTENTS_LEAF><span class="grow">{title}</span>{badge()}</a> }.into_any()
            }}
            {move || open.get().then(|| view! { <Nodes by=by under=Some(key.clone()) /> })}
        </li>
    }
    .into_any()
}

/// The pane.
#[component]
pub fn ContentsTree() -> impl IntoView {
    let by = RwSignal::new("source".to_owned());
    view! {
        <header class="row"><BackToList /><h1 class="big grow">{t!(handbook.contents)}</h1></header>
        <Choices label=t!(contents.by) name=testids::CONTENTS_BY value=by options=Signal::derive(|| vec![("source".to_owned(), say!(contents.by_source)), ("field".to_owned(), say!(contents.by_field))]) on_pick=move |picked| by.set(picked) />
        {move || {
            let by = if by.get() == "field" { ContentsBy::Field } else { ContentsBy::Source };
            view! { <Nodes by=by under=None /> }
        }}
    }
    .into_any()
}
