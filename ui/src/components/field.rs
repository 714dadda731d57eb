//! Fields of forms. A field's text belongs to its element: it is written from outside only when it differs, since writing
//! into a field that is being typed into doubles letters under Vietnamese input methods.

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::testids;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::say;

/// What the browser finds wrong with a field when its form is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// It is empty.
    Missing,
    /// Not a number, or not a whole one.
    Malformed,
}

/// Takes the place of the browser's own bubble, which speaks the language of the system, not of the window.
fn refuse(event: &web_sys::Event, wrong: RwSignal<Option<Wrong>>) {
    event.prevent_default();
    let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let empty = field.matches(":placeholder-shown").unwrap_or(false)
        || js_sys::Reflect::get(&field, &"value".into())
            .is_ok_and(|value| value.as_string().is_none_or(|value| value.is_empty()));
    let unreadable = field.matches("[type=number]").unwrap_or(false);
    wrong.set(Some(if empty && !unreadable { Wrong::Missing } else { Wrong::Malformed }));
    let first = field
        .closest("form")
        .ok()
        .flatten()
        .and_then(|form| form.query_selector("input:invalid, textarea:invalid").ok().flatten());
    if first.is_some_and(|first| first.is_same_node(Some(&field))) {
        let _ = field.focus();
    }
}

#[component]
fn WrongLine(wrong: RwSignal<Option<Wrong>>) -> impl IntoView {
    move || {
        wrong.get().map(|wrong| {
            view! {
                <small class="wrong" role="alert" data-testid=testids::FIELD_WRONG>
                    {match wrong {
                        Wrong::Missing => say!(field.missing),
                        Wrong::Malformed => say!(field.malformed),
                    }}
                </small>
            }
        })
    }
}

/// A labelled line of text, password, date, time or number.
#[component]
pub fn Field(
    /// What belongs here.
    #[prop(into)]
    label: TextProp,
    /// The text.
    value: RwSignal<String>,
    /// The element's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// Help below the field.
    #[prop(optional, into)]
    hint: Option<TextProp>,
    /// An example inside the empty field.
    #[prop(optional, into)]
    example: Option<TextProp>,
    /// Its name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
    /// Has the focus when it appears.
    #[prop(optional)]
    focus: bool,
    /// Limit of characters.
    #[prop(default = 1_000)]
    most: usize,
    /// What a password manager may fill in.
    #[prop(default = "off")]
    complete: &'static str,
    /// Its label is only for screen readers.
    #[prop(optional)]
    bare: bool,
    /// Texts that are offered while one is typed.
    #[prop(optional, into)]
    suggestions: Option<Signal<Vec<String>>>,
) -> impl IntoView {
    let element = NodeRef::<html::Input>::new();
    let list = suggestions.map(|_| format!("{testid}-offered"));
    let wrong = RwSignal::new(None);
    Effect::new(move |_| {
        let value = value.get();
        if let Some(element) = element.get()
            && element.value() != value
        {
            element.set_value(&value);
        }
    });
    if focus {
        Effect::new(move |_| {
            if let Some(element) = element.get() {
                request_animation_frame(move || {
                    let _ = element.focus();
                });
            }
        });
    }
    view! {
        <label class="field" class:bare=bare>
            <span class="label">{move || label.get()}{required.then(|| view! { <i class="must" aria-hidden="true">" *"</i> })}</span>
            <input
                node_ref=element
                type=kind
                data-testid=testid
                required=required
                maxlength=most
                autocomplete=complete
                list=list.clone()
                spellcheck="false"
                placeholder=example.map(|example| move || example.get())
                aria-invalid=move || wrong.get().map(|_| "true")
                on:invalid=move |event| refuse(&event, wrong)
                on:input=move |event| {
                    if wrong.get_untracked().is_some() {
                        wrong.set(None);
                    }
                    value.set(event_target_value(&event));
                }
            />
            {suggestions.map(|texts| view! { <datalist id=list.clone()>{move || texts.get().into_iter().map(|text| view! { <option value=text></option> }).collect_view()}</datalist> })}
            <WrongLine wrong=wrong />
            {hint.map(|hint| view! { <small class="hint">{move || hint.get()}</small> })}
        </label>
    }
    .into_any()
}

/// A labelled text of several lines.
#[component]
pub fn Area(
    /// What belongs here.
    #[prop(into)]
    label: TextProp,
    /// The text.
    value: RwSignal<String>,
    /// Help below the field.
    #[prop(optional, into)]
    hint: Option<TextProp>,
    /// Its name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// Lines shown.
    #[prop(default = 4)]
    rows: u32,
    /// Has the focus when it appears.
    #[prop(optional)]
    focus: bool,
    /// Limit of characters.
    #[prop(default = 10_000)]
    most: usize,
) -> impl IntoView {
    let element = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        let value = value.get();
        if let Some(element) = element.get()
            && element.value() != value
        {
            element.set_value(&value);
        }
    });
    if focus {
        Effect::new(move |_| {
            if let Some(element) = element.get() {
                request_animation_frame(move || {
                    let _ = element.focus();
                });
            }
        });
    }
    view! {
        <label class="field">
            <span class="label">{move || label.get()}</span>
            <textarea node_ref=element data-testid=testid rows=rows maxlength=most on:input=move |event| value.set(event_target_value(&event))></textarea>
            {hint.map(|hint| view! { <small class="hint">{move || hint.get()}</small> })}
        </label>
    }
    .into_any()
}

/// A labelled native select.
#[component]
pub fn Pick(
    /// What is chosen.
    #[prop(into)]
    label: TextProp,
    /// The chosen option's value.
    value: RwSignal<String>,
    /// Values and texts.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Its name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// Its label is only for screen readers.
    #[prop(optional)]
    bare: bool,
    /// Told of a choice by the person.
    #[prop(optional, into)]
    on_pick: Option<Callback<String>>,
) -> impl IntoView {
    view! {
        <label class="field" class:bare=bare>
            <span class="label">{move || label.get()}</span>
            <select
                data-testid=testid
                on:change=move |event| {
                    let picked = event_target_value(&event);
                    value.set(picked.clone());
                    if let Some(on_pick) = on_pick {
                        on_pick.run(picked);
                    }
                }
            >
                {move || {
                    let chosen = value.get();
                    options.get().into_iter().map(|(id, text)| {
                        let selected = id == chosen;
                        view! { <option value=id selected=selected>{text}</option> }
                    }).collect_view()
                }}
            </select>
        </label>
    }
    .into_any()
}

/// A labelled box to tick.
#[component]
pub fn Check(
    /// What it means.
    #[prop(into)]
    label: TextProp,
    /// Ticked or not.
    value: RwSignal<bool>,
    /// Its name for tests.
    #[prop(optional)]
    testid: &'static str,
) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" data-testid=testid prop:checked=move || value.get() on:change=move |event| value.set(event_target_checked(&event)) />
            <span>{move || label.get()}</span>
        </label>
    }
    .into_any()
}

/// A few exclusive choices side by side, as radio buttons.
#[component]
pub fn Choices(
    /// What is chosen.
    #[prop(into)]
    label: TextProp,
    /// Groups the buttons.
    name: &'static str,
    /// The chosen one.
    #[prop(into)]
    value: Signal<String>,
    /// Values and texts.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Told of a choice.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>{move || label.get()}</legend>
            <div class="row wrap">
                {move || options.get().into_iter().map(|(id, text)| {
                    let testid = format!("{name}-{id}");
                    let (is, picked) = (id.clone(), id.clone());
                    view! {
                        <label class="pill">
                            <input type="radio" name=name value=id data-testid=testid prop:checked=move || value.get() == is on:change=move |_| on_pick.run(picked.clone()) />
                            <span>{text}</span>
                        </label>
                    }
                }).collect_view()}
            </div>
        </fieldset>
    }
    .into_any()
}
