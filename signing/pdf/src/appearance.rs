//! What a visible signature looks like: an image on the left, lines of text beside it.

use crate::{
    error::PdfSignError,
    font::{Font, deflate},
    incremental::Update,
    pdf::{Dict, Object, ObjectId},
};
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization as _;

/// Largest PNG file.
pub const MAX_IMAGE_BYTES: usize = 8 * 1024 * 1024;
/// Largest width or height of the image, pixels.
pub const MAX_IMAGE_SIDE: u32 = 4096;
/// Lines of text given.
pub const MAX_LINES: usize = 32;
/// Characters in one line given.
pub const MAX_LINE_CHARS: usize = 512;

/// Largest and smallest size of the text, points. Decree 30/2020 uses 10 pt beside digital signatures.
const SIZES: (f32, f32) = (12.0, 4.0);
/// Sizes are tried in steps of a quarter point.
const STEP: f32 = 0.25;
/// Free room at the edges, points.
const MARGIN: f32 = 2.0;
/// Share of the width an image may take beside text.
const IMAGE_SHARE: f32 = 0.4;

/// The visible part of a signature. It is decoration: what counts is the signature, so programs should show the
/// verified state beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appearance {
    /// Lines of text; each is wrapped, and all are set in the largest size that fits (12 to 4 points).
    pub lines: Vec<String>,
    /// Handwriting or seal as PNG; transparency is kept (Decree 30/2020, annex I).
    pub image_png: Option<Vec<u8>>,
    /// A TrueType font with Vietnamese glyphs. Needed when there are lines.
    pub font: Vec<u8>,
}

/// Writes the appearance as a form XObject of `width` × `height` points, turned by `rotation` degrees against the
/// page's own rotation so that it stands upright on screen.
pub(crate) fn form(
    appearance: Option<&Appearance>,
    (width, height): (f32, f32),
    rotation: i64,
    update: &mut Update<'_>,
) -> Result<ObjectId, PdfSignError> {
    let (width, height) = if rotation % 180 == 0 { (width, height) } else { (height, width) };
    let mut resources = Dict::default();
    let mut content = String::new();
    if let Some(appearance) = appearance {
        let mut text_left = MARGIN;
        if let Some(png) = &appearance.image_png {
            let image = Image::read(png)?;
            let room = (width * if appearance.lines.is_empty() { 1.0 } else { IMAGE_SHARE }, height);
            let scale = ((room.0 - 2.0 * MARGIN) / image.width as f32).min((room.1 - 2.0 * MARGIN) / image.height as f32);
            if scale <= 0.0 {
                return Err(PdfSignError::DoesNotFit);
            }
            let (w, h) = (image.width as f32 * scale, image.height as f32 * scale);
            let x = if appearance.lines.is_empty() { (width - w) / 2.0 } else { MARGIN };
            let _ = writeln!(content, "q {w:.3} 0 0 {h:.3} {x:.3} {:.3} cm /I Do Q", (height - h) / 2.0);
            let id = image.embed(update)?;
            resources.set(b"XObject", Object::Dict(Dict::default().with("I", Object::Ref(id))));
            text_left = x + w + 2.0 * MARGIN;
        }
        if !appearance.lines.is_empty() {
            let mut font = Font::new(&appearance.font)?;
            write_text(&appearance.lines, &mut font, (text_left, width - MARGIN, height), &mut content)?;
            let id = font.embed(update)?;
            resources.set(b"Font", Object::Dict(Dict::default().with("F", Object::Ref(id))));
        }
    }
    let (sin, cos) = match rotation {
        90 => (1, 0),
        180 => (0, -1),
        270 => (-1, 0),
        _ => (0, 1),
    };
    let dict = Dict::default()
        .with("Type", Object::name("XObject"))
        .with("Subtype", Object::name("Form"))
        .with("BBox", Object::Array(vec![Object::Int(0), Object::Int(0), Object::real(width), Object::real(height)]))
        .with("Matrix", Object::Array([cos, sin, -sin, cos, 0, 0].map(Object::Int).into()))
        .with("Resources", Object::Dict(resources))
        .with("Filter", Object::name("FlateDecode"));
    Ok(update.add_stream(dict, deflate(content.as_bytes())?))
}

fn write_text(
    lines: &[String],
    font: &mut Font<'_>,
    (left, right, height): (f32, f32, f32),
    content: &mut String,
) -> Result<(), PdfSignError> {
    if lines.len() > MAX_LINES || lines.iter().any(|l| l.chars().count() > MAX_LINE_CHARS) {
        return Err(PdfSignError::TextTooLong);
    }
    // Composed letters: fonts have a glyph for "ế" but draw "e" + two marks badly.
    let lines: Vec<String> = lines.iter().map(|l| l.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()).collect();
    let (above, below) = font.extent(&lines);
    let leading = (above + below) * 1.02;
    let mut size = SIZES.0;
    let wrapped = loop {
        if let Some(wrapped) = wrap(&lines, font, (right - left) / size)?
            && wrapped.len() as f32 * leading * size <= height - 2.0 * MARGIN
        {
            break wrapped;
        }
        size -= STEP;
        if size < SIZES.1 {
            return Err(PdfSignError::DoesNotFit);
        }
    };
    let block = wrapped.len() as f32 * leading * size;
    let first = (height + block) / 2.0 - above * size;
    let _ = writeln!(content, "BT 0 g /F {size} Tf {:.3} TL 1 0 0 1 {left:.3} {first:.3} Tm", leading * size);
    for line in &wrapped {
        let _ = writeln!(content, "<{}> Tj T*", font.show(line)?);
    }
    content.push_str("ET\n");
    Ok(())
}

/// Breaks lines at blanks; `None` when a single word is wider than `width` (in units of the font size).
fn wrap(lines: &[String], font: &Font<'_>, width: f32) -> Result<Option<Vec<String>>, PdfSignError> {
    let mut wrapped = Vec::new();
    for line in lines {
        let mut current = String::new();
        for word in line.split(' ').filter(|w| !w.is_empty()) {
            let longer = if current.is_empty() { word.to_owned() } else { format!("{current} {word}") };
            if font.width(&longer)? <= width {
                current = longer;
            } else if font.width(word)? <= width {
                wrapped.push(std::mem::replace(&mut current, word.to_owned()));
            } else {
                return Ok(None);
            }
        }
        wrapped.push(current);
    }
    Ok(Some(wrapped))
}

/// A decoded PNG: colour and, if it has any, transparency.
struct Image {
    width: u32,
    height: u32,
    gray: bool,
    color: Vec<u8>,
    alpha: Option<Vec<u8>>,
}

impl Image {
    fn read(file: &[u8]) -> Result<Self, PdfSignError> {
        let bad = PdfSignError::BadImage;
        if file.len() > MAX_IMAGE_BYTES {
            return Err(bad);
        }
        let limits = png::Limits { bytes: 4 * (MAX_IMAGE_SIDE as usize).pow(2) };
        let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(file), limits);
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().map_err(|_| bad.clone())?;
        let (width, height) = (reader.info().width, reader.info().height);
        if !(1..=MAX_IMAGE_SIDE).contains(&width) || !(1..=MAX_IMAGE_SIDE).contains(&height) {
            return Err(bad);
        }
        let mut pixels = vec![0; reader.output_buffer_size().ok_or(bad.clone())?];
        let info = reader.next_frame(&mut pixels).map_err(|_| bad.clone())?;
        pixels.truncate(info.buffer_size());
        let (gray, colors, transparent) = match info.color_type {
            png::ColorType::Grayscale => (true, 1, false),
            png::ColorType::GrayscaleAlpha => (true, 1, true),
            png::ColorType::Rgb => (false, 3, false),
            png::ColorType::Rgba => (false, 3, true),
            png::ColorType::Indexed => return Err(bad),
        };
        if !transparent {
            return Ok(Self { width, height, gray, color: pixels, alpha: None });
        }
        let mut color = Vec::with_capacity(pixels.len());
        let mut alpha = Vec::with_capacity(pixels.len() / (colors + 1));
        for pixel in pixels.chunks_exact(colors + 1) {
            color.extend_from_slice(&pixel[..colors]);
            alpha.push(pixel[colors]);
        }
        Ok(Self { width, height, gray, color, alpha: Some(alpha) })
    }

    fn embed(&self, update: &mut Update<'_>) -> Result<ObjectId, PdfSignError> {
        let plane = |space: &str| {
            Dict::default()
                .with("Type", Object::name("XObject"))
                .with("Subtype", Object::name("Image"))
                .with("Width", Object::Int(i64::from(self.width)))
                .with("Height", Object::Int(i64::from(self.height)))
                .with("ColorSpace", Object::name(space))
                .with("BitsPerComponent", Object::Int(8))
                .with("Filter", Object::name("FlateDecode"))
        };
        let mut dict = plane(if self.gray { "DeviceGray" } else { "DeviceRGB" });
        if let Some(alpha) = &self.alpha {
            let mask = update.add_stream(plane("DeviceGray"), deflate(alpha)?);
            dict.set(b"SMask", Object::Ref(mask));
        }
        Ok(update.add_stream(dict, deflate(&self.color)?))
    }
}
