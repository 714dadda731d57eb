//! The window's typefaces as woff2, with Vietnamese letters: Be Vietnam Pro for the interface, Tinos where a page of an official paper is shown.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Plan, node};
use crate::command;
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// One typeface as an npm package; only its packed file is used, nothing of it is run.
struct Typeface {
    package: &'static str,
    version: &'static str,
    /// SHA-256 of the packed file.
    sha256: &'static str,
    /// The style sheets of the package whose faces are taken.
    sheets: &'static [&'static str],
}

const TYPEFACES: [Typeface; 2] = [
    Typeface {
        package: "@fontsource/be-vietnam-pro",
        version: "5.3.0",
        sha256: "f9e048a263d92f46fbf417aeb41e18bc3c22b3d85365f9347b06eebd3fc1f3ac",
        sheets: &["400", "400-italic", "500", "600", "700"],
    },
    Typeface {
        package: "@fontsource/tinos",
        version: "5.3.0",
        sha256: "218a9f3dfc1f43e595835ba84ffb1f69723f27cab54a50b5acd64c0fe067dbe2",
        sheets: &["400", "400-italic", "700", "700-italic"],
    },
];

/// The character sets that are shipped; a browser fetches only those a page uses.
const SUBSETS: [&str; 3] = ["vietnamese", "latin-ext", "latin"];

impl Typeface {
    fn short_name(&self) -> &str {
        self.package.rsplit('/').next().unwrap_or(self.package)
    }

    fn home(&self, workspace: &Workspace) -> PathBuf {
        workspace.cache.join("fonts").join(format!("{}-{}", self.short_name(), self.version))
    }
}

/// Whether the typefaces were fetched and verified before.
pub fn is_there(workspace: &Workspace) -> Result<bool> {
    Ok(stamp::is_current(&workspace.cache.join("stamps/fonts"), &digest())
        && TYPEFACES.iter().all(|typeface| typeface.home(workspace).is_dir()))
}

/// What the shipped fonts depend on, for the stamp of a built window.
pub fn digest() -> String {
    let mut inputs = Inputs::default();
    for typeface in &TYPEFACES {
        inputs.text(typeface.sha256).text(&typeface.sheets.join(","));
    }
    inputs.text(&SUBSETS.join(","));
    inputs.digest()
}

/// Fetches them unless they are there.
pub fn plan(workspace: &Workspace) -> Result<Option<Plan>> {
    if is_there(workspace)? {
        return Ok(None);
    }
    Ok(Some(Plan::new(
        "typefaces",
        "Be Vietnam Pro and Tinos as web fonts (3 MB, npm packages of fontsource, pinned by hash)",
        install,
    )))
}

fn install(workspace: &Workspace) -> Result<()> {
    let fonts = workspace.cache.join("fonts");
    fs::create_dir_all(&fonts)?;
    for typeface in &TYPEFACES {
        command::run(
            node::npm(workspace)
                .args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
                .arg(&fonts)
                .arg(format!("{}@{}", typeface.package, typeface.version))
                .current_dir(&fonts),
        )?;
        let packed = fonts.join(format!("fontsource-{}-{}.tgz", typeface.short_name(), typeface.version));
        let found = stamp::of_file(&packed)?;
        ensure!(found == typeface.sha256, "{} is not the pinned file: sha256 {found}", packed.display());
        let home = typeface.home(workspace);
        fs::create_dir_all(&home)?;
        command::run(Command::new("tar").arg("-xzf").arg(&packed).args(["--strip-components", "1", "-C"]).arg(&home))?;
        fs::remove_file(&packed)?;
    }
    stamp::write(&workspace.cache.join("stamps/fonts"), &digest())
}

/// Writes the shipped faces, their licences and one `fonts.css` that names them all into a folder.
pub fn copy_into(workspace: &Workspace, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut sheet = String::new();
    for typeface in &TYPEFACES {
        let home = typeface.home(workspace);
        for name in typeface.sheets {
            let css = fs::read_to_string(home.join(format!("{name}.css")))
                .with_context(|| format!("{} has no {name}.css", typeface.package))?;
            for face in faces(&css, typeface.short_name()) {
                fs::copy(home.join("files").join(&face.file), folder.join(&face.file))
                    .with_context(|| format!("copying {}", face.file))?;
                sheet.push_str(&face.css);
            }
        }
        fs::copy(home.join("LICENSE"), folder.join(format!("{}-LICENSE.txt", typeface.short_name())))?;
    }
    Ok(fs::write(folder.join("fonts.css"), sheet)?)
}

/// One `@font-face` rule and the file it names.
struct Face {
    css: String,
    file: String,
}

/// The rules of the shipped subsets in a sheet of fontsource, pointing to woff2 files beside the sheet.
fn faces(css: &str, family: &str) -> Vec<Face> {
    let mut found = Vec::new();
    for rule in css.split("@font-face").skip(1) {
        let Some(file) = rule.split_once("url(./files/").and_then(|(_, rest)| rest.split_once(')')).map(|(file, _)| file) else {
            continue;
        };
        let shipped = SUBSETS.iter().any(|subset| {
            file.strip_prefix(family).and_then(|rest| rest.strip_prefix('-')).is_some_and(|rest| starts_with_subset(rest, subset))
        });
        let Some(body) = rule.split_once('}').map(|(body, _)| body) else {
            continue;
        };
        if !shipped || !file.ends_with(".woff2") {
            continue;
        }
        let lines = body.lines().map(|line| {
            if line.trim_start().starts_with("src:") { format!("  src: url(./{file}) format('woff2');") } else { line.to_owned() }
        });
        found.push(Face {
            css: format!("@font-face{}}}\n", lines.map(|line| line + "\n").collect::<String>()),
            file: file.to_owned(),
        });
    }
    found
}

/// `latin-400-normal.woff2` is of `latin`; `latin-ext-400-normal.woff2` is not.
fn starts_with_subset(name: &str, subset: &str) -> bool {
    name.strip_prefix(subset)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: &str = "/* tinos-greek-400-normal */\n@font-face {\n  font-family: 'Tinos';\n  src: url(./files/tinos-greek-400-normal.woff2) format('woff2'), url(./files/tinos-greek-400-normal.woff) format('woff');\n  unicode-range: U+0370-0377;\n}\n\n/* tinos-vietnamese-400-normal */\n@font-face {\n  font-family: 'Tinos';\n  font-weight: 400;\n  src: url(./files/tinos-vietnamese-400-normal.woff2) format('woff2'), url(./files/tinos-vietnamese-400-normal.woff) format('woff');\n  unicode-range: U+1EA0-1EF9,U+20AB;\n}";

    #[test]
    fn the_vietnamese_face_is_taken_and_points_beside_its_sheet() {
        let faces = faces(SHEET, "tinos");
        assert_eq!(faces.iter().map(|face| face.file.as_str()).collect::<Vec<_>>(), ["tinos-vietnamese-400-normal.woff2"]);
        let css = &faces[0].css;
        assert!(css.contains("url(./tinos-vietnamese-400-normal.woff2)") && css.contains("U+1EA0-1EF9"), "{css}");
        assert!(!css.contains(".woff)") && !css.contains("files/"), "{css}");
    }

    #[test]
    fn subsets_whose_names_begin_alike_are_told_apart() {
        assert!(starts_with_subset("latin-400-normal.woff2", "latin"));
        assert!(!starts_with_subset("latin-ext-400-normal.woff2", "latin"));
    }
}
