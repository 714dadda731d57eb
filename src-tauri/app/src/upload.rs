//! Files that a window hands in before it says what for: kept in memory for a while, within limits.

use std::collections::VecDeque;
use std::sync::Mutex;

use api::error::ApiError;

/// Files that wait at a time.
const UPLOADS_MAX: usize = 16;
/// Bytes of one file: the limit of a paper.
pub(crate) const UPLOAD_BYTES_MAX: usize = 100 << 20;

/// A file that was handed in.
#[derive(Clone)]
pub(crate) struct Upload {
    token: String,
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: std::sync::Arc<[u8]>,
}

/// Files that wait.
#[derive(Default)]
pub(crate) struct Uploads(Mutex<VecDeque<Upload>>);

impl Uploads {
    /// Takes a file in and names it by a random token.
    pub fn put(&self, name: &str, bytes: Vec<u8>) -> Result<String, ApiError> {
        if bytes.len() > UPLOAD_BYTES_MAX {
            return Err(ApiError::new("pdf_too_large", "the file is over the limit").with("limit_mb", UPLOAD_BYTES_MAX >> 20));
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| ApiError::new("no_randomness", error.to_string()))?;
        let token = hex::encode(random);
        let mut waiting = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if waiting.len() >= UPLOADS_MAX {
            waiting.pop_front();
        }
        waiting.push_back(Upload { token: token.clone(), name: domain::identity::sanitize_file_name(name), bytes: bytes.into() });
        Ok(token)
    }

    /// The file of a token; it stays, so that a person can confirm something and try again.
    pub fn get(&self, token: &str) -> Option<Upload> {
        let waiting = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        waiting.iter().find(|upload| upload.token == token).cloned()
    }
}
