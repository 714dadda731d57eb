//! The organisation's own certificate authority, for hubs at `wss://…` whose certificate is not from a public one.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use net::limits::PEM_BYTES_MAX;

/// In the profile's folder: certificates in PEM. It may be put there before the profile is made.
const FILE: &str = "hub-ca.pem";

/// What stands in the file, or nothing. A file that is not usable is told in the log and is no reason to keep a person from their work:
/// without it fewer hubs are believed, not more.
pub(crate) fn of_profile(folder: &Path) -> net::Tls {
    let none = net::Tls::default();
    let authorities = match read(&folder.join(FILE)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return none,
        Err(error) => {
            tracing::warn!(%error, file = FILE, "the certificate authority cannot be read");
            return none;
        }
    };
    let trusted = net::Tls { authorities, ..none.clone() };
    match trusted.check() {
        Ok(()) => trusted,
        Err(error) => {
            tracing::warn!(%error, file = FILE, "the certificate authority is not used");
            none
        }
    }
}

/// One byte more than is allowed is enough to be refused.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(PEM_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn a_file_that_is_missing_or_holds_something_else_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(of_profile(folder.path()).authorities.is_empty());
        for unusable in [&b"nothing of the kind"[..], b"-----BEGIN CERTIFICATE-----\n", &vec![b'x'; PEM_BYTES_MAX + 1][..]] {
            std::fs::write(folder.path().join(FILE), unusable).unwrap();
            assert!(of_profile(folder.path()).authorities.is_empty());
        }
    }
}
