//! What the last meeting left open, offered to the agenda of the next.

use api::act::ItemDraft;
use api::task::{UnfinishedTask, UnfinishedTasks};
use leptos::prelude::*;
use ui::format;
use ui::testids;

use crate::components::{Button, Kind, content_key};
use crate::live::live;
use crate::{say, t};

/// Tasks that are offered; whoever has more looks into the list of tasks.
const OFFERED_MAX: usize = 20;

/// The tasks that are not on the agenda yet; nothing where there are none.
#[component]
pub fn Unfinished(
    /// Titles that are on the agenda.
    #[prop(into)]
    taken: Signal<Vec<String>>,
    /// Told of an item that was taken up.
    #[prop(into)]
    on_take: Callback<ItemDraft>,
) -> impl IntoView {
    let open = live(|| Some(UnfinishedTasks { of: None }));
    let meeting = open.part_or(|view| view.meeting_title.clone());
    let tasks = open.part_or(|view| view.tasks.clone());
    let left = Memo::new(move |_| {
        let taken = taken.get();
        let tasks = tasks.get().into_iter().filter(|task| !taken.contains(&task.item.title));
        tasks.take(OFFERED_MAX).collect::<Vec<UnfinishedTask>>()
    });
    view! {
        <Show when=move || !left.with(Vec::is_empty)>
            <section class="card list" data-testid=testids::UNFINISHED>
                <h2>{move || say!(unfinished.title, meeting = meeting.get())}</h2>
                <small>{t!(unfinished.text)}</small>
                <For each=move || left.get() key=content_key let(task)>
                    <div class="li" data-testid=testids::UNFINISHED_TASK>
                        <div class="grow">
                            <div class="ell strong">{task.row.title.clone()}</div>
                            <small class:late={task.row.overdue_days > 0}>{
                                let (lead, due) = (task.row.lead_name.clone(), task.row.due_at);
                                move || say!(unfinished.line, lead = lead.clone(), date = format::date(due))
                            }</small>
                        </div>
                        <Button label=t!(unfinished.take) icon="plus" kind=Kind::Quiet testid=testids::UNFINISHED_TAKE on_press={
                            let item = task.item.clone();
                            move |()| on_take.run(item.clone())
                        } />
                    </div>
                </For>
            </section>
        </Show>
    }
    .into_any()
}
