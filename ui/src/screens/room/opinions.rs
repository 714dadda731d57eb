//! Written opinions: the forms of a meeting, one's own answer, who answered what; who manages asks and takes the report.

use api::error::ApiError;
use api::opinion::{AskOpinion, ExportOpinions, GiveOpinion, OpinionCount, OpinionRow, OpinionView, Opinions as OpinionsQuery};
use domain::id::{Hash32, PaperId};
use domain::opinion::{Opinion, REMARK_CHARS};
use leptos::prelude::*;
use ui::{format, testids};

use super::{papers, use_room};
use crate::app::use_app;
use crate::components::{
    Area, Button, Check, Choices, Dialog, Empty, ErrorLine, ErrorPanel, Field, Kind, Loading, Target, TargetDialog, content_key,
};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t};

/// The button that opens the forms.
#[component]
pub fn Opinions() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <div class="row block wrap">
            <Button label=t!(opinion.title) icon="edit" kind=Kind::Quiet testid=testids::OPINIONS on_press=move |()| open.set(true) />
        </div>
        <Dialog open=open title=t!(opinion.title) testid=testids::OPINIONS_DIALOG wide=true><Forms /></Dialog>
    }
    .into_any()
}

#[component]
fn Forms() -> impl IntoView {
    let here = use_room();
    let views = live(move || Some(OpinionsQuery { meeting: here.meeting }));
    let manages = here.room.part_or(|room| room.manages);
    // What is being typed into one form stays while answers to any of them come in.
    let forms = views.part(|views| views.iter().map(|view| view.form).collect::<Vec<Hash32>>());
    let empty = Memo::new(move |_| forms.with(|forms| forms.as_ref().map(Vec::is_empty)));
    let asking = RwSignal::new(false);
    view! {
        {move || match (empty.get(), views.error()) {
            (Some(true), _) => view! { <Empty icon="edit" title=t!(opinion.none) text=t!(opinion.none_text) /> }.into_any(),
            (Some(false), _) => view! { <For each=move || forms.get().unwrap_or_default() key=|form| *form let(form)><One form=form views=views /></For> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| views.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <Show when=move || manages.get()>
            <Show when=move || asking.get() fallback=move || view! { <Button label=t!(opinion.ask) icon="plus" kind=Kind::Quiet testid=testids::OPINION_NEW on_press=move |()| asking.set(true) /> }>
                <Ask asking=asking />
            </Show>
        </Show>
    }
    .into_any()
}

fn slug(opinion: Opinion) -> &'static str {
    match opinion {
        Opinion::Agree => "agree",
        Opinion::AgreeWithRemarks => "remarks",
        Opinion::Disagree => "disagree",
    }
}

fn words_of(opinion: Opinion) -> String {
    match opinion {
        Opinion::Agree => say!(opinion.agree),
        Opinion::AgreeWithRemarks => say!(opinion.remarks),
        Opinion::Disagree => say!(opinion.disagree),
    }
}

const ALL: [Opinion; 3] = [Opinion::Agree, Opinion::AgreeWithRemarks, Opinion::Disagree];

#[component]
fn One(form: Hash32, views: Live<Vec<OpinionView>>) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let manages = here.room.part_or(|room| room.manages);
    let view_of = views.part(move |views| views.iter().find(|view| view.form == form).cloned());
    let view_of = Memo::new(move |_| view_of.get().flatten());
    let rows = Memo::new(move |_| view_of.with(|view| view.as_ref().map(|view| view.rows.clone()).unwrap_or_default()));
    let question = Memo::new(move |_| view_of.with(|view| view.as_ref().map(|view| view.question.clone()).unwrap_or_default()));
    let may_answer = Memo::new(move |_| {
        view_of.with(|view| {
            view.as_ref().is_some_and(|view| {
                let in_time = view.rows.iter().any(|row| row.me && row.opinion.is_some() && !row.late);
                view.asks_me && !(view.over && in_time)
            })
        })
    });
    let (exporting, asking) = (Doing::new(), RwSignal::new(false));
    let target =
        Target { title: t!(opinion.report).into(), name: Signal::derive(|| "bao-cao-y-kien.pdf".to_owned()), folder: false };
    let counted = |late: bool, of: OpinionCount| {
        let OpinionCount { agree, with_remarks, disagree } = of;
        if late {
            say!(opinion.counts_late, agree = agree, remarks = with_remarks, disagree = disagree)
        } else {
            say!(opinion.counts, agree = agree, remarks = with_remarks, disagree = disagree)
        }
    };
    view! {
        <section class="block stack" data-testid=testids::OPINION_FORM data-form=form.to_string()>
            <h3>{move || question.get()}</h3>
            {move || view_of.get().map(|view| {
                let papers = view.papers.iter().map(|paper| paper.title.clone()).filter(|title| !title.is_empty()).collect::<Vec<_>>().join(" · ");
                let has_late = view.late != OpinionCount::default();
                view! {
                    <small class="num block">{say!(opinion.until, name = view.asked_by.clone(), at = format::moment(view.deadline))}</small>
                    {(!papers.is_empty()).then(|| view! { <small class="block">{papers}</small> })}
                    <p class="row wrap" role="status">
                        <span class="chip num">{counted(false, view.in_time)}</span>
                        {has_late.then(|| view! { <span class="chip num">{counted(true, view.late)}</span> })}
                        <span class="chip num" data-testid=testids::OPINION_SILENT data-count=view.silent>{say!(opinion.silent, count = view.silent)}</span>
                    </p>
                }
            })}
            <Show when=move || may_answer.get()><Answer form=form view_of=view_of /></Show>
            <ul class="plain people"><For each=move || rows.get() key=content_key let(row)><Row row=row /></For></ul>
            <Show when=move || manages.get()>
                <div class="row end"><Button label=t!(opinion.report) icon="doc" kind=Kind::Quiet testid=testids::OPINION_REPORT busy=Signal::derive(move || exporting.busy()) on_press=move |()| asking.set(true) /></div>
            </Show>
            <TargetDialog open=asking target=target doing=exporting on_target=move |path: String| exporting.run(ExportOpinions { meeting: here.meeting, form, path }, move |written| app.say(say!(file.written, path = written.path))) />
        </section>
    }
    .into_any()
}

#[component]
fn Row(row: OpinionRow) -> impl IntoView {
    let OpinionRow { name, title, opinion, remark, at, late, .. } = row;
    let who = if title.is_empty() { name.clone() } else { format!("{name}, {title}") };
    view! {
        <li class="p" data-testid=testids::OPINION_ROW data-name=name data-opinion=opinion.map_or("", slug)>
            <div class="grow">
                <div class="strong">{who}</div>
                <small class="block">
                    {move || opinion.map_or_else(|| say!(opinion.silent_row), words_of)}
                    {at.map(|at| view! { " · "<span class="num">{format::moment(at)}</span> })}
                    {late.then(|| view! { " "<span class="chip">{t!(opinion.late)}</span> })}
                </small>
                {(!remark.is_empty()).then(|| view! { <p>{remark}</p> })}
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn Answer(form: Hash32, view_of: Memo<Option<OpinionView>>) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let doing = Doing::new();
    let mine = view_of.with_untracked(|view| view.as_ref().and_then(|view| view.rows.iter().find(|row| row.me).cloned()));
    let chosen = RwSignal::new(mine.as_ref().and_then(|row| row.opinion).map(slug).unwrap_or_default().to_owned());
    let remark = RwSignal::new(mine.map(|row| row.remark).unwrap_or_default());
    let over = Memo::new(move |_| view_of.with(|view| view.as_ref().is_some_and(|view| view.over)));
    let options =
        Signal::derive(|| ALL.into_iter().map(|opinion| (slug(opinion).to_owned(), words_of(opinion))).collect::<Vec<_>>());
    let picked = move || chosen.with(|chosen| ALL.into_iter().find(|opinion| slug(*opinion) == chosen));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(opinion) = untrack(picked) else { return };
        let act = GiveOpinion { meeting: here.meeting, form, opinion, remark: remark.get_untracked().trim().to_owned() };
        doing.run(act, move |()| app.say(say!(opinion.answered)));
    };
    view! {
        <form class="stack" on:submit=send>
            <Choices label=t!(opinion.answer_label) name="opinion" value=chosen options=options on_pick=move |slug| chosen.set(slug) />
            <Area label=t!(opinion.remark) value=remark rows=3 most=REMARK_CHARS testid=testids::OPINION_REMARK />
            <Show when=move || over.get()><small>{t!(opinion.answer_late)}</small></Show>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(opinion.answer) kind=Kind::Primary submit=true testid=testids::OPINION_SEND disabled=Signal::derive(move || picked().is_none()) busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}

#[component]
fn Ask(asking: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let doing = Doing::new();
    let question = RwSignal::new(String::new());
    let date = RwSignal::new(String::new());
    let time = RwSignal::new("17:00".to_owned());
    let offered: Vec<(PaperId, String, RwSignal<bool>)> = here.room.with(|room| {
        let kept = room.into_iter().flat_map(papers).filter(|paper| paper.withdrawn.is_none());
        kept.map(|paper| (paper.paper, paper.title.clone(), RwSignal::new(false))).collect()
    });
    let chosen = StoredValue::new(offered.iter().map(|(id, _, on)| (*id, *on)).collect::<Vec<_>>());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(deadline) = format::parse_moment(&date.get_untracked(), &time.get_untracked()) else {
            doing.fail(ApiError::new("bad_moment", ""));
            return;
        };
        let papers = chosen.with_value(|chosen| chosen.iter().filter(|(_, on)| on.get_untracked()).map(|(id, _)| *id).collect());
        let act = AskOpinion { meeting: here.meeting, question: question.get_untracked().trim().to_owned(), papers, deadline };
        doing.run(act, move |_| {
            asking.try_set(false);
            app.say(say!(opinion.asked));
        });
    };
    view! {
        <form class="stack" on:submit=send>
            <p class="lead">{t!(opinion.ask_text)}</p>
            <Area label=t!(opinion.question) value=question rows=3 focus=true most=2_000 testid=testids::OPINION_QUESTION />
            <div class="pair">
                <Field label=t!(opinion.date) value=date example=t!(meeting.date_example) required=true testid=testids::OPINION_DATE />
                <Field label=t!(opinion.time) value=time example=t!(meeting.time_example) required=true testid=testids::OPINION_TIME />
            </div>
            {offered.into_iter().map(|(_, title, on)| view! { <Check label=move || say!(opinion.paper, title = title.clone()) value=on testid=testids::OPINION_PAPER /> }).collect_view()}
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| asking.set(false) />
                <Button label=t!(opinion.ask_verb) kind=Kind::Primary submit=true testid=testids::OPINION_ASK busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}
