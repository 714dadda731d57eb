//! The readiness board of the secretary: who has opened the program, has all papers, has opened which.

use api::meeting::{Readiness as ReadinessQuery, ReadinessItem, ReadinessPaper, ReadinessRow, ReadinessView};
use domain::id::PaperId;
use domain::reminder::PapersState;
use leptos::prelude::*;
use serde::Serialize;
use ui::{format, testids};

use super::use_room;
use crate::components::{Button, Dialog, Empty, ErrorPanel, Kind, Loading, content_key};
use crate::live::{Live, live};
use crate::{say, t, words};

/// The button that opens the board.
#[component]
pub fn Readiness() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Button label=t!(readiness.title) icon="list" kind=Kind::Quiet testid=testids::READINESS on_press=move |()| open.set(true) />
        <Dialog open=open title=t!(readiness.title) testid=testids::READINESS_DIALOG wide=true><Board /></Dialog>
    }
    .into_any()
}

#[component]
fn Board() -> impl IntoView {
    let here = use_room();
    let board = live(move || Some(ReadinessQuery { meeting: here.meeting }));
    let count = board.part(|board| board.people.len());
    view! {
        {move || match (count.get(), board.error()) {
            (Some(0), _) => view! { <Empty icon="users" title=t!(people.none) /> }.into_any(),
            (Some(_), _) => view! { <Table board=board /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| board.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

/// A line of the table, all that it shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Line {
    row: ReadinessRow,
    /// Titles not opened in their newest version, and whether an older one was.
    left: Vec<(String, bool)>,
    papers: usize,
}

fn line(row: &ReadinessRow, papers: &[ReadinessPaper]) -> Line {
    let has = |list: &[PaperId], paper: &ReadinessPaper| list.contains(&paper.paper);
    let theirs = || papers.iter().filter(|paper| paper.is_for(row.role));
    let left =
        theirs().filter(|paper| !has(&row.read, paper)).map(|paper| (paper.title.clone(), has(&row.read_older, paper))).collect();
    Line { row: row.clone(), left, papers: theirs().count() }
}

#[component]
fn Table(board: Live<ReadinessView>) -> impl IntoView {
    let lines = board.part_or(|board| board.people.iter().map(|row| line(row, &board.papers)).collect::<Vec<_>>());
    let due = board.part_or(|board| board.due.clone());
    let counted = |is: fn(&Line) -> bool| Memo::new(move |_| lines.with(|lines| lines.iter().filter(|line| is(line)).count()));
    let opened = counted(|line| line.row.opened);
    let complete = counted(|line| line.row.has_papers == Some(true));
    let prepared = counted(|line| line.left.is_empty());
    view! {
        <p class="row wrap">
            <span class="chip num">{move || say!(readiness.opened_count, count = opened.get(), total = lines.with(Vec::len))}</span>
            <span class="chip num">{move || say!(readiness.papers_count, count = complete.get(), total = lines.with(Vec::len))}</span>
            <span class="chip num">{move || say!(readiness.read_count, count = prepared.get(), total = lines.with(Vec::len))}</span>
        </p>
        <ul class="plain"><For each=move || due.get() key=content_key let(item)><Due item=item /></For></ul>
        <div class="tablewrap"><table class="grid" data-testid=testids::READINESS_TABLE>
            <thead><tr>
                <th scope="col">{t!(readiness.person)}</th>
                <th scope="col">{t!(readiness.app)}</th>
                <th scope="col">{t!(readiness.papers)}</th>
                <th scope="col">{t!(readiness.read)}</th>
            </tr></thead>
            <tbody><For each=move || lines.get() key=content_key let(line)><Row line=line /></For></tbody>
        </table></div>
        <small>{t!(readiness.text)}</small>
    }
    .into_any()
}

#[component]
fn Due(item: ReadinessItem) -> impl IntoView {
    let ReadinessItem { number, title, presenter, due, state, .. } = item;
    let (class, name) = match state {
        PapersState::Here => ("yes", "here"),
        PapersState::HereLate => ("late", "here_late"),
        PapersState::Awaited => ("", "awaited"),
        PapersState::Overdue => ("late", "overdue"),
    };
    let from = if presenter.is_empty() { String::new() } else { format!(" · {presenter}") };
    view! {
        <li data-testid=testids::READINESS_DUE data-state=name>
            {format!("{number} {title}{from} · ")}
            {move || say!(readiness.due, time = format::moment(due))}": "
            <span class=class>{move || match state {
                PapersState::Here => say!(readiness.papers_here),
                PapersState::HereLate => say!(readiness.papers_late),
                PapersState::Awaited => say!(readiness.papers_awaited),
                PapersState::Overdue => say!(readiness.papers_overdue),
            }}</span>
        </li>
    }
    .into_any()
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let Line { row, left, papers } = line;
    let ReadinessRow { name, title, role, opened, has_papers, read, .. } = row;
    let office =
        move || [words::role(role), title.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let (class, received) = match has_papers {
        Some(true) => ("yes", 0),
        Some(false) => ("late", 1),
        None => ("", 2),
    };
    let count = read.len();
    view! {
        <tr data-testid=testids::READINESS_ROW data-name=name.clone() data-opened=opened.to_string() data-read=count>
            <th scope="row">{name.clone()}<small class="block">{office}</small></th>
            <td class=if opened { "yes" } else { "late" }>{move || if opened { say!(readiness.opened) } else { say!(readiness.not_opened) }}</td>
            <td class=class>{move || match received {
                0 => say!(readiness.complete),
                1 => say!(readiness.incomplete),
                _ => say!(readiness.unknown),
            }}</td>
            <td>
                <span class="num">{count}"/"{papers}</span>
                {(!left.is_empty()).then(|| view! {
                    <details>
                        <summary>{t!(readiness.left)}</summary>
                        <ul class="plain">
                            {left.into_iter().map(|(title, older)| view! {
                                <li>{title}{older.then(|| view! { <small>" · "{t!(readiness.older)}</small> })}</li>
                            }).collect_view()}
                        </ul>
                    </details>
                })}
            </td>
        </tr>
    }
    .into_any()
}
