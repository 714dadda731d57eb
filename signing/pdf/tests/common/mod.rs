//! What the tests share: small PDF files, an organisation with people, and later revisions made by hand.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub mod judges;

use domain::id::Timestamp;
use judges::Desk;
pub use judges::byte_range;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use signing_pdf::{CertificateAuthority, PersonKey, Report, SignOptions, Subject, sign, verify};

/// 2026-11-22 13:30:00 UTC.
pub const NOW: Timestamp = Timestamp(1_795_354_200_000);

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// The real time, for judges that look at the clock.
pub fn clock() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(since.as_millis() as i64)
}

/// A person with key and certificate.
pub struct Person {
    pub key: PersonKey,
    pub certificate: Vec<u8>,
}

/// An organisation with two people who may sign.
pub struct Office {
    pub ca: CertificateAuthority,
    pub chair: Person,
    pub clerk: Person,
}

impl Office {
    pub fn new(seed: u64, now: Timestamp) -> Self {
        let mut rng = rng(seed);
        let ca = CertificateAuthority::create("UBND huyện Thử Nghiệm", now, &mut rng).unwrap();
        let mut person = |name: &str, title: &str| {
            let key = PersonKey::generate(&mut rng);
            let subject = Subject {
                common_name: name.into(),
                title: Some(title.into()),
                unit: Some("Văn phòng HĐND".into()),
                ..Subject::default()
            };
            let certificate = ca.issue(&key.request(name).unwrap(), &subject, now, &mut rng).unwrap();
            Person { key, certificate }
        };
        let (chair, clerk) = (person("Nguyễn Văn Ánh", "Chủ tịch"), person("Trần Thị Bưởi", "Văn thư"));
        Self { ca, chair, clerk }
    }

    pub fn trust(&self) -> Vec<Vec<u8>> {
        vec![self.ca.certificate_der().to_vec()]
    }

    pub fn sign_with(&self, pdf: &[u8], person: &Person, options: &SignOptions, now: Timestamp) -> Vec<u8> {
        sign(pdf, &person.key, &person.certificate, &self.trust(), options, now).unwrap()
    }

    pub fn sign(&self, pdf: &[u8], person: &Person) -> Vec<u8> {
        self.sign_with(pdf, person, &SignOptions::default(), NOW)
    }

    pub fn verify(&self, pdf: &[u8]) -> Report {
        verify(pdf, &self.trust()).unwrap()
    }

    /// `status/reason` of every signature.
    pub fn verdicts(&self, pdf: &[u8]) -> Vec<String> {
        verdicts(&self.verify(pdf))
    }
}

impl Desk {
    /// A desk that trusts an office.
    pub fn of(office: &Office) -> Self {
        Self::new(&office.ca.certificate_pem().unwrap())
    }
}

pub fn verdicts(report: &Report) -> Vec<String> {
    let json = serde_json::to_value(report).unwrap();
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    json["signatures"].as_array().unwrap().iter().map(|s| format!("{}/{}", text(&s["status"]), text(&s["reason"]))).collect()
}

/// A PDF written object by object with a classic cross-reference table.
pub fn write_pdf(objects: &[(u32, String)], trailer: &str) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    append_section(&mut pdf, objects, trailer, true);
    pdf
}

fn append_section(pdf: &mut Vec<u8>, objects: &[(u32, String)], trailer: &str, first: bool) {
    let mut table = String::from("xref\n");
    if first {
        table.push_str("0 1\n0000000000 65535 f \n");
    }
    for (number, body) in objects {
        table.push_str(&format!("{number} 1\n{:010} 00000 n \n", pdf.len()));
        pdf.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let at = pdf.len();
    pdf.extend_from_slice(format!("{table}trailer\n{trailer}\nstartxref\n{at}\n%%EOF\n").as_bytes());
}

pub fn stream(content: &str) -> String {
    format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())
}

/// Object numbers in [`simple`]: catalog 1, page tree 2, font 3, document information 4, then page and content in turn.
pub fn simple(pages: u32) -> Vec<u8> {
    simple_with(pages, "", "")
}

pub fn simple_with(pages: u32, catalog: &str, page: &str) -> Vec<u8> {
    let kids: String = (0..pages).map(|i| format!("{} 0 R ", 5 + 2 * i)).collect();
    let mut objects = vec![
        (1, format!("<</Type/Catalog/Pages 2 0 R{catalog}>>")),
        (2, format!("<</Type/Pages/Count {pages}/Kids[{kids}]/MediaBox[0 0 595.2756 841.8898]>>")),
        (3, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".into()),
        (4, "<</Title(Nghi quyet)/Producer(test)>>".into()),
    ];
    for i in 0..pages {
        let (number, content) = (5 + 2 * i, 6 + 2 * i);
        objects
            .push((number, format!("<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents {content} 0 R{page}>>")));
        let lines: String = (0..30).map(|l| format!("(Dong {l} trang {}: nghi quyet ve ngan sach) Tj T*\n", i + 1)).collect();
        objects.push((content, stream(&format!("BT /F 12 Tf 16 TL 70 760 Td\n{lines}ET"))));
    }
    let size = 5 + 2 * pages;
    write_pdf(&objects, &format!("<</Size {size}/Root 1 0 R/Info 4 0 R/ID[<0123><0123>]>>"))
}

pub fn last_startxref(pdf: &[u8]) -> usize {
    let word = b"startxref\n";
    let at = pdf.windows(word.len()).rposition(|w| w == word).unwrap() + word.len();
    let digits: String = pdf[at..].iter().take_while(|b| b.is_ascii_digit()).map(|b| *b as char).collect();
    digits.parse().unwrap()
}

/// Appends a revision that replaces or adds `objects`, the way an attacker with an editor would.
pub fn revise(pdf: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    revise_with(pdf, objects, "")
}

pub fn revise_with(pdf: &[u8], objects: &[(u32, &str)], trailer: &str) -> Vec<u8> {
    let prev = last_startxref(pdf);
    let mut out = pdf.to_vec();
    let objects: Vec<(u32, String)> = objects.iter().map(|(n, o)| (*n, (*o).to_owned())).collect();
    let trailer = format!("<</Size 900/Root 1 0 R/Info 4 0 R/ID[<0123><4567>]/Prev {prev}{trailer}>>");
    append_section(&mut out, &objects, &trailer, false);
    out
}

/// The text of the newest version of an object, between `obj` and `endobj`.
pub fn object_text(pdf: &[u8], number: u32) -> String {
    let head = format!("\n{number} 0 obj\n").into_bytes();
    let at = pdf.windows(head.len()).rposition(|w| w == head).unwrap() + head.len();
    let end = at + pdf[at..].windows(6).position(|w| w == b"endobj").unwrap();
    String::from_utf8_lossy(&pdf[at..end]).trim().to_owned()
}

pub fn find(pdf: &[u8], needle: &[u8]) -> usize {
    pdf.windows(needle.len()).position(|w| w == needle).unwrap()
}

/// Number of the object whose text contains `needle`, newest first.
pub fn object_with(pdf: &[u8], needle: &str) -> u32 {
    let at = pdf.windows(needle.len()).rposition(|w| w == needle.as_bytes()).unwrap();
    let head = pdf[..at].windows(7).rposition(|w| w == b" 0 obj\n").unwrap();
    let start = pdf[..head].iter().rposition(|b| !b.is_ascii_digit()).unwrap() + 1;
    String::from_utf8_lossy(&pdf[start..head]).parse().unwrap()
}

/// The bytes in `/Contents` of the newest signature.
pub fn contents(pdf: &[u8]) -> Vec<u8> {
    let [_, a, b, _] = byte_range(pdf);
    pdf[a + 1..b - 1].chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
}

/// The same file with other bytes in `/Contents` of the newest signature: what anybody can do without breaking a hash.
pub fn with_contents(pdf: &[u8], bytes: &[u8]) -> Vec<u8> {
    let [_, a, b, _] = byte_range(pdf);
    let mut out = pdf.to_vec();
    let room = b - 1 - (a + 1);
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    assert!(hex.len() <= room);
    let padded = format!("{hex:0<room$}");
    out[a + 1..b - 1].copy_from_slice(padded.as_bytes());
    out
}

/// A font with Vietnamese glyphs, if the machine has one.
pub fn font() -> Option<Vec<u8>> {
    let path = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf";
    let path = std::env::var("KYHOP_FONT").unwrap_or_else(|_| path.into());
    std::fs::read(path).ok()
}

/// A red seal with transparency, 40 × 40.
pub fn seal() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 40, 40);
    encoder.set_color(png::ColorType::Rgba);
    let pixels: Vec<u8> = (0..1600i32)
        .flat_map(|i| {
            let (x, y) = (i % 40 - 20, i / 40 - 20);
            let ring = (220..400).contains(&(x * x + y * y));
            [200, 0, 0, if ring { 255 } else { 0 }]
        })
        .collect();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    out
}
