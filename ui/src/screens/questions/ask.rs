//! Asking: the form, and beside it what is like the question while it is written.

use api::error::ApiError;
use api::handbook::{ArticleView, FieldList};
use api::question::{Addressee, Ask as AskAct, QuestionScope, Units, Urgency};
use api::search::{Hit, SimilarQuestions, SimilarView, Validity};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::pace::Pace;
use ui::route::{QuestionPlace, Route};
use ui::testids;

use super::files::Files;
use crate::app::{clock, use_app};
use crate::backend::{Chosen, backend};
use crate::components::{Area, Button, ErrorLine, Field, Icon, IconButton, Kind, Pick, content_key};
use crate::doing::Doing;
use crate::finder::route_of;
use crate::live::live;
use crate::screens::search::{ArticlePicker, Marked};
use crate::{say, t, terms};

/// Of each kind that is shown beside the form.
const SIMILAR_SHOWN: u32 = 5;
/// Shorter texts are like everything.
const SIMILAR_CHARS_MIN: usize = 6;
/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 300;
/// Longest text, in characters.
const TEXT_CHARS_MAX: usize = 20_000;
/// The value of the addressee "the city".
const CITY: &str = "city";

/// What is being asked; stays while other screens are looked at.
#[derive(Clone, Copy)]
pub struct AskDraft {
    to: RwSignal<String>,
    field: RwSignal<String>,
    article: RwSignal<Option<(String, String)>>,
    title: RwSignal<String>,
    text: RwSignal<String>,
    urgency: RwSignal<String>,
    files: RwSignal<Vec<Chosen>>,
    confirmed: RwSignal<bool>,
}

impl AskDraft {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            to: RwSignal::new(CITY.to_owned()),
            field: RwSignal::new(String::new()),
            article: RwSignal::new(None),
            title: RwSignal::new(String::new()),
            text: RwSignal::new(String::new()),
            urgency: RwSignal::new(Urgency::Normal.slug().to_owned()),
            files: RwSignal::new(Vec::new()),
            confirmed: RwSignal::new(false),
        }
    }

    /// Begins about an article: its field and its unit.
    pub fn about(self, article: &ArticleView) {
        self.article.set(Some((article.article.clone(), article.title.clone())));
        self.field.set(article.field.clone());
        self.to.set(article.ask_unit.as_ref().map_or_else(|| CITY.to_owned(), |(unit, _)| unit.to_string()));
    }

    /// Begins with a text that was searched in vain.
    pub fn begin(self, title: String) {
        if self.title.with_untracked(String::is_empty) {
            self.title.set(title);
        }
    }

    fn clear(self) {
        self.to.set(CITY.to_owned());
        self.article.set(None);
        for text in [self.field, self.title, self.text] {
            text.set(String::new());
        }
        self.urgency.set(Urgency::Normal.slug().to_owned());
        self.files.set(Vec::new());
        self.confirmed.set(false);
    }

    fn act(self) -> AskAct {
        AskAct {
            to: self.to.with_untracked(|to| to.parse().map_or(Addressee::City, Addressee::Unit)),
            field: self.field.get_untracked().trim().to_owned(),
            article: self.article.get_untracked().map(|(article, _)| article),
            title: self.title.get_untracked().trim().to_owned(),
            text: self.text.get_untracked().trim().to_owned(),
            urgency: Urgency::ALL
                .into_iter()
                .find(|one| self.urgency.with_untracked(|slug| one.slug() == slug))
                .unwrap_or_default(),
            attachments: self.files.get_untracked().into_iter().map(|file| file.source).collect(),
            confirmed_unmarked: self.confirmed.get_untracked(),
        }
    }
}

/// The screen.
#[component]
pub fn Ask() -> impl IntoView {
    let app = use_app();
    let draft = app.ask;
    let units = live(|| Some(Units {}));
    let fields = live(|| Some(FieldList {}));
    let picking = RwSignal::new(false);
    let doing = Doing::new();
    let addressees = Signal::derive(move || {
        let mut all = vec![(CITY.to_owned(), say!(ask.city))];
        units.with(|units| {
            all.extend(
                units
                    .into_iter()
                    .flat_map(|units| &units.units)
                    .filter(|unit| !unit.mine && !unit.fields.is_empty())
                    .map(|unit| (unit.unit.to_string(), unit.name.clone())),
            )
        });
        let to = draft.to.get();
        if !all.iter().any(|(id, _)| *id == to) {
            let name = units.with(|units| {
                units.and_then(|units| units.units.iter().find(|unit| unit.unit.to_string() == to)).map(|unit| unit.name.clone())
            });
            all.push((to, name.unwrap_or_else(|| say!(ask.unit))));
        }
        all
    });
    let field_names = fields.part_or(|fields| fields.iter().map(|field| field.value.clone()).collect::<Vec<_>>());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        doing.run(draft.act(), move |question| {
            draft.clear();
            app.go(Route::Questions(QuestionPlace::Thread(question)));
        });
    };
    view! {
        <header class="row head"><span><IconButton label=t!(common.back) icon="left" on_press=move |()| app.go(Route::Questions(QuestionPlace::List(QuestionScope::All))) /></span><h1 class="big grow">{t!(question.ask)}</h1></header>
        <div class="askcols">
            <form class="card stack" data-testid=testids::ASK_FORM on:submit=send>
                <Field label=t!(ask.title) value=draft.title example=t!(ask.title_example) testid=testids::ASK_TITLE required=true focus=true most=TITLE_CHARS_MAX />
                <Area label=t!(ask.text) value=draft.text hint=t!(ask.text_hint) testid=testids::ASK_TEXT rows=7 most=TEXT_CHARS_MAX />
                <div class="pair">
                    <Pick label=t!(ask.to) value=draft.to options=addressees testid=testids::ASK_TO />
                    <Pick label=t!(ask.urgency) value=draft.urgency testid=testids::ASK_URGENCY options=Signal::derive(|| Urgency::ALL.into_iter().map(|one| (one.slug().to_owned(), terms::urgency(one))).collect()) />
                </div>
                <Field label=t!(search.field) value=draft.field testid=testids::ASK_FIELD most=200 suggestions=Signal::derive(move || field_names.get()) />
                <div class="row filerow">
                    <Icon name="book" />
                    <span class="grow ell">{move || draft.article.get().map_or_else(|| say!(ask.no_article), |(_, title)| title)}</span>
                    <Show when=move || draft.article.with(Option::is_some)><IconButton small=true icon="cross" label=t!(ask.no_article) on_press=move |()| draft.article.set(None) /></Show>
                    <Button label=t!(ask.article) testid=testids::ASK_ARTICLE on_press=move |()| picking.set(true) />
                </div>
                <Files chosen=draft.files confirmed=draft.confirmed />
                <ErrorLine doing=doing />
                <footer class="row end"><small class="grow">{t!(ask.offline)}</small><Button label=t!(ask.send) kind=Kind::Primary submit=true testid=testids::ASK_SEND busy=Signal::derive(move || doing.busy()) /></footer>
            </form>
            <Similar draft=draft />
        </div>
        <ArticlePicker open=picking on_pick=move |hit: Hit| {
            if draft.field.with_untracked(String::is_empty) {
                draft.field.set(hit.field.clone());
            }
            draft.article.set(Some((hit.id, hit.title)));
        } />
    }
    .into_any()
}

/// Asks for what is like the text so far; typing never waits for it.
#[derive(Clone, Copy)]
struct Alike {
    answer: RwSignal<Option<SimilarView>>,
    pace: StoredValue<Pace>,
    draft: AskDraft,
}

impl Alike {
    fn ask(self, text: &str) {
        if text.chars().count() < SIMILAR_CHARS_MIN {
            self.pace.update_value(Pace::forget);
            self.answer.set(None);
        } else if let Some(sequence) = self.pace.try_update_value(Pace::want).flatten() {
            self.send(sequence);
        }
    }

    fn text(self) -> String {
        format!("{}\n{}", self.draft.title.get_untracked().trim(), self.draft.text.get_untracked().trim()).trim().to_owned()
    }

    fn send(self, sequence: u64) {
        let query = SimilarQuestions { text: self.text(), except: None, limit: SIMILAR_SHOWN, sequence };
        spawn_local(async move {
            let reply: Result<SimilarView, ApiError> = backend().query(query).await;
            let Some((show, next)) = self.pace.try_update_value(|pace| pace.came(sequence, reply.is_ok())) else { return };
            if let (true, Ok(answer)) = (show, reply) {
                self.answer.set(Some(answer));
            }
            if let Some(next) = next {
                self.send(next);
            }
        });
    }
}

#[component]
fn Similar(draft: AskDraft) -> impl IntoView {
    let alike = Alike {
        answer: RwSignal::new(None),
        pace: StoredValue::new(Pace::new(u64::try_from(clock().0).unwrap_or_default())),
        draft,
    };
    Effect::new(move |_| {
        draft.title.track();
        draft.text.track();
        alike.ask(&alike.text());
    });
    let questions = Memo::new(move |_| {
        alike.answer.with(|answer| answer.as_ref().map(|answer| answer.questions.clone()).unwrap_or_default())
    });
    let articles =
        Memo::new(move |_| alike.answer.with(|answer| answer.as_ref().map(|answer| answer.articles.clone()).unwrap_or_default()));
    let row = |hit: Hit, testid: &'static str| {
        let (section, validity) = (hit.section, hit.validity);
        let place = if hit.breadcrumb.is_empty() { hit.citation.clone() } else { hit.breadcrumb.join(" › ") };
        view! {
            <a class="hit" href=route_of(&hit).fragment() data-testid=testid data-id=hit.id.clone()>
                <small class="meta">
                    <b>{move || terms::section(section)}</b>
                    <span>{place}</span>
                    {(validity != Validity::InForce).then(|| view! { <span class="validity" data-validity=validity.slug()>{move || terms::hit_validity(section, validity)}</span> })}
                </small>
                <b class="title"><Marked text=hit.title.clone() ranges=hit.title_ranges.clone() /></b>
                {(!hit.snippet.is_empty()).then(|| view! { <span class="s"><Marked text=hit.snippet.clone() ranges=hit.ranges.clone() /></span> })}
            </a>
        }
    };
    view! {
        <aside class="similar" aria-label=t!(ask.similar) aria-live="polite" data-testid=testids::SIMILAR>
            <h2>{t!(ask.similar)}</h2>
            <Show when=move || questions.with(Vec::is_empty) && articles.with(Vec::is_empty)><small>{t!(ask.similar_text)}</small></Show>
            <Show when=move || questions.with(|hits| !hits.is_empty())><h3>{move || terms::section(api::search::Section::Question)}</h3></Show>
            <For each=move || questions.get() key=content_key let(hit)>{row(hit, testids::SIMILAR_QUESTION)}</For>
            <Show when=move || articles.with(|hits| !hits.is_empty())><h3>{t!(ask.similar_articles)}</h3></Show>
            <For each=move || articles.get() key=content_key let(hit)>{row(hit, testids::SIMILAR_ARTICLE)}</For>
        </aside>
    }
    .into_any()
}
