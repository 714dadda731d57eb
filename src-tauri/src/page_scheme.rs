//! `page://localhost/VERSION/PAGE/WIDTH?m=MEETING`: pictures of pages, for `<img>`. Drawn elsewhere; the window waits for none.

use api::error::ApiError;
use app::PageImage;
use domain::id::{Hash32, SpaceId};
use tauri::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use tauri::http::{Method, Request, Response, StatusCode, Uri};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::desk::Desk;
use crate::window;

/// A version's pages never change.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// A page, as the address names it.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    meeting: SpaceId,
    version: Hash32,
    page: u32,
    width_px: u32,
}

impl Wanted {
    fn read(uri: &Uri) -> Option<Self> {
        let mut parts = uri.path().strip_prefix('/')?.split('/');
        let (version, page, width_px) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            // The window adds further words to ask for a picture once more after a failure.
            meeting: uri.query()?.split('&').find_map(|pair| pair.strip_prefix("m="))?.parse().ok()?,
            version: version.parse().ok()?,
            page: page.parse().ok()?,
            width_px: width_px.parse().ok()?,
        })
    }
}

/// Answers a request for a page, later. Capabilities do not cover schemes, so it is seen to here which window asks.
pub fn answer<R: Runtime>(context: UriSchemeContext<'_, R>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let projected = match context.webview_label() {
        window::MAIN => false,
        window::PROJECTOR => true,
        _ => return responder.respond(refused(StatusCode::FORBIDDEN, &ApiError::new("not_allowed", "not this window's"))),
    };
    let wanted = if request.method() == Method::GET { Wanted::read(request.uri()) } else { None };
    let Some(wanted) = wanted else {
        return responder.respond(refused(StatusCode::BAD_REQUEST, &ApiError::new("bad_request", "not the address of a page")));
    };
    let desk = Desk::clone(&context.app_handle().state::<Desk>());
    tauri::async_runtime::spawn(async move {
        let drawn = if projected {
            desk.projected_page(wanted.version, wanted.page, wanted.width_px).await
        } else {
            desk.app().await.page(wanted.meeting, wanted.version, wanted.page, wanted.width_px).await
        };
        responder.respond(match drawn {
            Ok(image) => picture(&image),
            Err(error) => refused(StatusCode::NOT_FOUND, &error),
        });
    });
}

fn response(status: StatusCode, mime: &'static str, caching: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn picture(image: &PageImage) -> Response<Vec<u8>> {
    response(StatusCode::OK, image.mime, FOR_EVER, image.bytes.to_vec())
}

fn refused(status: StatusCode, error: &ApiError) -> Response<Vec<u8>> {
    response(status, "application/json", "no-store", serde_json::to_vec(error).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(address: &str) -> Option<Wanted> {
        Wanted::read(&address.parse().unwrap())
    }

    #[test]
    fn a_page_is_named_by_version_number_width_and_meeting() {
        let (meeting, version) = (SpaceId([7; SpaceId::LEN]), Hash32([9; 32]));
        let found = read(&format!("page://localhost/{version}/3/1200?m={meeting}")).unwrap();
        assert_eq!(found, Wanted { meeting, version, page: 3, width_px: 1200 });
        assert!(read(&format!("page://localhost/{version}/3/1200?m={meeting}&again=2")).is_some());
        // How it is spelled where schemes are hosts.
        assert!(read(&format!("http://page.localhost/{version}/3/1200?m={meeting}")).is_some());
        for broken in [
            format!("page://localhost/{version}/3?m={meeting}"),
            format!("page://localhost/{version}/3/1200/1?m={meeting}"),
            format!("page://localhost/{version}/-1/1200?m={meeting}"),
            format!("page://localhost/{version}/3/99999999999?m={meeting}"),
            format!("page://localhost/{version}/3/1200"),
            format!("page://localhost/{version}/3/1200?m="),
            format!("page://localhost/../3/1200?m={meeting}"),
            "page://localhost/".to_owned(),
        ] {
            assert_eq!(read(&broken), None, "{broken}");
        }
    }
}
