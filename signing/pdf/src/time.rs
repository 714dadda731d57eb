//! The three ways a time is written here: X.509, PDF date strings, RFC 3339.

use domain::id::Timestamp;
use std::time::Duration;
use x509_cert::{der::DateTime, time::Time};

/// Viet Nam's zone, UTC+7 without summer time.
const VIETNAM_MS: i64 = 7 * 3_600_000;

pub(crate) fn date_time(at: Timestamp) -> Option<DateTime> {
    let seconds = u64::try_from(at.0.div_euclid(1000)).ok()?;
    DateTime::from_unix_duration(Duration::from_secs(seconds)).ok()
}

/// For certificates; whole seconds. The builder picks UTCTime or GeneralizedTime by the year (RFC 5280 §4.1.2.5).
pub(crate) fn certificate_time(at: Timestamp) -> Option<Time> {
    date_time(at).map(Time::from)
}

pub(crate) fn from_certificate(time: &Time) -> Timestamp {
    from_date_time(time.to_date_time())
}

fn from_date_time(time: DateTime) -> Timestamp {
    Timestamp(i64::try_from(time.unix_duration().as_millis()).unwrap_or(i64::MAX))
}

/// `D:20261122203000+07'00'`, the time of day in Viet Nam (ISO 32000-1 §7.9.4).
pub(crate) fn pdf_date(at: Timestamp) -> Option<String> {
    let t = date_time(at.plus_ms(VIETNAM_MS))?;
    let (y, mo, d, h, mi, s) = (t.year(), t.month(), t.day(), t.hour(), t.minutes(), t.seconds());
    Some(format!("D:{y:04}{mo:02}{d:02}{h:02}{mi:02}{s:02}+07'00'"))
}

/// RFC 3339 in UTC, whole seconds.
pub(crate) fn rfc3339(at: Timestamp) -> Option<String> {
    date_time(at).map(|t| t.to_string())
}

/// Reads a PDF date. Missing parts count as their smallest value, a missing zone as UTC.
pub(crate) fn parse_pdf_date(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count().min(14);
    if digits < 4 || digits % 2 != 0 {
        return None;
    }
    let (date, zone) = text.split_at_checked(digits)?;
    let part = |range: std::ops::Range<usize>, or: u64| match date.get(range) {
        Some(t) => t.parse::<u64>().ok(),
        None => Some(or),
    };
    let utc = compose(part(0..4, 0)?, [part(4..6, 1)?, part(6..8, 1)?, part(8..10, 0)?, part(10..12, 0)?, part(12..14, 0)?])?;
    let sign = match zone.bytes().next() {
        Some(b'+') => -1,
        Some(b'-') => 1,
        _ => return Some(utc),
    };
    let mut parts = zone[1..].split('\'').map(|p| p.parse::<i64>().ok());
    let hours = parts.next().flatten()?;
    let minutes = parts.next().flatten().unwrap_or(0);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then(|| utc.plus_ms(sign * (hours * 60 + minutes) * 60_000))
}

/// Reads the content of an ASN.1 UTCTime or GeneralizedTime in UTC; fractions of a second are dropped.
pub(crate) fn parse_asn1_time(text: &[u8], generalized: bool) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let text = text.split('.').next()?;
    if !text.bytes().all(|b| b.is_ascii_digit()) || text.len() != if generalized { 14 } else { 12 } {
        return None;
    }
    let (year, rest) = text.split_at(text.len() - 10);
    let year: u64 = year.parse().ok()?;
    let year = match (generalized, year) {
        (true, y) => y,
        (false, y @ 0..50) => 2000 + y,
        (false, y) => 1900 + y,
    };
    let mut parts = [0; 5];
    for (i, slot) in parts.iter_mut().enumerate() {
        *slot = rest.get(2 * i..2 * i + 2)?.parse().ok()?;
    }
    compose(year, parts)
}

fn compose(year: u64, [month, day, hour, minute, second]: [u64; 5]) -> Option<Timestamp> {
    let byte = |n: u64| u8::try_from(n).ok();
    let year = u16::try_from(year).ok()?;
    // A leap second has no place in Unix time; it counts as the second before.
    let second = byte(if second == 60 { 59 } else { second })?;
    DateTime::new(year, byte(month)?, byte(day)?, byte(hour)?, byte(minute)?, second).ok().map(from_date_time)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_pdf_date_reads_back_as_the_same_instant() {
        let at = Timestamp(1_795_337_580_000);
        assert_eq!(parse_pdf_date(pdf_date(at).unwrap().as_bytes()), Some(at));
    }

    #[test]
    fn dates_that_are_not_dates_are_refused() {
        for bad in ["", "D:", "D:2026133", "D:20260230", "D:20260101000000+99'00'", "hôm nay", "D:99999"] {
            assert_eq!(parse_pdf_date(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn zones_shift_and_short_dates_fill_up() {
        assert_eq!(parse_pdf_date(b"D:19700101070000+07'00'"), Some(Timestamp(0)));
        assert_eq!(parse_pdf_date(b"D:19700101"), Some(Timestamp(0)));
        assert_eq!(parse_pdf_date(b"D:19691231"), None);
        assert_eq!(rfc3339(Timestamp(0)).unwrap(), "1970-01-01T00:00:00Z");
        assert_eq!(parse_asn1_time(b"700101000000Z", false), Some(Timestamp(0)));
        assert_eq!(parse_asn1_time(b"20261122133000.25Z", true), parse_asn1_time(b"261122133000Z", false));
    }
}
