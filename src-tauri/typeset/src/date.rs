//! Instants as official documents of Viet Nam write them: UTC+7 the whole year, no summer time.

use domain::id::Timestamp;

use crate::TypesetError;

/// Offset of Viet Nam's time from UTC, in minutes.
pub(crate) const OFFSET_MINUTES: i32 = 7 * 60;

const MS_PER_DAY: i64 = 86_400_000;

/// A local date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Local {
    pub(crate) year: i32,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
}

impl Local {
    pub(crate) fn of(instant: Timestamp, field: &'static str) -> Result<Self, TypesetError> {
        let bad = || TypesetError::BadDate { field };
        let ms = instant.0.checked_add(i64::from(OFFSET_MINUTES) * 60_000).ok_or_else(bad)?;
        let (year, month, day) = civil(ms.div_euclid(MS_PER_DAY));
        let seconds = ms.rem_euclid(MS_PER_DAY) / 1_000;
        let small = |value: i64| u8::try_from(value).map_err(|_| bad());
        let year = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year)).ok_or_else(bad)?;
        Ok(Self {
            year,
            month: small(month)?,
            day: small(day)?,
            hour: small(seconds / 3_600)?,
            minute: small(seconds / 60 % 60)?,
            second: small(seconds % 60)?,
        })
    }

    /// `ngày 05 tháng 11 năm 2026`; days below 10 and the months 1 and 2 get a zero (Decree 30/2020/NĐ-CP, Annex I, II.4).
    pub(crate) fn date(&self) -> String {
        let month = if self.month < 3 { format!("0{}", self.month) } else { self.month.to_string() };
        format!("ngày {:02} tháng {month} năm {}", self.day, self.year)
    }

    /// `08 giờ 00 phút`.
    pub(crate) fn time(&self) -> String {
        format!("{:02} giờ {:02} phút", self.hour, self.minute)
    }

    /// `08 giờ 00 phút, ngày 05 tháng 11 năm 2026`.
    pub(crate) fn date_time(&self) -> String {
        format!("{}, {}", self.time(), self.date())
    }
}

/// Year, month and day of a count of days since 1970-01-01 in the Gregorian calendar.
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn late_evening_in_utc_is_already_the_next_day_in_hue() {
        // 2026-11-04T17:00:00Z
        let local = Local::of(Timestamp(1_793_811_600_000), "x").unwrap();
        assert_eq!(local.date_time(), "00 giờ 00 phút, ngày 05 tháng 11 năm 2026");
    }

    #[test]
    fn months_one_and_two_are_written_with_a_zero_the_others_not() {
        // 2024-02-29 and 2026-03-01, 12:00 UTC
        assert_eq!(Local::of(Timestamp(1_709_208_000_000), "x").unwrap().date(), "ngày 29 tháng 02 năm 2024");
        assert_eq!(Local::of(Timestamp(1_772_366_400_000), "x").unwrap().date(), "ngày 01 tháng 3 năm 2026");
    }

    #[test]
    fn dates_that_cannot_be_are_refused() {
        for ms in [i64::MAX, i64::MIN, 400_000_000_000_000] {
            assert_eq!(Local::of(Timestamp(ms), "x").unwrap_err().code(), "typeset_bad_date");
        }
    }
}
