//! Files of questions and answers.

use api::act::FileSource;
use api::error::ApiError;
use api::handbook::AttachmentRow;
use api::question::ExportQuestionFile;
use api::view::ExportView;
use domain::question::Attachment;
use handbook::import::ImportError;

use super::super::papers::Intake;
use crate::app::{App, blocking};
use crate::engine::Core;
use crate::error::not_found;
use crate::upload::UPLOAD_BYTES_MAX;

/// What a file is, by its first bytes; a name says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pdf,
    /// A photograph or a scan as a picture: PNG or JPEG.
    Picture,
    /// A text document: DOCX.
    Text,
    /// A spreadsheet: XLSX.
    Sheet,
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Self> {
        // PDF 2.0 (ISO 32000-2) §7.5.2 lets the header stand within the first 1,024 bytes.
        const HEADER_WITHIN: usize = 1_024;
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        let start = bytes.get(..bytes.len().min(HEADER_WITHIN)).unwrap_or_default();
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Picture)
        } else if bytes.starts_with(b"PK\x03\x04") {
            match (holds(b"word/document.xml"), holds(b"xl/workbook.xml")) {
                (true, _) => Some(Self::Text),
                (_, true) => Some(Self::Sheet),
                _ => None,
            }
        } else {
            start.windows(5).any(|window| window == b"%PDF-").then_some(Self::Pdf)
        }
    }
}

impl App {
    /// Reads a file that goes with a question and refuses what must not come in: unknown kinds, what is broken or marked secret, what no
    /// program can read as long as nobody has looked at it.
    pub(super) async fn take_attachment(&self, file: FileSource, confirmed_unmarked: bool) -> Result<Intake, ApiError> {
        let (name, bytes) = self.read_source(file, UPLOAD_BYTES_MAX, "pdf_too_large").await?;
        let kind = Kind::of(&bytes)
            .ok_or_else(|| ApiError::new("question_file_kind", "neither PDF, DOCX, XLSX, PNG nor JPEG").with("file", &name))?;
        if kind == Kind::Pdf {
            return self.take_in_pdf(name, bytes, confirmed_unmarked).await;
        }
        blocking(move || {
            if kind == Kind::Text {
                let broken = |error: ImportError| ApiError::new(error.code(), error.to_string()).with("file", &name);
                let document = handbook::import::docx::read(&bytes).map_err(broken)?;
                let lines: Vec<&str> = document.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
                if let Some(secrecy) = domain::secrecy::marking(&lines.join("\n")) {
                    return Err(ApiError::new("secrecy_marking", "the first page bears a secrecy marking")
                        .with("file", &name)
                        .with("marking", secrecy.label()));
                }
            } else if !confirmed_unmarked {
                return Err(ApiError::new("confirm_unmarked", "a person has to confirm that it bears no secrecy marking")
                    .with("file", &name));
            }
            Ok(Intake { name, bytes, pages: 0, title: None })
        })
        .await
    }

    pub(crate) async fn export_question_file(&self, act: ExportQuestionFile) -> Result<ExportView, ApiError> {
        let ExportQuestionFile { question, hash, path } = act;
        let bytes = self
            .engine()?
            .attempt(move |core| {
                let (me, _) = core.acting()?;
                let thread = core.listed_thread(&question)?;
                // Files are never shared with everybody: nobody has looked at them for personal data.
                if !thread.row().concerns(core.offices(), &me) {
                    return Err(not_found("file"));
                }
                let blob = thread.attachments().map(|file| file.blob).find(|blob| blob.plain == hash);
                let space = core.organisation_space()?;
                core.bytes_of(&space, &blob.ok_or_else(|| not_found("file"))?)
            })
            .await?;
        self.write(path, bytes).await
    }
}

impl Core {
    /// A file in a list.
    pub(super) fn attachment_row(&self, file: &Attachment) -> AttachmentRow {
        AttachmentRow {
            hash: file.blob.plain,
            name: file.file_name.clone(),
            size: file.blob.size,
            here: self.replica.has_blob(&file.blob.cipher),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_what_is_in_it() {
        assert_eq!(Kind::of(b"%PDF-1.7 ..."), Some(Kind::Pdf));
        assert_eq!(Kind::of(b"\n\n%PDF-1.4"), Some(Kind::Pdf));
        assert_eq!(Kind::of(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some(Kind::Picture));
        assert_eq!(Kind::of(b"PK\x03\x04 .. word/document.xml"), Some(Kind::Text));
        assert_eq!(Kind::of(b"PK\x03\x04 .. xl/workbook.xml"), Some(Kind::Sheet));
        assert_eq!(Kind::of(b"PK\x03\x04 .. run.exe"), None);
        assert_eq!(Kind::of(b"MZ\x90\0 named giay-khai-sinh.pdf"), None);
        assert_eq!(Kind::of(b""), None);
    }
}
