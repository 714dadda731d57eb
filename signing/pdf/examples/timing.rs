//! Measures signing and verifying: `cargo run -p signing-pdf --example timing [pages…]`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::*;
use signing_pdf::{SignOptions, verify};
use std::time::Instant;

fn main() {
    let office = Office::new(1, NOW);
    let pages: Vec<u32> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    for pages in if pages.is_empty() { vec![1, 500] } else { pages } {
        let pdf = simple(pages);
        let start = Instant::now();
        let one = office.sign_with(&pdf, &office.chair, &SignOptions::default(), NOW);
        let first = start.elapsed();
        let start = Instant::now();
        let two = office.sign_with(&one, &office.clerk, &SignOptions::default(), NOW);
        let second = start.elapsed();
        let start = Instant::now();
        let report = verify(&two, &office.trust()).expect("readable");
        let check = start.elapsed();
        println!(
            "{pages} pages, {} bytes: sign {first:?}, second signature {second:?}, verify both {check:?} ({:?})",
            pdf.len(),
            verdicts(&report)
        );
    }
}
