//! One page as a PNG or JPEG.

use std::sync::Arc;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use pdfium_render::prelude::*;

use crate::PdfError;
use crate::geometry::PageSpace;
use crate::limits::{
    MAX_AREA_PX, MAX_FORM_DEPTH, MAX_HEIGHT_PX, MAX_OBJECTS_EXAMINED, MAX_WIDTH_PX, MIN_WIDTH_PX, WIDTH_STEP_PX,
};

/// Measured on text pages at 1,280 px: half the bytes of `Fast` with `Up` for 5–10 ms more.
const PNG_COMPRESSION: CompressionType = CompressionType::Level(2);
const PNG_FILTER: FilterType = FilterType::NoFilter;
/// JPEG quality of scanned pages.
const JPEG_QUALITY: u8 = 85;
/// Part of a page's area that pictures must cover for the page to count as a scan.
const SCAN_SHARE: f32 = 0.5;

/// A page as an encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The encoded file.
    pub bytes: Arc<[u8]>,
    /// `image/png` (text pages: sharp) or `image/jpeg` (scans: small).
    pub mime: &'static str,
    /// Width in pixels; may be less than asked for where the page is very high.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// The width at which a page is rendered when `width_px` is asked for: the next multiple of
/// [`WIDTH_STEP_PX`], within [`MIN_WIDTH_PX`] and [`MAX_WIDTH_PX`].
pub fn bucket_width(width_px: u32) -> u32 {
    width_px.clamp(MIN_WIDTH_PX, MAX_WIDTH_PX).next_multiple_of(WIDTH_STEP_PX)
}

/// Width and height in pixels of a page of the given size in points, within the limits on sides and area.
fn pixel_size(points: (f32, f32), width_px: u32) -> Option<(u32, u32)> {
    let (w, h) = (f64::from(points.0), f64::from(points.1));
    if !(w.is_finite() && h.is_finite() && w > 0.0 && h > 0.0) {
        return None;
    }
    let ratio = h / w;
    let by_area = (MAX_AREA_PX as f64 / ratio).sqrt();
    let by_height = f64::from(MAX_HEIGHT_PX) / ratio;
    let width = f64::from(bucket_width(width_px)).min(by_area).min(by_height).floor().max(1.0);
    let height = (width * ratio).round().clamp(1.0, f64::from(MAX_HEIGHT_PX));
    Some((width as u32, height as u32))
}

pub(crate) fn render(page: &PdfPage<'_>, index: u32, width_px: u32) -> Result<Rendered, PdfError> {
    let (width, height) = pixel_size((page.width().value, page.height().value), width_px)
        .ok_or_else(|| PdfError::broken_page(index, "it has no size"))?;
    let config = PdfRenderConfig::new()
        .set_fixed_size(width as i32, height as i32)
        .set_format(PdfBitmapFormat::BGRx)
        .set_clear_color(PdfColor::WHITE)
        .render_annotations(true)
        .render_form_data(true);
    let bitmap = page
        .render_with_config(&config)
        .map_err(|error| PdfError::broken_page(index, format!("it cannot be drawn ({error:?})")))?;
    let pixels = bitmap.as_rgba_bytes();
    if pixels.len() != width as usize * height as usize * 4 {
        return Err(PdfError::Internal { what: format!("bitmap of {} bytes for {width} × {height}", pixels.len()) });
    }
    encode(&pixels, width, height, is_scan(page)).map_err(|error| PdfError::Internal { what: error.to_string() })
}

fn encode(rgba: &[u8], width: u32, height: u32, scan: bool) -> image::ImageResult<Rendered> {
    let (pixels, colour) = without_alpha(rgba);
    let mut out = Vec::with_capacity(pixels.len() / 8);
    let mime = if scan {
        JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY).write_image(&pixels, width, height, colour)?;
        "image/jpeg"
    } else {
        PngEncoder::new_with_quality(&mut out, PNG_COMPRESSION, PNG_FILTER).write_image(&pixels, width, height, colour)?;
        "image/png"
    };
    Ok(Rendered { bytes: out.into(), mime, width, height })
}

/// Drops the alpha channel, and colour too where the whole page is grey (a third of the bytes to encode).
fn without_alpha(rgba: &[u8]) -> (Vec<u8>, ExtendedColorType) {
    let (quads, _) = rgba.as_chunks::<4>();
    if quads.iter().all(|[r, g, b, _]| r == g && g == b) {
        (quads.iter().map(|quad| quad[0]).collect(), ExtendedColorType::L8)
    } else {
        (quads.iter().flat_map(|quad| [quad[0], quad[1], quad[2]]).collect(), ExtendedColorType::Rgb8)
    }
}

/// True if pictures cover most of the page, as on a scanned sheet (a text layer may lie over or under it).
pub(crate) fn is_scan(page: &PdfPage<'_>) -> bool {
    let space = PageSpace::of(page);
    let (width, height) = space.size();
    let mut covered = 0.0;
    let mut budget = MAX_OBJECTS_EXAMINED;
    let objects = page.objects();
    for index in 0..objects.len().min(MAX_OBJECTS_EXAMINED) {
        let Ok(object) = objects.get(index) else {
            continue;
        };
        if !holds_picture(&object, 0, &mut budget) {
            continue;
        }
        let Ok(bounds) = object.bounds() else {
            continue;
        };
        let rect = space.rect(&bounds.to_rect());
        let w = rect.right().min(width) - rect.x.max(0.0);
        let h = rect.bottom().min(height) - rect.y.max(0.0);
        covered += w.max(0.0) * h.max(0.0);
    }
    covered >= SCAN_SHARE * width * height
}

fn holds_picture(object: &PdfPageObject<'_>, depth: u32, budget: &mut usize) -> bool {
    if object.as_image_object().is_some() {
        return true;
    }
    let Some(form) = object.as_x_object_form_object() else {
        return false;
    };
    if depth >= MAX_FORM_DEPTH {
        return false;
    }
    // A form that draws text is a page within the page, whatever pictures it also holds.
    let mut pictures = false;
    for index in 0..form.len() {
        if *budget == 0 {
            break;
        }
        *budget -= 1;
        let Ok(child) = form.get(index) else { continue };
        if child.as_text_object().is_some() {
            return false;
        }
        pictures |= holds_picture(&child, depth + 1, budget);
    }
    pictures
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn widths_close_together_share_one_picture() {
        assert_eq!((bucket_width(1000), bucket_width(1024), bucket_width(1025)), (1024, 1024, 1088));
        assert_eq!((bucket_width(0), bucket_width(u32::MAX)), (64, 4096));
    }

    proptest! {
        #[test]
        fn no_page_shape_exceeds_the_limits(w in 0.001f32..20_000.0, h in 0.001f32..20_000.0, px: u32) {
            let (width, height) = pixel_size((w, h), px).unwrap();
            prop_assert!((1..=MAX_WIDTH_PX).contains(&width) && (1..=MAX_HEIGHT_PX).contains(&height));
            // Rounding may add half a row.
            prop_assert!(u64::from(width) * u64::from(height) <= MAX_AREA_PX + u64::from(width));
        }
    }

    #[test]
    fn a_page_without_a_size_is_refused() {
        assert_eq!(pixel_size((0.0, 10.0), 100), None);
        assert_eq!(pixel_size((f32::NAN, 10.0), 100), None);
    }
}
