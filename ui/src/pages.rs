//! The column of pages: where each page lies, which are in sight, how wide a picture of one must be, what zoom does.
//!
//! Lengths are CSS pixels unless said otherwise; pages come in PDF points (1/72 inch). 100 % shows a point as 96/72 pixels.

use std::ops::Range;

/// CSS pixels per PDF point at 100 %.
pub const PIXELS_PER_POINT: f64 = 96.0 / 72.0;
/// Zoom limits in percent.
pub const ZOOM_PERCENT: (f64, f64) = (25.0, 400.0);
/// Pages kept before and after those in sight.
pub const PAGES_AROUND: usize = 2;
/// Space above, between and below pages.
pub const GAP: f64 = 18.0;
/// Space beside the widest page when it fits the width.
pub const SIDE: f64 = 24.0;
/// Picture widths in device pixels that are asked for, so that pictures are found in caches again.
pub const WIDTHS: [u32; 9] = [320, 480, 720, 960, 1_280, 1_680, 2_200, 2_800, 3_600];
/// Steps of the zoom buttons in percent.
const STEPS: [f64; 14] = [25.0, 33.0, 50.0, 67.0, 75.0, 90.0, 100.0, 110.0, 125.0, 150.0, 200.0, 250.0, 300.0, 400.0];
/// A picture may be stretched by so much before a larger one is asked for.
const STRETCH: f64 = 1.08;
/// Enlargement per unit of a wheel event, and the most that one event does.
const WHEEL_RATE: f64 = 0.01;
const WHEEL_MOST: f64 = 1.25;
/// What stands in for a page whose size makes no sense: A4.
const FALLBACK: (f64, f64) = (595.0, 842.0);

/// How large pages are shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Zoom {
    /// The widest page fills the width.
    FitWidth,
    /// A fixed percentage.
    Percent(f64),
}

impl Zoom {
    /// The percentage shown for a viewport of `width` and the widest page of `points`.
    pub fn percent(self, width: f64, points: f64) -> f64 {
        let wanted = match self {
            Self::FitWidth if points > 0.0 => (width - 2.0 * SIDE) / (points * PIXELS_PER_POINT) * 100.0,
            Self::FitWidth => 100.0,
            Self::Percent(percent) => percent,
        };
        wanted.clamp(ZOOM_PERCENT.0, ZOOM_PERCENT.1)
    }
}

/// The next larger (`up`) or smaller step from a percentage.
pub fn step(percent: f64, up: bool) -> f64 {
    let next = if up {
        STEPS.iter().copied().find(|step| *step > percent + 0.5)
    } else {
        STEPS.iter().rev().copied().find(|step| *step < percent - 0.5)
    };
    next.unwrap_or(percent).clamp(ZOOM_PERCENT.0, ZOOM_PERCENT.1)
}

/// How much one event of a wheel with Ctrl, or of a touchpad's pinch, enlarges: a touchpad sends many small ones, a wheel few large ones.
pub fn wheel_factor(delta_y: f64) -> f64 {
    (-delta_y * WHEEL_RATE).exp().clamp(1.0 / WHEEL_MOST, WHEEL_MOST)
}

/// Where a page lies in the column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A place of a paper at any zoom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// The page, from 0.
    pub page: usize,
    /// Points below its upper edge; above it a negative number.
    pub below: f64,
}

/// The column for one paper at one zoom.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// The pages, top to bottom.
    pub places: Vec<Place>,
    /// CSS pixels per PDF point.
    pub scale: f64,
    /// Height of the whole column.
    pub height: f64,
    /// Width of the widest page.
    pub width: f64,
}

/// Width of the widest page in points.
pub fn widest(pages: &[(f32, f32)]) -> f64 {
    pages.iter().map(|page| sane(*page).0).fold(0.0, f64::max)
}

fn sane((width, height): (f32, f32)) -> (f64, f64) {
    let (width, height) = (f64::from(width), f64::from(height));
    if width.is_finite() && height.is_finite() && width >= 1.0 && height >= 1.0 { (width, height) } else { FALLBACK }
}

impl Column {
    /// Lays the pages (points) out at a zoom in percent.
    pub fn lay_out(pages: &[(f32, f32)], percent: f64) -> Self {
        let scale = PIXELS_PER_POINT * percent / 100.0;
        let mut top = GAP;
        let mut places = Vec::with_capacity(pages.len());
        for page in pages {
            let (width, height) = sane(*page);
            let place = Place { top, width: width * scale, height: height * scale };
            top += place.height + GAP;
            places.push(place);
        }
        let width = places.iter().map(|place| place.width).fold(0.0, f64::max);
        Self { places, scale, height: top, width }
    }

    /// The page that lies at a height; between two pages the one below; the last one beyond the end.
    pub fn page_at(&self, y: f64) -> usize {
        self.places.partition_point(|place| place.top + place.height < y).min(self.places.len().saturating_sub(1))
    }

    /// The pages to keep for a viewport: those in sight and [`PAGES_AROUND`] on either side.
    pub fn kept(&self, scroll_top: f64, viewport: f64) -> Range<usize> {
        if self.places.is_empty() {
            return 0..0;
        }
        let first = self.page_at(scroll_top).saturating_sub(PAGES_AROUND);
        let last = self.page_at(scroll_top + viewport.max(0.0)) + PAGES_AROUND;
        first..(last + 1).min(self.places.len())
    }

    /// The page that a reader is on: the one at a third of the viewport's height.
    pub fn current(&self, scroll_top: f64, viewport: f64) -> usize {
        self.page_at(scroll_top + viewport / 3.0)
    }

    /// Where to scroll to so that a page stands at the top.
    pub fn scroll_to(&self, page: usize) -> f64 {
        self.places.get(page).or(self.places.last()).map_or(0.0, |place| (place.top - GAP / 2.0).max(0.0))
    }

    /// What stands at a height of the column; nothing while there are no pages.
    pub fn spot(&self, y: f64) -> Option<Spot> {
        let page = self.page_at(y);
        let place = self.places.get(page).filter(|_| self.scale > 0.0)?;
        Some(Spot { page, below: (y - place.top) / self.scale })
    }

    /// Where a spot is.
    pub fn height_of(&self, spot: Spot) -> f64 {
        let place = self.places.get(spot.page).or(self.places.last());
        place.map_or(0.0, |place| (place.top + spot.below * self.scale).max(0.0))
    }

    /// Where to scroll to in `next`, the same pages at another zoom, so that what stood at `at` below the viewport's top stays there.
    pub fn keep_in_place(&self, next: &Self, scroll_top: f64, at: f64) -> f64 {
        let page = self.page_at(scroll_top + at);
        match (self.places.get(page), next.places.get(page)) {
            (Some(old), Some(new)) if old.height > 0.0 => {
                (new.top + (scroll_top + at - old.top) / old.height * new.height - at).max(0.0)
            }
            _ => scroll_top,
        }
    }
}

/// The picture width, in device pixels, to ask for a page shown `width` wide on a screen of `density` device pixels per CSS pixel.
pub fn picture_width(width: f64, density: f64) -> u32 {
    let needed = width * density / STRETCH;
    WIDTHS.into_iter().find(|bucket| f64::from(*bucket) >= needed).unwrap_or(WIDTHS[WIDTHS.len() - 1])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const A4: (f32, f32) = (595.0, 842.0);

    fn column(pages: usize, percent: f64) -> Column {
        Column::lay_out(&vec![A4; pages], percent)
    }

    #[test]
    fn only_pages_in_sight_and_two_around_are_kept() {
        let column = column(300, 100.0);
        let top = column.scroll_to(100);
        assert_eq!(column.kept(top, 900.0), 98..103);
        assert_eq!(column.kept(0.0, 900.0), 0..3);
        assert_eq!(column.kept(column.height, 900.0), 297..300);
        assert_eq!(Column::default().kept(0.0, 900.0), 0..0);
    }

    #[test]
    fn going_to_a_page_makes_it_the_current_one() {
        for percent in [25.0, 100.0, 400.0] {
            let column = column(40, percent);
            for page in [0, 1, 20, 38] {
                assert_eq!(
                    column.current(column.scroll_to(page), 800.0_f64.min(column.places[page].height)),
                    page,
                    "{percent} %"
                );
            }
        }
    }

    #[test]
    fn zooming_keeps_the_line_under_the_eye() {
        let (before, after) = (column(40, 100.0), column(40, 200.0));
        let (scroll, eye) = (before.scroll_to(7) + 333.0, 250.0);
        let page = before.page_at(scroll + eye);
        let share = (scroll + eye - before.places[page].top) / before.places[page].height;
        let scrolled = before.keep_in_place(&after, scroll, eye);
        assert_eq!(after.page_at(scrolled + eye), page);
        assert!(((scrolled + eye - after.places[page].top) / after.places[page].height - share).abs() < 1e-9);
    }

    #[test]
    fn a_spot_is_found_again_at_the_same_zoom_and_at_another() {
        let (before, after) = (column(40, 100.0), column(40, 150.0));
        for top in [0.0, 3.0, before.scroll_to(7) + 333.0, before.height] {
            let spot = before.spot(top).unwrap();
            assert!((before.height_of(spot) - top).abs() < 1e-9, "{top}");
            assert_eq!(after.spot(after.height_of(spot)).map(|again| again.page), Some(spot.page), "{top}");
        }
        assert_eq!(Column::default().spot(10.0), None);
        let shorter = column(3, 100.0);
        assert_eq!(shorter.height_of(Spot { page: 30, below: 5.0 }), shorter.places[2].top + 5.0 * shorter.scale);
    }

    #[test]
    fn fitting_the_width_leaves_the_sides_free_and_stays_in_the_limits() {
        let percent = Zoom::FitWidth.percent(700.0, 595.0);
        assert!((column(1, percent).width - (700.0 - 2.0 * SIDE)).abs() < 1e-6);
        assert_eq!(Zoom::FitWidth.percent(60.0, 5_000.0), 25.0);
        assert_eq!(Zoom::FitWidth.percent(60.0, 0.0), 100.0);
        assert_eq!(Zoom::Percent(9_000.0).percent(1.0, 1.0), 400.0);
    }

    #[test]
    fn steps_go_up_and_down_and_stop_at_the_ends() {
        assert_eq!((step(100.0, true), step(100.0, false)), (110.0, 90.0));
        assert_eq!((step(103.7, true), step(103.7, false)), (110.0, 100.0));
        assert_eq!((step(400.0, true), step(25.0, false)), (400.0, 25.0));
    }

    #[test]
    fn a_wheel_enlarges_by_a_bounded_step_and_back_again() {
        assert!((wheel_factor(-120.0) - WHEEL_MOST).abs() < 1e-9 && (wheel_factor(120.0) * WHEEL_MOST - 1.0).abs() < 1e-9);
        assert!((wheel_factor(-3.0) * wheel_factor(3.0) - 1.0).abs() < 1e-9 && wheel_factor(-3.0) > 1.0);
    }

    #[test]
    fn pictures_are_asked_for_in_few_widths_and_never_stretched_much() {
        assert_eq!(picture_width(600.0, 1.0), 720);
        assert_eq!(picture_width(600.0, 2.0), 1_280);
        assert_eq!(picture_width(9_000.0, 3.0), 3_600);
        for width in 1..3_000 {
            let shown = f64::from(width);
            assert!(shown <= f64::from(picture_width(shown, 1.0)) * STRETCH);
        }
    }

    #[test]
    fn a_page_without_a_sensible_size_is_shown_as_a4() {
        let column = Column::lay_out(&[(f32::NAN, 3.0), (0.0, 0.0), A4], 75.0);
        assert!(column.places.iter().all(|place| *place == Place { top: place.top, ..column.places[2] }));
        assert_eq!(widest(&[(f32::INFINITY, 1.0)]), 595.0);
    }
}
