//! `kyhop`: the office's work from the command line, through the same use cases as the window: organisation and devices, meetings, papers, votes,
//! minutes, questions, the handbook's packages, exports and their verification. Only the window draws ink, takes marks back, rearranges an
//! agenda, edits drafts of the handbook, turns a request to join away and changes the passphrase.
//!
//! A profile has one owner. If a window or `kyhop node` has it open, this program asks that owner; if not, it opens
//! the profile for the length of one command.

mod args;
mod commands;
mod connect;
mod find;
mod output;
mod stop;
mod texts;
mod verdicts;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::connect::Context;
use crate::texts::Lang;

/// Threads for sockets; work that takes long has threads of its own.
const WORKERS: usize = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("KYHOP_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let context = Context {
        folder: cli.profile.unwrap_or_else(app::default_folder),
        passphrase_file: cli
            .passphrase_file
            .or_else(|| std::env::var_os("KYHOP_PASSPHRASE_FILE").filter(|path| !path.is_empty()).map(Into::into)),
        lang: cli.lang.unwrap_or_else(Lang::of_system),
        json: cli.json,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return output::fail(&context, &api::error::ApiError::new("internal", error.to_string()), 1);
        }
    };
    let unreadable_exit = commands::exit_of_unreadable(&cli.command);
    match runtime.block_on(commands::run(&context, cli.command)) {
        Ok(reply) => output::print(&context, &reply),
        Err(error) => output::fail(&context, &error, unreadable_exit),
    }
}
