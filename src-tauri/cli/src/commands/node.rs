//! Staying online, and who else is.

use std::time::{Duration, Instant};

use api::act::Dial;
use api::error::ApiError;
use api::query::{Identity, Reads, Status, SyncState};
use api::view::{CallOutcome, IdentityView, StatusView, SyncMood, SyncView};
use app::{App, Options};
use serde_json::{Value, json};

use crate::args::Node;
use crate::connect::{Context, Session, own, read};
use crate::output::{self, Lines, Reply};
use crate::{stop, texts};

/// How long listening may take before the node says it is ready without all its addresses.
const LISTEN_PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);

/// `kyhop node`: owns the profile until it is asked to end.
pub async fn node(context: &Context, args: Node) -> Result<Reply, ApiError> {
    let mut stop = stop::asked()?;
    let listens = args.listen.len().max(1);
    let net = config(&args);
    let app = App::new(Options { folder: context.folder.clone(), net: Some(net), dial: args.peer, paths: true });
    if context.has_passphrase() || !app.recall().await? {
        own(&app, &context.passphrase()?).await?;
    }
    let served = serve(&app, listens, &mut stop).await;
    app.close().await;
    served.map(|()| Reply::silent())
}

fn config(args: &Node) -> net::Config {
    let lan = net::Config::lan();
    let quic = args.listen.is_empty() || args.listen.iter().chain(&args.peer).any(|address| address.contains("/quic"));
    let listen = if args.listen.is_empty() { lan.listen.clone() } else { args.listen.clone() };
    net::Config { listen, mdns: !args.no_mdns, quic, ..lan }
}

async fn serve(app: &App, listens: usize, stop: &mut tokio::sync::oneshot::Receiver<()>) -> Result<(), ApiError> {
    let _service = app::owner::serve(app)?;
    let deadline = Instant::now() + LISTEN_PATIENCE;
    let addresses = loop {
        let sync: SyncView = read(app.query(SyncState {}.any()).await?)?;
        if sync.addresses.len() >= listens || Instant::now() > deadline {
            break sync.addresses;
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            _ = &mut *stop => return Ok(()),
        }
    };
    output::line(&json!({ "ready": true, "addresses": addresses, "device": device(app).await? }).to_string());
    // An error means that the waiting thread is gone; then nobody could ask any more.
    let _ = stop.await;
    Ok(())
}

async fn device(app: &App) -> Result<Value, ApiError> {
    let status: StatusView = read(app.query(Status {}.any()).await?)?;
    match status.join {
        Some(join) => Ok(json!(join.device)),
        None => Ok(json!(read::<IdentityView>(app.query(Identity {}.any()).await?)?.device)),
    }
}

/// `kyhop peers`
pub async fn peers(context: &Context, session: &mut Session) -> Result<Reply, ApiError> {
    let sync = session.query(SyncState {}).await?;
    let vi = context.lang.is_vietnamese();
    let mood = match (sync.summary.mood, vi) {
        (SyncMood::InSync, true) => "Đã đồng bộ",
        (SyncMood::InSync, false) => "In sync",
        (SyncMood::Waiting, true) => "Đang đồng bộ",
        (SyncMood::Waiting, false) => "On its way",
        (SyncMood::Offline, true) => "Chưa kết nối máy nào",
        (SyncMood::Offline, false) => "No other device is connected",
    };
    let mut lines = Lines::default();
    lines.add(format_args!("{mood} ({})", sync.summary.waiting));
    for address in &sync.addresses {
        lines.add(format_args!("{} {address}", context.lang.pick("Máy này:", "Here:")));
    }
    for peer in &sync.peers {
        let name = if peer.name.is_empty() { "?" } else { &peer.name };
        lines.add(format_args!("{} {name}  {}", if peer.in_sync { "✓" } else { "…" }, peer.address));
        if let Some(code) = &peer.declined {
            let said = match code.as_str() {
                "quota_device" => context.lang.pick("máy chủ hết chỗ cho máy này", "the hub has no more room for this device"),
                "quota_organisation" => {
                    context.lang.pick("máy chủ hết chỗ cho cả tổ chức", "the hub has no more room for the organisation")
                }
                other => other,
            };
            lines.add(format_args!("  {} {said}", context.lang.pick("Không nhận thêm:", "Takes no more:")));
        }
    }
    for call in &sync.calls {
        match &call.outcome {
            CallOutcome::Failed { code, organisation } => {
                let error = not_reached(code, organisation, &call.address);
                lines.add(format_args!("✗ {}  {}", call.address, texts::sentence(context.lang, &error)));
            }
            CallOutcome::Calling => {
                lines.add(format_args!("… {}  {}", call.address, context.lang.pick("đang gọi", "calling")));
            }
            // It stands among the peers.
            CallOutcome::Reached => {}
        }
    }
    Reply::new(&sync, lines.or(""))
}

/// `kyhop dial`: waits until it is known who answers, `timeout` seconds at most; 0 waits for nobody.
pub async fn dial(context: &Context, session: &mut Session, address: String, timeout: u64) -> Result<Reply, ApiError> {
    let address = address.trim().to_owned();
    session.act(Dial { address: address.clone() }).await?;
    let told =
        |reached: bool, text: &str| Reply::new(&json!({ "dialled": address, "reached": reached }), format!("{text} {address}"));
    if timeout == 0 {
        return told(false, context.lang.pick("Đang kết nối tới", "Connecting to"));
    }
    let deadline = Instant::now() + Duration::from_secs(timeout);
    loop {
        let sync = session.query(SyncState {}).await?;
        match sync.calls.into_iter().find(|call| call.address == address).map(|call| call.outcome) {
            Some(CallOutcome::Reached) => return told(true, context.lang.pick("Đã kết nối tới", "Connected to")),
            Some(CallOutcome::Failed { code, organisation }) => return Err(not_reached(&code, &organisation, &address)),
            _ if Instant::now() >= deadline => {
                return Err(ApiError::new("dial_no_answer", "nobody has answered yet")
                    .with("address", &address)
                    .with("seconds", timeout));
            }
            _ => tokio::time::sleep(POLL).await,
        }
    }
}

fn not_reached(code: &str, organisation: &str, address: &str) -> ApiError {
    ApiError::new(code, "the address was not reached").with("address", address).with("organisation", organisation)
}
