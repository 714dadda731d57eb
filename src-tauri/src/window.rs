//! The one window: its size, where it may go (nowhere), what it keeps.

use std::path::{Path, PathBuf};

use api::error::ApiError;
use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::{AppHandle, Url, WebviewUrl, WebviewWindowBuilder};

use crate::linux;

/// Its label, which capabilities and the page scheme go by.
pub const MAIN: &str = "main";
const TITLE: &str = "Kỳ Họp";
/// In CSS pixels, at first.
const SIZE: (f64, f64) = (1_280.0, 800.0);
/// In CSS pixels, at least: the smallest screen in use.
const SIZE_MIN: (f64, f64) = (1_024.0, 700.0);
/// Below the profile: language, theme and size of text, which are needed before it is unlocked. Nothing of a meeting.
const DATA: &str = "webview";

/// Where the webview keeps its own things.
///
/// # Errors
/// The folder cannot be made.
pub fn data_folder(profile: &Path) -> Result<PathBuf, ApiError> {
    // The webview and the socket need an absolute path; the profile's folder may not be there yet.
    let profile = std::path::absolute(profile).unwrap_or_else(|_| profile.to_owned());
    let folder = profile.join(DATA);
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::PermissionDenied => "file_not_allowed",
            std::io::ErrorKind::StorageFull => "disk_full",
            _ => "disk_error",
        };
        ApiError::new(code, error.to_string()).with("folder", folder.display())
    })?;
    Ok(folder)
}

/// Puts the window up.
///
/// # Errors
/// The system's web view does not start.
pub fn open(shell: &AppHandle, data: PathBuf) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(shell, MAIN, WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SIZE_MIN.0, SIZE_MIN.1)
        .data_directory(data)
        // The window takes dropped files itself; the shell's own handler would hide them from it.
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .build()?;
    tracing::info!("the window is up");
    linux::show_composition(&window)
}

/// The window's own pages; a link, a dropped file or a script leads nowhere else.
fn is_ours(url: &Url) -> bool {
    url.scheme() == "tauri" && url.host_str() == Some("localhost")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nothing_but_the_window_is_ever_opened_in_it() {
        let ours = |url: &str| is_ours(&url.parse().unwrap());
        assert!(ours("tauri://localhost/") && ours("tauri://localhost/index.html#/today"));
        for foreign in [
            "https://example.org/",
            "http://localhost/",
            "file:///etc/passwd",
            "page://localhost/x",
            "ipc://localhost/act",
            "tauri://elsewhere/",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!ours(foreign), "{foreign}");
        }
    }
}
