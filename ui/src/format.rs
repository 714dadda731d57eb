//! Instants, sizes and names as people read them. Instants are shown in Vietnam time (UTC+7, no daylight saving).

use domain::id::{Hash32, Timestamp};

const MS_PER_MINUTE: i64 = 60_000;
const MINUTES_PER_DAY: i64 = 1_440;
const VIETNAM_OFFSET_MINUTES: i64 = 7 * 60;

/// An instant on the calendar and the clock of Vietnam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// Gregorian year.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 for Monday to 6 for Sunday.
    pub weekday: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// Days since 1 January 1970, for comparing days.
    pub day_number: i64,
}

impl Civil {
    /// The calendar's view of an instant.
    pub fn of(at: Timestamp) -> Self {
        let minutes = at.0.div_euclid(MS_PER_MINUTE) + VIETNAM_OFFSET_MINUTES;
        let day_number = minutes.div_euclid(MINUTES_PER_DAY);
        let of_day = minutes.rem_euclid(MINUTES_PER_DAY);
        let (year, month, day) = from_day_number(day_number);
        Self {
            year,
            month,
            day,
            weekday: narrow((day_number + 3).rem_euclid(7)),
            hour: narrow(of_day / 60),
            minute: narrow(of_day % 60),
            day_number,
        }
    }
}

fn narrow(small: i64) -> u32 {
    u32::try_from(small).unwrap_or(0)
}

// Both directions after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day comes last.
fn from_day_number(day_number: i64) -> (i64, u32, u32) {
    let shifted = day_number + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), narrow(month), narrow(day))
}

fn to_day_number(year: i64, month: u32, day: u32) -> i64 {
    let (month, day) = (i64::from(month), i64::from(day));
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

/// `14:05`.
pub fn clock(at: Timestamp) -> String {
    let civil = Civil::of(at);
    format!("{:02}:{:02}", civil.hour, civil.minute)
}

/// `01:42`; more than an hour in minutes too.
pub fn minutes_seconds(seconds: u64) -> String {
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

/// `22/11`.
pub fn day(at: Timestamp) -> String {
    let civil = Civil::of(at);
    format!("{:02}/{:02}", civil.day, civil.month)
}

/// `22/11/2026`.
pub fn date(at: Timestamp) -> String {
    format!("{}/{}", day(at), Civil::of(at).year)
}

/// `14:05 · 22/11/2026`.
pub fn moment(at: Timestamp) -> String {
    format!("{} · {}", clock(at), date(at))
}

/// `14:05` on the day of `now`, `14:05 · 22/11/2026` on another.
pub fn short_moment(at: Timestamp, now: Timestamp) -> String {
    if same_day(at, now) { clock(at) } else { moment(at) }
}

/// The two instants lie on one day in Vietnam.
pub fn same_day(a: Timestamp, b: Timestamp) -> bool {
    Civil::of(a).day_number == Civil::of(b).day_number
}

/// Reads what people type as a date and a time: `22/11/2026`, `22-11-2026`, `22.11.2026`, `2026-11-22`; `14:05`, `14h05`, `14h`.
/// `None` for anything that is not a real day and minute.
pub fn parse_moment(date: &str, time: &str) -> Option<Timestamp> {
    let mut parts = date.trim().split(['-', '/', '.']);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = if first.len() == 4 { (first, second, third) } else { (third, second, first) };
    let (year, month, day) = (year.parse::<i64>().ok()?, month.parse::<u32>().ok()?, day.parse::<u32>().ok()?);
    if !(1900..=9999).contains(&year) {
        return None;
    }
    let day_number = to_day_number(year, month, day);
    if from_day_number(day_number) != (year, month, day) {
        return None;
    }
    Some(Timestamp((day_number * MINUTES_PER_DAY + parse_clock(time)? - VIETNAM_OFFSET_MINUTES) * MS_PER_MINUTE))
}

fn parse_clock(time: &str) -> Option<i64> {
    let time = time.trim();
    let (hour, minute) = time.split_once([':', 'h', 'H'])?;
    let hour = hour.trim().parse::<i64>().ok()?;
    // Some pickers add seconds.
    let minute = minute.split(':').next().unwrap_or_default().trim();
    let minute = if minute.is_empty() { 0 } else { minute.parse::<i64>().ok()? };
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

/// How far away a planned start is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// It lies in the past.
    Since {
        /// Minutes ago.
        minutes: i64,
    },
    /// Less than an hour.
    Minutes(i64),
    /// Less than a day, on the same day.
    Hours(i64, i64),
    /// On the next day.
    Tomorrow,
    /// Later.
    Days(i64),
}

/// How far `at` is from `now`.
pub fn until(at: Timestamp, now: Timestamp) -> Until {
    let minutes = (at.0 - now.0).div_euclid(MS_PER_MINUTE);
    let days = Civil::of(at).day_number - Civil::of(now).day_number;
    match (minutes, days) {
        (..0, _) => Until::Since { minutes: -minutes },
        (0..60, _) => Until::Minutes(minutes),
        (_, ..=0) => Until::Hours(minutes / 60, minutes % 60),
        (_, 1) => Until::Tomorrow,
        _ => Until::Days(days),
    }
}

/// Days from `now` to `at` on the calendar: 0 is today, 1 tomorrow; below 0 it was so many days ago.
pub fn days_until(at: Timestamp, now: Timestamp) -> i64 {
    Civil::of(at).day_number - Civil::of(now).day_number
}

/// Days by which `at` is over, begun ones counted; 0 as long as it is not.
pub fn days_past(at: Timestamp, now: Timestamp) -> i64 {
    const MS_PER_DAY: i64 = MINUTES_PER_DAY * MS_PER_MINUTE;
    let over = now.0.saturating_sub(at.0).max(0);
    over / MS_PER_DAY + i64::from(over % MS_PER_DAY > 0)
}

/// Bytes as `812 B`, `14 KB`, `1,4 MB`; powers of 1000, at most one decimal, `comma` between them.
pub fn size(bytes: u64, comma: char) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    let (mut tenths, mut unit) = (u128::from(bytes) * 10, 0);
    while tenths >= 9_995 && unit + 1 < UNITS.len() {
        tenths = (tenths + 500) / 1_000;
        unit += 1;
    }
    if tenths % 10 == 0 || tenths >= 1_000 {
        format!("{} {}", (tenths + 5) / 10, UNITS[unit])
    } else {
        format!("{}{comma}{} {}", tenths / 10, tenths % 10, UNITS[unit])
    }
}

/// Share of `done` in `total` in whole percent, never above 100; 0 of nothing is 0.
pub fn percent(done: u64, total: u64) -> u64 {
    if total == 0 { 0 } else { u64::try_from(u128::from(done.min(total)) * 100 / u128::from(total)).unwrap_or(100) }
}

/// Two letters for an avatar: of the last two words, since a Vietnamese given name stands last.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().filter(|word| word.chars().next().is_some_and(char::is_alphabetic)).collect();
    let last = words.len().saturating_sub(2);
    words[last..].iter().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

/// A fingerprint in groups of four digits, easier to compare by eye.
pub fn fingerprint(hash: &Hash32) -> String {
    let hex = hash.to_string();
    let mut grouped = String::with_capacity(hex.len() * 5 / 4);
    for (at, digit) in hex.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOON: Timestamp = Timestamp(1_795_323_600_000); // 2026-11-22 12:00 in Vietnam

    #[test]
    fn an_instant_is_shown_in_vietnam_time() {
        assert_eq!(moment(NOON), "12:00 · 22/11/2026");
        assert_eq!(Civil::of(NOON).weekday, 6, "a Sunday");
        assert_eq!(moment(Timestamp(0)), "07:00 · 01/01/1970");
        assert_eq!(Civil::of(Timestamp(0)).weekday, 3, "a Thursday");
        assert_eq!(short_moment(NOON, NOON.plus_ms(3_600_000)), "12:00");
        assert_eq!(short_moment(NOON, NOON.plus_ms(13 * 3_600_000)), "12:00 · 22/11/2026");
    }

    #[test]
    fn what_the_fields_show_is_read_back_and_so_is_what_people_type() {
        assert_eq!(parse_moment(&date(NOON), &clock(NOON)), Some(NOON));
        for (date, time) in [("22/11/2026", "12:00"), ("22-11-2026", "12h"), (" 2026-11-22", "12h00"), ("22.11.2026", "12:00:00")]
        {
            assert_eq!(parse_moment(date, time), Some(NOON), "{date} {time}");
        }
        for (date, time) in [
            ("2026-02-29", "12:00"),
            ("31/4/2026", "9:00"),
            ("2026-11-22", "24:00"),
            ("2026-11-22", ""),
            ("", "12:00"),
            ("2026-11-22", "12:60"),
            ("1-2-3-4", "1:00"),
        ] {
            assert_eq!(parse_moment(date, time), None, "{date} {time}");
        }
        assert!(parse_moment("2028-02-29", "0:00").is_some());
    }

    #[test]
    fn days_survive_the_round_trip_over_centuries() {
        for day_number in (-40_000..80_000).step_by(37) {
            let (year, month, day) = from_day_number(day_number);
            assert_eq!(to_day_number(year, month, day), day_number);
        }
    }

    #[test]
    fn how_far_away_a_meeting_is() {
        assert_eq!(until(NOON.plus_ms(23 * 60_000), NOON), Until::Minutes(23));
        assert_eq!(until(NOON.plus_ms(-60_000), NOON), Until::Since { minutes: 1 });
        assert_eq!(until(NOON.plus_ms(125 * 60_000), NOON), Until::Hours(2, 5));
        assert_eq!(until(NOON.plus_ms(20 * 3_600_000), NOON), Until::Tomorrow);
        assert_eq!(until(NOON.plus_ms(24 * 3_600_000 * 9), NOON), Until::Days(9));
    }

    #[test]
    fn how_many_days_a_deadline_is_away_or_over() {
        let hours = |count: i64| NOON.plus_ms(count * 3_600_000);
        for (hour, until, past) in
            [(5, 0, 0), (0, 0, 0), (12, 1, 0), (60, 3, 0), (-1, 0, 1), (-24, -1, 1), (-25, -1, 2), (-240, -10, 10)]
        {
            assert_eq!((days_until(hours(hour), NOON), days_past(hours(hour), NOON)), (until, past), "{hour} hours");
        }
    }

    #[test]
    fn sizes_are_short_and_rounded() {
        for (bytes, text) in [
            (0, "0 B"),
            (812, "812 B"),
            (1_000, "1 KB"),
            (14_400, "14,4 KB"),
            (1_449_000, "1,4 MB"),
            (104_000_000, "104 MB"),
            (999_960, "1 MB"),
            (u64::MAX, "18446744074 GB"),
        ] {
            assert_eq!(size(bytes, ','), text, "{bytes}");
        }
        assert_eq!(size(1_449_000, '.'), "1.4 MB");
        assert_eq!((percent(1, 3), percent(7, 0), percent(9, 3), percent(u64::MAX, u64::MAX)), (33, 0, 100, 100));
    }

    #[test]
    fn initials_are_of_the_last_two_words() {
        assert_eq!(initials("Nguyễn Thị Ánh"), "TÁ");
        assert_eq!(initials("Chủ tịch"), "CT");
        assert_eq!(initials("  đông "), "Đ");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn a_fingerprint_is_grouped() {
        assert!(fingerprint(&Hash32([0xab; 32])).starts_with("abab abab "));
        assert_eq!(fingerprint(&Hash32([0; 32])).len(), 64 + 15);
    }
}
