//! How a command reaches the profile: through the process that owns it, or by opening it for a moment.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use api::act::{Does, Unlock};
use api::error::ApiError;
use api::query::{Reads, Status};
use api::view::ProfileState;
use app::owner::{Client, Request};
use app::{App, Options};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::texts::Lang;

/// How long to wait for another command that has the profile open.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(100);

/// What holds for every command.
#[derive(Debug)]
pub struct Context {
    /// The profile's folder.
    pub folder: PathBuf,
    /// Where the passphrase is.
    pub passphrase_file: Option<PathBuf>,
    /// For people.
    pub lang: Lang,
    /// For programs.
    pub json: bool,
}

impl Context {
    /// The passphrase: from the file, or asked for without echo.
    ///
    /// # Errors
    /// The file cannot be read, or there is neither a file nor a terminal.
    pub fn passphrase(&self) -> Result<Zeroizing<String>, ApiError> {
        match &self.passphrase_file {
            Some(path) => app::read_passphrase_file(path),
            None => self.prompt(self.lang.pick("Mật khẩu: ", "Passphrase: ")),
        }
    }

    /// A passphrase for a new profile: asked for twice if a person types it.
    ///
    /// # Errors
    /// As [`Self::passphrase`], and `passphrase_mismatch`.
    pub fn new_passphrase(&self) -> Result<Zeroizing<String>, ApiError> {
        let first = self.passphrase()?;
        if self.passphrase_file.is_none() && *self.prompt(self.lang.pick("Nhập lại mật khẩu: ", "Once more: "))? != *first
        {
            return Err(ApiError::new("passphrase_mismatch", "the two passphrases differ"));
        }
        Ok(first)
    }

    /// Whether a passphrase can be had without asking anybody.
    pub fn has_passphrase(&self) -> bool {
        self.passphrase_file.is_some()
    }

    /// Asks without echo.
    ///
    /// # Errors
    /// There is no terminal.
    pub fn prompt(&self, question: &str) -> Result<Zeroizing<String>, ApiError> {
        if !std::io::stdin().is_terminal() {
            return Err(ApiError::new("passphrase_needed", "no passphrase file and no terminal"));
        }
        rpassword::prompt_password(question)
            .map(Zeroizing::new)
            .map_err(|error| ApiError::new("passphrase_needed", error.to_string()))
    }
}

/// A way to the profile.
pub enum Session {
    /// Another process owns it.
    Owner(Client),
    /// This process has it open.
    Here(App),
}

impl Session {
    /// Finds the owner, or opens the profile.
    ///
    /// # Errors
    /// As [`App::unlock`].
    pub async fn open(context: &Context) -> Result<Self, ApiError> {
        let deadline = Instant::now() + PATIENCE;
        let mut passphrase = None;
        loop {
            if let Some(client) = Client::connect(&context.folder).await {
                let mut session = Self::Owner(client);
                match session.query(Status {}).await {
                    Ok(status) if status.state == ProfileState::Locked => {
                        let passphrase = context.passphrase()?.to_string();
                        session.act(Unlock { passphrase, remember: false }).await?;
                        return Ok(session);
                    }
                    Ok(_) => return Ok(session),
                    // It ended just now: the profile is free.
                    Err(error) if error.code == "owner_gone" && Instant::now() < deadline => {
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            }
            let app = App::new(Options::alone(&context.folder));
            if passphrase.is_none() {
                if app.query(Status {}.any()).await.is_ok_and(|status| status["state"] == "none") {
                    return Err(ApiError::new("no_profile", "there is no profile in this folder")
                        .with("folder", context.folder.display()));
                }
                if !context.has_passphrase() {
                    match app.recall().await {
                        Ok(true) => return Ok(Self::Here(app)),
                        Ok(false) => {}
                        Err(error) if error.code == "profile_in_use" && Instant::now() < deadline => {
                            tokio::time::sleep(POLL).await;
                            continue;
                        }
                        Err(error) => return Err(error),
                    }
                }
                passphrase = Some(context.passphrase()?);
            }
            match app.unlock(passphrase.as_deref().map_or("", String::as_str)).await {
                Ok(()) => return Ok(Self::Here(app)),
                Err(error) if error.code == "profile_in_use" && Instant::now() < deadline => tokio::time::sleep(POLL).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads.
    ///
    /// # Errors
    /// What the application answers.
    pub async fn query<Q: Reads>(&mut self, query: Q) -> Result<Q::Reply, ApiError> {
        let value = match self {
            Self::Owner(client) => client.ask(&Request::Query(query.any())).await?,
            Self::Here(app) => app.query(query.any()).await?,
        };
        read(value)
    }

    /// Changes something.
    ///
    /// # Errors
    /// What the application answers.
    pub async fn act<A: Does>(&mut self, act: A) -> Result<A::Reply, ApiError> {
        let value = match self {
            Self::Owner(client) => client.ask(&Request::Act(act.any())).await?,
            Self::Here(app) => app.act(act.any()).await?,
        };
        read(value)
    }

    /// A second way to the same profile, to ask while an act of the first still runs.
    pub async fn beside(&self, context: &Context) -> Option<Self> {
        match self {
            Self::Owner(_) => Client::connect(&context.folder).await.map(Self::Owner),
            Self::Here(app) => Some(Self::Here(app.clone())),
        }
    }

    /// Closes the profile if this process had opened it.
    pub async fn close(self) {
        if let Self::Here(app) = self {
            app.close().await;
        }
    }
}

/// Opens a profile that this process is going to own; waits for a command that has it open for a moment.
///
/// # Errors
/// As [`App::unlock`].
pub async fn own(app: &App, passphrase: &str) -> Result<(), ApiError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if Client::connect(app.folder()).await.is_some() {
            return Err(
                ApiError::new("profile_in_use", "another process owns the profile").with("folder", app.folder().display())
            );
        }
        match app.unlock(passphrase).await {
            Err(error) if error.code == "profile_in_use" && Instant::now() < deadline => tokio::time::sleep(POLL).await,
            done => return done,
        }
    }
}

/// The answer in the words of the screen.
pub fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    serde_json::from_value(value).map_err(|error| ApiError::new("bad_reply", error.to_string()))
}
