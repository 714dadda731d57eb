//! A sitting: its agenda, papers, people and their roles.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{Hash32, ItemId, PaperId, PersonId, Timestamp};
use crate::limits::{AGENDA_ITEMS, MINUTES_FILES, PAPERS};
use crate::official::{OfficialKind, OfficialText};
use crate::order::{arrange, arrange_papers, numbering};
use crate::seating::Seating;

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
    /// Until when its papers are to be here, see [`crate::reminder`]: from who presents it, and from who prepares the meeting where nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers_due: Option<Timestamp>,
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

/// A paper was withdrawn: its files are erased everywhere, this record of it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who withdrew it.
    pub by: PersonId,
    /// When, by that device's clock.
    pub at: Timestamp,
    /// Why; at most [`crate::sitting::REASON_CHARS`] characters.
    pub reason: String,
}

/// Where a visible signature goes on a page of a PDF. Written as five integers with spaces between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignaturePlace {
    /// Page, counted from 0.
    pub page: u32,
    /// Left, bottom, right, top in hundredths of a point, from the bottom-left corner of the page.
    pub rect: [i32; 4],
}

impl SignaturePlace {
    /// Farthest coordinate, in hundredths of a point: the largest page that PDF knows (ISO 32000-1, annex C).
    pub const COORDINATE_MAX: i32 = 1_440_000;

    /// From points.
    pub fn from_points(page: u32, rect: [f32; 4]) -> Self {
        let limit = Self::COORDINATE_MAX as f32;
        Self { page, rect: rect.map(|point| (point * 100.0).round().clamp(0.0, limit) as i32) }
    }

    /// In points.
    pub fn points(&self) -> [f32; 4] {
        self.rect.map(|hundredths| hundredths as f32 / 100.0)
    }
}

impl fmt::Display for SignaturePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [left, bottom, right, top] = self.rect;
        write!(f, "{} {left} {bottom} {right} {top}", self.page)
    }
}

/// A text that is no place of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place of a signature")]
pub struct NotAPlace;

impl FromStr for SignaturePlace {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let mut words = text.split(' ');
        let page = words.next().and_then(|word| word.parse().ok()).ok_or(NotAPlace)?;
        let mut rect = [0; 4];
        for edge in &mut rect {
            *edge = words.next().and_then(|word| word.parse().ok()).ok_or(NotAPlace)?;
        }
        let [left, bottom, right, top] = rect;
        let inside = rect.iter().all(|edge| (0..=Self::COORDINATE_MAX).contains(edge));
        if words.next().is_some() || !inside || left >= right || bottom >= top {
            return Err(NotAPlace);
        }
        Ok(Self { page, rect })
    }
}

/// The minutes of a sitting as they grow from draft to signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesFile {
    /// The PDF.
    pub blob: BlobRef,
    /// Number of signatures that were asked for and are on it (0 = draft, 1 = secretary, 2 = secretary and chair).
    pub signatures: u32,
    /// Its pages.
    pub pages: u32,
    /// Where the signatures go, in the order of signing.
    pub places: Vec<SignaturePlace>,
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
    /// Items that are dealt with among those invited and shown to nobody else, each with all that is under it: a projector knows neither
    /// them nor their papers.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub internal: BTreeSet<ItemId>,
    /// Papers that were withdrawn, by whom and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub withdrawn: BTreeMap<PaperId, Withdrawal>,
    /// Items that came from an inner space, which guests do not have. Each is internal too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub inner: BTreeSet<ItemId>,
    /// Papers that came from there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub inner_papers: BTreeSet<PaperId>,
    /// Who sits where, if somebody has drawn the room.
    #[serde(default, skip_serializing_if = "Seating::is_empty")]
    pub seating: Seating,
    /// The resolution's files, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolution: Vec<MinutesFile>,
    /// The files of the notice of conclusions, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notice: Vec<MinutesFile>,
    /// The words of official documents that somebody edited.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub official_texts: BTreeMap<OfficialKind, OfficialText>,
}

impl Meeting {
    /// The files of an official document, oldest first.
    pub fn files(&self, kind: OfficialKind) -> &[MinutesFile] {
        match kind {
            OfficialKind::Minutes => &self.minutes,
            OfficialKind::Resolution => &self.resolution,
            OfficialKind::Notice => &self.notice,
        }
    }

    /// The files of all official documents.
    pub fn official_files(&self) -> impl Iterator<Item = &MinutesFile> {
        OfficialKind::ALL.into_iter().flat_map(move |kind| self.files(kind))
    }

    /// The papers that can be read: all but those that were withdrawn.
    pub fn kept_papers(&self) -> impl Iterator<Item = &Paper> {
        self.papers.iter().filter(|paper| !self.withdrawn.contains_key(&paper.id))
    }

    /// Whether whoever looks into the room may see this item: it is on the agenda, and neither it nor anything above it is internal.
    pub fn is_public_item(&self, item: ItemId) -> bool {
        let mut at = Some(item);
        // As many steps as there are items: a circle ends too.
        for _ in 0..=self.items.len() {
            let Some(id) = at else { return true };
            if self.internal.contains(&id) {
                return false;
            }
            let Some(found) = self.items.iter().find(|other| other.id == id) else { return false };
            at = found.parent;
        }
        false
    }

    /// Whether whoever looks into the room may see this paper: it is the meeting's as a whole, or a public item's. One whose item has left
    /// the agenda is not public: that item may have been internal.
    pub fn is_public_paper(&self, paper: &Paper) -> bool {
        !self.inner_papers.contains(&paper.id) && paper.item.is_none_or(|item| self.is_public_item(item))
    }

    /// This meeting with what an inner space of it holds: one agenda, one list of papers, one of each official document's files. What both have
    /// is taken from here, but for the words of an official document; what is beyond a meeting's bounds is left out.
    pub fn with_inner(mut self, inner: Self) -> Self {
        for item in inner.items {
            if self.items.len() < AGENDA_ITEMS && self.items.iter().all(|known| known.id != item.id) {
                self.internal.insert(item.id);
                self.inner.insert(item.id);
                self.items.push(item);
            }
        }
        for paper in inner.papers {
            if self.papers.len() < PAPERS && self.papers.iter().all(|known| known.id != paper.id) {
                self.inner_papers.insert(paper.id);
                if let Some(withdrawal) = inner.withdrawn.get(&paper.id) {
                    self.withdrawn.insert(paper.id, withdrawal.clone());
                }
                self.papers.push(paper);
            }
        }
        self.items = arrange(self.items);
        self.papers = arrange_papers(&self.items, self.papers);
        let officials =
            [(&mut self.minutes, inner.minutes), (&mut self.resolution, inner.resolution), (&mut self.notice, inner.notice)];
        for (files, more) in officials {
            files.extend(more);
            files.sort_by_key(|file| (file.made_at, file.signatures, file.blob.plain));
            let oldest = files.len().saturating_sub(MINUTES_FILES);
            files.drain(..oldest);
        }
        // Once there is an inner space words are kept with the files there, so those in the meeting's own document are older.
        self.official_texts.extend(inner.official_texts);
        self
    }

    /// The numbers of the items as guests see them, who do not have those of an inner space: without holes.
    pub fn open_numbers(&self) -> BTreeMap<ItemId, String> {
        let open: Vec<AgendaItem> = self.items.iter().filter(|item| !self.inner.contains(&item.id)).cloned().collect();
        open.iter().map(|item| item.id).zip(numbering(&open)).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn item(id: u8, parent: Option<u8>) -> AgendaItem {
        AgendaItem {
            id: ItemId([id; 16]),
            parent: parent.map(|parent| ItemId([parent; 16])),
            order: "V".to_owned(),
            title: "Nội dung".to_owned(),
            presenter: String::new(),
            starts_at: None,
            minutes: None,
            papers_due: None,
        }
    }

    fn paper(id: u8, item: Option<u8>) -> Paper {
        Paper {
            id: PaperId([id; 16]),
            item: item.map(|item| ItemId([item; 16])),
            order: "V".to_owned(),
            title: "Tờ trình".to_owned(),
            versions: Vec::new(),
        }
    }

    fn meeting(items: Vec<AgendaItem>, papers: Vec<Paper>) -> Meeting {
        let info = MeetingInfo {
            title: "Phiên họp".to_owned(),
            body: String::new(),
            place: String::new(),
            starts_at: Timestamp(0),
            conclusions: Vec::new(),
        };
        Meeting {
            info,
            items,
            papers,
            minutes: Vec::new(),
            internal: BTreeSet::new(),
            withdrawn: BTreeMap::new(),
            inner: BTreeSet::new(),
            inner_papers: BTreeSet::new(),
            seating: Seating::default(),
            resolution: Vec::new(),
            notice: Vec::new(),
            official_texts: BTreeMap::new(),
        }
    }

    #[test]
    fn what_is_under_an_internal_item_or_under_none_that_is_there_is_not_public() {
        let items = vec![item(1, None), item(2, None), item(3, Some(2)), item(4, Some(3)), item(5, Some(6)), item(6, Some(5))];
        let meeting = Meeting { internal: BTreeSet::from([ItemId([2; 16])]), ..meeting(items, Vec::new()) };
        for (id, public) in [(1, true), (2, false), (3, false), (4, false), (5, false), (9, false)] {
            assert_eq!(meeting.is_public_item(ItemId([id; 16])), public, "item {id}");
            assert_eq!(meeting.is_public_paper(&paper(1, Some(id))), public, "a paper of item {id}");
        }
        assert!(meeting.is_public_paper(&paper(1, None)), "a paper of the meeting as a whole");
    }

    #[test]
    fn an_inner_space_adds_its_items_and_guests_count_without_them() {
        let at = |order: &str, item: AgendaItem| AgendaItem { order: order.to_owned(), ..item };
        let open =
            meeting(vec![at("V", item(1, None)), at("X", item(2, None)), at("V", item(3, Some(2)))], vec![paper(1, Some(1))]);
        let same = AgendaItem { title: "Khác".to_owned(), ..item(1, None) };
        let inner =
            meeting(vec![at("W", item(4, None)), at("V", item(5, Some(4))), same], vec![paper(2, Some(4)), paper(3, Some(1))]);
        let both = open.clone().with_inner(inner.clone());
        let ids = |meeting: &Meeting| meeting.items.iter().map(|item| item.id.0[0]).collect::<Vec<_>>();
        assert_eq!(ids(&both), [1, 4, 5, 2, 3], "in one order");
        assert_eq!(numbering(&both.items), ["1", "2", "2.1", "3", "3.1"]);
        let guests: BTreeMap<ItemId, String> = open.items.iter().map(|item| item.id).zip(numbering(&open.items)).collect();
        assert_eq!(both.open_numbers(), guests, "as on a guest's device");
        assert!(both.items.iter().all(|item| item.title == "Nội dung"), "an inner space does not change what all have");
        assert!(!both.is_public_item(ItemId([4; 16])) && !both.is_public_item(ItemId([5; 16])));
        for (paper, public) in both.papers.iter().zip([true, false, false]) {
            assert_eq!(both.is_public_paper(paper), public, "paper {:?}", paper.id);
        }
        assert_eq!(both.clone().with_inner(inner), both, "twice is once");
    }

    #[test]
    fn official_documents_inside_stand_among_those_of_the_meeting_and_the_words_inside_are_the_later_ones() {
        let file = |id: u8, at: i64| MinutesFile {
            blob: BlobRef { plain: Hash32([id; 32]), cipher: Hash32([id; 32]), size: 1, epoch: 0 },
            signatures: 0,
            pages: 1,
            places: Vec::new(),
            made_at: Timestamp(at),
            made_by: PersonId([1; 16]),
        };
        let words = |title: &str| OfficialText { title: title.to_owned(), ..OfficialText::default() };
        let open = Meeting {
            minutes: vec![file(1, 10)],
            resolution: vec![file(2, 10)],
            official_texts: BTreeMap::from([
                (OfficialKind::Resolution, words("Dự thảo")),
                (OfficialKind::Notice, words("Thông báo")),
            ]),
            ..meeting(Vec::new(), Vec::new())
        };
        let inner = Meeting {
            minutes: vec![file(3, 5)],
            resolution: vec![file(4, 20)],
            notice: vec![file(5, 20)],
            official_texts: BTreeMap::from([(OfficialKind::Resolution, words("Đã sửa"))]),
            ..meeting(Vec::new(), Vec::new())
        };
        let both = open.with_inner(inner);
        assert_eq!(both.files(OfficialKind::Minutes), [file(3, 5), file(1, 10)], "by time");
        assert_eq!(both.files(OfficialKind::Resolution), [file(2, 10), file(4, 20)]);
        assert_eq!(both.files(OfficialKind::Notice), [file(5, 20)]);
        assert_eq!(both.official_files().count(), 5);
        let title = |kind| both.official_texts.get(&kind).map(|text| text.title.as_str());
        assert_eq!((title(OfficialKind::Resolution), title(OfficialKind::Notice)), (Some("Đã sửa"), Some("Thông báo")));
    }

    #[test]
    fn a_place_is_written_and_read_back_and_nothing_else_is_a_place() {
        let place = SignaturePlace::from_points(3, [85.0, 100.5, 250.25, 180.0]);
        assert_eq!(place.to_string(), "3 8500 10050 25025 18000");
        assert_eq!(place.to_string().parse(), Ok(place));
        for bad in
            ["", "3 8500 10050 25025", "3 8500 10050 25025 18000 1", "-1 1 2 3 4", "0 5 0 5 9", "0 0 0 1440001 9", "0 a 0 5 9"]
        {
            assert_eq!(bad.parse::<SignaturePlace>(), Err(NotAPlace), "{bad}");
        }
    }
}
