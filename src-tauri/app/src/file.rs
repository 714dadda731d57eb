//! Files of people: read whole, within a limit.

use std::io::Read as _;
use std::path::Path;

use api::error::ApiError;

use crate::error::AtBoundary;

/// Reads a whole file of at most `bytes_max` bytes. The size that the system tells is not believed: a device tells none.
///
/// # Errors
/// `too_large` as the caller names it, `file_not_found`, `file_not_allowed`, `disk_error`; each names the file.
pub(crate) fn read_whole(path: &Path, bytes_max: usize, too_large: &str) -> Result<Vec<u8>, ApiError> {
    let named = |error: ApiError| error.with("file", path.display());
    let over = || named(ApiError::new(too_large, "the file is over the limit").with("limit_mb", bytes_max >> 20));
    let file = std::fs::File::open(path).at_boundary().map_err(named)?;
    let length = file.metadata().at_boundary().map_err(named)?.len();
    if length > bytes_max as u64 {
        return Err(over());
    }
    let mut bytes = Vec::new();
    file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).at_boundary().map_err(named)?;
    if bytes.len() > bytes_max { Err(over()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn the_limit_itself_is_read_and_one_byte_more_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read_whole(&path, 100, "over").unwrap(), [7; 100]);
        let refused = read_whole(&path, 99, "over").unwrap_err();
        assert_eq!((refused.code.as_str(), refused.facts["file"].as_str()), ("over", path.to_str().unwrap()));
        assert_eq!(read_whole(&folder.path().join("none"), 99, "over").unwrap_err().code, "file_not_found");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_without_an_end_is_read_to_the_limit_only() {
        assert_eq!(read_whole(Path::new("/dev/zero"), 1_000, "over").unwrap_err().code, "over");
    }
}
