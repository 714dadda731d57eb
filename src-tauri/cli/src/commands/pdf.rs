//! Signatures of PDF files outside of meetings.

use std::path::{Path, PathBuf};

use api::act::SignPdf;
use api::error::ApiError;
use signing_pdf::{MAX_PDF_BYTES, Status};

use super::{NOT_VALID, absolute, exported, read_file};
use crate::connect::{Context, Session};
use crate::output::{Lines, Reply};
use crate::verdicts::Verdicts;

/// Largest file of trusted certificates.
const TRUST_BYTES_MAX: usize = 4 << 20;
const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const PEM_END: &str = "-----END CERTIFICATE-----";

/// `kyhop pdf sign`
pub async fn sign(
    context: &Context,
    session: &mut Session,
    file: &Path,
    out: &Path,
    reason: String,
    visible: bool,
) -> Result<Reply, ApiError> {
    exported(context, &session.act(SignPdf { path: absolute(file), output: absolute(out), reason, visible }).await?)
}

/// `kyhop pdf verify`: exit status 0 if there are signatures and all are valid, 1 if not.
pub fn verify(context: &Context, file: &Path, trust: &[PathBuf]) -> Result<Reply, ApiError> {
    let mut anchors = Vec::new();
    for path in trust {
        let bytes = read_file(path, TRUST_BYTES_MAX, "malformed_trust")?;
        anchors.extend(
            certificates(&bytes)
                .ok_or_else(|| ApiError::new("malformed_trust", "no certificates can be read").with("file", path.display()))?,
        );
    }
    let bytes = read_file(file, MAX_PDF_BYTES, "too_large")?;
    let report = signing_pdf::verify(&bytes, &anchors)
        .map_err(|error| ApiError::new(error.code(), error.to_string()).with("file", file.display()))?;
    let valid = |status: Status| matches!(status, Status::Valid | Status::ValidLaterAdditions);
    let lang = context.lang;
    let verdicts = Verdicts::of(lang)?;
    let mut lines = Lines::default();
    for signature in &report.signatures {
        let status = match signature.status {
            Status::Valid => lang.pick("hợp lệ", "valid"),
            Status::ValidLaterAdditions => lang.pick("hợp lệ, có chữ ký thêm sau", "valid, later additions"),
            Status::Invalid => lang.pick("KHÔNG hợp lệ", "NOT valid"),
            Status::UnknownSigner => lang.pick("chưa rõ người ký", "unknown signer"),
        };
        let at = signature.signed_at.map(domain::calendar::in_words).unwrap_or_default();
        let reason = verdicts.reason(signature.reason.code());
        let reason = if reason.is_empty() { String::new() } else { format!(" – {reason}") };
        lines.add(format_args!("{status}: {} {at}{reason}", signature.signer));
    }
    let exit = if !report.signatures.is_empty() && report.signatures.iter().all(|signature| valid(signature.status)) {
        0
    } else {
        NOT_VALID
    };
    Ok(Reply::new(&report, lines.or(lang.pick("Tệp không có chữ ký.", "There is no signature.")))?.exit(exit))
}

/// The certificates of a file: any number as PEM, or one as DER.
fn certificates(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.contains(PEM_BEGIN)) else {
        return bytes.starts_with(&[0x30]).then(|| vec![bytes.to_vec()]);
    };
    text.match_indices(PEM_BEGIN)
        .map(|(start, _)| {
            let rest = &text[start..];
            let end = rest.find(PEM_END)? + PEM_END.len();
            pem_rfc7468::decode_vec(&rest.as_bytes()[..end]).ok().map(|(_, der)| der)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_trust_file_holds_any_number_of_certificates() {
        let one = pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, &[0x30, 1, 2]).unwrap();
        let two = format!("a comment\n{one}\nanother\n{one}");
        assert_eq!(certificates(two.as_bytes()).unwrap().len(), 2);
        assert_eq!(certificates(&[0x30, 0]).unwrap(), vec![vec![0x30, 0]]);
        assert!(certificates(b"rubbish").is_none());
        assert!(certificates(format!("{PEM_BEGIN}\nno end").as_bytes()).is_none());
    }
}
