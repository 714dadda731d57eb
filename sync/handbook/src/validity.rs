//! Whether a text holds on a day.

use minicbor::{Decode, Encode};

/// From when to when a text is in force. Days since 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Validity {
    /// The first day on which it is in force; `None`: nobody wrote it down.
    #[n(0)]
    pub from: Option<i32>,
    /// The last day on which it is in force; `None`: no end is known.
    #[n(1)]
    pub to: Option<i32>,
    /// Parts of it are no longer in force, or were changed by another text.
    #[n(2)]
    pub partly: bool,
}

/// What holds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Còn hiệu lực.
    InForce,
    /// Hết hiệu lực một phần.
    Partly,
    /// Hết hiệu lực.
    Expired,
    /// Chưa có hiệu lực.
    NotYet,
}

impl State {
    /// Stable name for programs and translations.
    pub fn code(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Partly => "partly",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
        }
    }
}

impl Validity {
    /// What holds on `day`. A text whose days are not known counts as in force.
    pub fn on(&self, day: i32) -> State {
        if self.to.is_some_and(|to| day > to) {
            State::Expired
        } else if self.from.is_some_and(|from| day < from) {
            State::NotYet
        } else if self.partly {
            State::Partly
        } else {
            State::InForce
        }
    }

    /// It does not end before it begins.
    pub fn is_possible(&self) -> bool {
        !matches!((self.from, self.to), (Some(from), Some(to)) if to < from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_into_force_and_leaves_it_on_the_days_it_says() {
        let validity = Validity { from: Some(100), to: Some(200), partly: false };
        assert_eq!(
            [99, 100, 200, 201].map(|day| validity.on(day)),
            [State::NotYet, State::InForce, State::InForce, State::Expired]
        );
    }

    #[test]
    fn a_part_that_fell_shows_only_while_the_rest_stands() {
        let validity = Validity { from: Some(100), to: Some(200), partly: true };
        assert_eq!([99, 150, 201].map(|day| validity.on(day)), [State::NotYet, State::Partly, State::Expired]);
        assert_eq!(Validity::default().on(0), State::InForce);
    }

    #[test]
    fn a_text_that_ends_before_it_begins_is_impossible() {
        assert!(!Validity { from: Some(5), to: Some(4), partly: false }.is_possible());
        assert!(Validity { from: Some(5), to: Some(5), partly: false }.is_possible());
    }
}
