//! The text of a page as transparent words over its picture, so that the browser selects, copies and reads it.

use std::collections::BTreeMap;

use api::view::WordView;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

/// The words of a page, as children of an element with this class and `data-page`.
pub const CLASS: &str = "textlayer";
/// Size at which words are measured.
const MEASURE: f64 = 100.0;
/// Height of letters in the height of a word's box.
const LETTERS: f64 = 0.88;

thread_local! {
    static RULER: Option<CanvasRenderingContext2d> = ruler();
}

fn ruler() -> Option<CanvasRenderingContext2d> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_font("100px Tinos, 'Liberation Serif', 'Times New Roman', serif");
    Some(context)
}

fn measured(text: &str) -> f64 {
    RULER
        .with(|ruler| ruler.as_ref().and_then(|ruler| ruler.measure_text(text).ok()).map(|metrics| metrics.width()))
        .unwrap_or(0.0)
}

/// Fills the layer with the words, in points; the layer itself is scaled. One element per word, in order.
pub fn fill(layer: &Element, words: &[WordView]) {
    layer.set_text_content(None);
    for word in words {
        let Ok(span) = document().create_element("span") else {
            return;
        };
        let [x, y, w, h] = word.rect.map(f64::from);
        let size = (h * LETTERS).max(1.0);
        let natural = measured(&word.text) * size / MEASURE;
        let stretch = if natural > 0.0 { w / natural } else { 1.0 };
        let _ = span.set_attribute(
            "style",
            &format!("left:{x:.2}px;top:{y:.2}px;font-size:{size:.2}px;line-height:{h:.2}px;transform:scaleX({stretch:.4})"),
        );
        // The space belongs to the word, so that what is copied has spaces and lines.
        span.set_text_content(Some(&format!("{}{}", word.text, if word.ends_line { "\n" } else { " " })));
        let _ = layer.append_child(&span);
    }
}

/// The selected words: page → indexes of its words.
pub fn selected(within: &Element) -> BTreeMap<usize, Vec<usize>> {
    let mut found = BTreeMap::new();
    let Ok(Some(selection)) = window().get_selection() else {
        return found;
    };
    if selection.is_collapsed() {
        return found;
    }
    let Ok(layers) = within.query_selector_all(&format!(".{CLASS}")) else {
        return found;
    };
    for at in 0..layers.length() {
        let Some(layer) = layers.get(at).and_then(|layer| layer.dyn_into::<Element>().ok()) else {
            continue;
        };
        let Some(page) = layer.get_attribute("data-page").and_then(|page| page.parse().ok()) else {
            continue;
        };
        if !selection.contains_node_with_allow_partial_containment(&layer, true).unwrap_or(false) {
            continue;
        }
        let words = layer.children();
        let indexes: Vec<usize> = (0..words.length())
            .filter(|index| {
                words
                    .item(*index)
                    .is_some_and(|word| selection.contains_node_with_allow_partial_containment(&word, true).unwrap_or(false))
            })
            .map(|index| index as usize)
            .collect();
        if !indexes.is_empty() {
            found.insert(page, indexes);
        }
    }
    found
}
