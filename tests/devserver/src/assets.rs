//! The files of the built window.

use std::path::{Component, Path, PathBuf};

use api::error::ApiError;
use axum::extract::State;
use axum::http::{Method, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::Server;
use crate::failure::Failure;

/// Largest file that is served: the window's wasm before it is made small.
const ASSET_BYTES_MAX: u64 = 256 << 20;

/// A file of the window; `/` is `index.html`. No token: the files hold nothing of anybody.
pub async fn asset(State(server): State<Server>, method: Method, uri: Uri) -> Result<Response, Failure> {
    let missing = || Failure(ApiError::new("not_found", "no such file").with("what", "file"));
    if method != Method::GET && method != Method::HEAD {
        return Err(missing());
    }
    let path = locate(&server.dist, uri.path()).ok_or_else(missing)?;
    // A link may lead out of the folder; what it leads to is not served.
    let real = tokio::fs::canonicalize(&path).await.map_err(|_| missing())?;
    if !real.starts_with(server.dist.as_path()) {
        return Err(missing());
    }
    let facts = tokio::fs::metadata(&real).await.map_err(|_| missing())?;
    if !facts.is_file() || facts.len() > ASSET_BYTES_MAX {
        return Err(missing());
    }
    let bytes = tokio::fs::read(&real).await.map_err(|_| missing())?;
    Ok(([(header::CONTENT_TYPE, mime(&real)), (header::CACHE_CONTROL, "no-cache")], bytes).into_response())
}

/// Where a path of the address lies below the folder. Names of built files need no escapes, so an escape is no name.
fn locate(dist: &Path, path: &str) -> Option<PathBuf> {
    let inside = path.strip_prefix('/')?;
    if inside.contains(['%', '\\', '\0']) {
        return None;
    }
    let relative = Path::new(if inside.is_empty() { "index.html" } else { inside });
    relative.components().all(|part| matches!(part, Component::Normal(_))).then(|| dist.join(relative))
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_below_the_folder_are_found() {
        let dist = Path::new("/dist");
        assert_eq!(locate(dist, "/"), Some("/dist/index.html".into()));
        assert_eq!(locate(dist, "/fonts/a.woff2"), Some("/dist/fonts/a.woff2".into()));
        for path in ["/../secret", "/a/../../secret", "/..%2fsecret", "//etc/passwd", "/a\\b", "/%2e%2e/secret", ""] {
            assert_eq!(locate(dist, path), None, "{path}");
        }
    }
}
