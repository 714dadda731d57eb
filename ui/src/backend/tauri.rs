//! The application in the same process: Tauri's `invoke`, and its channel for pushes.
//!
//! `withGlobalTauri` stays off, so the internals are used directly, in the way of `@tauri-apps/api/core` 2.

use std::cell::RefCell;
use std::collections::BTreeMap;

use api::act::FileSource;
use api::error::ApiError;
use domain::id::{Hash32, SpaceId};
use js_sys::{Function, JSON, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{BAD_REPLY, Chosen, Event, UNREACHABLE};

/// Messages of the channel that came before an earlier one.
const CHANNEL_AHEAD_MAX: usize = 1_000;

fn internals() -> Option<JsValue> {
    Reflect::get(&window(), &"__TAURI_INTERNALS__".into()).ok().filter(JsValue::is_object)
}

/// This window is shown by the shell.
pub fn is_here() -> bool {
    internals().is_some()
}

fn method(name: &str) -> Option<(JsValue, Function)> {
    let internals = internals()?;
    let function = Reflect::get(&internals, &name.into()).ok()?.dyn_into().ok()?;
    Some((internals, function))
}

async fn call(command: &str, arguments: &Object) -> Result<JsValue, ApiError> {
    send(command, arguments, &Object::new()).await
}

async fn send(command: &str, body: &JsValue, options: &Object) -> Result<JsValue, ApiError> {
    let (this, invoke) = method("invoke").ok_or_else(|| ApiError::new(UNREACHABLE, "no invoke"))?;
    let promise = invoke.call3(&this, &command.into(), body, options).map_err(rejected)?;
    JsFuture::from(promise.unchecked_into::<Promise>()).await.map_err(rejected)
}

/// A command rejects with the error as JSON; anything else comes from Tauri itself.
fn rejected(value: JsValue) -> ApiError {
    let text = stringify(&value).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_else(|_| ApiError::new(UNREACHABLE, value.as_string().unwrap_or(text)))
}

fn stringify(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok().and_then(|text| text.as_string())
}

fn arguments(pairs: &[(&str, JsValue)]) -> Object {
    let arguments = Object::new();
    for (name, value) in pairs {
        let _ = Reflect::set(&arguments, &(*name).into(), value);
    }
    arguments
}

/// One request.
pub async fn invoke(verb: &str, request: &str) -> Result<String, ApiError> {
    let request = JSON::parse(request).map_err(rejected)?;
    let reply = call(verb, &arguments(&[("request", request)])).await?;
    // `undefined` has no JSON; a reply of `()` is null.
    Ok(stringify(&reply).unwrap_or_else(|| "null".to_owned()))
}

#[derive(Deserialize)]
struct Picked {
    token: String,
    name: String,
}

fn chosen(reply: &JsValue) -> Result<Option<Chosen>, ApiError> {
    let text = stringify(reply).unwrap_or_else(|| "null".to_owned());
    let picked: Option<Picked> = serde_json::from_str(&text).map_err(|error| ApiError::new(BAD_REPLY, error.to_string()))?;
    Ok(picked.map(|picked| Chosen { source: FileSource::Upload(picked.token), name: picked.name }))
}

/// The language of the shell's dialogs: that of the page.
fn language() -> JsValue {
    document().document_element().and_then(|root| root.get_attribute("lang")).map_or(JsValue::NULL, JsValue::from)
}

/// The shell's dialog for a file.
pub async fn pick_file() -> Result<Option<Chosen>, ApiError> {
    chosen(&call("pick_file", &arguments(&[("language", language())])).await?)
}

/// Hands in a file that was dropped on the window: its bytes are the body, its name stands in a header.
pub async fn upload(file: web_sys::File) -> Result<Chosen, ApiError> {
    let name = js_sys::encode_uri_component(&file.name());
    let bytes = JsFuture::from(file.array_buffer()).await.map_err(rejected)?;
    let headers = arguments(&[("kyhop-name", name.into())]);
    let reply = send("upload", &Uint8Array::new(&bytes), &arguments(&[("headers", headers.into())])).await?;
    chosen(&reply)?.ok_or_else(|| ApiError::new(BAD_REPLY, "no token for the file"))
}

/// The shell's dialog for a place to write to.
pub async fn pick_target(name: &str, folder: bool) -> Result<Option<String>, ApiError> {
    let reply =
        call("pick_target", &arguments(&[("name", name.into()), ("folder", folder.into()), ("language", language())])).await?;
    Ok(reply.as_string())
}

/// Where a picture of a page is. Windows and Android know schemes only as hosts.
pub fn page_url(meeting: SpaceId, version: Hash32, page: usize, width: u32) -> String {
    let as_host = window().navigator().user_agent().is_ok_and(|agent| agent.contains("Windows") || agent.contains("Android"));
    let base = if as_host { "http://page.localhost" } else { "page://localhost" };
    format!("{base}/{version}/{page}/{width}?m={meeting}")
}

/// Puts messages back into order.
#[derive(Default)]
struct Ordered {
    next: u32,
    ahead: BTreeMap<u32, JsValue>,
}

/// Puts the projector of a meeting up.
pub async fn open_projector(meeting: SpaceId) -> Result<(), ApiError> {
    call("open_projector", &arguments(&[("meeting", meeting.to_string().into())])).await.map(drop)
}

/// Opens a channel by a command. It lives as long as the window.
pub fn subscribe(command: &'static str, on_event: impl Fn(Event) + 'static) {
    let ordered = RefCell::new(Ordered::default());
    let deliver = move |message: JsValue| match stringify(&message).and_then(|text| serde_json::from_str(&text).ok()) {
        Some(push) => on_event(Event::Push(push)),
        None => on_event(Event::Opened),
    };
    let on_message = Closure::<dyn FnMut(JsValue)>::new(move |raw: JsValue| {
        let field = |name: &str| Reflect::get(&raw, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let Some(index) = field("index").as_f64() else {
            return;
        };
        if field("end").is_truthy() {
            return;
        }
        let mut due = Vec::new();
        {
            let mut ordered = ordered.borrow_mut();
            if ordered.ahead.len() < CHANNEL_AHEAD_MAX {
                ordered.ahead.insert(index as u32, field("message"));
            }
            loop {
                let next = ordered.next;
                let Some(message) = ordered.ahead.remove(&next) else {
                    break;
                };
                due.push(message);
                ordered.next += 1;
            }
        }
        due.into_iter().for_each(&deliver);
    });
    let Some((this, transform)) = method("transformCallback") else {
        return;
    };
    let id = transform.call1(&this, on_message.as_ref()).ok().and_then(|id| id.as_f64()).unwrap_or_default();
    on_message.forget();
    leptos::task::spawn_local(async move {
        let channel = JsValue::from_str(&format!("__CHANNEL__:{id}"));
        let _ = call(command, &arguments(&[("channel", channel)])).await;
    });
}
