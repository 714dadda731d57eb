//! Figures about questions: as bars, as a table, as a file.

use api::question::{ExportStatistics, QuestionScope, QuestionStatistics, StatisticsRow, StatisticsView};
use domain::id::Timestamp;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::format;
use ui::route::{HandbookPlace, QuestionPlace, Route};
use ui::testids;

use crate::app::use_app;
use crate::components::{
    Bar, Button, Choices, Empty, ErrorLine, ErrorPanel, IconButton, Loading, Target, TargetDialog, content_key,
};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t, terms};

/// Spans of time that are offered, in days; 0 is all.
const SPANS: [(&str, i64); 4] = [("30", 30), ("90", 90), ("365", 365), ("0", 0)];
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The screen.
#[component]
pub fn Statistics() -> impl IntoView {
    let app = use_app();
    let span = RwSignal::new("90".to_owned());
    let from = Memo::new(move |_| {
        let days = span.with(|span| SPANS.into_iter().find(|(id, _)| id == span).map_or(0, |(_, days)| days));
        (days > 0).then(|| Timestamp((format::Civil::of(app.now.get()).day_number - days) * DAY_MS))
    });
    let figures = live(move || Some(QuestionStatistics { from: from.get(), to: None }));
    let ready = figures.part(|figures| figures.all.asked);
    let exporting = RwSignal::new(false);
    let doing = Doing::new();
    let write = move |path: String| {
        doing.run(ExportStatistics { from: from.get_untracked(), to: None, path }, move |written| {
            app.say(say!(file.written, path = written.path))
        });
    };
    let spans = Signal::derive(|| {
        SPANS
            .into_iter()
            .map(|(id, days)| {
                (id.to_owned(), if days == 0 { say!(statistics.always) } else { say!(statistics.days, count = days) })
            })
            .collect::<Vec<_>>()
    });
    view! {
        <header class="row head">
            <span><IconButton label=t!(common.back) icon="left" on_press=move |()| app.go(Route::Questions(QuestionPlace::List(QuestionScope::All))) /></span>
            <h1 class="big grow">{t!(statistics.title)}</h1>
            <Button label=t!(statistics.export) icon="share" testid=testids::STATISTICS_EXPORT on_press=move |()| exporting.set(true) />
        </header>
        <TargetDialog open=exporting target=Target { title: t!(statistics.export).into(), name: Signal::derive(|| "thong-ke-hoi-dap.csv".to_owned()), folder: false } doing=doing on_target=write />
        <ErrorLine doing=doing />
        <Choices label=t!(statistics.span) name=testids::STATISTICS_SPAN value=span options=spans on_pick=move |picked| span.set(picked) />
        {move || match (ready.get(), figures.error()) {
            (Some(_), _) => view! { <Figures figures=figures /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| figures.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

fn time(minutes: Option<u32>) -> String {
    minutes.map_or_else(|| "–".to_owned(), terms::minutes)
}

#[component]
fn Figures(figures: Live<StatisticsView>) -> impl IntoView {
    let app = use_app();
    let all = figures.part(|figures| figures.all.clone());
    let units = figures.part_or(|figures| figures.units.clone());
    let fields = figures.part_or(|figures| figures.fields.clone());
    let most = figures.part_or(|figures| figures.most_asked.clone());
    let vain = figures.part_or(|figures| figures.failed_searches.clone());
    let number = move |label: TextProp, value: fn(&StatisticsRow) -> String| {
        view! { <div><dt>{move || label.get()}</dt><dd class="big num">{move || all.get().map(|all| value(&all))}</dd></div> }
    };
    view! {
        <dl class="facttiles" data-testid=testids::STATISTICS_ALL data-asked=move || all.get().map(|all| all.asked) data-answered=move || all.get().map(|all| all.answered) data-overdue=move || all.get().map(|all| all.overdue)>
            {number(t!(statistics.asked).into(), |all| all.asked.to_string())}
            {number(t!(statistics.answered).into(), |all| all.answered.to_string())}
            {number(t!(statistics.overdue).into(), |all| all.overdue.to_string())}
            {number(t!(statistics.median).into(), |all| time(all.first_answer_median_minutes))}
        </dl>
        <Chart title=t!(statistics.by_unit) rows=units.into() />
        <Chart title=t!(statistics.by_field) rows=fields.into() />
        <div class="cols">
            <section class="card list"><h2>{t!(statistics.most)}</h2>
                <Show when=move || most.with(Vec::is_empty)><p class="none">{t!(statistics.no_most)}</p></Show>
                <For each=move || most.get() key=content_key let(row)>
                    <a class="li" href=Route::Questions(QuestionPlace::Thread(row.question)).fragment()><span class="chip when num">{say!(vain.count, count = row.count)}</span><div class="grow"><div class="strong">{row.title.clone()}</div><small>{row.field.clone()}</small></div></a>
                </For>
            </section>
            <section class="card list"><h2>{t!(vain.title)}</h2>
                <Show when=move || vain.with(Vec::is_empty)><p class="none">{t!(vain.none)}</p></Show>
                <For each=move || vain.get() key=content_key let(row)>
                    <div class="li"><span class="chip when num">{say!(vain.count, count = row.count)}</span><button type="button" class="linklike grow" on:click={
                        let text = row.text.clone();
                        move |_| {
                            app.finder.look_for(text.clone());
                            app.go(Route::Handbook(HandbookPlace::Search));
                        }
                    }>{row.text.clone()}</button></div>
                </For>
            </section>
        </div>
    }
    .into_any()
}

/// Bars of units or fields, or the same as a table.
#[component]
fn Chart(#[prop(into)] title: TextProp, rows: Signal<Vec<StatisticsRow>>) -> impl IntoView {
    let table = RwSignal::new(false);
    let most = Signal::derive(move || rows.with(|rows| rows.iter().map(|row| u64::from(row.asked)).max().unwrap_or(0)));
    let heading = title.clone();
    view! {
        <section class="card stack">
            <div class="row"><h2 class="grow">{move || heading.get()}</h2>
                <Button label=move || if table.get() { say!(statistics.as_bars) } else { say!(statistics.as_table) } testid=testids::STATISTICS_TABLE on_press=move |()| table.update(|table| *table = !*table) />
            </div>
            <Show when=move || rows.with(Vec::is_empty)><Empty icon="chart" title=t!(statistics.none) /></Show>
            {move || if table.get() {
                view! {
                    <div class="tablewrap"><table class="grid">
                        <thead><tr><th scope="col">{let title = title.clone(); move || title.get()}</th><th scope="col" class="n">{t!(statistics.asked)}</th><th scope="col" class="n">{t!(statistics.answered)}</th><th scope="col" class="n">{t!(statistics.overdue)}</th><th scope="col" class="n">{t!(statistics.explained)}</th><th scope="col" class="n">{t!(statistics.median)}</th><th scope="col" class="n">{t!(statistics.p90)}</th></tr></thead>
                        <tbody>{rows.get().into_iter().map(|row| view! {
                            <tr><th scope="row">{row.name}</th><td class="n num">{row.asked}</td><td class="n num">{row.answered}</td><td class="n num">{row.overdue}</td><td class="n num">{row.explained}</td><td class="n num">{time(row.first_answer_median_minutes)}</td><td class="n num">{time(row.first_answer_p90_minutes)}</td></tr>
                        }).collect_view()}</tbody>
                    </table></div>
                }.into_any()
            } else {
                view! {
                    <p class="row wrap legend" aria-hidden="true"><i class="yes"></i><small>{t!(statistics.answered)}</small><i class="open"></i><small>{t!(statistics.open)}</small><i class="no"></i><small>{t!(statistics.overdue)}</small></p>
                    <ul class="bars">{rows.get().into_iter().map(|row| {
                        let (asked, answered, overdue) = (u64::from(row.asked), u64::from(row.answered), u64::from(row.overdue));
                        let open = asked.saturating_sub(answered + overdue);
                        let name = row.name.clone();
                        let label = move || say!(statistics.bar, name = name.clone(), asked = asked, answered = answered, overdue = overdue);
                        view! {
                            <li data-testid=testids::STATISTICS_BAR data-name=row.name.clone()>
                                <span class="ell">{row.name.clone()}</span>
                                <Bar parts=Signal::derive(move || vec![("yes", answered), ("open", open), ("no", overdue)]) total=most label=label />
                                <small class="num">{asked}" · "{time(row.first_answer_median_minutes)}</small>
                            </li>
                        }
                    }).collect_view()}</ul>
                }.into_any()
            }}
        </section>
    }
    .into_any()
}
