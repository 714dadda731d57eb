//! The library: what goes in is found, what goes out is not, and nothing is half done.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use store::StoreError;
use store::library::entry::{Entry, Section, Validity};
use store::library::{Counts, Hit, LIBRARY_FILE, Library, LibraryReader, Request};

const KEY: [u8; 32] = [9; 32];

fn article(id: &str, source: &str, number: &str, title: &str, body: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        section: Section::Law,
        source: source.to_owned(),
        number: (!number.is_empty()).then(|| number.to_owned()),
        title: title.to_owned(),
        path: format!("{source} › Chương I"),
        body: body.to_owned(),
        agency: "Quốc hội".to_owned(),
        field: "Đất đai".to_owned(),
        level: String::new(),
        from: None,
        to: None,
        validity: Validity::InForce,
    }
}

fn handbook() -> Vec<Entry> {
    vec![
        article(
            "cu-tru-20",
            "Luật Cư trú",
            "68/2020/QH14",
            "Điều 20. Điều kiện đăng ký thường trú",
            "Công dân có chỗ ở hợp pháp thuộc quyền sở hữu của mình thì được đăng ký thường trú tại chỗ ở hợp pháp đó.",
        ),
        article(
            "cu-tru-27",
            "Luật Cư trú",
            "68/2020/QH14",
            "Điều 27. Điều kiện, thủ tục đăng ký tạm trú",
            "Công dân đến sinh sống ngoài phạm vi xã nơi đã đăng ký thường trú từ 30 ngày trở lên phải đăng ký tạm trú.",
        ),
        article(
            "dat-dai-4",
            "Luật Đất đai",
            "31/2024/QH15",
            "Điều 4. Người sử dụng đất",
            "Người sử dụng đất được Nhà nước giao đất, cho thuê đất; Ủy ban nhân dân cấp xã xác nhận hòa giải tranh chấp đất đai.",
        ),
        article(
            "dat-dai-cu-5",
            "Luật Đất đai",
            "45/2013/QH13",
            "Điều 5. Người sử dụng đất",
            "Người sử dụng đất được Nhà nước giao đất, cho thuê đất; Ủy ban nhân dân cấp xã xác nhận hòa giải tranh chấp đất đai.",
        ),
        article(
            "mot-cua-17",
            "Nghị định về cơ chế một cửa",
            "61/2018/NĐ-CP",
            "Điều 17. Tiếp nhận hồ sơ",
            "Cán bộ tiếp nhận hồ sơ thủ tục hành chính tại Bộ phận Một cửa và trả kết quả đúng hẹn.",
        ),
        article(
            "tt-61",
            "Thông tư về lệ phí",
            "61/2019/TT-BTC",
            "Điều 2. Mức thu lệ phí",
            "Mức thu lệ phí cấp giấy chứng nhận quyền sử dụng đất. Nghị định khác quy định về đường bộ.",
        ),
        article(
            "duong-1",
            "Luật Đường bộ",
            "35/2024/QH15",
            "Điều 1. Đường và họ Dương",
            "Đường bộ gồm đường và cầu đường bộ; việc kết hôn của họ Dương không thuộc luật này.",
        ),
    ]
}

fn filled(folder: &Path, entries: &[Entry]) -> (Library, LibraryReader) {
    let mut library = Library::open(folder, &KEY).unwrap();
    library.change(|change| change.put_entries(entries)).unwrap();
    let reader = library.reader().unwrap();
    (library, reader)
}

fn ids(reader: &mut LibraryReader, text: &str) -> Vec<String> {
    reader.search(&Request::new(text, 10)).unwrap().hits.into_iter().map(|hit| hit.id).collect()
}

#[test]
fn an_article_is_found_however_its_words_are_typed() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, mut reader) = filled(folder.path(), &handbook());
    for typed in [
        "điều kiện đăng ký thường trú",
        "dieu kien dang ky thuong tru",
        "ĐIỀU KIỆN ĐĂNG KÝ THƯỜNG TRÚ",
        "ddieeuf kieejn ddawng kys thuwowngf trus",
        "điều kiện dang ky thường trúu",
        "điều 20 luật cư trú",
    ] {
        assert_eq!(ids(&mut reader, typed)[0], "cu-tru-20", "{typed}");
    }
    assert_eq!(ids(&mut reader, "UBND xã hoà giải tranh chấp")[0], "dat-dai-4");
    assert_eq!(ids(&mut reader, "TTHC một cửa")[0], "mot-cua-17");
}

#[test]
fn what_was_meant_is_said_and_marked_on_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, mut reader) = filled(folder.path(), &handbook());
    let answer = reader.search(&Request::new("dang ky tam truu", 3)).unwrap();
    assert_eq!(answer.did_you_mean.as_deref(), Some("đăng ký tạm trú"));
    let hit = &answer.hits[0];
    assert_eq!(hit.id, "cu-tru-27");
    let marked: Vec<&str> = hit.passage.marks.iter().map(|place| &hit.passage.text[place.clone()]).collect();
    assert!(marked.contains(&"đăng ký tạm trú"), "{marked:?}");
    assert_eq!(hit.title_marks.iter().map(|place| &hit.title[place.clone()]).collect::<Vec<_>>(), ["đăng ký tạm trú"]);
    assert!(hit.why.title && hit.why.words.contains(&"đăng ký tạm trú".to_owned()), "{:?}", hit.why);
}

#[test]
fn the_number_of_a_document_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, mut reader) = filled(folder.path(), &handbook());
    for typed in ["61/2018/NĐ-CP", "61/2018/nd-cp", "nghị định 61", "nghi dinh so 61/2018 lệ phí đất đai"] {
        let answer = reader.search(&Request::new(typed, 10)).unwrap();
        assert_eq!(answer.hits[0].id, "mot-cua-17", "{typed}");
        assert!(answer.hits[0].why.number);
    }
    assert_eq!(ids(&mut reader, "thông tư 61")[0], "tt-61");
    assert_eq!(ids(&mut reader, "luật đất đai 2024 người sử dụng đất")[0], "dat-dai-4");
    assert_eq!(ids(&mut reader, "luật đất đai 2013 người sử dụng đất")[0], "dat-dai-cu-5");
}

#[test]
fn typed_marks_decide_between_words_that_fold_alike() {
    let folder = tempfile::tempdir().unwrap();
    let entries = [
        article("a", "A", "", "Họ Dương", "Người họ Dương làm việc tại xã."),
        article("b", "B", "", "Con đường", "Người đi đường làm việc tại xã."),
        article("c", "C", "", "Khác", "Người khác làm việc tại huyện."),
    ];
    let (_library, mut reader) = filled(folder.path(), &entries);
    assert_eq!(ids(&mut reader, "đường")[0], "b");
    assert_eq!(ids(&mut reader, "Dương đường")[..2].len(), 2);
    assert_eq!(ids(&mut reader, "họ dương")[0], "a");
}

#[test]
fn expired_law_stays_behind_law_in_force_and_comes_back_for_its_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut entries = handbook();
    entries[2].from = Some(20_000);
    entries[3].to = Some(20_000);
    entries[3].from = Some(16_000);
    entries[3].validity = Validity::Expired;
    let (_library, mut reader) = filled(folder.path(), &entries);
    let ask = |reader: &mut LibraryReader, as_of| {
        let answer = reader.search(&Request { as_of, ..Request::new("người sử dụng đất được giao đất", 10) }).unwrap();
        answer.hits.iter().take(2).map(|hit| (hit.id.clone(), hit.validity)).collect::<Vec<_>>()
    };
    let now = ask(&mut reader, Some(20_500));
    assert_eq!(now, [("dat-dai-4".to_owned(), Validity::InForce), ("dat-dai-cu-5".to_owned(), Validity::Expired)]);
    let then = ask(&mut reader, Some(17_000));
    assert_eq!(then, [("dat-dai-cu-5".to_owned(), Validity::InForce), ("dat-dai-4".to_owned(), Validity::NotYet)]);
    let filtered =
        reader.search(&Request { validities: vec![Validity::Expired], ..Request::new("người sử dụng đất", 10) }).unwrap();
    assert_eq!(filtered.hits.len(), 1);
    assert!(filtered.counts.validities[&Validity::InForce] >= 1, "a filter does not take its own other choices away");
}

#[test]
fn filters_and_counts_agree() {
    let folder = tempfile::tempdir().unwrap();
    let mut entries = handbook();
    entries[4].section = Section::Procedure;
    entries[4].field = "Một cửa".to_owned();
    let (_library, mut reader) = filled(folder.path(), &entries);
    let all = reader.search(&Request::new("đăng ký thường trú tại xã", 10)).unwrap();
    assert_eq!(all.counts.sections.values().sum::<u32>(), all.found);
    let only = reader.search(&Request { sections: vec![Section::Procedure], ..Request::new("tiếp nhận hồ sơ", 10) }).unwrap();
    assert!(only.hits.iter().all(|hit| hit.section == Section::Procedure) && !only.hits.is_empty());
    let none = reader.search(&Request { fields: vec!["Không có".to_owned()], ..Request::new("tiếp nhận hồ sơ", 10) }).unwrap();
    assert_eq!(none.hits.len(), 0);
}

#[test]
fn what_has_only_some_of_the_words_is_listed_with_that_said_and_in_no_count() {
    let folder = tempfile::tempdir().unwrap();
    let mut entries: Vec<Entry> =
        (0..40).map(|at| article(&format!("rung-{at}"), "Luật Khác", "", "Rừng", "Bảo vệ rừng.")).collect();
    for (id, section) in [("mot", Section::Law), ("hai", Section::Law), ("ba", Section::Procedure)] {
        entries.push(Entry {
            section, ..article(id, "Sổ tay", "", "Đăng ký khai sinh", "Cha mẹ đăng ký khai sinh cho con.")
        });
    }
    entries.push(Entry {
        section: Section::Form, ..article("so", "Sổ tay", "", "Sổ ký nhận", "Người nhận ký vào sổ.")
    });
    let (_library, mut reader) = filled(folder.path(), &entries);
    let mut ask = |sections: Vec<Section>| {
        let answer = reader.search(&Request { sections, ..Request::new("dang ky khai sinh", 10) }).unwrap();
        let whole = |section: Option<Section>| {
            answer.hits.iter().filter(|hit| !hit.partial && section.is_none_or(|section| section == hit.section)).count()
        };
        assert_eq!(whole(None), answer.found as usize);
        let partial: Vec<String> = answer.hits.iter().filter(|hit| hit.partial).map(|hit| hit.id.clone()).collect();
        let counted: Vec<(Section, u32)> = answer.counts.sections.iter().map(|(section, count)| (*section, *count)).collect();
        (whole(Some(Section::Law)), answer.found, partial, counted)
    };
    let promised = vec![(Section::Procedure, 1), (Section::Law, 2)];
    assert_eq!(ask(Vec::new()), (2, 3, vec!["so".to_owned()], promised.clone()));
    assert_eq!(ask(vec![Section::Law]), (2, 2, Vec::new(), promised.clone()));
    assert_eq!(ask(vec![Section::Form]), (0, 0, vec!["so".to_owned()], promised));
}

/// What a filter is set to by name.
type Narrow = fn(&mut Request, String);
/// What a hit says of itself there.
type Own = fn(&Hit) -> &str;

#[test]
fn every_count_of_an_agency_a_field_or_a_level_is_what_its_filter_then_finds() {
    let folder = tempfile::tempdir().unwrap();
    let (agencies, fields) = (["Sở Tư pháp", "Công an xã", "UBND xã"], ["Hộ tịch", "Cư trú"]);
    let levels = ["city", "commune", "city,commune", "central", ""];
    // Unlike shares of everything, and some without a level.
    let mut entries: Vec<Entry> = (0..47)
        .map(|at| {
            let mut entry = article(&format!("viec-{at}"), "Sổ tay", "", "Việc của xã", "Nộp tờ khai đăng ký biến động.");
            entry.agency = agencies[at * at % 7 % 3].to_owned();
            entry.field = fields[usize::from(at % 7 < 2)].to_owned();
            entry.level = levels[at % 5].to_owned();
            entry
        })
        .collect();
    entries.extend((0..60).map(|at| article(&format!("rung-{at}"), "Luật Khác", "", "Rừng", "Bảo vệ rừng phòng hộ.")));
    let (_library, mut reader) = filled(folder.path(), &entries);
    let mut ask = |request: &Request| {
        let answer = reader.search(request).unwrap();
        assert_eq!(answer.hits.len(), answer.found as usize, "what is counted is listed: {request:?}");
        answer
    };
    let counts = |counts: &Counts, at: usize| [&counts.agencies, &counts.fields, &counts.levels][at].clone();
    let filters: [(Narrow, Own); 3] = [
        (|request, name| request.agencies = vec![name], |hit| &hit.agency),
        (|request, name| request.fields = vec![name], |hit| &hit.field),
        (|request, name| request.levels = vec![name], |hit| &hit.level),
    ];
    let plain = Request::new("đăng ký biến động", 100);
    let all = ask(&plain);
    assert_eq!(all.found, 47);
    for (at, (narrow, own)) in filters.iter().enumerate() {
        let promised = counts(&all.counts, at);
        assert_eq!(promised.len(), [3, 2, 4][at], "{promised:?}");
        for (name, count) in promised {
            let mut one = plain.clone();
            narrow(&mut one, name.clone());
            let found = ask(&one);
            assert!(found.found == count && found.hits.iter().all(|hit| own(hit) == name), "{name}: {count}, {}", found.found);
            // And with a second filter on top of the first.
            for (other, (narrow, own)) in filters.iter().enumerate().filter(|(other, _)| *other != at) {
                for (name, count) in counts(&found.counts, other) {
                    let mut both = one.clone();
                    narrow(&mut both, name.clone());
                    let found = ask(&both);
                    assert!(found.found == count && found.hits.iter().all(|hit| own(hit) == name), "{name}: {count}");
                }
            }
        }
    }
}

#[test]
fn an_entry_that_is_replaced_or_taken_out_is_not_found_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let (mut library, mut reader) = filled(folder.path(), &handbook());
    assert_eq!(ids(&mut reader, "đường bộ")[0], "duong-1");
    library.change(|change| change.put_entries(&[article("duong-1", "Luật Khác", "", "Rừng", "Bảo vệ rừng phòng hộ.")])).unwrap();
    assert_eq!(ids(&mut reader, "rừng phòng hộ")[0], "duong-1");
    assert!(!ids(&mut reader, "cầu đường bộ").contains(&"duong-1".to_owned()));
    assert_eq!(library.change(|change| change.remove_entries(&["duong-1", "nobody"])).unwrap(), 1);
    assert!(!ids(&mut reader, "rừng phòng hộ").contains(&"duong-1".to_owned()));
    assert_eq!(reader.len().unwrap(), handbook().len() - 1);
}

#[test]
fn a_change_that_fails_leaves_the_library_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (mut library, mut reader) = filled(folder.path(), &handbook());
    let failed = library.change(|change| {
        change.put_entries(&[article("new", "Luật Mới", "", "Lâm nghiệp", "Trồng cây gây rừng ngập mặn.")])?;
        change.remove_entries(&["cu-tru-20"])?;
        Err::<(), _>(StoreError::Stopped)
    });
    assert_eq!(failed.unwrap_err().code(), "search_stopped");
    assert!(!ids(&mut reader, "rừng ngập mặn").contains(&"new".to_owned()));
    assert_eq!(ids(&mut reader, "điều 20 luật cư trú")[0], "cu-tru-20");
    library
        .change(|change| change.put_entries(&[article("new", "Luật Mới", "", "Lâm nghiệp", "Trồng cây gây rừng ngập mặn.")]))
        .unwrap();
    assert_eq!(ids(&mut reader, "rừng ngập mặn")[0], "new");
    drop((library, reader));
    let library = Library::open(folder.path(), &KEY).unwrap();
    library.check().unwrap();
    assert_eq!(ids(&mut library.reader().unwrap(), "rừng ngập mặn")[0], "new");
}

#[test]
fn a_stale_question_is_not_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, mut reader) = filled(folder.path(), &handbook());
    let stopper = reader.stopper();
    stopper.newest(5);
    let stale = reader.search(&Request { turn: 4, ..Request::new("đất", 10) });
    assert_eq!(stale.unwrap_err().code(), "search_stopped");
    assert!(!reader.search(&Request { turn: 5, ..Request::new("đất", 10) }).unwrap().hits.is_empty());
}

#[test]
fn titles_come_while_typing() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, mut reader) = filled(folder.path(), &handbook());
    let mut first = |typed: &str| reader.titles(typed, 5).unwrap().into_iter().map(|title| title.id).collect::<Vec<_>>();
    assert_eq!(first("dieu kien dang ky th"), ["cu-tru-20", "cu-tru-27"]);
    assert_eq!(first("mức thu"), ["tt-61"]);
    assert!(first("ng").len() >= 2);
    assert_eq!(first("\"; DROP"), Vec::<String>::new());
    assert_eq!(first(""), Vec::<String>::new());
}

#[test]
fn half_a_word_is_completed_while_typing() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, mut reader) = filled(folder.path(), &handbook());
    let answer = reader.search(&Request { typing: true, ..Request::new("đăng ký tạm t", 10) }).unwrap();
    assert_eq!(answer.hits[0].id, "cu-tru-27");
    assert_eq!(answer.did_you_mean, None);
}

#[test]
fn the_organisations_abbreviations_take_the_place_of_the_standard_ones() {
    let folder = tempfile::tempdir().unwrap();
    let (mut library, mut reader) = filled(folder.path(), &handbook());
    library.change(|change| change.set_abbreviations("ĐKTT = đăng ký thường trú")).unwrap();
    assert_eq!(ids(&mut reader, "ĐKTT")[0], "cu-tru-20");
    let refused = library.change(|change| change.set_abbreviations("ĐKTT"));
    assert_eq!(refused.unwrap_err().code(), "abbreviation_unreadable");
    assert_eq!(ids(&mut reader, "ĐKTT")[0], "cu-tru-20");
}

#[test]
fn hostile_questions_are_answered_with_nothing_worse_than_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, mut reader) = filled(folder.path(), &handbook());
    let long = "đất ".repeat(100_000);
    for typed in ["", " ", "\"", "' OR 1=1 --", "NEAR(a b)", "*", "đất\0đai", "(((", "AND OR NOT", "\u{301}\u{301}", &long] {
        reader.search(&Request::new(typed, 10)).unwrap();
        reader.search(&Request { typing: true, ..Request::new(typed, 10) }).unwrap();
        reader.titles(typed, 10).unwrap();
    }
}

#[test]
fn another_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path(), &handbook()));
    assert_eq!(Library::open(folder.path(), &[1; 32]).unwrap_err().code(), "store_damaged");
    assert_eq!(LibraryReader::open(folder.path(), &[1; 32]).unwrap_err().code(), "store_damaged");
}

#[test]
fn a_flipped_bit_on_any_page_of_the_library_is_an_error_or_harmless() {
    let (origin, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(filled(origin.path(), &handbook()));
    let bytes = std::fs::read(origin.path().join(LIBRARY_FILE)).unwrap();
    let told = |folder: &Path| -> Result<(usize, Vec<String>), StoreError> {
        let library = Library::open(folder, &KEY)?;
        let mut reader = library.reader()?;
        let answer = reader.search(&Request::new("điều kiện đăng ký thường trú", 10))?;
        Ok((reader.len()?, answer.hits.into_iter().map(|hit| hit.id).collect()))
    };
    let sound = told(origin.path()).unwrap();
    let pages = bytes.len() / 4_096;
    let mut noticed = 0;
    for page in 0..pages {
        let folder = copy.path().join(page.to_string());
        std::fs::create_dir(&folder).unwrap();
        let mut damaged = bytes.clone();
        damaged[page * 4_096 + page * 97 % 4_096] ^= 1 << (page % 8);
        std::fs::write(folder.join(LIBRARY_FILE), damaged).unwrap();
        // A search reads only some pages; the check that is asked for reads them all.
        let checked = || Library::open(&folder, &KEY)?.check();
        match told(&folder) {
            Ok(told) => {
                assert_eq!(told, sound, "page {page}");
                noticed += usize::from(checked().is_err_and(|error| error.code() == "store_damaged"));
            }
            Err(error) => {
                assert_eq!(error.code(), "store_damaged", "page {page}: {error}");
                noticed += 1;
            }
        }
    }
    assert_eq!(noticed, pages, "what is not met by a search is found by the check");
}
