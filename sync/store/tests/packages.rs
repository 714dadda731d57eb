//! Packages of the handbook on the disk: articles and index change together, or not at all.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use domain::id::{PersonId, Timestamp, UnitId};
use handbook::article::Reference;
use handbook::package::{Base, Edition, Signer, build, build_delta};
use handbook::{Article, Block, Kind, Link, Package, Relation, Validity};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use signing::certificate::{CERTIFICATE_VERSION, Chain, DeviceCertificate, Issuer, SignedCertificate};
use signing::{DeviceKeys, RootKey};
use store::StoreError;
use store::library::{Installed, Library, LibraryReader, Request, full_id};

const KEY: [u8; 32] = [9; 32];
const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn root() -> RootKey {
    RootKey::generate(&mut ChaCha20Rng::seed_from_u64(1))
}

fn keys() -> DeviceKeys {
    DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(2))
}

fn chain() -> Chain {
    let (root, keys) = (root(), keys());
    let certificate = DeviceCertificate {
        version: CERTIFICATE_VERSION,
        root: root.fingerprint(),
        unit: UnitId([1; 16]),
        unit_name: "UBND thành phố".to_owned(),
        person: PersonId([2; 16]),
        person_name: "Lê Thị Hạnh".to_owned(),
        person_title: String::new(),
        device: keys.device(),
        agreement: keys.agreement_key(),
        administrator: true,
        issued_at: NOW,
        issuer: Issuer::Root,
    };
    Chain(vec![SignedCertificate::sign_root(&root, &certificate)])
}

fn edition(number: u64) -> Edition {
    Edition { package: "so-tay".to_owned(), title: "Sổ tay".to_owned(), number, made_at: NOW }
}

fn whole(number: u64, articles: &[Article]) -> Vec<u8> {
    let (keys, chain) = (keys(), chain());
    build(&Signer { keys: &keys, chain: &chain, root: root().public() }, &edition(number), articles).unwrap()
}

fn delta(reader: &LibraryReader, number: u64, articles: &[Article]) -> Vec<u8> {
    let (keys, chain) = (keys(), chain());
    let there = reader.packages().unwrap().remove(0);
    let base = Base { number: there.number, content: there.content };
    let signer = Signer { keys: &keys, chain: &chain, root: root().public() };
    build_delta(&signer, &edition(number), base, &reader.article_hashes("so-tay").unwrap(), articles).unwrap()
}

fn install(library: &mut Library, file: &[u8]) -> Result<Installed, StoreError> {
    let package = Package::open(file, &[root().fingerprint()]).map_err(StoreError::from)?;
    library.change(|change| change.install(&package, file, NOW, &mut |_| true))
}

fn article(number: usize, words: &str) -> Article {
    Article {
        id: format!("luat/dieu-{number}"),
        kind: Kind::Law,
        title: format!("Việc thứ {number}"),
        source: "Luật Thử nghiệm".to_owned(),
        number: Some("1/2030/QH".to_owned()),
        article: Some(number.to_string()),
        field: "Hộ tịch".to_owned(),
        path: vec!["Chương I".to_owned()],
        validity: Validity { from: Some(100), to: Some(200), partly: false },
        blocks: vec![Block::point("1.", words, 0)],
        ..Article::default()
    }
}

fn articles(count: usize) -> Vec<Article> {
    (1..=count).map(|number| article(number, "Công dân nộp hồ sơ tại bộ phận một cửa.")).collect()
}

fn found(reader: &mut LibraryReader, text: &str) -> Vec<String> {
    reader.search(&Request::new(text, 20)).unwrap().hits.into_iter().map(|hit| hit.id).collect()
}

#[test]
fn what_is_installed_is_read_and_found_and_an_update_changes_both() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = Library::open(folder.path(), &KEY).unwrap();
    let done = install(&mut library, &whole(1, &articles(30))).unwrap();
    assert_eq!((done.added, done.changed, done.removed), (30, 0, 0));
    assert_eq!((done.package.signer.as_str(), done.package.articles, done.package.number), ("Lê Thị Hạnh", 30, 1));
    let mut reader = library.reader().unwrap();
    assert_eq!(reader.len().unwrap(), 30);
    assert_eq!(reader.article("so-tay:luat/dieu-7").unwrap().unwrap(), articles(30)[6]);

    let mut second = articles(31);
    second[6] = article(7, "Người yêu cầu xuất trình hộ chiếu.");
    second.remove(2);
    let update = delta(&reader, 2, &second);
    let done = install(&mut library, &update).unwrap();
    assert_eq!((done.added, done.changed, done.removed), (1, 1, 1));
    assert_eq!(found(&mut reader, "xuất trình hộ chiếu")[0], "so-tay:luat/dieu-7");
    assert_eq!(reader.len().unwrap(), 30);
    assert_eq!(reader.article("so-tay:luat/dieu-3").unwrap(), None);
    assert_eq!(reader.package_articles("so-tay").unwrap().len(), 30);
    // Known of each article: since which version it is as it is, and whether it may have been so before.
    let since = |reader: &LibraryReader, number: usize| {
        let changed = reader.changed(&full_id("so-tay", &format!("luat/dieu-{number}"))).unwrap();
        changed.map(|changed| (changed.number, changed.made_at, changed.first))
    };
    let known = [1, 3, 7, 31].map(|number| since(&reader, number));
    assert_eq!(known, [Some((1, NOW, true)), None, Some((2, NOW, false)), Some((2, NOW, false))]);
    // Both files are kept, so that the package can be handed on.
    let files = reader.package_files("so-tay").unwrap();
    let other = tempfile::tempdir().unwrap();
    let mut there = Library::open(other.path(), &KEY).unwrap();
    for file in &files {
        install(&mut there, file).unwrap();
    }
    assert_eq!(there.reader().unwrap().packages().unwrap()[0].content, reader.packages().unwrap()[0].content);
    // Installed whole, it is the same again, and the old files go.
    let done = install(&mut library, &whole(3, &second)).unwrap();
    assert_eq!((done.added, done.changed, done.removed), (0, 0, 0));
    assert_eq!(reader.package_files("so-tay").unwrap().len(), 1);
    assert_eq!(since(&reader, 7), Some((2, NOW, false)), "it was not changed by being sent again");
    library.change(|change| change.remove_package("so-tay")).unwrap();
    assert_eq!((reader.len().unwrap(), reader.article_count().unwrap(), reader.packages().unwrap().len()), (0, 0, 0));
}

#[test]
fn an_update_for_something_else_and_an_older_package_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = Library::open(folder.path(), &KEY).unwrap();
    install(&mut library, &whole(1, &articles(10))).unwrap();
    let reader = library.reader().unwrap();
    let update = delta(&reader, 2, &articles(11));
    install(&mut library, &update).unwrap();
    let code = |library: &mut Library, file: &[u8]| install(library, file).unwrap_err().code();
    assert_eq!(code(&mut library, &update), "package_older");
    assert_eq!(code(&mut library, &whole(1, &articles(5))), "package_older");
    let later = delta(&reader, 4, &articles(12));
    install(&mut library, &whole(3, &articles(9))).unwrap();
    assert_eq!(code(&mut library, &later), "package_wrong_base");
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(code(&mut Library::open(empty.path(), &KEY).unwrap(), &later), "package_wrong_base");
    assert_eq!(reader.article_count().unwrap(), 9);
}

#[test]
fn a_package_that_breaks_in_the_middle_or_is_cancelled_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = Library::open(folder.path(), &KEY).unwrap();
    install(&mut library, &whole(1, &articles(400))).unwrap();
    let mut reader = library.reader().unwrap();
    let file = whole(2, &(1..=600).map(|number| article(number, "Nội dung hoàn toàn khác.")).collect::<Vec<_>>());
    // The last block is damaged after the header was checked.
    let mut broken = file.clone();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(install(&mut library, &broken).unwrap_err().code(), "package_damaged");
    let package = Package::open(&file, &[root().fingerprint()]).unwrap();
    let cancelled = library.change(|change| change.install(&package, &file, NOW, &mut |done| done < 300));
    assert_eq!(cancelled.unwrap_err().code(), "cancelled");
    assert_eq!((reader.len().unwrap(), reader.article_count().unwrap(), reader.packages().unwrap()[0].number), (400, 400, 1));
    assert!(
        found(&mut reader, "hoàn toàn khác").iter().all(|id| reader.article(id).unwrap().unwrap().body().contains("một cửa"))
    );
    install(&mut library, &file).unwrap();
    assert_eq!(reader.len().unwrap(), 600);
}

#[test]
fn contents_neighbours_and_those_that_name_an_article_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = Library::open(folder.path(), &KEY).unwrap();
    let mut all = articles(12);
    all[11].links =
        vec![Link { relation: Relation::Amends, to: Some("luat/dieu-2".to_owned()), title: "Điều 2".to_owned(), from: None }];
    let basis = Reference { text: "Điều 2".to_owned(), article: Some("so-tay:luat/dieu-2".to_owned()) };
    all.push(Article {
        id: "huong-dan".to_owned(),
        title: "Hướng dẫn".to_owned(),
        blocks: vec![Block::LegalBasis { items: vec![basis] }],
        ..Article::default()
    });
    install(&mut library, &whole(1, &all)).unwrap();
    let reader = library.reader().unwrap();
    let order: Vec<String> = reader.of_source("Luật Thử nghiệm").unwrap().into_iter().map(|head| head.id).collect();
    let expected: Vec<String> = (1..=12).map(|number| full_id("so-tay", &format!("luat/dieu-{number}"))).collect();
    assert_eq!(order, expected, "by number, not by letters");
    let naming: Vec<String> = reader.naming("so-tay:luat/dieu-2", 10).unwrap().into_iter().map(|head| head.id).collect();
    assert_eq!(naming, ["so-tay:huong-dan", "so-tay:luat/dieu-12"]);
    let sources = reader.sources().unwrap();
    assert_eq!(
        sources.iter().map(|group| (group.name.as_str(), group.articles)).collect::<Vec<_>>(),
        [("", 1), ("Luật Thử nghiệm", 12)]
    );
    assert_eq!(
        (sources[1].kind, sources[1].validity),
        (Some(Kind::Law), Validity { from: Some(100), to: Some(200), partly: false })
    );
    assert_eq!(reader.fields().unwrap().len(), 2);
    assert_eq!(reader.head("so-tay:luat/dieu-2").unwrap().unwrap().title, "Việc thứ 2");
    assert_eq!(reader.head("dieu-2").unwrap(), None);
}

#[cfg(unix)]
mod killed {
    //! The program is killed while it imports thousands of articles, again and again.

    use std::io::{BufRead, BufReader, Write as _};
    use std::process::{Command, Stdio};

    use super::*;

    const ROUNDS: u32 = 20;
    const FOLDER: &str = "KYHOP_STORE_PACKAGES_FOLDER";
    const ARTICLES: usize = 2_000;

    /// Every version says another word in every article.
    fn version(number: u64) -> Vec<Article> {
        (1..=ARTICLES).map(|at| article(at, &format!("Phiên bản {number} của mục thứ {at}."))).collect()
    }

    /// Not a test of its own: the program that is killed.
    #[test]
    fn program_that_installs() {
        let Ok(folder) = std::env::var(FOLDER) else {
            return;
        };
        let folder = Path::new(&folder);
        let mut library = Library::open(folder, &KEY).unwrap();
        let mut out = std::io::stdout().lock();
        let there = library.reader().unwrap().packages().unwrap().first().map_or(0, |package| package.number);
        for number in there + 1.. {
            let file = whole(number, &version(number));
            let package = Package::open(&file, &[root().fingerprint()]).unwrap();
            let mut tell = |done: u64| writeln!(out, "row {done}").and_then(|()| out.flush()).is_ok();
            library.change(|change| change.install(&package, &file, NOW, &mut tell)).unwrap();
        }
    }

    #[test]
    fn twenty_kills_during_an_import_never_leave_half_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path(), &KEY).unwrap();
        install(&mut library, &whole(1, &version(1))).unwrap();
        drop(library);
        for round in 0..ROUNDS {
            let mut program = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "killed::program_that_installs", "--nocapture"])
                .env(FOLDER, folder.path())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut dice = [0; 2];
            getrandom::fill(&mut dice).unwrap();
            let rows = 1 + usize::from(u16::from_le_bytes(dice)) % (ARTICLES + ARTICLES / 2);
            let lines = BufReader::new(program.stdout.take().unwrap()).lines();
            let told = lines.map_while(Result::ok).filter(|line| line.contains("row ")).take(rows).count();
            program.kill().unwrap();
            program.wait().unwrap();
            assert_eq!(told, rows, "the program ended by itself");

            let library = Library::open(folder.path(), &KEY).unwrap();
            library.check().unwrap();
            let mut reader = library.reader().unwrap();
            let number = reader.packages().unwrap()[0].number;
            assert_eq!(reader.package_articles("so-tay").unwrap(), {
                let mut expected = version(number);
                expected.sort_by(|a, b| a.id.cmp(&b.id));
                expected
            });
            assert_eq!(reader.len().unwrap(), ARTICLES, "round {round}: the index has every article once");
            let hit = found(&mut reader, &format!("phiên bản {number} của mục thứ 77")).remove(0);
            assert_eq!(hit, "so-tay:luat/dieu-77", "round {round}");
        }
    }
}
