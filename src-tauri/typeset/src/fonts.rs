//! The serif of official documents: Liberation Serif 2, metrically equal to Times New Roman, with all Vietnamese letters.
//! SIL Open Font License 1.1. Also for others who draw text into a PDF, as signature appearances do.

use std::sync::LazyLock;

use ttf_parser::Face;

macro_rules! face {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/LiberationSerif-", $name, ".ttf"))
    };
}

/// The upright face, a TrueType file.
pub fn serif_regular() -> &'static [u8] {
    face!("Regular")
}

/// The bold face.
pub fn serif_bold() -> &'static [u8] {
    face!("Bold")
}

/// The italic face.
pub fn serif_italic() -> &'static [u8] {
    face!("Italic")
}

/// The bold italic face.
pub fn serif_bold_italic() -> &'static [u8] {
    face!("BoldItalic")
}

/// All four faces.
pub fn all() -> [&'static [u8]; 4] {
    [serif_regular(), serif_bold(), serif_italic(), serif_bold_italic()]
}

/// True if the upright face draws this character (a space counts as drawn).
pub fn covers(char: char) -> bool {
    static FACE: LazyLock<Option<Face<'static>>> = LazyLock::new(|| Face::parse(serif_regular(), 0).ok());
    FACE.as_ref().is_some_and(|face| face.glyph_index(char).is_some_and(|glyph| glyph.0 != 0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    /// Every letter of Vietnamese with every tone, in both cases.
    fn vietnamese() -> String {
        use unicode_normalization::UnicodeNormalization;
        let mut out = String::new();
        for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY".chars() {
            for tone in ["", "\u{300}", "\u{301}", "\u{309}", "\u{303}", "\u{323}"] {
                out.extend(format!("{base}{tone}").nfc());
            }
        }
        out + "bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX0123456789.,;:!?()[]{}\"'“”‘’«»–—…-/%&@#*+=<>$§°×²₫"
    }

    #[test]
    fn every_face_draws_every_vietnamese_letter() {
        for file in all() {
            let face = Face::parse(file, 0).unwrap();
            for char in vietnamese().chars() {
                let glyph = face.glyph_index(char);
                assert!(glyph.is_some_and(|glyph| glyph.0 != 0), "no glyph for {char:?} (U+{:04X})", u32::from(char));
                let outlined = face.glyph_bounding_box(glyph.unwrap()).is_some();
                assert!(outlined, "the glyph for {char:?} is empty");
            }
        }
        assert!(!covers('漢'));
    }
}
