//! What the window asks: the two verbs, the channel of pushes, dropped files. Errors go back as [`ApiError`].

use api::error::ApiError;
use api::projector::StageView;
use api::push::Push;
use domain::id::SpaceId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tauri::ipc::{Channel, InvokeBody, Request};
use tauri::{AppHandle, State};

use crate::desk::Desk;
use crate::window;

/// The header that names an uploaded file, percent-encoded.
const NAME_HEADER: &str = "kyhop-name";
/// Longest name of a file, percent-encoded.
const NAME_BYTES_MAX: usize = 3_072;

/// A file that waits for an act to name it.
#[derive(Debug, Serialize)]
pub struct Picked {
    /// What the act says.
    pub token: String,
    /// For the screen.
    pub name: String,
}

fn read<T: DeserializeOwned>(request: Value) -> Result<T, ApiError> {
    serde_json::from_value(request).map_err(|error| ApiError::new("bad_request", error.to_string()))
}

/// Reads something.
#[tauri::command]
pub async fn query(desk: State<'_, Desk>, request: Value) -> Result<Value, ApiError> {
    desk.query(read(request)?).await
}

/// Changes something.
#[tauri::command]
pub async fn act(desk: State<'_, Desk>, request: Value) -> Result<Value, ApiError> {
    desk.act(read(request)?).await
}

/// Pushes from now on: first `null`, then each in order.
#[tauri::command]
pub async fn subscribe(desk: State<'_, Desk>, channel: Channel<Option<Push>>) -> Result<(), ApiError> {
    desk.subscribe(channel);
    Ok(())
}

/// Puts the projector of a meeting up, on another screen if there is one.
#[tauri::command]
pub async fn open_projector(shell: AppHandle, desk: State<'_, Desk>, meeting: SpaceId) -> Result<(), ApiError> {
    desk.project(meeting).await?;
    let data = window::data_folder(desk.app().await.folder())?;
    window::project(&shell, data, meeting).map_err(|error| ApiError::new("window_failed", error.to_string()))
}

/// All that the projector's window can ask: what is to be shown.
#[tauri::command]
pub async fn projector(desk: State<'_, Desk>, request: Value) -> Result<StageView, ApiError> {
    desk.stage(read(request)?).await
}

/// When the projector's window should ask again: first `null`, then each time.
#[tauri::command]
pub async fn subscribe_projector(desk: State<'_, Desk>, channel: Channel<Option<Push>>) -> Result<(), ApiError> {
    desk.subscribe_projector(channel)
}

/// Takes in a file that was dropped on the window: its bytes are the body.
#[tauri::command]
pub async fn upload(desk: State<'_, Desk>, request: Request<'_>) -> Result<Picked, ApiError> {
    let bad = |detail: &str| ApiError::new("bad_request", detail);
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(bad("the body is not a file"));
    };
    let name = request.headers().get(NAME_HEADER).and_then(|name| name.to_str().ok()).unwrap_or_default();
    if name.len() > NAME_BYTES_MAX {
        return Err(bad("the name is too long"));
    }
    let name = percent_decoded(name).ok_or_else(|| bad("the name is not percent-encoded UTF-8"))?;
    let token = desk.app().await.upload(&name, bytes.clone())?;
    Ok(Picked { token, name })
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut rest = text.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_come_through_a_header() {
        assert_eq!(percent_decoded("T%E1%BB%9D%20tr%C3%ACnh.pdf").as_deref(), Some("Tờ trình.pdf"));
        for broken in ["%", "%e", "%zz", "%+1", "%ff"] {
            assert_eq!(percent_decoded(broken), None, "{broken}");
        }
    }
}
