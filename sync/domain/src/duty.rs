//! What a person does for the whole organisation, beyond the own office.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A duty that an administrator gives and takes back. Administrators have all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Duty {
    /// Biên tập: writes and reviews drafts of the handbook, keeps the shared tables.
    #[n(0)]
    Editor,
    /// Phát hành: publishes packages of the handbook that every device installs.
    #[n(1)]
    Publisher,
}
