//! The page tree (ISO 32000-1 §7.7.3).

use super::{Dict, Fault, Object, ObjectId, View};
use std::collections::BTreeSet;

/// Pages in one file.
const MAX_PAGES: usize = 100_000;

/// A page with what it inherits.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub id: ObjectId,
    /// The visible box in points: left, bottom, right, top.
    pub area: [f64; 4],
    /// Clockwise turn for display: 0, 90, 180 or 270.
    pub rotation: i64,
}

#[derive(Clone, Default)]
struct Inherited {
    media: Option<[f64; 4]>,
    crop: Option<[f64; 4]>,
    rotation: i64,
}

/// All pages in order.
pub(crate) fn pages(view: View<'_>) -> Result<Vec<Page>, Fault> {
    let (_, catalog) = view.catalog()?;
    let root = catalog.get(b"Pages").and_then(Object::as_ref).ok_or(Fault::Broken(0))?;
    let mut pages = Vec::new();
    let mut seen = BTreeSet::new();
    let mut stack = vec![(root, Inherited::default())];
    while let Some((id, mut inherited)) = stack.pop() {
        if !seen.insert(id) || seen.len() > 2 * MAX_PAGES {
            return Err(Fault::TooComplex);
        }
        let Object::Dict(dict) = view.resolve(&Object::Ref(id))? else {
            return Err(Fault::Broken(0));
        };
        inherited.take(view, &dict)?;
        if let Object::Array(kids) = view.value(&dict, b"Kids")? {
            for kid in kids.iter().rev() {
                stack.push((kid.as_ref().ok_or(Fault::Broken(0))?, inherited.clone()));
            }
        } else {
            // A4 when no box is given anywhere: what viewers assume, and the paper used in Viet Nam.
            let media = inherited.media.unwrap_or([0.0, 0.0, 595.0, 842.0]);
            let area = inherited.crop.map_or(media, |c| clip(c, media));
            pages.push(Page { id, area, rotation: inherited.rotation });
            if pages.len() > MAX_PAGES {
                return Err(Fault::TooComplex);
            }
        }
    }
    Ok(pages)
}

impl Inherited {
    fn take(&mut self, view: View<'_>, dict: &Dict) -> Result<(), Fault> {
        self.media = rectangle(view, dict, b"MediaBox")?.or(self.media);
        self.crop = rectangle(view, dict, b"CropBox")?.or(self.crop);
        if let Some(turn) = view.value(dict, b"Rotate")?.as_int() {
            self.rotation = turn.rem_euclid(360) / 90 * 90;
        }
        Ok(())
    }
}

fn rectangle(view: View<'_>, dict: &Dict, key: &[u8]) -> Result<Option<[f64; 4]>, Fault> {
    let Object::Array(items) = view.value(dict, key)? else {
        return Ok(None);
    };
    let mut numbers = [0.0; 4];
    if items.len() != 4 {
        return Ok(None);
    }
    for (slot, item) in numbers.iter_mut().zip(&items) {
        *slot = view.resolve(item)?.as_number().unwrap_or_default();
    }
    let [a, b, c, d] = numbers;
    Ok(Some([a.min(c), b.min(d), a.max(c), b.max(d)]))
}

fn clip(inner: [f64; 4], outer: [f64; 4]) -> [f64; 4] {
    [inner[0].max(outer[0]), inner[1].max(outer[1]), inner[2].min(outer[2]), inner[3].min(outer[3])]
}
