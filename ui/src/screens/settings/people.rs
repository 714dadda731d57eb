//! Everybody of the organisation, by unit, and who has which duty.

use api::act::SetDuty;
use api::query::{Identity, People as PeopleQuery};
use api::view::PersonRow;
use domain::duty::Duty;
use leptos::prelude::*;
use ui::testids;

use super::invitations::Invitations;
use crate::app::use_app;
use crate::components::{Avatar, Empty, ErrorLine, ErrorPanel, Loading, content_key};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t};

/// The page.
#[component]
pub fn People() -> impl IntoView {
    let people = live(|| Some(PeopleQuery {}));
    let identity = live(|| Some(Identity {}));
    let ready = people.part(|_| true);
    let units = people.part_or(|people| units(people));
    let rows = people.part_or(Clone::clone);
    let decides = identity.part_or(|identity| identity.me.administrator);
    let me = identity.part(|identity| identity.me.person);
    view! {
        {move || match (ready.get(), people.error()) {
            (Some(_), _) => view! {
                <p>{t!(everybody.lead)}</p>
                <Show when=move || units.with(Vec::is_empty)><div class="card"><Empty icon="users" title=t!(everybody.none) text=t!(everybody.lead) /></div></Show>
                <For each=move || units.get() key=Clone::clone let(unit)>
                    {
                        let name = unit.clone();
                        let of_unit = Memo::new(move |_| rows.with(|rows| rows.iter().filter(|row| row.unit_name == unit).cloned().collect::<Vec<_>>()));
                        view! {
                            <section class="card list" aria-label=name.clone()>
                                <h2>{name.clone()}</h2>
                                <For each=move || of_unit.get() key=content_key let(row)>
                                    <Person row=row.clone() mine=Signal::derive({let person = row.person; move || me.get() == Some(person)}) decides=Signal::derive(move || decides.get()) />
                                </For>
                            </section>
                        }
                    }
                </For>
                <Show when=move || decides.get()><Invitations /></Show>
            }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| people.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

/// Names of the units, in the order of the alphabet.
fn units(people: &[PersonRow]) -> Vec<String> {
    let mut units: Vec<String> = people.iter().map(|row| row.unit_name.clone()).collect();
    units.sort();
    units.dedup();
    units
}

#[component]
fn Person(row: PersonRow, mine: Signal<bool>, decides: Signal<bool>) -> impl IntoView {
    let administrator = row.administrator;
    let name = row.name.clone();
    let duties = row.clone();
    view! {
        <div class="li" data-testid=testids::ORGANISATION_PERSON data-name=row.name.clone()>
            <Avatar name=row.name.clone() />
            <div class="grow">
                <div class="strong">{row.name.clone()}</div>
                <small>{row.title.clone()}</small>
            </div>
            <Show when=move || mine.get()><span class="chip">{t!(everybody.here)}</span></Show>
            {if administrator {
                view! { <span class="chip">{t!(everybody.administrator)}</span> }.into_any()
            } else {
                view! {
                    <fieldset class="row wrap" aria-label=move || say!(everybody.duties, name = name.clone())>
                        <DutyBox row=duties.clone() duty=Duty::Editor decides=decides />
                        <DutyBox row=duties.clone() duty=Duty::Publisher decides=decides />
                    </fieldset>
                }.into_any()
            }}
        </div>
    }
    .into_any()
}

/// One duty of one person: a box to tick for administrators, a word for everybody else.
#[component]
fn DutyBox(row: PersonRow, duty: Duty, decides: Signal<bool>) -> impl IntoView {
    let app = use_app();
    let doing = Doing::new();
    let held = row.duties.contains(&duty);
    let person = row.person;
    let name = row.name;
    let label = move || match duty {
        Duty::Editor => t!(everybody.editor)(),
        Duty::Publisher => t!(everybody.publisher)(),
    };
    let hint = move || match duty {
        Duty::Editor => t!(everybody.editor_text)(),
        Duty::Publisher => t!(everybody.publisher_text)(),
    };
    view! {
        <Show when=move || held || decides.get()>
            <label class="check" title=hint>
                <input type="checkbox" prop:checked=held disabled=move || !decides.get() || doing.busy()
                    data-testid=testids::ORGANISATION_DUTY data-duty=match duty { Duty::Editor => "editor", Duty::Publisher => "publisher" }
                    on:change={
                        let name = name.clone();
                        move |event| {
                            let held = event_target_checked(&event);
                            let name = name.clone();
                            doing.run(SetDuty { person, duty, held }, move |_| {
                                app.say(if held { say!(everybody.given, name = name) } else { say!(everybody.taken, name = name) });
                            });
                        }
                    } />
                <span>{label}</span>
            </label>
            <ErrorLine doing=doing />
        </Show>
    }
    .into_any()
}
