//! Embeds the glyphs that a text needs as a Type 0 font with CIDFontType2 outlines (ISO 32000-1 §9.7).

use crate::{
    error::PdfSignError,
    incremental::Update,
    pdf::{Dict, Object, ObjectId},
};
use std::{collections::BTreeMap, fmt::Write as _, io::Write as _};
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId, Permissions};

/// Largest font file.
pub(crate) const MAX_FONT_BYTES: usize = 32 * 1024 * 1024;

/// A TrueType font and the glyphs used of it.
pub(crate) struct Font<'a> {
    data: &'a [u8],
    face: Face<'a>,
    remapper: GlyphRemapper,
    /// New glyph number → character and width in thousandths of the font size.
    used: BTreeMap<u16, (char, f32)>,
}

impl<'a> Font<'a> {
    /// Reads a TrueType font (no CFF outlines, no collections) that may be embedded.
    pub fn new(data: &'a [u8]) -> Result<Self, PdfSignError> {
        if data.len() > MAX_FONT_BYTES {
            return Err(PdfSignError::BadFont);
        }
        let face = Face::parse(data, 0).map_err(|_| PdfSignError::BadFont)?;
        if face.tables().glyf.is_none() || face.permissions() == Some(Permissions::Restricted) {
            return Err(PdfSignError::BadFont);
        }
        Ok(Self { data, face, remapper: GlyphRemapper::new(), used: BTreeMap::new() })
    }

    fn glyph(&self, c: char) -> Result<GlyphId, PdfSignError> {
        self.face.glyph_index(c).filter(|g| g.0 != 0).ok_or(PdfSignError::MissingGlyph(c))
    }

    /// Width of `text` at size 1.
    pub fn width(&self, text: &str) -> Result<f32, PdfSignError> {
        let units = f32::from(self.face.units_per_em());
        text.chars().try_fold(0.0, |sum, c| {
            let advance = self.face.glyph_hor_advance(self.glyph(c)?).unwrap_or(0);
            Ok(sum + f32::from(advance) / units)
        })
    }

    /// Height above and depth below the base line at size 1. Vietnamese capitals carry two marks, so the ascender of
    /// the font is not always enough: the tallest glyphs used decide as well.
    pub fn extent(&self, lines: &[String]) -> (f32, f32) {
        let units = f32::from(self.face.units_per_em());
        let mut top = f32::from(self.face.ascender());
        let mut bottom = f32::from(self.face.descender());
        for c in lines.iter().flat_map(|l| l.chars()) {
            if let Some(b) = self.face.glyph_index(c).and_then(|g| self.face.glyph_bounding_box(g)) {
                top = top.max(f32::from(b.y_max));
                bottom = bottom.min(f32::from(b.y_min));
            }
        }
        (top / units, -bottom / units)
    }

    /// `text` as the hex string of a `Tj`, its glyphs noted for embedding.
    pub fn show(&mut self, text: &str) -> Result<String, PdfSignError> {
        let mut hex = String::new();
        for c in text.chars() {
            let width = self.width(c.encode_utf8(&mut [0; 4]))? * 1000.0;
            let cid = self.remapper.remap(self.glyph(c)?.0);
            self.used.insert(cid, (c, width));
            let _ = write!(hex, "{cid:04X}");
        }
        Ok(hex)
    }

    /// Writes the font objects.
    pub fn embed(&self, update: &mut Update<'_>) -> Result<ObjectId, PdfSignError> {
        let subset = subsetter::subset(self.data, 0, &self.remapper).map_err(|_| PdfSignError::BadFont)?;
        let length = i64::try_from(subset.len()).map_err(|_| PdfSignError::BadFont)?;
        let file = Dict::default().with("Length1", Object::Int(length)).with("Filter", Object::name("FlateDecode"));
        let file = update.add_stream(file, deflate(&subset)?);
        let name = self.name(&subset);
        let scale = 1000.0 / f32::from(self.face.units_per_em());
        let scaled = |v: i16| Object::real((f32::from(v) * scale).round());
        let bounds = self.face.global_bounding_box();
        let cap = self.face.capital_height().unwrap_or_else(|| self.face.ascender());
        let descriptor = Dict::default()
            .with("Type", Object::name("FontDescriptor"))
            .with("FontName", Object::name(&name))
            // Symbolic (4): the glyphs are addressed by number, not by a standard encoding.
            .with("Flags", Object::Int(4))
            .with("FontBBox", Object::Array([bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(scaled).into()))
            .with("ItalicAngle", Object::real(self.face.italic_angle()))
            .with("Ascent", scaled(self.face.ascender()))
            .with("Descent", scaled(self.face.descender()))
            .with("CapHeight", scaled(cap))
            .with("StemV", Object::Int(80))
            .with("FontFile2", Object::Ref(file));
        let descriptor = update.add(Object::Dict(descriptor));
        let widths = self
            .used
            .iter()
            .flat_map(|(cid, (_, w))| [Object::Int(i64::from(*cid)), Object::Array(vec![Object::real(*w)])])
            .collect();
        let system = Dict::default()
            .with("Registry", Object::text("Adobe"))
            .with("Ordering", Object::text("Identity"))
            .with("Supplement", Object::Int(0));
        let descendant = Dict::default()
            .with("Type", Object::name("Font"))
            .with("Subtype", Object::name("CIDFontType2"))
            .with("BaseFont", Object::name(&name))
            .with("CIDSystemInfo", Object::Dict(system))
            .with("FontDescriptor", Object::Ref(descriptor))
            .with("CIDToGIDMap", Object::name("Identity"))
            .with("W", Object::Array(widths));
        let descendant = update.add(Object::Dict(descendant));
        let unicode = Dict::default().with("Filter", Object::name("FlateDecode"));
        let unicode = update.add_stream(unicode, deflate(self.to_unicode().as_bytes())?);
        let font = Dict::default()
            .with("Type", Object::name("Font"))
            .with("Subtype", Object::name("Type0"))
            .with("BaseFont", Object::name(&name))
            .with("Encoding", Object::name("Identity-H"))
            .with("DescendantFonts", Object::Array(vec![Object::Ref(descendant)]))
            .with("ToUnicode", Object::Ref(unicode));
        Ok(update.add(Object::Dict(font)))
    }

    /// `ABCDEF+Name`: the tag tells subsets of one font apart (§9.6.4).
    fn name(&self, subset: &[u8]) -> String {
        use sha2::Digest as _;
        let tag: String = sha2::Sha256::digest(subset).iter().take(6).map(|b| char::from(b'A' + b % 26)).collect();
        let base: String = self
            .face
            .names()
            .into_iter()
            .filter(|n| n.name_id == ttf_parser::name_id::POST_SCRIPT_NAME)
            .find_map(|n| n.to_string())
            .unwrap_or_default()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(63)
            .collect();
        format!("{tag}+{}", if base.is_empty() { "Font" } else { &base })
    }

    /// Lets readers copy and search the text.
    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let pairs: Vec<_> = self.used.iter().collect();
        for part in pairs.chunks(100) {
            let _ = writeln!(map, "{} beginbfchar", part.len());
            for (cid, (c, _)) in part {
                let units: String = c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("{u:04X}")).collect();
                let _ = writeln!(map, "<{cid:04X}> <{units}>");
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

pub(crate) fn deflate(data: &[u8]) -> Result<Vec<u8>, PdfSignError> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).and_then(|()| encoder.finish()).map_err(|_| PdfSignError::Internal)
}
