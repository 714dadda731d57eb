//! The unlocked profile key in the keyring of the operating system: an optional cache, so that a person who trusts the session's
//! login need not type the passphrase at every start. The passphrase stays the only way in that the profile itself knows.
//!
//! On Linux this is the Secret Service (GNOME Keyring, KWallet, KeePassXC) over the session bus, encrypted in transit. Elsewhere
//! there is none yet, and remembering is refused.

use std::path::Path;

use api::error::ApiError;
use signing::profile_key::ProfileKey;
use zeroize::Zeroizing;

/// What is stored is hex: KWallet keeps only text.
const SECRET_CHARS: usize = 64;

/// Keeps the key for the profile in this folder, in place of what was kept.
///
/// # Errors
/// `keyring_unavailable`.
pub(crate) fn keep(folder: &Path, key: &ProfileKey) -> Result<(), ApiError> {
    let secret = Zeroizing::new(hex::encode(*key.to_secret_bytes()));
    system::entry(folder)?.set_password(&secret).map_err(|error| system::unavailable(&error))
}

/// The key kept for the profile in this folder. `None` also where there is no keyring: the person is asked, then.
pub(crate) fn recall(folder: &Path) -> Option<ProfileKey> {
    let secret = Zeroizing::new(system::entry(folder).ok()?.get_password().ok()?);
    if secret.len() != SECRET_CHARS {
        return None;
    }
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(secret.as_bytes(), bytes.as_mut_slice()).ok()?;
    Some(ProfileKey::from_secret_bytes(&bytes))
}

/// Keeps nothing for this folder any more; fine if nothing was kept.
///
/// # Errors
/// `keyring_unavailable`.
pub(crate) fn forget(folder: &Path) -> Result<(), ApiError> {
    match system::entry(folder)?.delete_credential() {
        Ok(()) | Err(system::Error::NoEntry) => Ok(()),
        Err(error) => Err(system::unavailable(&error)),
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::collections::HashMap;
    use std::path::Path;

    use api::error::ApiError;
    pub use keyring_core::Error;
    use keyring_core::api::CredentialStoreApi;

    /// The name under which the person sees the entry in the keyring's own window.
    const SERVICE: &str = "vn.kyhop.profile";

    pub fn entry(folder: &Path) -> Result<keyring_core::Entry, ApiError> {
        // Two ways to write one folder must not become two entries.
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let folder = folder.to_string_lossy();
        let label = format!("Kỳ Họp: {folder}");
        let store = dbus_secret_service_keyring_store::Store::new().map_err(|error| unavailable(&error))?;
        store.build(SERVICE, &folder, Some(&HashMap::from([("label", label.as_str())]))).map_err(|error| unavailable(&error))
    }

    pub fn unavailable(error: &Error) -> ApiError {
        ApiError::new("keyring_unavailable", error.to_string())
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::path::Path;

    use api::error::ApiError;

    /// No keyring here.
    pub enum Error {
        NoEntry,
        Unsupported,
    }

    pub struct Entry;

    impl Entry {
        pub fn set_password(&self, _: &str) -> Result<(), Error> {
            Err(Error::Unsupported)
        }
        pub fn get_password(&self) -> Result<String, Error> {
            Err(Error::Unsupported)
        }
        pub fn delete_credential(&self) -> Result<(), Error> {
            Err(Error::NoEntry)
        }
    }

    pub fn entry(_: &Path) -> Result<Entry, ApiError> {
        Ok(Entry)
    }

    pub fn unavailable(_: &Error) -> ApiError {
        ApiError::new("keyring_unavailable", "no keyring of this system is known to the program")
    }
}
