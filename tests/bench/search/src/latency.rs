//! How long people wait.

use serde::Serialize;

use crate::trial::Answer;

/// Of each question so many letters are typed, one after the other.
pub const LETTERS_TYPED: usize = 30;

/// Percentiles of a time, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Half were quicker.
    pub p50: f64,
    /// 95 of 100 were quicker.
    pub p95: f64,
}

/// The percentiles of what some answers took.
pub fn spread<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Spread {
    percentiles(answers.into_iter().map(|answer| answer.ms))
}

/// The percentiles of some times, by the nearest rank.
pub fn percentiles(times: impl IntoIterator<Item = f64>) -> Spread {
    let mut times: Vec<f64> = times.into_iter().collect();
    times.sort_unstable_by(f64::total_cmp);
    let rank = |percent: usize| {
        let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(at).copied().map_or(0.0, hundredth)
    };
    Spread { p50: rank(50), p95: rank(95) }
}

/// What stands in the search box after each letter of the beginning of a question.
pub fn typed(text: &str) -> impl Iterator<Item = String> {
    let begun = text.char_indices().take(LETTERS_TYPED);
    begun.map(|(at, letter)| text.get(..at + letter.len_utf8()).unwrap_or_default().to_owned())
}

/// To a hundredth.
pub fn hundredth(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_occurred() {
        let answers = |times: &[f64]| times.iter().map(|ms| Answer { ids: Vec::new(), ms: *ms, cpu_ms: 0.0 }).collect::<Vec<_>>();
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(spread(&answers(&hundred)), Spread { p50: 50.0, p95: 95.0 });
        assert_eq!(spread(&answers(&[3.0, 1.0, 2.0])), Spread { p50: 2.0, p95: 3.0 });
        assert_eq!(spread(&[]), Spread { p50: 0.0, p95: 0.0 });
    }

    #[test]
    fn a_question_is_typed_letter_by_letter() {
        assert_eq!(typed("Đất ở").collect::<Vec<_>>(), ["Đ", "Đấ", "Đất", "Đất ", "Đất ở"]);
        assert_eq!(typed(&"ư".repeat(99)).count(), LETTERS_TYPED);
    }
}
