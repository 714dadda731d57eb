//! Makes the sample papers: `cargo run -p typeset --example papers -- fixtures/papers`. See `fixtures/papers/README.md`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::id::Timestamp;
use typeset::{Agency, Block, Paper, Signer, paper};

mod content;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: papers FOLDER")?);
    std::fs::create_dir_all(&dir)?;
    for (name, content) in content::all() {
        write(&dir, name, &paper(&content)?.pdf)?;
    }
    bad_files(&dir)
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    std::fs::write(dir.join(name), bytes)?;
    println!("{name}: {} bytes", bytes.len());
    Ok(())
}

/// Files that must be refused, or looked at twice.
fn bad_files(dir: &Path) -> Result<(), Box<dyn Error>> {
    let good = std::fs::read(dir.join("to-trinh-ho-tro-ngap.pdf"))?;
    write(dir, "broken.pdf", &broken(&good))?;
    write(dir, "truncated.pdf", &good[..good.len() * 3 / 5])?;
    write(dir, "zero-pages.pdf", &zero_pages())?;

    write(dir, "mat.pdf", &paper(&content::marked_secret())?.pdf)?;
    write(dir, "bao-mat.pdf", &paper(&content::about_security())?.pdf)?;

    // qpdf locks the file: the password is "phong-hop".
    let status = Command::new("qpdf")
        .args(["--static-id", "--encrypt", "phong-hop", "chu-so-huu", "256", "--"])
        .arg(dir.join("bao-mat.pdf"))
        .arg(dir.join("encrypted.pdf"))
        .status();
    match status {
        Ok(status) if status.success() => println!("encrypted.pdf: written by qpdf"),
        _ => return Err("encrypted.pdf needs qpdf on the PATH".into()),
    }
    Ok(())
}

/// The head and the end of a PDF with nothing sensible between them.
fn broken(good: &[u8]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    out.extend(good[200..].iter().take(2_000).map(|byte| byte.rotate_left(3)));
    out.extend_from_slice(b"\nstartxref\n17\n%%EOF\n");
    out
}

/// A well-formed PDF whose page tree is empty.
fn zero_pages() -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for object in
        ["1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n", "2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"]
    {
        offsets.push(out.len());
        out.extend_from_slice(object.as_bytes());
    }
    let start = out.len();
    let entries: String = offsets.iter().map(|offset| format!("{offset:010} 00000 n \n")).collect();
    out.extend_from_slice(
        format!("xref\n0 3\n0000000000 65535 f \n{entries}trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n")
            .as_bytes(),
    );
    out
}
