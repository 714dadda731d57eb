//! From pdfium's page space (bottom-left, unrotated, any origin) to what people see (top-left, rotated).

use pdfium_render::prelude::{PdfPage, PdfPageRenderRotation, PdfRect};
use serde::{Deserialize, Serialize};

/// A rectangle on a page in points, from the top-left corner of the page as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rect {
    /// Distance from the left edge.
    pub x: f32,
    /// Distance from the top edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

impl Rect {
    pub(crate) fn right(&self) -> f32 {
        self.x + self.w
    }

    pub(crate) fn bottom(&self) -> f32 {
        self.y + self.h
    }

    /// The smallest rectangle around both.
    pub(crate) fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self { x, y, w: self.right().max(other.right()) - x, h: self.bottom().max(other.bottom()) - y }
    }

    /// True if the two stand on one line: they share at least half of the lower one's height.
    pub(crate) fn same_line(&self, other: &Self) -> bool {
        let shared = self.bottom().min(other.bottom()) - self.y.max(other.y);
        shared >= 0.5 * self.h.min(other.h)
    }
}

/// How one page is turned and where its visible part begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageSpace {
    left: f32,
    bottom: f32,
    right: f32,
    top: f32,
    turn: PdfPageRenderRotation,
}

impl PageSpace {
    pub(crate) fn of(page: &PdfPage<'_>) -> Self {
        let turn = page.rotation().unwrap_or(PdfPageRenderRotation::None);
        match page.boundaries().bounding() {
            Ok(visible) => Self::new(&visible.bounds, turn),
            Err(_) => Self { left: 0.0, bottom: 0.0, right: page.width().value, top: page.height().value, turn },
        }
    }

    fn new(visible: &PdfRect, turn: PdfPageRenderRotation) -> Self {
        Self {
            left: visible.left().value,
            bottom: visible.bottom().value,
            right: visible.right().value,
            top: visible.top().value,
            turn,
        }
    }

    /// Width and height as shown.
    pub(crate) fn size(&self) -> (f32, f32) {
        let (w, h) = (self.right - self.left, self.top - self.bottom);
        match self.turn {
            PdfPageRenderRotation::None | PdfPageRenderRotation::Degrees180 => (w, h),
            PdfPageRenderRotation::Degrees90 | PdfPageRenderRotation::Degrees270 => (h, w),
        }
    }

    pub(crate) fn rect(&self, r: &PdfRect) -> Rect {
        let (left, bottom, right, top) = (r.left().value, r.bottom().value, r.right().value, r.top().value);
        let (w, h) = (right - left, top - bottom);
        match self.turn {
            PdfPageRenderRotation::None => Rect { x: left - self.left, y: self.top - top, w, h },
            PdfPageRenderRotation::Degrees90 => Rect { x: bottom - self.bottom, y: left - self.left, w: h, h: w },
            PdfPageRenderRotation::Degrees180 => Rect { x: self.right - right, y: bottom - self.bottom, w, h },
            PdfPageRenderRotation::Degrees270 => Rect { x: self.top - top, y: self.right - right, w: h, h: w },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_mark_in_the_upper_left_corner_turns_with_the_page() {
        // A 200 × 100 page whose visible part starts at (10, 20); the mark is 4 × 2 in the upper left corner.
        let visible = PdfRect::new_from_values(20.0, 10.0, 120.0, 210.0);
        let mark = PdfRect::new_from_values(118.0, 10.0, 120.0, 14.0);
        let at = |turn| {
            let space = PageSpace::new(&visible, turn);
            (space.size(), space.rect(&mark))
        };
        assert_eq!(at(PdfPageRenderRotation::None), ((200.0, 100.0), Rect { x: 0.0, y: 0.0, w: 4.0, h: 2.0 }));
        assert_eq!(at(PdfPageRenderRotation::Degrees90), ((100.0, 200.0), Rect { x: 98.0, y: 0.0, w: 2.0, h: 4.0 }));
        assert_eq!(at(PdfPageRenderRotation::Degrees180), ((200.0, 100.0), Rect { x: 196.0, y: 98.0, w: 4.0, h: 2.0 }));
        assert_eq!(at(PdfPageRenderRotation::Degrees270), ((100.0, 200.0), Rect { x: 0.0, y: 196.0, w: 2.0, h: 4.0 }));
    }
}
