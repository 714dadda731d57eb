//! Questions between offices.

use std::path::PathBuf;

use api::act::FileSource;
use api::error::ApiError;
use api::question::{
    Accept, Addressee, Answer, AnswerState, ApproveAnswer, Ask, AskedToo, Comment, ExplainOverdue, ExportStatistics, Follow,
    MakeArticle, MarkAnswered, PublishAnswer, Question, QuestionEventKind, QuestionFilter, QuestionList, QuestionRow,
    QuestionScope, QuestionState, QuestionStatistics, QuestionView, Rate, Reassign, Receive, Reopen, SetUnit, UnitRow, Units,
    UnpublishAnswer, Urgency, Withdraw,
};
use api::search::{Level, SimilarQuestions};
use domain::calendar::{in_words, parse};
use domain::id::{DraftId, QuestionEventId, QuestionId};
use serde_json::json;

use super::{absolute, exported};
use crate::args::{AskArgs, PublishArgs, QuestionVerb, ScopeWord, SetUnitArgs, StateWord, UrgencyWord};
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop question …`
pub async fn run(context: &Context, session: &mut Session, verb: QuestionVerb) -> Result<Reply, ApiError> {
    let lang = context.lang;
    let view = match verb {
        QuestionVerb::Ask(args) => return ask(context, session, args).await,
        QuestionVerb::List { scope, state, overdue, field, text } => {
            let filter = QuestionFilter { scope: scope.into(), state: state.map(Into::into), overdue, field, unit: None, text };
            let list = session.query(QuestionList { filter }).await?;
            let mut lines = Lines::default();
            for row in &list.rows {
                lines.add(format_args!("{}", one_line(context, row)));
            }
            let text = lines.or(lang.pick("Chưa có câu hỏi nào.", "There are no questions."));
            return Reply::new(&list, text);
        }
        QuestionVerb::Similar { text, limit } => {
            let found = session.query(SimilarQuestions { text, except: None, limit, sequence: 0 }).await?;
            let mut lines = Lines::default();
            for hit in &found.questions {
                lines.add(format_args!("{}  {}", hit.id.chars().take(8).collect::<String>(), hit.title));
            }
            return Reply::new(&found, lines.or(lang.pick("Chưa có câu nào giống.", "Nothing alike was answered yet.")));
        }
        QuestionVerb::Statistics { out: Some(out) } => {
            let act = ExportStatistics { from: None, to: None, path: absolute(&out) };
            return exported(context, &session.act(act).await?);
        }
        QuestionVerb::Statistics { out: None } => {
            let view = session.query(QuestionStatistics { from: None, to: None }).await?;
            let mut lines = Lines::default();
            for row in std::iter::once(&view.all).chain(&view.units).chain(&view.fields) {
                let name = if row.name.is_empty() { lang.pick("Tất cả", "All") } else { &row.name };
                let counted = [
                    (row.asked, lang.pick("hỏi", "asked")),
                    (row.answered, lang.pick("trả lời", "answered")),
                    (row.overdue, lang.pick("quá hạn", "overdue")),
                    (row.explained, lang.pick("gia hạn có lý do", "late with a reason")),
                ];
                let counted = counted.map(|(count, label)| format!("{count} {label}"));
                lines.add(format_args!("{name}: {}", counted.join(" · ")));
            }
            return Reply::new(&view, lines.or(""));
        }
        QuestionVerb::Units => {
            let view = session.query(Units {}).await?;
            return Reply::new(&view, units(context, &view.units));
        }
        QuestionVerb::SetUnit(args) => return set_unit(context, session, args).await,
        QuestionVerb::MakeArticle { question } => {
            let question = find::question(session, &question).await?;
            let draft: DraftId = session.act(MakeArticle { question }).await?;
            let text = format!("{} {draft}", context.lang.pick("Đã tạo bản thảo", "Draft made"));
            return Reply::new(&json!({ "draft": draft }), text);
        }
        QuestionVerb::Show { question } => {
            let question = find::question(session, &question).await?;
            session.query(Question { question }).await?
        }
        QuestionVerb::Answer(args) => {
            let question = find::question(session, &args.question).await?;
            let (citations, attachments) = (args.citations, sources(args.files));
            session
                .act(Answer { question, text: args.text, citations, attachments, confirmed_unmarked: args.confirm_unmarked })
                .await?
        }
        QuestionVerb::Receive { question } => {
            let question = find::question(session, &question).await?;
            session.act(Receive { question }).await?
        }
        QuestionVerb::Approve { question, returned } => approve(session, &question, returned).await?,
        QuestionVerb::Accept { question, answer } => {
            let question = find::question(session, &question).await?;
            let answer = match answer {
                Some(typed) => Some(answer_of(session, question, &typed).await?),
                None => None,
            };
            session.act(Accept { question, answer }).await?
        }
        QuestionVerb::Reopen { question, reason } => {
            let question = find::question(session, &question).await?;
            session.act(Reopen { question, reason }).await?
        }
        QuestionVerb::Rate { question, stars, note } => {
            let question = find::question(session, &question).await?;
            session.act(Rate { question, stars, note }).await?
        }
        QuestionVerb::Comment { question, text, mentions } => {
            let question = find::question(session, &question).await?;
            let mut people = Vec::new();
            for typed in mentions {
                people.push(find::person(session, &typed).await?);
            }
            session.act(Comment { question, text, mentions: people }).await?
        }
        QuestionVerb::Reassign { question, to, reason } => {
            let question = find::question(session, &question).await?;
            let unit = find::unit(session, &to).await?.unit;
            session.act(Reassign { question, unit, reason }).await?
        }
        QuestionVerb::Extend { question, until, reason } => {
            let question = find::question(session, &question).await?;
            let due_at = parse(&until).map_err(|error| ApiError::new(error.code(), error.to_string()).with("typed", &until))?;
            session.act(ExplainOverdue { question, reason, due_at }).await?
        }
        QuestionVerb::Duplicate { question, of } => {
            let question = find::question(session, &question).await?;
            let canonical = find::question(session, &of).await?;
            session.act(MarkAnswered { question, canonical }).await?
        }
        QuestionVerb::AskedToo { question } => {
            let question = find::question(session, &question).await?;
            session.act(AskedToo { question }).await?
        }
        QuestionVerb::Publish(args) => publish(session, args).await?,
        QuestionVerb::Unpublish { question, reason } => {
            let question = find::question(session, &question).await?;
            session.act(UnpublishAnswer { question, reason }).await?
        }
        QuestionVerb::Withdraw { question } => {
            let question = find::question(session, &question).await?;
            session.act(Withdraw { question }).await?
        }
        QuestionVerb::Follow { question, stop } => {
            let question = find::question(session, &question).await?;
            session.act(Follow { question, follow: !stop }).await?
        }
    };
    Reply::new(&view, show(context, &view))
}

async fn ask(context: &Context, session: &mut Session, args: AskArgs) -> Result<Reply, ApiError> {
    let to = match &args.to {
        Some(typed) => Addressee::Unit(find::unit(session, typed).await?.unit),
        None => Addressee::City,
    };
    let AskArgs { field, article, title, text, urgency, files, confirm_unmarked, .. } = args;
    let ask = Ask {
        to,
        field,
        article,
        title,
        text,
        urgency: urgency.into(),
        attachments: sources(files),
        confirmed_unmarked: confirm_unmarked,
    };
    let question: QuestionId = session.act(ask).await?;
    let lang = context.lang;
    let notice = lang.pick(
        "Mọi cơ quan của tổ chức có thể nhận được nội dung này; đừng ghi điều phải giữ kín.",
        "Every office of the organisation can receive this; write nothing that must stay confidential.",
    );
    Reply::new(&json!({ "question": question }), format!("{} {question}\n{notice}", lang.pick("Đã hỏi", "Asked")))
}

async fn approve(session: &mut Session, typed: &str, returned: Option<String>) -> Result<QuestionView, ApiError> {
    let question = find::question(session, typed).await?;
    let view = session.query(Question { question }).await?;
    let waiting = view.events.iter().rev().find_map(|event| match &event.what {
        QuestionEventKind::Answered { answer } if answer.state == AnswerState::Proposed && event.void.is_none() => {
            Some(answer.answer)
        }
        _ => None,
    });
    let answer = waiting.ok_or_else(|| ApiError::new("question_no_such_answer", "no answer waits for approval"))?;
    let (approve, note) = (returned.is_none(), returned.unwrap_or_default());
    session.act(ApproveAnswer { question, answer, approve, note }).await
}

async fn answer_of(session: &mut Session, question: QuestionId, typed: &str) -> Result<QuestionEventId, ApiError> {
    let view = session.query(Question { question }).await?;
    let answers = view.events.iter().filter_map(|event| match &event.what {
        QuestionEventKind::Answered { answer } => Some(answer.answer),
        _ => None,
    });
    find::by_beginning("answer", typed, answers)
}

async fn publish(session: &mut Session, args: PublishArgs) -> Result<QuestionView, ApiError> {
    let question = find::question(session, &args.question).await?;
    let view = session.query(Question { question }).await?;
    let given = view.answer.map(|answer| answer.text).unwrap_or_default();
    let publish = PublishAnswer {
        question,
        title: args.title.unwrap_or(view.row.title),
        text: args.text.unwrap_or(view.text),
        answer: args.answer.unwrap_or(given),
        confirmed: args.confirmed,
    };
    session.act(publish).await
}

async fn set_unit(context: &Context, session: &mut Session, args: SetUnitArgs) -> Result<Reply, ApiError> {
    let unit = find::unit(session, &args.unit).await?;
    let head = match &args.head {
        Some(typed) => Some(find::person(session, typed).await?),
        None => unit.head,
    };
    let SetUnitArgs { fields, city, approval, days, .. } = args;
    let level = if city { Level::City } else { unit.level };
    let view = session.act(SetUnit { unit: unit.unit, level, fields, needs_approval: approval, days, head }).await?;
    Reply::new(&view, units(context, &view.units))
}

fn sources(files: Vec<PathBuf>) -> Vec<FileSource> {
    files.iter().map(|file| FileSource::Path(absolute(file))).collect()
}

fn units(context: &Context, rows: &[UnitRow]) -> String {
    let mut lines = Lines::default();
    for row in rows {
        let approval = if row.needs_approval { context.lang.pick(" · có duyệt", " · with approval") } else { "" };
        lines.add(format_args!("{}  {}  {}{approval}", row.unit.short(), row.name, row.fields.join(", ")));
    }
    lines.or("")
}

fn one_line(context: &Context, row: &QuestionRow) -> String {
    let lang = context.lang;
    let waits = match row.delivery {
        api::question::Delivery::Waiting => lang.pick("  (đang chờ gửi)", "  (waits to be sent)"),
        api::question::Delivery::Sent => "",
    };
    let late = match row.overdue_days {
        0 => String::new(),
        days => format!("  {} {days} {}", lang.pick("QUÁ HẠN", "OVERDUE"), lang.pick("ngày", "d")),
    };
    let review = if row.needs_review { lang.pick("  cần rà soát", "  to be reviewed") } else { "" };
    format!("{}  [{}] {}  → {}{late}{review}{waits}", row.question.short(), state(context, row.state), row.title, row.unit_name)
}

fn state(context: &Context, state: QuestionState) -> &'static str {
    let (vi, en) = match state {
        QuestionState::Open => ("Chờ trả lời", "Open"),
        QuestionState::Approving => ("Chờ duyệt", "Waits for approval"),
        QuestionState::Answered => ("Đã trả lời", "Answered"),
        QuestionState::Accepted => ("Đã đồng ý", "Accepted"),
        QuestionState::Duplicate => ("Đã giải đáp ở câu khác", "Answered elsewhere"),
        QuestionState::Withdrawn => ("Đã rút", "Withdrawn"),
    };
    context.lang.pick(vi, en)
}

fn show(context: &Context, view: &QuestionView) -> String {
    let lang = context.lang;
    let mut lines = Lines::default();
    lines.add(format_args!("{}", one_line(context, &view.row)));
    lines.add(format_args!("{}: {}", lang.pick("Hạn", "Due"), in_words(view.row.due_at)));
    if !view.row.overdue_reason.is_empty() {
        lines.add(format_args!("{}: {}", lang.pick("Lý do gia hạn", "Why later"), view.row.overdue_reason));
    }
    if !view.text.is_empty() {
        lines.add(format_args!("{}", view.text));
    }
    if let Some(answer) = &view.answer {
        lines.add(format_args!("— {} {}", answer.by, answer.unit_name)).add(format_args!("{}", answer.text));
        for cited in &answer.citations {
            let review = if cited.needs_review { lang.pick("  (cần rà soát)", "  (to be reviewed)") } else { "" };
            lines.add(format_args!("  § {}{review}", cited.citation));
        }
    }
    for event in view.events.iter().filter(|event| event.void.is_some()) {
        lines.add(format_args!(
            "! {} {} {}",
            in_words(event.at),
            event.by,
            lang.pick("viết một mục không có hiệu lực", "wrote something without effect")
        ));
    }
    lines.or("")
}

impl From<UrgencyWord> for Urgency {
    fn from(word: UrgencyWord) -> Self {
        match word {
            UrgencyWord::Normal => Self::Normal,
            UrgencyWord::Urgent => Self::Urgent,
            UrgencyWord::VeryUrgent => Self::VeryUrgent,
            UrgencyWord::Immediate => Self::Immediate,
        }
    }
}

impl From<ScopeWord> for QuestionScope {
    fn from(word: ScopeWord) -> Self {
        match word {
            ScopeWord::All => Self::All,
            ScopeWord::Mine => Self::Mine,
            ScopeWord::MyUnit => Self::MyUnit,
            ScopeWord::Following => Self::Following,
        }
    }
}

impl From<StateWord> for QuestionState {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Open => Self::Open,
            StateWord::Approving => Self::Approving,
            StateWord::Answered => Self::Answered,
            StateWord::Accepted => Self::Accepted,
            StateWord::Duplicate => Self::Duplicate,
            StateWord::Withdrawn => Self::Withdrawn,
        }
    }
}
