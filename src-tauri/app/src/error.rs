//! Errors of the crates below, as they cross the boundary: their stable code and a detail for the log.

use api::error::ApiError;

/// Makes an [`ApiError`] from anything that has a code and says what is wrong.
pub(crate) trait Boundary {
    /// The error as it crosses the boundary.
    fn at_boundary(&self) -> ApiError;
}

macro_rules! coded {
    ($($type:ty),* $(,)?) => {
        $(impl Boundary for $type {
            fn at_boundary(&self) -> ApiError {
                ApiError::new(self.code(), self.to_string())
            }
        })*
    };
}

coded!(
    sync::LocalError,
    sync::LoadError,
    sync::OpenError,
    store::StoreError,
    store::backup::BackupError,
    signing::sealed::SealError,
    signing::RecoveryError,
    signing::RootFileError,
    signing::BundleError,
    signing::VoteError,
    signing::secret::SecretError,
    signing::secret::TellerError,
    signing::secret::SealBallotError,
    signing_pdf::CertificateError,
    signing_pdf::PdfSignError,
    signing_pdf::PdfVerifyError,
    signing::InvitationError,
    signing::JoinError,
    pdf::PdfError,
    typeset::TypesetError,
    crate::roster::RosterError,
    net::NetError,
);

impl Boundary for sync::port::ShelfError {
    fn at_boundary(&self) -> ApiError {
        ApiError::new(self.code, self.to_string())
    }
}

impl Boundary for sync::document::DocumentError {
    fn at_boundary(&self) -> ApiError {
        ApiError::new(self.code(), self.to_string())
    }
}

impl Boundary for std::io::Error {
    fn at_boundary(&self) -> ApiError {
        let code = match self.kind() {
            std::io::ErrorKind::NotFound => "file_not_found",
            std::io::ErrorKind::PermissionDenied => "file_not_allowed",
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "disk_full",
            std::io::ErrorKind::AlreadyExists => "file_exists",
            _ => "disk_error",
        };
        ApiError::new(code, self.to_string())
    }
}

/// Shortens `map_err(|e| e.at_boundary())`.
pub(crate) trait AtBoundary<T> {
    /// The same result with the error as it crosses the boundary.
    fn at_boundary(self) -> Result<T, ApiError>;
}

impl<T, E: Boundary> AtBoundary<T> for Result<T, E> {
    fn at_boundary(self) -> Result<T, ApiError> {
        self.map_err(|error| error.at_boundary())
    }
}

/// The code of an error, for programs that only need that.
pub fn code_of(error: &ApiError) -> &str {
    &error.code
}

/// The error of a request for something that is not here.
pub(crate) fn not_found(what: &str) -> ApiError {
    ApiError::new("not_found", format!("no such {what}")).with("what", what)
}
