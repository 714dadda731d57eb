//! Finding a text on the pages: the bar, the search, and the places on a page.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::query::PageText;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::find::{HITS_MAX, Hit, PageWords, WANTED_CHARS_MAX};
use ui::testids;

use super::view::{View, use_view};
use crate::backend::backend;
use crate::components::IconButton;
use crate::{say, t};

/// The search in one file.
#[derive(Clone, Copy)]
pub struct Find {
    /// The bar is shown.
    pub open: RwSignal<bool>,
    wanted: RwSignal<String>,
    pages: RwSignal<BTreeMap<usize, Arc<PageWords>>>,
    /// Pages whose text could not be read.
    unread: RwSignal<usize>,
    started: StoredValue<bool>,
    /// All places, in order.
    hits: Memo<Arc<Vec<Hit>>>,
    /// The place shown.
    at: RwSignal<usize>,
}

impl Find {
    /// Nothing is looked for.
    pub fn new() -> Self {
        let (open, wanted, pages) = (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(BTreeMap::new()));
        let hits = Memo::new(move |_| {
            let mut hits = Vec::new();
            if open.get() {
                let wanted = wanted.get();
                pages.with(|pages: &BTreeMap<usize, Arc<PageWords>>| {
                    for (page, words) in pages {
                        hits.extend(words.find(*page, &wanted));
                    }
                });
                hits.truncate(HITS_MAX);
            }
            Arc::new(hits)
        });
        Self { open, wanted, pages, unread: RwSignal::new(0), started: StoredValue::new(false), hits, at: RwSignal::new(0) }
    }
}

impl View {
    /// Shows the bar, or brings the focus back to it.
    pub fn open_find(self) {
        self.find.open.set(true);
        if let Ok(Some(field)) = document().query_selector(&format!("[data-testid={}]", testids::FIND_TEXT)) {
            let field: web_sys::HtmlInputElement = wasm_bindgen::JsCast::unchecked_into(field);
            let _ = field.focus();
            field.select();
        }
        if !self.find.started.get_value() {
            self.find.started.set_value(true);
            spawn_local(self.read_pages());
        }
    }

    /// One page after the other, so that pages which are looked at do not wait.
    async fn read_pages(self) {
        let find = self.find;
        let Some(count) = self.sizes.try_with_untracked(|sizes| sizes.len()) else { return };
        for page in 0..count {
            let asked =
                PageText { meeting: self.room.meeting, version: self.version, page: u32::try_from(page).unwrap_or(u32::MAX) };
            let known = match backend().query(asked).await {
                Ok(text) => find.pages.try_update(|pages| pages.insert(page, Arc::new(PageWords::new(text.words)))).is_some(),
                Err(_) => find.unread.try_update(|unread| *unread += 1).is_some(),
            };
            if !known {
                return;
            }
        }
    }

    fn show_hit(self, at: usize) {
        let find = self.find;
        find.at.set(at);
        let hit = find.hits.with_untracked(|hits| hits.get(at).cloned());
        if let Some(hit) = hit {
            let top = hit.rects.first().map_or(0.0, |rect| f64::from(rect[1]));
            self.go_to_place(hit.page, top);
        }
    }

    fn step_hit(self, forward: bool) {
        let count = self.find.hits.with_untracked(|hits| hits.len());
        if count > 0 {
            let at = self.find.at.get_untracked().min(count - 1);
            self.show_hit(if forward { (at + 1) % count } else { (at + count - 1) % count });
        }
    }

    /// The first place on the page that is read, or after it.
    fn show_nearest(self) {
        let current = self.current.get_untracked();
        let at = self.find.hits.with_untracked(|hits| hits.iter().position(|hit| hit.page >= current).unwrap_or(0));
        self.show_hit(at);
    }
}

/// The bar.
#[component]
pub fn FindBar() -> impl IntoView {
    let view = use_view();
    let find = view.find;
    let field = NodeRef::<html::Input>::new();
    let reading = Memo::new(move |_| {
        let count = view.sizes.with(|sizes| sizes.len());
        find.started.get_value() && find.pages.with(BTreeMap::len) + find.unread.get() < count
    });
    let close = move |()| {
        find.open.set(false);
        find.wanted.set(String::new());
    };
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            request_animation_frame(move || {
                let _ = field.focus();
            });
        }
    });
    let typed = move || {
        if let Some(field) = field.get_untracked() {
            find.wanted.set(field.value());
            view.show_nearest();
        }
    };
    // The first place that turns up while pages are still being read is shown at once.
    Effect::new(move |before: Option<usize>| {
        let count = find.hits.with(|hits| hits.len());
        if before == Some(0) && count > 0 && find.pages.with_untracked(BTreeMap::len) > 1 {
            view.show_nearest();
        }
        count
    });
    let said = move || {
        let (count, at) = (find.hits.with(|hits| hits.len()), find.at.get());
        if find.wanted.with(|wanted| wanted.trim().is_empty()) {
            String::new()
        } else if count > 0 {
            say!(find.count, at = at.min(count - 1) + 1, count = count)
        } else if reading.get() {
            say!(find.reading)
        } else {
            say!(find.none)
        }
    };
    view! {
        <Show when=move || find.open.get()>
            <div class="below findbar" role="search">
                <input node_ref=field type="text" maxlength=WANTED_CHARS_MAX autocomplete="off" spellcheck="false"
                    placeholder=t!(find.label) aria-label=t!(find.label) data-testid=testids::FIND_TEXT
                    on:input=move |_| typed()
                    on:keydown=move |event| {
                        if event.is_composing() || event.key_code() == 229 {
                            return;
                        }
                        match event.key().as_str() {
                            "Enter" => {
                                event.prevent_default();
                                view.step_hit(!event.shift_key());
                            }
                            "Escape" => close(()),
                            _ => {}
                        }
                    } />
                <small class="num grow" role="status" data-testid=testids::FIND_COUNT data-count=move || find.hits.with(|hits| hits.len())>{said}</small>
                <IconButton small=true icon="up" label=t!(find.previous) testid=testids::FIND_PREVIOUS disabled=Signal::derive(move || find.hits.with(|hits| hits.is_empty())) on_press=move |()| view.step_hit(false) />
                <IconButton small=true icon="down" label=t!(find.next) testid=testids::FIND_NEXT disabled=Signal::derive(move || find.hits.with(|hits| hits.is_empty())) on_press=move |()| view.step_hit(true) />
                <IconButton small=true icon="cross" label=t!(common.close) on_press=close />
            </div>
        </Show>
    }
    .into_any()
}

/// The places on one page; the one that is shown stands out.
#[component]
pub fn Places(index: usize) -> impl IntoView {
    let view = use_view();
    let find = view.find;
    let here = Memo::new(move |_| {
        let now = find.at.get();
        find.hits.with(|hits| {
            hits.iter()
                .enumerate()
                .filter(|(_, hit)| hit.page == index)
                .map(|(at, hit)| (at == now, hit.clone()))
                .collect::<Vec<_>>()
        })
    });
    let size = Memo::new(move |_| view.sizes.with(|sizes| sizes.get(index).copied().unwrap_or((1.0, 1.0))));
    view! {
        <Show when=move || here.with(|here| !here.is_empty())>
            <svg class="marks places" viewBox=move || { let (width, height) = size.get(); format!("0 0 {width} {height}") } preserveAspectRatio="none" aria-hidden="true">
                {move || here.get().into_iter().map(|(now, hit)| view! {
                    <g class:now=now data-testid=testids::FIND_PLACE>
                        {hit.rects.into_iter().map(|[x, y, w, h]| view! { <rect x=x y=y width=w height=h rx="1.5" /> }).collect_view()}
                    </g>
                }).collect_view()}
            </svg>
        </Show>
    }
    .into_any()
}
