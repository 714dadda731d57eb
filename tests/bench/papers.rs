//! Papers of a wanted size: one page of text and, as in a scan, bytes that do not compress.

use std::fmt::Write;

/// Bytes of a paper, about.
pub const PAPER_BYTES: usize = 4_000_000;

/// A PDF of about `size` bytes; another `seed`, another file.
pub fn paper(size: usize, seed: u64) -> Vec<u8> {
    let text = format!("BT /F1 14 Tf 72 760 Td (Tai lieu phien hop so {seed}) Tj ET");
    let noise = noise(size, seed);
    let objects: [(&str, &[u8]); 6] = [
        ("<< /Type /Catalog /Pages 2 0 R >>", &[]),
        ("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", &[]),
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> /PieceInfo 6 0 R >>",
            &[],
        ),
        ("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", &[]),
        ("", text.as_bytes()),
        ("", &noise),
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (number, (dictionary, stream)) in (1..).zip(objects) {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let head = match dictionary {
            "" => format!("{number} 0 obj\n<< /Length {} >>\nstream\n", stream.len()),
            dictionary => format!("{number} 0 obj\n{dictionary}"),
        };
        file.extend_from_slice(head.as_bytes());
        file.extend_from_slice(stream);
        file.extend_from_slice(if dictionary.is_empty() { b"\nendstream\nendobj\n" } else { b"\nendobj\n" });
    }
    let count = objects.len() + 1;
    let end = format!("xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n", file.len());
    file.extend_from_slice(end.as_bytes());
    file
}

/// Bytes without pattern (SplitMix64; Steele, Lea, Flood 2014).
fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut bytes: Vec<u8> = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        bytes.extend_from_slice(&random.draw().to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// Numbers that only have to look random, the same in every run.
pub struct Random(pub u64);

impl Random {
    /// The next one.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.draw() % u64::try_from(bound.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}
