//! Copies the four faces of the serif into `OUT_DIR`, where `src/fonts.rs` embeds them.

use std::path::{Path, PathBuf};

const FACES: [&str; 4] = ["Regular", "Bold", "Italic", "BoldItalic"];
const DEBIAN: &str = "/usr/share/fonts/truetype/liberation2";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=KYHOP_FONTS");
    let dir = std::env::var_os("KYHOP_FONTS").map_or_else(|| PathBuf::from(DEBIAN), PathBuf::from);
    let Some(out) = std::env::var_os("OUT_DIR") else {
        println!("cargo::error=OUT_DIR is not set; build this crate with cargo");
        return;
    };
    for face in FACES {
        let name = format!("LiberationSerif-{face}.ttf");
        let from = dir.join(&name);
        println!("cargo::rerun-if-changed={}", from.display());
        if let Err(error) = std::fs::copy(&from, Path::new(&out).join(&name)) {
            println!(
                "cargo::error=The document font {} cannot be read ({error}). Install Debian's fonts-liberation2 (`cargo xtask setup` does), or name the folder of the four LiberationSerif-*.ttf version 2 files in KYHOP_FONTS.",
                from.display()
            );
            return;
        }
    }
}
