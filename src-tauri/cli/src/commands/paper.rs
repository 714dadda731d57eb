//! Papers of a meeting.

use api::act::{AddPaper, AddPaperVersion, FileSource};
use api::error::ApiError;
use api::meeting::WithdrawPaper;
use api::view::{PaperRow, WithdrawnView};
use domain::calendar::in_words;
use serde_json::json;

use super::absolute;
use crate::args::{self, Paper};
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop paper …`
pub async fn run(context: &Context, session: &mut Session, verb: Paper) -> Result<Reply, ApiError> {
    match verb {
        Paper::Add(args) => add(context, session, args).await,
        Paper::List { meeting } => {
            let room = find::room(session, &meeting).await?;
            let papers: Vec<&PaperRow> = find::papers(&room).collect();
            let mut lines = Lines::default();
            for paper in &papers {
                if let Some(withdrawn) = &paper.withdrawn {
                    lines.add(format_args!(
                        "✕ {}  {} ({})",
                        paper.paper.short(),
                        paper.title,
                        withdrawn_text(context, withdrawn)
                    ));
                    continue;
                }
                let newest = paper.versions.first();
                let here = if newest.is_some_and(|version| version.here) { "✓" } else { "…" };
                let pages = newest.map_or(0, |version| version.pages);
                let number = newest.map_or(0, |version| version.number);
                lines.add(format_args!(
                    "{here} {}  {} ({} {number}, {pages} {})",
                    paper.paper.short(),
                    paper.title,
                    context.lang.pick("bản", "version"),
                    context.lang.pick("trang", "pages")
                ));
            }
            Reply::new(&papers, lines.or(context.lang.pick("Chưa có tài liệu.", "No papers yet.")))
        }
        Paper::Withdraw { on, reason } => {
            let room = find::room(session, &on.meeting).await?;
            let (meeting, paper) = (room.row.meeting, find::paper(&room, &on.paper)?.paper);
            session.act(WithdrawPaper { meeting, paper, reason }).await?;
            let said = context.lang.pick(
                "Đã thu hồi. Tệp đã xóa trên máy này; máy khác xóa khi kết nối. Bản đã in hoặc lưu ra ngoài thì không thu hồi được.",
                "Withdrawn. The file is gone from this device; others erase it when they connect. What was printed or saved elsewhere stays.",
            );
            Reply::new(&json!({ "meeting": meeting, "paper": paper, "withdrawn": true }), said)
        }
    }
}

fn withdrawn_text(context: &Context, withdrawn: &WithdrawnView) -> String {
    let at = in_words(withdrawn.at);
    let WithdrawnView { by, reason, gone, devices, .. } = withdrawn;
    let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    match context.lang.is_vietnamese() {
        true => format!("{by} thu hồi lúc {at}{reason}; đã xóa trên {gone}/{devices} máy đã gặp"),
        false => format!("withdrawn by {by}, {at}{reason}; erased on {gone}/{devices} devices that were heard"),
    }
}

async fn add(context: &Context, session: &mut Session, args: args::AddPaper) -> Result<Reply, ApiError> {
    if let Some(typed) = &args.version_of {
        let room = find::room(session, &args.meeting).await?;
        let (meeting, paper) = (room.row.meeting, find::paper(&room, typed)?.paper);
        let file = FileSource::Path(absolute(&args.file));
        let number = session.act(AddPaperVersion { meeting, paper, file, confirmed_unmarked: args.confirm_unmarked }).await?;
        return Reply::new(
            &json!({ "meeting": meeting, "paper": paper, "version": number }),
            format!("{} {number}: {paper}", context.lang.pick("Đã thêm bản", "Added version")),
        );
    }
    let meeting = find::meeting(session, &args.meeting).await?;
    let item = match &args.item {
        Some(number) => {
            let room = find::room(session, &args.meeting).await?;
            Some(find::item(&room, number)?)
        }
        None => None,
    };
    let file = FileSource::Path(absolute(&args.file));
    let paper =
        session.act(AddPaper { meeting, item, title: args.title, file, confirmed_unmarked: args.confirm_unmarked }).await?;
    Reply::new(
        &json!({ "meeting": meeting, "paper": paper }),
        format!("{} {paper}", context.lang.pick("Đã thêm tài liệu", "Added the paper")),
    )
}
