//! The handbook: articles and their contents, what a reader keeps, packages, import, drafts.

mod articles;
mod cases;
mod contents;
pub(crate) mod convert;
mod draft_content;
mod drafts;
pub(crate) mod following;
mod importing;
mod next_version;
mod packages;
mod publish_drafts;
mod publishing;
mod reading;
mod shelf;

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use api::handbook::{ImportView, PersonalData};
use domain::calendar::VnDate;
use domain::id::Timestamp;
use handbook::personal::PersonalKind;

pub(crate) use publish_drafts::OWN_PACKAGE;

/// The import of this program, if one ran.
#[derive(Default)]
pub(crate) struct Importing {
    running: AtomicBool,
    cancelled: AtomicBool,
    view: Mutex<Option<ImportView>>,
}

/// The day in Viet Nam, in days since 1 January 1970.
pub(crate) fn today() -> i32 {
    day_of(crate::engine::wall())
}

fn day_of(at: Timestamp) -> i32 {
    i32::try_from(VnDate::of(at).to_days()).unwrap_or_default()
}

/// What in the text looks like personal data. Ranges are characters.
pub(crate) fn personal_data(text: &str) -> Vec<api::handbook::Finding> {
    let characters = |range: std::ops::Range<usize>| {
        let count = |part: &str| u32::try_from(part.chars().count()).unwrap_or(u32::MAX);
        let start = count(&text[..range.start]);
        (start, start.saturating_add(count(&text[range])))
    };
    let kind = |kind| match kind {
        PersonalKind::Phone => PersonalData::Phone,
        PersonalKind::Identity => PersonalData::IdNumber,
        PersonalKind::Email => PersonalData::Email,
        PersonalKind::Account => PersonalData::Account,
        PersonalKind::Name => PersonalData::Name,
        PersonalKind::Address => PersonalData::Address,
        PersonalKind::Birth => PersonalData::Birth,
    };
    handbook::personal::find(text)
        .into_iter()
        .map(|found| api::handbook::Finding {
            kind: kind(found.kind),
            instead: found.kind.instead().to_owned(),
            range: characters(found.range),
        })
        .collect()
}
