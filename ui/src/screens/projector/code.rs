//! The code of the room, large: who is there types it on the own device.

use std::time::Duration;

use api::sitting::RoomCodeView;
use leptos::prelude::*;
use ui::testids;

use crate::app::clock;
use crate::components::Qr;
use crate::{say, t};

/// How often the picture looks whether another code is due.
const TICK: Duration = Duration::from_secs(1);

/// The code.
#[component]
pub fn Code(
    /// As it was told.
    code: RoomCodeView,
    /// Another one is due.
    due: Callback<()>,
) -> impl IntoView {
    let RoomCodeView { code, qr, until } = code;
    if let Ok(ticking) = set_interval_with_handle(
        move || {
            if clock() >= until {
                due.run(());
            }
        },
        TICK,
    ) {
        on_cleanup(move || ticking.clear());
    }
    let said = code.clone();
    view! {
        <section class="palone pcode">
            <p>{t!(projector.code_how)}</p>
            <p class="fit num" style:--fit="9" data-testid=testids::CODE_SHOWN data-code=code.clone()>{code.clone()}</p>
            {qr.map(|qr| view! { <Qr qr=qr label=move || say!(room.code_label, code = said.clone()) /> })}
        </section>
    }
    .into_any()
}
