//! Icons of one stroke style, 20 px, drawn here so that nothing has to be loaded.

use leptos::prelude::*;

/// The outline of an icon, `None` for an unknown name.
fn outline(name: &str) -> &'static str {
    match name {
        "book" => "M10 5c-2-1.500-4-2-7-2v12c3 0 5 .5 7 2 2-1.500 4-2 7-2V3c-3 0-5 .5-7 2z M10 5v12",
        "ask" => "M3 4h14v10H9l-4 4v-4H3z",
        "star" => "M10 2.500l2.300 4.800 5.200.7-3.800 3.700.9 5.300-4.600-2.500L5.400 17l.9-5.300L2.500 8l5.200-.7z",
        "print" => "M6 7V2h8v5 M4 7h12a1 1 0 011 1v6h-3 M6 14H3V8a1 1 0 011-1 M6 11h8v7H6z",
        "chart" => "M3 17h14 M5 17V9h3v8 M9 17V4h3v13 M13 17v-6h3v6",
        "home" => "M3 10l7-6 7 6v7H3z M8 17v-5h4v5",
        "meet" => "M3 5h14v9H3z M7 17h6",
        "doc" => "M5 2h7l4 4v12H5z M12 2v4h4",
        "gear" => {
            "M10 13a3 3 0 100-6 3 3 0 000 6z M10 2v3M10 15v3M2 10h3M15 10h3M4.500 4.500l2 2M13.500 13.500l2 2M15.500 4.500l-2 2M6.500 13.500l-2 2"
        }
        "lock" => "M5 9h10v8H5z M7 9V6a3 3 0 016 0v3",
        "pen" => "M3 17l1-4L14 3l3 3L7 16z",
        "mark" => "M4 16h12 M6 12l6-9 4 3-6 9-4 1z",
        "note" => "M4 3h12v10l-4 4H4z M12 17v-4h4",
        "eraser" => "M8 17h9 M3 12l8-8 6 6-7 7H7z M7 8l6 6",
        "hand" => "M5 4l11 5-5 2-2 5z",
        "left" => "M12 4l-6 6 6 6",
        "right" => "M8 4l6 6-6 6",
        "up" => "M10 16V5 M5 10l5-5 5 5",
        "down" => "M10 4v11 M5 10l5 5 5-5",
        "plus" => "M10 4v12M4 10h12",
        "minus" => "M4 10h12",
        "sign" => "M3 16c3 0 4-10 6-10s-1 8 1 8 2-4 4-4 0 4 3 4",
        "users" => "M7 9a3 3 0 100-6 3 3 0 000 6z M1 17c0-4 3-6 6-6s6 2 6 6 M14 9a2.500 2.500 0 100-5 M15 11c2.500 0 4 2 4 6",
        "copy" => "M7 7h10v10H7z M3 13V3h10",
        "check" => "M4 10l4 4 8-9",
        "cross" => "M5 5l10 10M15 5L5 15",
        "trash" => "M4 6h12 M8 6V4h4v2 M6 6l1 11h6l1-11",
        "share" => "M10 12V3 M6 7l4-4 4 4 M4 11v6h12v-6",
        "width" => "M3 4v12M17 4v12 M6 10h8 M8 8l-2 2 2 2 M12 8l2 2-2 2",
        "warn" => "M10 3l8 14H2z M10 8v4 M10 14.500v.1",
        "device" => "M4 4h12v9H4z M2 16h16",
        "key" => "M7 13a4 4 0 113.500-6H18v4h-2v2h-3v-2h-2.500A4 4 0 017 13z",
        "link" => "M8 12l4-4 M9 6l2-2a3.500 3.500 0 015 5l-2 2 M11 14l-2 2a3.500 3.500 0 01-5-5l2-2",
        "inbox" => "M3 11h4l1 3h4l1-3h4 M3 11l3-7h8l3 7v6H3z",
        "clock" => "M10 18a8 8 0 100-16 8 8 0 000 16z M10 5v5l3 2",
        "play" => "M6 4l10 6-10 6z",
        "refresh" => "M16.500 10a6.500 6.500 0 11-2-4.700 M16.500 3v4h-4",
        "task" => "M7 4H4v14h12V4h-3 M7 2.500h6v3H7z M7 11.500l2 2 4-4",
        "list" => "M7 5h10M7 10h10M7 15h10 M3 5h.1M3 10h.1M3 15h.1",
        "vote" => "M3 11h14v6H3z M6 11V3h8v8 M8 7l1.500 1.500L12.500 5.500",
        "drop" => "M10 3v9 M6 8l4 4 4-4 M3 15v2h14v-2",
        "find" => "M9 15a6 6 0 100-12 6 6 0 000 12z M13.500 13.500L18 18",
        "edit" => "M4 16l1-4 8-8 3 3-8 8z M11 6l3 3",
        "question" => "M7.500 7.500a2.500 2.500 0 114 2c-1 .8-1.500 1.300-1.500 2.500 M10 15v.1",
        _ => "",
    }
}

/// An icon; decoration beside a text or a label, so screen readers skip it.
#[component]
pub fn Icon(
    /// Its name.
    name: &'static str,
) -> impl IntoView {
    view! { <svg class="i" viewBox="0 0 20 20" aria-hidden="true"><path d=outline(name) /></svg> }
}
