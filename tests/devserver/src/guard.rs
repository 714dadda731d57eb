//! Who may ask: pages of this very server that know its token.
//!
//! Another page in the same browser can send requests to loopback. It cannot read the token, its `Origin` differs, and
//! a name that it points at loopback (DNS rebinding) shows in `Host`.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use api::error::ApiError;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::id::SpaceId;
use subtle::ConstantTimeEq;

use crate::failure::Failure;

/// The header that carries the token.
const TOKEN_HEADER: &str = "x-kyhop-token";
/// Random bytes of the token.
const TOKEN_BYTES: usize = 32;
/// Tokens of projectors that are believed at a time; the oldest is forgotten first.
const PROJECTORS_MAX: usize = 16;
/// Only our own files, no other servers; wasm needs `wasm-unsafe-eval`, inline styles come from the components.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a request must show.
pub struct Guard {
    token: String,
    projectors: Mutex<VecDeque<(String, SpaceId)>>,
    hosts: [String; 2],
    address: SocketAddr,
}

impl Guard {
    /// With a fresh token.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new(address: SocketAddr) -> Result<Self, ApiError> {
        let token = fresh_token()?;
        let hosts = [address.to_string(), format!("localhost:{}", address.port())];
        Ok(Self { token, projectors: Mutex::default(), hosts, address })
    }

    /// What a person opens.
    pub fn url(&self) -> String {
        format!("http://{}/?token={}", self.address, self.token)
    }

    /// A fresh token for the projector of a meeting. It opens nothing else.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn admit_a_projector(&self, meeting: SpaceId) -> Result<String, ApiError> {
        let token = fresh_token()?;
        let mut projectors = self.projectors.lock().unwrap_or_else(PoisonError::into_inner);
        if projectors.len() >= PROJECTORS_MAX {
            projectors.pop_front();
        }
        projectors.push_back((token.clone(), meeting));
        Ok(token)
    }

    /// The meeting whose projector asks. The token of the window is none of a projector, nor the other way round.
    ///
    /// # Errors
    /// `unauthorized`.
    pub fn projector(&self, headers: &HeaderMap, in_address: Option<&str>) -> Result<SpaceId, Failure> {
        let given = given(headers, in_address).unwrap_or_default();
        let projectors = self.projectors.lock().unwrap_or_else(PoisonError::into_inner);
        let found = projectors.iter().find(|(token, _)| token.as_bytes().ct_eq(given.as_bytes()).into());
        found.map(|(_, meeting)| *meeting).ok_or_else(unauthorized)
    }

    fn is_token(&self, given: &str) -> bool {
        self.token.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// The token, from the header or, where a page cannot set headers, from the address.
    ///
    /// # Errors
    /// `unauthorized`.
    pub fn admit(&self, headers: &HeaderMap, in_address: Option<&str>) -> Result<(), Failure> {
        match given(headers, in_address) {
            Some(given) if self.is_token(given) => Ok(()),
            _ => Err(unauthorized()),
        }
    }

    fn is_ours(&self, request: &Request) -> bool {
        let text = |name: HeaderName| {
            request.headers().get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect::<Vec<_>>()
        };
        let ours = |host: &str| self.hosts.iter().any(|known| known == host);
        let hosts = text(header::HOST);
        let origins = text(header::ORIGIN);
        hosts.len() == 1
            && hosts.iter().all(|host| ours(host))
            && origins.iter().all(|origin| origin.strip_prefix("http://").is_some_and(ours))
    }
}

fn fresh_token() -> Result<String, ApiError> {
    let mut random = [0; TOKEN_BYTES];
    getrandom::fill(&mut random).map_err(|error| ApiError::new("no_randomness", error.to_string()))?;
    Ok(hex::encode(random))
}

fn given<'a>(headers: &'a HeaderMap, in_address: Option<&'a str>) -> Option<&'a str> {
    headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()).or(in_address)
}

fn unauthorized() -> Failure {
    Failure(ApiError::new("unauthorized", "the token is missing or wrong"))
}

/// Refuses requests of other pages, and puts the headers that hold for every answer.
pub async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = if guard.is_ours(&request) {
        next.run(request).await
    } else {
        Failure(ApiError::new("foreign_page", "the request comes from another page or names another host")).into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}
