//! Before a question and its answer go to all communes: what in them says who somebody is, pointed out where it stands.

use api::handbook::{CheckPersonalData, Finding};
use api::question::{PublishAnswer, QuestionView};
use domain::id::QuestionId;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::testids;

use crate::components::{Area, Button, Check, Dialog, ErrorLine, Icon, Kind};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::screens::search::Marked;
use crate::{say, t, terms};

/// Characters of the text shown before and after something that was found.
const AROUND: u32 = 24;

/// The part of a text, in characters.
fn part(text: &str, from: u32, to: u32) -> String {
    text.chars().skip(from as usize).take(to.saturating_sub(from) as usize).collect()
}

/// The text with one part replaced.
fn replaced(text: &str, (from, to): (u32, u32), instead: &str) -> String {
    let mut changed = part(text, 0, from);
    changed.push_str(instead);
    changed.extend(text.chars().skip(to as usize));
    changed
}

/// A text that will be published, and what was found in it.
#[component]
fn Checked(
    #[prop(into)] label: TextProp,
    value: RwSignal<String>,
    testid: &'static str,
    rows: u32,
    /// What was found, word for word.
    found: RwSignal<Vec<String>>,
) -> impl IntoView {
    let findings = live(move || Some(CheckPersonalData { text: value.get() }));
    // An answer to an older text would point beside the words.
    let shown = Memo::new(move |_| findings.with(|findings| findings.cloned()).unwrap_or_default());
    Effect::new(move |_| {
        let text = value.get_untracked();
        found.set(shown.with(|shown| shown.iter().map(|finding| part(&text, finding.range.0, finding.range.1)).collect()));
    });
    let row = move |finding: Finding| {
        let (from, to) = finding.range;
        let text = value.get_untracked();
        let start = from.saturating_sub(AROUND);
        let piece = part(&text, start, to.saturating_add(AROUND));
        let kind = finding.kind;
        let instead = finding.instead.clone();
        let shown = finding.instead.clone();
        view! {
            <li class="row" data-testid=testids::PERSONAL_DATA>
                <span class="chip warn">{move || terms::personal(kind)}</span>
                <span class="grow">"…"<Marked text=piece ranges=vec![(from - start, to - start)] />"…"</span>
                <Button label=move || say!(publish.replace, text = shown.clone()) testid=testids::PERSONAL_REPLACE on_press=move |()| value.update(|text| *text = replaced(text, (from, to), &instead)) />
            </li>
        }
    };
    view! {
        <div class="stack tight">
            <Area label=label value=value testid=testid rows=rows most=50_000 />
            <ErrorMark findings=findings />
            <ul class="plain stack tight">{move || shown.get().into_iter().map(row).collect_view()}</ul>
        </div>
    }
    .into_any()
}

#[component]
fn ErrorMark(findings: Live<Vec<Finding>>) -> impl IntoView {
    move || {
        findings.error().map(|error| view! { <p class="errorline" role="alert" data-testid=testids::ERROR data-code=error.code.clone()><Icon name="warn" /><span>{crate::app::sentence(&error)}</span></p> })
    }
}

/// The dialog.
#[component]
pub fn PublishDialog(
    /// Open or not.
    open: RwSignal<bool>,
    /// What is published.
    question: QuestionId,
    /// Its thread.
    view: Live<QuestionView>,
) -> impl IntoView {
    view! {
        <Dialog open=open title=t!(question.publish) testid=testids::PUBLISH_DIALOG wide=true>
            <PublishForm open=open question=question view=view />
        </Dialog>
    }
}

#[component]
fn PublishForm(open: RwSignal<bool>, question: QuestionId, view: Live<QuestionView>) -> impl IntoView {
    let (title, text, answer) = untrack(|| {
        view.with(|view| {
            view.map(|view| {
                (
                    view.row.title.clone(),
                    view.text.clone(),
                    view.answer.as_ref().map(|answer| answer.text.clone()).unwrap_or_default(),
                )
            })
        })
    })
    .unwrap_or_default();
    let (title, text, answer) = (RwSignal::new(title), RwSignal::new(text), RwSignal::new(answer));
    let found = [RwSignal::new(Vec::<String>::new()), RwSignal::new(Vec::new()), RwSignal::new(Vec::new())];
    let count = move || found.iter().map(|found| found.with(Vec::len)).sum::<usize>();
    let confirmed = RwSignal::new(false);
    let doing = Doing::new();
    let publish = move |()| {
        let act = PublishAnswer {
            question,
            title: title.get_untracked(),
            text: text.get_untracked(),
            answer: answer.get_untracked(),
            confirmed: if confirmed.get_untracked() {
                found.iter().flat_map(|found| found.get_untracked()).collect()
            } else {
                Vec::new()
            },
        };
        doing.run(act, move |_| open.set(false));
    };
    view! {
        <p class="lead">{t!(publish.text)}</p>
        <Checked label=t!(ask.title) value=title testid=testids::PUBLISH_TITLE rows=1 found=found[0] />
        <Checked label=t!(ask.text) value=text testid=testids::PUBLISH_TEXT rows=4 found=found[1] />
        <Checked label=t!(answer.text) value=answer testid=testids::PUBLISH_ANSWER rows=6 found=found[2] />
        <p class="hintline" class:late=move || count() != 0 role="status" data-testid=testids::PUBLISH_FOUND data-count=count><Icon name="warn" /><span>{move || if count() == 0 { say!(publish.nothing) } else { say!(publish.found, count = count()) }}</span></p>
        <Show when=move || count() != 0><Check label=t!(publish.confirm) value=confirmed testid=testids::PUBLISH_CONFIRM /></Show>
        <ErrorLine doing=doing />
        <footer class="row end">
            <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
            <Button label=t!(publish.verb) kind=Kind::Primary icon="share" testid=testids::PUBLISH_SEND disabled=Signal::derive(move || count() != 0 && !confirmed.get()) busy=Signal::derive(move || doing.busy()) on_press=publish />
        </footer>
    }
    .into_any()
}
