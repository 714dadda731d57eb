//! The tokenizer of the index: `search::token` in the form in which FTS5 calls it.
//!
//! SQLite hands its FTS5 extension interface out through a pointer only, so this module is the one place of the crate with `unsafe`. It is
//! kept to what cannot be said otherwise: getting the pointer, and three functions that SQLite calls.
//!
//! Documents give each syllable and each pair of syllables (the pair in the same position as its second syllable); questions are terms
//! already and stay whole. `words` as argument of the tokenizer leaves the pairs out.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::catch_unwind;
use std::ptr;
use std::slice;

use rusqlite::{Connection, ffi};
use search::token;

use crate::error::StoreError;

/// How the tokenizer is named in the schema.
const NAME: &CStr = c"kyhop";
/// The argument that leaves pairs out.
const WORDS: &[u8] = b"words";

/// What a tokenizer is made of: whether it gives pairs.
static WITH_PAIRS: bool = true;
static WITHOUT_PAIRS: bool = false;

type OnToken = unsafe extern "C" fn(*mut c_void, c_int, *const c_char, c_int, c_int, c_int) -> c_int;

/// Makes the tokenizer known to a connection. Needed before the first statement that touches the index.
pub(super) fn register(connection: &Connection) -> Result<(), StoreError> {
    let mut tokenizer = ffi::fts5_tokenizer { xCreate: Some(create), xDelete: Some(delete), xTokenize: Some(tokenize) };
    // SAFETY: the handle is that of an open connection, borrowed for the whole call. `fts5(?1)` writes the interface, which lives as long
    // as the connection, to the place that is bound under the name "fts5_api_ptr"; the place outlives the statement, which is
    // finalized before it is read. xCreateTokenizer copies the tokenizer; no user data is given, so there is nothing to destroy.
    let code = unsafe {
        let database = connection.handle();
        let mut api: *mut ffi::fts5_api = ptr::null_mut();
        let mut statement = ptr::null_mut();
        let mut code = ffi::sqlite3_prepare_v2(database, c"SELECT fts5(?1)".as_ptr(), -1, &raw mut statement, ptr::null_mut());
        if code == ffi::SQLITE_OK {
            code = ffi::sqlite3_bind_pointer(statement, 1, (&raw mut api).cast(), c"fts5_api_ptr".as_ptr(), None);
        }
        if code == ffi::SQLITE_OK {
            ffi::sqlite3_step(statement);
        }
        ffi::sqlite3_finalize(statement);
        match api.as_ref().and_then(|interface| interface.xCreateTokenizer) {
            Some(register) if code == ffi::SQLITE_OK => register(api, NAME.as_ptr(), ptr::null_mut(), &raw mut tokenizer, None),
            _ => ffi::SQLITE_ERROR,
        }
    };
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(StoreError::Disk("SQLite has no full-text index".to_owned())) }
}

unsafe extern "C" fn create(
    _: *mut c_void,
    arguments: *mut *const c_char,
    count: c_int,
    out: *mut *mut ffi::Fts5Tokenizer,
) -> c_int {
    // SAFETY: SQLite gives `count` strings that end in a zero, and a place for the result.
    unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        let words = !arguments.is_null() && (0..count).any(|at| CStr::from_ptr(*arguments.add(at)).to_bytes() == WORDS);
        *out = (if words { &raw const WITHOUT_PAIRS } else { &raw const WITH_PAIRS }).cast_mut().cast();
    }
    ffi::SQLITE_OK
}

/// Tokenizers are statics.
unsafe extern "C" fn delete(_: *mut ffi::Fts5Tokenizer) {}

unsafe extern "C" fn tokenize(
    tokenizer: *mut ffi::Fts5Tokenizer,
    context: *mut c_void,
    flags: c_int,
    text: *const c_char,
    length: c_int,
    on_token: Option<OnToken>,
) -> c_int {
    let (Some(on_token), Ok(length)) = (on_token, usize::try_from(length)) else { return ffi::SQLITE_ERROR };
    if text.is_null() || length == 0 {
        return ffi::SQLITE_OK;
    }
    // SAFETY: the tokenizer is one of the statics that `create` gave out, and nobody writes to them; SQLite gives `length` bytes of text that
    // stay as they are during the call.
    let (pairs, bytes) = unsafe { (*tokenizer.cast::<bool>().cast_const(), slice::from_raw_parts(text.cast::<u8>(), length)) };
    // Nothing below is meant to panic; a panic must not cross into SQLite.
    catch_unwind(|| each_term(context, flags, bytes, pairs, on_token)).unwrap_or(ffi::SQLITE_ERROR)
}

fn each_term(context: *mut c_void, flags: c_int, bytes: &[u8], pairs: bool, on_token: OnToken) -> c_int {
    let Ok(text) = std::str::from_utf8(bytes) else { return ffi::SQLITE_ERROR };
    let tell = |term: &str, colocated: bool, start: usize, end: usize| {
        let number = |value: usize| c_int::try_from(value).unwrap_or(c_int::MAX);
        let flags = if colocated { ffi::FTS5_TOKEN_COLOCATED } else { 0 };
        // SAFETY: `on_token` and `context` are those that SQLite gave for this call; the term lives until it returns.
        unsafe { on_token(context, flags, term.as_ptr().cast(), number(term.len()), number(start), number(end)) }
    };
    if flags & ffi::FTS5_TOKENIZE_QUERY != 0 {
        return tell(text, false, 0, text.len());
    }
    let mut code = ffi::SQLITE_OK;
    token::terms(text, |term, place, is_pair| {
        if is_pair && !pairs {
            return true;
        }
        code = tell(term, is_pair, place.start, place.end);
        code == ffi::SQLITE_OK
    });
    code
}
