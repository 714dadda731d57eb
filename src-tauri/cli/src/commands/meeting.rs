//! Meetings: making, listing, showing, inviting, checking in, exporting.

use std::path::Path;

use api::act::{
    AddItem, AddPaper, CheckIn, CreateMeeting, ExportDocument, ExportMeeting, FileSource, Invite, Invited, ItemDraft,
    PlannedItem, UpdateItem,
};
use api::error::ApiError;
use api::meeting::{
    ArchiveForm, ExportInvitation, InvitationForm, MeetingPattern, MeetingTemplates, PatternOf, PatternView, Readiness,
    ReadinessView,
};
use api::query::{MeetingList, Room};
use api::view::{DocumentChoice, ExportView, MeetingRow, RoomView};
use clap::ValueEnum;
use domain::calendar::in_words;
use domain::id::{SpaceId, Timestamp};
use domain::meeting::{AgendaItem, MeetingRole};
use domain::reminder::PapersState;
use serde_json::json;

use super::{absolute, attendance, drafting, exported, lead, written_text};
use crate::args::{Document, Export, Meeting, NewMeeting, Role};
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop meeting …`
pub async fn run(context: &Context, session: &mut Session, verb: Meeting) -> Result<Reply, ApiError> {
    match verb {
        Meeting::New(args) => new(context, session, args).await,
        Meeting::List => list(context, session).await,
        Meeting::Show { meeting } => {
            let meeting = find::meeting_or_next(session, meeting.as_deref()).await?;
            let room = session.query(Room { meeting }).await?;
            Reply::new(&room, show(context, &room))
        }
        Meeting::Settle { meeting, choices } => drafting::settle(context, session, &meeting, &choices).await,
        Meeting::Templates => templates(context, session).await,
        Meeting::Invite { meeting, person, role, pdf, ics } => {
            let meeting = find::meeting(session, &meeting).await?;
            invite(context, session, meeting, person.as_deref().zip(role), pdf.as_deref(), ics.as_deref()).await
        }
        Meeting::AddItem { meeting, item, internal, presenter, papers_due } => {
            let meeting = find::meeting(session, &meeting).await?;
            let draft = ItemDraft { presenter, papers_due, ..draft(&item) };
            let added = session.act(AddItem { meeting, parent: None, after: None, draft, internal }).await?;
            let said = context.lang.pick("Đã thêm mục vào cuối chương trình.", "Added the item to the end of the agenda.");
            Reply::new(&json!({ "meeting": meeting, "item": added, "internal": internal }), said)
        }
        Meeting::PapersDue { meeting, item, due } => {
            let room = find::room(session, &meeting).await?;
            papers_due(context, session, &room, &item, due).await
        }
        Meeting::Readiness { meeting } => {
            let meeting = find::meeting_or_next(session, meeting.as_deref()).await?;
            let board = session.query(Readiness { meeting }).await?;
            Reply::new(&board, readiness(context, &board))
        }
        Meeting::Deputy { meeting, person, none } => lead::deputy(context, session, &meeting, person.as_deref(), none).await,
        Meeting::TakeOver { meeting } => lead::take_over(context, session, &meeting).await,
        Meeting::CheckIn { meeting, code: Some(code) } => attendance::by_code(context, session, &meeting, code).await,
        Meeting::Code { meeting } => attendance::code(context, session, &meeting).await,
        Meeting::CheckIn { meeting, code: None } => {
            let meeting = find::meeting(session, &meeting).await?;
            session.act(CheckIn { meeting }).await?;
            Reply::new(&json!({ "meeting": meeting, "checked_in": true }), context.lang.pick("Đã điểm danh.", "Checked in."))
        }
        Meeting::Leave { meeting } => attendance::leave(context, session, &meeting).await,
        Meeting::Mark(args) => attendance::mark(context, session, args).await,
        Meeting::Attendance { meeting } => attendance::list(context, session, meeting.as_deref()).await,
        Meeting::Export { meeting, out, zip } => {
            let meeting = find::meeting(session, &meeting).await?;
            let (path, form) = match (out, zip) {
                (_, Some(zip)) => (absolute(&zip), ArchiveForm::Zip),
                (out, None) => (absolute(&out.unwrap_or_default()), ArchiveForm::Folder),
            };
            exported(context, &session.act(ExportMeeting { meeting, path, form }).await?)
        }
        Meeting::VerifyArchive { archive, root } => super::archive::verify(context, &archive, &root),
    }
}

/// Everything that can be wrong with what was typed is found before anything is made; a paper that is refused is
/// reported with the meeting's id, and the meeting stays.
async fn new(context: &Context, session: &mut Session, args: NewMeeting) -> Result<Reply, ApiError> {
    let papers = args.papers.iter().map(|text| numbered_file(text)).collect::<Result<Vec<_>, _>>()?;
    let mut typed = Vec::new();
    for text in &args.invited {
        let (person, role) = guest(text)?;
        typed.push(Invited { person: find::person(session, person).await?, role: role.into() });
    }
    let of = match (&args.like, &args.template) {
        (Some(like), _) => Some(PatternOf::Meeting(find::meeting(session, like).await?)),
        (None, Some(template)) => Some(PatternOf::Template(template.clone())),
        (None, None) => None,
    };
    let pattern = match of {
        Some(of) => Some(session.query(MeetingPattern { of }).await?),
        None => None,
    };
    let (head, mut items, mut invited) = taken_over(pattern);
    items.extend(args.items.iter().map(|text| PlannedItem::from(draft(text))));
    // What was typed wins over what was taken over.
    invited.retain(|one: &Invited| typed.iter().all(|other| other.person != one.person));
    invited.extend(typed);
    let [title, body, place] = head;
    let create = CreateMeeting {
        title: args.title.unwrap_or(title),
        body: args.body.unwrap_or(body),
        place: args.place.unwrap_or(place),
        starts_at: args.starts,
        items,
        invited,
    };
    let meeting = session.act(create).await?;
    for text in &args.internal_items {
        let add = AddItem { meeting, parent: None, after: None, draft: draft(text), internal: true };
        session.act(add).await.map_err(|error| error.with("meeting", meeting))?;
    }
    fill(session, meeting, &papers).await.map_err(|error| error.with("meeting", meeting))?;
    Reply::new(&json!({ "meeting": meeting }), format!("{} {meeting}", context.lang.pick("Đã tạo cuộc họp", "Made the meeting")))
}

/// Title, body and place; agenda; people.
fn taken_over(pattern: Option<PatternView>) -> ([String; 3], Vec<PlannedItem>, Vec<Invited>) {
    let Some(pattern) = pattern else {
        return ([String::new(), String::new(), String::new()], Vec::new(), Vec::new());
    };
    let people = pattern.people.iter().map(|row| Invited { person: row.person, role: row.role }).collect();
    ([pattern.title, pattern.body, pattern.place], pattern.items, people)
}

async fn fill(session: &mut Session, meeting: SpaceId, papers: &[(&str, &str)]) -> Result<(), ApiError> {
    let room = session.query(Room { meeting }).await?;
    for (number, file) in papers {
        let item = if number.is_empty() { None } else { Some(find::item(&room, number)?) };
        let file = FileSource::Path(absolute(Path::new(file)));
        session.act(AddPaper { meeting, item, title: String::new(), file, confirmed_unmarked: false }).await?;
    }
    Ok(())
}

async fn papers_due(
    context: &Context,
    session: &mut Session,
    room: &RoomView,
    number: &str,
    due: Option<Timestamp>,
) -> Result<Reply, ApiError> {
    let (meeting, id) = (room.row.meeting, find::item(room, number)?);
    if let Some(row) = room.items.iter().find(|row| row.item.id == id) {
        let AgendaItem { title, presenter, starts_at, minutes, .. } = row.item.clone();
        let draft = ItemDraft { title, presenter, starts_at, minutes, papers_due: due };
        session.act(UpdateItem { meeting, item: id, draft }).await?;
    }
    let said = context.lang.pick("Đã ghi hạn gửi tài liệu của mục.", "Noted until when the papers of the item are due.");
    Reply::new(&json!({ "meeting": meeting, "item": id, "papers_due": due }), said)
}

fn papers_word(context: &Context, state: PapersState) -> &'static str {
    match state {
        PapersState::Here => context.lang.pick("đã có", "here"),
        PapersState::HereLate => context.lang.pick("đã có, gửi muộn", "here, came late"),
        PapersState::Awaited => context.lang.pick("chưa có, còn hạn", "awaited"),
        PapersState::Overdue => context.lang.pick("chưa có, quá hạn", "overdue"),
    }
}

async fn templates(context: &Context, session: &mut Session) -> Result<Reply, ApiError> {
    let rows = session.query(MeetingTemplates {}).await?;
    let mut lines = Lines::default();
    for row in &rows {
        lines.add(format_args!("{}  {} ({} {})", row.id, row.name, row.items, context.lang.pick("mục", "items")));
    }
    Reply::new(&rows, lines.or(""))
}

fn readiness(context: &Context, board: &ReadinessView) -> String {
    let lang = context.lang;
    let mut lines = Lines::default();
    for item in &board.due {
        let (due, state) = (in_words(item.due), papers_word(context, item.state));
        let papers = lang.pick("tài liệu trước", "papers by");
        let from = if item.presenter.is_empty() { String::new() } else { format!(" · {}", item.presenter) };
        lines.add(format_args!("{} {}{from}  {papers} {due}: {state}", item.number, item.title));
    }
    for row in &board.people {
        let opened = if row.opened {
            lang.pick("đã mở ứng dụng", "app opened")
        } else {
            lang.pick("chưa mở ứng dụng", "app not opened")
        };
        let papers = match row.has_papers {
            Some(true) => lang.pick("đủ tài liệu", "has all papers"),
            Some(false) => lang.pick("chưa đủ tài liệu", "papers missing"),
            None => lang.pick("chưa rõ đã đủ tài liệu chưa", "papers: not known"),
        };
        let read = lang.pick("đã mở", "opened");
        let theirs = || board.papers.iter().filter(|paper| paper.is_for(row.role));
        lines.add(format_args!("{}  {opened}, {papers}, {read} {}/{}", row.name, row.read.len(), theirs().count()));
        for paper in theirs().filter(|paper| !row.read.contains(&paper.paper)) {
            lines.add(format_args!("    · {}", paper.title));
        }
    }
    lines.or("")
}

async fn invite(
    context: &Context,
    session: &mut Session,
    meeting: SpaceId,
    guest: Option<(&str, Role)>,
    pdf: Option<&Path>,
    ics: Option<&Path>,
) -> Result<Reply, ApiError> {
    let mut said = json!({ "meeting": meeting });
    let mut lines = Lines::default();
    if let Some((person, role)) = guest {
        let (person, role) = (find::person(session, person).await?, MeetingRole::from(role));
        session.act(Invite { meeting, person, role }).await?;
        said["person"] = json!(person);
        said["role"] = json!(role);
        lines.add(format_args!("{}", context.lang.pick("Đã mời.", "Invited.")));
    }
    for (name, form, path) in [("pdf", InvitationForm::Pdf, pdf), ("ics", InvitationForm::Calendar, ics)] {
        let Some(path) = path else { continue };
        let written: ExportView = session.act(ExportInvitation { meeting, form, path: absolute(path) }).await?;
        lines.add(format_args!("{}", written_text(context, &written)));
        said[name] = json!(written);
    }
    Reply::new(&said, lines.or(""))
}

fn draft(text: &str) -> ItemDraft {
    let (title, minutes) = match text.rsplit_once('@').map(|(title, minutes)| (title, minutes.trim().parse())) {
        Some((title, Ok(minutes))) => (title, Some(minutes)),
        _ => (text, None),
    };
    ItemDraft { title: title.trim().to_owned(), presenter: String::new(), starts_at: None, minutes, papers_due: None }
}

/// "2:report.pdf", or ":report.pdf" for a paper of the meeting as a whole.
fn numbered_file(text: &str) -> Result<(&str, &str), ApiError> {
    let wrong = || ApiError::new("bad_argument", "not of the form N:FILE").with("typed", text).with("form", "N:FILE");
    let (number, file) = text.split_once(':').ok_or_else(wrong)?;
    let number = number.trim();
    if file.is_empty() || !number.chars().all(|digit| digit.is_ascii_digit() || digit == '.') {
        return Err(wrong());
    }
    Ok((number, file))
}

fn guest(text: &str) -> Result<(&str, Role), ApiError> {
    let wrong = || {
        ApiError::new("bad_argument", "not of the form PERSON:ROLE")
            .with("typed", text)
            .with("form", "PERSON:chair|secretary|delegate|guest")
    };
    let (person, role) = text.rsplit_once(':').ok_or_else(wrong)?;
    Ok((person, Role::from_str(role.trim(), true).map_err(|_| wrong())?))
}

async fn list(context: &Context, session: &mut Session) -> Result<Reply, ApiError> {
    let rows: Vec<MeetingRow> = session.query(MeetingList {}).await?;
    let mut lines = Lines::default();
    for row in &rows {
        lines.add(format_args!(
            "{}  {}  {} · {}",
            row.meeting.short(),
            in_words(row.starts_at),
            row.title,
            role(context, row.role)
        ));
    }
    Reply::new(&rows, lines.or(context.lang.pick("Chưa có cuộc họp nào.", "No meetings yet.")))
}

pub(super) fn role(context: &Context, role: MeetingRole) -> &'static str {
    match role {
        MeetingRole::Chair => context.lang.pick("chủ tọa", "chair"),
        MeetingRole::Secretary => context.lang.pick("thư ký", "secretary"),
        MeetingRole::Delegate => context.lang.pick("đại biểu", "delegate"),
        MeetingRole::Guest => context.lang.pick("khách mời", "guest"),
    }
}

fn show(context: &Context, room: &RoomView) -> String {
    let lang = context.lang;
    let mut lines = Lines::default();
    if let Some(left) = &room.row.left {
        let at = in_words(left.at);
        let said = match lang.is_vietnamese() {
            true => format!("{} đã đưa bạn ra khỏi cuộc họp này lúc {at}; không có gì mới đến nữa.", left.by),
            false => format!("{} took you out of this meeting at {at}; nothing new comes.", left.by),
        };
        lines.add(format_args!("{said}\n"));
    }
    lines
        .add(format_args!("{}", room.row.title))
        .add(format_args!("{} · {} · {}", room.row.body, in_words(room.row.starts_at), room.row.place))
        .add(format_args!("{}: {}", lang.pick("Mã", "Id"), room.row.meeting))
        .add(format_args!(
            "{}: {}/{} ({} {})",
            lang.pick("Có mặt", "Present"),
            room.quorum.present,
            room.quorum.total,
            lang.pick("cần", "needed"),
            room.quorum.needed
        ))
        .add(format_args!("\n{}", lang.pick("Chương trình", "Agenda")));
    for item in &room.items {
        let minutes = item.item.minutes.map(|minutes| format!(" ({minutes}')")).unwrap_or_default();
        let internal = match (item.members_only, item.internal) {
            (true, _) => lang.pick(" · nội bộ, khách mời không có", " · internal, not for guests"),
            (false, true) => lang.pick(" · nội bộ, khách mời vẫn có", " · internal, guests have it"),
            (false, false) => "",
        };
        lines.add(format_args!("  {} {}{minutes}{internal}", item.number, item.item.title));
        for paper in &item.papers {
            lines.add(format_args!("      {} {}", paper.paper.short(), paper.title));
        }
    }
    for paper in &room.papers {
        lines.add(format_args!("      {} {}", paper.paper.short(), paper.title));
    }
    lines.add(format_args!("\n{}", lang.pick("Người dự", "People")));
    for member in &room.members {
        let here = if member.attendance.presence.is_present() { "✓" } else { " " };
        lines.add(format_args!("  {here} {}, {} · {}", member.name, member.title, role(context, member.role)));
    }
    if let Some(view) = &room.drafting {
        drafting::told(context, view, &mut lines);
    }
    for vote in &room.votes {
        lines.add(format_args!("\n{} {}\n  {}", lang.pick("Biểu quyết", "Vote"), vote.vote.short(), vote.question));
    }
    lines.or("")
}

/// `kyhop export`
pub async fn export_document(context: &Context, session: &mut Session, args: Export) -> Result<Reply, ApiError> {
    let meeting = find::meeting(session, &args.meeting).await?;
    let document = match args.document {
        Document::Meeting => DocumentChoice::Meeting,
        Document::Seat => DocumentChoice::Seat,
        Document::Notes => DocumentChoice::Notes,
    };
    exported(context, &session.act(ExportDocument { meeting, document, path: absolute(&args.automerge) }).await?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn minutes_stand_after_the_last_at_sign() {
        assert_eq!(draft("Kinh tế@45").minutes, Some(45));
        assert_eq!(draft("a@b@5").title, "a@b");
        assert_eq!(draft("thu@vien").title, "thu@vien");
        assert_eq!(draft("thu@vien").minutes, None);
    }

    #[test]
    fn papers_and_guests_say_where_they_belong() {
        assert_eq!(numbered_file("2.1:/a/b:c.pdf").unwrap(), ("2.1", "/a/b:c.pdf"));
        assert_eq!(numbered_file(":b.pdf").unwrap(), ("", "b.pdf"));
        for wrong in ["b.pdf", "x:b.pdf", "1:"] {
            assert_eq!(numbered_file(wrong).unwrap_err().code, "bad_argument");
        }
        assert_eq!(guest("Trần Thị Bích:secretary").unwrap(), ("Trần Thị Bích", Role::Secretary));
        assert_eq!(guest("Bích").unwrap_err().code, "bad_argument");
        assert_eq!(guest("Bích:king").unwrap_err().code, "bad_argument");
    }
}
