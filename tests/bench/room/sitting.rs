//! Seating the room: an organisation, a sitting with papers, devices that enrol one after the other as people do, and a mesh
//! such as discovery makes.

use std::path::PathBuf;

use api::act::{Annotate, Audience, CheckIn, CreateMeeting, Invite, ItemDraft, OpenVote};
use api::query::{Annotations, Room, Vote};
use domain::annotation::{Mark, Point};
use domain::id::{Hash32, PaperId, SpaceId, Timestamp, VoteId};
use domain::meeting::MeetingRole;
use futures::future::try_join_all;
use net::Traffic;
use tests::bench::Outcome;
use tests::bench::device::Device;
use tests::bench::papers::{PAPER_BYTES, Random};
use tests::bench::seating::{add_papers, enrol, found, neighbours, wall};
use tests::bench::spread::resident_bytes;

/// Points of a stroke: a short word written by hand.
const STROKE_POINTS: usize = 24;
/// The rules of the votes.
const RULES: &str = "ubnd-majority";

/// What is to be measured.
pub struct Plan {
    /// Profiles are made below it.
    pub folder: PathBuf,
    /// Devices in the room.
    pub devices: usize,
    /// Neighbours that each calls.
    pub calls: usize,
    /// Shared marks.
    pub changes: usize,
    /// Megabytes of papers.
    pub papers_mb: usize,
    /// Ballots cast one at a time.
    pub casts: usize,
}

/// A device that is away, and since when (wall clock, as envelopes say it).
pub struct Away {
    /// The device.
    pub device: Device,
    /// What was made later, it lacks.
    pub since: Timestamp,
}

/// The room.
pub struct Sitting {
    /// What is measured.
    pub plan: Plan,
    /// Counts what all of them write.
    pub traffic: Traffic,
    /// The devices; the first is the chair's.
    pub devices: Vec<Device>,
    /// Those of `devices` but the first, until they came in: since when they had been away.
    pub away: Vec<Timestamp>,
    /// One who is invited and has nothing of the sitting.
    pub newcomer: Away,
    /// The sitting.
    pub meeting: SpaceId,
    /// Its papers.
    pub papers: Vec<(PaperId, Hash32)>,
    /// Resident bytes when only the chair's device was there.
    pub alone: u64,
}

impl Sitting {
    /// Founds, prepares, enrols, invites. At the end only the chair's device is on.
    pub async fn prepare(plan: Plan) -> Outcome<Self> {
        let traffic = Traffic::default();
        let (chair, me) = found(&plan.folder.join("chair"), &traffic).await?;
        let meeting = create(&chair).await?;
        let bytes = plan.papers_mb * 1_000_000;
        let count = bytes.div_ceil(PAPER_BYTES).max(1);
        let papers = add_papers(&chair, meeting, count, bytes / count).await?;
        let alone = resident_bytes();
        let mut people = Vec::with_capacity(plan.devices);
        let mut others = Vec::with_capacity(plan.devices);
        for number in 1..=plan.devices {
            let member = Device::new(format!("Đại biểu {number}"), &plan.folder.join(number.to_string()), &traffic);
            people.push(enrol(&chair, &member).await?);
            others.push(Away { device: member, since: wall() });
        }
        chair.act(Invite { meeting, person: me, role: MeetingRole::Chair }).await?;
        for person in people {
            chair.act(Invite { meeting, person, role: MeetingRole::Delegate }).await?;
        }
        let newcomer = others.pop().ok_or("a room of nobody")?;
        let away = others.iter().map(|other| other.since).collect();
        let devices = std::iter::once(chair).chain(others.into_iter().map(|other| other.device)).collect();
        Ok(Self { plan, traffic, devices, away, newcomer, meeting, papers, alone })
    }

    /// All come in, call one another and have the sitting with its papers.
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
        let members = self.devices.len() + 1;
        let complete = self.devices.iter().map(|device| {
            device.shows("the sitting with its papers", Room { meeting: self.meeting }, move |room| {
                let papers = usize::try_from(room.row.papers).ok()?;
                (room.members.len() == members && papers == self.papers.len() && room.row.papers_missing == 0).then_some(())
            })
        });
        try_join_all(complete).await.map(drop)
    }

    /// Everybody checks in, and the chair sees it.
    pub async fn check_in(&self) -> Outcome<()> {
        try_join_all(self.devices.iter().map(|device| device.act(CheckIn { meeting: self.meeting }))).await?;
        let all = u32::try_from(self.devices.len())?;
        let present = |room: api::view::RoomView| (room.quorum.present == all).then_some(());
        let chair = self.devices.first().ok_or("nobody")?;
        chair.shows("that all are present", Room { meeting: self.meeting }, present).await.map(drop)
    }

    /// Everybody writes on the papers at the same time, each mark shared and saved before the next; until all show all.
    pub async fn write_marks(&self) -> Outcome<()> {
        let writers = self.devices.iter().enumerate().map(|(own, device)| async move {
            for number in (own..self.plan.changes).step_by(self.devices.len()) {
                let (paper, version) = *self.papers.get(number % self.papers.len()).ok_or("no paper")?;
                let mark = stroke(u64::try_from(number)?);
                let act = Annotate {
                    meeting: self.meeting,
                    paper,
                    version,
                    page: 0,
                    colour: 0x00c0_3030,
                    mark,
                    audience: Audience::Shared,
                };
                device.act(act).await?;
            }
            Outcome::Ok(())
        });
        try_join_all(writers).await?;
        for device in &self.devices {
            self.has_marks(device).await?;
        }
        Ok(())
    }

    /// Waits until a device shows every mark.
    pub async fn has_marks(&self, device: &Device) -> Outcome<()> {
        for (index, (paper, _)) in self.papers.iter().enumerate() {
            let expected = (0..self.plan.changes).filter(|number| number % self.papers.len() == index).count();
            let all = |marks: Vec<api::view::AnnotationView>| (marks.len() == expected).then_some(());
            device.shows("all marks", Annotations { meeting: self.meeting, paper: *paper }, all).await?;
        }
        Ok(())
    }

    /// The chair opens a vote, and all may cast.
    pub async fn open_vote(&self, question: &str) -> Outcome<VoteId> {
        let chair = self.devices.first().ok_or("nobody")?;
        let opening = OpenVote {
            meeting: self.meeting,
            item: None,
            question: question.into(),
            profile: RULES.into(),
            secret: None,
            form: None,
        };
        let vote = chair.act(opening).await?;
        let may = |view: api::view::VoteView| view.may_cast.then_some(());
        try_join_all(self.devices.iter().map(|device| device.shows("the vote", Vote { vote }, may))).await?;
        Ok(vote)
    }
}

async fn create(chair: &Device) -> Outcome<SpaceId> {
    let item = |title: &str| ItemDraft {
        title: title.into(),
        presenter: String::new(),
        starts_at: None,
        minutes: Some(30),
        papers_due: None,
    };
    let create = CreateMeeting {
        title: "Kỳ họp chuyên đề".into(),
        body: String::new(),
        place: "Hội trường".into(),
        starts_at: wall().plus_ms(3_600_000),
        items: ["Báo cáo kinh tế – xã hội", "Dự toán ngân sách", "Công tác nhân sự"]
            .into_iter()
            .map(|title| item(title).into())
            .collect(),
        invited: Vec::new(),
    };
    chair.act(create).await
}

fn stroke(seed: u64) -> Mark {
    let mut random = Random(seed);
    let mut coordinate = |span: usize| i32::try_from(random.below(span)).unwrap_or(0);
    let (left, top) = (coordinate(50_000), coordinate(80_000));
    let points = (0..STROKE_POINTS).map(|_| Point { x: left + coordinate(3_000), y: top + coordinate(1_500) }).collect();
    Mark::Ink { points, width: 120 }
}
