//! One sitting as a file for calendars (iCalendar, RFC 5545).
//!
//! The same sitting has the same UID on every device, and what is newer has the greater SEQUENCE, so a calendar that takes the file in again
//! moves its entry instead of making a second one.

use crate::calendar::{VnDate, VnTime};
use crate::id::Timestamp;

/// Longest line of a file without its line break, in octets (RFC 5545, 3.1).
pub const LINE_OCTETS: usize = 75;
/// The name of Viet Nam's time in the IANA database.
const ZONE: &str = "Asia/Ho_Chi_Minh";
/// Ends every line.
const LINE_BREAK: &str = "\r\n";

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for ever; letters, digits, `-`, `@` and `.` only, others are left out.
    pub uid: String,
    /// Grows with every change.
    pub sequence: u32,
    /// When this was written.
    pub stamp: Timestamp,
    /// Planned start.
    pub starts_at: Timestamp,
    /// Planned end; without one, or with one before the start, the entry has no length.
    pub ends_at: Option<Timestamp>,
    /// The name of the sitting.
    pub summary: String,
    /// Where; may be empty.
    pub location: String,
    /// Any text, of several lines; may be empty.
    pub description: String,
    /// Minutes before the start at which the calendar reminds.
    pub remind_minutes: Option<u16>,
}

/// Writes the file. The times are Vietnamese, with the zone's definition beside them (RFC 5545, 3.6.5).
pub fn write(event: &Event) -> String {
    let mut lines = Lines::default();
    lines.add("BEGIN:VCALENDAR");
    lines.add("VERSION:2.0");
    lines.add("PRODID:-//Ky Hop//kyhop//VI");
    lines.add("CALSCALE:GREGORIAN");
    for line in ["BEGIN:VTIMEZONE", &format!("TZID:{ZONE}"), "BEGIN:STANDARD", "DTSTART:19700101T000000"] {
        lines.add(line);
    }
    for line in ["TZOFFSETFROM:+0700", "TZOFFSETTO:+0700", "TZNAME:+07", "END:STANDARD", "END:VTIMEZONE"] {
        lines.add(line);
    }
    lines.add("BEGIN:VEVENT");
    let uid: String = event.uid.chars().filter(|c| c.is_ascii_alphanumeric() || "-@.".contains(*c)).collect();
    lines.add(&format!("UID:{uid}"));
    lines.add(&format!("SEQUENCE:{}", event.sequence.min(i32::MAX.unsigned_abs())));
    lines.add(&format!("DTSTAMP:{}", utc(event.stamp)));
    lines.add(&format!("DTSTART;TZID={ZONE}:{}", local(event.starts_at)));
    if let Some(ends_at) = event.ends_at.filter(|end| *end > event.starts_at) {
        lines.add(&format!("DTEND;TZID={ZONE}:{}", local(ends_at)));
    }
    lines.text("SUMMARY", &event.summary);
    lines.text("LOCATION", &event.location);
    lines.text("DESCRIPTION", &event.description);
    lines.add("STATUS:CONFIRMED");
    if let Some(minutes) = event.remind_minutes {
        lines.add("BEGIN:VALARM");
        lines.add("ACTION:DISPLAY");
        lines.add(&format!("TRIGGER:-PT{minutes}M"));
        lines.text("DESCRIPTION", &event.summary);
        lines.add("END:VALARM");
    }
    lines.add("END:VEVENT");
    lines.add("END:VCALENDAR");
    lines.0
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Adds a line; what is too long goes on in further ones that begin with a space (RFC 5545, 3.1). Characters are never cut apart.
    fn add(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > LINE_OCTETS {
                self.0.push_str(LINE_BREAK);
                self.0.push(' ');
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str(LINE_BREAK);
    }

    /// Adds a property whose value is a text, unless it is empty.
    fn text(&mut self, name: &str, value: &str) {
        if !value.trim().is_empty() {
            self.add(&format!("{name}:{}", escaped(value.trim())));
        }
    }
}

/// A text as a value (RFC 5545, 3.3.11): what has a meaning gets a backslash, a line break is `\n`, other control characters are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// `20261122T140000`, in Viet Nam.
fn local(at: Timestamp) -> String {
    let (date, time) = (VnDate::of(at), VnTime::of(at));
    // A year has four digits here, and no sitting is outside of them.
    let year = date.year.clamp(1, 9999);
    format!("{year:04}{:02}{:02}T{:02}{:02}{:02}", date.month, date.day, time.hour, time.minute, time.second)
}

/// `20261122T070000Z`.
fn utc(at: Timestamp) -> String {
    let shifted = Timestamp(at.0.saturating_sub(crate::calendar::OFFSET_MINUTES * 60_000));
    format!("{}Z", local(shifted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    fn event() -> Event {
        Event {
            uid: "0a1b@kyhop".to_owned(),
            sequence: 3,
            // 2026-11-20T01:02:03Z
            stamp: Timestamp(1_795_136_523_000),
            // 2026-11-22 14:00 in Viet Nam.
            starts_at: crate::calendar::parse("2026-11-22 14:00").unwrap(),
            ends_at: Some(crate::calendar::parse("2026-11-22 17:30").unwrap()),
            summary: "Phiên họp thường kỳ tháng 11".to_owned(),
            location: "Phòng họp số 1, trụ sở; tầng 2".to_owned(),
            description: "1. Kinh tế – xã hội\n2. Trực bão".to_owned(),
            remind_minutes: Some(30),
        }
    }

    /// Reads properties back as RFC 5545 says: joined lines, then a name, parameters and a value.
    fn read(file: &str) -> Vec<(String, String)> {
        assert!(
            file.ends_with("\r\n") && !file.replace("\r\n", "").contains(['\r', '\n']),
            "lines end in CR LF and nothing else"
        );
        let joined = file.replace("\r\n ", "");
        joined
            .lines()
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn value(file: &str, name: &str) -> String {
        let found: Vec<String> = read(file).into_iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect();
        found.first().unwrap_or_else(|| panic!("no {name} in {file}")).clone()
    }

    fn unescaped(value: &str) -> String {
        let mut out = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next().unwrap() {
                    'n' | 'N' => out.push('\n'),
                    c => out.push(c),
                },
                ',' | ';' => panic!("a bare {c} in {value}"),
                c => out.push(c),
            }
        }
        out
    }

    #[test]
    fn a_calendar_reads_what_the_invitation_says() {
        let file = write(&event());
        assert_eq!(value(&file, "UID"), "0a1b@kyhop");
        assert_eq!(value(&file, "SEQUENCE"), "3");
        assert_eq!(value(&file, "DTSTAMP"), "20261120T010203Z");
        assert_eq!(value(&file, "DTSTART;TZID=Asia/Ho_Chi_Minh"), "20261122T140000");
        assert_eq!(value(&file, "DTEND;TZID=Asia/Ho_Chi_Minh"), "20261122T173000");
        assert_eq!(unescaped(&value(&file, "LOCATION")), event().location);
        assert_eq!(unescaped(&value(&file, "DESCRIPTION")), event().description);
        assert_eq!(value(&file, "TRIGGER"), "-PT30M");
        let begun: Vec<String> = read(&file).into_iter().filter(|(name, _)| name == "BEGIN").map(|(_, what)| what).collect();
        let ended: Vec<String> = read(&file).into_iter().filter(|(name, _)| name == "END").map(|(_, what)| what).collect();
        assert_eq!(begun, ["VCALENDAR", "VTIMEZONE", "STANDARD", "VEVENT", "VALARM"]);
        assert_eq!(ended, ["STANDARD", "VTIMEZONE", "VALARM", "VEVENT", "VCALENDAR"]);
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let file = write(&Event {
            ends_at: Some(event().starts_at),
            location: "  ".to_owned(),
            description: String::new(),
            remind_minutes: None,
            ..event()
        });
        for absent in ["DTEND", "LOCATION", "DESCRIPTION", "VALARM"] {
            assert!(!file.contains(absent), "{absent} in {file}");
        }
    }

    #[test]
    fn a_title_cannot_write_lines_of_its_own() {
        let file =
            write(&Event { summary: "Họp\r\nATTENDEE:mailto:a@b\u{0}".to_owned(), uid: "1\r\nX:2".to_owned(), ..event() });
        assert!(read(&file).iter().all(|(name, _)| name != "ATTENDEE" && name != "X"), "{file}");
        assert_eq!(value(&file, "UID"), "1X2");
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_no_line_is_too_long(summary in "\\PC{1,400}", description in "(\\PC|\n){0,400}") {
            let file = write(&Event { summary: summary.clone(), description: description.clone(), ..event() });
            for line in file.split("\r\n") {
                prop_assert!(line.len() <= LINE_OCTETS, "{} octets: {}", line.len(), line);
            }
            if !summary.trim().is_empty() {
                prop_assert_eq!(unescaped(&value(&file, "SUMMARY")), summary.trim().replace(['\u{2028}', '\u{2029}'], "\n"));
            }
            if !description.trim().is_empty() {
                let said = description.trim().replace(['\u{2028}', '\u{2029}'], "\n");
                // The reminder has a description too; the entry's own comes first.
                prop_assert_eq!(unescaped(&value(&file, "DESCRIPTION")), said);
            }
        }
    }
}
