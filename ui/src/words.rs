//! Values of the domain in words of the present language.

use api::view::{MeetingRow, SyncMood, SyncSummary};
use domain::id::Timestamp;
use domain::meeting::MeetingRole;
use domain::sitting::{Attendance, Mark, Phase, Presence, SpeechKind};
use domain::vote::{BallotForm, BallotState, Base, Choice, Marking, RuleProfile, Share, TieRule};
use ui::format::{self, Civil, Until};

use crate::lang::{self, Locale};
use crate::say;

/// What a role is called.
pub fn role(role: MeetingRole) -> String {
    match role {
        MeetingRole::Chair => say!(role.chair),
        MeetingRole::Secretary => say!(role.secretary),
        MeetingRole::Delegate => say!(role.delegate),
        MeetingRole::Guest => say!(role.guest),
    }
}

/// Where somebody stands, with the time.
pub fn presence(attendance: &Attendance) -> String {
    let time = attendance.since.map(format::clock).unwrap_or_default();
    match attendance.presence {
        Presence::Unknown => say!(people.not_checked_in),
        Presence::Present => say!(people.present_since, time = time),
        Presence::Left => say!(people.left_at, time = time),
        Presence::Excused => say!(people.excused),
        Presence::Absent => say!(people.absent),
    }
}

/// What is said of somebody's presence, as a verb on a button.
pub fn mark(mark: Mark) -> String {
    match mark {
        Mark::Arrived => say!(people.mark_present),
        Mark::Left => say!(people.mark_left),
        Mark::Excused => say!(people.mark_excused),
        Mark::Absent => say!(people.mark_absent),
    }
}

/// How far a sitting is.
pub fn phase(phase: Phase) -> String {
    match phase {
        Phase::Before => say!(sitting.before),
        Phase::Running => say!(sitting.running),
        Phase::Paused => say!(sitting.paused),
        Phase::Closed => say!(sitting.closed),
    }
}

/// What the word is wanted for.
pub fn speech(kind: SpeechKind) -> String {
    match kind {
        SpeechKind::Speech => say!(speech.speech),
        SpeechKind::Interpellation => say!(speech.interpellation),
        SpeechKind::PointOfOrder => say!(speech.point_of_order),
    }
}

/// A time to speak; 0 is as long as it takes.
pub fn speech_minutes(minutes: u32) -> String {
    if minutes == 0 { say!(speech.unlimited) } else { say!(speech.minutes, minutes = minutes) }
}

/// What a choice is called.
pub fn choice(choice: Choice) -> String {
    match choice {
        Choice::For => say!(choice.yes),
        Choice::Against => say!(choice.no),
        Choice::NotVoting => say!(choice.none),
    }
}

/// What a mark on a ballot says; nothing where the option says it all.
pub fn marking(mark: Marking) -> String {
    match mark {
        Marking::For => choice(Choice::For),
        Marking::Against => choice(Choice::Against),
        Marking::NotVoting => choice(Choice::NotVoting),
        Marking::Chosen => String::new(),
        Marking::High => say!(secret.high),
        Marking::Medium => say!(secret.medium),
        Marking::Low => say!(secret.low),
    }
}

/// What a ballot marks.
pub fn marks(form: &BallotForm, marks: &[u32]) -> String {
    let places = form.places();
    let said = marks.iter().filter_map(|place| places.get(usize::try_from(*place).ok()?)).map(|(mark, option)| {
        let label = option.map(|option| option.label.clone()).unwrap_or_default();
        let mark = marking(*mark);
        if mark.is_empty() { label } else { format!("{label}: {mark}") }
    });
    let said = said.collect::<Vec<_>>().join("; ");
    if said.is_empty() { say!(vote.blank) } else { said }
}

/// Where a ballot stands, as a sentence.
pub fn ballot_state(state: BallotState) -> String {
    match state {
        BallotState::SavedHere => say!(ballot.saved_here),
        BallotState::ReceivedByChair => say!(ballot.received),
        BallotState::Counted => say!(ballot.counted),
        BallotState::Late => say!(ballot.late),
        BallotState::NotCounted => say!(ballot.not_counted),
    }
}

/// Where somebody's ballot stands, in a word or two.
pub fn ballot_state_short(state: BallotState) -> String {
    match state {
        BallotState::SavedHere => say!(ballot.short_saved),
        BallotState::ReceivedByChair => say!(ballot.short_received),
        BallotState::Counted => say!(ballot.short_counted),
        BallotState::Late => say!(ballot.short_late),
        BallotState::NotCounted => say!(ballot.short_not_counted),
    }
}

/// A share in words, e.g. "quá nửa".
pub fn share(share: Share) -> String {
    match share {
        Share::Majority => say!(share.majority),
        Share::TwoThirds => say!(share.two_thirds),
        Share::Half => say!(share.half),
        Share::All => say!(share.all),
        Share::One => say!(share.one),
    }
}

/// The threshold of a profile for a roll and those present, as a sentence with the number needed.
pub fn threshold(profile: &RuleProfile, roll: u32, present: u32) -> String {
    let of = match profile.base {
        Base::Roll => roll,
        Base::Present => present,
    };
    let needed = profile.threshold.of(of);
    let share = share(profile.threshold);
    let mut text = match profile.base {
        Base::Roll => say!(threshold.of_roll, share = share, needed = needed, total = of),
        Base::Present => say!(threshold.of_present, share = share, needed = needed, total = of),
    };
    if profile.tie == TieRule::ChairDecides {
        text.push(' ');
        text.push_str(&say!(threshold.chair_decides));
    }
    text
}

/// Sync in a few words.
pub fn sync(summary: &SyncSummary, now: Timestamp) -> String {
    let said = match summary.mood {
        SyncMood::InSync => say!(sync.in_sync, peers = summary.peers),
        SyncMood::Waiting => say!(sync.waiting, count = summary.waiting),
        SyncMood::Offline => match summary.since {
            Some(since) => say!(sync.offline_since, since = format::short_moment(since, now)),
            None => say!(sync.offline),
        },
    };
    // What a hub does not take is not on its way, whatever else is.
    if summary.full { format!("{said} · {}", say!(sync.full)) } else { said }
}

fn weekday(weekday: u32) -> String {
    match weekday {
        0 => say!(day.monday),
        1 => say!(day.tuesday),
        2 => say!(day.wednesday),
        3 => say!(day.thursday),
        4 => say!(day.friday),
        5 => say!(day.saturday),
        _ => say!(day.sunday),
    }
}

fn month(month: u32) -> String {
    match month {
        1 => say!(month.january),
        2 => say!(month.february),
        3 => say!(month.march),
        4 => say!(month.april),
        5 => say!(month.may),
        6 => say!(month.june),
        7 => say!(month.july),
        8 => say!(month.august),
        9 => say!(month.september),
        10 => say!(month.october),
        11 => say!(month.november),
        _ => say!(month.december),
    }
}

/// "Chủ nhật, 22 tháng 11".
pub fn long_day(at: Timestamp) -> String {
    let civil = Civil::of(at);
    say!(day.long, weekday = weekday(civil.weekday), day = civil.day, month = month(civil.month))
}

/// "còn 23 phút", "ngày mai", "đang họp".
pub fn until(at: Timestamp, now: Timestamp) -> String {
    match format::until(at, now) {
        Until::Since { minutes } if minutes < RUNNING_MINUTES => say!(until.running),
        Until::Since { .. } => say!(until.past),
        Until::Minutes(minutes) => say!(until.minutes, minutes = minutes),
        Until::Hours(hours, 0) => say!(until.hours, hours = hours),
        Until::Hours(hours, minutes) => say!(until.hours_minutes, hours = hours, minutes = minutes),
        Until::Tomorrow => say!(until.tomorrow),
        Until::Days(days) => say!(until.days, days = days),
    }
}

/// A sitting is taken to be running for so long after its planned start.
const RUNNING_MINUTES: i64 = 8 * 60;

/// Room, items and papers of a meeting in one line.
pub fn meeting_line(row: &MeetingRow) -> String {
    let mut parts = Vec::new();
    if !row.place.is_empty() {
        parts.push(row.place.clone());
    }
    parts.push(say!(meeting.items, count = row.items));
    parts.push(say!(meeting.papers, count = row.papers));
    parts.join(" · ")
}

/// Bytes, with the decimal mark of the language.
pub fn size(bytes: u64) -> String {
    format::size(bytes, if lang::current() == Locale::vi { ',' } else { '.' })
}

/// The status of a signature.
pub fn signature_status(status: &str) -> String {
    match status {
        "valid" => say!(signature.valid),
        "valid_later_additions" => say!(signature.later_additions),
        "invalid" => say!(signature.invalid),
        "unknown_signer" => say!(signature.unknown_signer),
        _ => say!(signature.unclear),
    }
}

/// The longest name among a hundred options is cut; a select must fit its column.
pub fn shorten(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        text.to_owned()
    } else {
        text.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
    }
}

/// What rules are called: those that come with the program in the present language; a name that an administrator wrote stays.
pub fn rules_name(profile: &RuleProfile) -> String {
    let written = || profile.name.clone();
    if domain::vote::profile(&profile.id).is_none_or(|built_in| built_in.name != profile.name) {
        return written();
    }
    match profile.id.as_str() {
        "hdnd-majority" => say!(rules_name.hdnd_majority),
        "hdnd-secret-majority" => say!(rules_name.hdnd_secret_majority),
        "hdnd-two-thirds" => say!(rules_name.hdnd_two_thirds),
        "meeting-present-majority" => say!(rules_name.meeting_present_majority),
        "ubnd-majority" => say!(rules_name.ubnd_majority),
        _ => written(),
    }
}

/// The legal basis of rules: of those that come with the program in the present language, with the citation as the law is called; what an
/// administrator wrote stays as it was written.
pub fn legal_basis(profile: &RuleProfile) -> String {
    let written = || profile.legal_basis.clone();
    if domain::vote::profile(&profile.id).is_none_or(|built_in| built_in.legal_basis != profile.legal_basis) {
        return written();
    }
    match profile.id.as_str() {
        "hdnd-majority" => say!(basis.hdnd_majority),
        "hdnd-secret-majority" => say!(basis.hdnd_secret_majority),
        "hdnd-two-thirds" => say!(basis.hdnd_two_thirds),
        "meeting-present-majority" => say!(basis.meeting_present_majority),
        "ubnd-majority" => say!(basis.ubnd_majority),
        _ => written(),
    }
}
