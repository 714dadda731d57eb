//! Serves the window to a browser on this machine: the same requests, pushes and pages as the desktop, over HTTP on loopback.
//!
//! For development, tests and machines without a display. Whoever holds the token in the printed address acts as the
//! profile's person, so the server listens on loopback only and believes no other page (see [`guard`]).

mod assets;
mod endpoints;
mod failure;
mod guard;
mod pages;
mod projector;
mod stop;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use api::error::ApiError;
use app::{App, Options};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use clap::{Parser, ValueEnum};

use crate::endpoints::{REQUEST_BYTES_MAX, UPLOAD_BYTES_MAX};
use crate::guard::Guard;

/// Threads for sockets; work that takes long has threads of its own.
const WORKERS: usize = 2;

/// Serves the window to a browser on this machine.
#[derive(Debug, Parser)]
#[command(name = "devserver", version)]
struct Cli {
    /// Folder of the profile.
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// Unlocks the profile at start; without it the window asks.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Folder of the built window; else `KYHOP_DIST`.
    #[arg(long, value_name = "DIR")]
    dist: Option<PathBuf>,
    /// Where to listen: a loopback address, port 0 lets the system choose.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Print the address with its token on a line of its own once it can be opened.
    #[arg(long)]
    print_url: bool,
    /// Calls this multiaddress.
    #[arg(long, value_name = "ADDR")]
    peer: Vec<String>,
    /// How to take part in the network.
    #[arg(long, default_value = "loopback")]
    net: Network,
}

/// How to take part in the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Network {
    /// On this machine only.
    Loopback,
    /// On all interfaces, with discovery.
    Lan,
    /// Not at all.
    None,
}

/// What every handler needs.
#[derive(Clone)]
struct Server {
    app: App,
    guard: Arc<Guard>,
    dist: Arc<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("KYHOP_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let run = || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build().map_err(failure::of_io)?;
        runtime.block_on(run(cli))
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the devserver ended");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), ApiError> {
    let stop = stop::asked()?;
    if !cli.listen.ip().is_loopback() {
        return Err(ApiError::new("bad_argument", "the devserver listens on loopback only"));
    }
    let dist = cli
        .dist
        .or_else(|| std::env::var_os("KYHOP_DIST").map(PathBuf::from))
        .ok_or_else(|| ApiError::new("bad_argument", "--dist or KYHOP_DIST is needed"))?;
    // Resolved once: what is served must lie in here.
    let dist = dist.canonicalize().map_err(|error| failure::of_io(error).with("file", dist.display()))?;
    let listener = tokio::net::TcpListener::bind(cli.listen).await.map_err(failure::of_io)?;
    let address = listener.local_addr().map_err(failure::of_io)?;
    let app = open(cli.profile.unwrap_or_else(app::default_folder), cli.passphrase_file, cli.peer, cli.net).await?;
    let guard = Arc::new(Guard::new(address)?);
    let served = serve(&app, listener, &guard, dist, cli.print_url, stop).await;
    app.close().await;
    served
}

async fn open(folder: PathBuf, passphrase_file: Option<PathBuf>, dial: Vec<String>, network: Network) -> Result<App, ApiError> {
    let net = match network {
        Network::Loopback => Some(net::Config::loopback()),
        Network::Lan => Some(net::Config::lan()),
        Network::None => None,
    };
    // A browser must not name files of this machine.
    let app = App::new(Options { folder, net, dial, paths: false });
    if let Some(path) = passphrase_file {
        app.unlock(&app::read_passphrase_file(&path)?).await?;
    }
    Ok(app)
}

async fn serve(
    app: &App,
    listener: tokio::net::TcpListener,
    guard: &Arc<Guard>,
    dist: PathBuf,
    print_url: bool,
    stop: tokio::sync::oneshot::Receiver<()>,
) -> Result<(), ApiError> {
    std::fs::create_dir_all(app.folder()).map_err(failure::of_io)?;
    // A locked profile is not ours yet: whoever serves it already keeps its socket.
    if app::owner::Client::connect(app.folder()).await.is_some() {
        return Err(ApiError::new("profile_in_use", "another process owns the profile").with("folder", app.folder().display()));
    }
    // The commands of `kyhop` ask this process as long as it has the profile.
    let _service = app::owner::serve(app)?;
    let server = Server { app: app.clone(), guard: Arc::clone(guard), dist: Arc::new(dist) };
    if print_url {
        use std::io::Write as _;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", guard.url()).and_then(|()| out.flush()).map_err(failure::of_io)?;
    }
    let (ending, ended) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, routes(server)).with_graceful_shutdown(async move {
        // An error means that nobody can ask any more.
        let _ = stop.await;
        let _ = ending.send(());
    });
    // Open pages keep their channel for ever: the listener closes, they are not waited for.
    tokio::select! {
        served = serving.into_future() => served.map_err(failure::of_io),
        _ = ended => Ok(()),
    }
}

fn routes(server: Server) -> Router {
    Router::new()
        .route("/api/query", post(endpoints::query).layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX)))
        .route("/api/act", post(endpoints::act).layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX)))
        .route("/api/upload", post(endpoints::upload).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route("/api/push", any(endpoints::push))
        .route("/api/projector/open", post(projector::open).layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX)))
        .route("/api/projector", post(projector::ask).layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX)))
        .route("/api/projector/push", any(projector::push))
        .route("/projected/{version}/{page}/{width}", get(projector::page))
        .route("/page/{version}/{page}/{width}", get(pages::page))
        .fallback(assets::asset)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&server.guard), guard::check))
        .with_state(server)
}
