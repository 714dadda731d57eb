//! Every mark on the paper that is shown, page by page: whose, for whom, and what can be done with it.

use api::act::{Audience, EraseAnnotation, ShareAnnotation};
use api::view::AnnotationView;
use domain::annotation::Mark;
use domain::id::{Hash32, PersonId};
use leptos::prelude::*;
use std::collections::BTreeMap;
use ui::format;
use ui::testids;

use super::{Authors, use_room};
use crate::app::use_app;
use crate::components::{Empty, ErrorPanel, Icon, IconButton, Pick, content_key};
use crate::doing::Doing;
use crate::{say, t, words};

/// Characters of a quote or a note shown in the list.
const EXCERPT_CHARS: usize = 240;

fn filter_slug(authors: Authors) -> String {
    match authors {
        Authors::All => "all".to_owned(),
        Authors::Mine => "mine".to_owned(),
        Authors::Shared => "shared".to_owned(),
        Authors::Nobody => "nobody".to_owned(),
        Authors::One(person) => person.to_string(),
    }
}

fn filter_of(slug: &str) -> Authors {
    match slug {
        "mine" => Authors::Mine,
        "shared" => Authors::Shared,
        "nobody" => Authors::Nobody,
        other => other.parse().map_or(Authors::All, Authors::One),
    }
}

/// The tab.
#[component]
pub fn Notes() -> impl IntoView {
    let here = use_room();
    let version = here.version();
    let shown_version = Memo::new(move |_| version.get().map(|version| version.version));
    let filter = RwSignal::new(filter_slug(here.authors.get_untracked()));
    let all = here.marks.part_or(Clone::clone);
    let authors = Memo::new(move |_| {
        all.with(|marks| {
            marks
                .iter()
                .filter(|mark| !mark.mine)
                .map(|mark| (mark.author, mark.author_name.clone()))
                .collect::<BTreeMap<PersonId, String>>()
        })
    });
    let sorted = move |here_version: bool| {
        Memo::new(move |_| {
            let version = shown_version.get();
            let authors = here.authors.get();
            let mut marks = all.with(|marks| {
                marks
                    .iter()
                    .filter(|mark| {
                        (Some(mark.annotation.version) == version) == here_version
                            && (authors == Authors::Nobody || authors.show(mark))
                    })
                    .cloned()
                    .collect::<Vec<_>>()
            });
            marks.sort_by_key(|mark| (mark.annotation.page, mark.annotation.made_at));
            marks
        })
    };
    let (present, elsewhere) = (sorted(true), sorted(false));
    view! {
        <section class="block">
            <Pick label=t!(notes.whose) value=filter testid=testids::AUTHORS on_pick=move |slug: String| here.authors.set(filter_of(&slug)) options=Signal::derive(move || {
                let mut options = vec![
                    ("all".to_owned(), say!(notes.all)),
                    ("mine".to_owned(), say!(notes.mine)),
                    ("shared".to_owned(), say!(notes.shared)),
                ];
                options.extend(authors.get().into_iter().map(|(id, name)| (id.to_string(), name)));
                options.push(("nobody".to_owned(), say!(notes.nobody)));
                options
            }) />
        </section>
        {move || here.marks.error().map(|error| view! { <ErrorPanel error=error retry=move |()| here.marks.refetch() /> })}
        <Show when=move || present.with(Vec::is_empty) && elsewhere.with(Vec::is_empty)>
            <Empty icon="note" title=t!(notes.none) text=t!(notes.none_text) />
        </Show>
        <ul class="plain notes" data-testid=testids::NOTES>
            <For each=move || present.get() key=content_key let(mark)><Note mark=mark number=None /></For>
        </ul>
        <Show when=move || elsewhere.with(|marks| !marks.is_empty())>
            <h3 class="lefthead">{t!(notes.elsewhere)}</h3>
            <ul class="plain notes">
                <For each=move || elsewhere.get() key=content_key let(mark)><Elsewhere mark=mark /></For>
            </ul>
        </Show>
    }
    .into_any()
}

/// A mark on another version: kept, and one tap away.
#[component]
fn Elsewhere(mark: AnnotationView) -> impl IntoView {
    let here = use_room();
    let version: Hash32 = mark.annotation.version;
    let number = here.paper().with(|paper| {
        paper.as_ref().and_then(|paper| paper.versions.iter().find(|row| row.version == version).map(|row| row.number))
    });
    view! { <Note mark=mark number=number /> }
}

#[component]
fn Note(mark: AnnotationView, number: Option<u32>) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let doing = Doing::new();
    let AnnotationView { annotation, author_name, mine, audience, .. } = mark;
    let (id, page, version) = (annotation.id, annotation.page, annotation.version);
    let (icon, text, quoted) = match &annotation.mark {
        Mark::Ink { .. } => ("pen", None, false),
        Mark::Highlight { quote, .. } => ("mark", Some(quote.clone()), true),
        Mark::Note { text, .. } => ("note", Some(text.clone()), false),
    };
    let text = text.filter(|text| !text.is_empty()).map(|text| words::shorten(&text, EXCERPT_CHARS));
    let shared = audience == Audience::Shared;
    let elsewhere = number.is_some();
    Effect::new(move |_| {
        if let Some(error) = doing.error() {
            app.complain(&error);
        }
    });
    view! {
        <li class="markrow" class:shared=shared data-testid=testids::NOTE data-audience=if shared { "shared" } else { "private" } data-mine=mine.to_string()>
            <span class="swatch" style:background=format!("#{:06x}", annotation.colour & 0x00ff_ffff)><Icon name=icon /></span>
            <button type="button" class="grow go" data-testid=testids::NOTE_GO on:click=move |_| {
                if elsewhere {
                    here.older.set(Some(version));
                }
                here.go_to.set(Some(page as usize));
                here.pane.set("paper");
            }>
                <small class="num row">
                    {move || say!(paper.page, page = page + 1)}{number.map(|number| format!(" · {}", say!(paper.version_short, number = number)))}
                    " · "{if mine { say!(notes.me) } else { author_name.clone() }}" · "{format::short_moment(annotation.made_at, app.now.get_untracked())}
                </small>
                {match text {
                    Some(text) if quoted => view! { <q>{text}</q> }.into_any(),
                    Some(text) => view! { <span>{text}</span> }.into_any(),
                    None => view! { <span class="quiet">{t!(notes.drawing)}</span> }.into_any(),
                }}
                <small class="audience row">{if shared { view! { <Icon name="users" /> }.into_any() } else { view! { <Icon name="lock" /> }.into_any() }}{move || if shared { say!(audience.shared) } else { say!(audience.private) }}</small>
            </button>
            <Show when=move || mine>
                <span class="row">
                    <IconButton small=true icon=if shared { "lock" } else { "share" } testid=testids::NOTE_SHARE disabled=Signal::derive(move || doing.busy())
                        label=move || if shared { say!(notes.take_back) } else { say!(notes.share) }
                        on_press=move |()| doing.run(ShareAnnotation { meeting: here.meeting, annotation: id, audience: if shared { Audience::Private } else { Audience::Shared } }, move |()| here.marks.refetch()) />
                    <IconButton small=true icon="trash" testid=testids::NOTE_ERASE label=t!(notes.erase) disabled=Signal::derive(move || doing.busy())
                        on_press=move |()| doing.run(EraseAnnotation { meeting: here.meeting, annotation: id }, move |()| here.marks.refetch()) />
                </span>
            </Show>
        </li>
    }
    .into_any()
}
