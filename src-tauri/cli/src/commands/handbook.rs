//! The handbook: searching, reading, packages.

mod import;

use std::time::{SystemTime, UNIX_EPOCH};

use api::act::FileSource;
use api::error::ApiError;
use api::handbook::{
    Article, ExportPackage, ImportHandbook, InstallPackage, PackageRef, Packages, PublishPackage, RemovePackage, TrustPublisher,
};
use api::search::{Filters, SearchEnded, SearchView, Validity};
use domain::calendar::VnDate;
use domain::id::Timestamp;
use serde_json::json;

use super::{absolute, exported};
use crate::args::handbook::{Handbook, Search, Trust};
use crate::connect::{Context, Session};
use crate::output::{Lines, Reply};

/// `kyhop handbook …`
pub async fn run(context: &Context, session: &mut Session, verb: Handbook) -> Result<Reply, ApiError> {
    match verb {
        Handbook::Search(args) => search(context, session, args).await,
        Handbook::Show { article, as_of } => show(context, session, article, as_of).await,
        Handbook::Import { dir, title, package, replace } => {
            let asked = ImportHandbook { file: FileSource::Path(absolute(&dir)), title, package, base: None, replace };
            let report = import::import(context, session, asked).await?;
            Reply::new(&report, import::told(context, &report))
        }
        Handbook::Build(args) => import::build(context, session, args).await,
        Handbook::Install { file } => {
            let report = session.act(InstallPackage { file: FileSource::Path(absolute(&file)) }).await?;
            let counts = format!("+{} ~{} −{}", report.added, report.changed, report.removed);
            let text = format!("{} {} ({counts})", context.lang.pick("Đã cài", "Installed"), package(&report.package));
            Reply::new(&report, text)
        }
        Handbook::List => list(context, session).await,
        Handbook::Export { package, out } => {
            exported(context, &session.act(ExportPackage { package, path: absolute(&out), since: None }).await?)
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
        verb @ (Handbook::Drafts
        | Handbook::Draft(_)
        | Handbook::Submit { .. }
        | Handbook::Review { .. }
        | Handbook::PublishDrafts { .. }) => super::draft::run(context, session, verb).await,
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
        let partial = if hit.partial { context.lang.pick("  (một số từ)", "  (some of the words)") } else { "" };
        lines.add(format_args!("{}{title}{partial}", badge(context, hit.validity)));
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

fn package(package: &PackageRef) -> String {
    let made = VnDate::of(package.made_at);
    format!("{} ({}, {}, {made}, {})", package.title, package.package, package.version, package.signer)
}

fn today() -> VnDate {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    VnDate::of(Timestamp(i64::try_from(since.as_millis()).unwrap_or(0)))
}

/// How old something is that was made on a day.
fn age(context: &Context, made: VnDate, today: VnDate) -> String {
    let days = today.to_days() - made.to_days();
    match (days, context.lang.is_vietnamese()) {
        (..=0, true) => "hôm nay".to_owned(),
        (..=0, false) => "today".to_owned(),
        (1..60, true) => format!("{days} ngày trước"),
        (1, false) => "1 day old".to_owned(),
        (1..60, false) => format!("{days} days old"),
        (_, true) => format!("{} tháng trước", days / 30),
        (_, false) => format!("{} months old", days / 30),
    }
}

async fn list(context: &Context, session: &mut Session) -> Result<Reply, ApiError> {
    let packages = session.query(Packages {}).await?;
    let today = today();
    let mut lines = Lines::default();
    for row in &packages.packages {
        let own = if row.local {
            context.lang.pick(" – của máy này, chưa phát hành", " – of this device, not published")
        } else {
            ""
        };
        let articles = context.lang.pick("mục", "articles");
        let age = age(context, VnDate::of(row.package.made_at), today);
        lines.add(format_args!("{}: {} {articles}, {age}{own}", package(&row.package), row.articles));
        if let Some(newer) = row.newer {
            lines.add(format_args!("    {} {newer}", context.lang.pick("Đang về: bản", "On its way: version")));
        }
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
