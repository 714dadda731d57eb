//! `/healthz` and `/metrics`, on the loopback interface.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::HubError;
use crate::metrics::Metrics;

/// What Prometheus' text format is called.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers until the task is ended. Returns where.
///
/// # Errors
/// The address is taken.
pub async fn serve(address: SocketAddr, metrics: Arc<Metrics>) -> Result<(SocketAddr, JoinHandle<()>), HubError> {
    let what = format!("watch = {address}");
    let listener = TcpListener::bind(address).await.map_err(HubError::io(what.clone()))?;
    let bound = listener.local_addr().map_err(HubError::io(what))?;
    let router = Router::new().route("/healthz", get(health)).route("/metrics", get(numbers)).with_state(metrics);
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "health and metrics are not answered any more");
        }
    });
    Ok((bound, task))
}

async fn health(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    match metrics.unhealthy() {
        None => (StatusCode::OK, "ok\n".to_owned()),
        Some(code) => (StatusCode::SERVICE_UNAVAILABLE, format!("{code}\n")),
    }
}

async fn numbers(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, TEXT_FORMAT)], metrics.render())
}
