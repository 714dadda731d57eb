//! What the window computes without a browser: dates and sizes in words, routes, the geometry of pages, the shape of
//! strokes, which text a selection covers, what a key means, the sentence of an error, when to ask while somebody types, marked parts of texts,
//! articles as an editor writes them, what is kept for whoever comes back.
//!
//! Everything here is plain data in, plain data out, compiled natively for its tests. The window itself (`main.rs`
//! and the modules below it) exists only as wasm and puts these results on the screen.

pub mod blocktext;
pub mod errors;
pub mod find;
pub mod format;
pub mod ink;
pub mod kept;
pub mod keys;
pub mod marked;
pub mod pace;
pub mod pages;
pub mod phrases;
pub mod projection;
pub mod route;
pub mod slots;
pub mod testids;
pub mod textmarks;
