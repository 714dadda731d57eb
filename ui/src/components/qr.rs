//! A QR code.

use api::roster::QrView;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// White around a QR code, in modules (ISO/IEC 18004).
const QUIET: u32 = 4;

/// The picture.
#[component]
pub fn Qr(
    /// The code.
    qr: QrView,
    /// What it is, for screen readers.
    #[prop(into)]
    label: TextProp,
) -> impl IntoView {
    let whole = qr.side + 2 * QUIET;
    let outside = format!("-{QUIET} -{QUIET} {whole} {whole}");
    view! {
        <svg class="qr" viewBox=outside role="img" aria-label=move || label.get()>
            <path d=qr.path></path>
        </svg>
    }
    .into_any()
}
