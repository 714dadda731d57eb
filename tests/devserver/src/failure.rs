//! Errors on the wire: JSON of [`ApiError`] with a fitting HTTP status.

use api::error::ApiError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// An error as an answer.
#[derive(Debug)]
pub struct Failure(pub ApiError);

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (status(&self.0.code), axum::Json(self.0)).into_response()
    }
}

/// What fits a code. The window goes by the code; the status is for tools that look from outside.
fn status(code: &str) -> StatusCode {
    match code {
        "unauthorized" | "wrong_passphrase" => StatusCode::UNAUTHORIZED,
        "foreign_page" | "not_allowed" | "chair_only" | "opener_only" => StatusCode::FORBIDDEN,
        "not_found" | "no_profile" => StatusCode::NOT_FOUND,
        "upload_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "locked" | "profile_exists" | "profile_in_use" | "vote_closed" | "ballot_final" | "minutes_changed" | "not_your_turn"
        | "no_quorum" | "file_not_here_yet" | "no_key_yet" | "not_enrolled" => StatusCode::CONFLICT,
        "internal" | "stopped" | "store_damaged" | "disk_error" | "disk_full" | "no_randomness" | "no_thread"
        | "pdf_engine_missing" | "pdf_engine_broken" | "pdf_engine_stopped" | "pdf_internal" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// An error of the system.
#[allow(clippy::needless_pass_by_value)]
pub fn of_io(error: std::io::Error) -> ApiError {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => "file_not_found",
        std::io::ErrorKind::PermissionDenied => "file_not_allowed",
        std::io::ErrorKind::StorageFull => "disk_full",
        _ => "disk_error",
    };
    ApiError::new(code, error.to_string())
}
