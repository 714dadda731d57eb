//! A calendar day, as validity of laws counts it: `2026-11-22` in JSON.

use std::fmt;
use std::str::FromStr;

use domain::calendar::VnDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day in Viet Nam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub VnDate);

/// A text that is not a day that exists, written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day such as 2026-11-22")]
pub struct ParseDayError;

impl Day {
    /// The day so many days after 1 January 1970.
    pub fn from_days(days: i32) -> Self {
        Self(VnDate::from_days(i64::from(days)))
    }

    /// Days since 1 January 1970.
    pub fn days(self) -> i32 {
        // Years 1 to 9999 are less than four million days.
        i32::try_from(self.0.to_days()).unwrap_or(i32::MAX)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year, self.0.month, self.0.day)
    }
}

impl FromStr for Day {
    type Err = ParseDayError;

    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        let mut parts = text.trim().splitn(3, '-');
        let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ParseDayError);
        };
        let date = match (year.parse(), month.parse(), day.parse()) {
            (Ok(year), Ok(month), Ok(day)) if year >= 1_000 => VnDate::new(year, month, day),
            _ => None,
        };
        date.map(Self).ok_or(ParseDayError)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_is_written_as_it_is_read() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(day.to_string(), "2026-11-22");
        assert_eq!(Day::from_days(day.days()), day);
        assert_eq!(Day::from_days(0).to_string(), "1970-01-01");
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        for text in ["2026-02-29", "2026-13-01", "26-11-22", "22/11/2026", "", "2026-11", "2026-11-22-1"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}
