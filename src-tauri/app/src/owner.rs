//! One process owns a profile; others speak to it over the profile's local socket.
//!
//! The socket is a file in the profile's folder that only the profile's user can open. One line of JSON asks, one line
//! answers.

use std::path::{Path, PathBuf};

use api::act::Act;
use api::error::ApiError;
use api::query::Query;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::app::App;
use crate::error::AtBoundary;

const SOCKET: &str = "owner.sock";
/// Longest request or answer.
const LINE_BYTES_MAX: u64 = 64 << 20;
/// Conversations at a time.
const CONVERSATIONS_MAX: usize = 32;
/// Longest path that the system takes for a socket, less the end mark.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// What another process asks of the owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Reads.
    Query(Query),
    /// Changes something.
    Act(Act),
}

/// What it answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ok(Value),
    Error(ApiError),
}

/// A socket's path must be short; a profile far down gets one in the temporary folder, named by the profile's path.
fn socket_path(folder: &Path) -> PathBuf {
    let inside = folder.join(SOCKET);
    if inside.as_os_str().len() <= SOCKET_PATH_BYTES_MAX {
        return inside;
    }
    let name = blake3::hash(folder.as_os_str().as_encoded_bytes()).to_hex();
    let base = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    base.join(format!("kyhop-{}.sock", &name[..32]))
}

fn absolute(folder: &Path) -> PathBuf {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

/// A running service; it ends when this is dropped.
pub struct Service {
    task: tokio::task::JoinHandle<()>,
    path: PathBuf,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
        // The file is of no use any more; if it is gone already, so much the better.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Serves the profile that this process owns.
///
/// # Errors
/// The socket cannot be made.
pub fn serve(app: &App) -> Result<Service, ApiError> {
    let path = socket_path(&absolute(app.folder()));
    // Whoever holds the profile's lock may clear away what a crash left behind.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).at_boundary()?;
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).at_boundary()?;
    // Whoever can open the socket can open the same files; a browser beside it still cannot name any.
    let app = app.of_this_user();
    let me = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&path).at_boundary()?);
    let room = std::sync::Arc::new(tokio::sync::Semaphore::new(CONVERSATIONS_MAX));
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (app, room) = (app.clone(), std::sync::Arc::clone(&room));
            tokio::spawn(async move {
                let Ok(_place) = room.acquire().await else {
                    return;
                };
                if !stream.peer_cred().is_ok_and(|peer| peer.uid() == me) {
                    tracing::warn!("a conversation of another user is refused");
                    return;
                }
                if let Err(error) = converse(&app, stream).await {
                    tracing::debug!(%error, "a local conversation ended");
                }
            });
        }
    });
    Ok(Service { task, path })
}

async fn converse(app: &App, stream: UnixStream) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = String::new();
        if (&mut reader).take(LINE_BYTES_MAX).read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let reply = match serde_json::from_str::<Request>(&line) {
            Ok(Request::Query(query)) => app.query(query).await,
            Ok(Request::Act(act)) => app.act(act).await,
            Err(error) => Err(ApiError::new("bad_request", error.to_string())),
        };
        let answer = reply.map_or_else(Answer::Error, Answer::Ok);
        let mut text = serde_json::to_vec(&answer).map_err(std::io::Error::other)?;
        text.push(b'\n');
        writer.write_all(&text).await?;
    }
}

/// A conversation with the process that owns a profile.
pub struct Client {
    reader: BufReader<tokio::net::unix::OwnedReadHalf>,
    writer: tokio::net::unix::OwnedWriteHalf,
}

impl Client {
    /// Connects to the owner; `None` if nobody owns the profile right now.
    pub async fn connect(folder: &Path) -> Option<Self> {
        let stream = UnixStream::connect(socket_path(&absolute(folder))).await.ok()?;
        let (reader, writer) = stream.into_split();
        Some(Self { reader: BufReader::new(reader), writer })
    }

    /// Asks the owner.
    ///
    /// # Errors
    /// What the owner answers, or `owner_gone`.
    pub async fn ask(&mut self, request: &Request) -> Result<Value, ApiError> {
        let gone = |error: std::io::Error| ApiError::new("owner_gone", error.to_string());
        let mut line = serde_json::to_vec(request).map_err(|error| ApiError::new("internal", error.to_string()))?;
        line.push(b'\n');
        self.writer.write_all(&line).await.map_err(gone)?;
        let mut answer = String::new();
        (&mut self.reader).take(LINE_BYTES_MAX).read_line(&mut answer).await.map_err(gone)?;
        match serde_json::from_str(&answer) {
            Ok(Answer::Ok(value)) => Ok(value),
            Ok(Answer::Error(error)) => Err(error),
            Err(error) => Err(ApiError::new("owner_gone", error.to_string())),
        }
    }
}
