//! Who spoke, as the minutes tell it.

use api::sitting::SpokenRow;
use domain::id::{ItemId, PersonId};
use domain::sitting::SpeechKind;
use typeset::Remark;

/// Speakers on one item that the minutes name.
const REMARKS_SHOWN: usize = 300;

/// One person's speeches of one kind on one item.
struct Speaker<'a> {
    person: PersonId,
    kind: SpeechKind,
    name: &'a str,
    times: u32,
    seconds: u32,
}

/// Who spoke on an item, each person once for each kind of speech, in the order in which they first had the word.
pub(super) fn remarks(spoken: &[SpokenRow], of: impl Fn(Option<ItemId>) -> bool) -> Vec<Remark> {
    let mut speakers: Vec<Speaker<'_>> = Vec::new();
    for row in spoken.iter().filter(|row| of(row.item)) {
        let seconds = row.spoken_s.unwrap_or_default();
        match speakers.iter_mut().find(|known| (known.person, known.kind) == (row.person, row.kind)) {
            Some(known) => (known.times, known.seconds) = (known.times + 1, known.seconds.saturating_add(seconds)),
            None => speakers.push(Speaker { person: row.person, kind: row.kind, name: &row.name, times: 1, seconds }),
        }
    }
    let remark = |speaker: Speaker<'_>| Remark {
        speaker: speaker.name.to_owned(),
        text: format!("{}{}.", spoken_as(speaker.kind), how_long(speaker.times, speaker.seconds)),
    };
    speakers.into_iter().take(REMARKS_SHOWN).map(remark).collect()
}

fn spoken_as(kind: SpeechKind) -> &'static str {
    match kind {
        SpeechKind::Speech => "phát biểu",
        SpeechKind::Interpellation => "chất vấn",
        SpeechKind::PointOfOrder => "nêu ý kiến về thủ tục",
    }
}

/// " 2 lần, tổng cộng 5 phút 30 giây"; nothing about a time that nobody measured.
fn how_long(times: u32, seconds: u32) -> String {
    let length = match (seconds / 60, seconds % 60) {
        (0, 0) => String::new(),
        (0, seconds) => format!("{seconds} giây"),
        (minutes, 0) => format!("{minutes} phút"),
        (minutes, seconds) => format!("{minutes} phút {seconds} giây"),
    };
    match (times, length.is_empty()) {
        (..=1, true) => String::new(),
        (..=1, false) => format!(", {length}"),
        (_, true) => format!(" {times} lần"),
        (_, false) => format!(" {times} lần, tổng cộng {length}"),
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{Hash32, Timestamp};

    use super::*;

    fn row(of: u8, kind: SpeechKind, spoken_s: Option<u32>) -> SpokenRow {
        let (word, person, name) = (Hash32([of; 32]), PersonId([of; 16]), format!("Đại biểu {of}"));
        SpokenRow { word, person, name, item: None, kind, began_at: Timestamp(0), spoken_s }
    }

    #[test]
    fn each_speaker_is_named_once_for_each_kind_with_all_times_together() {
        let spoken = [
            row(1, SpeechKind::Speech, Some(65)),
            row(2, SpeechKind::Interpellation, Some(120)),
            row(1, SpeechKind::Speech, Some(25)),
            row(1, SpeechKind::PointOfOrder, None),
        ];
        let told: Vec<String> = remarks(&spoken, |item| item.is_none())
            .into_iter()
            .map(|remark| format!("{}: {}", remark.speaker, remark.text))
            .collect();
        assert_eq!(
            told,
            [
                "Đại biểu 1: phát biểu 2 lần, tổng cộng 1 phút 30 giây.",
                "Đại biểu 2: chất vấn, 2 phút.",
                "Đại biểu 1: nêu ý kiến về thủ tục.",
            ]
        );
        assert!(remarks(&spoken, |item| item.is_some()).is_empty());
    }
}
