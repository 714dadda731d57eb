//! What the verifier says.

use crate::time;
use domain::id::Timestamp;
use serde::{Serialize, Serializer};

/// The signatures of a file, in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Signatures and document time stamps, earliest revision first.
    pub signatures: Vec<SignatureReport>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureReport {
    /// Full name of the signature field.
    pub field: String,
    /// Common name in the signer's certificate; empty when there is none to read.
    pub signer: String,
    /// When it was signed, as the signer claims (a document time stamp: as the time stamping authority claims).
    #[serde(serialize_with = "as_rfc3339")]
    pub signed_at: Option<Timestamp>,
    /// The verdict.
    pub status: Status,
    /// Why; [`Reason::None`] for a valid signature.
    pub reason: Reason,
    /// The signature covers every byte of the file but itself.
    pub covers_whole_file: bool,
    /// The signer's certificate, DER; empty when there is none to read.
    #[serde(skip)]
    pub certificate_der: Vec<u8>,
    /// What kind of signature this is.
    #[serde(skip)]
    pub kind: Kind,
    /// The signed file is the first so many bytes: what a program shows as "the version that was signed".
    /// 0 when the byte range is bad.
    #[serde(skip)]
    pub signed_len: usize,
    /// More on the reason, in English, for logs; may be empty.
    #[serde(skip)]
    pub detail: String,
}

/// What kind of signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// By a person or an organisation.
    #[default]
    Signature,
    /// A document time stamp (ETSI.RFC3161).
    TimeStamp,
}

/// The verdict on a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Intact, the signer is trusted, nothing was added.
    Valid,
    /// Intact, the signer is trusted; later only signatures, time stamps or validation data were added.
    ValidLaterAdditions,
    /// The file or the signature is not what was signed, or the certificate did not allow it.
    Invalid,
    /// Intact, but the certificate does not lead to a trusted authority.
    UnknownSigner,
}

/// Why a signature has its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nothing to say: it is valid.
    None,
    /// The signed bytes are not those that were signed.
    DigestMismatch,
    /// The file was changed after signing beyond what later signatures need.
    ModifiedAfterSigning,
    /// No path to a trusted certificate.
    UntrustedIssuer,
    /// A certificate of the path had expired at the time of signing.
    CertificateExpired,
    /// A certificate of the path was not valid yet at the time of signing.
    CertificateNotYetValid,
    /// A certificate of the path is not meant for this use.
    CertificateUsage,
    /// The signature does not say when it was made.
    NoSigningTime,
    /// `/ByteRange` leaves out more than the signature, or does not match the file.
    BadByteRange,
    /// The signature value is wrong.
    BadSignature,
    /// The signature container cannot be read.
    MalformedCms,
    /// The signer's certificate is not in the container.
    SignerCertificateMissing,
    /// The signed attributes name another certificate, or none where they must.
    SigningCertificateMismatch,
    /// An algorithm or format that is not supported or too weak (SHA-1, short RSA keys).
    UnsupportedAlgorithm,
}

impl Reason {
    /// A stable code for programs; empty for [`Reason::None`].
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "",
            Self::DigestMismatch => "digest_mismatch",
            Self::ModifiedAfterSigning => "modified_after_signing",
            Self::UntrustedIssuer => "untrusted_issuer",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateNotYetValid => "certificate_not_yet_valid",
            Self::CertificateUsage => "certificate_usage",
            Self::NoSigningTime => "no_signing_time",
            Self::BadByteRange => "bad_byte_range",
            Self::BadSignature => "bad_signature",
            Self::MalformedCms => "malformed_cms",
            Self::SignerCertificateMissing => "signer_certificate_missing",
            Self::SigningCertificateMismatch => "signing_certificate_mismatch",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

fn as_rfc3339<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.and_then(time::rfc3339).serialize(serializer)
}
