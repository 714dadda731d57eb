//! Makes Rust of the locale files: a key that is missing or spelt wrong, or a value that is not given, does not compile.
//!
//! What the macro of `leptos_i18n` does, with one option more that the macro cannot be given: texts with values as strings,
//! which attributes and messages need.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build.rs");
    let config = Config::new("vi")?.add_locale("en")?.parse_options(ParseOptions::new().interpolate_display(true));
    let home = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let locales = parse_locales(Some(home), config).map_err(|error| error.to_string())?;
    if let Some(error) = locales.diag.errors().first() {
        return Err(error.to_string().into());
    }
    let code = leptos_i18n_codegen::gen_code(&locales, None, true, None, false).map_err(|error| error.to_string())?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("i18n.rs"), code.to_string())?;
    Ok(())
}
