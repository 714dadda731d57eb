//! Checking the archive of a meeting without a profile.

use std::path::Path;

use api::error::ApiError;
use domain::calendar::in_words;
use domain::id::Hash32;

use super::NOT_VALID;
use crate::connect::Context;
use crate::output::{Lines, Reply};
use crate::verdicts::Verdicts;

/// `kyhop meeting verify-archive`: exit status 0 if nothing is wrong, 1 if something is.
pub fn verify(context: &Context, archive: &Path, root: &Hash32) -> Result<Reply, ApiError> {
    let report = app::archive::verify_archive(archive, root)?;
    let lang = context.lang;
    let mut lines = Lines::default();
    let verdict = if report.ok {
        lang.pick("Đúng: mọi tệp, chứng cứ và chữ ký khớp.", "Sound: all files, evidence and signatures hold.")
    } else {
        lang.pick("KHÔNG đúng.", "NOT sound.")
    };
    lines.add(format_args!("{verdict}"));
    if let (Some(by), Some(at)) = (&report.sealed_by, report.sealed_at) {
        lines.add(format_args!("{}: {by} · {}", lang.pick("Người xuất hồ sơ", "Exported by"), in_words(at)));
    }
    lines.add(format_args!("{}: {}", lang.pick("Số tệp đúng", "Files that hold"), report.files));
    for vote in &report.votes {
        let passed = match vote.passed {
            Some(true) => lang.pick("được thông qua", "passed"),
            Some(false) => lang.pick("không được thông qua", "not passed"),
            None => lang.pick("không có kết luận chung", "no one verdict"),
        };
        lines.add(format_args!("{} {}: {passed}", if vote.ok { "✓" } else { "!" }, vote.question));
    }
    let documents = [
        (&report.minutes, lang.pick("Chữ ký đúng trên biên bản", "Valid signatures on the minutes")),
        (&report.resolution, lang.pick("Chữ ký đúng trên nghị quyết", "Valid signatures on the resolution")),
        (&report.notice, lang.pick("Chữ ký đúng trên thông báo kết luận", "Valid signatures on the notice of conclusions")),
    ];
    for (document, name) in documents {
        if let Some(signed) = document {
            lines.add(format_args!("{name}: {}/{}", signed.valid, signed.signatures));
        }
    }
    let verdicts = Verdicts::of(lang)?;
    for problem in &report.problems {
        lines.add(format_args!("! {}", verdicts.archive(problem)));
    }
    let exit = if report.ok { 0 } else { NOT_VALID };
    Ok(Reply::new(&report, lines.or(""))?.exit(exit))
}
