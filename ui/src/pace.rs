//! When to ask while somebody types: at once, never more than a few at a time, and what is shown is never older than what was shown
//! before. The last wish is always asked for, however fast the typing and however slow the answers. And when the typing has stopped.

use std::time::Duration;

/// At most so many requests run at the same time.
pub const IN_FLIGHT_MAX: u32 = 2;

/// A text that nobody changed for so long is taken as typed to its end.
pub const PAUSE: Duration = Duration::from_millis(200);

/// Whether a text is still being typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stillness {
    keystroke: u64,
    typing: bool,
}

impl Stillness {
    /// One more letter. Its number is to be given to [`Stillness::paused`] after [`PAUSE`].
    pub fn typed(&mut self) -> u64 {
        self.typing = true;
        self.keystroke += 1;
        self.keystroke
    }

    /// [`PAUSE`] has passed since this keystroke: whether the typing stops by that, because nothing came after it and nothing else
    /// has stopped it.
    pub fn paused(&mut self, keystroke: u64) -> bool {
        keystroke == self.keystroke && self.settle()
    }

    /// Nothing more comes, whatever the clock says: whether the typing stops by that.
    pub fn settle(&mut self) -> bool {
        std::mem::take(&mut self.typing)
    }

    /// The text is still being typed.
    pub fn is_typing(&self) -> bool {
        self.typing
    }
}

/// The state of one box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    next: u64,
    shown: u64,
    in_flight: u32,
    wish: bool,
}

impl Pace {
    /// Numbers begin above `first`, so that a window that is loaded anew counts on: give the clock's milliseconds.
    pub fn new(first: u64) -> Self {
        Self { next: first, shown: first, in_flight: 0, wish: false }
    }

    /// There is something new to ask for: the number to ask with, or `None` while enough requests run; then [`Pace::came`] says
    /// when.
    pub fn want(&mut self) -> Option<u64> {
        self.wish = true;
        self.send()
    }

    fn send(&mut self) -> Option<u64> {
        if !self.wish || self.in_flight >= IN_FLIGHT_MAX {
            return None;
        }
        self.wish = false;
        self.in_flight += 1;
        self.next += 1;
        Some(self.next)
    }

    /// A request has ended, with an answer or without: whether an answer with this number may be shown, and the number to ask with
    /// now.
    pub fn came(&mut self, sequence: u64, answered: bool) -> (bool, Option<u64>) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let show = answered && sequence > self.shown;
        if show {
            self.shown = sequence;
        }
        (show, self.send())
    }

    /// Nothing is wanted any more (the box is empty): what still comes is not shown.
    pub fn forget(&mut self) {
        self.wish = false;
        self.shown = self.next;
    }

    /// What is shown is not the answer to the last wish yet.
    pub fn is_behind(&self) -> bool {
        self.wish || self.in_flight > 0
    }

    /// This number is the newest one: a failure with it is worth showing.
    pub fn is_newest(&self, sequence: u64) -> bool {
        !self.wish && sequence == self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator, so that the orders are many and the same every time.
    fn orders(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        }
    }

    #[test]
    fn whatever_the_order_of_answers_the_last_text_is_shown_in_the_end_and_nothing_older_after_something_newer() {
        for seed in 1..500 {
            let mut pick = orders(seed);
            let mut pace = Pace::new(1_000);
            let (mut typed, mut shown) = (0u64, 0u64);
            let mut running: Vec<(u64, u64)> = Vec::new();
            let begin = |sequence: Option<u64>, text: u64, running: &mut Vec<(u64, u64)>| {
                running.extend(sequence.map(|sequence| (sequence, text)));
                assert!(running.len() <= IN_FLIGHT_MAX as usize);
            };
            while typed < 30 || !running.is_empty() {
                if typed < 30 && (running.is_empty() || pick(2) == 0) {
                    typed += 1;
                    let sequence = pace.want();
                    begin(sequence, typed, &mut running);
                } else {
                    let at = usize::try_from(pick(running.len() as u64)).unwrap_or(0);
                    let (sequence, text) = running.swap_remove(at);
                    let (show, next) = pace.came(sequence, true);
                    if show {
                        assert!(text >= shown, "an older answer after a newer one");
                        shown = text;
                    }
                    begin(next, typed, &mut running);
                }
            }
            assert_eq!(shown, 30, "seed {seed}");
            assert!(!pace.is_behind());
        }
    }

    #[test]
    fn a_search_that_was_broken_off_leaves_the_old_answer_and_the_newest_is_asked_for() {
        let mut pace = Pace::new(0);
        assert_eq!((pace.want(), pace.want(), pace.want()), (Some(1), Some(2), None));
        assert_eq!(pace.came(1, false), (false, Some(3)));
        assert!(!pace.is_newest(2) && pace.is_newest(3));
        assert_eq!(pace.came(3, true), (true, None));
        assert_eq!(pace.came(2, true), (false, None));
    }

    #[test]
    fn a_text_is_typed_to_its_end_once_by_the_pause_after_its_last_letter_only() {
        let mut still = Stillness::default();
        assert!(!still.is_typing() && !still.settle(), "nothing was typed");
        let (first, second) = (still.typed(), still.typed());
        assert!(still.is_typing());
        assert!(!still.paused(first), "another letter came after it");
        assert!(still.is_typing());
        assert!(still.paused(second));
        assert!(!still.is_typing() && !still.paused(second), "once is enough");
    }

    #[test]
    fn enter_ends_the_typing_at_once_and_the_pause_adds_nothing_to_it() {
        let mut still = Stillness::default();
        let letter = still.typed();
        assert!(still.settle());
        assert!(!still.is_typing() && !still.paused(letter) && !still.settle());
        let next = still.typed();
        assert!(still.is_typing() && !still.paused(letter) && still.paused(next));
    }

    #[test]
    fn an_emptied_box_shows_nothing_that_comes_late() {
        let mut pace = Pace::new(0);
        let first = pace.want();
        pace.forget();
        assert_eq!((first, pace.came(1, true)), (Some(1), (false, None)));
        assert_eq!(pace.want(), Some(2));
        assert_eq!(pace.came(2, true), (true, None));
    }
}
