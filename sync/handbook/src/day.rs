//! Days as files write them.

use domain::calendar::VnDate;

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a day such as 2021-07-01 or 01/07/2021")]
pub struct NotADay {
    /// The text, shortened.
    pub text: String,
}

/// Reads `2021-07-01`, `01/07/2021`, `1-7-2021` or `1.7.2021`; a time of day after it is left out. Days since 1 January 1970.
///
/// # Errors
/// [`NotADay`], also for days that the calendar does not have.
pub fn parse(text: &str) -> Result<i32, NotADay> {
    let not = || NotADay { text: text.chars().take(40).collect() };
    let day = text.trim().split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [first, second, third] = parts[..] else {
        return Err(not());
    };
    let number = |part: &str| match part.len() {
        1..=4 if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse::<u16>().ok(),
        _ => None,
    };
    let (Some(first_number), Some(middle), Some(last)) = (number(first), number(second), number(third)) else {
        return Err(not());
    };
    let (year, date) = if first.len() == 4 { (first_number, last) } else { (last, first_number) };
    if year < 1_000 {
        return Err(not());
    }
    let date = VnDate::new(year.into(), u8::try_from(middle).unwrap_or(0), u8::try_from(date).unwrap_or(0)).ok_or_else(not)?;
    i32::try_from(date.to_days()).map_err(|_| not())
}

/// As files and programs write it: `2021-07-01`.
pub fn iso(day: i32) -> String {
    let date = VnDate::from_days(day.into());
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// As people here write it: `01/07/2021`.
pub fn vietnamese(day: i32) -> String {
    VnDate::from_days(day.into()).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_spellings_of_one_day_are_one_day() {
        for text in ["2021-07-01", "01/07/2021", "1/7/2021", "1-7-2021", "1.7.2021", " 2021-07-01T00:00:00 "] {
            assert_eq!(iso(parse(text).unwrap()), "2021-07-01", "{text}");
        }
        assert_eq!(parse("1970-01-01"), Ok(0));
        assert_eq!(vietnamese(parse("2021-07-01").unwrap()), "01/07/2021");
    }

    #[test]
    fn days_that_no_calendar_has_are_refused() {
        for text in [
            "",
            "2021-02-30",
            "31/04/2021",
            "2021-13-01",
            "00/01/2021",
            "tháng 7 năm 2021",
            "2021",
            "1/7/21",
            "2021-07",
            "٢٠٢١-٠٧-٠١",
            "-1-1-2021",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
