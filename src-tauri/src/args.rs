//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Kỳ Họp: phòng họp không giấy · the paperless meeting room.
#[derive(Debug, Parser)]
#[command(name = "kyhop-desktop", version)]
pub struct Cli {
    /// Folder of the profile; by default the same as that of `kyhop`.
    #[arg(long, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Unlocks the profile at start; without it the system's keyring is asked, then the person.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Folder of the built window; else `KYHOP_DIST`, else `ui/` beside this program.
    #[arg(long, value_name = "DIR")]
    pub dist: Option<PathBuf>,
    /// Calls this multiaddress.
    #[arg(long, value_name = "ADDR")]
    pub peer: Vec<String>,
    /// How to take part in the network.
    #[arg(long, default_value = "lan")]
    pub net: Network,
}

/// How to take part in the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Network {
    /// On all interfaces, with discovery.
    Lan,
    /// On this machine only.
    Loopback,
    /// Not at all.
    None,
}

impl Network {
    /// What it means to the application.
    pub fn config(self) -> Option<net::Config> {
        match self {
            Self::Lan => Some(net::Config::lan()),
            Self::Loopback => Some(net::Config::loopback()),
            Self::None => None,
        }
    }
}
