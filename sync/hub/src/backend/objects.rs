//! The object store: whole files under the hash of their ciphertext, by requests that are signed here and sent over HTTP.
//!
//! A file counts as stored when it was read back and is what its name says. What is read for peers is proved to them range by range, so a store
//! that lies is found out by the first who asks.

use std::cell::RefCell;
use std::time::Duration;

use domain::id::Hash32;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use ureq::Agent;

use super::BackendError;
use crate::config::{BackendConfig, Secrets};
use crate::limits::{OBJECT_CONNECT_MAX, OBJECT_REQUEST_MAX, OBJECT_WINDOW_BYTES};

/// The store does not answer.
pub const OBJECTS_AWAY: &str = "objects_away";
/// It answers and refuses: wrong key, no such bucket, or what it keeps is not what it was given.
pub const OBJECTS_REFUSED: &str = "objects_refused";
/// How long a signed request may be used.
const SIGNED_FOR: Duration = Duration::from_secs(300);

/// A part of a file that was read last: peers ask for small pieces one after another.
struct Window {
    cipher: Hash32,
    offset: u64,
    bytes: Vec<u8>,
}

/// A bucket.
pub struct Objects {
    bucket: Bucket,
    credentials: Credentials,
    agent: Agent,
    window: RefCell<Option<Window>>,
}

fn name_of(cipher: &Hash32) -> String {
    let name = cipher.to_string();
    format!("blobs/{}/{name}", name.get(..2).unwrap_or_default())
}

/// Says nothing of the address: it holds a signature.
fn away(error: &ureq::Error) -> BackendError {
    let detail = match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "its name is not known".to_owned(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        _ => "the request failed".to_owned(),
    };
    BackendError::new(OBJECTS_AWAY, format!("the object store: {detail}"))
}

fn refused(what: &str, status: u16) -> BackendError {
    // A server that is starting or overloaded is away, not of another opinion.
    let code = if status >= 500 { OBJECTS_AWAY } else { OBJECTS_REFUSED };
    BackendError::new(code, format!("the object store answers {what} with {status}"))
}

impl Objects {
    /// A bucket as the configuration names it; nothing is asked of it yet.
    ///
    /// # Errors
    /// `hub_config` if the address is none.
    pub fn new(config: &BackendConfig, secrets: &Secrets) -> Result<Self, BackendError> {
        let wrong = || BackendError::new("hub_config", "backend.endpoint is no address of an object store");
        let Ok(endpoint) = config.endpoint.parse() else { return Err(wrong()) };
        let bucket = Bucket::new(endpoint, UrlStyle::Path, config.bucket.clone(), config.region.clone()).map_err(|_| wrong())?;
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(OBJECT_CONNECT_MAX))
            .timeout_global(Some(OBJECT_REQUEST_MAX))
            .build()
            .into();
        let credentials = Credentials::new(secrets.access_key.clone(), secrets.secret_key.clone());
        Ok(Self { bucket, credentials, agent, window: RefCell::new(None) })
    }

    /// Brings a file there and reads it back.
    ///
    /// # Errors
    /// `objects_away`, `objects_refused`; then nobody may vouch for it.
    pub fn put(&self, cipher: &Hash32, bytes: &[u8]) -> Result<(), BackendError> {
        let name = name_of(cipher);
        let address = self.bucket.put_object(Some(&self.credentials), &name).sign(SIGNED_FOR);
        let answer = self.agent.put(address.as_str()).send(bytes).map_err(|error| away(&error))?;
        match answer.status().as_u16() {
            200..=299 => {}
            status => return Err(refused("a file", status)),
        }
        drop(answer);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let kept = self.get(cipher, None, size)?;
        if blake3::hash(&kept).as_bytes() != cipher.as_bytes() {
            return Err(BackendError::new(OBJECTS_REFUSED, "the object store gives back something else than it was given"));
        }
        Ok(())
    }

    /// Takes a file away; one that is not there is no error.
    ///
    /// # Errors
    /// `objects_away`, `objects_refused`.
    pub fn delete(&self, cipher: &Hash32) -> Result<(), BackendError> {
        let address = self.bucket.delete_object(Some(&self.credentials), &name_of(cipher)).sign(SIGNED_FOR);
        let answer = self.agent.delete(address.as_str()).call().map_err(|error| away(&error))?;
        match answer.status().as_u16() {
            200..=299 | 404 => Ok(()),
            status => Err(refused("to take a file away", status)),
        }
    }

    /// A part of a file of `size` bytes; shorter at its end.
    ///
    /// # Errors
    /// `store_damaged` if the file is not there or shorter; `objects_away`, `objects_refused`.
    pub fn read(&self, cipher: &Hash32, size: u64, offset: u64, len: usize) -> Result<Vec<u8>, BackendError> {
        let stop = size.min(offset.saturating_add(u64::try_from(len).unwrap_or(u64::MAX)));
        if offset >= stop {
            return Ok(Vec::new());
        }
        if stop - offset > OBJECT_WINDOW_BYTES {
            return self.range(cipher, offset, stop);
        }
        let mut window = self.window.borrow_mut();
        if let Some(bytes) = window.as_ref().and_then(|window| window.part(cipher, offset, stop)) {
            return Ok(bytes);
        }
        let ahead = size.min(offset.saturating_add(OBJECT_WINDOW_BYTES));
        let fresh = Window { cipher: *cipher, offset, bytes: self.range(cipher, offset, ahead)? };
        let part = fresh.part(cipher, offset, stop);
        *window = Some(fresh);
        part.ok_or_else(|| shorter(cipher))
    }

    /// Forgets what was read ahead: the file is replaced.
    pub fn forget(&self) {
        *self.window.borrow_mut() = None;
    }

    fn range(&self, cipher: &Hash32, start: u64, stop: u64) -> Result<Vec<u8>, BackendError> {
        let bytes = self.get(cipher, Some(format!("bytes={start}-{}", stop - 1)), stop - start)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) != stop - start {
            return Err(shorter(cipher));
        }
        Ok(bytes)
    }

    fn get(&self, cipher: &Hash32, range: Option<String>, bytes_max: u64) -> Result<Vec<u8>, BackendError> {
        let name = name_of(cipher);
        let address = self.bucket.get_object(Some(&self.credentials), &name).sign(SIGNED_FOR);
        let asked = self.agent.get(address.as_str());
        let (asked, expected) = match range {
            Some(range) => (asked.header("range", range), 206),
            None => (asked, 200),
        };
        let mut answer = asked.call().map_err(|error| away(&error))?;
        match answer.status().as_u16() {
            status if status == expected => {}
            404 | 416 => return Err(shorter(cipher)),
            status => return Err(refused("a question for a file", status)),
        }
        answer.body_mut().with_config().limit(bytes_max.saturating_add(1)).read_to_vec().map_err(|error| away(&error))
    }
}

fn shorter(cipher: &Hash32) -> BackendError {
    BackendError::new("store_damaged", format!("the object of blob {cipher} is missing or too short"))
}

impl Window {
    fn part(&self, cipher: &Hash32, start: u64, stop: u64) -> Option<Vec<u8>> {
        if self.cipher != *cipher {
            return None;
        }
        let from = usize::try_from(start.checked_sub(self.offset)?).ok()?;
        let to = usize::try_from(stop.checked_sub(self.offset)?).ok()?;
        self.bytes.get(from..to).map(<[u8]>::to_vec)
    }
}
