//! Starting a profile that holds five years of work: the application itself, as somebody starts it in the morning.
//!
//! The data is written by the replica, signed and committed like everything, a few hundred envelopes a commit; then the application opens it
//! once and makes its lists, as it would have day by day. What is measured afterwards is a fresh process.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use api::act::{CreateOrganisation, Does};
use api::query::{Reads, Today};
use api::question::{QuestionFilter, QuestionList};
use app::{App, Options};
use domain::id::{ItemId, PersonId, SpaceId, Timestamp, UnitId};
use domain::meeting::{AgendaItem, MeetingInfo};
use domain::question::{Entry, Event, Question, Said, Urgency};
use hub::identity::{fresh_rng, wall};
use rand_core::Rng as _;
use serde_json::{Value, json};
use signing::Act;
use signing::keys::DeviceKeys;
use signing::profile_key::ProfileKeyFile;
use store::Store;
use sync::control::SpaceKind;
use sync::document::{meeting, question};
use sync::port::{Cx, Effects, Now, Shelf as _};
use sync::{DocRef, LocalError, Replica};

use crate::Outcome;
use crate::device::until;
use crate::figures::{Samples, round};
use crate::machine::{folder_bytes, peak_bytes, resident_bytes};

/// Protects a profile that holds nothing but a measurement.
const PASSPHRASE: &str = "do-toc-do-nam-nam";
/// As the application keeps them.
const META_DEVICE: &str = "secret/device";
const META_INCARNATION: &str = "incarnation";
const FIVE_YEARS_MS: i64 = 5 * 365 * 24 * 3_600_000;
const ITEMS: u32 = 5;
/// Edits of the replica that are one commit while data is prepared.
const EDITS_A_COMMIT: usize = 200;
const TEXT: &str = "Đề nghị hướng dẫn thành phần hồ sơ, thời hạn giải quyết và cách luân chuyển giữa các phòng đối với trường hợp này; \
    hồ sơ đã tiếp nhận tại bộ phận một cửa nhưng còn thiếu giấy tờ chứng minh nơi ở, người nộp đề nghị được bổ sung sau. ";

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// Sittings, each with an agenda of five items, conclusions and a check-in.
    pub meetings: usize,
    /// Threads between offices: what stands for a dossier as long as there are none.
    pub threads: usize,
    /// How often it is started.
    pub runs: usize,
}

/// What is asked for, and details.
pub async fn measure(folder: &Path, amount: Amount) -> Outcome<(Value, Value)> {
    let folder = tempfile::tempdir_in(folder)?;
    let profile = folder.path().join("profile");
    found(&profile).await?;
    let begun = Instant::now();
    fill(&profile, amount)?;
    eprintln!("           five years are written ({:.0} s)", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let app = application(&profile);
    app.unlock(PASSPHRASE).await?;
    let all = u32::try_from(amount.threads)?;
    until("the lists", async || {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let list = read(&app, QuestionList { filter: QuestionFilter::default() }).await?;
        Ok((list.total >= all).then_some(()))
    })
    .await?;
    app.close().await;
    eprintln!("           the lists are made ({:.0} s)", begun.elapsed().as_secs_f64());
    let (mut total, mut unlock, mut rss, mut peak) =
        (Samples::default(), Samples::default(), Samples::default(), Samples::default());
    for _ in 0..amount.runs {
        let output = Command::new(std::env::current_exe()?).arg("start").arg(&profile).output()?;
        let told: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
        let number = |name: &str| told[name].as_f64().ok_or("no figure");
        total.add(number("ms")?);
        unlock.add(number("unlock_ms")?);
        rss.add(number("rss_mb")?);
        peak.add(number("peak_mb")?);
    }
    let summary = json!({ "ms": total.median().map(round), "rss_mb": rss.median().map(round) });
    let details = json!({
        "ms": total.told(), "unlocked_ms": unlock.told(), "rss_mb": rss.told(), "peak_rss_mb": peak.told(),
        "meetings": amount.meetings, "threads": amount.threads, "profile_mb": round(folder_bytes(&profile)? as f64 / 1e6),
    });
    Ok((summary, details))
}

/// The fresh process: opens the profile and asks for the first screen.
pub fn start(profile: &Path) -> Outcome<()> {
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let told = runtime.block_on(async {
        let app = application(profile);
        app.unlock(PASSPHRASE).await?;
        let unlocked = begun.elapsed();
        read(&app, Today {}).await?;
        let shown = begun.elapsed();
        let own = std::process::id();
        let told = json!({
            "ms": shown.as_secs_f64() * 1e3, "unlock_ms": unlocked.as_secs_f64() * 1e3,
            "rss_mb": resident_bytes(own)? as f64 / 1e6, "peak_mb": peak_bytes(own)? as f64 / 1e6,
        });
        app.close().await;
        Outcome::Ok(told)
    })?;
    println!("{told}");
    Ok(())
}

fn application(profile: &Path) -> App {
    let net = Some(net::Config::loopback());
    App::new(Options { folder: profile.to_owned(), net, dial: Vec::new(), paths: false })
}

async fn read<Q: Reads>(app: &App, query: Q) -> Outcome<Q::Reply> {
    Ok(serde_json::from_value(app.query(query.any()).await?)?)
}

async fn found(profile: &Path) -> Outcome<()> {
    let app = application(profile);
    let founding = CreateOrganisation {
        organisation: "Thành phố Minh Hải".into(),
        unit: "Văn phòng".into(),
        name: "Trần Thị Bích Nguyệt".into(),
        title: "Chánh Văn phòng".into(),
        passphrase: PASSPHRASE.into(),
    };
    app.act(founding.any()).await?;
    app.close().await;
    Ok(())
}

/// Writes as this device.
struct Writer {
    store: Store,
    replica: Replica,
    rng: rand_chacha::ChaCha20Rng,
    waiting: Effects,
    edits: usize,
}

impl Writer {
    fn open(profile: &Path) -> Outcome<Self> {
        let file = ProfileKeyFile::from_bytes(std::fs::read(profile.join(store::profile::KEY_FILE))?);
        let key = file.unlock(PASSPHRASE.as_bytes())?;
        let store = Store::open(profile, &key.derive("database"))?;
        let device = store.meta(META_DEVICE)?.ok_or("no device")?;
        let incarnation = store.meta(META_INCARNATION)?.and_then(|bytes| domain::id::Incarnation::from_slice(&bytes));
        let replica = Replica::open(DeviceKeys::from_secret_bytes(&device)?, incarnation.ok_or("no log")?, &store)?;
        Ok(Self { store, replica, rng: fresh_rng()?, waiting: Effects::default(), edits: 0 })
    }

    fn edit<R>(
        &mut self,
        at: Timestamp,
        act: impl FnOnce(&mut Replica, &mut Cx<'_>) -> Result<(R, Effects), LocalError>,
    ) -> Outcome<R> {
        let mut cx = Cx { now: Now { wall: at, mono_ms: 0 }, rng: &mut self.rng, shelf: &self.store };
        let (result, fx) = act(&mut self.replica, &mut cx)?;
        self.waiting.append(fx);
        self.edits += 1;
        if self.edits.is_multiple_of(EDITS_A_COMMIT) {
            self.commit()?;
        }
        Ok(result)
    }

    fn commit(&mut self) -> Outcome<()> {
        Ok(self.store.commit(&std::mem::take(&mut self.waiting).writes, &[])?)
    }

    fn random_id(&mut self) -> [u8; 16] {
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        id
    }

    fn meeting(&mut self, number: usize, at: Timestamp, me: PersonId) -> Outcome<()> {
        let space = self.edit(at, |replica, cx| replica.create_space(cx, SpaceKind::Meeting))?;
        let info = MeetingInfo {
            title: format!("Phiên họp thứ {number} của Ủy ban nhân dân thành phố"),
            body: "Ủy ban nhân dân thành phố Minh Hải".into(),
            place: "Phòng họp số 1".into(),
            starts_at: at,
            conclusions: Vec::new(),
        };
        let mut items = Vec::new();
        let mut order: Option<String> = None;
        for item in 1..=ITEMS {
            let next = domain::order::between(order.as_deref(), None);
            items.push(AgendaItem {
                id: ItemId(self.random_id()),
                parent: None,
                order: next.clone(),
                title: format!("Nội dung {item}: báo cáo tình hình kinh tế – xã hội và dự toán ngân sách"),
                presenter: "Sở Tài chính".into(),
                starts_at: None,
                minutes: Some(30),
                papers_due: None,
            });
            order = Some(next);
        }
        self.edit(at, |replica, cx| {
            let write = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                meeting::create(tx, &info).map_err(|error| error.to_string())?;
                items.iter().try_for_each(|item| meeting::put_item(tx, item)).map_err(|error| error.to_string())
            };
            let ((), _, fx) = replica.transact(cx, DocRef::meeting(space), &[], write)?;
            Ok(((), fx))
        })?;
        self.edit(at, |replica, cx| {
            let conclusions = [TEXT.to_owned(), TEXT.to_owned()];
            let write = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                meeting::set_conclusions(tx, &conclusions).map_err(|error| error.to_string())
            };
            let ((), _, fx) = replica.transact(cx, DocRef::meeting(space), &[], write)?;
            Ok(((), fx))
        })?;
        self.edit(at, |replica, cx| {
            let act = Act::CheckedIn { space, at };
            let ((), _, fx) = replica.transact(cx, DocRef::seat(space, &me), &[act], |_, _| Ok(()))?;
            Ok(((), fx))
        })
    }

    fn thread(&mut self, number: usize, at: Timestamp, place: &(SpaceId, PersonId, UnitId)) -> Outcome<()> {
        let (space, me, unit) = *place;
        let nonce = self.random_id();
        let asked = Question {
            nonce,
            to: unit,
            field: "Đất đai".into(),
            procedure: None,
            title: format!("Hồ sơ số {number}: bổ sung giấy tờ khi chuyển mục đích sử dụng đất"),
            text: TEXT.repeat(2),
            urgency: Urgency::Normal,
            attachments: Vec::new(),
        };
        let (id, said) = Said::first(me, Entry { unit, at, after: Vec::new(), event: Event::Asked(asked) });
        self.edit(at, |replica, cx| {
            let write = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                question::append(tx, &id, &said).map_err(|error| error.to_string())
            };
            let ((), _, fx) = replica.transact(cx, DocRef::contribution(space, &me, id.as_bytes()), &[], write)?;
            Ok(((), fx))
        })
    }
}

fn fill(profile: &Path, amount: Amount) -> Outcome<()> {
    let mut writer = Writer::open(profile)?;
    let me = writer.replica.me().cloned().ok_or("nobody")?;
    let space = writer.replica.spaces_of(SpaceKind::Organisation).first().copied().ok_or("no space of the organisation")?;
    let begun = wall().0 - FIVE_YEARS_MS;
    let at = |number: usize, of: usize| -> Outcome<Timestamp> {
        Ok(Timestamp(begun + FIVE_YEARS_MS / i64::try_from(of)? * i64::try_from(number)?))
    };
    for number in 0..amount.meetings {
        writer.meeting(number + 1, at(number, amount.meetings)?, me.person)?;
    }
    for number in 0..amount.threads {
        writer.thread(number + 1, at(number, amount.threads)?, &(space, me.person, me.unit))?;
    }
    writer.commit()?;
    Ok(writer.store.close()?)
}
