//! Dates and times in Viet Nam (UTC+7 all year) without a clock: reading, writing, and the wording of official papers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::Timestamp;

/// Viet Nam is seven hours ahead of UTC and has no summer time.
pub const OFFSET_MINUTES: i64 = 7 * 60;

/// Longest text that [`parse`] looks at.
pub const TEXT_CHARS: usize = 64;

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 86_400_000;

/// A text that is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a date and time such as 2026-11-22 14:00 or 2026-11-22T14:00:00+07:00")]
pub struct ParseTimeError {
    /// The text as given, shortened to [`TEXT_CHARS`].
    pub text: String,
}

impl ParseTimeError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        "not_a_time"
    }
}

/// A day of the (proleptic) Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VnDate {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct VnTime {
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
    /// Thousandths of a second, 0 to 999.
    pub millisecond: u16,
}

impl VnDate {
    /// A day that exists, in the years 1 to 9999.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let date = Self { year, month, day };
        ((1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= date.days_in_month()).then_some(date)
    }

    fn days_in_month(self) -> u8 {
        match self.month {
            2 if self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// The day in Viet Nam at an instant.
    pub fn of(instant: Timestamp) -> Self {
        let days = local_ms(instant).div_euclid(i128::from(MS_PER_DAY));
        // The whole range of a timestamp is less than 10^12 days.
        Self::from_days(i64::try_from(days).unwrap_or_default())
    }

    /// Days since 1 January 1970, counted as H. Hinnant's `days_from_civil` does: years begin in March, eras have 400 years.
    pub fn to_days(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let month = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The day so many days after 1 January 1970; the inverse of [`VnDate::to_days`].
    pub fn from_days(days: i64) -> Self {
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + of_era + i64::from(month <= 2);
        Self {
            year: i32::try_from(year).unwrap_or_default(),
            month: u8::try_from(month).unwrap_or_default(),
            day: u8::try_from(day).unwrap_or_default(),
        }
    }

    /// This day, `days` later (earlier if negative).
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_days(self.to_days().saturating_add(days))
    }

    /// Is it a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        // 1 January 1970 was a Thursday.
        matches!(self.to_days().rem_euclid(7), 2 | 3)
    }

    /// As an official paper writes it: "ngày 05 tháng 11 năm 2026", "ngày 22 tháng 3 năm 2026".
    ///
    /// Days below 10 and the months 1 and 2 get a zero in front, other months none: nobody can turn 1 into 11 or 2 into 12
    /// (Decree 30/2020/NĐ-CP, Annex I, place and date).
    pub fn in_document(self) -> String {
        let month = if self.month <= 2 { format!("{:02}", self.month) } else { self.month.to_string() };
        format!("ngày {:02} tháng {month} năm {}", self.day, self.year)
    }
}

/// As lists show it: "22/11/2026".
impl fmt::Display for VnDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/{:02}/{:04}", self.day, self.month, self.year)
    }
}

impl VnTime {
    /// A time that exists, to the second.
    pub fn new(hour: u8, minute: u8, second: u8) -> Option<Self> {
        (hour < 24 && minute < 60 && second < 60).then_some(Self { hour, minute, second, millisecond: 0 })
    }

    /// The time of day in Viet Nam at an instant.
    pub fn of(instant: Timestamp) -> Self {
        let ms = i64::try_from(local_ms(instant).rem_euclid(i128::from(MS_PER_DAY))).unwrap_or_default();
        let part = |unit: i64, most: i64| u8::try_from(ms / unit % most).unwrap_or_default();
        Self {
            hour: part(3_600_000, 24),
            minute: part(MS_PER_MINUTE, 60),
            second: part(1_000, 60),
            millisecond: u16::try_from(ms % 1_000).unwrap_or_default(),
        }
    }

    /// As minutes of a sitting write it: "14 giờ 05 phút".
    pub fn in_document(self) -> String {
        format!("{:02} giờ {:02} phút", self.hour, self.minute)
    }

    fn to_ms(self) -> i64 {
        i64::from(self.hour) * 3_600_000
            + i64::from(self.minute) * MS_PER_MINUTE
            + i64::from(self.second) * 1_000
            + i64::from(self.millisecond)
    }
}

/// As lists show it: "14:05".
impl fmt::Display for VnTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

fn local_ms(instant: Timestamp) -> i128 {
    i128::from(instant.0) + i128::from(OFFSET_MINUTES * MS_PER_MINUTE)
}

/// The instant at which it is that day and time in Viet Nam (saturating at the ends of what a timestamp holds).
pub fn instant(date: VnDate, time: VnTime) -> Timestamp {
    instant_at_offset(date, time, OFFSET_MINUTES)
}

fn instant_at_offset(date: VnDate, time: VnTime, offset_minutes: i64) -> Timestamp {
    let days = date.to_days().saturating_mul(MS_PER_DAY);
    Timestamp(days.saturating_add(time.to_ms()).saturating_sub(offset_minutes * MS_PER_MINUTE))
}

/// As people read it: "14:05, 22/11/2026".
pub fn in_words(instant: Timestamp) -> String {
    format!("{}, {}", VnTime::of(instant), VnDate::of(instant))
}

/// ISO 8601 in Vietnamese time, to the second as signatures and copies show it: "2026-11-22T14:05:09+07:00".
///
/// A year outside 0 to 9999 gets its sign and at least six digits.
pub fn iso8601_seconds(instant: Timestamp) -> String {
    format!("{}+07:00", iso_local(instant))
}

/// ISO 8601 in Vietnamese time with everything the timestamp holds: like [`iso8601_seconds`], with thousandths if there are any.
pub fn iso8601(instant: Timestamp) -> String {
    match VnTime::of(instant).millisecond {
        0 => iso8601_seconds(instant),
        ms => format!("{}.{ms:03}+07:00", iso_local(instant)),
    }
}

fn iso_local(instant: Timestamp) -> String {
    let (date, time) = (VnDate::of(instant), VnTime::of(instant));
    let year = if (0..=9999).contains(&date.year) { format!("{:04}", date.year) } else { format!("{:+07}", date.year) };
    format!("{year}-{:02}-{:02}T{:02}:{:02}:{:02}", date.month, date.day, time.hour, time.minute, time.second)
}

/// Reads a time as people and programs write it.
///
/// RFC 3339 ("2026-11-22T14:00:00Z", "…+07:00", with a fraction, of which thousandths are kept), and without an offset as Vietnamese time:
/// "2026-11-22 14:00", "2026-11-22T14:00:30", "22/11/2026 14:00", "14:00 22/11/2026", "14:00, 22/11/2026". Years 1 to 9999.
/// A second 60 is refused: a timestamp cannot hold it.
pub fn parse(text: &str) -> Result<Timestamp, ParseTimeError> {
    let trimmed = text.trim();
    let read = if trimmed.chars().count() <= TEXT_CHARS { read(trimmed) } else { None };
    read.ok_or_else(|| ParseTimeError { text: text.chars().take(TEXT_CHARS).collect() })
}

fn read(text: &str) -> Option<Timestamp> {
    let (first, second) = text.split_once(['T', 't', ' '])?;
    let second = second.trim_start();
    if let Some(date) = iso_date(first) {
        let (time, offset) = split_offset(second)?;
        return Some(instant_at_offset(date, time_of_day(time)?, offset));
    }
    let (date, time) = if first.contains('/') { (first, second) } else { (second, first) };
    let date = everyday_date(date.strip_suffix(',').unwrap_or(date))?;
    let time = time.strip_suffix(',').unwrap_or(time);
    Some(instant(date, time_of_day(time)?))
}

fn iso_date(text: &str) -> Option<VnDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    VnDate::new(number(year)?.into(), narrow(month)?, narrow(day)?)
}

fn everyday_date(text: &str) -> Option<VnDate> {
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    VnDate::new(number(year)?.into(), narrow(month)?, narrow(day)?)
}

/// "14:00", "14:00:30", "14:00:30.25".
fn time_of_day(text: &str) -> Option<VnTime> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    let two_digits = |part: &str| part.len() == 2;
    if parts.next().is_some() || !two_digits(minute) || !second.is_none_or(two_digits) || hour.len() > 2 {
        return None;
    }
    let time = VnTime::new(narrow(hour)?, narrow(minute)?, second.map_or(Some(0), narrow)?)?;
    match (fraction, second) {
        (None, _) => Some(time),
        (Some(digits), Some(_)) if !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            let thousandths: String = digits.chars().chain("00".chars()).take(3).collect();
            Some(VnTime { millisecond: number(&thousandths)?, ..time })
        }
        (Some(_), _) => None,
    }
}

/// Splits a time from its offset in minutes, which is that of Viet Nam if there is none.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, OFFSET_MINUTES));
    };
    let (time, offset) = text.split_at_checked(at)?;
    let (sign, offset) = offset.split_at_checked(1)?;
    let (hours, minutes) = offset.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (narrow(hours)?, narrow(minutes)?);
    let total = (hours < 24 && minutes < 60).then_some(i64::from(hours) * 60 + i64::from(minutes))?;
    Some((time, if sign == "-" { -total } else { total }))
}

fn number(digits: &str) -> Option<u16> {
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

fn narrow(digits: &str) -> Option<u8> {
    number(digits).and_then(|number| u8::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    /// 2026-11-22T14:05:09+07:00.
    const AFTERNOON: Timestamp = Timestamp(1_795_331_109_000);

    #[test]
    fn known_instants() {
        assert_eq!(iso8601(Timestamp(0)), "1970-01-01T07:00:00+07:00");
        assert_eq!(iso8601(AFTERNOON), "2026-11-22T14:05:09+07:00");
        assert_eq!(iso8601(AFTERNOON.plus_ms(7)), "2026-11-22T14:05:09.007+07:00");
        assert_eq!(iso8601_seconds(AFTERNOON.plus_ms(999)), "2026-11-22T14:05:09+07:00");
        assert_eq!(in_words(AFTERNOON), "14:05, 22/11/2026");
        assert_eq!(iso8601(Timestamp(951_757_200_000)), "2000-02-29T00:00:00+07:00");
        assert_eq!(iso8601(Timestamp(-1)), "1970-01-01T06:59:59.999+07:00");
        assert_eq!(VnDate::of(Timestamp(1_798_736_400_000)), VnDate { year: 2027, month: 1, day: 1 });
        assert_eq!(VnDate::of(Timestamp(1_798_736_399_999)), VnDate { year: 2026, month: 12, day: 31 });
    }

    #[test]
    fn official_papers_pad_days_below_ten_and_the_months_one_and_two() {
        for (date, text) in [
            ((2026, 11, 5), "ngày 05 tháng 11 năm 2026"),
            ((2026, 11, 22), "ngày 22 tháng 11 năm 2026"),
            ((2026, 1, 9), "ngày 09 tháng 01 năm 2026"),
            ((2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
            ((2026, 3, 1), "ngày 01 tháng 3 năm 2026"),
            ((2026, 9, 30), "ngày 30 tháng 9 năm 2026"),
        ] {
            assert_eq!(VnDate::new(date.0, date.1, date.2).unwrap().in_document(), text);
        }
        assert_eq!(VnTime::new(8, 5, 59).unwrap().in_document(), "08 giờ 05 phút");
        assert_eq!(VnDate::new(2026, 3, 1).unwrap().to_string(), "01/03/2026");
    }

    #[test]
    fn what_people_and_programs_write() {
        let two = parse("2026-11-22T14:00:00+07:00").unwrap();
        for text in [
            "2026-11-22 14:00",
            " 2026-11-22T14:00 ",
            "2026-11-22T14:00:00",
            "2026-11-22T07:00:00Z",
            "2026-11-22t07:00:00z",
            "2026-11-22T07:00:00.000Z",
            "2026-11-21T23:30:00-07:30",
            "2026-11-22 07:00:00-00:00",
            "22/11/2026 14:00",
            "14:00 22/11/2026",
            "14:00, 22/11/2026",
            "14:00:00, 22/11/2026",
        ] {
            assert_eq!(parse(text), Ok(two), "{text}");
        }
        assert_eq!(parse("9:05 5/1/2026"), parse("2026-01-05 09:05"));
        assert_eq!(parse("2026-11-22T14:05:09.0079999+07:00"), Ok(AFTERNOON.plus_ms(7)));
        assert_eq!(parse("2026-11-22T14:05:09.5+07:00"), Ok(AFTERNOON.plus_ms(500)));
    }

    #[test]
    fn what_is_not_a_time() {
        for text in [
            "",
            "2026-11-22",
            "14:00",
            "2026-02-29 10:00",
            "2026-13-01 10:00",
            "2026-00-10 10:00",
            "2026-11-31 10:00",
            "2026-11-22 24:00",
            "2026-11-22 14:60",
            "2026-11-22T14:00:60Z",
            "0000-01-01 00:00",
            "26-11-22 14:00",
            "2026-11-22 14",
            "2026-11-22 14:0",
            "2026-11-22 14:00.5",
            "2026-11-22T14:00:00.Z",
            "2026-11-22T14:00:00.1234567890Z",
            "2026-11-22T14:00:00+7",
            "2026-11-22T14:00:00+24:00",
            "2026-11-22T14:00:00+0700",
            "2026-11-22T+4:00:00Z",
            "2026-11-22T14:00:00 Z",
            "2026-11-22T14:00:00é",
            "22/11/26 14:00",
            "1/2/3/2026 14:00",
            "١٤:00 22/11/2026",
            "ngày mai",
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!((error.code(), error.text.as_str()), ("not_a_time", text));
        }
        assert_eq!(parse(&"9".repeat(100_000)).unwrap_err().text.len(), TEXT_CHARS);
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for ends in [Timestamp(i64::MIN), Timestamp(i64::MAX)] {
            assert!(iso8601(ends).ends_with("+07:00"));
            assert!(!in_words(ends).is_empty());
        }
        let impossible = VnDate { year: i32::MAX, month: 255, day: 255 };
        assert_eq!(
            instant(impossible, VnTime { hour: 255, minute: 255, second: 255, millisecond: u16::MAX }),
            Timestamp(i64::MAX - OFFSET_MINUTES * MS_PER_MINUTE)
        );
    }

    proptest! {
        #[test]
        fn an_instant_survives_being_written_and_read(ms in -62_135_622_000_000i64..253_402_275_600_000) {
            let instant_ = Timestamp(ms);
            prop_assert_eq!(parse(&iso8601(instant_)), Ok(instant_));
            prop_assert_eq!(instant(VnDate::of(instant_), VnTime::of(instant_)), instant_);
            prop_assert_eq!(parse(&iso8601_seconds(instant_)).unwrap().0, ms.div_euclid(1_000) * 1_000);
            prop_assert_eq!(parse(&in_words(instant_)).unwrap().0, ms.div_euclid(60_000) * 60_000);
        }

        #[test]
        fn every_day_has_one_before_and_one_after(days in -3_000_000i64..3_000_000) {
            let date = VnDate::from_days(days);
            prop_assert_eq!(date.to_days(), days);
            prop_assert!(VnDate::from_days(days - 1) < date && date < VnDate::from_days(days + 1));
            prop_assert!((1..=12).contains(&date.month) && date.day >= 1 && date.day <= date.days_in_month());
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), near in "[0-9TZ:/+., -]{0,40}") {
            for text in [text, near] {
                if let Ok(instant) = parse(&text) {
                    prop_assert_eq!(parse(&iso8601(instant)).is_ok(), (1..=9999).contains(&VnDate::of(instant).year));
                }
            }
        }
    }
}
