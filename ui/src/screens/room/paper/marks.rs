//! The dry marks of a page: highlights and ink as one drawing in points, notes as pins with what they say.

use api::act::{Audience, EraseAnnotation, ShareAnnotation};
use api::view::AnnotationView;
use domain::annotation::Mark;
use leptos::prelude::*;
use ui::format;
use ui::ink::stroke;
use ui::testids;
use ui::textmarks::HUNDREDTHS;

use super::tools::{Tool, css};
use super::view::{Pending, use_view};
use crate::components::{Button, ErrorLine, Icon, IconButton, Kind, content_key};
use crate::doing::Doing;
use crate::{say, t};

fn points(hundredths: i32) -> f64 {
    f64::from(hundredths) / HUNDREDTHS
}

/// What a mark draws; notes draw nothing here.
fn shapes(mark: &Mark, colour: u32) -> AnyView {
    match mark {
        Mark::Ink { points: path, width } => view! { <path class="ink" d=stroke::path(path) stroke=css(colour) stroke-width=f64::from(*width) / HUNDREDTHS /> }.into_any(),
        Mark::Highlight { quads, .. } => quads.iter().map(|quad| view! { <rect class="highlight" x=points(quad.x) y=points(quad.y) width=points(quad.w) height=points(quad.h) rx="1" fill=css(colour) /> }).collect_view().into_any(),
        Mark::Note { .. } => ().into_any(),
    }
}

/// All marks of a page.
#[component]
pub fn Marks(index: usize) -> impl IntoView {
    let view = use_view();
    let here = view.room;
    let size = Memo::new(move |_| view.sizes.with(|sizes| sizes.get(index).copied().unwrap_or((1.0, 1.0))));
    let marks = Memo::new(move |_| {
        let authors = here.authors.get();
        here.marks.with(|marks| {
            marks
                .into_iter()
                .flatten()
                .filter(|mark| {
                    mark.annotation.version == view.version && mark.annotation.page as usize == index && authors.show(mark)
                })
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let drawn = Memo::new(move |_| {
        marks.with(|marks| {
            marks.iter().filter(|mark| !matches!(mark.annotation.mark, Mark::Note { .. })).cloned().collect::<Vec<_>>()
        })
    });
    let pins = Memo::new(move |_| {
        marks.with(|marks| {
            marks.iter().filter(|mark| matches!(mark.annotation.mark, Mark::Note { .. })).cloned().collect::<Vec<_>>()
        })
    });
    let pending = Memo::new(move |_| {
        view.pending.with(|pending| pending.iter().filter(|one| one.page == index).cloned().collect::<Vec<Pending>>())
    });
    view! {
        <svg class="marks" viewBox=move || { let (width, height) = size.get(); format!("0 0 {width} {height}") } preserveAspectRatio="none" aria-hidden="true" data-testid=testids::MARKS>
            <For each=move || drawn.get() key=content_key let(mark)><Drawn mark=mark /></For>
            <For each=move || pending.get() key=|one| (one.key, one.failed) let(one)>
                <g class:failed=one.failed>{shapes(&one.mark, one.colour)}</g>
            </For>
        </svg>
        <For each=move || pins.get() key=content_key let(mark)><Pin mark=mark size=size /></For>
    }
    .into_any()
}

#[component]
fn Drawn(mark: AnnotationView) -> impl IntoView {
    let view = use_view();
    let id = mark.annotation.id;
    let mine = mark.mine;
    let shared = mark.audience == Audience::Shared;
    let doing = Doing::new();
    let erase = move || {
        if mine && view.tools.tool.get_untracked() == Tool::Eraser {
            doing.run(EraseAnnotation { meeting: view.room.meeting, annotation: id }, move |()| view.room.marks.refetch());
        }
    };
    Effect::new(move |_| {
        if let Some(error) = doing.error() {
            view.app.complain(&error);
        }
    });
    view! {
        <g class:mine=mine class:shared=shared data-testid=testids::MARK data-audience=if shared { "shared" } else { "private" }
            on:pointerdown=move |_| erase()
            on:pointerenter=move |event| {
                if event.buttons() & 1 == 1 {
                    erase();
                }
            }>
            {shapes(&mark.annotation.mark, mark.annotation.colour)}
        </g>
    }
    .into_any()
}

/// A note: a pin, and its text in a small card when it is open.
#[component]
fn Pin(mark: AnnotationView, size: Memo<(f32, f32)>) -> impl IntoView {
    let view = use_view();
    let AnnotationView { annotation, author_name, mine, audience, .. } = mark;
    let id = annotation.id;
    let (at, text) = match annotation.mark {
        Mark::Note { at, text } => (at, text),
        Mark::Ink { .. } | Mark::Highlight { .. } => return ().into_any(),
    };
    let shared = audience == Audience::Shared;
    let open = Memo::new(move |_| view.opened.get() == Some(id));
    let doing = Doing::new();
    let left = move || format!("{:.2}%", (points(at.x) / f64::from(size.get().0)).clamp(0.0, 1.0) * 100.0);
    let top = move || format!("{:.2}%", (points(at.y) / f64::from(size.get().1)).clamp(0.0, 1.0) * 100.0);
    let mirrored = move || points(at.x) > f64::from(size.get().0) / 2.0;
    let author = StoredValue::new(author_name);
    let who = move || {
        if mine { say!(notes.me) } else { author.get_value() }
    };
    let text = StoredValue::new(text);
    view! {
        <div class="pinplace" style:left=left style:top=top on:keydown=move |event| if event.key() == "Escape" { view.opened.set(None); }>
            <button type="button" class="pin" class:shared=shared style:background=css(annotation.colour) data-testid=testids::PIN data-audience=if shared { "shared" } else { "private" }
                aria-expanded=move || open.get().to_string() aria-label=move || say!(note.by, name = who(), text = text.get_value())
                on:click=move |_| {
                    if view.tools.tool.get_untracked() == Tool::Eraser && mine {
                        doing.run(EraseAnnotation { meeting: view.room.meeting, annotation: id }, move |()| view.room.marks.refetch());
                    } else {
                        view.opened.set((!open.get_untracked()).then_some(id));
                    }
                }>
                {if mine && !shared { view! { <Icon name="lock" /> }.into_any() } else if mine { view! { <Icon name="note" /> }.into_any() } else { view! { <span>{format::initials(&author.get_value())}</span> }.into_any() }}
            </button>
            <Show when=move || open.get()>
                <div class="popover card" class:mirrored=mirrored role="dialog" aria-label=t!(room.notes) data-testid=testids::PIN_TEXT>
                    <div class="row"><small class="grow"><b>{who}</b>" · "{format::short_moment(annotation.made_at, view.app.now.get_untracked())}</small><IconButton small=true icon="cross" label=t!(common.close) on_press=move |()| view.opened.set(None) /></div>
                    <p>{text.get_value()}</p>
                    <div class="row wrap">
                        <small class="audience row grow" data-audience=if shared { "shared" } else { "private" }>{if shared { view! { <Icon name="users" /> }.into_any() } else { view! { <Icon name="lock" /> }.into_any() }}{move || if shared { say!(audience.shared) } else { say!(audience.private) }}</small>
                        <Show when=move || mine>
                            <Button kind=Kind::Quiet label=move || if shared { say!(notes.take_back) } else { say!(notes.share) } testid=testids::PIN_SHARE busy=Signal::derive(move || doing.busy())
                                on_press=move |()| doing.run(ShareAnnotation { meeting: view.room.meeting, annotation: id, audience: if shared { Audience::Private } else { Audience::Shared } }, move |()| view.room.marks.refetch()) />
                            <IconButton small=true icon="trash" label=t!(notes.erase) testid=testids::PIN_ERASE on_press=move |()| doing.run(EraseAnnotation { meeting: view.room.meeting, annotation: id }, move |()| view.room.marks.refetch()) />
                        </Show>
                    </div>
                    <ErrorLine doing=doing />
                </div>
            </Show>
        </div>
    }
    .into_any()
}
