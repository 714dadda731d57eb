//! The desktop shell: one window over the application, and what only a desktop has (dialogs, dropped files, input methods).
//! Nothing else: what can be asked and done is [`app`]'s.

mod args;
mod assets;
mod commands;
mod desk;
mod dialogs;
mod granted;
mod linux;
mod notice;
mod page_scheme;
mod stop;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use api::error::ApiError;
use app::owner::Client;
use clap::Parser;

use crate::args::Cli;
use crate::assets::Folder;
use crate::desk::Desk;
use crate::stop::Stop;

/// Threads for requests; work that takes long has threads of its own.
const WORKERS: usize = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = linux::prepare() {
        eprintln!("kyhop-desktop: {error}");
    }
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("KYHOP_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::debug!(%error, "the desktop ended");
            notice::tell(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), ApiError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .map_err(|error| ApiError::new("internal", error.to_string()))?;
    tauri::async_runtime::set(runtime.handle().clone());
    let _inside = runtime.enter();
    let dist = Folder::open(cli.dist)?;
    let folder = cli.profile.unwrap_or_else(app::default_folder);
    // A second start must not take the first one's place at the profile's socket.
    if runtime.block_on(Client::connect(&folder)).is_some() {
        return Err(ApiError::new("profile_in_use", "another process owns the profile").with("folder", folder.display()));
    }
    gtk::init().map_err(|error| ApiError::new("no_display", error.to_string()))?;
    let webview_data = window::data_folder(&folder)?;
    let stop = Stop::listen()?;
    let desk = Desk::open(folder, cli.net.config(), cli.peer, cli.passphrase_file)?;
    let ended = show(&desk, stop, dist, webview_data);
    runtime.block_on(desk.close());
    ended.and_then(|()| desk.failure().map_or(Ok(()), Err))
}

/// Shows the window until it is closed or somebody asks this process to end.
fn show(desk: &Desk, stop: Stop, dist: Folder, webview_data: PathBuf) -> Result<(), ApiError> {
    let failed = |error: tauri::Error| ApiError::new("window_failed", error.to_string());
    let shown = desk.clone();
    let shell = tauri::Builder::default()
        .manage(desk.clone())
        .invoke_handler(tauri::generate_handler![
            commands::query,
            commands::act,
            commands::subscribe,
            commands::upload,
            commands::open_projector,
            commands::projector,
            commands::subscribe_projector,
            dialogs::pick_file,
            dialogs::pick_target,
        ])
        .register_asynchronous_uri_scheme_protocol("page", page_scheme::answer)
        .setup(move |shell| {
            match window::open(shell.handle(), webview_data) {
                Ok(()) => shown.watch(shell.handle()),
                Err(error) => shown.fail(failed(error), shell.handle()),
            }
            stop.ends(shell.handle());
            Ok(())
        })
        .build(tauri::generate_context!(assets = dist))
        .map_err(failed)?;
    shell.run_return(|shell, event| window::follow_the_main_one(shell, &event));
    Ok(())
}
