//! Where a new sitting begins: empty, from a template, or like an earlier one.

use api::meeting::{InvitedRow, MeetingPattern, MeetingTemplates, PatternOf, PatternView};
use api::query::MeetingList;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::format;
use ui::testids;

use crate::backend::backend;
use crate::components::{Check, Pick};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t, words};

/// Earlier sittings that are offered, newest first.
const EARLIER_MAX: usize = 40;

/// What an option of the choice means.
fn meant(slug: &str) -> Option<PatternOf> {
    match slug.split_once(':')? {
        ("template", id) => Some(PatternOf::Template(id.to_owned())),
        ("meeting", id) => Some(PatternOf::Meeting(id.parse().ok()?)),
        _ => None,
    }
}

/// The choice. Tells what was chosen once it is known; `None` for an empty start.
#[component]
pub fn BeginFrom(
    /// Keeps the error of a choice that cannot be read.
    doing: Doing,
    /// Told of a pattern.
    #[prop(into)]
    on_pattern: Callback<Option<PatternView>>,
) -> impl IntoView {
    let templates = live(|| Some(MeetingTemplates {}));
    let earlier = live(|| Some(MeetingList {}));
    let chosen = RwSignal::new(String::new());
    let options = Signal::derive(move || {
        let mut options = vec![(String::new(), say!(pattern.empty))];
        templates.with(|rows| {
            options.extend(rows.into_iter().flatten().map(|row| (format!("template:{}", row.id), row.name.clone())));
        });
        earlier.with(|rows| {
            options.extend(rows.into_iter().flatten().take(EARLIER_MAX).map(|row| {
                let text = say!(pattern.like, title = row.title.clone(), date = format::date(row.starts_at));
                (format!("meeting:{}", row.meeting), text)
            }));
        });
        options
    });
    let load = move |slug: String| {
        doing.clear();
        let Some(of) = meant(&slug) else {
            on_pattern.run(None);
            return;
        };
        spawn_local(async move {
            let reply = backend().query(MeetingPattern { of }).await;
            // Another choice was made meanwhile.
            if chosen.try_get_untracked().as_ref() != Some(&slug) {
                return;
            }
            match reply {
                Ok(pattern) => on_pattern.run(Some(pattern)),
                Err(error) => doing.fail(error),
            }
        });
    };
    view! {
        <Pick label=t!(pattern.label) value=chosen options=options testid=testids::MEETING_PATTERN on_pick=load />
        <small>{t!(pattern.text)}</small>
    }
    .into_any()
}

/// Somebody who is invited unless the mark is taken away.
#[derive(Debug, Clone, PartialEq)]
pub struct Guest {
    /// Different in every list: the same person may come with another choice.
    pub id: u32,
    /// Who, as what.
    pub row: InvitedRow,
    /// Still invited.
    pub invited: RwSignal<bool>,
}

/// Who is invited with the sitting.
#[component]
pub fn Guests(
    /// Taken over from the earlier sitting.
    guests: RwSignal<Vec<Guest>>,
    /// How many of then are not there any more.
    gone: RwSignal<u32>,
) -> impl IntoView {
    view! {
        <Show when=move || !guests.with(Vec::is_empty)>
            <section class="card stack" data-testid=testids::MEETING_GUESTS>
                <h2>{t!(pattern.people)}</h2>
                <small>{t!(pattern.people_text)}</small>
                <div class="stack tight">
                    <For each=move || guests.get() key=|guest| guest.id let(guest)>
                        <Check
                            label={
                                let row = guest.row.clone();
                                move || [row.name.clone(), row.title.clone(), words::role(row.role)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
                            }
                            value=guest.invited
                            testid=testids::MEETING_GUEST
                        />
                    </For>
                </div>
                {move || (gone.get() > 0).then(|| view! { <p class="hintline">{say!(pattern.gone, count = gone.get())}</p> })}
            </section>
        </Show>
    }
    .into_any()
}
