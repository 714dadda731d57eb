//! Conclusions that people wrote at the same time: both sides, and what somebody chooses.

use domain::id::{Hash32, SpaceId};
use serde::{Deserialize, Serialize};

crate::requests! {
    Act: Does in act;

    /// Writes the conclusions. Refused where somebody has written since what this would mix with.
    WriteConclusions { /// The meeting.
        meeting: SpaceId, /// What stood there when the writer began.
        base: Vec<String>, /// What shall stand there, as the writer sees it; what others wrote elsewhere since stays.
        conclusions: Vec<String> } -> (),
    /// Settles the conclusions that were mixed, for everybody. Chair and secretary. Refused where others are beside each other by now than
    /// those that were chosen from.
    SettleConclusions { /// The meeting.
        meeting: SpaceId, /// [`DraftSide::edition`] of all sides, as they were shown.
        editions: Vec<Hash32>, /// One for each of [`DraftingView::places`].
        choices: Vec<DraftChoice> } -> (),
}

/// What somebody wants at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftChoice {
    /// What the side at this place wrote, counted from 0.
    Side(u32),
    /// What all sides wrote, one after the other.
    All,
    /// What stands there now.
    Merged,
}

/// Conclusions that somebody has to look at: merging mixed what was written at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftingView {
    /// Who wrote, without knowing of each other; the same order on every device.
    pub sides: Vec<DraftSide>,
    /// Where, in reading order.
    pub places: Vec<DraftPlace>,
}

/// One of those who wrote at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftSide {
    /// Names the edit.
    pub edition: Hash32,
    /// Who; empty: not known here.
    pub by: String,
}

/// Paragraphs that were mixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftPlace {
    /// Which conclusion it begins with, from 1.
    pub number: u32,
    /// What stands there now.
    pub merged: Vec<String>,
    /// What each of [`DraftingView::sides`] wrote there; an empty list: nothing.
    pub sides: Vec<Vec<String>>,
}
