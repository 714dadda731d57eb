//! First run: make an organisation, join one, or try the demonstration.

use api::act::{ConfirmWords, CreateOrganisation, Does, JoinOrganisation, TryDemo};
use api::error::ApiError;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::testids;

use crate::app::{App, sentence, use_app};
use crate::components::{Button, Choices, ErrorLine, Field, Icon, Kind};
use crate::doing::Doing;
use crate::lang::{self, Locale};
use crate::{say, t};

/// A passphrase has at least so many characters.
pub const PASSPHRASE_CHARS_MIN: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Choose,
    Create,
    Join,
    Demo,
}

/// The product's sign and name.
#[component]
pub fn Brand() -> impl IntoView {
    view! { <div class="brand"><i aria-hidden="true"></i>"Kỳ Họp"</div> }
}

/// The languages, each in its own words.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let app = use_app();
    let button = move |locale: Locale, name: &'static str| {
        let code = lang::code(locale);
        view! {
            <button type="button" class="b quiet" lang=code aria-pressed=move || (lang::current() == locale).to_string() data-testid=format!("{}-{code}", testids::LANGUAGE) on:click=move |_| app.preferences.choose_language(locale)>
                {name}
            </button>
        }
    };
    view! { <div class="row languages" role="group" aria-label=t!(settings.language)>{button(Locale::vi, "Tiếng Việt")}{button(Locale::en, "English")}</div> }
}

/// The first screen of all.
#[component]
pub fn FirstRun() -> impl IntoView {
    let step = RwSignal::new(Step::Choose);
    view! {
        <main class="centre" data-testid=testids::FIRST_RUN>
            {move || match step.get() {
                Step::Choose => view! { <Welcome step=step /> }.into_any(),
                Step::Create => view! { <Create step=step /> }.into_any(),
                Step::Join => view! { <Join step=step /> }.into_any(),
                Step::Demo => view! { <Demo step=step /> }.into_any(),
            }}
        </main>
    }
    .into_any()
}

#[component]
fn Welcome(step: RwSignal<Step>) -> impl IntoView {
    let way = move |to: Step, icon: &'static str, testid: &'static str, title: TextProp, text: TextProp| {
        view! {
            <button type="button" class="way" data-testid=testid on:click=move |_| step.set(to)>
                <Icon name=icon />
                <span><b>{move || title.get()}</b><small>{move || text.get()}</small></span>
                <Icon name="right" />
            </button>
        }
    };
    view! {
        <section class="card door wide">
            <Brand />
            <h1 class="big">{t!(first.title)}</h1>
            <p class="lead">{t!(first.text)}</p>
            <div class="stack">
                {way(Step::Join, "users", testids::FIRST_JOIN, t!(first.join).into(), t!(first.join_text).into())}
                {way(Step::Create, "plus", testids::FIRST_CREATE, t!(first.create).into(), t!(first.create_text).into())}
                {way(Step::Demo, "play", testids::FIRST_DEMO, t!(first.demo).into(), t!(first.demo_text).into())}
            </div>
            <LanguageSwitch />
        </section>
    }
    .into_any()
}

/// Makes the profile; the form stays until all of it is there.
fn make<A: Does + 'static>(app: App, doing: Doing, act: A) {
    app.making.set(true);
    doing.run(act, move |_| {
        app.making.set(false);
        app.status.refetch();
    });
}

/// The passphrase twice, checked here so that a slip is told at once.
#[derive(Clone, Copy)]
pub struct Passphrase {
    first: RwSignal<String>,
    second: RwSignal<String>,
}

impl Passphrase {
    /// Nothing typed yet.
    pub fn new() -> Self {
        Self { first: RwSignal::new(String::new()), second: RwSignal::new(String::new()) }
    }

    /// What was typed.
    ///
    /// # Errors
    /// It is too short, or the two differ.
    pub fn taken(self) -> Result<String, ApiError> {
        let first = self.first.get_untracked();
        if first.chars().count() < PASSPHRASE_CHARS_MIN {
            return Err(ApiError::new("passphrase_too_short", "").with("least", PASSPHRASE_CHARS_MIN));
        }
        if first != self.second.get_untracked() {
            return Err(ApiError::new("passphrase_mismatch", ""));
        }
        Ok(first)
    }
}

/// The two fields.
#[component]
pub fn PassphraseFields(passphrase: Passphrase) -> impl IntoView {
    view! {
        <div class="pair">
            <Field label=t!(first.passphrase) value=passphrase.first kind="password" hint=t!(first.passphrase_hint) testid=testids::PASSPHRASE required=true complete="new-password" />
            <Field label=t!(first.passphrase_again) value=passphrase.second kind="password" testid=testids::PASSPHRASE_AGAIN required=true complete="new-password" />
        </div>
    }
}

#[component]
fn Steps(step: RwSignal<Step>, doing: Doing, #[prop(into)] verb: TextProp, testid: &'static str) -> impl IntoView {
    let app = use_app();
    view! {
        <ErrorLine doing=doing />
        <footer class="row end">
            <Button label=t!(common.back) icon="left" kind=Kind::Quiet testid=testids::FIRST_BACK on_press=move |()| {
                app.making.set(false);
                step.set(Step::Choose);
            } />
            <span class="grow"></span>
            <Button label=verb kind=Kind::Primary submit=true testid=testid busy=Signal::derive(move || doing.busy()) />
        </footer>
    }
}

#[component]
fn Create(step: RwSignal<Step>) -> impl IntoView {
    let app = use_app();
    let (organisation, unit, name, title) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let passphrase = Passphrase::new();
    let doing = Doing::new();
    let create = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match passphrase.taken() {
            Ok(passphrase) => make(
                app,
                doing,
                CreateOrganisation {
                    organisation: organisation.get_untracked(),
                    unit: unit.get_untracked(),
                    name: name.get_untracked(),
                    title: title.get_untracked(),
                    passphrase,
                },
            ),
            Err(error) => doing.fail(error),
        }
    };
    view! {
        <form class="card door wide" on:submit=create>
            <h1>{t!(first.create)}</h1>
            <p class="lead">{t!(create.text)}</p>
            <Field label=t!(create.organisation) value=organisation example=t!(create.organisation_example) testid=testids::CREATE_ORGANISATION required=true focus=true most=200 />
            <Field label=t!(create.unit) value=unit example=t!(create.unit_example) testid=testids::CREATE_UNIT required=true most=200 />
            <div class="pair">
                <Field label=t!(person.name) value=name testid=testids::PERSON_NAME required=true most=120 />
                <Field label=t!(person.title) value=title example=t!(person.title_example) testid=testids::PERSON_TITLE most=200 />
            </div>
            <PassphraseFields passphrase=passphrase />
            <Steps step=step doing=doing verb=t!(create.verb) testid=testids::CREATE_SUBMIT />
        </form>
    }
    .into_any()
}

#[component]
fn Join(step: RwSignal<Step>) -> impl IntoView {
    let app = use_app();
    let (way, address, invitation, name, title) = (
        RwSignal::new("lan".to_owned()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let passphrase = Passphrase::new();
    let doing = Doing::new();
    let join = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let typed = address.get_untracked().trim().to_owned();
        let peer = (way.get_untracked() == "address" && !typed.is_empty()).then_some(typed);
        match passphrase.taken() {
            Ok(passphrase) => {
                let shown = invitation.get_untracked();
                let invitation = (way.get_untracked() == "invitation").then_some(shown);
                let (name, title) = (name.get_untracked(), title.get_untracked());
                make(app, doing, JoinOrganisation { peer, name, title, passphrase, invitation })
            }
            Err(error) => doing.fail(error),
        }
    };
    view! {
        <form class="card door wide" on:submit=join>
            <h1>{t!(first.join)}</h1>
            <p class="lead">{t!(join.text)}</p>
            <Choices
                label=t!(join.way)
                name=testids::JOIN_WAY
                value=way
                options=Signal::derive(|| vec![("lan".to_owned(), say!(join.lan)), ("address".to_owned(), say!(join.by_address)), ("invitation".to_owned(), say!(join.by_invitation))])
                on_pick=move |picked| way.set(picked)
            />
            <Show when=move || way.get() == "address">
                <Field label=t!(join.address) value=address example=t!(join.address_example) hint=t!(join.address_hint) testid=testids::JOIN_ADDRESS required=true />
            </Show>
            <Show
                when=move || way.get() != "invitation"
                fallback=move || view! { <Field label=t!(join.invitation) value=invitation example="KYHOP1:…" hint=t!(join.invitation_hint) testid=testids::JOIN_INVITATION required=true most=8_000 /> }
            >
                <div class="pair">
                    <Field label=t!(person.name) value=name testid=testids::PERSON_NAME required=true focus=true most=120 />
                    <Field label=t!(person.title) value=title example=t!(person.title_example) testid=testids::PERSON_TITLE most=200 />
                </div>
            </Show>
            <PassphraseFields passphrase=passphrase />
            <Steps step=step doing=doing verb=t!(join.verb) testid=testids::JOIN_SUBMIT />
        </form>
    }
    .into_any()
}

#[component]
fn Demo(step: RwSignal<Step>) -> impl IntoView {
    let app = use_app();
    let passphrase = Passphrase::new();
    let doing = Doing::new();
    let start = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match passphrase.taken() {
            Ok(passphrase) => make(app, doing, TryDemo { passphrase }),
            Err(error) => doing.fail(error),
        }
    };
    view! {
        <form class="card door wide" on:submit=start>
            <h1>{t!(first.demo)}</h1>
            <p class="lead">{t!(first.demo_long)}</p>
            <PassphraseFields passphrase=passphrase />
            <Steps step=step doing=doing verb=t!(first.demo_verb) testid=testids::DEMO_SUBMIT />
        </form>
    }
    .into_any()
}

/// Six words, large enough to be read out across a table.
#[component]
pub fn SixWords(
    /// Separated by spaces.
    #[prop(into)]
    words: Signal<String>,
) -> impl IntoView {
    view! {
        <ol class="words" aria-label=t!(join.words_label) data-testid=testids::WORDS data-words=move || words.get()>
            {move || words.get().split_whitespace().map(|word| view! { <li>{word.to_owned()}</li> }).collect_view()}
        </ol>
    }
    .into_any()
}

/// After the request: find, compare, wait to be let in.
#[component]
pub fn JoinSteps() -> impl IntoView {
    let app = use_app();
    let join = app.status.part_or(|status| status.join.clone());
    let words = Memo::new(move |_| join.get().map(|join| join.words).unwrap_or_default());
    let refusal = Memo::new(move |_| join.get().and_then(|join| join.refusal));
    let stage = Memo::new(move |_| match join.get() {
        Some(join) if join.refused => "refused",
        Some(join) if join.enrolled => "enrolled",
        Some(join) if join.invited => "invited",
        Some(join) if join.confirmed => "waiting",
        Some(join) if !join.words.is_empty() => "compare",
        _ => "search",
    });
    let doing = Doing::new();
    let differ = RwSignal::new(false);
    view! {
        <main class="centre">
            <section class="card door wide" data-testid=testids::JOIN_STEPS data-stage=move || stage.get()>
                <Brand />
                {move || match stage.get() {
                    "refused" => view! {
                        <h1>{t!(join.refused)}</h1>
                        <p class="lead" data-testid=testids::JOIN_REFUSAL>{move || match refusal.get() {
                            Some(code) => sentence(&ApiError::new(&code, "")),
                            None => say!(join.refused_text),
                        }}</p>
                    }.into_any(),
                    "enrolled" => view! {
                        <h1>{t!(join.enrolled)}</h1>
                        <p class="lead row"><i class="spin" aria-hidden="true"></i>{t!(join.enrolled_text)}</p>
                    }.into_any(),
                    "invited" => view! {
                        <h1>{t!(join.waiting)}</h1>
                        <p class="lead">{t!(join.invited_text)}</p>
                        {move || refusal.get().map(|code| view! { <p class="errorline" role="alert"><Icon name="warn" /><span>{sentence(&ApiError::new(&code, ""))}</span></p> })}
                        <p class="row quiet"><i class="spin" aria-hidden="true"></i>{t!(join.search_hint)}</p>
                    }.into_any(),
                    "waiting" => view! {
                        <h1>{t!(join.waiting)}</h1>
                        <p class="lead">{t!(join.waiting_text)}</p>
                        <SixWords words=words />
                        <p class="row quiet"><i class="spin" aria-hidden="true"></i>{t!(join.waiting_hint)}</p>
                    }.into_any(),
                    "compare" => view! {
                        <h1>{t!(join.compare)}</h1>
                        <p class="lead">{move || say!(join.compare_text, organisation = join.get().map(|join| join.organisation).unwrap_or_default())}</p>
                        <SixWords words=words />
                        <ErrorLine doing=doing />
                        {move || differ.get().then(|| view! { <p class="errorline" role="alert"><Icon name="warn" /><span>{t!(join.differ_text)}</span></p> })}
                        <footer class="row end">
                            <Button label=t!(join.differ) testid=testids::JOIN_DIFFER on_press=move |()| differ.set(true) />
                            <Button label=t!(join.same) kind=Kind::Primary icon="check" testid=testids::JOIN_CONFIRM busy=Signal::derive(move || doing.busy())
                                on_press=move |()| doing.run(ConfirmWords {}, move |_| app.status.refetch()) />
                        </footer>
                    }.into_any(),
                    _ => view! {
                        <h1>{t!(join.search)}</h1>
                        <p class="lead">{t!(join.search_text)}</p>
                        <p class="row quiet"><i class="spin" aria-hidden="true"></i>{t!(join.search_hint)}</p>
                    }.into_any(),
                }}
                <LanguageSwitch />
            </section>
        </main>
    }
    .into_any()
}
