//! A paper on two devices: turned, enlarged, its words selected, marked for oneself and for all. Every mark is kept at once, only what is
//! shared leaves the device, the file stays byte for byte as it came. The sync line tells calmly what the other device does meanwhile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use api::act::{Does, ExportPaper, UpdateMeeting};
use api::query::{Reads, Room};
use api::view::RoomView;
use app::owner::{Client, Request};
use domain::id::{Hash32, SpaceId};
use serde_json::{Value, json};
use ui::route::Route;
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::{Server, Stage};

/// A paper of two pages.
const PAPER: &str = "du-thao-quyet-dinh-ho-tro-ngap.pdf";
/// Words of its first page, on one line.
const MARKED: &str = "a) 3.000.000 đồng/hộ đối với hộ nghèo";
/// A note for nobody else.
const OWN: &str = "Hỏi lại phòng Kinh tế về số hộ.";
/// A note for the meeting.
const SHARED: &str = "Đề nghị bổ sung danh sách hộ kèm theo.";
/// The percentage that is shown.
const PERCENT: &str = "Number.parseInt(document.querySelector('[data-testid=zoom-fit]')?.textContent)";
/// The marks and pins on the pages: of one's own, shared.
const DRAWN: &str = "['mark', 'pin'].flatMap((kind) => ['private', 'shared']
    .map((audience) => document.querySelectorAll(`[data-testid=${kind}][data-audience=${audience}]`).length)).join(' ')";

#[tokio::test]
async fn marks_are_kept_at_every_stroke_only_shared_ones_leave_the_device_and_the_paper_stays_as_it_came() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let profile = stage.home.path().join("secretary");
    let (first, second) = (stage.serve(&profile, None), stage.serve(&stage.home.path().join("member"), None));
    let secretary = Browser::open(&driver, "secretary", &first.url, Looks::USUAL).await;
    let member = Browser::open(&driver, "member", &second.url, Looks::USUAL).await;
    let meeting = meet_over_a_paper(&stage, &secretary, &member).await;
    let before = Stored::read(&stage, &profile, meeting).await;
    assert_eq!(before.plain, std::fs::read(stage.paper(PAPER)).unwrap(), "the file as it was handed in");

    zoom(&secretary).await;
    turn_to(&secretary, 2).await;
    turn_to(&secretary, 1).await;
    mark_for_oneself(&secretary).await;
    mark_for_all(&secretary).await;
    all_marks_are_there(&secretary).await;
    only_shared_marks_are_there(&member).await;
    secretary.look(Looks::USUAL).await;
    all_marks_are_there(&secretary).await;

    the_sync_line_changes(&secretary, second, meeting).await;

    // The program is killed, not closed: what was drawn was on the disk.
    let place = secretary.run("return location.hash", vec![]).await;
    drop(first);
    let passphrase = stage.home.path().join("passphrase");
    std::fs::write(&passphrase, format!("{PASSPHRASE}\n")).unwrap();
    let again = stage.serve(&profile, Some(&passphrase));
    secretary.reopen(&again.url, Looks::USUAL).await;
    secretary.go(place.as_str().unwrap()).await;
    all_marks_are_there(&secretary).await;
    let after = Stored::read(&stage, &profile, meeting).await;
    assert_eq!(after.version, before.version);
    assert!(after.plain == before.plain, "the file comes out as it went in");
    assert!(!before.sealed.is_empty());
    assert!(before.sealed.iter().all(|(file, bytes)| after.sealed.get(file) == Some(bytes)), "nothing stored was written again");
    secretary.close().await;
    member.close().await;
}

/// The paper in the secretary's profile.
struct Stored {
    /// Its hash.
    version: Hash32,
    /// The file as it comes out.
    plain: Vec<u8>,
    /// Every sealed file on the disk.
    sealed: BTreeMap<PathBuf, Vec<u8>>,
}

impl Stored {
    /// Asks the program that has the profile open, as `kyhop` does: a browser may not name files.
    async fn read(stage: &Stage, profile: &Path, meeting: SpaceId) -> Self {
        let mut owner = Client::connect(profile).await.expect("the devserver");
        let room = owner.ask(&Request::Query(Room { meeting }.any())).await.unwrap();
        let room: RoomView = serde_json::from_value(room).unwrap();
        let version = room.items[0].papers[0].versions[0].version;
        let out = stage.home.path().join("out.pdf");
        let export = ExportPaper { meeting, version, path: out.to_string_lossy().into_owned() };
        owner.ask(&Request::Act(export.any())).await.unwrap();
        let mut sealed = BTreeMap::new();
        files(&profile.join("blobs"), &mut sealed);
        Self { version, plain: std::fs::read(&out).unwrap(), sealed }
    }
}

fn files(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
}

/// Two people of one office, a sitting with a paper, which both have open.
async fn meet_over_a_paper(stage: &Stage, secretary: &Browser, member: &Browser) -> SpaceId {
    secretary.found("Thành phố Huế", "UBND phường An Bình", "Nguyễn Thị Hương", "Văn phòng").await;
    let address = secretary.address().await;
    let words = member.ask_to_join(&address, "Lê Thị Thu Hà", "Phó Chủ tịch").await;
    member.press(testids::JOIN_CONFIRM).await;
    secretary.let_in("Lê Thị Thu Hà", &words).await;
    member.shown(testids::NAV_TODAY).await;
    secretary.new_meeting("Phiên họp thường kỳ tháng 11", &[("Dự thảo quyết định hỗ trợ hộ dân vùng ngập", 35)]).await;
    secretary.press(testids::AGENDA_EDIT).await;
    secretary.press(testids::ITEM_ADD_PAPER).await;
    secretary.hand_in(testids::FILE_INPUT, &stage.paper(PAPER)).await;
    secretary.press(testids::PAPER_SAVE).await;
    secretary.gone(testids::PAPER_DIALOG).await;
    secretary.reads_a_page().await;
    secretary.press(testids::AGENDA_EDIT).await;
    secretary.invite("delegate").await;
    member.press(testids::TODAY_ENTER).await;
    member.press(testids::PAPER_OPEN).await;
    member.reads_a_page().await;
    let place = secretary.until("the paper's address", "location.hash.includes('/paper/') && location.hash", vec![]).await;
    match Route::parse(place.as_str().unwrap()) {
        Route::Room { meeting, .. } => meeting,
        other => panic!("{other:?}"),
    }
}

/// Larger, smaller, to the width: the pages follow what the bar says.
async fn zoom(window: &Browser) {
    let fit = Sheet::of(window).await;
    assert!(fit.width <= fit.room, "the width fits");
    window.press(testids::ZOOM_IN).await;
    window.until("it is larger", &format!("{PERCENT} > arguments[0]"), vec![json!(fit.percent)]).await;
    let larger = Sheet::of(window).await;
    assert!((larger.width / fit.width - larger.percent / fit.percent).abs() < 0.03, "{larger:?} after {fit:?}");
    window.press(testids::ZOOM_OUT).await;
    window.press(testids::ZOOM_OUT).await;
    window.until("it is smaller", &format!("{PERCENT} < arguments[0]"), vec![json!(fit.percent)]).await;
    assert!(Sheet::of(window).await.width < fit.width);
    window.press(testids::ZOOM_FIT).await;
    window.until("it fits again", &format!("{PERCENT} === arguments[0]"), vec![json!(fit.percent)]).await;
    assert!((Sheet::of(window).await.width - fit.width).abs() < 1.0);
}

/// How large the first page is shown.
#[derive(Debug)]
struct Sheet {
    /// As the bar says, in whole percent.
    percent: f64,
    /// Of the page, in pixels.
    width: f64,
    /// Of what it lies in.
    room: f64,
}

impl Sheet {
    async fn of(window: &Browser) -> Self {
        let script = format!(
            "return [{PERCENT}, document.querySelector('[data-testid=page]').getBoundingClientRect().width,
                document.querySelector('[data-testid=pages]').clientWidth]"
        );
        let [percent, width, room] = numbers(&window.run(&script, vec![]).await);
        Self { percent, width, room }
    }
}

fn numbers<const N: usize>(value: &Value) -> [f64; N] {
    std::array::from_fn(|at| value[at].as_f64().unwrap_or_else(|| panic!("{value}")))
}

/// A number is typed; that page stands at the top, painted, and the field says so.
async fn turn_to(window: &Browser, page: u32) {
    let field = "const field = document.querySelector('[data-testid=page-number]'); field.focus(); field.select()";
    window.run(field, vec![]).await;
    window.devtools("Input.insertText", json!({ "text": page.to_string() })).await;
    window.key("Enter", false).await;
    let there = "(() => {
        const page = document.querySelector(`[data-testid=page][data-page=\"${arguments[0]}\"]`);
        const picture = page?.querySelector('[data-testid=page-picture]');
        const away = page?.getBoundingClientRect().top - document.querySelector('[data-testid=pages]').getBoundingClientRect().top;
        return Math.abs(away) < 40 && picture?.complete && picture.naturalWidth > 0;
    })()";
    window.until(&format!("page {page}"), there, vec![json!(page - 1)]).await;
    window.run("document.activeElement.blur()", vec![]).await;
    let told = "document.querySelector('[data-testid=page-number]').value === arguments[0]";
    window.until("the number of the page", told, vec![json!(page.to_string())]).await;
    window.reads(testids::PAGE_COUNT, "/ 2").await;
}

/// Words are selected with the mouse and marked; a note is pinned. Both are private as long as nothing else was chosen.
async fn mark_for_oneself(window: &Browser) {
    window.says(testids::AUDIENCE, "data-audience", "private").await;
    let words = "(() => {
        const words = [...document.querySelectorAll('.textlayer[data-page=\"0\"] span')];
        const wanted = arguments[0].split(' ');
        const at = words.findIndex((_, i) => wanted.every((word, k) => words[i + k]?.textContent.startsWith(word)));
        if (at < 0) return null;
        words[at].scrollIntoView({ block: 'center' });
        const [first, last] = [words[at], words[at + wanted.length - 1]].map((word) => {
            const letters = document.createRange();
            letters.setStart(word.firstChild, 0);
            letters.setEnd(word.firstChild, word.textContent.trimEnd().length);
            return letters.getBoundingClientRect();
        });
        return [first.left, last.right, (first.top + first.bottom) / 2];
    })()";
    let [left, right, middle] = numbers(&window.until("the words", words, vec![json!(MARKED)]).await);
    window.drag(&[(left + 1.0, middle), (f64::midpoint(left, right), middle), (right - 1.0, middle)]).await;
    let selected = window.until("a selection", "getSelection().toString().split(/\\s+/).join(' ').trim()", vec![]).await;
    assert_eq!(selected.as_str().unwrap().trim_end_matches(','), MARKED);
    window.press(testids::TOOL_HIGHLIGHT).await;
    window.until("the highlight", &format!("{DRAWN} === '1 0 0 0'"), vec![]).await;
    let over = "(() => {
        const mark = document.querySelector('[data-testid=mark] .highlight').getBoundingClientRect();
        return Math.abs(mark.left - arguments[0]) < 3 && Math.abs(mark.right - arguments[1]) < 9
            && mark.top < arguments[2] && arguments[2] < mark.bottom;
    })()";
    window.until("the highlight lies on its words", over, vec![json!(left), json!(right), json!(middle)]).await;
    note(window, (0.7, 0.7), OWN).await;
    window.until("the note", &format!("{DRAWN} === '1 0 1 0'"), vec![]).await;
}

/// A stroke of the pen and a note for everybody in the meeting.
async fn mark_for_all(window: &Browser) {
    window.press(testids::AUDIENCE).await;
    window.says(testids::AUDIENCE, "data-audience", "shared").await;
    window.press(testids::TOOL_PEN).await;
    window.shown(testids::INK).await;
    let mut stroke = Vec::new();
    for step in 0..6_u8 {
        stroke.push(place(window, (0.2 + 0.05 * f64::from(step), 0.3 + 0.02 * f64::from(step))).await);
    }
    window.drag(&stroke).await;
    window.until("the stroke", &format!("{DRAWN} === '1 1 1 0'"), vec![]).await;
    note(window, (0.7, 0.3), SHARED).await;
    window.until("both notes", &format!("{DRAWN} === '1 1 1 1'"), vec![]).await;
}

/// A point of what is to be seen of the first page, as parts of its width and height.
async fn place(window: &Browser, (x, y): (f64, f64)) -> (f64, f64) {
    let script = "const page = document.querySelector('[data-testid=page][data-page=\"0\"]').getBoundingClientRect();
        const sheet = document.querySelector('[data-testid=pages]').getBoundingClientRect();
        const top = Math.max(page.top, sheet.top);
        return [page.left, top, page.width, Math.min(page.bottom, sheet.bottom) - top]";
    let [left, top, width, height] = numbers(&window.run(script, vec![]).await);
    (left + x * width, top + y * height)
}

async fn note(window: &Browser, at: (f64, f64), text: &str) {
    window.press(testids::TOOL_NOTE).await;
    window.shown(testids::NOTE_PLACE).await;
    window.drag(&[place(window, at).await]).await;
    window.shown(testids::NOTE_DIALOG).await;
    window.fill(testids::NOTE_TEXT, text).await;
    window.press(testids::NOTE_SAVE).await;
    window.gone(testids::NOTE_DIALOG).await;
}

async fn all_marks_are_there(window: &Browser) {
    window.reads_a_page().await;
    window.until("all marks", &format!("{DRAWN} === '1 1 1 1'"), vec![]).await;
    window.tab("notes").await;
    for words in [MARKED, OWN, SHARED] {
        window.reads(testids::NOTE, words).await;
    }
    assert_eq!(window.run("return document.querySelectorAll('[data-testid=note]').length", vec![]).await, json!(4));
}

/// What was made later and shared has come; what was made before and kept has not.
async fn only_shared_marks_are_there(window: &Browser) {
    window.until("the shared marks alone", &format!("{DRAWN} === '0 1 0 1'"), vec![]).await;
    window.tab("notes").await;
    window.reads(testids::NOTE, SHARED).await;
    let rows =
        "return [...document.querySelectorAll('[data-testid=note]')].map((one) => `${one.dataset.audience} ${one.dataset.mine}`)";
    assert_eq!(window.run(rows, vec![]).await, json!(["shared false", "shared false"]));
    window.press(testids::PIN).await;
    window.reads(testids::PIN_TEXT, SHARED).await;
}

/// The other device keeps up, falls asleep while something changes, wakes, is switched off.
async fn the_sync_line_changes(window: &Browser, other: Server, meeting: SpaceId) {
    let told = async |mood: &str, words: &str| {
        let chip = "(() => {
            const chip = document.querySelector(`[data-testid=sync-chip][data-mood=${arguments[0]}]`);
            return chip !== null && new RegExp(`^${arguments[1]}`).test(chip.textContent.trim());
        })()";
        window.until(&format!("the sync line says {mood}"), chip, vec![json!(mood), json!(words)]).await;
    };
    told("in_sync", "Đã đồng bộ · 1 máy$").await;
    other.freeze();
    let place = Some("Phòng họp số 2".to_owned());
    window.act(UpdateMeeting { meeting, title: None, place, starts_at: None, conclusions: None }).await;
    told("waiting", "[1-9][0-9]* thay đổi đang chờ$").await;
    other.thaw();
    told("in_sync", "Đã đồng bộ · 1 máy$").await;
    other.end();
    told("offline", "Ngoại tuyến").await;
}
