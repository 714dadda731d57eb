//! The targets, and what honest programs would give them.

mod backups;
mod documents;
mod files;
mod signed;
mod wire;

use std::path::Path;

/// Where bytes of every format are kept.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// A decoder.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Tries it; says in a word what came of it. A panic is a failure.
    pub run: fn(&[u8]) -> String,
    /// What honest programs write.
    pub corpus: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: [Target; 22] = [
    Target { name: "frame", run: wire::frame, corpus: wire::frames },
    Target { name: "envelope", run: wire::envelope, corpus: wire::envelopes },
    Target { name: "control", run: wire::control, corpus: wire::controls },
    Target { name: "session", run: wire::session, corpus: wire::frames },
    Target { name: "blob", run: wire::blob, corpus: wire::proofs },
    Target { name: "content", run: documents::content, corpus: documents::contents },
    Target { name: "change", run: documents::change, corpus: documents::changes },
    Target { name: "question", run: documents::question, corpus: documents::entries },
    Target { name: "certificate", run: signed::certificate, corpus: signed::certificates },
    Target { name: "act", run: signed::act, corpus: signed::acts },
    Target { name: "join", run: signed::join, corpus: signed::joins },
    Target { name: "bundle", run: signed::bundle, corpus: signed::bundles },
    Target { name: "secret-bundle", run: signed::secret_bundle, corpus: signed::secret_bundles },
    Target { name: "archive-seal", run: signed::seal, corpus: signed::seals },
    Target { name: "sealed", run: signed::sealed, corpus: signed::sealed_files },
    Target { name: "package", run: files::package, corpus: files::packages },
    Target { name: "article", run: files::article, corpus: files::articles },
    Target { name: "html", run: files::html, corpus: files::pages },
    Target { name: "docx", run: files::docx, corpus: files::word },
    Target { name: "json", run: files::json, corpus: files::lines },
    Target { name: "backup", run: backups::backup, corpus: backups::backups },
    Target { name: "pdf", run: files::pdf, corpus: files::papers },
];

/// Files of a folder of the fixtures whose names begin so.
fn fixtures(folder: &str, prefix: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(FIXTURES).join(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
        .collect();
    paths.sort_unstable();
    paths.into_iter().filter_map(|path| std::fs::read(path).ok()).collect()
}
