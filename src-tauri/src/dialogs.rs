//! The system's own dialogs for files. What a person chooses here the window may use, nothing else.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use api::error::ApiError;
use gtk::prelude::*;
use gtk::{FileChooserAction, FileChooserNative, FileFilter, ResponseType};
use tauri::{State, WebviewWindow};
use tokio::sync::oneshot;

use crate::commands::Picked;
use crate::desk::Desk;

/// Largest file that is read: a paper, as the application limits it, and one byte more so that its own error is heard.
const FILE_BYTES_MAX: u64 = (100 << 20) + 1;
/// Longest name that is proposed, in characters.
const NAME_CHARS_MAX: usize = 120;
/// How many names are tried for a folder that is to be new.
const FOLDERS_TRIED_MAX: u32 = 1_000;

/// What a dialog asks for.
enum Ask {
    File,
    Target(String),
    Folder,
}

impl Ask {
    fn dialog(&self, parent: Option<&gtk::ApplicationWindow>, english: bool) -> FileChooserNative {
        let say = |vi: &'static str, en: &'static str| if english { en } else { vi };
        let (title, action, accept) = match self {
            Self::File => (say("Chọn tệp PDF", "Choose a PDF"), FileChooserAction::Open, say("Chọn", "Choose")),
            Self::Target(_) => (say("Lưu thành tệp", "Save as"), FileChooserAction::Save, say("Lưu", "Save")),
            Self::Folder => (
                say("Chọn nơi đặt thư mục", "Choose where to put the folder"),
                FileChooserAction::SelectFolder,
                say("Chọn", "Choose"),
            ),
        };
        let dialog = FileChooserNative::new(Some(title), parent, action, Some(accept), Some(say("Hủy", "Cancel")));
        dialog.set_modal(true);
        match self {
            Self::File => {
                let filter = FileFilter::new();
                filter.set_name(Some("PDF"));
                filter.add_mime_type("application/pdf");
                filter.add_pattern("*.pdf");
                filter.add_pattern("*.PDF");
                dialog.add_filter(filter);
            }
            Self::Target(name) => {
                dialog.set_current_name(name);
                dialog.set_do_overwrite_confirmation(true);
            }
            Self::Folder => {}
        }
        dialog
    }
}

/// Asks the person; `None` if they changed their mind.
async fn choose(window: &WebviewWindow, ask: Ask, english: bool) -> Result<Option<PathBuf>, ApiError> {
    let failed = |error: tauri::Error| ApiError::new("internal", error.to_string());
    let (sender, receiver) = oneshot::channel();
    let parent = window.clone();
    window
        .run_on_main_thread(move || {
            let dialog = ask.dialog(parent.gtk_window().ok().as_ref(), english);
            let sender = RefCell::new(Some(sender));
            // GTK keeps no such dialog by itself: it lives here until it is answered.
            let kept = Rc::new(RefCell::new(Some(dialog.clone())));
            dialog.connect_response(move |dialog, response| {
                let chosen = (response == ResponseType::Accept).then(|| dialog.filename()).flatten();
                if let Some(sender) = sender.take() {
                    // An error means that the window is gone.
                    let _ = sender.send(chosen);
                }
                kept.take();
            });
            dialog.show();
        })
        .map_err(failed)?;
    Ok(receiver.await.unwrap_or_default())
}

/// Lets the person choose a PDF and takes it in.
#[tauri::command]
pub async fn pick_file(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    language: Option<String>,
) -> Result<Option<Picked>, ApiError> {
    let Some(path) = choose(&window, Ask::File, is_english(language.as_deref())).await? else {
        return Ok(None);
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = read(&path).await.map_err(|error| error.with("file", &name))?;
    let token = desk.app().await.upload(&name, bytes).map_err(|error| error.with("file", &name))?;
    Ok(Some(Picked { token, name }))
}

/// Lets the person choose where to write: a file, or a place for a new folder of that name. Answers the path.
#[tauri::command]
pub async fn pick_target(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    name: String,
    folder: bool,
    language: Option<String>,
) -> Result<Option<String>, ApiError> {
    let name = plain_name(&name);
    let ask = if folder { Ask::Folder } else { Ask::Target(name.clone()) };
    let Some(chosen) = choose(&window, ask, is_english(language.as_deref())).await? else {
        return Ok(None);
    };
    let path = if folder { new_folder(&chosen, &name) } else { chosen };
    let path = path.into_os_string().into_string().map_err(|_| ApiError::new("bad_request", "the path is not UTF-8"))?;
    desk.granted().add(path.clone());
    Ok(Some(path))
}

fn is_english(language: Option<&str>) -> bool {
    language.is_some_and(|language| language.starts_with("en"))
}

async fn read(path: &Path) -> Result<Vec<u8>, ApiError> {
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    });
    let read = reading.await.map_err(|error| ApiError::new("internal", error.to_string()))?;
    read.map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => "file_not_found",
            std::io::ErrorKind::PermissionDenied => "file_not_allowed",
            _ => "disk_error",
        };
        ApiError::new(code, error.to_string())
    })
}

/// A name that leads into no other folder.
fn plain_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| if matches!(letter, '/' | '\\') || letter.is_control() { ' ' } else { letter })
        .take(NAME_CHARS_MAX)
        .collect();
    let plain = plain.trim().trim_start_matches(['.', ' ']);
    if plain.is_empty() { "Kỳ Họp".to_owned() } else { plain.to_owned() }
}

/// A folder that is not there yet: what is written goes beside older things, never among them.
fn new_folder(place: &Path, name: &str) -> PathBuf {
    let numbered = (2..FOLDERS_TRIED_MAX).map(|number| place.join(format!("{name} ({number})")));
    std::iter::once(place.join(name)).chain(numbered).find(|folder| !folder.exists()).unwrap_or_else(|| place.join(name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_proposed_name_leads_nowhere_else() {
        assert_eq!(plain_name("Biên bản 11/2026.pdf"), "Biên bản 11 2026.pdf");
        assert_eq!(plain_name("../../.bashrc"), "bashrc");
        assert_eq!(plain_name(" \n.. "), "Kỳ Họp");
        assert_eq!(plain_name(&"a".repeat(500)).len(), NAME_CHARS_MAX);
    }

    #[test]
    fn an_older_folder_of_the_same_name_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(new_folder(place.path(), "Phiên họp"), place.path().join("Phiên họp"));
        std::fs::create_dir(place.path().join("Phiên họp")).unwrap();
        assert_eq!(new_folder(place.path(), "Phiên họp"), place.path().join("Phiên họp (2)"));
    }
}
