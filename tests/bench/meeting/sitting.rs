//! Seating a council: an organisation, a sitting with its agenda and papers, a device for every seat.

use std::path::PathBuf;

use api::act::{CheckIn, CreateMeeting, Invite, ItemDraft, OpenVote};
use api::query::{Room, Vote};
use domain::id::{Hash32, PaperId, SpaceId, VoteId};
use domain::meeting::MeetingRole;
use futures::future::try_join_all;
use net::Traffic;
use tests::bench::Outcome;
use tests::bench::device::Device;
use tests::bench::papers::Random;
use tests::bench::seating::{add_papers, enrol, found, neighbours, wall};

/// Bytes of a paper: a few pages of text.
const PAPER_BYTES: usize = 200_000;
/// The rules of the votes.
const RULES: &str = "ubnd-majority";

/// What is to be measured.
pub struct Plan {
    /// Profiles are made below it.
    pub folder: PathBuf,
    /// Seats.
    pub seats: usize,
    /// Items of the agenda.
    pub items: usize,
    /// Papers.
    pub papers: usize,
    /// Votes.
    pub votes: usize,
    /// Neighbours that each device calls.
    pub calls: usize,
}

/// The council in its hall.
pub struct Council {
    /// What is measured.
    pub plan: Plan,
    /// The devices; the first is the chair's.
    pub devices: Vec<Device>,
    /// The sitting.
    pub meeting: SpaceId,
    /// Its papers.
    pub papers: Vec<(PaperId, Hash32)>,
}

impl Council {
    /// Founds, prepares, enrols, invites. At the end only the chair's device is on.
    pub async fn prepare(plan: Plan) -> Outcome<Self> {
        let traffic = Traffic::default();
        let (chair, me) = found(&plan.folder.join("chair"), &traffic).await?;
        let item = |number| ItemDraft {
            title: format!("Nội dung {number} của kỳ họp"),
            presenter: "Thường trực".into(),
            starts_at: None,
            minutes: Some(15),
            papers_due: None,
        };
        let create = CreateMeeting {
            title: "Kỳ họp thường lệ cuối năm".into(),
            body: String::new(),
            place: "Hội trường".into(),
            starts_at: wall().plus_ms(3_600_000),
            items: (1..=plan.items).map(|number| item(number).into()).collect(),
            invited: Vec::new(),
        };
        let meeting = chair.act(create).await?;
        let papers = add_papers(&chair, meeting, plan.papers, PAPER_BYTES).await?;
        let mut others = Vec::with_capacity(plan.seats);
        let mut people = Vec::with_capacity(plan.seats);
        for number in 1..plan.seats {
            let member = Device::new(format!("Đại biểu {number}"), &plan.folder.join(number.to_string()), &traffic);
            people.push(enrol(&chair, &member).await?);
            others.push(member);
        }
        chair.act(Invite { meeting, person: me, role: MeetingRole::Chair }).await?;
        for person in people {
            chair.act(Invite { meeting, person, role: MeetingRole::Delegate }).await?;
        }
        let devices = std::iter::once(chair).chain(others).collect();
        Ok(Self { plan, devices, meeting, papers })
    }

    /// All come in, have the sitting with its papers, and check in.
    pub async fn gather(&self) -> Outcome<()> {
        for device in self.devices.iter().skip(1) {
            device.switch_on().await?;
        }
        let mut addresses = Vec::with_capacity(self.devices.len());
        for device in &self.devices {
            addresses.push(device.address().await?);
        }
        let mut random = Random(1);
        for (own, device) in self.devices.iter().enumerate() {
            for other in neighbours(&mut random, self.devices.len(), own, self.plan.calls) {
                device.call(addresses.get(other).ok_or("no such device")?).await?;
            }
        }
        let complete = self.devices.iter().map(|device| {
            device.shows("the sitting with its papers", Room { meeting: self.meeting }, |room| {
                let papers = usize::try_from(room.row.papers).ok()?;
                let all = room.members.len() == self.devices.len() && papers == self.papers.len();
                (all && room.row.papers_missing == 0).then_some(())
            })
        });
        try_join_all(complete).await?;
        try_join_all(self.devices.iter().map(|device| device.act(CheckIn { meeting: self.meeting }))).await?;
        let all = u32::try_from(self.devices.len())?;
        self.chair()?
            .shows("that all are present", Room { meeting: self.meeting }, |room| (room.quorum.present == all).then_some(()))
            .await
            .map(drop)
    }

    /// The chair's device.
    pub fn chair(&self) -> Outcome<&Device> {
        self.devices.first().ok_or_else(|| "nobody".into())
    }

    /// The chair opens a vote, and all may cast.
    pub async fn open_vote(&self, number: usize) -> Outcome<VoteId> {
        let opening = OpenVote {
            meeting: self.meeting,
            item: None,
            question: format!("Thông qua nội dung {number}"),
            profile: RULES.into(),
            secret: None,
            form: None,
        };
        let vote = self.chair()?.act(opening).await?;
        let may = |view: api::view::VoteView| view.may_cast.then_some(());
        try_join_all(self.devices.iter().map(|device| device.shows("the vote", Vote { vote }, may))).await?;
        Ok(vote)
    }
}
