//! Finding libpdfium and binding to it, once per process.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use pdfium_render::prelude::{Pdfium, PdfiumError};

use crate::PdfError;

/// Environment variable that names the library file.
pub const PDFIUM_ENV: &str = "KYHOP_PDFIUM";

/// Finds libpdfium: `KYHOP_PDFIUM`, then beside the executable and in its `lib/`, then the place where
/// `cargo xtask setup` puts it (`$XDG_CACHE_HOME/kyhop/pdfium/`, by default `~/.cache/kyhop/pdfium/`).
///
/// # Errors
/// [`PdfError::EngineMissing`] with every place that was looked at. A set but wrong `KYHOP_PDFIUM` is an error too:
/// quietly taking another library would hide the mistake.
pub fn pdfium_path() -> Result<PathBuf, PdfError> {
    let named = std::env::var_os(PDFIUM_ENV).filter(|value| !value.is_empty());
    let exe = std::env::current_exe().ok();
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .filter(|value| Path::new(value).is_absolute())
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    find(named.as_deref(), exe.as_deref().and_then(Path::parent), cache.as_deref())
}

fn find(named: Option<&OsStr>, exe_dir: Option<&Path>, cache: Option<&Path>) -> Result<PathBuf, PdfError> {
    let name = Pdfium::pdfium_platform_library_name();
    let mut looked = Vec::new();
    match named {
        Some(path) => looked.push(PathBuf::from(path)),
        None => {
            if let Some(dir) = exe_dir {
                looked.push(dir.join(&name));
                looked.push(dir.join("lib").join(&name));
            }
            if let Some(dir) = cache {
                looked.push(dir.join("kyhop").join("pdfium").join(&name));
            }
        }
    }
    match looked.iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => Err(PdfError::EngineMissing { looked }),
    }
}

/// Binds to the library, or answers what the first attempt of this process gave: pdfium can be bound only once.
pub(crate) fn bind(path: &Path) -> Result<&'static Pdfium, PdfError> {
    static BOUND: OnceLock<Pdfium> = OnceLock::new();
    static BINDING: Mutex<()> = Mutex::new(());

    let _one_at_a_time = BINDING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pdfium) = BOUND.get() {
        return Ok(pdfium);
    }
    if !path.is_file() {
        return Err(PdfError::EngineMissing { looked: vec![path.to_owned()] });
    }
    let bindings = Pdfium::bind_to_library(path)
        .map_err(|error| PdfError::EngineBroken { path: path.to_owned(), reason: reason(&error) })?;
    Ok(BOUND.get_or_init(|| Pdfium::new(bindings)))
}

fn reason(error: &PdfiumError) -> String {
    match error {
        PdfiumError::LoadLibraryError(error) => error.to_string(),
        other => format!("{other:?}"),
    }
}

/// The right to call pdfium. It is not thread-safe: whoever holds this is the only one inside it,
/// also when several engines live in one process.
pub(crate) fn enter() -> MutexGuard<'static, ()> {
    static INSIDE: Mutex<()> = Mutex::new(());
    INSIDE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_named_library_that_is_not_there_is_an_error_and_not_silently_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let kept = dir.path().join("kyhop/pdfium");
        std::fs::create_dir_all(&kept).unwrap();
        std::fs::write(kept.join("libpdfium.so"), b"x").unwrap();

        assert_eq!(find(None, None, Some(dir.path())).unwrap(), kept.join("libpdfium.so"));
        let missing = find(Some(OsStr::new("/nowhere/libpdfium.so")), None, Some(dir.path())).unwrap_err();
        assert_eq!(missing.code(), "pdf_engine_missing");
        assert!(missing.to_string().contains("/nowhere/libpdfium.so"));
        assert!(missing.to_string().contains("cargo xtask setup"));
    }

    #[test]
    fn the_library_beside_the_program_wins_over_the_one_in_the_cache() {
        let dir = tempfile::tempdir().unwrap();
        let (exe, cache) = (dir.path().join("bin"), dir.path().join("cache"));
        for place in [exe.join("lib"), cache.join("kyhop/pdfium")] {
            std::fs::create_dir_all(&place).unwrap();
            std::fs::write(place.join("libpdfium.so"), b"x").unwrap();
        }
        assert_eq!(find(None, Some(&exe), Some(&cache)).unwrap(), exe.join("lib/libpdfium.so"));
    }
}
