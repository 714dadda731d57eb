//! The projector's page: a token of its own, for one meeting, with which it asks what is to be shown and nothing else.

use api::error::ApiError;
use api::projector::{ProjectorQuery, heard};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::id::{Hash32, SpaceId};
use serde::Deserialize;
use serde_json::{json, to_value};

use crate::Server;
use crate::endpoints::{Answer, Tokened, body, opened, read};
use crate::failure::Failure;
use crate::pages::picture;

/// What a window asks for.
#[derive(Debug, Deserialize)]
struct Wanted {
    meeting: SpaceId,
}

/// `POST /api/projector/open`, by the window of who chairs or writes the meeting: the token of a projector.
pub async fn open(State(server): State<Server>, headers: HeaderMap, bytes: Result<Bytes, BytesRejection>) -> Answer {
    server.guard.admit(&headers, None)?;
    let Wanted { meeting } = read(&body(bytes, "bad_request")?)?;
    server.app.may_project(meeting).await?;
    let token = server.guard.admit_a_projector(meeting)?;
    Ok(Json(json!({ "token": token })))
}

/// `POST /api/projector`
pub async fn ask(State(server): State<Server>, headers: HeaderMap, bytes: Result<Bytes, BytesRejection>) -> Answer {
    let meeting = server.guard.projector(&headers, None)?;
    let query: ProjectorQuery = read(&body(bytes, "bad_request")?)?;
    if query.meeting() != meeting {
        return Err(Failure(ApiError::new("not_allowed", "the projector of another meeting")));
    }
    let stage = server.app.project(query).await?;
    Ok(Json(to_value(stage).map_err(|error| ApiError::new("internal", error.to_string()))?))
}

/// `GET /api/projector/push?token=`, upgraded to a WebSocket.
pub async fn push(
    State(server): State<Server>,
    Query(tokened): Query<Tokened>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match server.guard.projector(&headers, tokened.token.as_deref()) {
        Ok(meeting) => opened(&server, upgrade, move |push| heard(&push, meeting)),
        Err(failure) => failure.into_response(),
    }
}

/// `GET /projected/{version}/{page}/{width}?token=`: the page that is shown.
pub async fn page(
    State(server): State<Server>,
    Path((version, page, width)): Path<(String, u32, u32)>,
    Query(tokened): Query<Tokened>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let meeting = server.guard.projector(&headers, tokened.token.as_deref())?;
    let version: Hash32 = version.parse().map_err(|_| ApiError::new("bad_request", "not the hash of a version"))?;
    Ok(picture(&server.app.projected_page(meeting, version, page, width).await?))
}
