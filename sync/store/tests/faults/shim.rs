//! A disk under the database that fails when it is told to: a layer between SQLite and the system (a "VFS"), which counts what SQLite does
//! with its files and lets one of these steps go wrong. It knows which bytes were made durable, so that a power failure can be played.
#![allow(unsafe_code, reason = "SQLite takes such a layer as a table of functions")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

const SECTOR: usize = 512;
/// Said where [`Fault::Stop`] comes.
pub const STOPPED: &str = "stopped here";

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Reading fails (EIO).
    Read,
    /// Writing, cutting or syncing fails (EIO).
    Write,
    /// Half is written, then it fails.
    Short,
    /// No room (ENOSPC).
    Full,
    /// The power fails: what was not synced is gone.
    Power,
    /// The same, but every other sector of what was not synced has come through.
    Torn,
    /// The program says so and waits to be killed.
    Stop,
}

#[derive(Debug, Default)]
struct Disk {
    fault: Option<Fault>,
    left: u32,
    met: bool,
    off: bool,
    open: BTreeMap<usize, Opened>,
    seen: BTreeSet<PathBuf>,
    durable: BTreeMap<PathBuf, Vec<u8>>,
}

/// A file that SQLite has open.
#[derive(Debug)]
struct Opened {
    path: PathBuf,
    /// The system's functions for it: a file that is locked has others than a journal, which is not.
    real: &'static sqlite3_io_methods,
}

struct Below {
    vfs: *mut sqlite3_vfs,
}

// SAFETY: the pointer is to SQLite's own table, which is never changed nor taken away.
unsafe impl Send for Below {}
// SAFETY: as above.
unsafe impl Sync for Below {}

static DISK: Mutex<Disk> = Mutex::new(Disk {
    fault: None,
    left: 0,
    met: false,
    off: false,
    open: BTreeMap::new(),
    seen: BTreeSet::new(),
    durable: BTreeMap::new(),
});
static BELOW: OnceLock<Below> = OnceLock::new();
/// For each table of the system's functions, by its place, the one that stands in front of it.
static ABOVE: Mutex<BTreeMap<usize, &'static sqlite3_io_methods>> = Mutex::new(BTreeMap::new());

fn disk() -> MutexGuard<'static, Disk> {
    DISK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the layer under every database that this process opens from now on.
pub fn install() {
    BELOW.get_or_init(|| {
        // SAFETY: called before any other use of SQLite in this process; what is registered is never freed.
        unsafe {
            ffi::sqlite3_initialize();
            let vfs = ffi::sqlite3_vfs_find(std::ptr::null());
            assert!(!vfs.is_null());
            let above = Box::leak(Box::new(*vfs));
            above.zName = c"failing".as_ptr();
            above.xOpen = Some(open);
            above.xDelete = Some(delete);
            assert_eq!(ffi::sqlite3_vfs_register(above, 1), ffi::SQLITE_OK);
            Below { vfs }
        }
    });
}

/// The next `steps` steps go well, then comes the fault.
pub fn fails_after(steps: u32, fault: Fault) {
    let mut disk = disk();
    (disk.fault, disk.left, disk.met) = (Some(fault), steps, false);
}

/// Has the fault come.
pub fn has_failed() -> bool {
    disk().met
}

/// The disk is as good as ever; after a power failure with what was durable.
pub fn mend() {
    let mut disk = disk();
    if disk.off {
        let torn = disk.fault == Some(Fault::Torn);
        for path in &disk.seen {
            let Ok(now) = fs::read(path) else { continue };
            match disk.durable.get(path) {
                Some(before) => fs::write(path, if torn { half(before, &now) } else { before.clone() }).unwrap(),
                None if torn => fs::write(path, half(&[], &now)).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
    }
    (disk.fault, disk.off, disk.met) = (None, false, false);
}

/// Nothing is known of any file any more.
pub fn forget() {
    mend();
    let mut disk = disk();
    disk.durable.clear();
    disk.open.clear();
    disk.seen.clear();
}

fn half(before: &[u8], now: &[u8]) -> Vec<u8> {
    let mut bytes = now.to_vec();
    for (number, sector) in bytes.chunks_mut(SECTOR).enumerate().filter(|(number, _)| number % 2 == 1) {
        let from = number * SECTOR;
        for (at, byte) in sector.iter_mut().enumerate() {
            *byte = before.get(from + at).copied().unwrap_or(0);
        }
    }
    bytes
}

impl Disk {
    /// Counts a step. What it returns has to happen instead.
    fn step(&mut self, reads: bool) -> Option<Fault> {
        if self.off {
            return (!reads).then_some(Fault::Write);
        }
        let fault = self.fault.filter(|fault| reads == (*fault == Fault::Read))?;
        if self.met {
            return None;
        }
        if self.left > 0 {
            self.left -= 1;
            return None;
        }
        self.met = true;
        if fault == Fault::Stop {
            println!("{STOPPED}");
            loop {
                std::thread::park();
            }
        }
        self.off = matches!(fault, Fault::Power | Fault::Torn);
        Some(if self.off { Fault::Write } else { fault })
    }
}

fn below(file: *mut sqlite3_file) -> &'static sqlite3_io_methods {
    disk().open.get(&(file as usize)).map(|opened| opened.real).expect("a file that is open")
}

/// The table that stands in front of one of the system's.
fn above(real: &'static sqlite3_io_methods) -> &'static sqlite3_io_methods {
    let mut tables = ABOVE.lock().unwrap_or_else(PoisonError::into_inner);
    tables.entry(std::ptr::from_ref(real) as usize).or_insert_with(|| {
        Box::leak(Box::new(sqlite3_io_methods {
            iVersion: real.iVersion.min(2),
            xClose: Some(close),
            xRead: Some(read),
            xWrite: Some(write),
            xTruncate: Some(truncate),
            xSync: Some(sync),
            ..*real
        }))
    })
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let below = BELOW.get().expect("installed");
    // SAFETY: everything is handed on as SQLite gave it; the table of functions of the opened file is one of the system's layer, of
    // which a copy with four other functions is put in its place.
    unsafe {
        let Some(real) = (*below.vfs).xOpen else { return ffi::SQLITE_CANTOPEN };
        let code = real(below.vfs, name, file, flags, out);
        let methods = (*file).pMethods;
        if code == ffi::SQLITE_OK && !methods.is_null() && !name.is_null() {
            let real: &'static sqlite3_io_methods = &*methods;
            (*file).pMethods = above(real);
            let path = PathBuf::from(std::ffi::OsStr::from_bytes(CStr::from_ptr(name).to_bytes()));
            let mut disk = disk();
            disk.seen.insert(path.clone());
            disk.open.insert(file as usize, Opened { path, real });
        }
        code
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, folder: c_int) -> c_int {
    if disk().step(false).is_some() {
        return ffi::SQLITE_IOERR_DELETE;
    }
    let below = BELOW.get().expect("installed");
    // SAFETY: handed on as it came.
    unsafe {
        disk().durable.remove(&PathBuf::from(std::ffi::OsStr::from_bytes(CStr::from_ptr(name).to_bytes())));
        (*below.vfs).xDelete.map_or(ffi::SQLITE_IOERR_DELETE, |real| real(below.vfs, name, folder))
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let real = below(file).xClose;
    disk().open.remove(&(file as usize));
    // SAFETY: handed on as it came, to the function that would have been called.
    unsafe { real.map_or(ffi::SQLITE_IOERR, |real| real(file)) }
}

unsafe extern "C" fn read(file: *mut sqlite3_file, into: *mut c_void, amount: c_int, offset: i64) -> c_int {
    if disk().step(true).is_some() {
        return ffi::SQLITE_IOERR_READ;
    }
    // SAFETY: as above.
    unsafe { below(file).xRead.map_or(ffi::SQLITE_IOERR, |real| real(file, into, amount, offset)) }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, amount: c_int, offset: i64) -> c_int {
    let fault = disk().step(false);
    // SAFETY: as above; half as much as there is may be read as well.
    let write = |amount| unsafe { below(file).xWrite.map_or(ffi::SQLITE_IOERR, |real| real(file, from, amount, offset)) };
    match fault {
        None => write(amount),
        Some(Fault::Full) => ffi::SQLITE_FULL,
        Some(Fault::Short) => {
            write(amount / 2);
            ffi::SQLITE_IOERR_WRITE
        }
        Some(_) => ffi::SQLITE_IOERR_WRITE,
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    if disk().step(false).is_some() {
        return ffi::SQLITE_IOERR_TRUNCATE;
    }
    // SAFETY: as above.
    unsafe { below(file).xTruncate.map_or(ffi::SQLITE_IOERR, |real| real(file, size)) }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    if disk().step(false).is_some() {
        return ffi::SQLITE_IOERR_FSYNC;
    }
    // SAFETY: as above.
    let code = unsafe { below(file).xSync.map_or(ffi::SQLITE_IOERR, |real| real(file, flags)) };
    let mut disk = disk();
    if let Some(path) = disk.open.get(&(file as usize)).map(|opened| opened.path.clone())
        && let Ok(bytes) = fs::read(&path)
    {
        disk.durable.insert(path, bytes);
    }
    code
}
