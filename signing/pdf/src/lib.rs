//! PAdES signatures in PDF files that the rest of the world can check, and a verifier that trusts nothing.
//!
//! - [`ca`]: the organisation's certificate authority; [`person`]: a person's ECDSA P-256 key.
//! - [`sign`](fn@sign): appends a PAdES B-B signature (`ETSI.CAdES.detached`), optionally visible.
//! - [`verify`](fn@verify): says for every signature whether it is valid, valid with later additions, invalid, or by somebody
//!   unknown, and why.
//!
//! Pure: time and randomness are arguments, files are bytes, there is no network.

mod appearance;
pub mod ca;
mod cms;
mod error;
mod font;
mod incremental;
mod pdf;
pub mod person;
pub mod sign;
mod subject;
mod time;
pub mod verify;

pub use appearance::{Appearance, MAX_IMAGE_BYTES, MAX_IMAGE_SIDE, MAX_LINE_CHARS, MAX_LINES};
pub use ca::CertificateAuthority;
pub use error::{CertificateError, PdfSignError, PdfVerifyError};
pub use person::PersonKey;
pub use sign::{Placement, SignOptions, sign};
pub use subject::{MAX_NAME_CHARS, Subject};
pub use verify::{Kind, Reason, Report, SignatureReport, Status, verify};

/// Largest PDF that is signed or verified.
pub const MAX_PDF_BYTES: usize = 100 * 1024 * 1024;
/// Largest room reserved for a signature container (`/Contents`, before hexadecimal encoding).
pub const MAX_CMS_BYTES: usize = 64 * 1024;
