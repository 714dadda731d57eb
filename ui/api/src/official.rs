//! Minutes, resolution and notice of conclusions: three documents, made, edited and signed in the same way.

use domain::id::SpaceId;
use serde::{Deserialize, Serialize};

use crate::view::{ExportView, MinutesView};

pub use domain::official::{OfficialKind, OfficialText};

crate::requests! {
    Query: Reads in query;

    /// An official document of a meeting: its words, its newest file and that file's signatures.
    Official { /// The meeting.
        meeting: SpaceId, /// Which document.
        kind: OfficialKind } -> OfficialView,
}

crate::requests! {
    Act: Does in act;

    /// Typesets a document from the record, until both have signed. Chair and secretary.
    DraftOfficial { /// The meeting.
        meeting: SpaceId, /// Which document.
        kind: OfficialKind, /// Its words; `None`: those of the record, what was edited before is forgotten.
        #[serde(default)]
        text: Option<OfficialText> } -> OfficialView,
    /// Signs the newest file: the secretary first, who initials resolution and notice, then the chair.
    SignOfficial { /// The meeting.
        meeting: SpaceId, /// Which document.
        kind: OfficialKind } -> OfficialView,
    /// Writes the newest file to a file.
    ExportOfficial { /// The meeting.
        meeting: SpaceId, /// Which document.
        kind: OfficialKind, /// Where to.
        path: String } -> ExportView,
}

/// An official document of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialView {
    /// Which.
    pub kind: OfficialKind,
    /// Its words, as edited or as the record gives them; `None`: nothing was adopted or concluded yet, or nobody is invited who could sign.
    pub text: Option<OfficialText>,
    /// A person edited the words: a new draft takes them, not the record's.
    pub edited: bool,
    /// The newest file.
    pub file: MinutesView,
}
