//! The agenda: a tree of items with their time slots and papers; who manages the meeting edits it here.

use api::act::{ItemDraft, MoveItem, RemoveItem, UpdateItem};
use api::error::ApiError;
use api::projector::SetItemInternal;
use api::sitting::MoveSitting;
use api::view::{ItemRow, PaperRow};
use domain::id::{ItemId, PaperId};
use domain::sitting::{Move, Phase};
use leptos::prelude::*;
use ui::format;
use ui::route::Route;
use ui::{slots, testids};

use super::item_form::{ItemForm, ItemTarget};
use super::paper_form::{PaperForm, PaperTarget};
use super::tasks::{Decided, Decision};
use super::withdraw::WithdrawForm;
use super::{InRoom, Shown, use_room};
use crate::app::use_app;
use crate::backend::backend;
use crate::components::{Button, Confirm, Dialog, Empty, Icon, IconButton, Kind, content_key};
use crate::doing::Doing;
use crate::{say, t, words};

/// Editing, shared by the rows.
#[derive(Clone, Copy)]
struct Editing {
    on: RwSignal<bool>,
    item: RwSignal<Option<ItemTarget>>,
    item_open: RwSignal<bool>,
    paper: RwSignal<Option<PaperTarget>>,
    paper_open: RwSignal<bool>,
    removing: RwSignal<Option<(ItemId, String)>>,
    removing_open: RwSignal<bool>,
    withdrawing: RwSignal<Option<(PaperId, String)>>,
    withdrawing_open: RwSignal<bool>,
    doing: Doing,
}

/// The slot of an item: "14:25–15:00".
fn slot(item: &ItemRow) -> Option<String> {
    let starts_at = item.item.starts_at?;
    let begin = format::clock(starts_at);
    Some(match item.item.minutes {
        Some(minutes) => format!("{begin}–{}", format::clock(starts_at.plus_ms(i64::from(minutes) * 60_000))),
        None => begin,
    })
}

/// The left column.
#[component]
pub fn Agenda() -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let items = here.room.part_or(|room| room.items.clone());
    let loose = here.room.part_or(|room| room.papers.clone());
    let manages = here.room.part_or(|room| room.manages);
    let editing = Editing {
        on: RwSignal::new(false),
        item: RwSignal::new(None),
        item_open: RwSignal::new(false),
        paper: RwSignal::new(None),
        paper_open: RwSignal::new(false),
        removing: RwSignal::new(None),
        removing_open: RwSignal::new(false),
        withdrawing: RwSignal::new(None),
        withdrawing_open: RwSignal::new(false),
        doing: Doing::new(),
    };
    provide_context(editing);
    let removal = Doing::new();
    Effect::new(move |_| {
        if let Some(error) = editing.doing.error() {
            app.complain(&error);
        }
    });
    let out_of_order = Memo::new(move |_| !late_slots(here).is_empty());
    let setting = Doing::new();
    Effect::new(move |_| {
        if let Some(error) = setting.error() {
            app.complain(&error);
        }
    });
    let empty = Memo::new(move |_| items.with(Vec::is_empty) && loose.with(Vec::is_empty));
    view! {
        <div class="row lefthead">
            <h2 class="grow">{t!(agenda.title)}</h2>
            <Show when=move || manages.get() fallback=move || view! { <small class="num">{move || format::clock(app.now.get())}</small> }>
                <button type="button" class="b quiet small" aria-pressed=move || editing.on.get().to_string() data-testid=testids::AGENDA_EDIT on:click=move |_| editing.on.update(|on| *on = !*on)>
                    {move || if editing.on.get() { view! { <Icon name="check" /> }.into_any() } else { view! { <Icon name="edit" /> }.into_any() }}
                    <span>{move || if editing.on.get() { say!(agenda.done) } else { say!(agenda.edit) }}</span>
                </button>
            </Show>
        </div>
        <Show when=move || empty.get()>
            <Empty icon="list" title=t!(agenda.none) text=move || if manages.get() { say!(agenda.none_manage) } else { say!(agenda.none_text) } />
        </Show>
        <ol class="agenda" data-testid=testids::AGENDA>
            <For each=move || items.get() key=content_key let(row)><Item row=row /></For>
        </ol>
        <Show when=move || loose.with(|papers| !papers.is_empty())>
            <h3 class="lefthead">{t!(agenda.loose)}</h3>
            <div class="item loose"><div class="papers"><For each=move || loose.get() key=content_key let(paper)><PaperLine paper=paper /></For></div></div>
        </Show>
        <Show when=move || manages.get() && (editing.on.get() || empty.get())>
            <div class="stack tight">
                <Button label=t!(item.add) icon="plus" kind=Kind::Quiet testid=testids::AGENDA_ADD_ITEM on_press=move |()| {
                    editing.item.set(Some(ItemTarget::Add { parent: None }));
                    editing.item_open.set(true);
                } />
                <Show when=move || out_of_order.get()>
                    <Button label=t!(agenda.slots) icon="clock" kind=Kind::Quiet testid=testids::AGENDA_SLOTS busy=Signal::derive(move || setting.busy())
                        on_press=move |()| setting.run_future(set_slots(here), move |()| here.room.refetch()) />
                </Show>
                <Button label=t!(paper.add_loose) icon="doc" kind=Kind::Quiet testid=testids::AGENDA_ADD_PAPER on_press=move |()| {
                    editing.paper.set(Some(PaperTarget::New { item: None }));
                    editing.paper_open.set(true);
                } />
            </div>
        </Show>
        <Dialog open=editing.item_open title=move || match editing.item.get() { Some(ItemTarget::Edit { .. }) => say!(item.edit), _ => say!(item.add) } testid=testids::ITEM_DIALOG>
            {move || editing.item.get_untracked().map(|target| view! { <ItemForm target=target open=editing.item_open /> })}
        </Dialog>
        <Dialog open=editing.paper_open title=move || match editing.paper.get() { Some(PaperTarget::Version { .. }) => say!(paper.add_version), _ => say!(paper.add) } testid=testids::PAPER_DIALOG>
            {move || editing.paper.get_untracked().map(|target| view! { <PaperForm target=target open=editing.paper_open /> })}
        </Dialog>
        <Dialog open=editing.withdrawing_open title=t!(paper.withdraw) testid=testids::PAPER_WITHDRAW_DIALOG>
            {move || editing.withdrawing.get_untracked().map(|(paper, title)| view! { <WithdrawForm paper=paper title=title open=editing.withdrawing_open /> })}
        </Dialog>
        <Confirm
            open=editing.removing_open
            title=t!(item.remove_title)
            text=move || say!(item.remove_text, title = editing.removing.get().map(|(_, title)| title).unwrap_or_default())
            verb=t!(item.remove)
            danger=true
            doing=removal
            on_confirm=move |()| {
                if let Some((item, _)) = editing.removing.get_untracked() {
                    removal.run(RemoveItem { meeting: here.meeting, item }, move |()| { editing.removing_open.try_set(false); });
                }
            }
        />
    }
    .into_any()
}

/// The items whose slots do not follow each other, with the slots that would.
fn late_slots(here: InRoom) -> Vec<UpdateItem> {
    here.room.with(|room| {
        let Some(room) = room else { return Vec::new() };
        slots::in_order(&room.items, room.row.starts_at)
            .into_iter()
            .filter_map(|(id, starts_at)| {
                let item = &room.items.iter().find(|row| row.item.id == id)?.item;
                let draft = ItemDraft {
                    title: item.title.clone(),
                    presenter: item.presenter.clone(),
                    starts_at: Some(starts_at),
                    minutes: item.minutes,
                    papers_due: item.papers_due,
                };
                Some(UpdateItem { meeting: here.meeting, item: id, draft })
            })
            .collect()
    })
}

async fn set_slots(here: InRoom) -> Result<(), ApiError> {
    for update in untrack(move || late_slots(here)) {
        backend().act(update).await?;
    }
    Ok(())
}

/// Where an item goes one place up or down among its siblings: the sibling it will stand before.
fn moved(here: InRoom, item: ItemId, up: bool) -> Option<MoveItem> {
    here.room.with(|room| {
        let room = room?;
        let parent = room.items.iter().find(|row| row.item.id == item)?.item.parent;
        let siblings: Vec<ItemId> = room.items.iter().filter(|row| row.item.parent == parent).map(|row| row.item.id).collect();
        let at = siblings.iter().position(|sibling| *sibling == item)?;
        let before = if up {
            Some(*siblings.get(at.checked_sub(1)?)?)
        } else {
            siblings.get(at + 1)?;
            siblings.get(at + 2).copied()
        };
        Some(MoveItem { meeting: here.meeting, item, parent, before })
    })
}

#[component]
fn Item(row: ItemRow) -> impl IntoView {
    let here = use_room();
    let editing = expect_context::<Editing>();
    let (id, internal, members_only) = (row.item.id, row.internal, row.members_only);
    let dealt = here.room.part_or(move |room| room.course.item == Some(id));
    let done = here.room.part_or(move |room| {
        let turned = room.course.turns.iter().any(|turn| turn.item == id);
        turned && room.course.item != Some(id)
    });
    let may_turn = here.room.part_or(move |room| {
        (room.manages || room.chairs)
            && matches!(room.course.phase, Phase::Running | Phase::Paused)
            && room.course.item != Some(id)
    });
    let ids: Vec<PaperId> = row.papers.iter().map(|paper| paper.paper).collect();
    let on = Memo::new(move |_| matches!(here.shown.get(), Some(Shown::Paper(paper)) if ids.contains(&paper)));
    let line = [slot(&row), (!row.item.presenter.is_empty()).then(|| row.item.presenter.clone())]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ");
    let title = row.item.title.clone();
    let edited = row.item.clone();
    let removed = title.clone();
    let named = title.clone();
    let decided = Decision::Item(title.clone(), id);
    let shift = move |up: bool| {
        if let Some(act) = moved(here, id, up) {
            editing.doing.run(act, |()| {});
        }
    };
    view! {
        <li class="item" class:on=move || on.get() class:done=move || done.get() class:dealt=move || dealt.get() aria-current=move || dealt.get().then_some("step") style:--depth=row.depth.to_string() data-testid=testids::AGENDA_ITEM data-title=title.clone()>
            <span class="num number">{format!("{}.", row.number)}</span>
            <div class="what">
                <b>{title.clone()}</b>
                {members_only.then(|| view! { <span class="chip"><Icon name="lock" />{t!(item.members_only)}</span> })}
                {(internal && !members_only).then(|| view! { <span class="chip"><Icon name="lock" />{t!(item.internal)}</span> })}
                <Show when=move || dealt.get()><span class="chip on">{t!(sitting.being_dealt)}</span></Show>
                <Show when=move || may_turn.get()>
                    <button type="button" class="b quiet small" data-testid=testids::SITTING_TURN on:click=move |_| editing.doing.run(MoveSitting { meeting: here.meeting, what: Move::Turned { item: Some(id) } }, |()| {})>
                        <Icon name="play" /><span>{t!(sitting.turn_to)}</span>
                    </button>
                </Show>
                {(!line.is_empty()).then(|| view! { <small class="num block">{line}</small> })}
                <div class="papers">{row.papers.into_iter().map(|paper| view! { <PaperLine paper=paper /> }).collect_view()}</div>
                <Show when=move || done.get()><Decided decision=decided.clone() /></Show>
                <Show when=move || editing.on.get()>
                    <div class="row itemtools" role="group" aria-label={let title = named.clone(); move || say!(item.tools, title = title.clone())}>
                        <IconButton small=true label=t!(item.up) icon="up" testid=testids::ITEM_UP disabled=Signal::derive(move || moved(here, id, true).is_none()) on_press=move |()| shift(true) />
                        <IconButton small=true label=t!(item.down) icon="down" testid=testids::ITEM_DOWN disabled=Signal::derive(move || moved(here, id, false).is_none()) on_press=move |()| shift(false) />
                        <IconButton small=true label=t!(item.edit) icon="edit" testid=testids::ITEM_EDIT on_press={let edited = edited.clone(); move |()| {
                            editing.item.set(Some(ItemTarget::Edit { item: edited.clone() }));
                            editing.item_open.set(true);
                        }} />
                        <IconButton small=true label=t!(item.add_below) icon="plus" testid=testids::ITEM_ADD_BELOW on_press=move |()| {
                            editing.item.set(Some(ItemTarget::Add { parent: Some(id) }));
                            editing.item_open.set(true);
                        } />
                        <IconButton small=true label=t!(paper.add) icon="doc" testid=testids::ITEM_ADD_PAPER on_press=move |()| {
                            editing.paper.set(Some(PaperTarget::New { item: Some(id) }));
                            editing.paper_open.set(true);
                        } />
                        {(!members_only).then(|| view! {
                            <IconButton small=true label=t!(item.make_internal) icon="lock" testid=testids::ITEM_INTERNAL pressed=Signal::derive(move || internal)
                                on_press=move |()| editing.doing.run(SetItemInternal { meeting: here.meeting, item: id, internal: !internal }, |()| {}) />
                        })}
                        <IconButton small=true label=t!(item.remove) icon="trash" testid=testids::ITEM_REMOVE on_press={let removed = removed.clone(); move |()| {
                            editing.removing.set(Some((id, removed.clone())));
                            editing.removing_open.set(true);
                        }} />
                    </div>
                </Show>
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn PaperLine(paper: PaperRow) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let editing = expect_context::<Editing>();
    let id = paper.paper;
    let newest = paper.versions.first().cloned();
    let on = Memo::new(move |_| here.shown.get() == Some(Shown::Paper(id)));
    let number = newest.as_ref().map_or(1, |version| version.number);
    let withdrawn = paper.withdrawn.is_some();
    let missing = newest.filter(|version| !version.here && !withdrawn);
    let is_missing = missing.is_some();
    let title = paper.title.clone();
    let versioned = paper.title.clone();
    let recalled = paper.title.clone();
    let tools = Signal::derive(move || editing.on.get() && !withdrawn);
    view! {
        <div class="row paperline">
            <button type="button" class="paper" class:on=move || on.get() class:missing=is_missing aria-current=move || on.get().then_some("true") data-testid=testids::PAPER_OPEN data-title=title.clone()
                on:click=move |_| {
                    app.go(Route::Room { meeting: here.meeting, paper: Some(id) });
                    here.minutes_shown.set(false);
                    here.pane.set("paper");
                    here.drawer.set(false);
                }>
                <Icon name="doc" />
                <span class="grow">
                    <span>{title.clone()}{(number > 1).then(|| view! { " "<small class="num">{move || say!(paper.version_short, number = number)}</small> })}</span>
                    {withdrawn.then(|| view! { <span class="chip">{t!(paper.withdrawn)}</span> })}
                    {missing.map(|version| {
                        let percent = format::percent(version.received, version.size);
                        view! {
                            <span class="arriving" data-testid=testids::PAPER_MISSING>
                                <progress max="100" value=percent.to_string() aria-label=t!(paper.arriving_label)></progress>
                                <small class="num">{move || say!(paper.arriving, percent = percent, size = words::size(version.size))}</small>
                            </span>
                        }
                    })}
                </span>
            </button>
            <Show when=move || tools.get()>
                <IconButton small=true label=t!(paper.withdraw) icon="trash" testid=testids::PAPER_WITHDRAW on_press={let recalled = recalled.clone(); move |()| {
                    editing.withdrawing.set(Some((id, recalled.clone())));
                    editing.withdrawing_open.set(true);
                }} />
                <IconButton small=true label=t!(paper.add_version) icon="refresh" testid=testids::PAPER_ADD_VERSION on_press={let versioned = versioned.clone(); move |()| {
                    editing.paper.set(Some(PaperTarget::Version { paper: id, title: versioned.clone() }));
                    editing.paper_open.set(true);
                }} />
            </Show>
        </div>
    }
    .into_any()
}
