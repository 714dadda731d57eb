//! Importing a folder, and building a package of one: told how far it is, broken off by Ctrl-C, reported in the end.

use std::time::Duration;

use api::act::FileSource;
use api::error::ApiError;
use api::handbook::{
    CancelImport, Cleaned, ExportPackage, ImportHandbook, ImportReport, ImportState, ImportStep, ImportView, MadeView, Packages,
    Part, Skipped,
};
use serde_json::json;

use super::{absolute, package};
use crate::args::handbook::Build;
use crate::connect::{Context, Session};
use crate::output::{Lines, Reply};
use crate::texts;

/// How often an import says how far it is.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Skipped and cleaned things that are told to a person; JSON has more.
const NAMED_SHOWN: usize = 20;

/// Imports, tells on the way how far it is, and breaks off in order when Ctrl-C is pressed.
pub async fn import(context: &Context, session: &mut Session, act: ImportHandbook) -> Result<ImportReport, ApiError> {
    let mut beside = session.beside(context).await;
    let mut stop = crate::stop::asked()?;
    let (mut told, mut stopping) = (String::new(), false);
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
                let Some(line) = now.map(|state| far(context, &state)).filter(|line| *line != told) else { continue };
                eprintln!("{line}");
                told = line;
            }
        }
    }
}

/// How far an import is.
fn far(context: &Context, state: &ImportView) -> String {
    let (done, total) = (state.done, state.total);
    match state.step {
        ImportStep::Reading => {
            let megabytes = |bytes: u64| {
                let number = format!("{:.1}", bytes as f64 / 1e6);
                if context.lang.is_vietnamese() { number.replace('.', ",") } else { number }
            };
            // The length of a pipe is not known.
            let of = if total > 0 { format!("/{}", megabytes(total)) } else { String::new() };
            let read = context.lang.pick("Đã đọc", "Read");
            let files = context.lang.pick("tệp", "files");
            format!("{read} {}/{} {files}, {}{of} MB", state.files, state.files_total, megabytes(done))
        }
        ImportStep::Signing => context.lang.pick("Đang đóng gói và ký", "Packing and signing").to_owned(),
        ImportStep::Installing => {
            format!("{} {done}/{total} {}", context.lang.pick("Đang cài", "Installing"), context.lang.pick("mục", "articles"))
        }
    }
}

/// `kyhop handbook build`
pub async fn build(context: &Context, session: &mut Session, args: Build) -> Result<Reply, ApiError> {
    // Before hours of work: a package of somebody who does not publish is refused everywhere.
    if !session.query(Packages {}).await?.may_publish {
        return Err(ApiError::new("not_allowed", "this person does not publish the handbook"));
    }
    let base = args.base.as_deref().map(|base| FileSource::Path(absolute(base)));
    let file = FileSource::Path(absolute(&args.dir));
    let asked = ImportHandbook { file, title: args.title, package: None, base: base.clone(), replace: args.replace };
    let report = import(context, session, asked).await?;
    let mut text = told(context, &report);
    let written = match &report.package {
        Some(made) => {
            let export = ExportPackage { package: made.package.clone(), path: absolute(&args.out), since: base };
            Some(session.act(export).await?)
        }
        None => None,
    };
    if let Some(written) = &written {
        text =
            format!("{}\n{} {} ({} byte)", text.trim_end(), context.lang.pick("Đã ghi", "Written:"), written.path, written.bytes);
    }
    Reply::new(&json!({ "report": report, "written": written }), text)
}

/// What an import did, what it left out of files, and what it did not take and why.
pub fn told(context: &Context, report: &ImportReport) -> String {
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
    if let Some(made) = &report.made {
        lines.add(format_args!("{}", changed(context, made)));
    }
    missing(context, report, &mut lines);
    for cleaned in report.cleaned.iter().take(NAMED_SHOWN) {
        lines.add(format_args!("{}", lacks(context, cleaned)));
    }
    let more = usize::try_from(report.cleaned_count).unwrap_or(usize::MAX).saturating_sub(NAMED_SHOWN);
    if more > 0 {
        lines.add(format_args!("… {more} {}", context.lang.pick("tệp khác cũng bị bỏ bớt", "more files lack a part")));
    }
    if report.skipped_count > 0 {
        lines.add(format_args!("{} {}:", context.lang.pick("Bỏ qua", "Left out"), report.skipped_count));
    }
    for skipped in report.skipped.iter().take(NAMED_SHOWN) {
        lines.add(format_args!("- {}", why(context, skipped)));
    }
    lines.or("")
}

/// What the version before had and the folder has not.
fn missing(context: &Context, report: &ImportReport, lines: &mut Lines) {
    let count = report.missing_count;
    if count == 0 {
        return;
    }
    match (report.missing_removed, context.lang.is_vietnamese()) {
        (true, true) => lines.add(format_args!("Đã bỏ {count} mục của bản trước không còn trong thư mục:")),
        (true, false) => lines.add(format_args!("{count} articles of the version before that the folder lacks were removed:")),
        (false, true) => lines.add(format_args!("Giữ lại {count} mục của bản trước không có trong thư mục (--replace: bỏ):")),
        (false, false) => lines.add(format_args!(
            "{count} articles of the version before that the folder lacks have stayed (--replace removes them):"
        )),
    };
    for row in report.missing.iter().take(NAMED_SHOWN) {
        lines.add(format_args!("- {}  {}", row.article, row.title));
    }
    let more = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(NAMED_SHOWN);
    if more > 0 {
        lines.add(format_args!("… {more} {}", context.lang.pick("mục khác", "more")));
    }
}

fn changed(context: &Context, made: &MadeView) -> String {
    let MadeView { base, added, changed, removed, bytes } = made;
    match (base, context.lang.is_vietnamese()) {
        (Some(base), true) => {
            format!("Cập nhật từ bản {base}: thêm {added}, sửa {changed}, bỏ {removed} ({bytes} byte)")
        }
        (Some(base), false) => {
            format!("Update of version {base}: {added} new, {changed} changed, {removed} removed ({bytes} bytes)")
        }
        (None, true) => format!("Gói đầy đủ: thêm {added}, sửa {changed}, bỏ {removed} ({bytes} byte)"),
        (None, false) => format!("Whole package: {added} new, {changed} changed, {removed} removed ({bytes} bytes)"),
    }
}

fn lacks(context: &Context, cleaned: &Cleaned) -> String {
    let Cleaned { file, part, count } = cleaned;
    match (part, context.lang.is_vietnamese()) {
        (Part::Scripts, true) => format!("Đã bỏ mã chạy được (script) khỏi {file}: {count} chỗ."),
        (Part::Scripts, false) => format!("What could run (scripts) was left out of {file}: {count}."),
        (Part::Pages, true) => format!("Đã bỏ {count} trang cuối của {file}: tệp quá nhiều trang."),
        (Part::Pages, false) => format!("The last {count} pages of {file} were left out: it has too many."),
    }
}

fn why(context: &Context, skipped: &Skipped) -> String {
    let mut error = ApiError::new(&skipped.code, "");
    error.facts = skipped.facts.clone();
    texts::sentence(context.lang, &error)
}
