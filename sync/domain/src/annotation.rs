//! Marks on a page: ink, highlights, notes. They never touch the paper's bytes.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{AnnotationId, Hash32, PaperId, Timestamp};

/// A point in hundredths of a PDF point, origin top left of the page as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Point {
    /// To the right.
    #[n(0)]
    pub x: i32,
    /// Down.
    #[n(1)]
    pub y: i32,
}

/// A rectangle in hundredths of a PDF point, origin top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Quad {
    /// Left edge.
    #[n(0)]
    pub x: i32,
    /// Upper edge.
    #[n(1)]
    pub y: i32,
    /// Width.
    #[n(2)]
    pub w: i32,
    /// Height.
    #[n(3)]
    pub h: i32,
}

/// What was drawn or written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mark {
    /// One finished stroke.
    #[n(0)]
    Ink {
        /// The path.
        #[n(0)]
        points: Vec<Point>,
        /// Pen width in hundredths of a point.
        #[n(1)]
        width: u16,
    },
    /// Highlighted text.
    #[n(1)]
    Highlight {
        /// One rectangle per line of text.
        #[n(0)]
        quads: Vec<Quad>,
        /// The text that was marked, so that it can be found again in a later version.
        #[n(1)]
        quote: String,
    },
    /// A note pinned to a place.
    #[n(2)]
    Note {
        /// Where.
        #[n(0)]
        at: Point,
        /// What it says.
        #[n(1)]
        text: String,
    },
}

/// A mark on one page of one version of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Annotation {
    /// Identity.
    #[n(0)]
    pub id: AnnotationId,
    /// The paper.
    #[n(1)]
    pub paper: PaperId,
    /// BLAKE3 of the version's plaintext: an annotation belongs to the bytes it was made on.
    #[n(2)]
    pub version: Hash32,
    /// Page, from 0.
    #[n(3)]
    pub page: u32,
    /// Colour as 0xRRGGBB.
    #[n(4)]
    pub colour: u32,
    /// The mark.
    #[n(5)]
    pub mark: Mark,
    /// When it was made.
    #[n(6)]
    pub made_at: Timestamp,
}
