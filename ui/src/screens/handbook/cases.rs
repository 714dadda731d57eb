//! Cases: the checklist of a procedure, ticked for one citizen or one file.

use api::handbook::{Case, CaseLine, CaseLineKind, CaseRow, CaseView, Cases, CloseCase, TickCase};
use domain::id::CaseId;
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, Route};
use ui::testids;

use super::BackToList;
use crate::components::{Bar, Button, Check, Empty, ErrorLine, ErrorPanel, FindBox, Icon, Kind, Loading, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t};

/// The list of my cases.
#[component]
pub fn CaseList() -> impl IntoView {
    let (closed, text) = (RwSignal::new(false), RwSignal::new(String::new()));
    let cases = live(move || Some(Cases { closed: closed.get(), text: text.with(|text| text.trim().to_owned()) }));
    // While a narrower list is on its way the old one stays.
    let kept = RwSignal::new(None::<Vec<CaseRow>>);
    Effect::new(move |_| {
        if let Some(newest) = cases.with(|cases| cases.cloned()) {
            kept.set(Some(newest));
        }
    });
    let rows = Memo::new(move |_| kept.with(|kept| kept.clone().unwrap_or_default()));
    let ready = Memo::new(move |_| kept.with(|kept| kept.as_ref().map(Vec::len)));
    let narrowed = move || text.with(|text| !text.trim().is_empty());
    view! {
        <header class="row"><BackToList /><h1 class="big grow">{t!(handbook.cases)}</h1><Check label=t!(case.closed_too) value=closed testid=testids::CASES_CLOSED /></header>
        <p class="hintline" role="note" data-testid=testids::CASES_PRIVATE><Icon name="lock" /><span>{t!(case.private)}</span></p>
        <FindBox label=t!(case.find) text=text testid=testids::CASES_FIND />
        {move || match (ready.get(), cases.error()) {
            (Some(0), _) if narrowed() => view! { <Empty icon="check" title=t!(case.none_found)><Button label=t!(search.widen) on_press=move |()| text.set(String::new()) /></Empty> }.into_any(),
            (Some(0), _) => view! { <Empty icon="check" title=t!(case.none) text=t!(case.none_text) /> }.into_any(),
            (Some(_), _) => ().into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| cases.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <div class="list"><For each=move || rows.get() key=content_key let(row)><Row row=row /></For></div>
    }
    .into_any()
}

#[component]
fn Row(row: CaseRow) -> impl IntoView {
    view! {
        <a class="li" href=Route::Handbook(HandbookPlace::Case(row.case)).fragment() data-testid=testids::CASE_ROW data-number=row.file_number.clone() data-closed=row.closed_at.is_some().to_string()>
            <span class="chip when num" class:ok=row.done == row.total>{format!("{}/{}", row.done, row.total)}</span>
            <div class="grow"><div class="ell strong">{(!row.file_number.is_empty()).then(|| format!("{} · ", row.file_number))}{row.name}</div><small>{row.title}</small></div>
            <small class="num">{format::date(row.started_at)}</small>
            {row.closed_at.is_some().then(|| view! { <span class="chip">{t!(case.closed)}</span> })}
        </a>
    }
    .into_any()
}

/// One case.
#[component]
pub fn OneCase(
    /// Which one.
    case: CaseId,
) -> impl IntoView {
    let live_case = live(move || Some(Case { case }));
    let ready = live_case.part(|_| true);
    view! {
        {move || match (ready.get(), live_case.error()) {
            (Some(_), _) => view! { <Checklist case=case live_case=live_case /> }.into_any(),
            (None, Some(error)) => view! { <BackToList /><ErrorPanel error=error retry=move |()| live_case.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Checklist(case: CaseId, live_case: Live<CaseView>) -> impl IntoView {
    let row = live_case.part(|view| view.row.clone());
    let keys = live_case.part_or(|view| {
        view.lines
            .iter()
            .map(|line| (line.key.clone(), line.kind == CaseLineKind::Paper, line.text.clone(), line.note.clone()))
            .collect::<Vec<_>>()
    });
    let changed = live_case.part_or(|view| view.changed);
    let note = live_case.part_or(|view| view.note.clone());
    let articles = live_case.part_or(|view| view.articles.clone());
    let closed = Memo::new(move |_| row.get().is_some_and(|row| row.closed_at.is_some()));
    let doing = Doing::new();
    let text = move |read: fn(&CaseRow) -> String| row.get().map(|row| read(&row)).unwrap_or_default();
    let counts = Memo::new(move |_| row.get().map(|row| (u64::from(row.done), u64::from(row.total))).unwrap_or_default());
    let group = move |papers: bool| {
        let of_group = move || keys.get().into_iter().filter(|key| key.1 == papers).collect::<Vec<_>>();
        view! {
            <Show when=move || keys.with(|keys| keys.iter().any(|key| key.1 == papers))>
                <h2>{move || if papers { say!(case.papers) } else { say!(case.steps) }}</h2>
                <ul class="checklist">
                    <For each=of_group key=|key| key.clone() let((key, _, text, note))>
                        <Line case=case line_key=key text=text note=note live_case=live_case closed=closed />
                    </For>
                </ul>
            </Show>
        }
    };
    view! {
        <article class="article" data-testid=testids::CASE data-done=move || counts.get().0 data-total=move || counts.get().1>
            <header class="row articlehead">
                <BackToList />
                <small class="grow crumbs">{t!(handbook.cases)}</small>
                <span class="row acts">
                    <Button label=t!(article.print) icon="print" kind=Kind::Quiet testid=testids::CASE_PRINT on_press=move |()| { let _ = window().print(); } />
                    <Button label=move || if closed.get() { say!(case.reopen) } else { say!(case.close) } icon="check" testid=testids::CASE_CLOSE busy=Signal::derive(move || doing.busy())
                        on_press=move |()| doing.run(CloseCase { case, closed: !closed.get_untracked() }, |_| {}) />
                </span>
            </header>
            <h1 class="big">{move || text(|row| row.name.clone())}</h1>
            <Show when=move || row.with(|row| row.as_ref().is_some_and(|row| !row.file_number.is_empty()))>
                <p class="row"><small>{t!(case.file_number)}</small><span class="chip num" data-testid=testids::CASE_FILE_NUMBER>{move || text(|row| row.file_number.clone())}</span></p>
            </Show>
            <p><a class="named" href=move || row.get().map(|row| Route::Handbook(HandbookPlace::Article(row.article)).fragment())>{move || text(|row| row.title.clone())}</a>" "<small class="num">{move || row.get().map(|row| say!(case.started, date = format::moment(row.started_at)))}</small></p>
            <Show when=move || note.with(|note| !note.is_empty())><p class="text asked" data-testid=testids::CASE_NOTE>{move || note.get()}</p></Show>
            {move || articles.get().into_iter().map(|article| view! {
                <p class="row"><Icon name="book" /><a class="named" href=Route::Handbook(HandbookPlace::Article(article.article)).fragment() data-testid=testids::CASE_ARTICLE>{article.title}</a></p>
            }).collect_view()}
            <div class="row"><div class="grow"><Bar parts=Signal::derive(move || vec![("yes", counts.get().0)]) total=Signal::derive(move || counts.get().1) label=move || say!(case.progress, done = counts.get().0, total = counts.get().1) /></div><small class="num">{move || format!("{} / {}", counts.get().0, counts.get().1)}</small></div>
            <Show when=move || changed.get()><p class="hintline late"><Icon name="warn" /><span>{t!(case.changed)}</span></p></Show>
            <ErrorLine doing=doing />
            {group(true)}
            {group(false)}
            <p class="none noprint">{t!(case.private)}</p>
        </article>
    }
    .into_any()
}

#[component]
fn Line(
    case: CaseId,
    line_key: String,
    text: String,
    note: String,
    live_case: Live<CaseView>,
    #[prop(into)] closed: Signal<bool>,
) -> impl IntoView {
    // Each line by itself: a second tick does not wait for the first.
    let doing = Doing::new();
    let of = line_key.clone();
    let done_at =
        live_case.part_or(move |view| view.lines.iter().find(|line: &&CaseLine| line.key == of).and_then(|line| line.done_at));
    view! {
        <li class:done=move || done_at.get().is_some()>
            <label class="check">
                <input type="checkbox" data-testid=testids::CASE_LINE prop:checked=move || done_at.get().is_some() disabled=move || closed.get()
                    on:change=move |event| doing.run(TickCase { case, line: line_key.clone(), done: event_target_checked(&event) }, |_| {}) />
                <span class="grow">{text}{(!note.is_empty()).then(|| view! { <small class="block">{note}</small> })}</span>
                <small class="num">{move || done_at.get().map(format::moment)}</small>
            </label>
            <ErrorLine doing=doing />
        </li>
    }
    .into_any()
}
