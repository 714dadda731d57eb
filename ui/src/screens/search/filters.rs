//! What a search is narrowed to: sections with their counts, and filters that offer only values that were found.

use api::search::{FacetValue, Level, SearchView, Section, Validity};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::testids;

use crate::components::{Button, Dialog, Field, Kind};
use crate::finder::Finder;
use crate::{say, t, terms, words};

/// Longest text of an option, in characters.
const OPTION_CHARS: usize = 60;

#[component]
fn Sections(finder: Finder) -> impl IntoView {
    let counts = Memo::new(move |_| {
        finder.answer.with(|answer| answer.as_ref().map(|answer| answer.sections.clone()).unwrap_or_default())
    });
    let count =
        move |section: Section| counts.with(|counts| counts.iter().find(|one| one.section == section).map_or(0, |one| one.count));
    let all = move || counts.with(|counts| counts.iter().map(|one| one.count).sum::<u32>());
    view! {
        <div class="row wrap chips" role="group" aria-label=t!(search.sections)>
            <button type="button" class="chip" class:on=move || finder.section.get().is_none() aria-pressed=move || finder.section.get().is_none().to_string() data-testid=format!("{}-all", testids::SEARCH_SECTION) data-count=all on:click=move |_| finder.show(None)>
                {t!(section.all)}" "<span class="num">{all}</span>
            </button>
            {Section::ALL.into_iter().map(|section| {
                let on = move || finder.section.get() == Some(section);
                view! {
                    <Show when=move || on() || count(section) != 0>
                        <button type="button" class="chip" class:on=on aria-pressed=move || on().to_string() data-testid=format!("{}-{}", testids::SEARCH_SECTION, section.slug()) data-count=move || count(section) on:click=move |_| finder.show((!on()).then_some(section))>
                            {move || terms::section(section)}" "<span class="num">{move || count(section)}</span>
                        </button>
                    </Show>
                }
            }).collect_view()}
        </div>
    }
    .into_any()
}

/// A native select in the shape of a chip.
#[component]
fn Choice(
    #[prop(into)] label: TextProp,
    testid: &'static str,
    finder: Finder,
    values: fn(&SearchView) -> &Vec<FacetValue>,
    name: fn(&str) -> Option<String>,
    #[prop(into)] chosen: Signal<Option<String>>,
    #[prop(into)] on_pick: Callback<Option<String>>,
) -> impl IntoView {
    let values =
        Memo::new(move |_| finder.answer.with(|answer| answer.as_ref().map(|answer| values(answer).clone()).unwrap_or_default()));
    let empty = label.clone();
    let options = move || {
        let picked = chosen.get();
        let mut values = values.get();
        if let Some(picked) = &picked
            && !values.iter().any(|value| value.value == *picked)
        {
            values.insert(0, FacetValue { value: picked.clone(), label: String::new(), count: 0 });
        }
        values
            .into_iter()
            .map(|value| {
                let shown = name(&value.value).unwrap_or_else(|| if value.label.is_empty() { value.value.clone() } else { value.label.clone() });
                let selected = picked.as_ref() == Some(&value.value);
                view! { <option value=value.value selected=selected>{format!("{} ({})", words::shorten(&shown, OPTION_CHARS), value.count)}</option> }
            })
            .collect_view()
    };
    view! {
        <Show when=move || chosen.get().is_some() || values.with(|values| values.len() > 1)>
            <label class="chip facet" class:on=move || chosen.get().is_some()>
                <span class="hidden">{let label = label.clone(); move || label.get()}</span>
                <select data-testid=testid on:change=move |event| on_pick.run(Some(event_target_value(&event)).filter(|value| !value.is_empty()))>
                    <option value="" selected=move || chosen.get().is_none()>{let empty = empty.clone(); move || empty.get()}</option>
                    {options}
                </select>
            </label>
        </Show>
    }
    .into_any()
}

fn level_of(slug: &str) -> Option<Level> {
    Level::ALL.into_iter().find(|level| level.slug() == slug)
}

fn validity_of(slug: &str) -> Option<Validity> {
    Validity::ALL.into_iter().find(|validity| validity.slug() == slug)
}

/// "As it was on …": a day for all that is searched and read.
#[component]
fn AsOf(finder: Finder) -> impl IntoView {
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get() {
            typed.set(finder.as_of.get_untracked().map(terms::day).unwrap_or_default());
            wrong.set(false);
        }
    });
    let take = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match terms::read_day(&typed.get_untracked()) {
            Some(day) => {
                finder.see_as_of(Some(day));
                open.set(false);
            }
            None => wrong.set(true),
        }
    };
    view! {
        <button type="button" class="chip" class:on=move || finder.as_of.get().is_some() data-testid=testids::AS_OF on:click=move |_| open.set(true)>
            {move || finder.as_of.get().map_or_else(|| say!(search.as_of), |day| say!(search.as_of_day, day = terms::day(day)))}
        </button>
        <Dialog open=open title=t!(search.as_of_title) testid=testids::AS_OF_DIALOG>
            <form class="stack" on:submit=take>
                <p class="lead">{t!(search.as_of_text)}</p>
                <Field label=t!(search.day) value=typed example="01/07/2025" testid=testids::AS_OF_DAY required=true focus=true most=20 />
                {move || wrong.get().then(|| view! { <small class="no" role="alert">{t!(search.day_wrong)}</small> })}
                <footer class="row end">
                    <Button label=t!(search.today) testid=testids::AS_OF_TODAY on_press=move |()| {
                        finder.see_as_of(None);
                        open.set(false);
                    } />
                    <Button label=t!(search.see) kind=Kind::Primary submit=true testid=testids::AS_OF_SEE />
                </footer>
            </form>
        </Dialog>
    }
    .into_any()
}

/// Sections and filters of a box.
#[component]
pub fn Narrowing(
    /// The box.
    finder: Finder,
    /// Filters too, not only sections.
    #[prop(optional)]
    filters: bool,
) -> impl IntoView {
    type Picked = Option<String>;
    let validity = move |picked: Picked| finder.narrow(|filters| filters.validity = picked.as_deref().and_then(validity_of));
    let field = move |picked: Picked| finder.narrow(|filters| filters.field = picked);
    let agency = move |picked: Picked| finder.narrow(|filters| filters.agency = picked);
    let level = move |picked: Picked| finder.narrow(|filters| filters.level = picked.as_deref().and_then(level_of));
    view! {
        <Sections finder=finder />
        {filters.then(|| view! {
            <div class="row wrap chips" role="group" aria-label=t!(search.filters)>
                <Choice label=t!(search.validity) testid=testids::FILTER_VALIDITY finder=finder values=|answer| &answer.validities name=|slug| validity_of(slug).map(terms::validity)
                    chosen=Signal::derive(move || finder.filters.with(|filters| filters.validity.map(|validity| validity.slug().to_owned())))
                    on_pick=validity />
                <Choice label=t!(search.field) testid=testids::FILTER_FIELD finder=finder values=|answer| &answer.fields name=|_| None
                    chosen=Signal::derive(move || finder.filters.with(|filters| filters.field.clone()))
                    on_pick=field />
                <Choice label=t!(search.agency) testid=testids::FILTER_AGENCY finder=finder values=|answer| &answer.agencies name=|_| None
                    chosen=Signal::derive(move || finder.filters.with(|filters| filters.agency.clone()))
                    on_pick=agency />
                <Choice label=t!(search.level) testid=testids::FILTER_LEVEL finder=finder values=|answer| &answer.levels name=|slug| level_of(slug).map(terms::level)
                    chosen=Signal::derive(move || finder.filters.with(|filters| filters.level.map(|level| level.slug().to_owned())))
                    on_pick=level />
                <AsOf finder=finder />
            </div>
        })}
    }
    .into_any()
}
