//! What can go wrong, with codes that programs may rely on.

use crate::pdf::Fault;

/// A certificate, key or request could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The bytes are not what they should be.
    #[error("the {0} cannot be read")]
    Malformed(&'static str),
    /// The request is not signed by the key it asks a certificate for.
    #[error("the certificate request is not signed by its own key")]
    NoProofOfPossession,
    /// The key in the request is not an ECDSA P-256 key.
    #[error("only ECDSA P-256 keys are certified")]
    UnsupportedKey,
    /// A name is empty, longer than X.520 allows, or holds control characters.
    #[error("the name part {0} is empty, too long or holds control characters")]
    BadName(&'static str),
    /// The authority's own certificate is not valid at this time.
    #[error("the certificate authority is not valid at this time")]
    AuthorityExpired,
    /// The time lies outside what certificates can express (1970 to 9999).
    #[error("the time cannot be written into a certificate")]
    BadTime,
    /// Encoding or signing failed.
    #[error("the certificate could not be built")]
    Internal,
}

impl CertificateError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed_certificate",
            Self::NoProofOfPossession => "no_proof_of_possession",
            Self::UnsupportedKey => "unsupported_key",
            Self::BadName(_) => "bad_name",
            Self::AuthorityExpired => "authority_expired",
            Self::BadTime => "bad_time",
            Self::Internal => "certificate_failed",
        }
    }
}

/// Why a PDF was not signed. The input is never altered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfSignError {
    /// The input does not begin with `%PDF-`.
    #[error("the file is not a PDF")]
    NotAPdf,
    /// The input is encrypted; new strings would have to be encrypted too.
    #[error("the file is encrypted")]
    Encrypted,
    /// The input is larger than [`MAX_PDF_BYTES`](crate::MAX_PDF_BYTES).
    #[error("the file is too large")]
    TooLarge,
    /// More objects or revisions than the limits allow.
    #[error("the file is too complex")]
    TooComplex,
    /// The structure is damaged near this offset; appending to it would not give a sound file.
    #[error("the file is damaged near offset {0}")]
    Broken(usize),
    /// An XFA form: viewers show other content than the PDF pages.
    #[error("the file is an XFA form")]
    XfaForm,
    /// An earlier signature certifies the file and forbids changes (DocMDP level 1).
    #[error("an earlier signature forbids further signatures")]
    LockedByCertification,
    /// The certificate cannot be read.
    #[error("the certificate cannot be read")]
    MalformedCertificate,
    /// The certificate was issued for another key.
    #[error("the certificate does not belong to the key")]
    CertificateMismatch,
    /// The certificate is not valid at the time of signing.
    #[error("the certificate is not valid at this time")]
    CertificateNotValid,
    /// The certificate is not meant for signing documents.
    #[error("the certificate is not for signing")]
    CertificateUsage,
    /// Certificates and reserve exceed [`MAX_CMS_BYTES`](crate::MAX_CMS_BYTES).
    #[error("the certificate chain is too large")]
    ChainTooLarge,
    /// The page does not exist.
    #[error("there is no page {0}")]
    NoSuchPage(u32),
    /// The rectangle is empty or leaves the page.
    #[error("the rectangle does not lie on the page")]
    BadRectangle,
    /// The field name is empty, too long, or holds a dot or control characters.
    #[error("the field name is not usable")]
    BadFieldName,
    /// A field of this name exists.
    #[error("a field of this name exists")]
    FieldExists,
    /// The font cannot be read or may not be embedded.
    #[error("the font cannot be used")]
    BadFont,
    /// The font has no glyph for this character: it would show as a box.
    #[error("the font has no glyph for {0:?}")]
    MissingGlyph(char),
    /// The image is not a PNG within the limits.
    #[error("the image cannot be used")]
    BadImage,
    /// The text does not fit into the rectangle at a readable size.
    #[error("the text does not fit into the rectangle")]
    DoesNotFit,
    /// Reason, location or appearance text is longer than allowed.
    #[error("a text is too long")]
    TextTooLong,
    /// The time cannot be written.
    #[error("the time cannot be written")]
    BadTime,
    /// The finished file did not verify; it is not handed out.
    #[error("the signed file did not pass its own check")]
    SelfCheckFailed,
    /// Encoding or signing failed.
    #[error("the signature could not be built")]
    Internal,
}

impl PdfSignError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAPdf => "not_a_pdf",
            Self::Encrypted => "encrypted",
            Self::TooLarge => "too_large",
            Self::TooComplex => "too_complex",
            Self::Broken(_) => "broken",
            Self::XfaForm => "xfa_form",
            Self::LockedByCertification => "locked_by_certification",
            Self::MalformedCertificate => "malformed_certificate",
            Self::CertificateMismatch => "certificate_mismatch",
            Self::CertificateNotValid => "certificate_not_valid",
            Self::CertificateUsage => "certificate_usage",
            Self::ChainTooLarge => "chain_too_large",
            Self::NoSuchPage(_) => "no_such_page",
            Self::BadRectangle => "bad_rectangle",
            Self::BadFieldName => "bad_field_name",
            Self::FieldExists => "field_exists",
            Self::BadFont => "bad_font",
            Self::MissingGlyph(_) => "missing_glyph",
            Self::BadImage => "bad_image",
            Self::DoesNotFit => "does_not_fit",
            Self::TextTooLong => "text_too_long",
            Self::BadTime => "bad_time",
            Self::SelfCheckFailed => "self_check_failed",
            Self::Internal => "signing_failed",
        }
    }
}

impl From<Fault> for PdfSignError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotAPdf => Self::NotAPdf,
            Fault::Encrypted => Self::Encrypted,
            Fault::Broken(at) => Self::Broken(at),
            Fault::TooComplex => Self::TooComplex,
        }
    }
}

/// Why a PDF could not be examined at all. A bad signature is not an error but a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PdfVerifyError {
    /// The input does not begin with `%PDF-`.
    #[error("the file is not a PDF")]
    NotAPdf,
    /// The input is encrypted.
    #[error("the file is encrypted")]
    Encrypted,
    /// The input is larger than [`MAX_PDF_BYTES`](crate::MAX_PDF_BYTES).
    #[error("the file is too large")]
    TooLarge,
    /// More objects, revisions or signatures than the limits allow.
    #[error("the file is too complex")]
    TooComplex,
    /// The structure is damaged near this offset.
    #[error("the file is damaged near offset {0}")]
    Broken(usize),
    /// A trusted certificate cannot be read.
    #[error("a trusted certificate cannot be read")]
    MalformedTrust,
}

impl PdfVerifyError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAPdf => "not_a_pdf",
            Self::Encrypted => "encrypted",
            Self::TooLarge => "too_large",
            Self::TooComplex => "too_complex",
            Self::Broken(_) => "broken",
            Self::MalformedTrust => "malformed_trust",
        }
    }
}

impl From<Fault> for PdfVerifyError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotAPdf => Self::NotAPdf,
            Fault::Encrypted => Self::Encrypted,
            Fault::Broken(at) => Self::Broken(at),
            Fault::TooComplex => Self::TooComplex,
        }
    }
}
