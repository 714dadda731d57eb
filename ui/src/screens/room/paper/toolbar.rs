//! The bar above the pages. For whom marks are made is its first, tinted and labelled button: there is no hidden mode.

use api::act::Audience;
use leptos::prelude::*;
use ui::pages::Zoom;
use ui::testids;

use super::tools::{MARKER_COLOURS, PEN_COLOURS, Tool, css};
use super::view::use_view;
use crate::components::{Button, Icon, IconButton, Kind, Pick};
use crate::{say, t};

/// The bar.
#[component]
pub fn Toolbar() -> impl IntoView {
    let view = use_view();
    let tools = view.tools;
    let shared = Memo::new(move |_| tools.audience.get() == Audience::Shared);
    let tool = move |tool: Tool, icon: &'static str, testid: &'static str, label: fn() -> String| {
        let pressed = Signal::derive(move || tools.tool.get() == tool);
        view! {
            <IconButton icon=icon testid=testid label=label pressed=pressed on_press=move |()| {
                // With text selected, the marker marks it and is put down again.
                if tool == Tool::Highlight && tools.tool.get_untracked() != Tool::Highlight && view.mark_selection() {
                    return;
                }
                tools.tool.set(if pressed.get_untracked() { Tool::None } else { tool });
            } />
        }
    };
    view! {
        <div class="tools" role="toolbar" aria-label=t!(tool.label) data-audience=move || if shared.get() { "shared" } else { "private" } data-active=move || (tools.tool.get() != Tool::None).to_string()>
            {view.paper.map(|_| view! {
                <button type="button" class="b layer" data-testid=testids::AUDIENCE data-audience=move || if shared.get() { "shared" } else { "private" }
                    title=move || if shared.get() { say!(audience.shared_text) } else { say!(audience.private_text) }
                    aria-label=move || if shared.get() { say!(audience.shared_text) } else { say!(audience.private_text) }
                    on:click=move |_| tools.audience.set(if shared.get_untracked() { Audience::Private } else { Audience::Shared })>
                    {move || if shared.get() { view! { <Icon name="users" /> }.into_any() } else { view! { <Icon name="lock" /> }.into_any() }}
                    <span>{move || if shared.get() { say!(audience.shared) } else { say!(audience.private) }}</span>
                </button>
                <i class="sep"></i>
                {tool(Tool::None, "hand", testids::TOOL_NONE, || say!(tool.none))}
                {tool(Tool::Highlight, "mark", testids::TOOL_HIGHLIGHT, || say!(tool.highlight))}
                {tool(Tool::Pen, "pen", testids::TOOL_PEN, || say!(tool.pen))}
                {tool(Tool::Note, "note", testids::TOOL_NOTE, || say!(tool.note))}
                {tool(Tool::Eraser, "eraser", testids::TOOL_ERASER, || say!(tool.eraser))}
                <i class="sep"></i>
            })}
            <IconButton icon="find" label=t!(find.open) testid=testids::FIND pressed=Signal::derive(move || view.find.open.get()) on_press=move |()| view.open_find() />
            <span class="grow"></span>
            <IconButton icon="minus" label=t!(zoom.out) testid=testids::ZOOM_OUT on_press=move |()| view.step(false) />
            <button type="button" class="b quiet num zoom" title=t!(zoom.fit) aria-label=move || say!(zoom.now, percent = view.percent.get().round()) data-testid=testids::ZOOM_FIT on:click=move |_| view.zoom.set(Zoom::FitWidth)>
                {move || format!("{}%", view.percent.get().round())}
            </button>
            <IconButton icon="plus" label=t!(zoom.in_) testid=testids::ZOOM_IN on_press=move |()| view.step(true) />
            <i class="sep"></i>
            <PageNumber />
        </div>
        <Below />
    }
    .into_any()
}

#[component]
fn PageNumber() -> impl IntoView {
    let view = use_view();
    let count = Memo::new(move |_| view.sizes.with(|sizes| sizes.len()));
    let field = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| {
        let page = (view.current.get() + 1).to_string();
        if let Some(field) = field.get() {
            let typing = document().active_element().is_some_and(|active| active.is_same_node(Some(&field)));
            if !typing {
                field.set_value(&page);
            }
        }
    });
    let go = move || {
        if let Some(field) = field.get_untracked()
            && let Ok(page) = field.value().trim().parse::<usize>()
        {
            view.go_to(page.clamp(1, count.get_untracked().max(1)) - 1);
        }
    };
    view! {
        <label class="pagenumber num">
            <input node_ref=field type="text" inputmode="numeric" value="1" maxlength="5" data-testid=testids::PAGE_NUMBER aria-label=move || say!(paper.page_of, total = count.get())
                on:change=move |_| go()
                on:keydown=move |event| {
                    if event.key() == "Enter" && !event.is_composing() {
                        event.prevent_default();
                        go();
                    }
                }
                on:blur=move |_| {
                    if let Some(field) = field.get_untracked() {
                        field.set_value(&(view.current.get_untracked() + 1).to_string());
                    }
                } />
            <span data-testid=testids::PAGE_COUNT>"/ "{move || count.get()}</span>
        </label>
    }
    .into_any()
}

/// A second, slim bar: who learns that the paper was opened, or what the tool does; colours, the version, what could not be saved.
#[component]
fn Below() -> impl IntoView {
    let view = use_view();
    let tools = view.tools;
    let here = view.room;
    let paper = here.paper();
    let newest = Memo::new(move |_| {
        paper.with(|paper| paper.as_ref().and_then(|paper| paper.versions.first().map(|version| version.version)))
    });
    let several = Memo::new(move |_| {
        view.paper.is_some() && paper.with(|paper| paper.as_ref().is_some_and(|paper| paper.versions.len() > 1))
    });
    let failed = Memo::new(move |_| view.pending.with(|pending| pending.iter().filter(|one| one.failed).count()));
    let palette = Memo::new(move |_| match tools.tool.get() {
        Tool::Pen | Tool::Note => Some((PEN_COLOURS, tools.pen)),
        Tool::Highlight => Some((MARKER_COLOURS, tools.marker)),
        Tool::None | Tool::Eraser => None,
    });
    let version = RwSignal::new(view.version.to_string());
    let hint = move || match tools.tool.get() {
        Tool::Highlight => say!(tool.highlight_hint),
        Tool::Pen => say!(tool.pen_hint),
        Tool::Note => say!(tool.note_hint),
        Tool::Eraser => say!(tool.eraser_hint),
        // Who opens a paper is told who learns of it.
        Tool::None if view.paper.is_some() => say!(paper.told),
        Tool::None => String::new(),
    };
    view! {
        <Show when=move || view.paper.is_some() || failed.get() != 0>
            <div class="below" data-audience=move || if tools.audience.get() == Audience::Shared { "shared" } else { "private" } data-active=move || (tools.tool.get() != Tool::None).to_string()>
                {move || palette.get().map(|(colours, chosen)| view! {
                    <span class="palette" role="radiogroup" aria-label=t!(tool.colour)>
                        {colours.map(|colour| view! {
                            <button type="button" role="radio" class="colour" style:background=css(colour) aria-checked=move || (chosen.get() == colour).to_string() aria-label=css(colour) on:click=move |_| chosen.set(colour)></button>
                        })}
                    </span>
                })}
                <small class="grow ell" data-testid=testids::TOLD title=hint>{hint}</small>
                <Show when=move || failed.get() != 0>
                    <Button label=move || say!(tool.failed, count = failed.get()) icon="refresh" kind=Kind::Danger testid=testids::MARKS_RETRY on_press=move |()| view.save_failed() />
                </Show>
                <Show when=move || several.get()>
                    <Pick bare=true label=t!(paper.version) value=version testid=testids::VERSION on_pick=move |picked: String| here.older.set(picked.parse().ok().filter(|picked| Some(*picked) != newest.get_untracked()))
                        options=Signal::derive(move || paper.with(|paper| paper.as_ref().map(|paper| paper.versions.iter().enumerate().map(|(at, version)| {
                            (version.version.to_string(), if at == 0 { say!(paper.version_newest, number = version.number) } else { say!(paper.version_older, number = version.number) })
                        }).collect::<Vec<_>>())).unwrap_or_default()) />
                </Show>
            </div>
        </Show>
    }
    .into_any()
}
