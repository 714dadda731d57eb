//! Measures of the projector's picture: whatever is to be shown fits on the screen, in letters as large as that allows.
//!
//! Sizes are in steps: one step is a hundredth of the picture's width, or 1.6 hundredths of its height where that is less.

/// Up to so many totals stand below each other with a bar each.
pub const BARS_MAX: usize = 4;

/// Where a text stands: how much room it has, and the largest letters it may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// Letters of one step that have room, roughly.
    pub letters: f64,
    /// Largest size of a letter, in steps.
    pub most: f64,
}

/// The question of a vote, or an item, above other things.
pub const HEADING: Room = Room { letters: 1_400.0, most: 4.0 };
/// A message, alone on the picture.
pub const ALONE: Room = Room { letters: 4_600.0, most: 7.0 };
/// The legal basis.
pub const FOOTER: Room = Room { letters: 380.0, most: 1.25 };
/// Letters smaller than this, in steps, nobody reads on a wall.
const LEAST: f64 = 0.8;

/// The size of letters, in steps, at which a text fits into its room.
pub fn letter(text: &str, room: Room) -> f64 {
    let letters = text.chars().count().max(1) as f64;
    (room.letters / letters).sqrt().clamp(LEAST, room.most)
}

/// Columns and rows for so many totals.
pub fn grid(totals: usize) -> (usize, usize) {
    let columns = match totals {
        0..=10 => 1,
        11..=30 => 2,
        _ => 3,
    };
    (columns, totals.div_ceil(columns).max(1))
}

/// The part of a whole, in percent.
pub fn share(part: u32, whole: u32) -> f64 {
    f64::from(part.min(whole)) * 100.0 / f64::from(whole.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_a_text_the_smaller_its_letters_and_it_always_fits() {
        for room in [HEADING, ALONE, FOOTER] {
            let mut before = f64::INFINITY;
            for letters in [1, 10, 60, 120, 300, 700] {
                let size = letter(&"ă".repeat(letters), room);
                assert!(size <= before && size <= room.most && size >= LEAST);
                assert!(size <= LEAST || size * size * letters as f64 <= room.letters + 1.0, "{letters} letters of {size}");
                before = size;
            }
        }
        assert_eq!(letter("", HEADING), HEADING.most);
    }

    #[test]
    fn every_total_has_a_place() {
        for totals in 0..=90 {
            let (columns, rows) = grid(totals);
            assert!(columns * rows >= totals && (1..=30).contains(&rows), "{totals}");
        }
    }

    #[test]
    fn a_share_is_between_nothing_and_all() {
        assert_eq!((share(0, 7), share(7, 7), share(9, 7), share(1, 0)), (0.0, 100.0, 100.0, 0.0));
        assert!((share(5, 7) - 71.43).abs() < 0.01);
    }
}
