//! The way out for who forgot the passphrase: a recovery code, made beforehand and kept on paper. It works where the profile
//! lies; nobody else, no administrator either, can make or use one.

use std::path::Path;

use api::error::ApiError;
use api::push::{Push, Tag};
use api::view::RecoveryCodeView;
use rand_core::CryptoRng;
use signing::profile_key::ProfileKeyFile;
use signing::{RecoveryCode, RecoveryCodeError};
use zeroize::Zeroizing;

use crate::app::{App, blocking, fresh_rng};
use crate::error::AtBoundary;
use crate::profile;

impl App {
    /// Makes a recovery code, in place of the one that was there.
    pub(crate) async fn make_recovery_code(&self, passphrase: String) -> Result<RecoveryCodeView, ApiError> {
        let passphrase = Zeroizing::new(passphrase);
        let _turn = self.inner().opening.lock().await;
        let folder = self.folder().to_owned();
        let made = blocking(move || make(&folder, &passphrase, &mut fresh_rng()?)).await?;
        self.told_of_code();
        Ok(made)
    }

    /// From here on no recovery code opens the profile.
    pub(crate) async fn forget_recovery_code(&self, passphrase: String) -> Result<(), ApiError> {
        let passphrase = Zeroizing::new(passphrase);
        let _turn = self.inner().opening.lock().await;
        let folder = self.folder().to_owned();
        let forget = move || profile::change_key_file(&folder, |file| file.without_recovery(passphrase.as_bytes()).at_boundary());
        blocking(forget).await?;
        self.told_of_code();
        Ok(())
    }

    /// A new passphrase, by the recovery code.
    pub(crate) async fn recover_passphrase(&self, code: String, new: String) -> Result<(), ApiError> {
        let (code, new) = (Zeroizing::new(code), Zeroizing::new(new));
        let _turn = self.inner().opening.lock().await;
        let folder = self.folder().to_owned();
        blocking(move || recover(&folder, &code, &new, &mut fresh_rng()?)).await
    }

    /// Whether the profile has a recovery code.
    pub(crate) async fn has_recovery_code(&self) -> Result<bool, ApiError> {
        let folder = self.folder().to_owned();
        blocking(move || Ok(profile::key_file(&folder)?.has_recovery())).await
    }

    fn told_of_code(&self) {
        // Nobody listens where no window is open.
        let _ = self.inner().pushes.send(Push::Changed { tags: vec![Tag::Directory] });
    }
}

fn make(folder: &Path, passphrase: &str, rng: &mut impl CryptoRng) -> Result<RecoveryCodeView, ApiError> {
    let code = RecoveryCode::generate(rng);
    let with_code = |file: &ProfileKeyFile| file.with_recovery(passphrase.as_bytes(), &code, rng).at_boundary();
    profile::change_key_file(folder, with_code)?;
    Ok(RecoveryCodeView { words: code.to_words().to_string() })
}

fn recover(folder: &Path, typed: &str, new: &str, rng: &mut impl CryptoRng) -> Result<(), ApiError> {
    profile::check_passphrase(new)?;
    let code = RecoveryCode::from_typed(typed).map_err(mistyped)?;
    profile::change_key_file(folder, |file| file.recover(&code, new.as_bytes(), rng).at_boundary())
}

fn mistyped(error: RecoveryCodeError) -> ApiError {
    let said = ApiError::new(error.code(), error.to_string());
    match error {
        RecoveryCodeError::Word(place) => said.with("place", place),
        RecoveryCodeError::Count(found) => said.with("found", found).with("words", signing::recovery::CODE_WORDS),
        RecoveryCodeError::Check => said,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const PASSPHRASE: &str = "mật khẩu đã quên";
    const NEW: &str = "mật khẩu mới nhớ";

    /// A folder with a profile that nobody has open.
    fn closed_profile() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let mut rng = fresh_rng().unwrap();
        let (mut making, store, _) = profile::create(home.path(), PASSPHRASE, &mut rng).unwrap();
        making.finish().unwrap();
        store.close().unwrap();
        home
    }

    #[test]
    fn who_forgot_the_passphrase_opens_the_same_profile_by_the_paper() {
        let home = closed_profile();
        let mut rng = fresh_rng().unwrap();
        let before = profile::unlock_key(home.path(), PASSPHRASE).unwrap();
        let paper = make(home.path(), PASSPHRASE, &mut rng).unwrap().words;
        recover(home.path(), &paper.to_uppercase(), NEW, &mut rng).unwrap();
        let after = profile::unlock_key(home.path(), NEW).unwrap();
        assert_eq!(*before.derive("database"), *after.derive("database"));
        profile::open(home.path(), &after, &mut rng).unwrap().0.close().unwrap();
        assert_eq!(profile::unlock_key(home.path(), PASSPHRASE).unwrap_err().code, "wrong_passphrase");
        assert!(!home.path().join("profile.key.new").exists());
    }

    #[test]
    fn what_is_wrong_is_told_and_changes_nothing() {
        let home = closed_profile();
        let mut rng = fresh_rng().unwrap();
        let strangers = RecoveryCode::generate(&mut rng).to_words();
        assert_eq!(recover(home.path(), &strangers, NEW, &mut rng).unwrap_err().code, "recovery_code_none");
        assert_eq!(make(home.path(), "không phải nó", &mut rng).unwrap_err().code, "wrong_passphrase");
        let paper = make(home.path(), PASSPHRASE, &mut rng).unwrap().words;
        let short: Vec<&str> = paper.split(' ').take(11).collect();
        let file = std::fs::read(home.path().join(profile::KEY_FILE)).unwrap();
        for (typed, new, code) in [
            (strangers.as_str(), NEW, "recovery_code_wrong"),
            ("một hai ba", NEW, "recovery_code_word"),
            (short.join(" ").as_str(), NEW, "recovery_code_count"),
            (paper.as_str(), "ngắn", "passphrase_too_short"),
        ] {
            assert_eq!(recover(home.path(), typed, new, &mut rng).unwrap_err().code, code);
        }
        assert_eq!(std::fs::read(home.path().join(profile::KEY_FILE)).unwrap(), file);
        let elsewhere = tempfile::tempdir().unwrap();
        assert_eq!(recover(elsewhere.path(), &paper, NEW, &mut rng).unwrap_err().code, "no_profile");
    }
}
