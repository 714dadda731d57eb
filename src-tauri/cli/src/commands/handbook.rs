//! The handbook: searching, reading, packages.

use std::time::Duration;

use api::act::FileSource;
use api::error::ApiError;
use api::handbook::{
    Article, CancelImport, ExportPackage, ImportHandbook, ImportReport, ImportState, InstallPackage, PackageRef, Packages,
    PublishPackage, RemovePackage, Skipped, TrustPublisher,
};
use api::search::{Filters, SearchEnded, SearchView, Validity};
use domain::calendar::VnDate;
use serde_json::json;

use super::{absolute, exported};
use crate::args::handbook::{Build, Handbook, Search, Trust};
use crate::connect::{Context, Session};
use crate::output::{Lines, Reply};
use crate::texts;

/// How often an import says how far it is.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Skipped things that are told to a person; JSON has them all.
const SKIPPED_SHOWN: usize = 20;

/// `kyhop handbook …`
pub async fn run(context: &Context, session: &mut Session, verb: Handbook) -> Result<Reply, ApiError> {
    match verb {
        Handbook::Search(args) => search(context, session, args).await,
        Handbook::Show { article, as_of } => show(context, session, article, as_of).await,
        Handbook::Import { dir, title } => {
            let report = import(context, session, ImportHandbook { file: FileSource::Path(absolute(&dir)), title }).await?;
            Reply::new(&report, imported(context, &report))
        }
        Handbook::Build(args) => build(context, session, args).await,
        Handbook::Install { file } => {
            let report = session.act(InstallPackage { file: FileSource::Path(absolute(&file)) }).await?;
            let counts = format!("+{} ~{} −{}", report.added, report.changed, report.removed);
            let text = format!("{} {} ({counts})", context.lang.pick("Đã cài", "Installed"), package(&report.package));
            Reply::new(&report, text)
        }
        Handbook::List => list(context, session).await,
        Handbook::Export { package, out } => {
            exported(context, &session.act(ExportPackage { package, path: absolute(&out) }).await?)
        }
        Handbook::Publish { package: id } => {
            let view = session.act(PublishPackage { package: id }).await?;
            let text = format!("{} {}", context.lang.pick("Đã phát hành", "Published"), package(&view.package));
            Reply::new(&view, text)
        }
        Handbook::Remove { package } => {
            session.act(RemovePackage { package: package.clone() }).await?;
            Reply::new(&json!({ "removed": package }), context.lang.pick("Đã gỡ.", "Removed."))
        }
        Handbook::Trust(args) => trust(context, session, args).await,
    }
}

/// Imports, tells on the way how far it is, and breaks off in order when Ctrl-C is pressed.
async fn import(context: &Context, session: &mut Session, act: ImportHandbook) -> Result<ImportReport, ApiError> {
    let mut beside = session.beside(context).await;
    let mut stop = crate::stop::asked()?;
    let (mut told, mut stopping) = ((0, 0), false);
    let running = session.act(act);
    tokio::pin!(running);
    loop {
        tokio::select! {
            report = &mut running => return report,
            _ = &mut stop, if !stopping => {
                stopping = true;
                if let Some(beside) = &mut beside {
                    beside.act(CancelImport {}).await?;
                }
            }
            () = tokio::time::sleep(TELL_EVERY) => {
                let Some(beside) = &mut beside else { continue };
                // The state of an earlier import has a report.
                let now = beside.query(ImportState {}).await.ok().flatten().filter(|state| state.report.is_none());
                if let Some(state) = now.filter(|state| (state.done, state.total) != told) {
                    told = (state.done, state.total);
                    eprintln!("{} {}/{}", context.lang.pick("Đã đọc", "Read"), state.done, state.total);
                }
            }
        }
    }
}

async fn search(context: &Context, session: &mut Session, args: Search) -> Result<Reply, ApiError> {
    let asked = api::search::Search {
        text: args.text,
        sections: Vec::new(),
        filters: Filters::default(),
        as_of: args.as_of,
        limit: args.limit,
        typing: false,
        sequence: 0,
    };
    let found = session.query(asked).await?;
    if found.hits.is_empty() {
        session.act(SearchEnded { text: found.text.clone(), found: 0, opened: None }).await?;
    }
    let text = results(context, &found);
    Reply::new(&found, text)
}

fn results(context: &Context, found: &SearchView) -> String {
    let mut lines = Lines::default();
    if let Some(better) = &found.did_you_mean {
        lines.add(format_args!("{}: {better}", context.lang.pick("Có phải bạn muốn tìm", "Did you mean")));
    }
    for hit in &found.hits {
        let title = if hit.citation.is_empty() { &hit.title } else { &hit.citation };
        lines.add(format_args!("{}{title}", badge(context, hit.validity)));
        lines.add(format_args!("    {}", hit.title));
        lines.add(format_args!("    {}", hit.snippet.replace('\n', " ")));
        lines.add(format_args!("    [{}]", hit.id));
    }
    lines.or(context.lang.pick("Không tìm thấy gì.", "Nothing was found."))
}

fn badge(context: &Context, validity: Validity) -> &'static str {
    match validity {
        Validity::InForce => "",
        Validity::Partly => context.lang.pick("(hết hiệu lực một phần) ", "(partly expired) "),
        Validity::Expired => context.lang.pick("(hết hiệu lực) ", "(expired) "),
        Validity::NotYet => context.lang.pick("(chưa có hiệu lực) ", "(not in force yet) "),
    }
}

async fn show(
    context: &Context,
    session: &mut Session,
    article: String,
    as_of: Option<api::day::Day>,
) -> Result<Reply, ApiError> {
    let view = session.query(Article { article, as_of }).await?;
    let mut lines = Lines::default();
    lines.add(format_args!("{}{}", badge(context, view.validity), view.citation));
    lines.add(format_args!("{}", view.title));
    for block in &view.blocks {
        for line in block_lines(block) {
            lines.add(format_args!("{line}"));
        }
    }
    let text = lines.or("");
    Reply::new(&view, text)
}

/// A block as lines of text.
fn block_lines(block: &api::handbook::Block) -> Vec<String> {
    use api::handbook::Block;
    let named = |label: &str, text: &str, between: &str| match (label, text) {
        ("", text) | (text, "") => text.to_owned(),
        (label, text) => format!("{label}{between}{text}"),
    };
    match block {
        Block::Heading { text, .. } => vec![String::new(), text.clone()],
        Block::Paragraph { text } | Block::Note { text } => vec![text.clone()],
        Block::Point { label, text, .. } => vec![named(label, text, " ")],
        Block::Steps { items } => {
            (1..).zip(items).map(|(number, step)| format!("{number}. {}", named(&step.who, &step.text, ": "))).collect()
        }
        Block::Papers { items } => items.iter().map(|paper| format!("- {}", named(&paper.name, &paper.note, " – "))).collect(),
        Block::Fees { items } | Block::TimeLimits { items } => {
            items.iter().map(|fact| format!("- {}", named(&fact.label, &fact.value, ": "))).collect()
        }
        Block::Results { items } => items.iter().map(|item| format!("→ {item}")).collect(),
        Block::Forms { items } | Block::LegalBasis { items } => items.iter().map(|item| format!("- {}", item.text)).collect(),
        Block::Duties { items } => items.iter().map(|duty| format!("- {}", named(&duty.agency, &duty.does, ": "))).collect(),
        Block::Table { head, rows } => [head].into_iter().chain(rows).map(|row| row.join(" | ")).collect(),
    }
}

/// What an import did, and what it left out and why.
fn imported(context: &Context, report: &ImportReport) -> String {
    let mut lines = Lines::default();
    if report.cancelled {
        return context.lang.pick("Đã hủy; không có gì thay đổi.", "Cancelled; nothing has changed.").to_owned();
    }
    let (articles, files) = (report.articles, report.files);
    match context.lang.is_vietnamese() {
        true => lines.add(format_args!("Đã nhập {articles} mục từ {files} tệp.")),
        false => lines.add(format_args!("{articles} articles from {files} files.")),
    };
    if let Some(made) = &report.package {
        lines.add(format_args!("{} {}", context.lang.pick("Gói:", "Package:"), package(made)));
    }
    if report.skipped_count > 0 {
        lines.add(format_args!("{} {}:", context.lang.pick("Bỏ qua", "Left out"), report.skipped_count));
    }
    for skipped in report.skipped.iter().take(SKIPPED_SHOWN) {
        lines.add(format_args!("- {}", why(context, skipped)));
    }
    lines.or("")
}

fn why(context: &Context, skipped: &Skipped) -> String {
    let mut error = ApiError::new(&skipped.code, "");
    error.facts = skipped.facts.clone();
    texts::sentence(context.lang, &error)
}

async fn build(context: &Context, session: &mut Session, args: Build) -> Result<Reply, ApiError> {
    // Before hours of work: a package of somebody who does not publish is refused everywhere.
    if !session.query(Packages {}).await?.may_publish {
        return Err(ApiError::new("not_allowed", "this person does not publish the handbook"));
    }
    let report = session.act(ImportHandbook { file: FileSource::Path(absolute(&args.dir)), title: args.title }).await?;
    let mut text = imported(context, &report);
    let written = match &report.package {
        Some(made) => Some(session.act(ExportPackage { package: made.package.clone(), path: absolute(&args.out) }).await?),
        None => None,
    };
    if let Some(written) = &written {
        text =
            format!("{}\n{} {} ({} byte)", text.trim_end(), context.lang.pick("Đã ghi", "Written:"), written.path, written.bytes);
    }
    Reply::new(&json!({ "report": report, "written": written }), text)
}

fn package(package: &PackageRef) -> String {
    let made = VnDate::of(package.made_at);
    format!("{} ({}, {}, {made}, {})", package.title, package.package, package.version, package.signer)
}

async fn list(context: &Context, session: &mut Session) -> Result<Reply, ApiError> {
    let packages = session.query(Packages {}).await?;
    let mut lines = Lines::default();
    for row in &packages.packages {
        let own = if row.local { context.lang.pick(" – của máy này", " – of this device") } else { "" };
        let articles = context.lang.pick("mục", "articles");
        lines.add(format_args!("{}: {} {articles}{own}", package(&row.package), row.articles));
    }
    let text = lines.or(context.lang.pick("Chưa cài gói nào.", "No packages yet."));
    Reply::new(&packages, text)
}

async fn trust(context: &Context, session: &mut Session, args: Trust) -> Result<Reply, ApiError> {
    let rows = session.act(TrustPublisher { root: args.root, title: args.title, trusted: !args.remove }).await?;
    let mut lines = Lines::default();
    for row in &rows {
        lines.add(format_args!("{}  {}", row.root, row.title));
    }
    let text = lines.or(context.lang.pick("Không tin tổ chức nào khác.", "No other organisation is trusted."));
    Reply::new(&rows, text)
}
