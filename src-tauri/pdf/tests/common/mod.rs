//! What the tests of this crate share: the engine, our sample papers, and real official papers where they are at hand.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::sync::Arc;

use pdf::{Config, DocKey, Engine};

/// An engine of its own. Fails, and does not skip, without pdfium: the error says how to get it.
pub fn engine(config: Config) -> Engine {
    let library = pdf::pdfium_path().unwrap_or_else(|error| panic!("{error}"));
    Engine::start(&library, config).unwrap_or_else(|error| panic!("{error}"))
}

/// A sample paper of ours.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/papers").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn shared(bytes: Vec<u8>) -> Arc<[u8]> {
    bytes.into()
}

pub fn key(number: u8) -> DocKey {
    DocKey([number; 32])
}

/// Gives the bytes whenever the engine asks.
pub fn source(bytes: Vec<u8>) -> impl Fn() -> std::io::Result<Vec<u8>> + Send + 'static {
    move || Ok(bytes.clone())
}

/// Real papers of Vietnamese authorities, if `KYHOP_DATA` names the folder that has them.
pub fn official() -> Vec<(String, Vec<u8>)> {
    let Some(data) = std::env::var_os("KYHOP_DATA") else {
        println!("skipped: real official papers need KYHOP_DATA");
        return Vec::new();
    };
    let mut files: Vec<_> = std::fs::read_dir(PathBuf::from(data).join("pdf_vn_official"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect()
}

/// A one-page PDF with one text in Helvetica, for shapes that our typesetter does not make.
pub fn one_page(page: &str, content: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R /Resources << /Font << /F 5 0 R >> >> /Contents 4 0 R {page} >>"),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    document(&objects)
}

/// A PDF from the bodies of its objects, numbered from 1; the first is the catalogue.
pub fn document(objects: &[String]) -> Vec<u8> {
    let mut out = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let start = out.len();
    let size = objects.len() + 1;
    out += &format!("xref\n0 {size}\n0000000000 65535 f \n");
    for offset in offsets {
        out += &format!("{offset:010} 00000 n \n");
    }
    out += &format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    out.into_bytes()
}

/// The darkest value of a rectangle of a picture, and the share of dark pixels in it (0–1). Sides are fractions of the picture.
pub fn ink(picture: &pdf::Rendered, left: f32, top: f32, right: f32, bottom: f32) -> f32 {
    let image = image::load_from_memory(&picture.bytes).unwrap().to_luma8();
    let (w, h) = (image.width() as f32, image.height() as f32);
    let (mut dark, mut all) = (0u32, 0u32);
    for y in (top * h).max(0.0) as u32..((bottom * h) as u32).min(image.height()) {
        for x in (left * w).max(0.0) as u32..((right * w) as u32).min(image.width()) {
            all += 1;
            dark += u32::from(image.get_pixel(x, y).0[0] < 128);
        }
    }
    if all == 0 { 0.0 } else { dark as f32 / all as f32 }
}
