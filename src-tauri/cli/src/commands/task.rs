//! Tasks.

use api::act::AddItem;
use api::error::ApiError;
use api::handbook::RemoveUse;
use api::query::Room;
use api::task::{
    LinkTask, MeetingTasks, NewTask, Task, TaskDue, TaskEntry, TaskEventKind, TaskFilter, TaskLead, TaskOrigin, TaskRow,
    TaskScope, TaskState, TaskView, Tasks, TellTask, UnfinishedTasks,
};
use domain::calendar::{in_words, parse};
use domain::id::{TaskId, Timestamp};
use serde_json::json;

use crate::args::{NewTaskArgs, TaskScopeWord, TaskStateWord, TaskVerb};
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// The end of the working day: what a deadline means that names a day only.
const DAY_ENDS: &str = "17:00";

/// `kyhop task …`
pub async fn run(context: &Context, session: &mut Session, verb: TaskVerb) -> Result<Reply, ApiError> {
    let (typed, entry) = match verb {
        TaskVerb::New(args) => return new(context, session, args).await,
        TaskVerb::List { .. } => return list(context, session, verb).await,
        TaskVerb::Show { task } => {
            let task = find::task(session, &task).await?;
            return shown(context, &session.query(Task { task }).await?);
        }
        TaskVerb::Link { task, article, remove } => return link(context, session, &task, article, remove).await,
        TaskVerb::OfMeeting { meeting } => return of_meeting(context, session, meeting.as_deref()).await,
        TaskVerb::Unfinished { of, into } => return unfinished(context, session, of.as_deref(), into.as_deref()).await,
        TaskVerb::Accept { task } => (task, TaskEntry::Accept {}),
        TaskVerb::Report { task, percent, note } => (task, TaskEntry::Progress { percent, note }),
        TaskVerb::Done { task, note } => (task, TaskEntry::ReportDone { note }),
        TaskVerb::Confirm { task, note } => (task, TaskEntry::Confirm { note }),
        TaskVerb::Return { task, note } => (task, TaskEntry::Return { note }),
        TaskVerb::AskExtension { task, until, reason } => (task, TaskEntry::AskExtension { until: deadline(&until)?, reason }),
        TaskVerb::Extend { task, until, note } => {
            let until = until.as_deref().map(deadline).transpose()?;
            (task, TaskEntry::Extend { until, note })
        }
        TaskVerb::RefuseExtension { task, note } => (task, TaskEntry::RefuseExtension { note }),
        TaskVerb::Explain { task, reason } => (task, TaskEntry::ExplainLate { reason }),
        TaskVerb::Comment { task, text, mentions: typed } => {
            let mut mentions = Vec::new();
            for person in typed {
                mentions.push(find::person(session, &person).await?);
            }
            (task, TaskEntry::Comment { text, mentions })
        }
        TaskVerb::Urge { task, note } => (task, TaskEntry::Urge { note }),
        TaskVerb::Close { task, reason } => (task, TaskEntry::Close { reason }),
    };
    let task = find::task(session, &typed).await?;
    shown(context, &session.act(TellTask { task, entry }).await?)
}

/// A time, or a day, which ends with the working day.
fn deadline(typed: &str) -> Result<Timestamp, ApiError> {
    let of_day = || parse(&format!("{} {DAY_ENDS}", typed.trim()));
    let wrong = |error: domain::calendar::ParseTimeError| ApiError::new(error.code(), error.to_string()).with("typed", typed);
    parse(typed).or_else(|error| of_day().map_err(|_| error)).map_err(wrong)
}

async fn new(context: &Context, session: &mut Session, args: NewTaskArgs) -> Result<Reply, ApiError> {
    let unit = find::unit(session, &args.lead).await?.unit;
    let person = match &args.person {
        Some(typed) => Some(find::person(session, typed).await?),
        None => None,
    };
    let mut supporting = Vec::new();
    for typed in &args.supporting {
        supporting.push(find::unit(session, typed).await?.unit);
    }
    let origin = match &args.meeting {
        Some(typed) => Some(origin(session, typed, &args).await?),
        None => None,
    };
    let due_at = deadline(&args.due)?;
    let NewTaskArgs { title, text, urgency, article, .. } = args;
    let (lead, urgency) = (TaskLead { unit, person }, urgency.into());
    let task: TaskId = session.act(NewTask { title, text, lead, supporting, due_at, urgency, article, origin }).await?;
    let lang = context.lang;
    let notice = lang.pick(
        "Mọi cơ quan của tổ chức có thể nhận được nội dung này; đừng ghi điều phải giữ kín.",
        "Every office of the organisation can receive this; write nothing that must stay confidential.",
    );
    let text = format!("{} {}\n{notice}", lang.pick("Đã giao nhiệm vụ", "Task given:"), task.short());
    Reply::new(&json!({ "task": task, "short": task.short() }), text)
}

async fn origin(session: &mut Session, typed: &str, args: &NewTaskArgs) -> Result<TaskOrigin, ApiError> {
    let meeting = find::meeting(session, typed).await?;
    let room = session.query(Room { meeting }).await?;
    let item = args.item.as_deref().map(|number| find::item(&room, number)).transpose()?;
    let conclusion = match args.conclusion {
        Some(number) => {
            let found = number.checked_sub(1).and_then(|at| room.conclusions.get(at)).cloned();
            let missing = || ApiError::new("not_found", "no such conclusion").with("what", "conclusion").with("typed", number);
            Some(found.ok_or_else(missing)?)
        }
        None => None,
    };
    let vote = match &args.vote {
        Some(typed) => Some(find::vote(session, typed).await?),
        None => None,
    };
    Ok(TaskOrigin { meeting, item, conclusion, vote })
}

async fn list(context: &Context, session: &mut Session, verb: TaskVerb) -> Result<Reply, ApiError> {
    let TaskVerb::List { scope, state, open, overdue, lead, meeting, text } = verb else {
        return Err(ApiError::new("internal", "this is no list"));
    };
    let unit = match &lead {
        Some(typed) => Some(find::unit(session, typed).await?.unit),
        None => None,
    };
    let meeting = match &meeting {
        Some(typed) => Some(find::meeting(session, typed).await?),
        None => None,
    };
    let filter = TaskFilter { scope: scope.into(), state: state.map(Into::into), open, overdue, unit, meeting, text };
    let list = session.query(Tasks { filter }).await?;
    let mut lines = Lines::default();
    for row in &list.rows {
        lines.add(format_args!("{}", one_line(context, row)));
    }
    let text = lines.or(context.lang.pick("Chưa có nhiệm vụ nào.", "There are no tasks."));
    Reply::new(&list, text)
}

async fn link(context: &Context, session: &mut Session, typed: &str, article: String, remove: bool) -> Result<Reply, ApiError> {
    let task = find::task(session, typed).await?;
    if remove {
        session.act(RemoveUse { article, target: task.to_string() }).await?;
    } else {
        session.act(LinkTask { article, task }).await?;
    }
    shown(context, &session.query(Task { task }).await?)
}

async fn of_meeting(context: &Context, session: &mut Session, typed: Option<&str>) -> Result<Reply, ApiError> {
    let meeting = find::meeting_or_next(session, typed).await?;
    let view = session.query(MeetingTasks { meeting }).await?;
    let mut lines = Lines::default();
    for (index, conclusion) in view.conclusions.iter().enumerate() {
        let none = if conclusion.tasks.is_empty() { context.lang.pick("  (chưa giao)", "  (no task yet)") } else { "" };
        lines.add(format_args!("{}. {}{none}", index + 1, conclusion.conclusion));
        for row in &conclusion.tasks {
            lines.add(format_args!("   {}", one_line(context, row)));
        }
    }
    for row in &view.others {
        lines.add(format_args!("{}", one_line(context, row)));
    }
    let text = lines.or(context.lang.pick("Cuộc họp chưa có kết luận.", "The meeting has no conclusions yet."));
    Reply::new(&view, text)
}

async fn unfinished(context: &Context, session: &mut Session, of: Option<&str>, into: Option<&str>) -> Result<Reply, ApiError> {
    let of = match of {
        Some(typed) => Some(find::meeting(session, typed).await?),
        None => None,
    };
    let next = match into {
        Some(typed) => Some(find::meeting(session, typed).await?),
        None => None,
    };
    let view = session.query(UnfinishedTasks { of }).await?;
    let mut lines = Lines::default();
    for task in &view.tasks {
        if let Some(meeting) = next {
            session.act(AddItem { meeting, parent: None, after: None, draft: task.item.clone(), internal: false }).await?;
        }
        lines.add(format_args!("{}", one_line(context, &task.row)));
    }
    let text = lines.or(context.lang.pick("Không có việc nào chưa xong.", "Nothing is left open."));
    Reply::new(&view, text)
}

fn shown(context: &Context, view: &TaskView) -> Result<Reply, ApiError> {
    Reply::new(view, show(context, view))
}

fn one_line(context: &Context, row: &TaskRow) -> String {
    let lang = context.lang;
    let waits = match row.delivery {
        api::question::Delivery::Waiting => lang.pick("  (đang chờ gửi)", "  (waits to be sent)"),
        api::question::Delivery::Sent => "",
    };
    let late = match row.due {
        TaskDue::Overdue => format!("  {} {}", lang.pick("QUÁ HẠN, số ngày:", "OVERDUE, days:"), row.overdue_days),
        TaskDue::Explained => {
            format!("  {} {} ({})", lang.pick("quá hạn, số ngày:", "overdue, days:"), row.overdue_days, row.reason)
        }
        TaskDue::DoneLate => lang.pick("  hoàn thành muộn", "  done late").to_owned(),
        TaskDue::InTime | TaskDue::Soon | TaskDue::DoneInTime | TaskDue::Closed => String::new(),
    };
    let (state, due) = (state(context, row.state), in_words(row.due_at));
    format!("{}  [{state} {}%] {}  → {}  {due}{late}{waits}", row.short, row.percent, row.title, row.lead_name)
}

fn state(context: &Context, state: TaskState) -> &'static str {
    let (vi, en) = match state {
        TaskState::Given => ("Đã giao", "Given"),
        TaskState::Accepted => ("Đã nhận", "Accepted"),
        TaskState::InProgress => ("Đang thực hiện", "In progress"),
        TaskState::ReportedDone => ("Báo cáo hoàn thành", "Reported done"),
        TaskState::Returned => ("Trả lại", "Sent back"),
        TaskState::Confirmed => ("Đã hoàn thành", "Done"),
        TaskState::Closed => ("Đã dừng", "Closed"),
    };
    context.lang.pick(vi, en)
}

fn show(context: &Context, view: &TaskView) -> String {
    let lang = context.lang;
    let row = &view.row;
    let mut lines = Lines::default();
    lines.add(format_args!("{}", one_line(context, row)));
    lines.add(format_args!("{}: {}, {}", lang.pick("Người giao", "Given by"), row.assigner, row.assigner_unit));
    if !row.lead_person_name.is_empty() {
        lines.add(format_args!("{}: {}", lang.pick("Người chủ trì", "Led by"), row.lead_person_name));
    }
    if !row.supporting.is_empty() {
        let names: Vec<&str> = row.supporting.iter().map(|unit| unit.name.as_str()).collect();
        lines.add(format_args!("{}: {}", lang.pick("Phối hợp", "Supporting"), names.join(", ")));
    }
    if let Some(origin) = &row.origin {
        lines.add(format_args!("{}: {}", lang.pick("Cuộc họp", "Meeting"), origin.meeting_title));
        if !origin.conclusion.is_empty() {
            lines.add(format_args!("{}: {}", lang.pick("Kết luận", "Conclusion"), origin.conclusion));
        }
        if origin.vouched == Some(false) {
            let text = "Người giao không phải chủ tọa hay thư ký của cuộc họp này.";
            lines.add(format_args!("! {}", lang.pick(text, "Who gave it neither chairs nor records this meeting.")));
        }
    }
    if !view.text.is_empty() {
        lines.add(format_args!("{}", view.text));
    }
    if let Some(wish) = &row.extension {
        let asks = lang.pick("đề nghị gia hạn đến", "asks for a later deadline:");
        lines.add(format_args!("{} {asks} {}: {}", wish.by, in_words(wish.until), wish.reason));
    }
    for article in &view.articles {
        lines.add(format_args!("§ {}  {}", article.article, article.title));
    }
    for event in &view.events {
        let void = if event.void.is_some() { lang.pick(" (không có hiệu lực)", " (without effect)") } else { "" };
        lines.add(format_args!("{}  {}: {}{void}", in_words(event.at), event.by, said(context, &event.what)));
    }
    lines.or("")
}

fn said(context: &Context, what: &TaskEventKind) -> String {
    let lang = context.lang;
    let with = |vi, en, words: &str| match words.is_empty() {
        true => lang.pick(vi, en).to_owned(),
        false => format!("{} – {words}", lang.pick(vi, en)),
    };
    match what {
        TaskEventKind::Given { due_at } => with("giao nhiệm vụ", "gave the task", &in_words(*due_at)),
        TaskEventKind::Accepted {} => with("nhận nhiệm vụ", "took it up", ""),
        TaskEventKind::Progress { percent, note } => format!("{percent}%  {note}").trim_end().to_owned(),
        TaskEventKind::ReportedDone { note } => with("báo cáo hoàn thành", "reported it done", note),
        TaskEventKind::Confirmed { note } => with("xác nhận hoàn thành", "confirmed it", note),
        TaskEventKind::Returned { note } => with("trả lại", "sent it back", note),
        TaskEventKind::ExtensionAsked { until, reason } => {
            with("đề nghị gia hạn", "asked for a later deadline", &format!("{}: {reason}", in_words(*until)))
        }
        TaskEventKind::Extended { until, note } => {
            with("gia hạn", "set a later deadline", format!("{}  {note}", in_words(*until)).trim_end())
        }
        TaskEventKind::ExtensionRefused { note } => with("không gia hạn", "kept the deadline", note),
        TaskEventKind::Explained { reason } => with("nêu lý do chậm", "said why it is late", reason),
        TaskEventKind::Commented { text, .. } => text.clone(),
        TaskEventKind::Urged { note } => with("đôn đốc", "chased it up", note),
        TaskEventKind::Closed { reason } => with("dừng nhiệm vụ", "closed it", reason),
    }
}

impl From<TaskScopeWord> for TaskScope {
    fn from(word: TaskScopeWord) -> Self {
        match word {
            TaskScopeWord::All => Self::All,
            TaskScopeWord::Mine => Self::Mine,
            TaskScopeWord::Supporting => Self::Supporting,
            TaskScopeWord::Given => Self::Given,
        }
    }
}

impl From<TaskStateWord> for TaskState {
    fn from(word: TaskStateWord) -> Self {
        match word {
            TaskStateWord::Given => Self::Given,
            TaskStateWord::Accepted => Self::Accepted,
            TaskStateWord::InProgress => Self::InProgress,
            TaskStateWord::ReportedDone => Self::ReportedDone,
            TaskStateWord::Returned => Self::Returned,
            TaskStateWord::Confirmed => Self::Confirmed,
            TaskStateWord::Closed => Self::Closed,
        }
    }
}
