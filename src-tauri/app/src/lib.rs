//! The application: what a person can do, one verb per function, over the replica, the shelf and the network.
//!
//! Knows no window and no command line; both speak to it through [`api`]. One process owns a profile: [`App`] in it,
//! others through the profile's local socket ([`owner`]).

mod app;
pub mod archive;
mod authorities;
mod backup;
pub mod demo;
mod engine;
mod error;
mod file;
mod keyring;
mod library;
mod making;
mod markup;
pub mod owner;
mod profile;
mod qr;
mod recovery;
mod roster;
mod sheet;
mod upload;
mod use_cases;

pub use app::{App, Options, PageImage};
pub use error::code_of;
pub use profile::{default_folder, read_passphrase_file};
