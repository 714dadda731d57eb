//! A sitting: its agenda, papers, people and their roles.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{Hash32, ItemId, PaperId, PersonId, Timestamp};

/// What a person may do in a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum MeetingRole {
    /// Chủ tọa: leads, opens and closes votes, signs the minutes last.
    #[n(0)]
    Chair,
    /// Thư ký: prepares agenda and papers, writes and signs the minutes.
    #[n(1)]
    Secretary,
    /// Đại biểu: is on the roll and votes.
    #[n(2)]
    Delegate,
    /// Khách mời: reads what guests may read; has no vote.
    #[n(3)]
    Guest,
}

impl MeetingRole {
    /// May write the meeting document and change its members.
    pub fn manages(self) -> bool {
        matches!(self, Self::Chair | Self::Secretary)
    }

    /// May be put on a roll.
    pub fn votes(self) -> bool {
        !matches!(self, Self::Guest)
    }
}

/// An immutable file. People's programs know it by its plaintext, peers exchange it by its ciphertext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
pub struct BlobRef {
    /// BLAKE3 of the plaintext.
    #[n(0)]
    pub plain: Hash32,
    /// BLAKE3 of the ciphertext: the name under which peers ask for it.
    #[n(1)]
    pub cipher: Hash32,
    /// Length in bytes, the same for both.
    #[n(2)]
    pub size: u64,
    /// The key epoch of the space whose key encrypts it.
    #[n(3)]
    pub epoch: u32,
}

/// One item of the agenda tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaItem {
    /// Identity, stable under moves.
    pub id: ItemId,
    /// The item it stands under; `None` for the top level.
    pub parent: Option<ItemId>,
    /// Position among its siblings: compared as text, see [`crate::order`].
    pub order: String,
    /// What it is about.
    pub title: String,
    /// Office or person that presents it, as text; may be empty.
    pub presenter: String,
    /// Planned start, if the item has a time slot.
    pub starts_at: Option<Timestamp>,
    /// Planned length in minutes.
    pub minutes: Option<u16>,
}

/// One version of a paper. Versions are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperVersion {
    /// 1 for the first.
    pub number: u32,
    /// The file.
    pub blob: BlobRef,
    /// Its name when it was added, without folders.
    pub file_name: String,
    /// Number of pages.
    pub pages: u32,
    /// When it was added.
    pub added_at: Timestamp,
    /// Who added it.
    pub added_by: PersonId,
}

/// A paper: something to read before a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Identity over all versions.
    pub id: PaperId,
    /// The agenda item it belongs to; `None` for the meeting as a whole.
    pub item: Option<ItemId>,
    /// Position among the item's papers.
    pub order: String,
    /// What the list shows.
    pub title: String,
    /// Oldest first, never empty once stored.
    pub versions: Vec<PaperVersion>,
}

/// The minutes of a sitting as they grow from draft to signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesFile {
    /// The PDF.
    pub blob: BlobRef,
    /// Number of signatures that were asked for and are on it (0 = draft, 1 = secretary, 2 = secretary and chair).
    pub signatures: u32,
    /// When this file was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: PersonId,
}

/// The head of a meeting: what is true of it as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingInfo {
    /// The name of the sitting.
    pub title: String,
    /// The body that sits, e.g. "Ủy ban nhân dân phường Thuận Hóa".
    pub body: String,
    /// The room.
    pub place: String,
    /// Planned start.
    pub starts_at: Timestamp,
    /// Conclusions written by the secretary, one paragraph each.
    pub conclusions: Vec<String>,
}

/// A meeting as its document says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// The head.
    pub info: MeetingInfo,
    /// All items, in reading order (depth first).
    pub items: Vec<AgendaItem>,
    /// All papers, in order of item, then position.
    pub papers: Vec<Paper>,
    /// The minutes' files, oldest first.
    pub minutes: Vec<MinutesFile>,
}
