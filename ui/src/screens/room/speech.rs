//! The word: asking for it, the queue, who has it, who had it.

use api::sitting::{AskToSpeak, GiveWord, OrderSpeeches, PlaceSpeech, RequestRow, SpokenRow, WithdrawSpeech};
use domain::id::{Hash32, ItemId, PersonId};
use domain::sitting::{Phase, QueueRule, SpeechKind};
use leptos::prelude::*;
use serde::Serialize;
use ui::format;
use ui::testids;

use super::now::Speaking;
use super::use_room;
use crate::app::use_app;
use crate::components::{Avatar, Button, Empty, ErrorLine, IconButton, Pick, content_key};
use crate::doing::Doing;
use crate::{say, t, words};

/// Minutes that are offered; 0 is as long as it takes.
const MINUTES: [u32; 7] = [0, 2, 3, 5, 7, 10, 15];
/// Offered first.
const MINUTES_USUAL: u32 = 5;
/// Characters of an item's title shown in the list.
const ITEM_CHARS: usize = 60;

/// A line of the queue, all that it shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Waiting {
    row: RequestRow,
    place: usize,
    item: Option<String>,
    mine: bool,
    manages: bool,
    /// Where it would go: before this one, if it can go up.
    up: Option<Hash32>,
    /// Where it would go: before this one or to the end, if it can go down.
    down: Option<Option<Hash32>>,
}

/// The tab.
#[component]
pub fn Speech() -> impl IntoView {
    let here = use_room();
    let speaking = here.room.part_or(|room| room.floor.speaking.clone());
    let manages = here.room.part_or(|room| room.manages || room.chairs);
    let over = here.room.part_or(|room| room.course.phase == Phase::Closed);
    let spoken = here.room.part_or(|room| room.floor.spoken.clone());
    let minutes = RwSignal::new(MINUTES_USUAL.to_string());
    let queue = here.room.part_or(|room| {
        let queue = &room.floor.queue;
        let number = |item: Option<ItemId>| room.items.iter().find(|row| Some(row.item.id) == item).map(|row| row.number.clone());
        queue
            .iter()
            .enumerate()
            .map(|(at, row)| Waiting {
                row: row.clone(),
                place: at + 1,
                item: number(row.item),
                mine: row.person == room.me,
                manages: room.manages || room.chairs,
                up: at.checked_sub(1).and_then(|above| queue.get(above)).map(|above| above.request),
                down: (at + 1 < queue.len()).then(|| queue.get(at + 2).map(|below| below.request)),
            })
            .collect::<Vec<_>>()
    });
    view! {
        {move || speaking.get().map(|word| view! {
            <section class="block speaker"><small>{t!(speech.has_word)}</small><Speaking word=word manages=manages.get() /></section>
        })}
        <Show when=move || !over.get()><Ask /></Show>
        <section class="block">
            <div class="row"><h2 class="grow">{t!(speech.queue)}</h2><small class="num">{move || queue.with(Vec::len)}</small></div>
            <Show when=move || manages.get() && !over.get()>
                <Pick label=t!(speech.time) value=minutes testid=testids::WORD_MINUTES options=Signal::derive(|| MINUTES.map(|minutes| (minutes.to_string(), words::speech_minutes(minutes))).to_vec()) />
                <Order />
            </Show>
        </section>
        <Show when=move || queue.with(Vec::is_empty)><Empty icon="ask" title=t!(speech.nobody) /></Show>
        <ol class="plain people" data-testid=testids::SPEECH_QUEUE>
            <For each=move || queue.get() key=content_key let(line)><Line line=line minutes=minutes /></For>
        </ol>
        <Show when=move || manages.get() && !over.get()><Invite minutes=minutes /></Show>
        <Show when=move || spoken.with(|spoken| !spoken.is_empty())>
            <section class="block">
                <h2>{t!(speech.totals)}</h2>
                <ul class="plain" data-testid=testids::SPEECH_TOTALS>
                    {move || spoken.with(|spoken| totals(spoken)).into_iter().map(|(name, times, seconds)| view! {
                        <li class="row" data-name=name.clone() data-seconds=seconds.to_string()>
                            <span class="grow ell">{name.clone()}</span>
                            <small class="num">{move || say!(speech.total, times = times, time = format::minutes_seconds(seconds))}</small>
                        </li>
                    }).collect_view()}
                </ul>
            </section>
            <section class="block"><h2>{t!(speech.spoken)}</h2></section>
            <ul class="plain people" data-testid=testids::SPOKEN>
                <For each=move || spoken.get() key=content_key let(row)><Spoke row=row /></For>
            </ul>
        </Show>
    }
    .into_any()
}

/// Who spoke how often and how long in all, the longest first.
fn totals(spoken: &[SpokenRow]) -> Vec<(String, u32, u64)> {
    let mut all: Vec<(PersonId, String, u32, u64)> = Vec::new();
    for row in spoken {
        let seconds = u64::from(row.spoken_s.unwrap_or_default());
        match all.iter_mut().find(|(person, ..)| *person == row.person) {
            Some((_, _, times, sum)) => (*times, *sum) = (*times + 1, *sum + seconds),
            None => all.push((row.person, row.name.clone(), 1, seconds)),
        }
    }
    all.sort_by_key(|(_, _, _, seconds)| std::cmp::Reverse(*seconds));
    all.into_iter().map(|(_, name, times, seconds)| (name, times, seconds)).collect()
}

const RULES: [(&str, QueueRule); 3] =
    [("asked", QueueRule::Asked), ("new_voices", QueueRule::NewVoices), ("interpellations", QueueRule::Interpellations)];

/// Chair and secretary order who waits by a rule.
#[component]
fn Order() -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let rule = RwSignal::new(String::new());
    let order = move |picked: String| {
        let Some((_, by)) = RULES.iter().find(|(slug, _)| *slug == picked) else { return };
        doing.run(OrderSpeeches { meeting: here.meeting, rule: *by }, move |()| {
            rule.try_set(String::new());
        });
    };
    view! {
        <Pick label=t!(speech.order) value=rule testid=testids::SPEECH_ORDER on_pick=order options=Signal::derive(|| vec![
            (String::new(), say!(speech.order_none)),
            ("asked".to_owned(), say!(speech.order_asked)),
            ("new_voices".to_owned(), say!(speech.order_new_voices)),
            ("interpellations".to_owned(), say!(speech.order_interpellations)),
        ]) />
        <ErrorLine doing=doing />
    }
    .into_any()
}

/// The time that was picked, in seconds.
fn seconds(minutes: RwSignal<String>) -> Option<u32> {
    minutes.get_untracked().parse::<u32>().ok().filter(|minutes| *minutes > 0).map(|minutes| minutes.saturating_mul(60))
}

/// Asking for the word. The item follows the sitting until another one is picked.
#[component]
fn Ask() -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let votes = here.room.part_or(|room| room.row.role.votes());
    let current = here.room.part_or(|room| room.course.item);
    let item = RwSignal::new(String::new());
    Effect::new(move |_| item.set(current.get().map(|item| item.to_string()).unwrap_or_default()));
    let items = here.room.part_or(|room| {
        room.items.iter().map(|row| (row.item.id.to_string(), format!("{}. {}", row.number, row.item.title))).collect::<Vec<_>>()
    });
    let mine = here.room.part_or(|room| {
        let mine = room.floor.queue.iter().filter(|request| request.person == room.me);
        mine.map(|request| (request.item.map(|item| item.to_string()).unwrap_or_default(), request.kind)).collect::<Vec<_>>()
    });
    let kinds = [
        (SpeechKind::Speech, testids::ASK_SPEECH),
        (SpeechKind::Interpellation, testids::ASK_INTERPELLATION),
        (SpeechKind::PointOfOrder, testids::ASK_ORDER),
    ];
    let ask = move |kind: SpeechKind| {
        let item = item.get_untracked().parse().ok();
        doing.run(AskToSpeak { meeting: here.meeting, item, kind, person: None }, |_| {});
    };
    view! {
        <section class="block">
            <h2>{t!(speech.ask)}</h2>
            <Pick label=t!(speech.item) value=item testid=testids::ASK_ITEM options=Signal::derive(move || {
                let mut options = vec![(String::new(), say!(speech.whole))];
                options.extend(items.get().into_iter().map(|(id, text)| (id, words::shorten(&text, ITEM_CHARS))));
                options
            }) />
            <div class="row wrap" role="group" aria-label=t!(speech.ask)>
                {kinds.into_iter().map(|(kind, testid)| view! {
                    <Show when=move || kind != SpeechKind::Interpellation || votes.get()>
                        <Button label=move || words::speech(kind) testid=testid busy=Signal::derive(move || doing.busy())
                            disabled=Signal::derive(move || item.with(|item| mine.with(|mine| mine.iter().any(|(of, asked)| of == item && *asked == kind))))
                            on_press=move |()| ask(kind) />
                    </Show>
                }).collect_view()}
            </div>
            <ErrorLine doing=doing />
        </section>
    }
    .into_any()
}

#[component]
fn Line(line: Waiting, minutes: RwSignal<String>) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let doing = Doing::new();
    Effect::new(move |_| {
        if let Some(error) = doing.error() {
            app.complain(&error);
        }
    });
    let Waiting { row, place, item, mine, manages, up, down } = line;
    let RequestRow { request, person, name, kind, asked_at, .. } = row;
    let busy = Signal::derive(move || doing.busy());
    let place_before = move |before: Option<Hash32>| doing.run(PlaceSpeech { meeting: here.meeting, request, before }, |()| {});
    let give = move |()| {
        let act = GiveWord { meeting: here.meeting, person, request: Some(request), seconds: seconds(minutes) };
        doing.run(act, |_| {});
    };
    let called = name.clone();
    view! {
        <li class="p" class:mine=mine data-testid=testids::SPEECH_REQUEST data-name=name.clone() data-kind=kind_slug(kind)>
            <span class="num">{format!("{place}.")}</span>
            <div class="grow">
                <div class="strong">{name.clone()}</div>
                <small class="block">{move || {
                    let mut parts = vec![words::speech(kind)];
                    parts.extend(item.clone().map(|number| say!(speech.on_item, number = number)));
                    parts.push(format::clock(asked_at));
                    parts.join(" · ")
                }}</small>
            </div>
            <div class="row wrap end">
                {manages.then(|| view! {
                    <IconButton small=true label=t!(speech.up) icon="up" testid=testids::SPEECH_UP disabled=Signal::derive(move || up.is_none()) on_press=move |()| place_before(up) />
                    <IconButton small=true label=t!(speech.down) icon="down" testid=testids::SPEECH_DOWN disabled=Signal::derive(move || down.is_none()) on_press=move |()| place_before(down.flatten()) />
                    <Button label=t!(speech.give) testid=testids::WORD_GIVE busy=busy aria_label={let name = called.clone(); move || say!(speech.give_to, name = name.clone())} on_press=give />
                })}
                {(mine || manages).then(|| view! {
                    <IconButton small=true label={let name = called.clone(); move || say!(speech.withdraw_of, name = name.clone())} icon="cross" testid=testids::SPEECH_WITHDRAW on_press=move |()| doing.run(WithdrawSpeech { meeting: here.meeting, request }, |()| {}) />
                })}
            </div>
        </li>
    }
    .into_any()
}

fn kind_slug(kind: SpeechKind) -> &'static str {
    match kind {
        SpeechKind::Speech => "speech",
        SpeechKind::Interpellation => "interpellation",
        SpeechKind::PointOfOrder => "point_of_order",
    }
}

/// Chair and secretary give the word to somebody who did not ask.
#[component]
fn Invite(minutes: RwSignal<String>) -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let person = RwSignal::new(String::new());
    let members = here
        .room
        .part_or(|room| room.members.iter().map(|member| (member.person.to_string(), member.name.clone())).collect::<Vec<_>>());
    let give = move |()| {
        let Ok(to) = person.get_untracked().parse() else { return };
        let act = GiveWord { meeting: here.meeting, person: to, request: None, seconds: seconds(minutes) };
        doing.run(act, move |_| {
            person.try_set(String::new());
        });
    };
    view! {
        <section class="block">
            <div class="row">
                <div class="grow"><Pick label=t!(speech.other) value=person testid=testids::WORD_PERSON options=Signal::derive(move || {
                    let mut options = vec![(String::new(), say!(speech.choose))];
                    options.extend(members.get());
                    options
                }) /></div>
                <Button label=t!(speech.give) testid=testids::WORD_GIVE_OTHER busy=Signal::derive(move || doing.busy()) disabled=Signal::derive(move || person.with(String::is_empty)) on_press=give />
            </div>
            <ErrorLine doing=doing />
        </section>
    }
    .into_any()
}

#[component]
fn Spoke(row: SpokenRow) -> impl IntoView {
    let SpokenRow { name, kind, spoken_s, began_at, .. } = row;
    view! {
        <li class="p" data-name=name.clone()>
            <Avatar name=name.clone() />
            <div class="grow"><div class="strong">{name.clone()}</div><small class="block">{move || format!("{} · {}", words::speech(kind), format::clock(began_at))}</small></div>
            <small class="num">{spoken_s.map(|seconds| format::minutes_seconds(u64::from(seconds)))}</small>
        </li>
    }
    .into_any()
}
