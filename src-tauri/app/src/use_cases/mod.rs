//! One use case per function. The two dispatchers match the closed enums of [`api`], so that a missing one does not
//! compile.

mod agenda;
mod annotations;
mod attendance;
mod audit;
mod course;
mod drafting;
mod enrolment;
mod export;
mod failed_searches;
mod floor;
pub(crate) mod handbook;
mod identity;
mod invitation;
mod lead;
mod marked_votes;
mod meetings;
mod minutes;
mod official;
mod official_words;
mod opinions;
mod organisation;
mod organisation_space;
mod paper_votes;
mod papers;
mod patterns;
mod presence;
mod projector;
mod questions;
mod readiness;
mod recover_organisation;
mod room;
mod room_code;
mod roster;
mod rule_profiles;
mod search;
mod seating;
mod secret_votes;
mod speakers;
mod sync_state;
mod tasks;
mod votes;
mod withdrawing;

pub(crate) use enrolment::{withdraw_open, withdrawn_with};
pub(crate) use export::write_file;
pub(crate) use official::is_signed;
pub(crate) use projector::Showings;

use api::act::Act;
use api::error::ApiError;
use api::query::Query;
use domain::official::OfficialKind;
use serde::Serialize;
use serde_json::Value;

use crate::app::App;

fn value<T: Serialize>(reply: T) -> Result<Value, ApiError> {
    serde_json::to_value(reply).map_err(|error| ApiError::new("internal", error.to_string()))
}

impl App {
    pub(crate) async fn answer(&self, query: Query) -> Result<Value, ApiError> {
        match query {
            Query::Status(_) => value(self.status().await?),
            Query::Today(_) => value(self.today().await?),
            Query::MeetingList(_) => value(self.meeting_list().await?),
            Query::Room(q) => value(self.room(q.meeting).await?),
            Query::Vote(q) => value(self.vote(q.vote).await?),
            Query::PaperPages(q) => value(self.paper_pages(q.meeting, q.version).await?),
            Query::PageText(q) => value(self.page_text(q.meeting, q.version, q.page).await?),
            Query::Annotations(q) => value(self.annotations(q.meeting, q.paper).await?),
            Query::People(_) => value(self.people().await?),
            Query::Identity(_) => value(self.identity().await?),
            Query::SyncState(_) => value(self.sync_state().await?),
            Query::RuleProfiles(_) => value(self.all_rule_profiles().await?),
            Query::RuleBook(_) => value(self.rule_book().await?),
            Query::Minutes(q) => value(self.minutes(q.meeting).await?),
            Query::Official(q) => value(self.official(q.meeting, q.kind).await?),
            Query::Opinions(q) => value(self.opinions(q.meeting).await?),
            Query::Presence(q) => value(self.presence(q.meeting).await?),
            Query::Projector(q) => value(self.projector(q.meeting).await?),
            Query::RoomCode(q) => value(self.room_code(q.meeting).await?),
            Query::Search(q) => value(self.search(q).await?),
            Query::SearchTitles(q) => value(self.search_titles(q).await?),
            Query::SimilarQuestions(q) => value(self.similar_questions(q).await?),
            Query::FailedSearches(_) => value(self.failed_searches().await?),
            Query::Synonyms(_) => value(self.synonyms().await?),
            Query::Article(q) => value(self.article(q.article, q.as_of).await?),
            Query::Contents(q) => value(self.contents(q.by, q.under).await?),
            Query::FieldList(_) => value(self.field_list().await?),
            Query::Shelf(_) => value(self.shelf().await?),
            Query::Cases(q) => value(self.cases(q).await?),
            Query::Case(q) => value(self.case(q.case).await?),
            Query::Packages(_) => value(self.packages().await?),
            Query::Publishers(_) => value(self.publishers().await?),
            Query::ImportState(_) => value(self.import_state().await?),
            Query::Drafts(_) => value(self.drafts().await?),
            Query::Draft(q) => value(self.draft(q.draft).await?),
            Query::CheckPersonalData(q) => value(handbook::personal_data(&q.text)),
            Query::QuestionList(q) => value(self.question_list(q).await?),
            Query::Question(q) => value(self.question(q.question).await?),
            Query::Units(_) => value(self.units().await?),
            Query::Tasks(q) => value(self.tasks(q.filter).await?),
            Query::Task(q) => value(self.task(q.task).await?),
            Query::MeetingTasks(q) => value(self.meeting_tasks(q.meeting).await?),
            Query::UnfinishedTasks(q) => value(self.unfinished_tasks(q.of).await?),
            Query::Audit(q) => value(self.audit(q.meeting).await?),
            Query::Invitations(_) => value(self.invitations().await?),
            Query::MeetingTemplates(_) => value(patterns::templates()),
            Query::MeetingPattern(q) => value(self.meeting_pattern(q.of).await?),
            Query::Readiness(q) => value(self.readiness(q.meeting).await?),
            Query::QuestionStatistics(q) => value(self.question_statistics(q).await?),
        }
    }

    pub(crate) async fn perform(&self, act: Act) -> Result<Value, ApiError> {
        match act {
            Act::CreateOrganisation(a) => value(self.create_organisation(a).await?),
            Act::JoinOrganisation(a) => value(self.join_organisation(a).await?),
            Act::ConfirmWords(_) => value(self.confirm_words().await?),
            // The demonstration acts as a person would, so it comes back here.
            Act::TryDemo(a) => value(Box::pin(self.try_demo(a.passphrase)).await?),
            Act::Unlock(a) => value(self.unlock_and_report(a).await?),
            Act::ForgetKey(_) => value(self.forget_key().await?),
            Act::ChangePassphrase(a) => value(self.change_passphrase(a.old, a.new).await?),
            Act::RecoverOrganisation(a) => value(self.recover_organisation(a).await?),
            Act::MakeRecoveryCode(a) => value(self.make_recovery_code(a.passphrase).await?),
            Act::ForgetRecoveryCode(a) => value(self.forget_recovery_code(a.passphrase).await?),
            Act::RecoverPassphrase(a) => value(self.recover_passphrase(a.code, a.new).await?),
            Act::ApproveJoin(a) => value(self.approve_join(a).await?),
            Act::ApproveHub(a) => value(self.approve_hub(a.device).await?),
            Act::MakeInvitation(a) => value(self.make_invitation(a).await?),
            Act::RevokeInvitation(a) => value(self.revoke_invitation(a.invitation).await?),
            Act::PreviewRoster(a) => value(self.preview_roster(a.file).await?),
            Act::ApplyRoster(a) => value(self.apply_roster(a).await?),
            Act::SetDuty(a) => value(self.set_duty(a.person, a.duty, a.held).await?),
            Act::RevokeDevice(a) => value(self.revoke_device(a.device).await?),
            Act::RemoveParticipant(a) => value(self.remove_participant(a.meeting, a.person).await?),
            Act::RemovePerson(a) => value(self.remove_person(a.person).await?),
            Act::RefuseJoin(a) => value(self.refuse_join(a.device).await?),
            Act::CreateMeeting(a) => value(self.create_meeting(a).await?),
            Act::UpdateMeeting(a) => value(self.update_meeting(a).await?),
            Act::AddItem(a) => value(self.add_item(a).await?),
            Act::UpdateItem(a) => value(self.update_item(a).await?),
            Act::MoveItem(a) => value(self.move_item(a).await?),
            Act::RemoveItem(a) => value(self.remove_item(a.meeting, a.item).await?),
            Act::AddPaper(a) => value(self.add_paper(a).await?),
            Act::AddPaperVersion(a) => value(self.add_paper_version(a).await?),
            Act::AskOpinion(a) => value(self.ask_opinion(a).await?),
            Act::GiveOpinion(a) => value(self.give_opinion(a).await?),
            Act::ExportOpinions(a) => value(self.export_opinions(a).await?),
            Act::SettleConclusions(a) => value(self.settle_conclusions(a).await?),
            Act::WriteConclusions(a) => value(self.write_conclusions(a).await?),
            Act::WithdrawPaper(a) => value(self.withdraw_paper(a).await?),
            Act::Invite(a) => value(self.invite(a.meeting, a.person, a.role).await?),
            Act::CheckIn(a) => value(self.check_in(a.meeting).await?),
            Act::CheckInByCode(a) => value(self.check_in_by_code(a).await?),
            Act::Leave(a) => value(self.leave(a.meeting).await?),
            Act::MarkAttendance(a) => value(self.mark_attendance(a).await?),
            Act::SetSeating(a) => value(self.set_seating(a).await?),
            Act::SetSeat(a) => value(self.set_seat(a).await?),
            Act::SeatEverybody(a) => value(self.seat_everybody(a.meeting).await?),
            Act::AskToSpeak(a) => value(self.ask_to_speak(a).await?),
            Act::WithdrawSpeech(a) => value(self.withdraw_speech(a.meeting, a.request).await?),
            Act::PlaceSpeech(a) => value(self.place_speech(a).await?),
            Act::OrderSpeeches(a) => value(self.order_speeches(a).await?),
            Act::GiveWord(a) => value(self.give_word(a).await?),
            Act::EndWord(a) => value(self.end_word(a.meeting, a.word).await?),
            Act::MoveSitting(a) => value(self.move_sitting(a).await?),
            Act::NameDeputy(a) => value(self.name_deputy(a.meeting, a.person).await?),
            Act::TakeLead(a) => value(self.take_lead(a.meeting).await?),
            Act::ShowOnProjector(a) => value(self.show_on_projector(a).await?),
            Act::SetItemInternal(a) => value(self.set_item_internal(a).await?),
            Act::Annotate(a) => value(self.annotate(a).await?),
            Act::EraseAnnotation(a) => value(self.erase_annotation(a.meeting, a.annotation).await?),
            Act::ShareAnnotation(a) => value(self.share_annotation(a.meeting, a.annotation, a.audience).await?),
            Act::OpenVote(a) => value(self.open_vote(a).await?),
            Act::CastBallot(a) => value(self.cast_ballot(a.vote, a.choice).await?),
            Act::CastMarks(a) => value(self.cast_marks(a.vote, a.marks).await?),
            Act::ElectTellers(a) => value(self.elect_tellers(a).await?),
            Act::CastSecretBallot(a) => value(self.cast_secret_ballot(a).await?),
            Act::OpenTotals(a) => value(self.open_totals(a.vote).await?),
            Act::EnterPaperBallot(a) => value(self.enter_paper_ballot(a).await?),
            Act::WitnessPaperBallot(a) => value(self.witness_paper_ballot(a).await?),
            Act::SaveRuleProfile(a) => value(self.save_rule_profile(a.profile).await?),
            Act::RemoveRuleProfile(a) => value(self.remove_rule_profile(a.id).await?),
            Act::CloseVote(a) => value(self.close_vote(a.vote).await?),
            Act::ExportVote(a) => value(self.export_vote(a.vote, a.path).await?),
            Act::DraftMinutes(a) => value(self.draft_minutes(a.meeting).await?),
            Act::SignMinutes(a) => value(self.sign_minutes(a.meeting).await?),
            Act::ExportMinutes(a) => value(self.export_official(a.meeting, OfficialKind::Minutes, a.path).await?),
            Act::DraftOfficial(a) => value(self.draft_official(a.meeting, a.kind, a.text).await?),
            Act::SignOfficial(a) => value(self.sign_official(a.meeting, a.kind).await?),
            Act::ExportOfficial(a) => value(self.export_official(a.meeting, a.kind, a.path).await?),
            Act::ExportInvitation(a) => value(self.export_invitation(a).await?),
            Act::ExportPaper(a) => value(self.export_paper(a.meeting, a.version, a.path).await?),
            Act::ExportMeeting(a) => value(self.export_meeting(a).await?),
            Act::ExportDocument(a) => value(self.export_document(a.meeting, a.document, a.path).await?),
            Act::BackUp(a) => value(self.back_up(a.path).await?),
            Act::ExportAuthority(a) => value(self.export_authority(a.path).await?),
            Act::SignPdf(a) => value(self.sign_pdf(a).await?),
            Act::Dial(a) => value(self.dial(a.address).await?),
            Act::Reading(a) => value(self.reading(a).await?),
            Act::SearchEnded(a) => value(self.search_ended(a).await?),
            Act::ForgetFailedSearch(a) => value(self.forget_failed_search(a.text).await?),
            Act::SetSynonyms(a) => value(self.set_synonyms(a.rows, a.base).await?),
            Act::MarkRead(a) => value(self.mark_read(a.article).await?),
            Act::ToggleFavourite(a) => value(self.toggle_favourite(a.article).await?),
            Act::NoteUse(a) => value(self.note_use(a.article, a.title).await?),
            Act::RemoveUse(a) => value(self.remove_use(a.article, a.target).await?),
            Act::LinkCase(a) => value(self.link_case(a.article, a.case).await?),
            Act::StartCase(a) => value(self.start_case(a).await?),
            Act::TickCase(a) => value(self.tick_case(a.case, a.line, a.done).await?),
            Act::CloseCase(a) => value(self.close_case(a.case, a.closed).await?),
            Act::InstallPackage(a) => value(self.install_package(a.file).await?),
            Act::ExportPackage(a) => value(self.export_package(a.package, a.path, a.since).await?),
            Act::RemovePackage(a) => value(self.remove_package(a.package).await?),
            Act::PublishPackage(a) => value(self.publish_package(a.package).await?),
            Act::TrustPublisher(a) => value(self.trust_publisher(a.root, a.title, a.trusted).await?),
            Act::ImportHandbook(a) => value(self.import_handbook(a).await?),
            Act::CancelImport(_) => value(self.cancel_import().await?),
            Act::CreateDraft(a) => value(self.create_draft(a.article, a.content).await?),
            Act::EditDraft(a) => value(self.edit_draft(a.draft, a.base, a.content).await?),
            Act::DiscardDraft(a) => value(self.discard_draft(a.draft).await?),
            Act::ResolveConflict(a) => value(self.resolve_conflict(a.draft, a.place, a.side).await?),
            Act::SubmitForReview(a) => value(self.submit_for_review(a.draft).await?),
            Act::Review(a) => value(self.review(a.draft, a.approve, a.note).await?),
            Act::PublishDrafts(a) => value(self.publish_drafts(a.drafts).await?),
            Act::Ask(a) => value(self.ask(a).await?),
            Act::Answer(a) => value(self.answer_question(a).await?),
            Act::ApproveAnswer(a) => value(self.approve_answer(a).await?),
            Act::Accept(a) => value(self.accept_answer(a).await?),
            Act::Reopen(a) => value(self.reopen_question(a).await?),
            Act::Rate(a) => value(self.rate_answer(a).await?),
            Act::Receive(a) => value(self.receive_question(a).await?),
            Act::FlagAnswer(a) => value(self.flag_answer(a).await?),
            Act::ReviewAnswer(a) => value(self.review_answer(a).await?),
            Act::AskedToo(a) => value(self.asked_too(a).await?),
            Act::UnpublishAnswer(a) => value(self.unpublish_answer(a).await?),
            Act::Reassign(a) => value(self.reassign_question(a).await?),
            Act::ExplainOverdue(a) => value(self.explain_overdue(a).await?),
            Act::Comment(a) => value(self.comment_question(a).await?),
            Act::Follow(a) => value(self.follow_question(a).await?),
            Act::MarkQuestionRead(a) => value(self.mark_question_read(a.question).await?),
            Act::MarkAnswered(a) => value(self.mark_answered(a).await?),
            Act::Withdraw(a) => value(self.withdraw_question(a).await?),
            Act::PublishAnswer(a) => value(self.publish_answer(a).await?),
            Act::MakeArticle(a) => value(self.make_article(a.question).await?),
            Act::SetUnit(a) => value(self.set_unit(a).await?),
            Act::NewTask(a) => value(self.new_task(a).await?),
            Act::TellTask(a) => value(self.tell_task(a).await?),
            Act::MarkTaskRead(a) => value(self.mark_task_read(a.task).await?),
            Act::LinkTask(a) => value(self.link_task(a.article, a.task).await?),
            Act::ExportQuestionFile(a) => value(self.export_question_file(a).await?),
            Act::ExportStatistics(a) => value(self.export_statistics(a).await?),
        }
    }
}
