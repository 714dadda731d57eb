//! The window and the projector's beside it: their size, where they may go (nowhere), what they keep.

use std::path::{Path, PathBuf};

use api::error::ApiError;
use domain::id::SpaceId;
use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::{AppHandle, Manager, RunEvent, Url, WebviewUrl, WebviewWindowBuilder, WindowEvent};

use crate::linux;

/// Its label, which capabilities and the page scheme go by.
pub const MAIN: &str = "main";
/// The label of the projector's window: it may ask for what a room may see, and nothing else.
pub const PROJECTOR: &str = "projector";
const TITLE: &str = "Kỳ Họp";
const PROJECTOR_TITLE: &str = "Kỳ Họp – Máy chiếu";
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

/// Puts the projector's window up, or lets the one that is up show this meeting: over the whole of another screen if there is one, else
/// beside the main window, for a person to move.
///
/// # Errors
/// The system's web view does not start.
pub fn project(shell: &AppHandle, data: PathBuf, meeting: SpaceId) -> tauri::Result<()> {
    if let Some(before) = shell.get_webview_window(PROJECTOR) {
        before.navigate(projector_page(&before.url()?, meeting))?;
        return before.set_focus();
    }
    let page = format!("index.html#/projector/{meeting}");
    let window = WebviewWindowBuilder::new(shell, PROJECTOR, WebviewUrl::App(page.into()))
        .title(PROJECTOR_TITLE)
        .inner_size(SIZE.0, SIZE.1)
        .data_directory(data)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .build()?;
    let own = shell.get_webview_window(MAIN).and_then(|main| main.current_monitor().ok().flatten());
    let other = window
        .available_monitors()?
        .into_iter()
        .find(|monitor| Some(monitor.position()) != own.as_ref().map(|own| own.position()));
    if let (Some(_), Some(other)) = (&own, other) {
        window.set_position(*other.position())?;
        window.set_fullscreen(true)?;
    }
    Ok(())
}

/// The address of the projector of a meeting, from that of one.
fn projector_page(now: &Url, meeting: SpaceId) -> Url {
    let mut page = now.clone();
    page.set_fragment(Some(&format!("/projector/{meeting}")));
    page
}

/// The projector does not outlive the window that steers it.
pub fn follow_the_main_one(shell: &AppHandle, event: &RunEvent) {
    if let RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. } = event
        && label == MAIN
        && let Some(projector) = shell.get_webview_window(PROJECTOR)
        && let Err(error) = projector.close()
    {
        tracing::warn!(%error, "the projector's window stays");
    }
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
    fn a_projector_that_is_up_goes_to_another_meeting_and_nowhere_else() {
        let meeting = SpaceId([7; SpaceId::LEN]);
        let page = projector_page(&"tauri://localhost/index.html#/projector/00".parse().unwrap(), meeting);
        assert_eq!(page.as_str(), format!("tauri://localhost/index.html#/projector/{meeting}"));
        assert!(is_ours(&page));
    }

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
