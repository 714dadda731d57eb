//! QR codes (ISO/IEC 18004) of short texts, as paths to be drawn.

use std::fmt::Write as _;

use api::roster::QrView;
use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of white around a code that scanners need.
pub(crate) const QUIET: u32 = 4;

/// The code of a text, with the correction of a printed sheet that is folded (level M); `None` if it does not fit in one.
pub(crate) fn view(text: &str) -> Option<QrView> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size();
    let mut path = String::new();
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let from = x;
            while x < side && code.get_module(x, y) {
                x += 1;
            }
            if x > from {
                // Writing into a string does not fail.
                let _ = write!(path, "M{from} {y}h{}v1h-{}z", x - from, x - from);
            } else {
                x += 1;
            }
        }
    }
    Some(QrView { side: u32::try_from(side).ok()?, path })
}

/// The code as a picture of its own (SVG), with the white around it.
pub(crate) fn svg(qr: &QrView) -> String {
    let whole = qr.side + 2 * QUIET;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-{QUIET} -{QUIET} {whole} {whole}\" shape-rendering=\"crispEdges\"><path fill=\"#000\" d=\"{}\"/></svg>",
        qr.path
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    /// The dark modules that a path draws.
    fn modules(qr: &QrView) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        for run in qr.path.split('M').filter(|run| !run.is_empty()) {
            let (place, rest) = run.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let width: u32 = rest.split_once('v').unwrap().0.parse().unwrap();
            let (x, y): (u32, u32) = (x.parse().unwrap(), y.parse().unwrap());
            found.extend((x..x + width).map(|x| (x, y)));
        }
        found
    }

    #[test]
    fn a_code_has_its_three_finders_and_another_text_has_another_code() {
        let one = view("KYHOP1:ABCDEFGH").unwrap();
        let dark = modules(&one);
        let last = one.side - 1;
        for (x, y) in [(0, 0), (6, 6), (last, 0), (last - 6, 6), (0, last), (6, last - 6)] {
            assert!(dark.contains(&(x, y)), "({x}, {y})");
        }
        for (x, y) in [(7, 7), (last - 7, 7), (7, last - 7), (1, 1)] {
            assert!(!dark.contains(&(x, y)), "({x}, {y})");
        }
        assert_ne!(view("KYHOP1:ABCDEFGI").unwrap().path, one.path);
        assert_eq!(view(&"A".repeat(5_000)), None, "longer than a code holds");
    }
}
