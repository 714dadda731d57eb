//! Choosing an article to cite.

use api::search::{Hit, Section};
use leptos::prelude::*;
use ui::testids;

use super::{Hits, SearchField};
use crate::components::Dialog;
use crate::finder::Finder;
use crate::t;

/// The name of its list of hits.
const LIST: &str = "picker-hits";
/// Hits that are offered.
const HITS: u32 = 12;
/// Sections that can be cited.
const CITABLE: [Section; 4] = [Section::Procedure, Section::Law, Section::Guidance, Section::Form];

/// A dialog in which one article is searched and chosen.
#[component]
pub fn ArticlePicker(
    /// Open or not.
    open: RwSignal<bool>,
    /// The chosen one.
    #[prop(into)]
    on_pick: Callback<Hit>,
) -> impl IntoView {
    view! {
        <Dialog open=open title=t!(picker.title) testid=testids::PICKER wide=true>
            <Inside on_pick=Callback::new(move |hit| {
                open.set(false);
                on_pick.run(hit);
            }) />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Inside(on_pick: Callback<Hit>) -> impl IntoView {
    let finder = Finder::new(HITS, &CITABLE);
    view! {
        <SearchField finder=finder label=t!(picker.label) testid=testids::PICKER_TEXT list=LIST focus=true on_open=on_pick />
        <div class="scroll"><Hits finder=finder list=LIST on_open=on_pick /></div>
    }
    .into_any()
}
