//! Which pointer may draw: a pen beats a palm, two fingers move the page.

use super::Source;

/// After the last sign of a pen, hovering included, touch is taken for a palm so long.
const PALM_MS: f64 = 900.0;

/// What to do with a pointer that came down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It draws (or erases, for the pen's other end).
    Draw,
    /// It moves the page; a stroke that was begun is to be cancelled.
    Pan,
    /// A palm.
    Ignore,
}

/// Remembers what was seen of pens and fingers.
#[derive(Debug, Default)]
pub struct Arbiter {
    pen_seen_at: Option<f64>,
    fingers: Vec<i32>,
    drawing: Option<(i32, Source)>,
}

impl Arbiter {
    /// Any event of a pen, hovering included. Returns whether a finger's stroke must be cancelled.
    pub fn pen_seen(&mut self, t_ms: f64) -> bool {
        self.pen_seen_at = Some(t_ms);
        if matches!(self.drawing, Some((_, Source::Touch))) {
            self.drawing = None;
            return true;
        }
        false
    }

    /// A pointer came down.
    pub fn down(&mut self, pointer: i32, source: Source, t_ms: f64) -> Verdict {
        match source {
            Source::Pen | Source::Eraser => {
                self.pen_seen(t_ms);
                self.drawing = Some((pointer, source));
                Verdict::Draw
            }
            Source::Mouse => {
                self.drawing = Some((pointer, source));
                Verdict::Draw
            }
            Source::Touch => {
                if self.pen_seen_at.is_some_and(|seen| t_ms - seen < PALM_MS) {
                    return Verdict::Ignore;
                }
                if !self.fingers.contains(&pointer) {
                    self.fingers.push(pointer);
                }
                if self.fingers.len() > 1 {
                    self.drawing = None;
                    return Verdict::Pan;
                }
                // Once a pen was seen, it writes and the finger moves.
                if self.pen_seen_at.is_some() {
                    return Verdict::Pan;
                }
                self.drawing = Some((pointer, source));
                Verdict::Draw
            }
        }
    }

    /// A pointer was lifted or taken away.
    pub fn up(&mut self, pointer: i32) {
        self.fingers.retain(|finger| *finger != pointer);
        if self.drawing.is_some_and(|(drawing, _)| drawing == pointer) {
            self.drawing = None;
        }
    }

    /// This pointer is the one that draws.
    pub fn draws(&self, pointer: i32) -> bool {
        self.drawing.is_some_and(|(drawing, _)| drawing == pointer)
    }

    /// This pointer is a finger that moves the page.
    pub fn pans(&self, pointer: i32) -> bool {
        self.fingers.contains(&pointer) && !self.draws(pointer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finger_draws_until_a_pen_was_seen_then_it_moves_the_page() {
        let mut arbiter = Arbiter::default();
        assert_eq!(arbiter.down(1, Source::Touch, 0.0), Verdict::Draw);
        arbiter.up(1);
        arbiter.down(2, Source::Pen, 100.0);
        arbiter.up(2);
        assert_eq!(arbiter.down(3, Source::Touch, 5_000.0), Verdict::Pan);
        assert!(arbiter.pans(3) && !arbiter.draws(3));
    }

    #[test]
    fn the_palm_that_rests_while_the_pen_writes_or_hovers_does_nothing() {
        let mut arbiter = Arbiter::default();
        arbiter.pen_seen(1_000.0);
        assert_eq!(arbiter.down(1, Source::Touch, 1_500.0), Verdict::Ignore);
        assert!(!arbiter.pans(1));
        arbiter.pen_seen(2_200.0);
        assert_eq!(arbiter.down(2, Source::Touch, 3_000.0), Verdict::Ignore);
    }

    #[test]
    fn a_palm_that_was_faster_than_the_pen_loses_its_stroke() {
        let mut arbiter = Arbiter::default();
        assert_eq!(arbiter.down(1, Source::Touch, 0.0), Verdict::Draw);
        assert!(arbiter.pen_seen(30.0), "the stroke of the palm is cancelled");
        assert_eq!(arbiter.down(2, Source::Pen, 40.0), Verdict::Draw);
        assert!(arbiter.draws(2) && !arbiter.draws(1));
    }

    #[test]
    fn two_fingers_never_draw() {
        let mut arbiter = Arbiter::default();
        assert_eq!(arbiter.down(1, Source::Touch, 0.0), Verdict::Draw);
        assert_eq!(arbiter.down(2, Source::Touch, 50.0), Verdict::Pan);
        assert!(!arbiter.draws(1) && arbiter.pans(1) && arbiter.pans(2));
        arbiter.up(1);
        arbiter.up(2);
        assert_eq!(arbiter.down(3, Source::Touch, 900.0), Verdict::Draw);
    }

    #[test]
    fn a_mouse_draws_whatever_the_pen_did() {
        let mut arbiter = Arbiter::default();
        arbiter.pen_seen(0.0);
        assert_eq!(arbiter.down(1, Source::Mouse, 1.0), Verdict::Draw);
    }
}
