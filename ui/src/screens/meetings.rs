//! All meetings.

use api::query::MeetingList;
use api::view::MeetingRow;
use leptos::prelude::*;
use ui::format;
use ui::route::Route;
use ui::testids;

use crate::app::use_app;
use crate::components::{Button, Empty, ErrorPanel, Icon, Kind, Loading, content_key};
use crate::live::{Live, live};
use crate::{say, t, words};

/// The screen.
#[component]
pub fn Meetings() -> impl IntoView {
    let app = use_app();
    let list = live(|| Some(MeetingList {}));
    let count = list.part(Vec::len);
    view! {
        <header class="row head">
            <h1 class="big grow">{t!(nav.meetings)}</h1>
            <Button label=t!(meetings.new) icon="plus" kind=Kind::Primary testid=testids::MEETING_NEW on_press=move |()| app.go(Route::NewMeeting) />
        </header>
        {move || match (count.get(), list.error()) {
            (Some(0), _) => view! { <div class="card"><Empty icon="meet" title=t!(meetings.none) text=t!(meetings.none_text) /></div> }.into_any(),
            (Some(_), _) => view! { <Lists list=list /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| list.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Lists(list: Live<Vec<MeetingRow>>) -> impl IntoView {
    let app = use_app();
    let today = Memo::new(move |_| format::Civil::of(app.now.get()).day_number);
    let coming = Memo::new(move |_| {
        let mut rows: Vec<MeetingRow> = list.with(|rows| {
            rows.into_iter().flatten().filter(|row| format::Civil::of(row.starts_at).day_number >= today.get()).cloned().collect()
        });
        rows.reverse();
        rows
    });
    let past = Memo::new(move |_| {
        list.with(|rows| {
            rows.into_iter()
                .flatten()
                .filter(|row| format::Civil::of(row.starts_at).day_number < today.get())
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let section = move |rows: Memo<Vec<MeetingRow>>, id: &'static str, title: fn() -> String| {
        view! {
            <Show when=move || rows.with(|rows| !rows.is_empty())>
                <section class="card list" aria-labelledby=id>
                    <h2 id=id>{title}</h2>
                    <For each=move || rows.get() key=content_key let(row)><Row row=row /></For>
                </section>
            </Show>
        }
    };
    view! {
        {section(coming, "meetings-coming", || say!(meetings.coming))}
        {section(past, "meetings-past", || say!(meetings.past))}
    }
    .into_any()
}

#[component]
fn Row(row: MeetingRow) -> impl IntoView {
    let line = {
        let row = row.clone();
        move || {
            [row.body.clone(), words::meeting_line(&row)]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · ")
        }
    };
    view! {
        <a class="li" href=Route::Room { meeting: row.meeting, paper: None }.fragment() data-testid=testids::MEETING_ROW data-title=row.title.clone()>
            <span class="date num"><b>{format::clock(row.starts_at)}</b><small>{format::date(row.starts_at)}</small></span>
            <div class="grow"><div class="ell strong">{row.title.clone()}</div><small class="ell block">{line}</small></div>
            <span class="row chips">
                {(row.votes_waiting > 0).then(|| view! { <span class="chip on num">{move || say!(meeting.votes_waiting, count = row.votes_waiting)}</span> })}
                {(row.papers_missing > 0).then(|| view! { <span class="chip warn num">{move || say!(meeting.papers_missing, count = row.papers_missing)}</span> })}
                {row.left.is_some().then(|| view! { <span class="chip warn">{t!(meeting.left)}</span> })}
                {row.signed.then(|| view! { <span class="chip ok"><Icon name="sign" />{t!(meeting.signed)}</span> })}
                <span class="chip">{move || words::role(row.role)}</span>
            </span>
            <Icon name="right" />
        </a>
    }
    .into_any()
}
