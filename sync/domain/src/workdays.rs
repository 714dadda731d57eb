//! Working days: which days offices work, as data that an administrator can edit, and deadlines counted in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::{VnDate, VnTime, instant};
use crate::id::Timestamp;
use crate::identity::check_line;
use crate::limits::{LimitError, at_most};

/// Days of one list of a calendar.
pub const DAYS_MAX: usize = 2_000;
/// Characters of a day's name.
pub const DAY_NAME_CHARS: usize = 200;
/// Characters of the note.
pub const NOTE_CHARS: usize = 2_000;
/// Bytes of a calendar as text.
pub const CALENDAR_BYTES: usize = 1 << 20;
/// Working days that a deadline may be away.
pub const DEADLINE_DAYS_MAX: u16 = 365;
/// Days that are looked at for one deadline: a calendar in which nobody ever works ends here.
const LOOK_AHEAD_DAYS: i64 = 3_660;

const STANDARD: &str = include_str!("workdays.json");

/// A day with a name, as the text of a calendar writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDay {
    /// `MM-DD` where it comes every year, otherwise `YYYY-MM-DD`.
    pub day: String,
    /// e.g. "Quốc khánh".
    #[serde(default)]
    pub name: String,
}

/// The text of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarText {
    /// Where the days are from.
    #[serde(default)]
    pub note: String,
    /// When a working day ends, `HH:MM`.
    pub day_ends: String,
    /// Days off every year.
    #[serde(default)]
    pub yearly: Vec<NamedDay>,
    /// Days off.
    #[serde(default)]
    pub off: Vec<NamedDay>,
    /// Weekends on which offices work, to make up for another day.
    #[serde(default)]
    pub worked: Vec<NamedDay>,
}

/// A calendar that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not the JSON that it should be.
    #[error("not a calendar: {0}")]
    Format(String),
    /// A day or a time that does not exist.
    #[error("'{0}' is no day or time")]
    Day(String),
    /// Too much of something.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

impl CalendarError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format(_) => "calendar_format",
            Self::Day(_) => "calendar_day",
            Self::Limit(error) => error.code(),
        }
    }
}

/// Which days offices work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workdays {
    ends: VnTime,
    yearly: BTreeMap<(u8, u8), String>,
    off: BTreeMap<VnDate, String>,
    worked: BTreeMap<VnDate, String>,
}

impl Default for Workdays {
    /// The calendar that comes with the program.
    fn default() -> Self {
        Self::parse(STANDARD).unwrap_or_else(|_| Self::without_holidays())
    }
}

impl Workdays {
    /// Monday to Friday until 17:00, all year.
    pub fn without_holidays() -> Self {
        let ends = VnTime { hour: 17, ..VnTime::default() };
        Self { ends, yearly: BTreeMap::new(), off: BTreeMap::new(), worked: BTreeMap::new() }
    }

    /// Reads the text of a calendar.
    ///
    /// # Errors
    /// The text is no calendar, or holds too much.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        at_most("calendar bytes", CALENDAR_BYTES, text.len())?;
        let text: CalendarText = serde_json::from_str(text).map_err(|error| CalendarError::Format(error.to_string()))?;
        at_most("note", NOTE_CHARS, text.note.chars().count())?;
        for list in [&text.yearly, &text.off, &text.worked] {
            at_most("days", DAYS_MAX, list.len())?;
            list.iter().try_for_each(|day| check_line("day name", &day.name, 0, DAY_NAME_CHARS))?;
        }
        let yearly = text.yearly.into_iter().map(|named| match numbers(&named.day).as_deref() {
            Some([month, day]) => date(2024, *month, *day).map(|_| ((small(*month), small(*day)), named.name)).ok_or(named.day),
            _ => Err(named.day),
        });
        Ok(Self {
            ends: time(&text.day_ends).ok_or(CalendarError::Day(text.day_ends))?,
            yearly: yearly.collect::<Result<_, _>>().map_err(CalendarError::Day)?,
            off: dated(text.off)?,
            worked: dated(text.worked)?,
        })
    }

    /// The text of the calendar that comes with the program, to begin editing with.
    pub fn standard_text() -> &'static str {
        STANDARD
    }

    /// Do offices work on this day.
    pub fn is_worked(&self, day: VnDate) -> bool {
        let holiday = self.off.contains_key(&day) || self.yearly.contains_key(&(day.month, day.day));
        self.worked.contains_key(&day) || !(holiday || day.is_weekend())
    }

    /// The end of the working day that is `days` working days after the one of `from`. What comes after the end of a working day, or
    /// on a day off, counts as having come on the next; with `days` = 0 it is the end of that very day.
    pub fn deadline(&self, from: Timestamp, days: u16) -> Timestamp {
        let mut day = VnDate::of(from);
        let end = |day: VnDate| instant(day, self.ends);
        let mut left = days.min(DEADLINE_DAYS_MAX);
        let mut begun = false;
        for _ in 0..LOOK_AHEAD_DAYS {
            let worked = self.is_worked(day);
            if begun && worked {
                left = left.saturating_sub(1);
            }
            if !begun && worked && from <= end(day) {
                begun = true;
            }
            if begun && worked && left == 0 {
                return end(day);
            }
            day = day.plus_days(1);
        }
        end(day)
    }
}

fn numbers(text: &str) -> Option<Vec<u16>> {
    let parts = text.split('-').map(|part| part.parse::<u16>().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit())));
    parts.collect()
}

fn small(number: u16) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn date(year: u16, month: u16, day: u16) -> Option<VnDate> {
    VnDate::new(i32::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

fn time(text: &str) -> Option<VnTime> {
    let (hour, minute) = text.split_once(':')?;
    VnTime::new(hour.parse().ok()?, minute.parse().ok()?, 0)
}

fn dated(days: Vec<NamedDay>) -> Result<BTreeMap<VnDate, String>, CalendarError> {
    let one = |named: NamedDay| match numbers(&named.day).as_deref() {
        Some([year, month, day]) => date(*year, *month, *day).map(|day| (day, named.name)).ok_or(CalendarError::Day(named.day)),
        _ => Err(CalendarError::Day(named.day)),
    };
    days.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::calendar::{in_words, parse};

    fn due(from: &str, days: u16) -> String {
        in_words(Workdays::default().deadline(parse(from).unwrap(), days))
    }

    #[test]
    fn a_deadline_skips_weekends_and_holidays_and_ends_with_the_working_day() {
        // 20 November 2026 is a Friday.
        assert_eq!(due("2026-11-20 09:00", 1), "17:00, 23/11/2026");
        assert_eq!(due("2026-11-20 09:00", 0), "17:00, 20/11/2026");
        assert_eq!(due("2026-11-20 17:01", 0), "17:00, 23/11/2026", "after hours counts as the next working day");
        assert_eq!(due("2026-11-20 17:01", 1), "17:00, 24/11/2026");
        assert_eq!(due("2026-11-21 10:00", 5), "17:00, 30/11/2026", "asked on a Saturday: Monday is the first day");
        assert_eq!(due("2026-04-29 08:00", 1), "17:00, 04/05/2026", "30 April, 1 May and a weekend");
        assert_eq!(due("2026-02-13 08:00", 1), "17:00, 23/02/2026", "Tết");
        assert_eq!(due("2026-12-31 08:00", 1), "17:00, 04/01/2027");
    }

    #[test]
    fn an_administrator_can_make_a_saturday_a_working_day_and_close_a_monday() {
        let edited = r#"{"day_ends":"16:30","off":[{"day":"2026-11-23"}],"worked":[{"day":"2026-11-21","name":"làm bù"}]}"#;
        let days = Workdays::parse(edited).unwrap();
        let due = |count| in_words(days.deadline(parse("2026-11-20 09:00").unwrap(), count));
        assert_eq!((due(1), due(2)), ("16:30, 21/11/2026".to_owned(), "16:30, 24/11/2026".to_owned()));
    }

    #[test]
    fn a_calendar_that_is_none_is_refused_and_one_without_working_days_still_ends() {
        for (text, code) in [
            ("", "calendar_format"),
            (r#"{"day_ends":"25:00"}"#, "calendar_day"),
            (r#"{"day_ends":"17:00","off":[{"day":"2026-02-30"}]}"#, "calendar_day"),
            (r#"{"day_ends":"17:00","yearly":[{"day":"2026-02-03"}]}"#, "calendar_day"),
            (r#"{"day_ends":"17:00","off":[{"day":"+2026-02-03"}]}"#, "calendar_day"),
            (r#"{"day_ends":"17:00","off":[{"day":"2026-02-03","name":"a\u202eb"}]}"#, "text_characters"),
        ] {
            assert_eq!(Workdays::parse(text).unwrap_err().code(), code, "{text}");
        }
        let all: Vec<String> = (1..=12)
            .flat_map(|m| (1..=31).map(move |d| (m, d)))
            .filter_map(|(m, d)| date(2024, m, d).map(|_| format!(r#"{{"day":"{m:02}-{d:02}"}}"#)))
            .collect();
        let never = Workdays::parse(&format!(r#"{{"day_ends":"17:00","yearly":[{}]}}"#, all.join(","))).unwrap();
        assert!(never.deadline(Timestamp(0), 1) > Timestamp(0));
    }
}
