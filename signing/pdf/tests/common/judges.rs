//! The outside judges: pyHanko, OpenSSL, poppler, qpdf. A test that lacks one says so aloud and passes, unless
//! `KYHOP_REQUIRE_ORACLES=1` demands them all. The tests of the command line have their files judged here too.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use signing_pdf::{Report, Status, verify};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Skips aloud, or fails where judges are required.
pub fn skip(what: &str) {
    if std::env::var("KYHOP_REQUIRE_ORACLES").is_ok_and(|v| v == "1") {
        panic!("required but not installed: {what}");
    }
    eprintln!("skipped: {what}");
}

fn works(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|o| o.status.success())
}

pub fn has(program: &str) -> bool {
    // pdfsig -v and pdftoppm -v answer 0 or 99 depending on version: being able to start is what counts.
    let found = Command::new(program).arg("-v").output().is_ok();
    if !found {
        skip(program);
    }
    found
}

pub fn python() -> Option<String> {
    let python = std::env::var("KYHOP_PYTHON").unwrap_or_else(|_| "python3".into());
    if works(&python, &["-c", "import pyhanko, pyhanko_certvalidator"]) {
        return Some(python);
    }
    skip("pyHanko (set KYHOP_PYTHON to a Python that has it)");
    None
}

pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    if !output.status.success() {
        eprintln!("{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
    }
    output
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A directory with the files a judge needs.
pub struct Desk {
    dir: tempfile::TempDir,
}

impl Desk {
    pub fn new(trust_pem: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), trust_pem).unwrap();
        Self { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// pyHanko's verdict on every signature, in file order.
    pub fn pyhanko(&self, python: &str, pdf: &Path) -> Vec<BTreeMap<String, String>> {
        let script = self.put("judge.py", PYHANKO.as_bytes());
        let output = run(Command::new(python).arg(script).arg(self.path("ca.pem")).arg(pdf));
        assert!(output.status.success(), "pyHanko could not judge {}", pdf.display());
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Whether OpenSSL accepts the container of one signature as CAdES.
    pub fn openssl(&self, pdf: &[u8], range: [usize; 4], cades: bool) -> bool {
        let [_, a, b, length] = range;
        let hex = &pdf[a + 1..b - 1];
        let cms: Vec<u8> = hex.chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect();
        let cms = self.put("signature.p7", &cms[..der_length(&cms)]);
        let content = self.put("content", &[&pdf[..a], &pdf[b..b + length]].concat());
        let mut command = Command::new("openssl");
        command.args(["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null"]);
        if cades {
            command.arg("-cades");
        }
        run(command.arg("-in").arg(cms).arg("-content").arg(content).arg("-CAfile").arg(self.path("ca.pem"))).status.success()
    }

    /// What pdfsig says, with the authority trusted in a fresh NSS database; `None` without the tools.
    pub fn pdfsig(&self, pdf: &Path) -> Option<String> {
        if !has("pdfsig") || !has("certutil") {
            return None;
        }
        let nss = self.path("nss");
        if !nss.exists() {
            std::fs::create_dir(&nss).unwrap();
            let db = format!("sql:{}", nss.display());
            assert!(run(Command::new("certutil").args(["-N", "--empty-password", "-d", &db])).status.success());
            let import = ["-A", "-n", "ca", "-t", "CT,C,C", "-d", &db, "-i"];
            assert!(run(Command::new("certutil").args(import).arg(self.path("ca.pem"))).status.success());
        }
        let output = Command::new("pdfsig").arg("-nssdir").arg(&nss).arg(pdf).output().unwrap();
        Some(text(&output.stdout))
    }

    /// Every judge finds every signature of `pdf` good, the last one covering the whole file; `authorities` are what we trust, as DER.
    pub fn all_accept(&self, authorities: &[Vec<u8>], name: &str, pdf: &[u8], count: usize) {
        let path = self.put(name, pdf);
        self.sound(&path);
        let report = verify(pdf, authorities).unwrap();
        assert_eq!(report.signatures.len(), count, "{name}");
        for (i, s) in report.signatures.iter().enumerate() {
            let expected = if i + 1 == count { Status::Valid } else { Status::ValidLaterAdditions };
            assert_eq!(s.status, expected, "{name}: {s:?}");
        }
        if let Some(python) = python() {
            let verdicts = self.pyhanko(&python, &path);
            assert_eq!(verdicts.len(), count, "{name}");
            for (i, verdict) in verdicts.iter().enumerate() {
                assert_eq!(verdict["ok"], "True", "{name}: {verdict:?}");
                assert_eq!(verdict["trusted"], "True", "{name}: {verdict:?}");
                if i + 1 == count {
                    assert_eq!(verdict["coverage"], "ENTIRE_FILE", "{name}: {verdict:?}");
                }
            }
        }
        if has("openssl") {
            for range in ranges(pdf, &report) {
                assert!(self.openssl(pdf, range, true), "{name}: openssl");
            }
        }
        if let Some(said) = self.pdfsig(&path) {
            assert_eq!(said.matches("Signature is Valid").count(), count, "{name}: {said}");
            assert_eq!(said.matches("Certificate is Trusted").count(), count, "{name}: {said}");
            assert_eq!(said.matches("Total document signed").count(), 1, "{name}: {said}");
        }
    }

    /// `qpdf --check` finds nothing to complain about.
    pub fn sound(&self, pdf: &Path) {
        if has("qpdf") {
            let output = run(Command::new("qpdf").arg("--check").arg(pdf));
            assert!(output.status.success(), "qpdf complains about {}", pdf.display());
        }
    }
}

/// Length of the DER element at the start of `bytes`.
pub fn der_length(bytes: &[u8]) -> usize {
    let n = usize::from(bytes[1]);
    if n < 0x80 {
        return n + 2;
    }
    let count = n & 0x7F;
    bytes[2..2 + count].iter().fold(0, |l, b| l << 8 | usize::from(*b)) + 2 + count
}

/// `[0 a b c]` of the newest signature.
pub fn byte_range(pdf: &[u8]) -> [usize; 4] {
    let word = b"/ByteRange [";
    let at = pdf.windows(word.len()).rposition(|w| w == word).unwrap() + word.len();
    let end = at + pdf[at..].iter().position(|b| *b == b']').unwrap();
    let text = String::from_utf8_lossy(&pdf[at..end]).into_owned();
    let numbers: Vec<usize> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// `[0 a b c]` of every signature, as our own report orders them.
pub fn ranges(pdf: &[u8], report: &Report) -> Vec<[usize; 4]> {
    report.signatures.iter().map(|s| byte_range(&pdf[..s.signed_len])).collect()
}

const PYHANKO: &str = r#"
import sys, json, logging
logging.disable(logging.CRITICAL)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext
from pyhanko.keys import load_cert_from_pemder
ca = load_cert_from_pemder(sys.argv[1])
out = []
with open(sys.argv[2], 'rb') as f:
    r = PdfFileReader(f, strict=False)
    for s in r.embedded_signatures:
        vc = ValidationContext(trust_roots=[ca], allow_fetching=False)
        if s.sig_object['/Type'] == '/DocTimeStamp':
            st = validate_pdf_timestamp(s, vc)
        else:
            st = validate_pdf_signature(s, vc)
        out.append(dict(field=s.field_name, ok=str(bool(st.bottom_line)), intact=str(bool(st.intact)),
            trusted=str(bool(st.trusted)), coverage=st.coverage.name,
            level=st.modification_level.name if st.modification_level is not None else 'NONE'))
print(json.dumps(out))
"#;
