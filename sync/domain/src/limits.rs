//! How much of everything a sitting may hold, and the checks of whole nouns against these bounds.
//!
//! The bounds are far above what a real body needs; they are there so that one faulty or hostile device cannot fill the others.
//! "Characters" are Unicode scalar values.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::annotation::{Annotation, Mark, Point, Quad};
use crate::identity::{check_line, check_paragraph};
use crate::meeting::{AgendaItem, Meeting, MeetingInfo, Paper, Withdrawal};
use crate::official::OfficialText;
use crate::order;
use crate::vote::{RuleProfile, VoteOpening};

/// Characters of a person's name.
pub const PERSON_NAME_CHARS: usize = 120;
/// Characters of a title (sitting, agenda item, paper).
pub const TITLE_CHARS: usize = 300;
/// Characters of the name of the body that sits.
pub const BODY_CHARS: usize = 200;
/// Characters of a place.
pub const PLACE_CHARS: usize = 200;
/// Characters of who presents an item.
pub const PRESENTER_CHARS: usize = 200;
/// Paragraphs of conclusions.
pub const CONCLUSIONS: usize = 200;
/// Characters of one paragraph of conclusions.
pub const CONCLUSION_CHARS: usize = 5_000;
/// Items of an agenda.
pub const AGENDA_ITEMS: usize = 500;
/// Levels of an agenda; deeper items are shown on the last one.
pub const AGENDA_DEPTH: usize = 5;
/// Planned minutes of one item: a day.
pub const ITEM_MINUTES: u16 = 1_440;
/// Characters of an order key; reaching it needs thousands of moves to one place.
pub const ORDER_CHARS: usize = 1_000;
/// Papers of a meeting.
pub const PAPERS: usize = 500;
/// Versions of a paper.
pub const PAPER_VERSIONS: usize = 200;
/// Bytes of one version of a paper (200 MiB).
pub const PAPER_BYTES: u64 = 200 * 1024 * 1024;
/// Pages of a paper.
pub const PAPER_PAGES: u32 = 10_000;
/// Characters of a file name.
pub const FILE_NAME_CHARS: usize = 150;
/// Bytes of a file name (common file systems stop at 255).
pub const FILE_NAME_BYTES: usize = 240;
/// Files of the minutes of one meeting.
pub const MINUTES_FILES: usize = 100;
/// Lines of one part of an official document: its grounds, its body, its recipients.
pub const OFFICIAL_LINES: usize = 500;
/// Characters of one such line: a conclusion with its number fits.
pub const OFFICIAL_LINE_CHARS: usize = CONCLUSION_CHARS + 200;
/// People on a roll.
pub const ROLL: usize = 2_000;
/// Characters of a question.
pub const QUESTION_CHARS: usize = 2_000;
/// Rule profiles of an organisation.
pub const PROFILES: usize = 200;
/// Bytes of a file of rule profiles.
pub const PROFILES_BYTES: usize = 1024 * 1024;
/// Characters of a profile's id.
pub const PROFILE_ID_CHARS: usize = 64;
/// Characters of a profile's name.
pub const PROFILE_NAME_CHARS: usize = 200;
/// Characters of a profile's legal basis.
pub const LEGAL_BASIS_CHARS: usize = 2_000;
/// People who must be able to vote for a vote to be secret, and ballots that must have been counted for its totals to be opened: with
/// fewer the totals all but name the voters.
pub const SECRET_BODY_LEAST: u32 = 5;
/// Fewest tellers of a body.
pub const TELLERS_LEAST: usize = 3;
/// Most tellers of a body.
pub const TELLERS_MOST: usize = 15;
/// Places for a mark on a ballot that has a form.
pub const BALLOT_SLOTS: usize = 100;
/// Characters of an option of such a ballot.
pub const OPTION_CHARS: usize = 200;
/// Points of a stroke.
pub const INK_POINTS: usize = 20_000;
/// Width of a stroke in hundredths of a point.
pub const INK_WIDTH: u16 = 10_000;
/// Rectangles of a highlight.
pub const QUADS: usize = 2_000;
/// Characters of the text under a highlight.
pub const QUOTE_CHARS: usize = 10_000;
/// Characters of a note.
pub const NOTE_CHARS: usize = 10_000;
/// Distance of a mark from the page's corner in hundredths of a point: 100,000 points, seven times the largest page that PDF knows.
pub const COORDINATE: i32 = 10_000_000;
/// The highest colour, 0xRRGGBB.
pub const COLOUR: u32 = 0x00ff_ffff;

/// Which kind of bound was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitRule {
    /// More than the limit.
    AtMost,
    /// Less than the limit.
    AtLeast,
    /// A character (a Unicode scalar value, in `found`) that is not allowed.
    Characters,
    /// Something that must be there once is there `found` times.
    Distinct,
}

/// A bound that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", self.message())]
pub struct LimitError {
    /// What is out of bounds, e.g. `title`.
    pub what: &'static str,
    /// Which kind of bound.
    pub rule: LimitRule,
    /// The bound.
    pub limit: u64,
    /// What was found.
    pub found: u64,
}

impl LimitError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self.rule {
            LimitRule::AtMost => "limit_over",
            LimitRule::AtLeast => "limit_under",
            LimitRule::Characters => "text_characters",
            LimitRule::Distinct => "not_distinct",
        }
    }

    fn message(&self) -> String {
        let Self { what, limit, found, .. } = self;
        match self.rule {
            LimitRule::AtMost => format!("{what}: at most {limit}, found {found}"),
            LimitRule::AtLeast => format!("{what}: at least {limit}, found {found}"),
            LimitRule::Characters => {
                format!("{what}: holds the character U+{found:04X}, which is not allowed")
            }
            LimitRule::Distinct => {
                format!("{what}: found {found} times, must be there at most {limit} time(s)")
            }
        }
    }
}

/// `found` is at most `limit`.
pub fn at_most(what: &'static str, limit: usize, found: usize) -> Result<(), LimitError> {
    bound(what, LimitRule::AtMost, wide(limit), wide(found), found <= limit)
}

/// `found` is at least `limit`.
pub fn at_least(what: &'static str, limit: usize, found: usize) -> Result<(), LimitError> {
    bound(what, LimitRule::AtLeast, wide(limit), wide(found), found >= limit)
}

fn bound(what: &'static str, rule: LimitRule, limit: u64, found: u64, holds: bool) -> Result<(), LimitError> {
    if holds { Ok(()) } else { Err(LimitError { what, rule, limit, found }) }
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

pub(crate) fn distinct<T: Ord>(what: &'static str, of: impl IntoIterator<Item = T>) -> Result<(), LimitError> {
    let mut seen = BTreeSet::new();
    for one in of {
        bound(what, LimitRule::Distinct, 1, 2, seen.insert(one))?;
    }
    Ok(())
}

/// Refuses the first character for which `forbidden` holds.
pub fn check_characters(what: &'static str, text: &str, forbidden: impl Fn(char) -> bool) -> Result<(), LimitError> {
    match text.chars().find(|c| forbidden(*c)) {
        None => Ok(()),
        Some(c) => Err(LimitError { what, rule: LimitRule::Characters, limit: 0, found: u64::from(u32::from(c)) }),
    }
}

/// Control characters, and those that turn the direction of text, break lines or join letters unseen: none belongs into a line of
/// Vietnamese, and each can make a name look like another.
pub fn forbidden_in_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200c}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2061}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn check_order(key: &str) -> Result<(), LimitError> {
    at_least("order", 1, key.len())?;
    at_most("order", ORDER_CHARS, key.len())?;
    check_characters("order", key, |c| !order::is_digit(c))?;
    // A key that ends in the lowest digit has nothing right before it.
    check_characters("order", key.get(key.len() - 1..).unwrap_or_default(), |last| last == order::LOWEST)
}

impl MeetingInfo {
    /// Title and body are there, every text within bounds.
    pub fn validate(&self) -> Result<(), LimitError> {
        check_line("title", &self.title, 1, TITLE_CHARS)?;
        check_line("body", &self.body, 0, BODY_CHARS)?;
        check_line("place", &self.place, 0, PLACE_CHARS)?;
        at_most("conclusions", CONCLUSIONS, self.conclusions.len())?;
        self.conclusions.iter().try_for_each(|paragraph| check_paragraph("conclusion", paragraph, CONCLUSION_CHARS))
    }
}

impl AgendaItem {
    /// The title is there, the order is a key of [`crate::order`], every text and number within bounds.
    pub fn validate(&self) -> Result<(), LimitError> {
        check_line("title", &self.title, 1, TITLE_CHARS)?;
        check_line("presenter", &self.presenter, 0, PRESENTER_CHARS)?;
        check_order(&self.order)?;
        at_most("minutes", ITEM_MINUTES.into(), self.minutes.unwrap_or_default().into())
    }
}

impl Paper {
    /// The title and at least one version are there, every version's name, size and number of pages within bounds.
    pub fn validate(&self) -> Result<(), LimitError> {
        check_line("title", &self.title, 1, TITLE_CHARS)?;
        check_order(&self.order)?;
        at_least("versions", 1, self.versions.len())?;
        at_most("versions", PAPER_VERSIONS, self.versions.len())?;
        for version in &self.versions {
            check_line("file name", &version.file_name, 1, FILE_NAME_CHARS)?;
            bound("pages", LimitRule::AtMost, PAPER_PAGES.into(), version.pages.into(), version.pages <= PAPER_PAGES)?;
            bound("file size", LimitRule::AtMost, PAPER_BYTES, version.blob.size, version.blob.size <= PAPER_BYTES)?;
        }
        Ok(())
    }
}

impl Withdrawal {
    /// The reason within bounds; it may be empty.
    pub fn validate(&self) -> Result<(), LimitError> {
        check_line("reason", &self.reason, 0, crate::sitting::REASON_CHARS)
    }
}

impl Meeting {
    /// The head, and every item and paper, within bounds and no id twice.
    pub fn validate(&self) -> Result<(), LimitError> {
        self.info.validate()?;
        at_most("agenda items", AGENDA_ITEMS, self.items.len())?;
        distinct("agenda item", self.items.iter().map(|item| item.id))?;
        self.items.iter().try_for_each(AgendaItem::validate)?;
        at_most("papers", PAPERS, self.papers.len())?;
        distinct("paper", self.papers.iter().map(|paper| paper.id))?;
        self.papers.iter().try_for_each(Paper::validate)?;
        [&self.minutes, &self.resolution, &self.notice]
            .into_iter()
            .try_for_each(|files| at_most("minutes files", MINUTES_FILES, files.len()))?;
        self.official_texts.values().try_for_each(OfficialText::validate)?;
        self.seating.validate()
    }
}

impl Annotation {
    /// Page, colour, places and texts within bounds; a stroke and a highlight are not empty.
    pub fn validate(&self) -> Result<(), LimitError> {
        bound("page", LimitRule::AtMost, (PAPER_PAGES - 1).into(), self.page.into(), self.page < PAPER_PAGES)?;
        bound("colour", LimitRule::AtMost, COLOUR.into(), self.colour.into(), self.colour <= COLOUR)?;
        match &self.mark {
            Mark::Ink { points, width } => {
                at_least("points", 1, points.len())?;
                at_most("points", INK_POINTS, points.len())?;
                at_least("width", 1, (*width).into())?;
                at_most("width", INK_WIDTH.into(), (*width).into())?;
                points.iter().try_for_each(check_point)
            }
            Mark::Highlight { quads, quote } => {
                at_least("rectangles", 1, quads.len())?;
                at_most("rectangles", QUADS, quads.len())?;
                quads.iter().try_for_each(check_quad)?;
                check_paragraph("quote", quote, QUOTE_CHARS)
            }
            Mark::Note { at, text } => {
                check_point(at)?;
                check_paragraph("note", text, NOTE_CHARS)
            }
        }
    }
}

fn check_coordinate(value: i32) -> Result<(), LimitError> {
    let distance = u64::from(value.unsigned_abs());
    bound(
        "coordinate",
        LimitRule::AtMost,
        u64::from(COORDINATE.unsigned_abs()),
        distance,
        distance <= u64::from(COORDINATE.unsigned_abs()),
    )
}

fn check_point(point: &Point) -> Result<(), LimitError> {
    check_coordinate(point.x)?;
    check_coordinate(point.y)
}

fn check_quad(quad: &Quad) -> Result<(), LimitError> {
    [quad.x, quad.y, quad.w, quad.h].into_iter().try_for_each(check_coordinate)
}

impl VoteOpening {
    /// The question is there, the profile is valid, and the roll is one of different people on different devices with at most one chair.
    pub fn validate(&self) -> Result<(), LimitError> {
        at_least("question", 1, self.question.trim().len())?;
        check_paragraph("question", &self.question, QUESTION_CHARS)?;
        check_profile(&self.profile)?;
        at_least("roll", 1, self.roll.len())?;
        at_most("roll", ROLL, self.roll.len())?;
        distinct("person on the roll", self.roll.iter().map(|entry| entry.person))?;
        distinct("device on the roll", self.roll.iter().filter_map(|entry| entry.device))?;
        let chairs = self.roll.iter().filter(|entry| entry.chair).count();
        bound("chair", LimitRule::Distinct, 1, wide(chairs), chairs <= 1)?;
        if let Some(paper) = &self.paper {
            for people in [&paper.clerks, &paper.present] {
                at_most("roll", ROLL, people.len())?;
                distinct("person on the roll", people.iter().copied())?;
            }
        }
        self.check_form()?;
        self.roll.iter().try_for_each(|entry| check_line("person name", &entry.name, 1, PERSON_NAME_CHARS))
    }
}

pub(crate) fn check_profile(profile: &RuleProfile) -> Result<(), LimitError> {
    check_line("profile id", &profile.id, 1, PROFILE_ID_CHARS)?;
    check_characters("profile id", &profile.id, |c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))?;
    check_line("profile name", &profile.name, 1, PROFILE_NAME_CHARS)?;
    at_least("legal basis", 1, profile.legal_basis.trim().len().min(1))?;
    check_paragraph("legal basis", &profile.legal_basis, LEGAL_BASIS_CHARS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;
    use crate::id::{AnnotationId, Hash32, ItemId, PaperId, PersonId, Timestamp};
    use crate::meeting::{BlobRef, PaperVersion};
    use crate::vote::{RollEntry, profile};

    fn refused<T>(
        sound: &T,
        change: impl Fn(&mut T),
        validate: impl Fn(&T) -> Result<(), LimitError>,
    ) -> (&'static str, &'static str)
    where
        T: Clone,
    {
        assert_eq!(validate(sound), Ok(()));
        let mut broken = sound.clone();
        change(&mut broken);
        let error = validate(&broken).expect_err("must be refused");
        assert!(error.to_string().starts_with(error.what));
        (error.what, error.code())
    }

    fn info() -> MeetingInfo {
        MeetingInfo {
            title: "Phiên họp tháng 11".to_owned(),
            body: "Ủy ban nhân dân phường Thuận Hóa".to_owned(),
            place: String::new(),
            starts_at: Timestamp(0),
            conclusions: vec!["Giao Văn phòng\nhoàn thiện dự thảo.".to_owned()],
        }
    }

    fn item(id: u8) -> AgendaItem {
        AgendaItem {
            id: ItemId([id; 16]),
            parent: None,
            order: "V".to_owned(),
            title: "Báo cáo".to_owned(),
            presenter: String::new(),
            starts_at: None,
            minutes: Some(30),
            papers_due: None,
        }
    }

    fn paper() -> Paper {
        let blob = BlobRef { plain: Hash32([0; 32]), cipher: Hash32([0; 32]), size: 1_000, epoch: 0 };
        let version = PaperVersion {
            number: 1,
            blob,
            file_name: "tờ trình.pdf".to_owned(),
            pages: 3,
            added_at: Timestamp(0),
            added_by: PersonId([0; 16]),
        };
        Paper {
            id: PaperId([0; 16]), item: None, order: "V".to_owned(), title: "Tờ trình".to_owned(), versions: vec![version]
        }
    }

    #[test]
    fn the_head_of_a_meeting_has_bounds() {
        let check = |change: fn(&mut MeetingInfo)| refused(&info(), change, MeetingInfo::validate);
        assert_eq!(check(|info| info.title.clear()), ("title", "limit_under"));
        assert_eq!(check(|info| info.title = "a".repeat(TITLE_CHARS + 1)), ("title", "limit_over"));
        assert_eq!(check(|info| info.title = "a\u{202e}b".to_owned()), ("title", "text_characters"));
        assert_eq!(check(|info| info.body = "a".repeat(BODY_CHARS + 1)), ("body", "limit_over"));
        assert_eq!(check(|info| info.place = "a\nb".to_owned()), ("place", "text_characters"));
        assert_eq!(check(|info| info.conclusions = vec![String::new(); CONCLUSIONS + 1]), ("conclusions", "limit_over"));
        assert_eq!(check(|info| info.conclusions = vec!["a".repeat(CONCLUSION_CHARS + 1)]), ("conclusion", "limit_over"));
    }

    #[test]
    fn an_agenda_item_has_bounds() {
        let check = |change: fn(&mut AgendaItem)| refused(&item(1), change, AgendaItem::validate);
        assert_eq!(check(|item| item.title = " ".to_owned()), ("title", "limit_under"));
        assert_eq!(check(|item| item.presenter = "a".repeat(PRESENTER_CHARS + 1)), ("presenter", "limit_over"));
        assert_eq!(check(|item| item.order.clear()), ("order", "limit_under"));
        assert_eq!(check(|item| item.order = "V-".to_owned()), ("order", "text_characters"));
        assert_eq!(check(|item| item.order = "V0".to_owned()), ("order", "text_characters"));
        assert_eq!(check(|item| item.order = "V".repeat(ORDER_CHARS + 1)), ("order", "limit_over"));
        assert_eq!(check(|item| item.minutes = Some(ITEM_MINUTES + 1)), ("minutes", "limit_over"));
    }

    #[test]
    fn a_paper_has_bounds() {
        let check = |change: fn(&mut Paper)| refused(&paper(), change, Paper::validate);
        assert_eq!(check(|paper| paper.versions.clear()), ("versions", "limit_under"));
        assert_eq!(
            check(|paper| paper.versions = vec![paper.versions[0].clone(); PAPER_VERSIONS + 1]),
            ("versions", "limit_over")
        );
        assert_eq!(check(|paper| paper.versions[0].file_name.clear()), ("file name", "limit_under"));
        assert_eq!(check(|paper| paper.versions[0].pages = PAPER_PAGES + 1), ("pages", "limit_over"));
        assert_eq!(check(|paper| paper.versions[0].blob.size = PAPER_BYTES + 1), ("file size", "limit_over"));
    }

    #[test]
    fn a_meeting_has_bounds() {
        let sound = Meeting {
            info: info(),
            items: vec![item(1), item(2)],
            papers: vec![paper()],
            minutes: Vec::new(),
            internal: Default::default(),
            withdrawn: Default::default(),
            inner: Default::default(),
            inner_papers: Default::default(),
            seating: Default::default(),
            resolution: Vec::new(),
            notice: Vec::new(),
            official_texts: Default::default(),
        };
        let check = |change: fn(&mut Meeting)| refused(&sound, change, Meeting::validate);
        assert_eq!(check(|meeting| meeting.items = vec![item(1); AGENDA_ITEMS + 1]), ("agenda items", "limit_over"));
        assert_eq!(check(|meeting| meeting.items[1] = item(1)), ("agenda item", "not_distinct"));
        assert_eq!(check(|meeting| meeting.papers.push(paper())), ("paper", "not_distinct"));
        assert_eq!(check(|meeting| meeting.papers = vec![paper(); PAPERS + 1]), ("papers", "limit_over"));
        assert_eq!(check(|meeting| meeting.items[0].title.clear()), ("title", "limit_under"));
        assert_eq!(check(|meeting| meeting.papers[0].title.clear()), ("title", "limit_under"));
        assert_eq!(check(|meeting| meeting.info.title.clear()), ("title", "limit_under"));
    }

    #[test]
    fn a_mark_has_bounds() {
        let ink = Annotation {
            id: AnnotationId([0; 16]),
            paper: PaperId([0; 16]),
            version: Hash32([0; 32]),
            page: 0,
            colour: 0x00ff_8800,
            mark: Mark::Ink { points: vec![Point { x: -5, y: 84_000 }], width: 150 },
            made_at: Timestamp(0),
        };
        let check = |change: fn(&mut Annotation)| refused(&ink, change, Annotation::validate);
        assert_eq!(check(|mark| mark.page = PAPER_PAGES), ("page", "limit_over"));
        assert_eq!(check(|mark| mark.colour = 0x0100_0000), ("colour", "limit_over"));
        assert_eq!(check(|mark| mark.mark = Mark::Ink { points: vec![], width: 1 }), ("points", "limit_under"));
        assert_eq!(
            check(|mark| mark.mark = Mark::Ink { points: vec![Point { x: 0, y: 0 }; INK_POINTS + 1], width: 1 }),
            ("points", "limit_over")
        );
        assert_eq!(
            check(|mark| mark.mark = Mark::Ink { points: vec![Point { x: i32::MIN, y: 0 }], width: 1 }),
            ("coordinate", "limit_over")
        );
        assert_eq!(
            check(|mark| mark.mark = Mark::Ink { points: vec![Point { x: 0, y: 0 }], width: 0 }),
            ("width", "limit_under")
        );
        assert_eq!(
            check(|mark| mark.mark = Mark::Highlight { quads: vec![], quote: String::new() }),
            ("rectangles", "limit_under")
        );
        let far = |mark: &mut Annotation| {
            mark.mark = Mark::Highlight { quads: vec![Quad { x: 0, y: 0, w: i32::MAX, h: 1 }], quote: String::new() }
        };
        assert_eq!(check(far), ("coordinate", "limit_over"));
        let quoted = |mark: &mut Annotation| {
            mark.mark = Mark::Highlight { quads: vec![Quad { x: 0, y: 0, w: 1, h: 1 }], quote: "a".repeat(QUOTE_CHARS + 1) };
        };
        assert_eq!(check(quoted), ("quote", "limit_over"));
        let noted = |mark: &mut Annotation| mark.mark = Mark::Note { at: Point { x: 0, y: 0 }, text: "a".repeat(NOTE_CHARS + 1) };
        assert_eq!(check(noted), ("note", "limit_over"));
    }

    #[test]
    fn an_opening_has_bounds_and_a_roll_of_different_people() {
        let sound = crate::vote::test_opening(&profile("ubnd-majority").unwrap(), 7);
        let check = |change: fn(&mut VoteOpening)| refused(&sound, change, VoteOpening::validate);
        assert_eq!(check(|opening| opening.question = "\n".to_owned()), ("question", "limit_under"));
        assert_eq!(check(|opening| opening.question = "a".repeat(QUESTION_CHARS + 1)), ("question", "limit_over"));
        assert_eq!(check(|opening| opening.roll.clear()), ("roll", "limit_under"));
        assert_eq!(check(|opening| opening.roll = vec![opening.roll[0].clone(); ROLL + 1]), ("roll", "limit_over"));
        assert_eq!(check(|opening| opening.roll[1].person = opening.roll[0].person), ("person on the roll", "not_distinct"));
        assert_eq!(check(|opening| opening.roll[1].device = opening.roll[0].device), ("device on the roll", "not_distinct"));
        assert_eq!(check(|opening| opening.roll[1].chair = true), ("chair", "not_distinct"));
        assert_eq!(check(|opening| opening.roll[1].name.clear()), ("person name", "limit_under"));
        assert_eq!(check(|opening| opening.profile.id = "UBND".to_owned()), ("profile id", "text_characters"));
        let absent = |entry: &mut RollEntry| entry.device = None;
        let mut all_absent = sound.clone();
        all_absent.roll.iter_mut().for_each(absent);
        assert_eq!(all_absent.validate(), Ok(()), "several without a device are not one device twice");
    }
}
