//! Attendance: leaving, marking others, and who is here.

use api::error::ApiError;
use api::query::Room;
use api::sitting::{CheckInByCode, Leave, MarkAttendance, RoomCode};
use api::view::RoomView;
use domain::calendar::in_words;
use domain::sitting::{CodeProof, Presence};
use serde_json::json;

use super::meeting::role;
use crate::args::MarkPerson;
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop meeting leave`
pub async fn leave(context: &Context, session: &mut Session, meeting: &str) -> Result<Reply, ApiError> {
    let meeting = find::meeting(session, meeting).await?;
    session.act(Leave { meeting }).await?;
    Reply::new(&json!({ "meeting": meeting, "left": true }), context.lang.pick("Đã ghi nhận ra về.", "Your leaving is noted."))
}

/// `kyhop meeting check-in --code`
pub async fn by_code(context: &Context, session: &mut Session, meeting: &str, code: String) -> Result<Reply, ApiError> {
    let meeting = find::meeting(session, meeting).await?;
    session.act(CheckInByCode { meeting, code }).await?;
    let said = context
        .lang
        .pick("Đã điểm danh. Máy đang chiếu mã sẽ đối chiếu mã này.", "Checked in. The device that shows the code compares it.");
    Reply::new(&json!({ "meeting": meeting, "checked_in": true, "code": "shown" }), said)
}

/// `kyhop meeting code`
pub async fn code(context: &Context, session: &mut Session, meeting: &str) -> Result<Reply, ApiError> {
    if matches!(session, Session::Here(_)) {
        // This process ends, and with it what it could compare codes with.
        return Err(ApiError::new("no_network", "nobody would be there to accept what is shown of the code"));
    }
    let meeting = find::meeting(session, meeting).await?;
    let shown = session.query(RoomCode { meeting }).await?;
    let until = format!("{} {}", context.lang.pick("đổi mã lúc", "another one at"), in_words(shown.until));
    Reply::new(&shown, format!("{}\n{until}", shown.code))
}

/// `kyhop meeting mark`
pub async fn mark(context: &Context, session: &mut Session, args: MarkPerson) -> Result<Reply, ApiError> {
    let meeting = find::meeting(session, &args.meeting).await?;
    let person = find::person(session, &args.person).await?;
    let mark = args.mark.into();
    session.act(MarkAttendance { meeting, person, mark, reason: args.reason }).await?;
    let reply = json!({ "meeting": meeting, "person": person, "mark": mark });
    Reply::new(&reply, context.lang.pick("Đã ghi điểm danh.", "Noted."))
}

/// `kyhop meeting attendance`
pub async fn list(context: &Context, session: &mut Session, meeting: Option<&str>) -> Result<Reply, ApiError> {
    let meeting = find::meeting_or_next(session, meeting).await?;
    let room = session.query(Room { meeting }).await?;
    let (quorum, rules) = (room.quorum, &room.rules.id);
    let reply = json!({ "meeting": meeting, "quorum": quorum, "rules": rules, "members": room.members, "void": room.void });
    Reply::new(&reply, show(context, &room))
}

fn show(context: &Context, room: &RoomView) -> String {
    let lang = context.lang;
    let quorum = room.quorum;
    let enough = if quorum.met { lang.pick("đủ", "enough") } else { lang.pick("chưa đủ", "not enough") };
    let mut lines = Lines::default();
    lines.add(format_args!(
        "{} {}/{} · {} {} · {enough}",
        lang.pick("Có mặt", "Present"),
        quorum.present,
        quorum.total,
        lang.pick("cần", "needed"),
        quorum.needed
    ));
    lines.add(format_args!("{}", room.rules.name));
    for member in &room.members {
        let attendance = &member.attendance;
        let state = match attendance.presence {
            Presence::Unknown => lang.pick("chưa điểm danh", "not checked in"),
            Presence::Present => lang.pick("có mặt", "present"),
            Presence::Left => lang.pick("đã ra về", "left"),
            Presence::Excused => lang.pick("vắng có phép", "excused"),
            Presence::Absent => lang.pick("vắng", "absent"),
        };
        let since = attendance.since.map(|since| format!(" · {}", in_words(since))).unwrap_or_default();
        let reason = if attendance.reason.is_empty() { String::new() } else { format!(" · {}", attendance.reason) };
        let code = match attendance.code {
            CodeProof::None => "",
            CodeProof::Shown => lang.pick(" · mã chưa được đối chiếu", " · code not compared"),
            CodeProof::Accepted => lang.pick(" · bằng mã của phòng họp", " · by the code of the room"),
        };
        lines.add(format_args!("  {} · {} · {state}{since}{code}{reason}", member.name, role(context, member.role)));
    }
    for void in &room.void {
        let why = lang.pick("ghi điều không có hiệu lực", "said something that has no effect");
        lines.add(format_args!("! {}: {why}", void.name));
    }
    lines.or("")
}
