//! The application at the address this page came from: requests as JSON, pushes over a WebSocket.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use api::act::FileSource;
use api::error::ApiError;
use domain::id::{Hash32, SpaceId};
use js_sys::{JsString, Uint8Array};
use leptos::prelude::*;
use serde::Deserialize;
use ui::route::{Route, token_in};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, MessageEvent, RequestInit, Response, WebSocket};

use super::{BAD_REPLY, Chosen, Event, UNREACHABLE};

/// The token is kept for reloads of this tab only.
const TOKEN_KEY: &str = "kyhop.token";
/// That of a projector's page, which never reads the other one.
const PROJECTOR_TOKEN_KEY: &str = "kyhop.projector";
const TOKEN_HEADER: &str = "X-Kyhop-Token";
/// Waits between attempts to open the channel again, in milliseconds; the last one repeats.
const RETRY_MS: [u64; 5] = [250, 500, 1_000, 2_000, 5_000];

/// The devserver.
#[derive(Debug, Clone)]
pub struct Http {
    token: String,
}

/// A token that the server made: of a file, or of a projector.
#[derive(Deserialize)]
struct Made {
    token: String,
}

fn unreachable(error: &JsValue) -> ApiError {
    ApiError::new(UNREACHABLE, format!("{error:?}"))
}

impl Http {
    /// The window's.
    pub fn here() -> Self {
        Self::with(TOKEN_KEY)
    }

    /// The projector's.
    pub fn projector() -> Self {
        Self::with(PROJECTOR_TOKEN_KEY)
    }

    /// Takes the token from the address (and hides it from there) or from an earlier load of this tab.
    fn with(key: &str) -> Self {
        let storage = window().session_storage().ok().flatten();
        let location = window().location();
        let (search, hash) = (location.search().unwrap_or_default(), location.hash().unwrap_or_default());
        let given = token_in(&search).or_else(|| token_in(&hash)).map(str::to_owned);
        if let Some(token) = &given {
            if let Some(storage) = &storage {
                let _ = storage.set_item(key, token);
            }
            let path = location.pathname().unwrap_or_else(|_| "/".to_owned());
            let rest = if token_in(&hash).is_some() { "" } else { &hash };
            if let Ok(history) = window().history() {
                let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{path}{rest}")));
            }
        }
        let kept = || storage.as_ref().and_then(|storage| storage.get_item(key).ok().flatten());
        Self { token: given.or_else(kept).unwrap_or_default() }
    }

    async fn send(&self, path: &str, body: &JsValue, content_type: &str) -> Result<String, ApiError> {
        let headers = Headers::new().map_err(|error| unreachable(&error))?;
        let _ = headers.set(TOKEN_HEADER, &self.token);
        let _ = headers.set("Content-Type", content_type);
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_headers(&headers);
        init.set_body(body);
        let response: Response = JsFuture::from(window().fetch_with_str_and_init(path, &init))
            .await
            .map_err(|error| unreachable(&error))?
            .unchecked_into();
        let text = response.text().map_err(|error| unreachable(&error))?;
        let text: JsString = JsFuture::from(text).await.map_err(|error| unreachable(&error))?.unchecked_into();
        let text = String::from(text);
        if response.ok() {
            return Ok(text);
        }
        Err(serde_json::from_str(&text).unwrap_or_else(|_| match response.status() {
            401 | 403 => ApiError::new("unauthorized", ""),
            413 => ApiError::new("upload_too_large", ""),
            status => ApiError::new(UNREACHABLE, format!("HTTP {status}")),
        }))
    }

    /// One request.
    pub async fn post(&self, verb: &str, request: &str) -> Result<String, ApiError> {
        self.send(&format!("/api/{verb}"), &JsValue::from_str(request), "application/json").await
    }

    /// Hands in a file.
    pub async fn upload(&self, file: web_sys::File) -> Result<Chosen, ApiError> {
        let name = file.name();
        let bytes = JsFuture::from(file.array_buffer()).await.map_err(|error| unreachable(&error))?;
        let path = format!("/api/upload?name={}", js_sys::encode_uri_component(&name));
        let reply = self.send(&path, &Uint8Array::new(&bytes), "application/octet-stream").await?;
        let uploaded: Made = serde_json::from_str(&reply).map_err(|error| ApiError::new(BAD_REPLY, error.to_string()))?;
        Ok(Chosen { source: FileSource::Upload(uploaded.token), name })
    }

    /// Where a picture of a page is.
    pub fn page_url(&self, meeting: SpaceId, version: Hash32, page: usize, width: u32) -> String {
        format!("/page/{version}/{page}/{width}?m={meeting}&token={}", js_sys::encode_uri_component(&self.token))
    }

    /// Where the picture of the page that the projector shows is.
    pub fn projected_url(&self, version: Hash32, page: u32, width: u32) -> String {
        format!("/projected/{version}/{page}/{width}?token={}", js_sys::encode_uri_component(&self.token))
    }

    /// Opens a projector in a tab of its own, which gets a token of its own and nothing of this tab.
    pub async fn open_projector(&self, meeting: SpaceId) -> Result<(), ApiError> {
        let reply = self.post("projector/open", &format!(r#"{{"meeting":"{meeting}"}}"#)).await?;
        let opened: Made = serde_json::from_str(&reply).map_err(|error| ApiError::new(BAD_REPLY, error.to_string()))?;
        let address = format!("/?token={}{}", opened.token, Route::Projector(meeting).fragment());
        window()
            .open_with_url_and_target_and_features(&address, "_blank", "noopener")
            .map(drop)
            .map_err(|error| unreachable(&error))
    }

    /// Opens the channel at a path below `/api/`, and again whenever it breaks.
    pub fn subscribe(&self, path: &str, on_event: impl Fn(Event) + 'static) {
        let location = window().location();
        let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
        let host = location.host().unwrap_or_default();
        let token = js_sys::encode_uri_component(&self.token);
        let url = format!("{}://{host}/api/{path}?token={token}", if secure { "wss" } else { "ws" });
        open(Rc::new(Channel { url, on_event: Box::new(on_event), attempts: RefCell::new(0) }));
    }
}

struct Channel {
    url: String,
    on_event: Box<dyn Fn(Event)>,
    attempts: RefCell<usize>,
}

fn open(channel: Rc<Channel>) {
    let Ok(socket) = WebSocket::new(&channel.url) else {
        retry(channel);
        return;
    };
    let opened = channel.clone();
    let on_open = Closure::<dyn FnMut()>::new(move || {
        *opened.attempts.borrow_mut() = 0;
        (opened.on_event)(Event::Opened);
    });
    let messages = channel.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(text) = event.data().as_string() else {
            return;
        };
        match serde_json::from_str(&text) {
            Ok(push) => (messages.on_event)(Event::Push(push)),
            // A push of a newer application: what it changed is unknown, so everything is read again.
            Err(_) => (messages.on_event)(Event::Opened),
        }
    });
    let on_close = Closure::once_into_js(move || {
        (channel.on_event)(Event::Lost);
        retry(channel);
    });
    socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(on_close.unchecked_ref()));
    // They live as long as the socket, which nobody here closes.
    on_open.forget();
    on_message.forget();
}

fn retry(channel: Rc<Channel>) {
    let attempt = channel.attempts.replace_with(|attempts| *attempts + 1);
    let wait = RETRY_MS[attempt.min(RETRY_MS.len() - 1)];
    set_timeout(move || open(channel), Duration::from_millis(wait));
}
