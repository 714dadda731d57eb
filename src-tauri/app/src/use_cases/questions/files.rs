//! Files of questions and answers.

use api::error::ApiError;
use api::handbook::AttachmentRow;
use api::question::ExportQuestionFile;
use api::view::ExportView;
use domain::question::Attachment;

use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
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
