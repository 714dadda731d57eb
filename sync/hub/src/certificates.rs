//! The certificate for WebSocket over TLS, which is renewed every few weeks while the hub runs.

use std::path::PathBuf;
use std::time::SystemTime;

use crate::HubError;
use crate::config::Config;
use crate::engine::Running;

/// When a file was written, and its bytes; `None`: it cannot be looked at.
type Stamp = Option<(SystemTime, u64)>;

/// The files that the configuration names.
pub struct Certificates<'a> {
    config: &'a Config,
    files: Vec<PathBuf>,
    seen: Vec<Stamp>,
}

impl<'a> Certificates<'a> {
    /// Looks at the files for the first time. What is written from here on is noticed.
    ///
    /// # Errors
    /// A file is to be handed over by systemd, and is not.
    pub fn new(config: &'a Config) -> Result<Self, HubError> {
        let files = config.certificate_files()?;
        let seen = stamps(&files);
        Ok(Self { config, files, seen })
    }

    /// Was one of the files written since it was last asked, as far as its time and length tell.
    pub fn changed(&mut self) -> bool {
        let now = stamps(&self.files);
        let changed = now != self.seen;
        self.seen = now;
        changed
    }

    /// Reads the files again and shows what they hold to whoever calls from here on. What cannot be used changes nothing and is said in the log.
    pub async fn renew(&self, hub: &Running) {
        if self.files.is_empty() {
            tracing::info!("no certificate is configured, there is none to renew");
            return;
        }
        let renewed = match self.config.certificates() {
            Ok(tls) => hub.run(move |engine| engine.renew(&tls)).await.and_then(std::convert::identity),
            Err(error) => Err(error),
        };
        match renewed {
            Ok(()) => tracing::info!("the certificate was renewed"),
            Err(error) => tracing::error!(code = error.code(), %error, "the certificate cannot be renewed, the one before stays"),
        }
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Stamp> {
    let stamp = |file: &PathBuf| {
        let about = std::fs::metadata(file).ok()?;
        Some((about.modified().ok()?, about.len()))
    };
    files.iter().map(stamp).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_file_that_is_written_again_is_noticed_once_and_so_is_one_that_was_missing() {
        let folder = tempfile::TempDir::new().unwrap();
        let (certificate, key) = (folder.path().join("tls.pem"), folder.path().join("tls.key"));
        std::fs::write(&certificate, "old").unwrap();
        let mut config = Config::default();
        config.tls.certificate = certificate.to_str().unwrap().into();
        config.tls.key = key.to_str().unwrap().into();
        let mut certificates = Certificates::new(&config).unwrap();
        assert!(!certificates.changed());
        std::fs::write(&certificate, "a longer one").unwrap();
        assert!(certificates.changed() && !certificates.changed());
        std::fs::write(&key, "key").unwrap();
        assert!(certificates.changed() && !certificates.changed());
    }

    #[test]
    fn without_a_certificate_nothing_ever_changes() {
        let config = Config::default();
        assert!(!Certificates::new(&config).unwrap().changed());
    }
}
