//! Who may read and write what, who decided so, and taking people and devices out.

use api::audit::{Audit, AuditEntry, AuditKind, AuditView, RemoveParticipant, RemovePerson, RevokeDevice};
use api::error::ApiError;
use domain::calendar::in_words;
use domain::duty::Duty;
use serde_json::json;

use super::meeting::role;
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop audit`
pub async fn audit(context: &Context, session: &mut Session, meeting: Option<&str>) -> Result<Reply, ApiError> {
    let meeting = match meeting {
        Some(typed) => Some(find::meeting(session, typed).await?),
        None => None,
    };
    let view = session.query(Audit { meeting }).await?;
    let text = told(context, &view);
    Reply::new(&view, text)
}

/// `kyhop remove PERSON`
pub async fn remove(context: &Context, session: &mut Session, typed: &str, meeting: Option<&str>) -> Result<Reply, ApiError> {
    let person = find::person(session, typed).await?;
    let text = match meeting {
        Some(meeting) => {
            let meeting = find::meeting(session, meeting).await?;
            session.act(RemoveParticipant { meeting, person }).await?;
            context.lang.pick("Đã đưa ra khỏi cuộc họp.", "No longer in the meeting.")
        }
        None => {
            session.act(RemovePerson { person }).await?;
            context.lang.pick(
                "Đã rời tổ chức; khóa mới được tạo cho mọi nơi.",
                "No longer in the organisation; new keys follow everywhere.",
            )
        }
    };
    Reply::new(&json!({ "person": person }), text)
}

/// `kyhop revoke DEVICE`
pub async fn revoke(context: &Context, session: &mut Session, typed: &str) -> Result<Reply, ApiError> {
    let devices = session.query(Audit { meeting: None }).await?.devices;
    let device = find::by_beginning("device", typed, devices.iter().map(|row| row.device))?;
    session.act(RevokeDevice { device }).await?;
    Reply::new(&json!({ "device": device }), context.lang.pick("Không còn tin máy này nữa.", "The device is no longer trusted."))
}

fn told(context: &Context, view: &AuditView) -> String {
    let lang = context.lang;
    let mut lines = Lines::default();
    lines.add(format_args!("{}", lang.pick("Ai đọc được tất cả ở đây:", "Who can read everything here:")));
    for member in &view.members {
        let duties: Vec<&str> = member.duties.iter().map(|one| duty(context, *one)).collect();
        let since = member.since.map(in_words).unwrap_or_default();
        lines.add(format_args!(
            "  {}, {} · {} {} · {since} · {} {} · {} {}",
            member.name,
            member.unit_name,
            role(context, member.role),
            duties.join(", "),
            lang.pick("do", "by"),
            member.by,
            member.devices,
            lang.pick("máy có khóa", "devices hold the key"),
        ));
    }
    if !view.devices.is_empty() {
        lines.add(format_args!("{}", lang.pick("Các máy:", "Devices:")));
    }
    for device in &view.devices {
        let by = if device.by.is_empty() { lang.pick("khóa gốc", "the root") } else { device.by.as_str() };
        let gone =
            device.revoked.as_ref().map(|(at, by)| format!(" · {} {} {by}", lang.pick("thôi tin", "revoked"), in_words(*at)));
        let here = if device.this_device { " *" } else { "" };
        let doubted = match device.doubted {
            true => lang.pick(" · CHƯA ĐƯỢC TIN: chủ máy chưa nói là của mình", " · NOT TRUSTED: its owner has not said so"),
            false => "",
        };
        let (short, since) = (device.device.short(), in_words(device.since));
        lines.add(format_args!(
            "  {short}{here}  {}, {} · {since} · {by}{}{doubted}",
            device.name,
            device.unit_name,
            gone.unwrap_or_default()
        ));
    }
    lines.add(format_args!("{}", lang.pick("Các quyết định:", "Decisions:")));
    for entry in &view.entries {
        let void = if entry.took_effect { "" } else { lang.pick(" (không có hiệu lực)", " (without effect)") };
        lines.add(format_args!("  {}  {}: {}{void}", in_words(entry.at), entry.by, sentence(context, entry)));
    }
    lines.or("")
}

fn duty(context: &Context, duty: Duty) -> &'static str {
    match duty {
        Duty::Editor => context.lang.pick("biên tập", "editor"),
        Duty::Publisher => context.lang.pick("phát hành", "publisher"),
    }
}

fn sentence(context: &Context, entry: &AuditEntry) -> String {
    let (vi, en) = match entry.kind {
        AuditKind::Begun => ("bắt đầu", "began it"),
        AuditKind::Role => ("giao vai trò", "gave the role"),
        AuditKind::Removed => ("đưa ra", "took out"),
        AuditKind::DutyGiven => ("giao nhiệm vụ", "gave the duty"),
        AuditKind::DutyTaken => ("thôi nhiệm vụ", "took back the duty"),
        AuditKind::Key => ("tạo khóa mới", "made a new key"),
        AuditKind::KeyGiven => ("trao khóa cho", "gave the key to"),
        AuditKind::Enrolled => ("cho máy tham gia", "let in the device"),
        AuditKind::Revoked => ("thôi tin máy", "no longer trusts the device"),
        AuditKind::HubBegun => ("giao làm trạm trung chuyển", "made a hub of"),
        AuditKind::HubEnded => ("thôi làm trạm trung chuyển", "no longer a hub:"),
        AuditKind::Named => ("đặt tên tổ chức", "named the organisation"),
        AuditKind::Authority => ("lập nơi cấp chứng thư ký PDF", "set the authority for PDF signatures"),
        AuditKind::CertificateAsked => ("xin chứng thư ký PDF cho", "asked for a certificate for"),
        AuditKind::CertificateIssued => ("cấp chứng thư ký PDF cho", "issued a certificate for"),
        AuditKind::Withdrawn => ("thu hồi tài liệu", "withdrew papers"),
        AuditKind::Unknown => ("một quyết định của phiên bản mới hơn", "a decision of a newer version"),
    };
    let mut parts = vec![context.lang.pick(vi, en).to_owned(), entry.about.clone()];
    parts.extend(entry.role.map(|one| role(context, one).to_owned()));
    parts.extend(entry.duty.map(|one| duty(context, one).to_owned()));
    parts.extend(entry.key.map(|key| {
        let unit = context.lang.pick("máy", "devices");
        format!("#{key} ({} {unit})", entry.devices)
    }));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}
