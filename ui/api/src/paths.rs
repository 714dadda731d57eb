//! Which files a request names.

use crate::act::{Act, FileSource};

impl Act {
    /// Every path in the request, of files to read and of files to write. Every request is listed, so that a new one must say whether it
    /// names any: the shell lets only those pass that the person chose in a dialog.
    pub fn paths(&self) -> Vec<&str> {
        match self {
            Self::AddPaper(act) => of(&act.file),
            Self::AddPaperVersion(act) => of(&act.file),
            Self::InstallPackage(act) => of(&act.file),
            Self::ImportHandbook(act) => std::iter::once(&act.file).chain(&act.base).flat_map(of).collect(),
            Self::PreviewRoster(act) => of(&act.file),
            Self::ApplyRoster(act) => of(&act.file).into_iter().chain([act.path.as_str()]).collect(),
            Self::Ask(act) => act.attachments.iter().flat_map(of).collect(),
            Self::Answer(act) => act.attachments.iter().flat_map(of).collect(),
            Self::ExportVote(act) => vec![&act.path],
            Self::ExportMinutes(act) => vec![&act.path],
            Self::ExportOfficial(act) => vec![&act.path],
            Self::ExportPaper(act) => vec![&act.path],
            Self::ExportInvitation(act) => vec![&act.path],
            Self::ExportMeeting(act) => vec![&act.path],
            Self::ExportOpinions(act) => vec![&act.path],
            Self::ExportDocument(act) => vec![&act.path],
            Self::ExportAuthority(act) => vec![&act.path],
            Self::BackUp(act) => vec![&act.path],
            Self::RecoverOrganisation(act) => vec![&act.path],
            Self::ExportPackage(act) => std::iter::once(act.path.as_str()).chain(act.since.iter().flat_map(of)).collect(),
            Self::ExportQuestionFile(act) => vec![&act.path],
            Self::ExportStatistics(act) => vec![&act.path],
            Self::SignPdf(act) => vec![&act.path, &act.output],
            Self::CreateOrganisation(_)
            | Self::JoinOrganisation(_)
            | Self::ConfirmWords(_)
            | Self::TryDemo(_)
            | Self::Unlock(_)
            | Self::ForgetKey(_)
            | Self::ChangePassphrase(_)
            | Self::MakeRecoveryCode(_)
            | Self::ForgetRecoveryCode(_)
            | Self::RecoverPassphrase(_)
            | Self::ApproveJoin(_)
            | Self::ApproveHub(_)
            | Self::RefuseJoin(_)
            | Self::MakeInvitation(_)
            | Self::RevokeInvitation(_)
            | Self::RevokeDevice(_)
            | Self::RemoveParticipant(_)
            | Self::RemovePerson(_)
            | Self::CreateMeeting(_)
            | Self::UpdateMeeting(_)
            | Self::SettleConclusions(_)
            | Self::WriteConclusions(_)
            | Self::WithdrawPaper(_)
            | Self::AskOpinion(_)
            | Self::GiveOpinion(_)
            | Self::AddItem(_)
            | Self::UpdateItem(_)
            | Self::MoveItem(_)
            | Self::RemoveItem(_)
            | Self::Invite(_)
            | Self::CheckIn(_)
            | Self::CheckInByCode(_)
            | Self::SetSeating(_)
            | Self::SetSeat(_)
            | Self::SeatEverybody(_)
            | Self::Leave(_)
            | Self::MarkAttendance(_)
            | Self::AskToSpeak(_)
            | Self::WithdrawSpeech(_)
            | Self::PlaceSpeech(_)
            | Self::OrderSpeeches(_)
            | Self::GiveWord(_)
            | Self::EndWord(_)
            | Self::MoveSitting(_)
            | Self::NameDeputy(_)
            | Self::TakeLead(_)
            | Self::ShowOnProjector(_)
            | Self::SetItemInternal(_)
            | Self::Annotate(_)
            | Self::EraseAnnotation(_)
            | Self::ShareAnnotation(_)
            | Self::OpenVote(_)
            | Self::CastBallot(_)
            | Self::CastMarks(_)
            | Self::CloseVote(_)
            | Self::DraftMinutes(_)
            | Self::SignMinutes(_)
            | Self::DraftOfficial(_)
            | Self::SignOfficial(_)
            | Self::Dial(_)
            | Self::Reading(_)
            | Self::SetDuty(_)
            | Self::SearchEnded(_)
            | Self::ForgetFailedSearch(_)
            | Self::SetSynonyms(_)
            | Self::MarkRead(_)
            | Self::ToggleFavourite(_)
            | Self::NoteUse(_)
            | Self::RemoveUse(_)
            | Self::LinkCase(_)
            | Self::StartCase(_)
            | Self::TickCase(_)
            | Self::CloseCase(_)
            | Self::RemovePackage(_)
            | Self::PublishPackage(_)
            | Self::TrustPublisher(_)
            | Self::CancelImport(_)
            | Self::CreateDraft(_)
            | Self::EditDraft(_)
            | Self::DiscardDraft(_)
            | Self::ResolveConflict(_)
            | Self::SubmitForReview(_)
            | Self::Review(_)
            | Self::PublishDrafts(_)
            | Self::ApproveAnswer(_)
            | Self::Accept(_)
            | Self::Reopen(_)
            | Self::Rate(_)
            | Self::Receive(_)
            | Self::FlagAnswer(_)
            | Self::ReviewAnswer(_)
            | Self::AskedToo(_)
            | Self::UnpublishAnswer(_)
            | Self::Reassign(_)
            | Self::ExplainOverdue(_)
            | Self::Comment(_)
            | Self::Follow(_)
            | Self::MarkQuestionRead(_)
            | Self::MarkAnswered(_)
            | Self::Withdraw(_)
            | Self::PublishAnswer(_)
            | Self::MakeArticle(_)
            | Self::SetUnit(_)
            | Self::ElectTellers(_)
            | Self::CastSecretBallot(_)
            | Self::OpenTotals(_)
            | Self::EnterPaperBallot(_)
            | Self::WitnessPaperBallot(_)
            | Self::SaveRuleProfile(_)
            | Self::RemoveRuleProfile(_)
            | Self::NewTask(_)
            | Self::TellTask(_)
            | Self::MarkTaskRead(_)
            | Self::LinkTask(_) => vec![],
        }
    }
}

fn of(file: &FileSource) -> Vec<&str> {
    match file {
        FileSource::Path(path) => vec![path],
        FileSource::Upload(_) => vec![],
    }
}
