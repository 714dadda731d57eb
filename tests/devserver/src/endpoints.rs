//! The two verbs, uploads, and the channel of pushes.

use api::act::Act;
use api::error::ApiError;
use api::push::Push;
use api::query::Query;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{self, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use crate::Server;
use crate::failure::Failure;

/// Longest request in JSON: an ink stroke of many points is the largest.
pub const REQUEST_BYTES_MAX: usize = 4 << 20;
/// Largest upload: a paper, as the application limits it, and a little more so that its own error is heard.
pub const UPLOAD_BYTES_MAX: usize = (100 << 20) + (1 << 20);
/// Longest file name.
const NAME_BYTES_MAX: usize = 1_024;
/// Largest message a page may send over the channel; it has nothing to say there.
const CHANNEL_BYTES_MAX: usize = 1_024;

pub(crate) type Answer = Result<Json<Value>, Failure>;

pub(crate) fn body(body: Result<Bytes, BytesRejection>, code: &str) -> Result<Bytes, Failure> {
    body.map_err(|error| Failure(ApiError::new(code, error.to_string()).with("limit", UPLOAD_BYTES_MAX)))
}

pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| Failure(ApiError::new("bad_request", error.to_string())))
}

/// `POST /api/query`
pub async fn query(State(server): State<Server>, headers: HeaderMap, bytes: Result<Bytes, BytesRejection>) -> Answer {
    server.guard.admit(&headers, None)?;
    let query: Query = read(&body(bytes, "bad_request")?)?;
    Ok(Json(server.app.query(query).await?))
}

/// `POST /api/act`
pub async fn act(State(server): State<Server>, headers: HeaderMap, bytes: Result<Bytes, BytesRejection>) -> Answer {
    server.guard.admit(&headers, None)?;
    let act: Act = read(&body(bytes, "bad_request")?)?;
    Ok(Json(server.app.act(act).await?))
}

/// The name of an uploaded file.
#[derive(Debug, Deserialize)]
pub struct Named {
    #[serde(default)]
    name: String,
}

/// `POST /api/upload?name=`
pub async fn upload(
    State(server): State<Server>,
    extract::Query(named): extract::Query<Named>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Answer {
    server.guard.admit(&headers, None)?;
    if named.name.len() > NAME_BYTES_MAX {
        return Err(Failure(ApiError::new("bad_request", "the name is too long")));
    }
    let bytes = body(bytes, "upload_too_large")?;
    let token = server.app.upload(&named.name, bytes.to_vec())?;
    Ok(Json(json!({ "token": token })))
}

/// The token where a page cannot set headers.
#[derive(Debug, Deserialize)]
pub struct Tokened {
    pub(crate) token: Option<String>,
}

/// `GET /api/push?token=`, upgraded to a WebSocket.
pub async fn push(
    State(server): State<Server>,
    extract::Query(tokened): extract::Query<Tokened>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if let Err(failure) = server.guard.admit(&headers, tokened.token.as_deref()) {
        return failure.into_response();
    }
    opened(&server, upgrade, Some)
}

/// The channel of those pushes that `heard` lets through.
pub(crate) fn opened(
    server: &Server,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    heard: impl Fn(Push) -> Option<Push> + Send + 'static,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    // Subscribed before the page hears that the channel is open, so that it misses nothing.
    let pushes = server.app.subscribe();
    upgrade.max_message_size(CHANNEL_BYTES_MAX).on_upgrade(move |socket| channel(socket, pushes, heard))
}

async fn channel(
    mut socket: WebSocket,
    mut pushes: tokio::sync::broadcast::Receiver<Push>,
    heard: impl Fn(Push) -> Option<Push> + Send + 'static,
) {
    loop {
        let push = tokio::select! {
            push = pushes.recv() => match push {
                Ok(push) => push,
                Err(RecvError::Lagged(_)) => Push::Overflowed,
                Err(RecvError::Closed) => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
        };
        let Some(push) = heard(push) else { continue };
        let Ok(text) = serde_json::to_string(&push) else {
            return;
        };
        if socket.send(Message::Text(text.into())).await.is_err() {
            return;
        }
    }
}
