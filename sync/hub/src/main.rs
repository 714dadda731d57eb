//! `kyhop-hub`: what an administrator types on the hub's machine.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use hub::certificates::Certificates;
use hub::config::{Config, Log, LogFormat};
use hub::engine::{Running, Start};
use hub::limits::CERTIFICATE_LOOK_EVERY;
use hub::metrics::Metrics;
use hub::status::{Stage, Status};
use hub::{HubError, control, http, identity};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Máy chủ lưu chuyển: giữ dữ liệu đã mã hóa giữa các máy không cùng bật (a hub for Kỳ Họp).
#[derive(Debug, Parser)]
#[command(
    name = "kyhop-hub",
    version,
    after_help = "Ví dụ (examples):\n  kyhop-hub init --config /etc/kyhop/hub.toml --organisation DẤU_VÂN_TAY\n  kyhop-hub run --config /etc/kyhop/hub.toml\n  kyhop-hub status --config /etc/kyhop/hub.toml"
)]
struct Arguments {
    /// Tệp cấu hình (the configuration)
    #[arg(long, global = true, value_name = "FILE", default_value = "/etc/kyhop/hub.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tạo máy chủ: khóa, danh tính, tệp cấu hình có chú thích (make a hub: keys, identity, a configuration with comments)
    Init(Init),
    /// Chạy, cho đến khi nhận SIGTERM (run until SIGTERM; also what happens without a command)
    Run,
    /// Tình trạng của máy chủ đang chạy (the state of the running hub)
    Status {
        /// Dạng JSON
        #[arg(long)]
        json: bool,
    },
    /// Sáu từ giống nhau trên hai màn hình (the six words are the same on both screens)
    Confirm {
        /// Sáu từ (the words)
        #[arg(required = true)]
        words: Vec<String>,
    },
}

#[derive(Debug, clap::Args)]
struct Init {
    /// Nơi giữ dữ liệu (where to keep what is carried)
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Tên hiện ra khi duyệt (how the administrator sees it)
    #[arg(long)]
    name: Option<String>,
    /// Dấu vân tay khóa gốc của tổ chức (fingerprint of the organisation's root key)
    #[arg(long, value_name = "HEX")]
    organisation: Option<String>,
    /// Địa chỉ lắng nghe (multiaddresses to listen on)
    #[arg(long)]
    listen: Vec<String>,
    /// Nơi xem tình trạng, hoặc để trống (where to be watched from)
    #[arg(long, value_name = "IP:PORT")]
    watch: Option<String>,
    /// Nơi giữ khóa (where to keep the key)
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("kyhop-hub: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(perform(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kyhop-hub: {}: {error}", error.code());
            ExitCode::FAILURE
        }
    }
}

async fn perform(Arguments { config: file, command }: Arguments) -> Result<(), HubError> {
    match command.unwrap_or(Command::Run) {
        Command::Init(wishes) => init(&file, wishes),
        Command::Run => run(&Config::read(&file)?).await,
        Command::Status { json } => {
            let config = Config::read(&file)?;
            let status = control::status(&config.folder, &control::Question::Status).await?;
            show(&status, json);
            Ok(())
        }
        Command::Confirm { words } => {
            let config = Config::read(&file)?;
            let question = control::Question::Confirm { words: words.join(" ") };
            show(&control::status(&config.folder, &question).await?, false);
            Ok(())
        }
    }
}

/// A configuration that is there stays as it is: then the wishes have to be written into it, not typed.
fn init(file: &std::path::Path, wishes: Init) -> Result<(), HubError> {
    let config = if file.exists() {
        Config::read(file)?
    } else {
        let Init { folder, name, organisation, listen, watch, key_file } = wishes;
        let mut config = Config::default();
        config.folder = folder.unwrap_or(config.folder);
        config.name = name.unwrap_or(config.name);
        config.organisation = organisation.unwrap_or(config.organisation);
        config.watch = watch.unwrap_or(config.watch);
        config.key_file = key_file.unwrap_or(config.key_file);
        if !listen.is_empty() {
            config.listen = listen;
        }
        let failed = |error| HubError::Io { what: file.display().to_string(), error };
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        std::fs::write(file, config.explained()).map_err(failed)?;
        Config::read(file)?
    };
    let device = identity::make(&config)?;
    println!("Cấu hình (configuration): {}", file.display());
    println!("Dữ liệu (data):           {}", config.folder.display());
    println!("Khóa, hãy sao lưu (key, back it up): {}", config.key_path()?.display());
    println!("Thiết bị (device):        {device}");
    println!();
    println!("Tiếp theo (next): kyhop-hub run --config {}", file.display());
    println!("Trên máy quản trị (on an administrator's device): kyhop dial ĐỊA_CHỈ; kyhop approve --hub --words \"SÁU TỪ\"");
    println!("Sáu từ hiện ở đây (the six words are shown by): kyhop-hub status --config {}", file.display());
    Ok(())
}

fn log(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
        LogFormat::Text => lines.with_ansi(false).init(),
    }
}

async fn run(config: &Config) -> Result<(), HubError> {
    log(&config.log);
    let (backend, identity) = identity::open(config)?;
    let metrics = Arc::new(Metrics::default());
    let watch = config.watch().map_err(|detail| HubError::Config { file: "watch".into(), detail })?;
    let organisation = config.organisation().map_err(|detail| HubError::Config { file: "organisation".into(), detail })?;
    let watched = match watch {
        Some(address) => Some(http::serve(address, Arc::clone(&metrics)).await?),
        None => None,
    };
    // Before they are read: what is written in between is read again.
    let mut certificates = Certificates::new(config)?;
    let start = Start {
        backend,
        identity,
        net: net::Config { tls: config.certificates()?, ..config.net() },
        dial: config.dial.clone(),
        allowance: Some(config.allowance()),
        organisation,
        metrics,
    };
    let hub = Running::start(start, &tokio::runtime::Handle::current())?;
    let control = control::serve(&config.folder, hub.clone())?;
    // Until here a signal ends the process at once, which loses nothing that was acknowledged. From here on it ends in order.
    let catch = |kind, name: &str| signal(kind).map_err(|error| HubError::Io { what: name.into(), error });
    let mut terminate = catch(SignalKind::terminate(), "SIGTERM")?;
    let mut interrupt = catch(SignalKind::interrupt(), "SIGINT")?;
    let mut hangup = catch(SignalKind::hangup(), "SIGHUP")?;
    let mut look = tokio::time::interval(CERTIFICATE_LOOK_EVERY);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        watch = watched.as_ref().map(|(address, _)| address.to_string()),
        "ready"
    );
    loop {
        let renew = tokio::select! {
            _ = terminate.recv() => {
                tracing::info!("SIGTERM: stopping");
                break;
            }
            _ = interrupt.recv() => {
                tracing::info!("SIGINT: stopping");
                break;
            }
            () = hub.ended() => {
                tracing::error!("the engine has ended");
                break;
            }
            _ = hangup.recv() => true,
            _ = look.tick() => certificates.changed(),
        };
        if renew {
            certificates.renew(&hub).await;
        }
    }
    let result = hub.stop().await;
    control.abort();
    // It leads nowhere any more.
    let _ = std::fs::remove_file(control::path(&config.folder));
    if let Some((_, task)) = watched {
        task.abort();
    }
    tracing::info!("stopped");
    result
}

fn show(status: &Status, json: bool) {
    if json {
        match serde_json::to_string_pretty(status) {
            Ok(text) => println!("{text}"),
            Err(error) => eprintln!("kyhop-hub: {error}"),
        }
        return;
    }
    let stage = match status.stage {
        Stage::Alone => "chưa gặp máy nào (nobody has called yet)",
        Stage::Met => "đã gặp, hãy so sáu từ (met, compare the words, then: kyhop-hub confirm WORDS)",
        Stage::Asking => "đang chờ quản trị viên duyệt (waits for an administrator: kyhop approve --hub)",
        Stage::TurnedAway => "đã bị từ chối (turned away)",
        Stage::LetIn => "đã vào tổ chức, chưa được giao vai trò (let in, has no role yet)",
        Stage::Carrying => "đang lưu chuyển (carrying)",
    };
    println!("{stage}");
    println!("Thiết bị (device): {}", status.device);
    if let Some(words) = &status.words {
        println!("Tổ chức (organisation): {}\nSáu từ (words): {words}", status.organisation);
    }
    for candidate in &status.candidates {
        println!("Tự xưng (says it is): {}\n  sáu từ (words): {}", candidate.organisation, candidate.words);
    }
    println!("Địa chỉ (addresses): {}", status.addresses.join(" "));
    println!(
        "Máy đang nối (connected): {}, không gian (spaces): {}, MB: {} / {}, tệp đang về (files on the way): {}",
        status.connected,
        status.spaces,
        status.carried_bytes / 1_000_000,
        status.organisation_quota_bytes / 1_000_000,
        status.files_on_the_way
    );
    if status.devices_over_quota > 0 {
        println!("Máy vượt hạn mức (devices over quota): {}", status.devices_over_quota);
    }
    if let Some(trouble) = &status.trouble {
        println!("Sự cố (trouble): {trouble}");
    }
}
