//! The engine under the hands of impatient people and hostile files.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use common::{engine, fixture, key, shared, source};
use pdf::{Config, Engine, Generation, PdfError, Priority, RenderRequest};

const LONG: Duration = Duration::from_secs(60);

/// Keeps the render thread busy until the sender is dropped: a document whose bytes do not come.
fn occupy(engine: &Engine) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel::<()>();
    let (started, begun) = mpsc::channel();
    let stuck = engine.render_async(RenderRequest::visible(key(250), 0, 100), move || {
        started.send(()).ok();
        wait.recv().ok();
        Err(io::Error::other("never came"))
    });
    begun.recv_timeout(LONG).unwrap();
    std::thread::spawn(move || stuck.wait());
    release
}

fn request(page: u32, width_px: u32, priority: Priority) -> RenderRequest {
    RenderRequest { doc: key(1), page, width_px, priority, generation: None }
}

#[test]
fn what_nobody_waits_for_any_more_is_not_drawn() {
    let engine = engine(Config::default());
    let bytes = fixture("bao-cao-kinh-te-xa-hoi.pdf");
    let release = occupy(&engine);
    let view = Generation::new();
    let scrolled_past: Vec<_> = (0..3)
        .map(|page| {
            let request = RenderRequest { generation: Some(view.clone()), ..request(page, 640, Priority::Visible) };
            engine.render_async(request, source(bytes.clone()))
        })
        .collect();
    let closed_tab: Vec<_> =
        (0..3).map(|page| engine.render_async(request(page, 320, Priority::Next), source(bytes.clone()))).collect();
    view.advance();
    let wanted = {
        let request = RenderRequest { generation: Some(view.clone()), ..request(1, 640, Priority::Thumbnail) };
        engine.render_async(request, source(bytes))
    };
    drop(closed_tab);
    drop(release);

    assert_eq!(wanted.wait_at_most(LONG).unwrap().width, 640);
    for answer in scrolled_past {
        assert_eq!(answer.wait_at_most(LONG), Err(PdfError::Cancelled));
    }
    let stats = engine.stats();
    assert_eq!((stats.rendered, stats.cancelled, stats.queued), (1, 6, 0));
}

#[test]
fn the_page_on_the_screen_is_drawn_before_thumbnails_asked_for_earlier() {
    let engine = engine(Config::default());
    let bytes = fixture("bao-cao-kinh-te-xa-hoi.pdf");
    let release = occupy(&engine);
    let (order, drawn) = mpsc::channel();
    let ask = |priority, number: u8| {
        let (order, bytes) = (order.clone(), bytes.clone());
        let request = RenderRequest { doc: key(number), page: 0, width_px: 128, priority, generation: None };
        engine.render_async(request, move || {
            order.send(number).unwrap();
            Ok(bytes.clone())
        })
    };
    let answers = [
        ask(Priority::Prefetch, 1),
        ask(Priority::Thumbnail, 2),
        ask(Priority::Thumbnail, 3),
        ask(Priority::Next, 4),
        ask(Priority::Visible, 5),
    ];
    drop(release);
    for answer in answers {
        answer.wait_at_most(LONG).unwrap();
    }
    assert_eq!(drawn.try_iter().collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
}

#[test]
fn a_flood_of_requests_is_bounded_and_the_oldest_thumbnails_go_first() {
    let engine = engine(Config { max_queued: 8, ..Config::default() });
    let bytes = fixture("bao-mat.pdf");
    let release = occupy(&engine);
    let mut answers: Vec<_> =
        (0..20).map(|at| engine.render_async(request(0, 64 * (at + 1), Priority::Thumbnail), source(bytes.clone()))).collect();
    assert_eq!(engine.stats().queued, 8);
    drop(release);
    for answer in answers.drain(..12) {
        assert_eq!(answer.wait_at_most(LONG), Err(PdfError::Cancelled));
    }
    for answer in answers {
        answer.wait_at_most(LONG).unwrap();
    }
}

#[test]
fn the_cache_stays_within_its_bytes_and_answers_without_drawing_again() {
    let limit = 400_000;
    let engine = engine(Config { page_cache_bytes: limit, max_open_documents: 2, ..Config::default() });
    let bytes = fixture("bao-cao-kinh-te-xa-hoi.pdf");
    let pages = engine.inspect(shared(bytes.clone())).unwrap().pages;
    for round in 0..4u8 {
        for page in 0..pages {
            let request = RenderRequest { doc: key(round), ..request(page, 768, Priority::Visible) };
            engine.render(request, source(bytes.clone())).unwrap();
            let stats = engine.stats();
            assert!(stats.page_cache_bytes <= limit && stats.page_cache_entries > 0 && stats.open_documents <= 2, "{stats:?}");
        }
    }
    let drawn = engine.stats().rendered;
    assert_eq!(drawn, u64::from(pages) * 4);
    let again = engine
        .render(RenderRequest { doc: key(3), ..request(pages - 1, 760, Priority::Visible) }, || panic!("must not be asked"))
        .unwrap();
    assert_eq!((again.width, engine.stats().rendered), (768, drawn));

    engine.forget(key(3));
    engine.render(RenderRequest { doc: key(3), ..request(pages - 1, 768, Priority::Visible) }, source(bytes)).unwrap();
    assert_eq!(engine.stats().rendered, drawn + 1, "a forgotten document must be drawn anew");
}

#[test]
fn an_engine_that_is_dropped_answers_everybody_and_ends_its_thread() {
    let engine = engine(Config::default());
    let release = occupy(&engine);
    let waiting = engine.render_async(request(0, 100, Priority::Visible), source(fixture("bao-mat.pdf")));
    let dropping = std::thread::spawn(move || drop(engine));
    assert_eq!(waiting.wait_at_most(LONG), Err(PdfError::EngineStopped));
    drop(release);
    dropping.join().unwrap();
}

#[test]
fn a_source_that_panics_costs_one_request() {
    let engine = engine(Config::default());
    let error = engine.render(request(0, 100, Priority::Visible), || panic!("disk on fire")).unwrap_err();
    assert_eq!(error, PdfError::Internal { what: "disk on fire".into() });
    assert!(engine.render(request(0, 100, Priority::Visible), source(fixture("bao-mat.pdf"))).is_ok());
}

#[test]
fn several_engines_and_many_threads_do_not_meet_inside_pdfium() {
    let engines = [engine(Config::default()), engine(Config::default())];
    let bytes = fixture("ke-hoach-truc-bao.pdf");
    let expected = engines[0].render(request(0, 256, Priority::Visible), source(bytes.clone())).unwrap();
    std::thread::scope(|scope| {
        for number in 0..6u8 {
            let (engine, bytes, expected) = (engines[usize::from(number) % 2].clone(), bytes.clone(), expected.clone());
            scope.spawn(move || {
                for round in 0..10 {
                    let request = RenderRequest { doc: key(number * 10 + round), ..request(0, 256, Priority::Visible) };
                    assert_eq!(engine.render(request, source(bytes.clone())).unwrap(), expected);
                    assert!(engine.text(key(number), 0, source(bytes.clone())).unwrap().words.len() > 50);
                }
            });
        }
    });
}

/// A small generator, so that a failing seed can be repeated.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

#[test]
fn a_file_cut_off_anywhere_or_with_bytes_changed_never_takes_the_engine_down() {
    let engine = engine(Config::default());
    let mut random = Seeded(20_261_105);
    for name in ["bao-mat.pdf", "to-trinh-ho-tro-ngap.pdf", "encrypted.pdf"] {
        let good = fixture(name);
        for round in 0..60 {
            let mut bytes = good.clone();
            if round % 2 == 0 {
                bytes.truncate(random.below(good.len()));
            }
            for _ in 0..random.below(8) {
                let at = random.below(bytes.len().max(1));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.below(256) as u8;
                }
            }
            let cut = bytes.len() < good.len() - 8;
            match engine.inspect(shared(bytes.clone())) {
                Ok(_) => assert!(!cut, "{name}, round {round}: a file cut at {} of {} was taken in", bytes.len(), good.len()),
                Err(error) => {
                    assert!(["pdf_broken", "pdf_not_a_pdf", "pdf_encrypted", "pdf_no_pages"].contains(&error.code()), "{error}")
                }
            }
            // Drawing is asked for all the same: what is stored may rot on the disk.
            let doc = key(random.below(200) as u8);
            engine.render(RenderRequest { doc, ..request(0, 128, Priority::Visible) }, source(bytes.clone())).ok();
            engine.text(doc, 0, source(bytes)).ok();
            engine.forget(doc);
        }
    }
    assert!(
        engine
            .render(RenderRequest { doc: key(240), ..request(0, 128, Priority::Visible) }, source(fixture("bao-mat.pdf")))
            .is_ok()
    );
}
