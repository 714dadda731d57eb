//! One reading of a pointing device.

/// What touched the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A mouse or a touchpad.
    Mouse,
    /// A finger or a palm.
    Touch,
    /// The tip of a pen.
    Pen,
    /// The other end of a pen.
    Eraser,
}

/// Where a pointer was at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// To the right, in PDF points from the page's left edge.
    pub x: f64,
    /// Down, in PDF points from the page's upper edge.
    pub y: f64,
    /// 0 to 65535; `None` where the device does not say (many webviews report a mouse instead of a pen).
    pub pressure: Option<u16>,
    /// When, in milliseconds of a monotonic clock.
    pub t_ms: f64,
    /// By what.
    pub source: Source,
}
