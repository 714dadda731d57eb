//! One question: what was asked, its answer, what happened, and what I may do.

use api::question::{
    Accept, AskedToo, Delivery, ExplainOverdue, FlagAnswer, Follow, MakeArticle, MarkAnswered, MarkQuestionRead, Question,
    QuestionView, Reassign, Receive, Reopen, ReviewAnswer, Units, UnpublishAnswer, Withdraw,
};
use api::search::{Hit, Section};
use domain::id::QuestionId;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::format;
use ui::route::{HandbookPlace, QuestionPlace, Route};
use ui::testids;

use super::answer::{AnswerCard, AnswerForm, RateBox};
use super::files::FileRows;
use super::publish::PublishDialog;
use super::rows::StateChips;
use super::timeline::{CommentForm, Subject, Timeline};
use crate::app::use_app;
use crate::components::{Area, Button, Confirm, Dialog, ErrorLine, ErrorPanel, Field, Icon, Kind, Loading, Pick};
use crate::doing::Doing;
use crate::finder::{Finder, tell};
use crate::live::{Live, live};
use crate::screens::handbook::BackToList;
use crate::screens::search::{Hits, SearchField};
use crate::{say, t};

/// Answered questions that are offered.
const CANDIDATES: u32 = 12;

/// The pane.
#[component]
pub fn Thread(
    /// Which one.
    question: QuestionId,
) -> impl IntoView {
    let app = use_app();
    let view = live(move || Some(Question { question }));
    let ready = view.part(|_| true);
    let unread = view.part_or(|view| view.row.unread);
    Effect::new(move |_| {
        if unread.get() {
            tell(MarkQuestionRead { question });
        }
    });
    view! {
        {move || match (ready.get(), view.error()) {
            (Some(_), _) => view! { <Shown question=question view=view /> }.into_any(),
            (None, Some(error)) => view! { <BackToList to=Route::Questions(QuestionPlace::List(app.questions.scope.get_untracked())) /><ErrorPanel error=error retry=move |()| view.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Shown(question: QuestionId, view: Live<QuestionView>) -> impl IntoView {
    let app = use_app();
    let row = view.part(|view| view.row.clone());
    let text = view.part_or(|view| view.text.clone());
    let article = view.part_or(|view| view.article.clone());
    let files = view.part_or(|view| view.attachments.clone());
    let answer = view.part_or(|view| view.answer.clone());
    let canonical = view.part_or(|view| view.canonical.clone());
    let draft = view.part_or(|view| view.draft);
    let may = view.part_or(|view| view.may);
    let published_only = view.part_or(|view| view.published_only);
    let stars = view.part_or(|view| view.stars);
    let needs_approval = view.part_or(|view| view.needs_approval);
    let events = view.part_or(|view| view.events.clone());
    view! {
        <article class="article thread" data-testid=testids::QUESTION data-id=question.to_string()>
            <header class="row articlehead">
                <BackToList to=Route::Questions(QuestionPlace::List(app.questions.scope.get_untracked())) />
                <small class="grow crumbs">{move || row.get().map(|row| [row.field, row.unit_name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" › "))}</small>
                <Actions question=question view=view />
            </header>
            <h1 class="big" data-testid=testids::QUESTION_TITLE>{move || row.get().map(|row| row.title)}</h1>
            <div class="row wrap chips">
                {move || row.get().map(|row| view! { <StateChips row=row /> })}
                <small class="num">{move || row.get().map(|row| say!(question.asked_by, name = if row.asker.is_empty() { row.asker_unit.clone() } else { format!("{}, {}", row.asker, row.asker_unit) }, date = format::moment(row.asked_at)))}</small>
                <small class="num">{move || row.get().filter(|row| row.answered_at.is_none()).map(|row| say!(question.due, date = format::moment(row.due_at)))}</small>
                {move || row.get().filter(|row| row.same_asked > 0).map(|row| view! { <small class="num">{say!(question.same, count = row.same_asked)}</small> })}
                {move || row.get().filter(|row| row.published).map(|_| view! { <span class="chip ok" data-testid=testids::QUESTION_PUBLISHED><Icon name="share" />{t!(question.published)}</span> })}
            </div>
            {move || row.get().filter(|row| row.delivery == Delivery::Waiting).map(|_| view! { <p class="hintline late" role="status"><Icon name="inbox" /><span>{t!(question.waiting_text)}</span></p> })}
            {move || row.get().filter(|row| !row.overdue_reason.is_empty()).map(|row| view! { <p class="hintline" data-testid=testids::QUESTION_REASON><Icon name="clock" /><span>{say!(question.late_because, reason = row.overdue_reason)}</span></p> })}
            {move || canonical.get().map(|row| view! { <p class="hintline" data-testid=testids::QUESTION_CANONICAL><Icon name="link" /><span>{t!(question.answered_there)}" "<a class="named" href=Route::Questions(QuestionPlace::Thread(row.question)).fragment()>{row.title}</a></span></p> })}
            <Show when=move || published_only.get()><p class="hintline"><Icon name="share" /><span>{t!(question.published_only)}</span></p></Show>
            <p class="text asked">{move || text.get()}</p>
            {move || article.get().map(|article| view! { <p class="row"><Icon name="book" /><a class="named" href=Route::Handbook(HandbookPlace::Article(article.article)).fragment()>{article.title}</a></p> })}
            {move || view! { <FileRows question=question rows=files.get() /> }}
            {move || answer.get().map(|answer| view! { <AnswerCard question=question answer=answer may=may /> })}
            {move || draft.get().map(|draft| view! { <p class="hintline"><Icon name="edit" /><a class="named" href=Route::Handbook(HandbookPlace::Draft(draft)).fragment()>{t!(question.made_draft)}</a></p> })}
            <Show when=move || may.get().accept><Judge question=question stars=stars /></Show>
            <Show when=move || may.get().answer><AnswerForm question=question needs_approval=needs_approval /></Show>
            <Timeline question=question events=events />
            <Show when=move || may.get().comment><CommentForm subject=Subject::Question(question) /></Show>
        </article>
    }
    .into_any()
}

/// The asker takes the answer, or says that it does not help.
#[component]
fn Judge(question: QuestionId, #[prop(into)] stars: Signal<Option<u8>>) -> impl IntoView {
    let (doing, reopening) = (Doing::new(), RwSignal::new(false));
    let reason = RwSignal::new(String::new());
    let again = Doing::new();
    view! {
        <section class="card stack judge">
            <h2>{t!(question.helped)}</h2>
            <ErrorLine doing=doing />
            <div class="row wrap">
                <Button label=t!(question.accept) kind=Kind::Primary icon="check" testid=testids::QUESTION_ACCEPT busy=Signal::derive(move || doing.busy()) on_press=move |()| doing.run(Accept { question, answer: None }, |_| {}) />
                <Button label=t!(question.reopen) testid=testids::QUESTION_REOPEN on_press=move |()| reopening.set(true) />
            </div>
            <RateBox question=question stars=stars />
            <Dialog open=reopening title=t!(question.reopen) testid=testids::REOPEN_DIALOG>
                <form class="stack" on:submit=move |event| {
                    event.prevent_default();
                    again.run(Reopen { question, reason: reason.get_untracked().trim().to_owned() }, move |_| reopening.set(false));
                }>
                    <Field label=t!(question.reason) value=reason testid=testids::REOPEN_REASON required=true focus=true most=1_000 />
                    <ErrorLine doing=again />
                    <footer class="row end"><Button label=t!(question.reopen_verb) kind=Kind::Primary submit=true testid=testids::REOPEN_SEND busy=Signal::derive(move || again.busy()) /></footer>
                </form>
            </Dialog>
        </section>
    }
    .into_any()
}

#[component]
fn Actions(question: QuestionId, view: Live<QuestionView>) -> impl IntoView {
    let app = use_app();
    let may = view.part_or(|view| view.may);
    let following = view.part_or(|view| view.row.following);
    let (follow, article, taking) = (Doing::new(), Doing::new(), Doing::new());
    let newest = view.part_or(|view| view.answer.as_ref().map(|answer| answer.answer));
    let (flagging, unsharing) = (RwSignal::new(false), RwSignal::new(false));
    let (reassigning, explaining, linking, publishing, withdrawing) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let withdrawal = Doing::new();
    let button = move |when: fn(&api::question::QuestionRights) -> bool,
                       label: fn() -> String,
                       icon: &'static str,
                       testid: &'static str,
                       open: RwSignal<bool>| {
        view! { <Show when=move || when(&may.get())><Button label=label icon=icon kind=Kind::Quiet testid=testid on_press=move |()| open.set(true) /></Show> }
    };
    view! {
        <span class="row acts wrap">
            <Button label=move || if following.get() { say!(question.unfollow) } else { say!(question.follow) } icon="star" kind=Kind::Quiet testid=testids::QUESTION_FOLLOW busy=Signal::derive(move || follow.busy())
                on_press=move |()| follow.run(Follow { question, follow: !following.get_untracked() }, |_| {}) />
            <Show when=move || may.get().receive>
                <Button label=t!(question.receive) icon="inbox" testid=testids::QUESTION_RECEIVE busy=Signal::derive(move || taking.busy()) on_press=move |()| taking.run(Receive { question }, |_| {}) />
            </Show>
            <Show when=move || may.get().asked_too>
                <Button label=t!(question.asked_too) icon="plus" kind=Kind::Quiet testid=testids::QUESTION_ASKED_TOO busy=Signal::derive(move || taking.busy()) on_press=move |()| taking.run(AskedToo { question }, |_| {}) />
            </Show>
            <Show when=move || may.get().review>
                <Button label=t!(question.still_holds) icon="check" kind=Kind::Quiet testid=testids::QUESTION_STILL_HOLDS busy=Signal::derive(move || taking.busy())
                    on_press=move |()| if let Some(answer) = newest.get_untracked() { taking.run(ReviewAnswer { question, answer, note: String::new() }, |_| {}) } />
            </Show>
            {button(|may| may.flag, || say!(question.flag), "warn", testids::QUESTION_FLAG, flagging)}
            {button(|may| may.unpublish, || say!(question.unpublish), "lock", testids::QUESTION_UNPUBLISH, unsharing)}
            {button(|may| may.reassign, || say!(question.reassign), "share", testids::QUESTION_REASSIGN, reassigning)}
            {button(|may| may.explain, || say!(question.explain), "clock", testids::QUESTION_EXPLAIN, explaining)}
            {button(|may| may.mark_answered, || say!(question.mark_answered), "link", testids::QUESTION_LINK, linking)}
            {button(|may| may.publish, || say!(question.publish), "users", testids::QUESTION_PUBLISH, publishing)}
            <Show when=move || may.get().make_article>
                <Button label=t!(question.make_article) icon="book" kind=Kind::Quiet testid=testids::QUESTION_MAKE_ARTICLE busy=Signal::derive(move || article.busy())
                    on_press=move |()| article.run(MakeArticle { question }, move |draft| app.go(Route::Handbook(HandbookPlace::Draft(draft)))) />
            </Show>
            {button(|may| may.withdraw, || say!(question.withdraw), "cross", testids::QUESTION_WITHDRAW, withdrawing)}
        </span>
        <ErrorLine doing=follow />
        <ErrorLine doing=article />
        <ErrorLine doing=taking />
        <ReasonDialog open=flagging title=t!(question.flag) verb=t!(question.flag) on_reason=Callback::new(move |(doing, reason): (Doing, String)| if let Some(answer) = newest.get_untracked() {
            doing.run(FlagAnswer { question, answer, reason }, move |_| flagging.set(false));
        }) />
        <ReasonDialog open=unsharing title=t!(question.unpublish) verb=t!(question.unpublish) on_reason=Callback::new(move |(doing, reason): (Doing, String)| doing.run(UnpublishAnswer { question, reason }, move |_| unsharing.set(false))) />
        <ReassignDialog open=reassigning question=question />
        <ExplainDialog open=explaining question=question />
        <LinkDialog open=linking question=question />
        <PublishDialog open=publishing question=question view=view />
        <Confirm open=withdrawing title=t!(question.withdraw) text=t!(question.withdraw_text) verb=t!(question.withdraw) doing=withdrawal on_confirm=move |()| withdrawal.run(Withdraw { question }, move |_| withdrawing.set(false)) />
    }
    .into_any()
}

/// Asks why before something is done.
#[component]
fn ReasonDialog(
    open: RwSignal<bool>,
    #[prop(into)] title: TextProp,
    #[prop(into)] verb: TextProp,
    on_reason: Callback<(Doing, String)>,
) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let doing = Doing::new();
    view! {
        <Dialog open=open title=title testid=testids::REASON_DIALOG>
            {
                let verb = verb.clone();
                view! {
                    <form class="stack" on:submit=move |event| {
                        event.prevent_default();
                        on_reason.run((doing, reason.get_untracked().trim().to_owned()));
                    }>
                        <Field label=t!(question.reason) value=reason testid=testids::REASON_TEXT required=true focus=true most=1_000 />
                        <ErrorLine doing=doing />
                        <footer class="row end"><Button label=verb kind=Kind::Primary submit=true testid=testids::REASON_SEND busy=Signal::derive(move || doing.busy()) /></footer>
                    </form>
                }
            }
        </Dialog>
    }
    .into_any()
}

#[component]
fn ReassignDialog(open: RwSignal<bool>, question: QuestionId) -> impl IntoView {
    view! {
        <Dialog open=open title=t!(question.reassign) testid=testids::REASSIGN_DIALOG>
            <ReassignForm open=open question=question />
        </Dialog>
    }
}

#[component]
fn ReassignForm(open: RwSignal<bool>, question: QuestionId) -> impl IntoView {
    let units = live(|| Some(Units {}));
    let (unit, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let doing = Doing::new();
    let options = Signal::derive(move || {
        let mut all = vec![(String::new(), say!(question.choose_unit))];
        units.with(|units| {
            all.extend(
                units
                    .into_iter()
                    .flat_map(|units| &units.units)
                    .filter(|unit| !unit.fields.is_empty())
                    .map(|unit| (unit.unit.to_string(), format!("{} · {}", unit.name, unit.fields.join(", ")))),
            )
        });
        all
    });
    view! {
        <form class="stack" on:submit=move |event| {
            event.prevent_default();
            if let Ok(unit) = unit.get_untracked().parse() {
                doing.run(Reassign { question, unit, reason: reason.get_untracked().trim().to_owned() }, move |_| open.set(false));
            }
        }>
            <Pick label=t!(question.unit) value=unit options=options testid=testids::REASSIGN_UNIT />
            <Field label=t!(question.reason) value=reason testid=testids::REASSIGN_REASON required=true most=1_000 />
            <ErrorLine doing=doing />
            <footer class="row end"><Button label=t!(question.reassign_verb) kind=Kind::Primary submit=true testid=testids::REASSIGN_SEND disabled=Signal::derive(move || unit.with(String::is_empty)) busy=Signal::derive(move || doing.busy()) /></footer>
        </form>
    }
    .into_any()
}

#[component]
fn ExplainDialog(open: RwSignal<bool>, question: QuestionId) -> impl IntoView {
    let (reason, day) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let doing = Doing::new();
    view! {
        <Dialog open=open title=t!(question.explain) testid=testids::EXPLAIN_DIALOG>
            <form class="stack" on:submit=move |event| {
                event.prevent_default();
                match format::parse_moment(&day.get_untracked(), "17:00") {
                    Some(due_at) => doing.run(ExplainOverdue { question, reason: reason.get_untracked().trim().to_owned(), due_at }, move |_| open.set(false)),
                    None => doing.fail(api::error::ApiError::new("bad_moment", "")),
                }
            }>
                <Area label=t!(question.reason) value=reason testid=testids::EXPLAIN_REASON rows=3 focus=true most=1_000 />
                <Field label=t!(question.new_due) value=day example="30/11/2026" testid=testids::EXPLAIN_DAY required=true most=20 />
                <ErrorLine doing=doing />
                <footer class="row end"><Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::EXPLAIN_SEND busy=Signal::derive(move || doing.busy()) /></footer>
            </form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn LinkDialog(open: RwSignal<bool>, question: QuestionId) -> impl IntoView {
    view! {
        <Dialog open=open title=t!(question.mark_answered) testid=testids::LINK_DIALOG wide=true>
            <LinkForm open=open question=question />
        </Dialog>
    }
}

#[component]
fn LinkForm(open: RwSignal<bool>, question: QuestionId) -> impl IntoView {
    const LIST: &str = "link-hits";
    let finder = Finder::new(CANDIDATES, &[Section::Question]);
    let doing = Doing::new();
    let pick = Callback::new(move |hit: Hit| {
        if let Ok(canonical) = hit.id.parse::<QuestionId>()
            && canonical != question
        {
            doing.run(MarkAnswered { question, canonical }, move |_| open.set(false));
        }
    });
    view! {
        <p class="lead">{t!(question.link_text)}</p>
        <SearchField finder=finder label=t!(question.find) testid=testids::LINK_TEXT list=LIST focus=true on_open=pick />
        <ErrorLine doing=doing />
        <div class="scroll"><Hits finder=finder list=LIST on_open=pick /></div>
    }
    .into_any()
}
