//! Pictures of all screens, for the guide and for looking at them: `KYHOP_SHOTS=DIR`, then run this ignored test. DIR gets a folder
//! per language, `looks` with the same room dark, with large text and on a small screen, and `screens` with every screen in every look.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::annotation::Point;
use domain::vote::Choice;
use serde_json::json;
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::screens::Office;
use crate::seven::Seven;
use crate::stage::{Driver, Stage};

const LANGUAGES: [&str; 2] = ["vi", "en"];
/// The words of the draft that are marked.
const MARKED: &str = "a) 3.000.000 đồng/hộ đối với hộ nghèo";
const QUESTION: &str = "Thông qua mức hỗ trợ 3.000.000 đồng mỗi hộ";
/// Typed without tone marks into the box of the demonstration's handbook.
const SOUGHT: &str = "dang ky khai sinh";
/// A question like some that the demonstration has answered.
const ASKED: &str = "Trẻ sinh tại nhà, không có giấy chứng sinh";
/// What shows pictures to readers, below the project's folder; and where the pictures lie that it names.
const SHOWN_IN: [&str; 3] = ["README.md", "docs/guide/vi.md", "docs/guide/en.md"];
const SHOWN_FROM: &str = "img/";

struct Album {
    folder: PathBuf,
    /// Files below it, of this run.
    made: RefCell<BTreeSet<String>>,
}

impl Album {
    /// The same screen in both languages. `ready` brings it back after the window was loaded anew.
    async fn both(&self, window: &Browser, name: &str, ready: impl AsyncFn(&Browser)) {
        for language in LANGUAGES {
            self.one(window, Looks { language, ..Looks::USUAL }, &format!("{language}/{name}"), &ready).await;
        }
    }

    async fn one(&self, window: &Browser, looks: Looks, name: &str, ready: impl AsyncFn(&Browser)) {
        window.look(looks).await;
        ready(window).await;
        window.settled().await;
        let path = self.folder.join(format!("{name}.png"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, window.picture().await).unwrap();
        make_small(&path);
        self.made.borrow_mut().insert(format!("{name}.png"));
    }

    /// Every picture that readers are shown was made now: none is left from another day's window.
    fn has_all_that_is_shown(&self) {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for page in SHOWN_IN {
            let text = std::fs::read_to_string(project.join(page)).unwrap();
            let named: Vec<&str> = text.split(SHOWN_FROM).skip(1).filter_map(|rest| rest.split(')').next()).collect();
            assert!(!named.is_empty(), "{page} shows no picture");
            for name in named {
                assert!(self.made.borrow().contains(name), "{page} shows {name}, which was not made");
            }
        }
    }
}

/// With a palette a picture has a third of the bytes; without the tool it stays as it is.
fn make_small(path: &Path) {
    let _ = Command::new("pngquant")
        .args(["--force", "--strip", "--skip-if-larger", "--ext", ".png", "256", "--"])
        .arg(path)
        .status();
}

/// Every screen at both usual sizes, light and dark, with usual and with large text.
#[tokio::test]
#[ignore = "makes pictures: needs KYHOP_SHOTS"]
async fn pictures_of_every_look() {
    let folder: PathBuf = std::env::var_os("KYHOP_SHOTS").expect("KYHOP_SHOTS names a folder").into();
    let stage = Stage::set().expect("the programs");
    let driver = stage.driver();
    let office = Office::open(&stage, &driver, &stage.home.path().join("office")).await;
    for (width, height) in [(1_280, 800), (1_024, 768)] {
        for theme in ["light", "dark"] {
            for text in [100, 150] {
                let looks = Looks { width, height, theme, text, ..Looks::USUAL };
                let folder = folder.join(format!("screens/{width}-{theme}-{text}"));
                std::fs::create_dir_all(&folder).unwrap();
                office.window.look(looks).await;
                for screen in &office.screens {
                    office.window.visit(screen).await;
                    let path = folder.join(format!("{}.png", screen.name));
                    std::fs::write(&path, office.window.picture().await).unwrap();
                    make_small(&path);
                }
            }
        }
    }
    office.window.close().await;
}

#[tokio::test]
#[ignore = "makes pictures: needs KYHOP_SHOTS"]
async fn pictures_of_all_screens() {
    let folder = std::env::var_os("KYHOP_SHOTS").expect("KYHOP_SHOTS names a folder").into();
    let album = Album { folder, made: RefCell::default() };
    let stage = Stage::set().expect("the programs");
    let driver = stage.driver();

    let empty = stage.serve(&stage.home.path().join("empty"), None);
    let newcomer = Browser::open(&driver, "newcomer", &empty.url, Looks::USUAL).await;
    album.both(&newcomer, "first-run", async |window| window.shown(testids::FIRST_RUN).await).await;
    newcomer.close().await;
    library(&album, &stage, &driver).await;

    let seven = Seven::gather(&stage).await;
    let first = stage.serve(&seven.secretary, Some(&seven.passphrase_file));
    let second = stage.serve(&seven.chair, Some(&seven.passphrase_file));
    let secretary = Browser::open(&driver, "secretary", &first.url, Looks::USUAL).await;
    let chair = Browser::open(&driver, "chair", &second.url, Looks::USUAL).await;
    let address = secretary.address().await;
    seven.dial(&address).await;
    chair.ask("act", json!({ "type": "dial", "address": address })).await;
    album
        .both(&secretary, "settings-sync", async |window| {
            window.go("#/settings/sync").await;
            let peers = "document.querySelectorAll('[data-testid=sync-peer] .chip.ok').length === 6";
            window.until("six devices", peers, vec![]).await;
        })
        .await;
    album
        .both(&chair, "today", async |window| {
            window.go("#/today").await;
            window.says(testids::SYNC_CHIP, "data-mood", "in_sync").await;
            window.shown(testids::TODAY_PAPER).await;
        })
        .await;
    album
        .both(&chair, "meetings", async |window| {
            window.go("#/meetings").await;
            window.shown(testids::MEETING_ROW).await;
        })
        .await;
    album
        .both(&chair, "settings", async |window| {
            window.go("#/settings/identity").await;
            window.shown(testids::WORDS).await;
        })
        .await;

    seven.check_in(1).await;
    for window in [&secretary, &chair] {
        window.go(&format!("#/room/{}", seven.meeting)).await;
        window.press(testids::CHECK_IN).await;
    }
    chair.says(testids::QUORUM, "data-present", "6").await;
    album
        .both(&chair, "room", async |window| {
            window.go(&format!("#/room/{}", seven.meeting)).await;
            window.shown(testids::PEOPLE).await;
            window.press_nth(testids::PAPER_OPEN, 1).await;
            window.reads_a_page().await;
        })
        .await;
    mark(&chair).await;
    seven.remark(1, Point { x: 45_000, y: 47_000 }, "Đề nghị bổ sung danh sách hộ kèm theo.").await;
    chair.shown(testids::PIN).await;
    chair.tab("vote").await;
    chair.press(testids::VOTE_OPEN).await;
    chair.fill(testids::VOTE_FORM_QUESTION, QUESTION).await;
    chair.press(testids::VOTE_FORM_OPEN).await;
    chair.press(testids::VOTE_FOR).await;
    seven.vote(0, &[Choice::For, Choice::For, Choice::Against]).await;
    let four = async |window: &Browser| {
        let four = "document.querySelector('[data-testid=vote-received]')?.textContent === '4 / 7'";
        window.until("four ballots", four, vec![]).await;
        window.shown(testids::BALLOT_STATE).await;
        window.reads_a_page().await;
        window.shown(testids::PIN).await;
    };
    album.both(&chair, "room-vote", four).await;
    for language in LANGUAGES {
        let looks = Looks { language, ..Looks::USUAL };
        album.one(&chair, Looks { theme: "dark", ..looks }, &format!("looks/{language}-dark"), four).await;
        let large = async |window: &Browser| {
            four_in_tabs(window).await;
        };
        album.one(&chair, Looks { text: 150, ..looks }, &format!("looks/{language}-150"), large).await;
        album.one(&chair, Looks { width: 1_024, height: 768, ..looks }, &format!("looks/{language}-1024"), four).await;
    }
    chair.look(Looks::USUAL).await;

    seven.vote(3, &[Choice::For]).await;
    secretary.press_nth(testids::PAPER_OPEN, 1).await;
    secretary.press(testids::VOTE_FOR).await;
    let six = "document.querySelector('[data-testid=vote-received]')?.textContent === '6 / 7'";
    chair.until("six ballots", six, vec![]).await;
    chair.press(testids::VOTE_CLOSE).await;
    chair.press(testids::CONFIRM_YES).await;
    secretary.says(testids::RESULT, "data-final", "true").await;
    album
        .both(&secretary, "room-result", async |window| {
            window.reads_a_page().await;
            window.tab("vote").await;
            window.says(testids::RESULT, "data-final", "true").await;
        })
        .await;

    let conclusions = [
        "Thông qua dự thảo Quyết định với mức hỗ trợ 3.000.000 đồng mỗi hộ nghèo.",
        "Giao Phòng Kinh tế hoàn thiện danh sách hộ, công khai trước ngày 10 tháng 12.",
    ];
    secretary
        .ask(
            "act",
            json!({ "type": "update_meeting", "meeting": seven.meeting, "title": null, "place": null,
        "starts_at": null, "conclusions": conclusions }),
        )
        .await;
    secretary.ask("act", json!({ "type": "draft_minutes", "meeting": seven.meeting })).await;
    secretary.ask("act", json!({ "type": "sign_minutes", "meeting": seven.meeting })).await;
    chair.tab("minutes").await;
    chair.press(testids::MINUTES_SIGN).await;
    chair.press(testids::CONFIRM_YES).await;
    album
        .both(&secretary, "minutes", async |window| {
            window.shown(testids::ROOM).await;
            window.tab("minutes").await;
            window.says(testids::MINUTES, "data-complete", "true").await;
            window.press(testids::MINUTES_VIEW).await;
            window.reads_a_page().await;
        })
        .await;
    secretary.close().await;
    chair.close().await;
    seven.close().await;
    album.has_all_that_is_shown();
}

/// The handbook with something found and read, and a question with what is alike beside it.
async fn library(album: &Album, stage: &Stage, driver: &Driver) {
    let office = Office::open(stage, driver, &stage.home.path().join("office")).await;
    album
        .both(&office.window, "handbook", async |window| {
            window.go("#/handbook").await;
            window.fill(testids::SEARCH_TEXT, SOUGHT).await;
            window.answered(testids::SEARCH_TEXT, SOUGHT).await;
            window.press(testids::SEARCH_HIT).await;
            window.shown(testids::ARTICLE_TITLE).await;
        })
        .await;
    album
        .both(&office.window, "ask", async |window| {
            window.go("#/questions/new").await;
            window.fill(testids::ASK_TITLE, ASKED).await;
            window.shown(testids::SIMILAR_QUESTION).await;
        })
        .await;
    office.window.close().await;
}

/// With large text there is one column: the vote is behind its tab.
async fn four_in_tabs(window: &Browser) {
    window.tab("vote").await;
    window.shown(testids::BALLOT_STATE).await;
}

/// Selects words as with the mouse and marks them.
async fn mark(window: &Browser) {
    let select = "const words = [...document.querySelectorAll('.textlayer span')];
        const text = words.map((word) => word.textContent.trim());
        const wanted = arguments[0].split(' ');
        const at = text.findIndex((_, i) => wanted.every((word, k) => text[i + k]?.startsWith(word)));
        if (at < 0) return false;
        getSelection().setBaseAndExtent(words[at].firstChild, 0, words[at + wanted.length - 1].firstChild, wanted.at(-1).length);
        return true;";
    window.until("the words", "document.querySelectorAll('.textlayer span').length > 50", vec![]).await;
    assert_eq!(window.run(select, vec![json!(MARKED)]).await, json!(true));
    window.press(testids::TOOL_HIGHLIGHT).await;
    window.until("the mark", "document.querySelector('.marks .highlight') !== null", vec![]).await;
}
