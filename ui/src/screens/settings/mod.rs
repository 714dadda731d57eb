//! Settings: who this is, devices, people and their rights, rules of votes, connections, appearance.

mod appearance;
mod audit;
mod devices;
mod identity;
mod invitations;
mod people;
mod recovery;
mod rules;
mod sync;

use leptos::prelude::*;
use ui::route::{Route, SettingsPage};

use crate::app::use_app;
use crate::components::{Tab, Tabs};
use crate::t;

/// The screen.
#[component]
pub fn Settings() -> impl IntoView {
    let app = use_app();
    let page = Memo::new(move |_| match app.route.get() {
        Route::Settings(page) => page,
        _ => SettingsPage::Identity,
    });
    let tabs = vec![
        Tab::new(SettingsPage::Identity.slug(), t!(settings.identity)),
        Tab::new(SettingsPage::Devices.slug(), t!(settings.devices)),
        Tab::new(SettingsPage::People.slug(), t!(settings.people)),
        Tab::new(SettingsPage::Audit.slug(), t!(settings.audit)),
        Tab::new(SettingsPage::Rules.slug(), t!(settings.rules)),
        Tab::new(SettingsPage::Sync.slug(), t!(settings.sync)),
        Tab::new(SettingsPage::Appearance.slug(), t!(settings.appearance)),
    ];
    let pick = move |slug: &'static str| {
        if let Some(page) = SettingsPage::ALL.into_iter().find(|page| page.slug() == slug) {
            app.go(Route::Settings(page));
        }
    };
    view! {
        <header class="row head"><h1 class="big grow">{t!(nav.settings)}</h1></header>
        <Tabs label=t!(nav.settings) tabs=tabs chosen=Signal::derive(move || page.get().slug()) on_pick=pick testid="settings" />
        <div class="stack wide-gap form" role="tabpanel">
            {move || match page.get() {
                SettingsPage::Identity => view! { <identity::Identity /> }.into_any(),
                SettingsPage::Devices => view! { <devices::Devices /> }.into_any(),
                SettingsPage::People => view! { <people::People /> }.into_any(),
                SettingsPage::Audit => view! { <audit::Audit /> }.into_any(),
                SettingsPage::Rules => view! { <rules::Rules /> }.into_any(),
                SettingsPage::Sync => view! { <sync::Sync /> }.into_any(),
                SettingsPage::Appearance => view! { <appearance::Appearance /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}
