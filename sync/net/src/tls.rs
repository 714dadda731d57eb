//! Certificates for WebSocket over TLS.
//!
//! TLS is for the passage: firewalls let HTTPS out and look at nothing else. Who a device is, is proven by Noise inside and above this
//! crate; a certificate authority that lies can keep somebody from a hub, and cannot read or say anything in the hub's name.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use futures_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};
use libp2p_websocket::tls;
use zeroize::Zeroizing;

use crate::{
    error::NetError,
    limits::{CERTIFICATES_MAX, PEM_BYTES_MAX},
};

/// What is shown to those who call `wss`, and whom we believe when we call.
#[derive(Clone, Default)]
pub struct Tls {
    /// For listening on `/tls/ws`; without it such an address is refused.
    pub identity: Option<TlsIdentity>,
    /// Certificates, in PEM, of authorities that are believed beside the public ones (Mozilla's list). Empty: none.
    pub authorities: Vec<u8>,
}

/// The name that a hub goes by.
#[derive(Clone)]
pub struct TlsIdentity {
    /// The certificate and those between it and the authority, in PEM, in this order.
    pub chain_pem: Vec<u8>,
    /// The certificate's private key, in PEM: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key_pem: Zeroizing<Vec<u8>>,
}

/// What replaces `Prepared::listening` before the next caller is heard, once there is something.
pub(crate) type Renewed = Arc<Mutex<Option<tls::Config>>>;

/// What the transport works with.
pub(crate) struct Prepared {
    /// For those who call us.
    pub(crate) listening: tls::Config,
    /// For those whom we call.
    pub(crate) calling: TlsConnector,
    /// What comes after `listening`.
    pub(crate) renewed: Renewed,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("identity", &self.identity).field("authorities_bytes", &self.authorities.len()).finish()
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity").finish_non_exhaustive()
    }
}

impl Tls {
    /// Whether it can be used.
    ///
    /// # Errors
    /// [`NetError::Transport`]: not PEM, too much of it, no certificate or key in it, or a key of another certificate.
    pub fn check(&self) -> Result<(), NetError> {
        self.prepared().map(drop)
    }

    /// The same, for who listens already and cannot do without a certificate.
    ///
    /// # Errors
    /// As [`Tls::check`], or there is none.
    pub(crate) fn renewing(&self) -> Result<tls::Config, NetError> {
        if self.identity.is_none() {
            return Err(unusable("certificate", "there is none"));
        }
        Ok(self.prepared()?.listening)
    }

    /// What the transport works with.
    ///
    /// # Errors
    /// [`NetError::Transport`]: not PEM, too much of it, no certificate or key in it, or a key of another certificate.
    pub(crate) fn prepared(&self) -> Result<Prepared, NetError> {
        let authorities = certificates(&self.authorities)?;
        if authorities.is_empty() && !self.authorities.is_empty() {
            return Err(unusable("authorities", "the file holds no certificate"));
        }
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for authority in authorities {
            roots.add(authority).map_err(|error| unusable("authorities", error))?;
        }
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable("set-up", error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut builder = tls::Config::builder();
        if let Some(identity) = &self.identity {
            let chain = certificates(&identity.chain_pem)?;
            let chain: Vec<_> = chain.into_iter().map(|certificate| tls::Certificate::new(certificate.to_vec())).collect();
            if chain.is_empty() {
                return Err(unusable("certificate", "the file holds none"));
            }
            builder.server(private_key(&identity.key_pem)?, chain).map_err(|error| unusable("certificate and key", error))?;
        }
        Ok(Prepared { listening: builder.finish(), calling: Arc::new(client).into(), renewed: Renewed::default() })
    }
}

fn unusable(what: &str, why: impl fmt::Display) -> NetError {
    NetError::Transport(format!("TLS {what}: {why}"))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, NetError> {
    if pem.len() > PEM_BYTES_MAX {
        return Err(unusable("certificate", format_args!("longer than {PEM_BYTES_MAX} bytes")));
    }
    let found: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem)
        .take(CERTIFICATES_MAX + 1)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable("certificate", error))?;
    if found.len() > CERTIFICATES_MAX {
        return Err(unusable("certificate", format_args!("more than {CERTIFICATES_MAX}")));
    }
    Ok(found)
}

fn private_key(pem: &[u8]) -> Result<tls::PrivateKey, NetError> {
    if pem.len() > PEM_BYTES_MAX {
        return Err(unusable("key", format_args!("longer than {PEM_BYTES_MAX} bytes")));
    }
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| unusable("key", error))?;
    // The library's own constructor does not return from a key that it cannot tell the kind of.
    PrivateKeyDer::try_from(key.secret_der()).map_err(|error| unusable("key", error))?;
    Ok(tls::PrivateKey::new(key.secret_der().to_vec()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn identity() -> TlsIdentity {
        let made = rcgen::generate_simple_self_signed(vec!["hub.example.vn".to_owned()]).unwrap();
        let key_pem = Zeroizing::new(made.key_pair.serialize_pem().into_bytes());
        TlsIdentity { chain_pem: made.cert.pem().into_bytes(), key_pem }
    }

    #[test]
    fn a_certificate_and_its_key_are_taken() {
        let identity = identity();
        let authorities = identity.chain_pem.clone();
        assert!(Tls { identity: Some(identity), authorities }.check().is_ok());
        assert!(Tls::default().check().is_ok());
    }

    #[test]
    fn what_is_not_usable_is_refused_and_named() {
        let (good, other) = (identity(), identity());
        let garbage = || Zeroizing::new(b"-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n".to_vec());
        let with = |chain_pem: &[u8], key_pem| Some(TlsIdentity { chain_pem: chain_pem.to_vec(), key_pem });
        for (identity, authorities, named) in [
            (with(&good.chain_pem, other.key_pem.clone()), Vec::new(), "certificate and key"),
            (with(&good.chain_pem, garbage()), Vec::new(), "key"),
            (with(&good.chain_pem, Zeroizing::new(good.chain_pem.clone())), Vec::new(), "key"),
            (with(&good.key_pem, good.key_pem.clone()), Vec::new(), "certificate"),
            (with(b"", good.key_pem.clone()), Vec::new(), "certificate"),
            (None, b"nothing of the kind".to_vec(), "authorities"),
            (None, vec![b'x'; PEM_BYTES_MAX + 1], "longer"),
        ] {
            let error = Tls { identity, authorities }.check().unwrap_err();
            assert_eq!(error.code(), "net.transport");
            assert!(error.to_string().contains(named), "{error}");
        }
    }

    #[test]
    fn the_key_is_not_in_what_is_written_to_a_log() {
        let identity = identity();
        let shown = format!("{:?}", Tls { identity: Some(identity.clone()), authorities: Vec::new() });
        let key = String::from_utf8(identity.key_pem.to_vec()).unwrap();
        assert!(!shown.contains(key.lines().nth(1).unwrap()));
        assert!(!shown.contains(&format!("{:?}", &identity.key_pem[..8])));
    }
}
