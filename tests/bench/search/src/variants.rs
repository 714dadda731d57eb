//! The ways in which one question is typed. Nothing here knows the articles; each question's chance is decided by
//! [`SEED`] and its own text.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::letters::{replaced, untoned};
use crate::random::Random;
use crate::{telex, typo};

/// Decides all slips and leftovers.
pub const SEED: u64 = 20_250_701;

/// A way of typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// As it was asked, in NFC.
    Given,
    /// No diacritics and no đ.
    Untoned,
    /// Every second syllable without them, beginning with the second.
    HalfToned,
    /// Some syllables as the keys of Telex.
    Telex,
    /// One slip of a finger.
    Typo,
}

/// All ways, in the order in which they are told.
pub const ALL: [Variant; 5] = [Variant::Given, Variant::Untoned, Variant::HalfToned, Variant::Telex, Variant::Typo];

impl Variant {
    /// The question as it is typed this way.
    pub fn of(self, text: &str) -> String {
        let text: String = text.nfc().collect();
        match self {
            Self::Given => text,
            Self::Untoned => untoned(&text),
            Self::HalfToned => replaced(&text, |number, syllable| (number % 2 == 1).then(|| untoned(syllable))),
            Self::Telex => telex::leftover(&text, &mut Random::of(SEED, &text)),
            Self::Typo => typo::slipped(&text, &mut Random::of(!SEED, &text)),
        }
    }

    /// Its name in the result.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Untoned => "untoned",
            Self::HalfToned => "half_toned",
            Self::Telex => "telex",
            Self::Typo => "typo",
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Thủ tục đăng ký khai sinh lưu động, đúng hay sai?";

    #[test]
    fn every_second_syllable_loses_its_marks() {
        assert_eq!(Variant::HalfToned.of(TEXT), "Thủ tuc đăng ky khai sinh lưu dong, đúng hay sai?");
        assert_eq!(Variant::Untoned.of(TEXT), "Thu tuc dang ky khai sinh luu dong, dung hay sai?");
        assert_eq!(Variant::Given.of(TEXT), TEXT);
    }

    #[test]
    fn a_way_of_typing_is_the_same_every_time_and_for_either_normal_form() {
        let decomposed: String = TEXT.nfd().collect();
        for variant in ALL {
            assert_eq!(variant.of(TEXT), variant.of(TEXT));
            assert_eq!(variant.of(TEXT), variant.of(&decomposed), "{variant}");
        }
        assert_ne!(Variant::Telex.of(TEXT), TEXT);
        assert_ne!(Variant::Typo.of(TEXT), TEXT);
    }
}
