//! From samples to a mark, and from a mark to a smooth path.

use std::fmt::Write;

use domain::annotation::{Mark, Point};
use domain::limits;

use super::Sample;
use crate::textmarks::{HUNDREDTHS, hundredths};

/// Samples nearer than this to the last kept one (points) say nothing.
const NEAR: f64 = 0.15;
/// A kept point may lie so far (points) off the line that is drawn without it.
const TOLERANCE: f64 = 0.18;

/// The stroke under the pen: grows sample by sample, kept small.
#[derive(Debug, Default, Clone)]
pub struct WetStroke {
    samples: Vec<Sample>,
}

impl WetStroke {
    /// A stroke that begins here.
    pub fn begin(sample: Sample) -> Self {
        Self { samples: vec![sample] }
    }

    /// Takes a sample. Returns the segment to draw, in points, or `None` if it adds nothing.
    pub fn push(&mut self, sample: Sample) -> Option<((f64, f64), (f64, f64))> {
        let last = self.samples.last()?;
        let far = (sample.x - last.x).hypot(sample.y - last.y) >= NEAR;
        if !far || self.samples.len() >= limits::INK_POINTS || !sample.x.is_finite() || !sample.y.is_finite() {
            return None;
        }
        let segment = ((last.x, last.y), (sample.x, sample.y));
        self.samples.push(sample);
        Some(segment)
    }

    /// Number of samples kept.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Nothing was drawn.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The finished mark: fewer points, in hundredths of a point. A tap becomes a dot. `None` without samples.
    pub fn finish(&self, width: u16) -> Option<Mark> {
        let corners: Vec<(f64, f64)> = self.samples.iter().map(|sample| (sample.x, sample.y)).collect();
        let kept = simplify(&corners, TOLERANCE);
        let points: Vec<Point> = kept.into_iter().map(|(x, y)| Point { x: hundredths(x), y: hundredths(y) }).collect();
        (!points.is_empty()).then_some(Mark::Ink { points, width: width.min(limits::INK_WIDTH) })
    }
}

/// Drops points that lie within `tolerance` of the line without them (Ramer, Douglas, Peucker); iterative, ends are always kept.
pub fn simplify(points: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[points.len() - 1] = true;
    let mut open = vec![(0, points.len() - 1)];
    while let Some((first, last)) = open.pop() {
        let farthest = (first + 1..last)
            .map(|at| (at, distance(points[at], points[first], points[last])))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, off)) = farthest
            && off > tolerance
        {
            keep[at] = true;
            open.push((first, at));
            open.push((at, last));
        }
    }
    points.iter().zip(keep).filter_map(|(point, keep)| keep.then_some(*point)).collect()
}

fn distance((px, py): (f64, f64), (ax, ay): (f64, f64), (bx, by): (f64, f64)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let along = if length == 0.0 { 0.0 } else { (((px - ax) * dx + (py - ay) * dy) / length).clamp(0.0, 1.0) };
    (px - ax - along * dx).hypot(py - ay - along * dy)
}

/// The smooth path through the points as SVG path data in points: Catmull-Rom through every point, drawn as cubic curves.
pub fn path(points: &[Point]) -> String {
    let at = |index: usize| {
        let point = points[index.min(points.len() - 1)];
        (f64::from(point.x) / HUNDREDTHS, f64::from(point.y) / HUNDREDTHS)
    };
    let mut path = String::with_capacity(points.len() * 40);
    if points.is_empty() {
        return path;
    }
    let (x, y) = at(0);
    let _ = write!(path, "M{x:.2} {y:.2}");
    if points.len() == 1 {
        // A dot: a line of no length with round caps.
        path.push_str("h0");
    }
    for index in 1..points.len() {
        let (before, from, to, after) = (at(index.saturating_sub(2)), at(index - 1), at(index), at(index + 1));
        let one = (from.0 + (to.0 - before.0) / 6.0, from.1 + (to.1 - before.1) / 6.0);
        let two = (to.0 - (after.0 - from.0) / 6.0, to.1 - (after.1 - from.1) / 6.0);
        let _ = write!(path, "C{:.2} {:.2} {:.2} {:.2} {:.2} {:.2}", one.0, one.1, two.0, two.1, to.0, to.1);
    }
    path
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Source;
    use super::*;

    fn sample(x: f64, y: f64) -> Sample {
        Sample { x, y, pressure: None, t_ms: 0.0, source: Source::Mouse }
    }

    fn points(mark: Mark) -> Vec<Point> {
        match mark {
            Mark::Ink { points, .. } => points,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_straight_stroke_keeps_only_its_ends() {
        let mut stroke = WetStroke::begin(sample(10.0, 10.0));
        for step in 1..200 {
            stroke.push(sample(10.0 + f64::from(step), 10.0));
        }
        assert_eq!(points(stroke.finish(160).unwrap()), [Point { x: 1_000, y: 1_000 }, Point { x: 20_900, y: 1_000 }]);
    }

    #[test]
    fn a_curve_is_followed_within_the_tolerance() {
        let curve: Vec<(f64, f64)> = (0..400).map(|step| (f64::from(step), 40.0 * (f64::from(step) / 30.0).sin())).collect();
        let kept = simplify(&curve, TOLERANCE);
        assert!(kept.len() < curve.len() / 3, "{} of {}", kept.len(), curve.len());
        for point in &curve {
            let off = kept.windows(2).map(|pair| distance(*point, pair[0], pair[1])).fold(f64::MAX, f64::min);
            assert!(off <= TOLERANCE + 1e-9, "{off}");
        }
    }

    #[test]
    fn a_tap_is_a_dot() {
        let stroke = WetStroke::begin(sample(5.0, 6.0));
        let dot = points(stroke.finish(160).unwrap());
        assert_eq!(dot, [Point { x: 500, y: 600 }]);
        assert_eq!(path(&dot), "M5.00 6.00h0");
    }

    #[test]
    fn samples_that_say_nothing_or_make_no_sense_are_dropped() {
        let mut stroke = WetStroke::begin(sample(5.0, 5.0));
        assert_eq!(stroke.push(sample(5.05, 5.05)), None);
        assert_eq!(stroke.push(sample(f64::NAN, 5.0)), None);
        assert_eq!(stroke.push(sample(6.0, 5.0)), Some(((5.0, 5.0), (6.0, 5.0))));
        assert_eq!(stroke.len(), 2);
    }

    #[test]
    fn an_endless_scribble_stops_at_the_limit_of_a_mark() {
        let mut stroke = WetStroke::begin(sample(0.0, 0.0));
        for step in 0..limits::INK_POINTS + 500 {
            stroke.push(sample((step % 97) as f64, (step % 89) as f64));
        }
        assert!(points(stroke.finish(u16::MAX).unwrap()).len() <= limits::INK_POINTS);
    }

    #[test]
    fn the_path_goes_through_every_point() {
        let path = path(&[Point { x: 0, y: 0 }, Point { x: 100, y: 100 }, Point { x: 200, y: 0 }]);
        assert!(path.starts_with("M0.00 0.00C") && path.contains("1.00 1.00C") && path.ends_with("2.00 0.00"), "{path}");
    }
}
