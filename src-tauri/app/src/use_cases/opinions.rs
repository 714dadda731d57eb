//! Written opinions: asking, answering, drawing the answers together.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::opinion::{AskOpinion, ExportOpinions, GiveOpinion, OpinionCount, OpinionPaper, OpinionRow, OpinionView};
use api::view::ExportView;
use domain::calendar::in_words;
use domain::id::{Hash32, PaperId, PersonId, SpaceId};
use domain::meeting::{Meeting, MeetingRole, Paper as MeetingPaper};
use domain::opinion::{FORMS, Given, Opinion, OpinionAnswer, OpinionForm, collect};
use domain::reminder::{Reminder, of_form};
use signing::Act;
use sync::DocRef;
use typeset::{Agency, Block, Paper, Signer};

use super::agenda::limit;
use super::meetings::count;
use super::minutes::locality;
use crate::app::{App, blocking};
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

/// A form that somebody sent who may.
struct Asked {
    name: Hash32,
    by: PersonId,
    form: OpinionForm,
}

impl App {
    pub(crate) async fn opinions(&self, meeting: SpaceId) -> Result<Vec<OpinionView>, ApiError> {
        self.engine()?.attempt(move |core| core.opinions(&meeting)).await
    }

    pub(crate) async fn ask_opinion(&self, act: AskOpinion) -> Result<Hash32, ApiError> {
        self.engine()?.attempt(move |core| core.ask_opinion(act)).await
    }

    pub(crate) async fn give_opinion(&self, act: GiveOpinion) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.give_opinion(act)).await
    }

    pub(crate) async fn export_opinions(&self, act: ExportOpinions) -> Result<ExportView, ApiError> {
        let ExportOpinions { meeting, form, path } = act;
        let report = self.engine()?.attempt(move |core| core.opinion_report(&meeting, &form)).await?;
        let pdf = blocking(move || typeset::paper(&report).at_boundary()).await?.pdf;
        self.write(path, pdf).await
    }
}

impl Core {
    /// The forms of a meeting, newest first, and all answers to any of them.
    fn asked_and_given(&mut self, space: &SpaceId) -> Result<(Vec<Asked>, Vec<Given>), ApiError> {
        let me = self.me()?;
        let access = self.replica.access(space).filter(|access| access.is_member(&me)).ok_or_else(|| not_found("meeting"))?;
        let managed = access.managed.clone();
        self.acts_of(space)?;
        let acts = self.acts.get(space).map_or(&[][..], Vec::as_slice);
        let (mut asked, mut given) = (Vec::new(), Vec::new());
        for act in acts {
            let Some(by) = self.replica.person_of(&act.device()) else { continue };
            match act.act() {
                Act::OpinionAsked(form) if form.space == *space && managed.contains(&by) => {
                    asked.push(Asked { name: act.hash(), by, form: form.clone() });
                }
                Act::OpinionGiven(answer) => given.push(Given { hash: act.hash(), by, answer: answer.clone() }),
                _ => {}
            }
        }
        asked.sort_by_key(|asked: &Asked| (std::cmp::Reverse(asked.form.at), asked.name));
        asked.truncate(FORMS);
        Ok((asked, given))
    }

    /// Forms that wait for this person's answer.
    pub(super) fn due_opinions(&mut self, space: &SpaceId) -> Result<Vec<Reminder>, ApiError> {
        let (me, now) = (self.me()?, self.now().wall);
        let (asked, given) = self.asked_and_given(space)?;
        Ok(asked.iter().filter_map(|asked| of_form(asked.name, &asked.form, &given, me, now)).collect())
    }

    fn opinions(&mut self, space: &SpaceId) -> Result<Vec<OpinionView>, ApiError> {
        let (asked, given) = self.asked_and_given(space)?;
        let meeting = self.meeting(space)?;
        asked.iter().map(|asked| self.opinion_view(&meeting, asked, &given)).collect()
    }

    fn opinion_view(&self, meeting: &Meeting, asked: &Asked, given: &[Given]) -> Result<OpinionView, ApiError> {
        let me = self.me()?;
        let form = &asked.form;
        let collected = collect(asked.name, form, given);
        let mut rows: Vec<OpinionRow> = form
            .asked
            .iter()
            .map(|person| {
                let held = collected.answers.get(person);
                OpinionRow {
                    person: *person,
                    name: self.person_name(person),
                    title: self.person_row(person).map(|card| card.title).unwrap_or_default(),
                    me: *person == me,
                    opinion: held.map(|held| held.opinion),
                    remark: held.map(|held| held.remark.clone()).unwrap_or_default(),
                    at: held.map(|held| held.at),
                    late: held.is_some_and(|held| held.late),
                }
            })
            .collect();
        rows.sort_by(|a, b| (&a.name, a.person).cmp(&(&b.name, b.person)));
        Ok(OpinionView {
            form: asked.name,
            question: form.question.clone(),
            papers: form.papers.iter().map(|version| named(meeting, version)).collect(),
            asked_by: self.person_name(&asked.by),
            asked_at: form.at,
            deadline: form.deadline,
            over: self.now().wall > form.deadline,
            asks_me: form.asked.contains(&me),
            in_time: counts(&collected.in_time),
            late: counts(&collected.late),
            silent: count(collected.silent.len()),
            rows,
        })
    }

    fn ask_opinion(&mut self, act: AskOpinion) -> Result<Hash32, ApiError> {
        let AskOpinion { meeting: space, question, papers, deadline } = act;
        self.require_manager(&space)?;
        let at = self.now().wall;
        if deadline <= at {
            return Err(ApiError::new("opinion_deadline_over", "the deadline is over already"));
        }
        let meeting = self.meeting(&space)?;
        if papers.iter().any(|paper| meeting.inner_papers.contains(paper)) {
            return Err(ApiError::new("internal_to_guests", "a form goes to everybody invited, guests too"));
        }
        let newest = |id: PaperId| {
            let paper = meeting.kept_papers().find(|paper| paper.id == id).ok_or_else(|| not_found("paper"))?;
            paper.versions.last().map(|version| version.blob.plain).ok_or_else(|| not_found("paper"))
        };
        let papers = papers.into_iter().map(newest).collect::<Result<Vec<Hash32>, ApiError>>()?;
        let members = self.members(&space)?;
        let asked = members.iter().filter(|member| member.role.votes()).map(|member| member.person).collect();
        let form = OpinionForm { space, question: question.trim().to_owned(), papers, asked, deadline, at };
        form.validate().map_err(|error| limit(&error))?;
        self.act_in(DocRef::meeting(space), Act::OpinionAsked(form))
    }

    fn give_opinion(&mut self, act: GiveOpinion) -> Result<(), ApiError> {
        let GiveOpinion { meeting: space, form: name, opinion, remark } = act;
        let me = self.me()?;
        let (asked, given) = self.asked_and_given(&space)?;
        let asked = asked.into_iter().find(|asked| asked.name == name).ok_or_else(|| not_found("form"))?;
        if !asked.form.asked.contains(&me) {
            return Err(ApiError::new("not_allowed", "this person is not asked"));
        }
        let remark = remark.trim().to_owned();
        let held = collect(name, &asked.form, &given).answers.remove(&me);
        if held.as_ref().is_some_and(|held| held.opinion == opinion && held.remark == remark) {
            return Ok(());
        }
        let at = self.now().wall;
        if at > asked.form.deadline && held.as_ref().is_some_and(|held| !held.late) {
            return Err(ApiError::new("opinion_given_in_time", "what was answered in time stays after the deadline"));
        }
        let replaces = held.map(|held| held.hash);
        let answer = OpinionAnswer { space, form: name, opinion, remark, at, replaces };
        answer.validate().map_err(|error| limit(&error))?;
        self.act_in(DocRef::seat(space, &me), Act::OpinionGiven(answer)).map(|_| ())
    }

    /// The report on a form, to be looked at and signed as any paper.
    fn opinion_report(&mut self, space: &SpaceId, form: &Hash32) -> Result<Paper, ApiError> {
        let me = self.require_manager(space)?;
        let view = self.opinions(space)?.into_iter().find(|view| view.form == *form).ok_or_else(|| not_found("form"))?;
        let body = self.meeting(space)?.info.body;
        let members = self.members(space)?;
        let chair = members.iter().find(|member| member.role == MeetingRole::Chair);
        let addressee = chair.map(|chair| if chair.title.is_empty() { chair.name.clone() } else { chair.title.clone() });
        let office = self.person_row(&me).map(|card| card.title).filter(|title| !title.is_empty());
        Ok(Paper {
            agency: Agency { parent: None, name: body.clone() },
            number: None,
            symbol: symbol(&body).to_owned(),
            place: locality(&body),
            date: self.now().wall,
            secrecy: String::new(),
            kind: "Báo cáo".to_owned(),
            summary: format!("Tổng hợp ý kiến thành viên về: {}", one_line(&view.question)),
            addressee: addressee.unwrap_or_default(),
            authority: String::new(),
            grounds: Vec::new(),
            enacting: String::new(),
            body: blocks(&view),
            signer: Signer { lines: vec![office.unwrap_or_else(|| "Thư ký".to_owned())], name: self.person_name(&me) },
            recipients: vec!["Như trên".to_owned(), "Lưu: VT".to_owned()],
        })
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn counts(of: &BTreeMap<Opinion, u32>) -> OpinionCount {
    let number = |opinion: Opinion| of.get(&opinion).copied().unwrap_or_default();
    OpinionCount {
        agree: number(Opinion::Agree),
        with_remarks: number(Opinion::AgreeWithRemarks),
        disagree: number(Opinion::Disagree),
    }
}

fn named(meeting: &Meeting, version: &Hash32) -> OpinionPaper {
    let holds = |paper: &&MeetingPaper| paper.versions.iter().any(|known| known.blob.plain == *version);
    let paper = meeting.papers.iter().find(holds);
    OpinionPaper {
        paper: paper.map(|paper| paper.id),
        title: paper.map(|paper| paper.title.clone()).unwrap_or_default(),
        version: *version,
    }
}

fn blocks(view: &OpinionView) -> Vec<Block> {
    let text = |text: String| Block::Text { text };
    let row = |label: &str, in_time: u32, late: u32| vec![label.to_owned(), in_time.to_string(), late.to_string()];
    let papers: Vec<&str> = view.papers.iter().map(|paper| paper.title.as_str()).filter(|title| !title.is_empty()).collect();
    let mut blocks = vec![text(format!(
        "{} gửi phiếu lấy ý kiến lúc {} tới {} thành viên, đề nghị trả lời trước {}. Kết quả tổng hợp như sau:",
        view.asked_by,
        in_words(view.asked_at),
        view.rows.len(),
        in_words(view.deadline)
    ))];
    if !papers.is_empty() {
        blocks.push(text(format!("Tài liệu kèm theo phiếu: {}.", papers.join("; "))));
    }
    blocks.push(Block::Table {
        caption: "Tổng hợp".to_owned(),
        head: ["Ý kiến", "Đúng hạn", "Sau hạn"].map(str::to_owned).to_vec(),
        widths: vec![6, 2, 2],
        rows: vec![
            row(said(Opinion::Agree), view.in_time.agree, view.late.agree),
            row(said(Opinion::AgreeWithRemarks), view.in_time.with_remarks, view.late.with_remarks),
            row(said(Opinion::Disagree), view.in_time.disagree, view.late.disagree),
        ],
    });
    blocks.push(text(format!("Chưa trả lời: {} trên {} thành viên được lấy ý kiến.", view.silent, view.rows.len())));
    blocks.push(Block::Table {
        caption: "Ý kiến của từng thành viên".to_owned(),
        head: ["TT", "Họ và tên", "Ý kiến", "Nội dung ý kiến khác", "Thời điểm"].map(str::to_owned).to_vec(),
        widths: vec![1, 3, 3, 5, 3],
        rows: view.rows.iter().enumerate().map(|(at, row)| member_row(at + 1, row)).collect(),
    });
    let note = "Mỗi ý kiến có chữ ký của máy đã gửi; thời điểm theo đồng hồ của máy đó. Ý kiến sau hạn được ghi riêng, không cộng vào số đúng hạn./.";
    blocks.push(text(note.to_owned()));
    blocks
}

fn member_row(number: usize, row: &OpinionRow) -> Vec<String> {
    let name = if row.title.is_empty() { row.name.clone() } else { format!("{}, {}", row.name, row.title) };
    let opinion = row.opinion.map_or("Chưa trả lời", said);
    let at = match (row.at, row.late) {
        (Some(at), true) => format!("{} (sau hạn)", in_words(at)),
        (Some(at), false) => in_words(at),
        (None, _) => String::new(),
    };
    vec![number.to_string(), name, opinion.to_owned(), row.remark.clone(), at]
}

fn said(opinion: Opinion) -> &'static str {
    match opinion {
        Opinion::Agree => "Đồng ý",
        Opinion::AgreeWithRemarks => "Đồng ý và có ý kiến khác",
        Opinion::Disagree => "Không đồng ý",
    }
}

/// The mark of a report of a body (Decree 30/2020/NĐ-CP, Annex III).
fn symbol(body: &str) -> &'static str {
    let lower = body.trim().to_lowercase();
    if lower.starts_with("hội đồng nhân dân") || lower.starts_with("hđnd") { "BC-HĐND" } else { "BC-UBND" }
}
