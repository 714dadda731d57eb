//! An article as it is read.

use api::handbook::{Article as ArticleQuery, ArticleRef, ArticleView, MarkRead, StartCase, ToggleFavourite};
use api::search::Validity;
use leptos::prelude::*;
use ui::format;
use ui::keys::Command;
use ui::route::{HandbookPlace, QuestionPlace, Route};
use ui::testids;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::BackToList;
use super::blocks::{Blocks, Facts};
use super::find::{Find, FindBar};
use super::uses::Uses;
use crate::app::{App, use_app};
use crate::components::{Area, Button, Dialog, ErrorLine, ErrorPanel, Field, Icon, IconButton, Kind, Loading};
use crate::doing::Doing;
use crate::finder::tell;
use crate::live::{Live, live};
use crate::{say, t, terms};

/// The part of the article that somebody came for.
const PASSAGE: &str = ".article .passage";

/// Copies a text and says so.
fn copy_text(app: App, text: &str) {
    let copied = window().navigator().clipboard().write_text(text);
    leptos::task::spawn_local(async move {
        if wasm_bindgen_futures::JsFuture::from(copied).await.is_ok() {
            app.say(say!(common.copied));
        }
    });
}

/// The pane of an article.
#[component]
pub fn Article(
    /// Its id.
    id: String,
    /// The block that is scrolled to and marked, counted from 0.
    #[prop(optional)]
    passage: Option<u32>,
) -> impl IntoView {
    let app = use_app();
    let find = Find::new();
    provide_context(find);
    let as_of = app.finder.as_of;
    let asked = id.clone();
    let article = live(move || Some(ArticleQuery { article: asked.clone(), as_of: as_of.get() }));
    // What is read stays where it is when a star or a note changes.
    let content = article.part(|article| {
        let mut article = article.clone();
        article.favourite = false;
        article.uses = Vec::new();
        article
    });
    app.keyboard.answer_with(Callback::new(move |command| {
        if command == Command::Find {
            find.show();
        }
        command == Command::Find
    }));
    let arrival = Arrival { passage, waits: StoredValue::new(passage.is_some()) };
    let read = article.part(|article| article.article.clone());
    Effect::new(move |_| {
        if let Some(article) = read.get() {
            tell(MarkRead { article });
        }
    });
    view! {
        <FindBar find=find />
        {move || match (content.get(), article.error()) {
            (Some(content), _) => view! { <Reading content=content article=article find=find arrival=arrival /> }.into_any(),
            (None, Some(error)) => view! { <BackToList /><ErrorPanel error=error retry=move |()| article.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

/// The part of an article that somebody came for. It is marked as long as the article is open, and scrolled to once.
#[derive(Clone, Copy)]
struct Arrival {
    passage: Option<u32>,
    waits: StoredValue<bool>,
}

impl Arrival {
    /// After the article is on the page.
    fn scroll(self) {
        if self.waits.try_update_value(std::mem::take) != Some(true) {
            return;
        }
        request_animation_frame(|| {
            if let Ok(Some(passage)) = document().query_selector(PASSAGE) {
                let options = ScrollIntoViewOptions::new();
                options.set_block(ScrollLogicalPosition::Center);
                passage.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
}

#[component]
fn Reading(content: ArticleView, article: Live<ArticleView>, find: Find, arrival: Arrival) -> impl IntoView {
    let passage = arrival.passage;
    Effect::new(move |_| arrival.scroll());
    let validity = content.validity;
    let (from, to) = (content.from, content.to);
    let note = content.validity_note.clone();
    let held = move || terms::span(from, to);
    let as_of = content.as_of;
    let levels = content.levels.clone();
    let (blocks, facts) = (content.blocks.clone(), content.blocks.clone());
    let package = content.package.clone();
    let app = use_app();
    view! {
        <article class="article" data-testid=testids::ARTICLE data-id=content.article.clone() data-validity=validity.slug()>
            <Head content=content.clone() article=article find=find />
            <h1 class="big" data-testid=testids::ARTICLE_TITLE>{content.title.clone()}</h1>
            <div class="row wrap chips">
                <span class=terms::validity_class(validity) data-testid=testids::ARTICLE_VALIDITY><i class="dot" aria-hidden="true"></i>{move || terms::validity(validity)}</span>
                {(!content.number.is_empty()).then(|| view! { <span class="chip num">{content.number.clone()}</span> })}
                {levels.into_iter().map(|level| view! { <span class="chip">{move || terms::level(level)}</span> }).collect_view()}
                {(!content.agency.is_empty()).then(|| view! { <span class="chip">{content.agency.clone()}</span> })}
                {(!content.field.is_empty()).then(|| view! { <span class="chip">{content.field.clone()}</span> })}
                <small class="num">{held}</small>
            </div>
            {as_of.map(|day| view! { <p class="hintline" role="note"><Icon name="clock" /><span>{move || say!(article.as_of, day = terms::day(day))}</span></p> })}
            {(validity != Validity::InForce || !note.is_empty()).then(|| view! {
                <p class="hintline" class:late=validity != Validity::InForce role="note" data-testid=testids::ARTICLE_WARNING><Icon name="warn" />
                    <span>{move || match validity {
                        Validity::InForce => String::new(),
                        Validity::Partly => say!(article.partly),
                        Validity::Expired => say!(article.expired),
                        Validity::NotYet => say!(article.not_yet),
                    }}{(!note.is_empty()).then(|| format!(" {note}"))}</span>
                </p>
            })}
            <Links content=content.clone() />
            <Facts blocks=facts passage=passage />
            <Blocks blocks=blocks passage=passage />
            <Uses article=article />
            <footer class="articlefoot">
                <Around previous=content.previous.clone() next=content.next.clone() />
                {content.origin.map(|question| view! {
                    <p><a class="named" href=Route::Questions(QuestionPlace::Thread(question)).fragment()>{t!(article.origin)}</a></p>
                })}
                <small>{move || say!(article.package, title = package.title.clone(), date = format::date(package.made_at), age = terms::age(package.made_at, app.now.get()), signer = package.signer.clone())}</small>
            </footer>
        </article>
    }
    .into_any()
}

#[component]
fn Head(content: ArticleView, article: Live<ArticleView>, find: Find) -> impl IntoView {
    let app = use_app();
    let favourite = article.part_or(|article| article.favourite);
    let doing = Doing::new();
    let starting = RwSignal::new(false);
    let (id, citation) = (content.article.clone(), content.citation.clone());
    let star = move |()| {
        let id = id.clone();
        doing.run(ToggleFavourite { article: id }, move |now| {
            app.say(if now { say!(article.starred) } else { say!(article.unstarred) })
        });
    };
    let asking = content.clone();
    let ask = move |()| {
        app.ask.about(&asking);
        app.go(Route::Questions(QuestionPlace::New));
    };
    let unit = content.ask_unit.as_ref().map(|(_, name)| name.clone());
    view! {
        <header class="row articlehead">
            <BackToList />
            <small class="grow crumbs">{content.breadcrumb.join(" › ")}</small>
            <span class="row acts">
                <IconButton icon="star" label=t!(article.star) testid=testids::ARTICLE_STAR pressed=Signal::derive(move || favourite.get()) on_press=star />
                <IconButton icon="find" label=t!(article.find) testid=testids::ARTICLE_FIND on_press=move |()| find.show() />
                <IconButton icon="print" label=t!(article.print) testid=testids::ARTICLE_PRINT on_press=move |()| { let _ = window().print(); } />
                <Button label=t!(article.cite) icon="copy" kind=Kind::Quiet testid=testids::ARTICLE_CITE on_press=move |()| copy_text(app, &citation) />
                {content.checklist.then(|| view! { <Button label=t!(article.start_case) icon="check" testid=testids::CASE_START on_press=move |()| starting.set(true) /> })}
                <Button label=move || unit.clone().map_or_else(|| say!(article.ask), |unit| say!(article.ask_unit, unit = unit)) icon="ask" testid=testids::ARTICLE_ASK on_press=ask />
            </span>
        </header>
        <ErrorLine doing=doing />
        <StartCaseDialog open=starting article=content.article.clone() title=content.title.clone() />
    }
    .into_any()
}

#[component]
fn StartCaseDialog(open: RwSignal<bool>, article: String, title: String) -> impl IntoView {
    let app = use_app();
    let empty = || RwSignal::new(String::new());
    let (number, name, note) = (empty(), empty(), empty());
    let doing = Doing::new();
    view! {
        <Dialog open=open title=t!(case.start) testid=testids::CASE_DIALOG>
            {
                let (article, title) = (article.clone(), title.clone());
                view! {
                    <form class="stack" on:submit=move |event| {
                        event.prevent_default();
                        let text = |text: RwSignal<String>| text.with_untracked(|text| text.trim().to_owned());
                        let act = StartCase { article: article.clone(), name: text(name), file_number: text(number), note: text(note) };
                        doing.run(act, move |case| {
                            open.set(false);
                            [number, name, note].iter().for_each(|text| text.set(String::new()));
                            app.go(Route::Handbook(HandbookPlace::Case(case)));
                        });
                    }>
                        <p class="lead">{title}</p>
                        <Field label=t!(case.name) value=name testid=testids::CASE_NAME required=true focus=true most=200 />
                        <Field label=t!(case.file_number) value=number testid=testids::CASE_NUMBER most=100 />
                        <Area label=t!(case.note) value=note testid=testids::CASE_REMARK rows=2 most=1_000 />
                        <p class="hintline" role="note"><Icon name="lock" /><span>{t!(case.private)}</span></p>
                        <ErrorLine doing=doing />
                        <footer class="row end"><Button label=t!(case.start_verb) kind=Kind::Primary submit=true testid=testids::CASE_CREATE busy=Signal::derive(move || doing.busy()) /></footer>
                    </form>
                }
            }
        </Dialog>
    }
    .into_any()
}

#[component]
fn Links(content: ArticleView) -> impl IntoView {
    let links = content.links;
    (!links.is_empty()).then(|| {
        view! {
            <ul class="links" data-testid=testids::ARTICLE_LINKS>
                {links.into_iter().map(|link| {
                    let (kind, from) = (link.kind, link.from);
                    view! {
                        <li>
                            <small>{move || terms::link(kind)}</small>" "
                            {match link.article {
                                Some(article) => view! { <a class="named" href=Route::Handbook(HandbookPlace::Article(article)).fragment()>{link.title}</a> }.into_any(),
                                None => view! { <span>{link.title}</span> }.into_any(),
                            }}
                            {from.map(|from| view! { " "<small class="num">{move || say!(validity.from, from = terms::day(from))}</small> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
        }
    })
}

#[component]
fn Around(previous: Option<ArticleRef>, next: Option<ArticleRef>) -> impl IntoView {
    let link = |article: ArticleRef, forward: bool| {
        view! {
            <a class="aroundlink" href=Route::Handbook(HandbookPlace::Article(article.article)).fragment()>
                {(!forward).then(|| view! { <Icon name="left" /> })}
                <span class="ell">{article.title}</span>
                {forward.then(|| view! { <Icon name="right" /> })}
            </a>
        }
    };
    (previous.is_some() || next.is_some()).then(|| {
        view! { <nav class="row around noprint" aria-label=t!(article.around)>{previous.map(|article| link(article, false))}<span class="grow"></span>{next.map(|article| link(article, true))}</nav> }
    })
}
