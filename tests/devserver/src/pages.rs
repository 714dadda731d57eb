//! Pages of papers as pictures, at the path that the desktop serves as `page://`.

use api::error::ApiError;
use app::PageImage;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::id::{Hash32, SpaceId};
use serde::Deserialize;

use crate::Server;
use crate::failure::Failure;

/// A version's pages never change.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// What stands after the path.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// The meeting.
    m: SpaceId,
    token: Option<String>,
}

/// `GET /page/{version}/{page}/{width}?m=MEETING&token=`
pub async fn page(
    State(server): State<Server>,
    Path((version, page, width)): Path<(String, u32, u32)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    server.guard.admit(&headers, wanted.token.as_deref())?;
    let version: Hash32 = version.parse().map_err(|_| ApiError::new("bad_request", "not the hash of a version"))?;
    let image = server.app.page(wanted.m, version, page, width).await?;
    Ok(picture(&image))
}

/// The answer that is a picture of a page.
pub(crate) fn picture(image: &PageImage) -> Response {
    ([(header::CONTENT_TYPE, image.mime), (header::CACHE_CONTROL, FOR_EVER)], image.bytes.to_vec()).into_response()
}
