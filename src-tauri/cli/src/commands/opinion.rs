//! Written opinions: asking, answering, the report.

use api::error::ApiError;
use api::opinion::{AskOpinion, ExportOpinions, GiveOpinion, OpinionCount, OpinionView, Opinions};
use domain::calendar::in_words;
use domain::id::{Hash32, SpaceId};
use domain::opinion::Opinion;
use serde_json::json;

use super::{absolute, exported};
use crate::args::{AskMembers, OpinionVerb};
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop opinion …`
pub async fn run(context: &Context, session: &mut Session, verb: OpinionVerb) -> Result<Reply, ApiError> {
    match verb {
        OpinionVerb::Ask(args) => ask(context, session, args).await,
        OpinionVerb::List { meeting } => {
            let meeting = find::meeting_or_next(session, meeting.as_deref()).await?;
            let views = session.query(Opinions { meeting }).await?;
            let mut lines = Lines::default();
            for view in &views {
                show(context, &mut lines, view);
            }
            Reply::new(&views, lines.or(context.lang.pick("Chưa có phiếu lấy ý kiến.", "No forms yet.")))
        }
        OpinionVerb::Answer(args) => {
            let meeting = find::meeting(session, &args.meeting).await?;
            let form = form(session, meeting, &args.form).await?;
            let opinion = Opinion::from(args.opinion);
            session.act(GiveOpinion { meeting, form, opinion, remark: args.remark }).await?;
            let said = context.lang.pick("Đã ghi ý kiến trên máy này.", "Your opinion is kept on this device.");
            Reply::new(&json!({ "form": form, "opinion": opinion }), said)
        }
        OpinionVerb::Report { meeting, form: typed, out } => {
            let meeting = find::meeting(session, &meeting).await?;
            let form = form(session, meeting, &typed).await?;
            exported(context, &session.act(ExportOpinions { meeting, form, path: absolute(&out) }).await?)
        }
    }
}

async fn ask(context: &Context, session: &mut Session, args: AskMembers) -> Result<Reply, ApiError> {
    let room = find::room(session, &args.meeting).await?;
    let meeting = room.row.meeting;
    let mut papers = Vec::new();
    for typed in &args.papers {
        papers.push(find::paper(&room, typed)?.paper);
    }
    let form = session.act(AskOpinion { meeting, question: args.question, papers, deadline: args.until }).await?;
    let said = format!("{} {form}", context.lang.pick("Đã gửi phiếu lấy ý kiến", "Sent the form"));
    Reply::new(&json!({ "meeting": meeting, "form": form }), said)
}

/// The form that was typed.
async fn form(session: &mut Session, meeting: SpaceId, typed: &str) -> Result<Hash32, ApiError> {
    let forms = session.query(Opinions { meeting }).await?;
    find::by_beginning("form", typed, forms.into_iter().map(|view| view.form))
}

fn show(context: &Context, lines: &mut Lines, view: &OpinionView) {
    let lang = context.lang;
    let counted = |of: &OpinionCount| format!("{} / {} / {}", of.agree, of.with_remarks, of.disagree);
    lines.add(format_args!("{}  {}", view.form.short(), view.question));
    lines.add(format_args!("    {} {} · {}", lang.pick("hạn", "until"), in_words(view.deadline), view.asked_by));
    lines.add(format_args!(
        "    {}: {} · {}: {} · {}: {}",
        lang.pick("đồng ý / có ý kiến khác / không đồng ý", "agree / with remarks / do not agree"),
        counted(&view.in_time),
        lang.pick("sau hạn", "late"),
        counted(&view.late),
        lang.pick("chưa trả lời", "no answer"),
        view.silent
    ));
    for row in &view.rows {
        let said = match row.opinion {
            None => lang.pick("chưa trả lời", "no answer"),
            Some(Opinion::Agree) => lang.pick("đồng ý", "agrees"),
            Some(Opinion::AgreeWithRemarks) => lang.pick("đồng ý và có ý kiến khác", "agrees with remarks"),
            Some(Opinion::Disagree) => lang.pick("không đồng ý", "does not agree"),
        };
        let late = if row.late { lang.pick(" (sau hạn)", " (late)") } else { "" };
        let remark = if row.remark.is_empty() { String::new() } else { format!(": {}", row.remark) };
        lines.add(format_args!("    · {}: {said}{late}{remark}", row.name));
    }
}
