//! The files of the built window, read from a folder when they are asked for. They are not embedded: a package carries them
//! beside the program, and a change of the window needs no new program.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use api::error::ApiError;
use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::{Assets, Runtime};

/// Largest file of a window: its wasm before it is made small.
const ASSET_BYTES_MAX: u64 = 256 << 20;
/// Where a package keeps the window, beside the program.
const BESIDE: &str = "ui";

/// A folder with a built window.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder that is named, else `KYHOP_DIST`, else `ui/` beside the program.
    ///
    /// # Errors
    /// `window_missing`: no `index.html` in it.
    pub fn open(named: Option<PathBuf>) -> Result<Self, ApiError> {
        let from_environment = || std::env::var_os("KYHOP_DIST").filter(|value| !value.is_empty()).map(PathBuf::from);
        let beside = || std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(BESIDE)));
        let folder = named.or_else(from_environment).or_else(beside).unwrap_or_else(|| PathBuf::from(BESIDE));
        let missing =
            |detail: String| ApiError::new("window_missing", detail).with("folder", folder.display()).with("file", "index.html");
        // Resolved once: what is served must lie in here.
        let root = folder.canonicalize().map_err(|error| missing(error.to_string()))?;
        if !root.join("index.html").is_file() {
            return Err(missing(format!("no index.html in {}", folder.display())));
        }
        Ok(Self { root })
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let located = locate(&self.root, path)?;
        // A link may lead out of the folder; what it leads to is not shown.
        let real = located.canonicalize().ok()?;
        let facts = std::fs::metadata(&real).ok()?;
        if !real.starts_with(&self.root) || !facts.is_file() || facts.len() > ASSET_BYTES_MAX {
            return None;
        }
        std::fs::read(real).ok()
    }
}

impl<R: Runtime> Assets<R> for Folder {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        self.read(key.as_ref()).map(Cow::Owned)
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _html_path: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        // The page holds no script of its own, so there is nothing to vouch for.
        Box::new(std::iter::empty())
    }
}

/// Where a path lies below the folder.
fn locate(root: &Path, path: &str) -> Option<PathBuf> {
    let inside = Path::new(path.strip_prefix('/').unwrap_or(path));
    let plain = inside.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && !path.contains(['\\', '\0']) && inside != Path::new("")).then(|| root.join(inside))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_files_below_the_folder_are_read() {
        let home = tempfile::tempdir().unwrap();
        let dist = home.path().join("dist");
        std::fs::create_dir_all(dist.join("fonts")).unwrap();
        std::fs::write(dist.join("index.html"), "page").unwrap();
        std::fs::write(dist.join("fonts/a.woff2"), "font").unwrap();
        std::fs::write(home.path().join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink(home.path().join("secret"), dist.join("link")).unwrap();
        let folder = Folder::open(Some(dist)).unwrap();
        assert_eq!(folder.read("/index.html").unwrap(), b"page");
        assert_eq!(folder.read("fonts/a.woff2").unwrap(), b"font");
        for path in ["/../secret", "/fonts/../../secret", "//etc/passwd", "/link", "/fonts", "/", "", "/none", "\\secret"] {
            assert_eq!(folder.read(path), None, "{path}");
        }
    }

    #[test]
    fn a_folder_without_a_window_is_refused() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(Folder::open(Some(home.path().to_owned())).err().unwrap().code, "window_missing");
        assert_eq!(Folder::open(Some(home.path().join("none"))).err().unwrap().code, "window_missing");
    }
}
