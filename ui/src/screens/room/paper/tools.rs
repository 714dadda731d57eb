//! What the hand holds: a tool, its colours, and for whom its marks are.

use api::act::Audience;
use leptos::prelude::*;

/// A tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Read and select text.
    None,
    /// Mark text.
    Highlight,
    /// Draw.
    Pen,
    /// Pin a note.
    Note,
    /// Erase one's own marks.
    Eraser,
}

/// Colours of the pen, dark enough to be read on white.
pub const PEN_COLOURS: [u32; 4] = [0x5b_2a_86, 0x1d_4e_d8, 0xb9_1c_1c, 0x1f_1f_24];
/// Colours of the marker, light enough to read through.
pub const MARKER_COLOURS: [u32; 4] = [0xff_e0_66, 0x9b_e7_a8, 0xff_b3_c7, 0x9f_d3_ff];
/// Width of the pen in hundredths of a point.
pub const PEN_WIDTH: u16 = 170;

/// A colour as CSS writes it.
pub fn css(colour: u32) -> String {
    format!("#{:06x}", colour & 0x00ff_ffff)
}

/// The choices, kept while the room is open. Marks are private until the person says otherwise.
#[derive(Clone, Copy)]
pub struct Tools {
    /// The tool.
    pub tool: RwSignal<Tool>,
    /// For whom new marks are.
    pub audience: RwSignal<Audience>,
    /// Colour of the pen and of notes.
    pub pen: RwSignal<u32>,
    /// Colour of the marker.
    pub marker: RwSignal<u32>,
}

impl Tools {
    /// Nothing in the hand.
    pub fn new() -> Self {
        Self {
            tool: RwSignal::new(Tool::None),
            audience: RwSignal::new(Audience::Private),
            pen: RwSignal::new(PEN_COLOURS[0]),
            marker: RwSignal::new(MARKER_COLOURS[0]),
        }
    }
}
