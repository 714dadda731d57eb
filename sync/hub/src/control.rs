//! How the commands of an administrator on the hub's machine reach the running hub: one line of JSON each way over a socket in its folder,
//! which only the hub's user can enter.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::HubError;
use crate::status::Status;

/// The socket's name in the folder.
pub const SOCKET: &str = "control.sock";

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Question {
    /// How are you.
    Status,
    /// An administrator has compared these six words.
    Confirm {
        /// As typed.
        words: String,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The state, afterwards.
    Status(Box<Status>),
    /// Nothing was done; a code says why.
    Refused(String),
}

/// Where the socket of a folder is.
pub fn path(folder: &Path) -> PathBuf {
    folder.join(SOCKET)
}

#[cfg(unix)]
pub use unix::{ask, serve};

#[cfg(unix)]
mod unix {
    use std::path::Path;
    use std::sync::Arc;

    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{UnixListener, UnixStream};
    use tokio::sync::Semaphore;
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::{Answer, Question, path};
    use crate::HubError;
    use crate::engine::Running;
    use crate::limits::{CONTROL_AT_A_TIME, CONTROL_BYTES_MAX, CONTROL_PATIENCE};

    /// Answers questions until the task is ended. Whoever calls owns the folder: a socket that is there was left by a dead hub.
    ///
    /// # Errors
    /// The socket cannot be made.
    pub fn serve(folder: &Path, hub: Running) -> Result<JoinHandle<()>, HubError> {
        let path = path(folder);
        let told = path.display().to_string();
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(HubError::io(told)(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(HubError::io(told))?;
        let places = Arc::new(Semaphore::new(CONTROL_AT_A_TIME));
        Ok(tokio::spawn(async move {
            loop {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                let stream = match listener.accept().await {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "a question on the control socket was not heard");
                        tokio::time::sleep(CONTROL_PATIENCE).await;
                        continue;
                    }
                };
                let hub = hub.clone();
                tokio::spawn(async move {
                    // Who asks and goes away hears nothing.
                    let _ = timeout(CONTROL_PATIENCE, answer(stream, hub)).await;
                    drop(place);
                });
            }
        }))
    }

    async fn answer(stream: UnixStream, hub: Running) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut line = String::new();
        BufReader::new(read.take(CONTROL_BYTES_MAX)).read_line(&mut line).await?;
        let answer = match serde_json::from_str(&line) {
            Ok(Question::Status) => hub.run(|engine| Answer::Status(Box::new(engine.status()))).await,
            Ok(Question::Confirm { words }) => {
                let confirmed = hub.run(move |engine| engine.confirm(&words).map(|()| engine.status())).await;
                confirmed.map(|result| match result {
                    Ok(status) => Answer::Status(Box::new(status)),
                    Err(error) => Answer::Refused(error.code().to_owned()),
                })
            }
            Err(_) => Ok(Answer::Refused("question_unknown".into())),
        };
        let answer = answer.unwrap_or_else(|error| Answer::Refused(error.code().to_owned()));
        let mut bytes = serde_json::to_vec(&answer)?;
        bytes.push(b'\n');
        write.write_all(&bytes).await?;
        write.shutdown().await
    }

    /// Asks the hub that runs on a folder.
    ///
    /// # Errors
    /// [`HubError::NotRunning`]; no answer in time.
    pub async fn ask(folder: &Path, question: &Question) -> Result<Answer, HubError> {
        let not_running = |_| HubError::NotRunning(folder.to_owned());
        let stream = UnixStream::connect(path(folder)).await.map_err(not_running)?;
        let asked = async {
            let (read, mut write) = stream.into_split();
            let mut bytes = serde_json::to_vec(question)?;
            bytes.push(b'\n');
            write.write_all(&bytes).await?;
            let mut line = String::new();
            BufReader::new(read.take(CONTROL_BYTES_MAX)).read_line(&mut line).await?;
            Ok(serde_json::from_str(&line)?)
        };
        let late = |_| HubError::io("the control socket")(std::io::ErrorKind::TimedOut.into());
        timeout(CONTROL_PATIENCE, asked).await.map_err(late)?.map_err(HubError::io("the control socket"))
    }
}

/// Asks for the state of the hub that runs on a folder.
///
/// # Errors
/// [`HubError::NotRunning`], or the hub's refusal.
#[cfg(unix)]
pub async fn status(folder: &Path, question: &Question) -> Result<Status, HubError> {
    match ask(folder, question).await? {
        Answer::Status(status) => Ok(*status),
        Answer::Refused(code) => Err(HubError::Refused(code)),
    }
}
