//! Times and what is told of them.

use serde_json::{Value, json};

/// Values of one thing measured several times.
#[derive(Debug, Default, Clone)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// One more.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// Nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value that so many of a hundred do not exceed, by the nearest rank.
    pub fn percentile(&self, percent: usize) -> Option<f64> {
        self.0.get((self.0.len() * percent).div_ceil(100).saturating_sub(1)).copied()
    }

    /// The middle one.
    pub fn median(&self) -> Option<f64> {
        self.percentile(50)
    }

    /// Median, least and most.
    pub fn told(&self) -> Value {
        let tell = |value: Option<&f64>| value.copied().map(round);
        json!({ "median": self.median().map(round), "least": tell(self.0.first()), "most": tell(self.0.last()), "runs": self.0.len() })
    }
}

/// To a tenth.
pub fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// To a hundredth.
pub fn hundredth(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut samples = Samples::default();
        assert_eq!(samples.median(), None);
        for value in [3.0, 1.0, 2.0, 4.0] {
            samples.add(value);
        }
        assert_eq!(samples.median(), Some(2.0));
        assert_eq!(samples.percentile(99), Some(4.0));
        assert_eq!(samples.percentile(1), Some(1.0));
    }
}
