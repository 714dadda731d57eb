//! Stories of questions between offices: people write on devices of their own, and every device comes to the same thread.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{PersonId, QuestionEventId, QuestionId, SpaceId, Timestamp, UnitId};
use domain::question::{Entry, Event, Question, Rules, Said, State, Thread, Urgency, Void, fold};
use harness::Room;
use sync::document::question;
use sync::envelope::DocKind;
use sync::port::Shelf as _;
use sync::{DocRef, LocalError};

const LAND: UnitId = UnitId([2; 16]);
const JUSTICE: UnitId = UnitId([3; 16]);
const COMMUNE: UnitId = UnitId([4; 16]);
const NONCE: [u8; 16] = [9; 16];
/// The first entry of a thread is a second after the epoch, each further one a second after the last.
const ASKED_AT: Timestamp = Timestamp(1_000);

/// The city's office, a commune, and two departments.
struct Offices {
    room: Room,
    space: SpaceId,
    thread: QuestionId,
}

impl Offices {
    fn open() -> Self {
        let mut room = Room::new(&["city"]);
        for (name, unit, title) in [
            ("bich", COMMUNE, "UBND phường An Bình"),
            ("lam", LAND, "Sở NN&MT"),
            ("lan", LAND, "Sở NN&MT"),
            ("tu", JUSTICE, "Sở Tư pháp"),
        ] {
            room.newcomer(name, "city", (unit, title), false);
        }
        let space = room.organisation("city", &["bich", "lam", "lan", "tu"]);
        let (thread, _) =
            Said::first(room.person("bich"), Entry { unit: COMMUNE, at: ASKED_AT, after: Vec::new(), event: question() });
        Self { room, space, thread }
    }

    /// Everybody has the question.
    fn asked() -> Self {
        let mut offices = Self::open();
        offices.ask();
        offices.room.run_until_quiescent();
        offices
    }

    fn ask(&mut self) -> QuestionEventId {
        self.say("bich", question())
    }

    /// Somebody says something for the own office, after all that is on the device.
    fn say(&mut self, name: &str, event: Event) -> QuestionEventId {
        let unit = self.room.replica(name).me().unwrap().unit;
        self.say_for(name, unit, event).unwrap()
    }

    /// As [`Self::say`], claiming to act for a unit.
    fn say_for(&mut self, name: &str, unit: UnitId, event: Event) -> Result<QuestionEventId, LocalError> {
        let seen = self.folded(name);
        let after = seen.as_ref().map(Thread::heads).unwrap_or_default();
        let at = Timestamp(seen.and_then(|thread| thread.steps.last().map(|step| step.said.entry.at.0)).unwrap_or(0) + 1_000);
        let said = Said::new(&self.thread, self.room.person(name), Entry { unit, at, after, event });
        let (place, thread) = (self.place(&said.author), self.thread);
        self.room.edit(name, place, |tx| question::append(tx, &thread, &said).map_err(|error| error.to_string()))?;
        Ok(said.id)
    }

    fn place(&self, person: &PersonId) -> DocRef {
        DocRef::contribution(self.space, person, self.thread.as_bytes())
    }

    /// The thread as somebody's device has it.
    fn folded(&mut self, name: &str) -> Option<Thread> {
        let kind = DocKind::Contribution;
        let tail = self.place(&PersonId([0; 16])).doc.0[8..].to_vec();
        let documents = self.room.device(name).shelf.documents(&self.space).unwrap();
        let mut said = Vec::new();
        for (doc, _) in documents.into_iter().filter(|(doc, code)| *code == kind.code() && doc.0[8..] == tail[..]) {
            let place = DocRef { space: self.space, doc, kind };
            if let Ok(contribution) = self.room.read(name, &place, |document| question::read(document, &place))
                && contribution.thread == self.thread
            {
                said.extend(contribution.said);
            }
        }
        let offices = self.room.replica(name).directory().unwrap().offices();
        fold(&self.thread, &said, &offices, &Rules::default())
    }

    fn thread(&mut self, name: &str) -> Thread {
        self.folded(name).unwrap_or_else(|| panic!("{name} has no thread"))
    }

    /// The thread, the same on all these devices.
    fn same(&mut self, names: &[&str]) -> Thread {
        let thread = self.thread(names[0]);
        for name in names {
            assert_eq!(self.thread(name), thread, "{name}");
        }
        thread
    }
}

fn question() -> Event {
    Event::Asked(Question {
        nonce: NONCE,
        to: LAND,
        field: "Đất đai".into(),
        procedure: None,
        title: "Cấp giấy chứng nhận lần đầu".into(),
        text: "Hộ dân không có giấy tờ.".into(),
        urgency: Urgency::Normal,
        attachments: Vec::new(),
    })
}

const ALL: [&str; 5] = ["city", "bich", "lam", "lan", "tu"];

fn answer(text: &str) -> Event {
    Event::Answer { text: text.into(), citations: Vec::new(), replaces: None, attachments: Vec::new() }
}

fn passed_to(to: UnitId) -> Event {
    Event::Routed { to, reason: "Thuộc lĩnh vực khác".into() }
}

fn verdict(thread: &Thread, id: QuestionEventId) -> Option<Void> {
    thread.steps.iter().find(|step| step.said.id == id).expect("the entry is here").void
}

#[test]
fn a_commune_asks_without_a_connection_and_is_answered_when_there_is_one() {
    let mut offices = Offices::open();
    offices.room.isolate("bich");
    offices.ask();
    offices.room.run_until_quiescent();
    assert!(offices.room.replica("bich").waiting() > 0, "it waits, and that can be shown");
    assert_eq!(offices.thread("bich").state, State::Asked);
    assert!(offices.folded("lam").is_none());
    offices.room.heal();
    assert_eq!(offices.room.replica("bich").waiting(), 0, "somebody has it");
    let answered = offices.say("lam", answer("Áp dụng Điều 138."));
    offices.room.run_until_quiescent();
    offices.say("bich", Event::Accepted { answer: answered });
    offices.room.run_until_quiescent();
    let thread = offices.same(&ALL);
    assert_eq!((thread.state, thread.best_answer().unwrap().text.as_str()), (State::Accepted, "Áp dụng Điều 138."));
}

#[test]
fn two_colleagues_who_answer_at_once_are_both_heard_and_the_asker_chooses() {
    let mut offices = Offices::asked();
    offices.room.partition(&[&["lam"], &["lan", "bich", "city", "tu"]]);
    offices.say("lam", answer("Được."));
    let second = offices.say("lan", answer("Được, kèm xác nhận của phường."));
    offices.room.heal();
    let thread = offices.same(&ALL);
    assert_eq!((thread.state, thread.row().answers), (State::Answered, 2));
    offices.say("bich", Event::Accepted { answer: second });
    offices.room.run_until_quiescent();
    assert_eq!(offices.same(&ALL).best_answer().unwrap().id, second);
}

#[test]
fn an_answer_stands_although_the_question_was_passed_on_at_the_same_time() {
    let mut offices = Offices::asked();
    offices.room.partition(&[&["lam", "bich"], &["lan", "city", "tu"]]);
    let answered = offices.say("lam", answer("Trả lời luôn."));
    offices.say("lan", passed_to(JUSTICE));
    offices.room.run_until_quiescent();
    let other = offices.say("tu", answer("Sở Tư pháp trả lời."));
    offices.room.heal();
    let thread = offices.same(&ALL);
    assert_eq!((thread.responsible, thread.row().answers), (JUSTICE, 2));
    assert_eq!((verdict(&thread, answered), verdict(&thread, other)), (None, None));
    // From now on everybody knows.
    let late = offices.say("lam", answer("Và thêm nữa."));
    offices.room.run_until_quiescent();
    assert_eq!(verdict(&offices.same(&ALL), late), Some(Void::NotResponsible));
}

#[test]
fn who_answers_in_the_name_of_another_office_is_shown_as_void_everywhere() {
    let mut offices = Offices::asked();
    let forged = offices.say_for("tu", LAND, answer("Nhân danh Sở khác.")).unwrap();
    let uncalled = offices.say("tu", answer("Theo tôi là không."));
    offices.room.run_until_quiescent();
    let thread = offices.same(&ALL);
    assert_eq!((thread.state, thread.answers.len()), (State::Asked, 0));
    assert_eq!(verdict(&thread, forged), Some(Void::ForeignUnit));
    assert_eq!(verdict(&thread, uncalled), Some(Void::NotResponsible));
    // Into somebody else's contribution nobody writes at all.
    let place = offices.place(&offices.room.person("lam"));
    let refused = offices.room.edit("tu", place, |_| Ok(())).unwrap_err();
    assert_eq!(refused.code(), "not_allowed");
}

#[test]
fn nobody_asks_in_anothers_name_nor_takes_a_thread_over() {
    let mut offices = Offices::asked();
    let hijack = Event::Asked(Question {
        nonce: NONCE,
        to: JUSTICE,
        field: String::new(),
        procedure: None,
        title: "Câu khác".into(),
        text: String::new(),
        urgency: Urgency::Immediate,
        attachments: Vec::new(),
    });
    let hijack = offices.say("tu", hijack);
    offices.room.run_until_quiescent();
    let thread = offices.same(&ALL);
    assert_eq!(verdict(&thread, hijack), Some(Void::NotTheQuestion));
    assert_eq!((thread.responsible, thread.question.title.as_str()), (LAND, "Cấp giấy chứng nhận lần đầu"));
}

#[test]
fn what_a_removed_person_had_said_stays_and_what_nobody_saw_is_gone() {
    let mut offices = Offices::asked();
    let seen = offices.say("lam", answer("Lúc còn làm việc."));
    offices.room.run_until_quiescent();
    offices.room.isolate("lam");
    offices.say("lam", answer("Sau khi nghỉ việc."));
    let (person, space) = (offices.room.person("lam"), offices.space);
    offices.room.remove("city", space, person).unwrap();
    offices.room.heal();
    offices.room.wait_ms(10_000);
    let others = ["city", "bich", "lan", "tu"];
    let thread = offices.same(&others);
    assert_eq!((thread.answers.len(), verdict(&thread, seen)), (1, None));
    // The thread goes on without that person.
    let more = offices.say("lan", answer("Bổ sung."));
    offices.room.run_until_quiescent();
    assert_eq!(verdict(&offices.same(&others), more), None);
    offices.say("lam", answer("Tôi vẫn ở đây."));
    offices.room.heal();
    assert_eq!(offices.same(&others).answers.len(), 2, "and whatever is said on that device reaches nobody");
}

#[test]
fn what_a_stolen_laptop_says_unseen_is_gone_on_every_screen() {
    let mut offices = Offices::asked();
    offices.room.partition(&[&["lam", "tu"], &["city", "bich", "lan"]]);
    offices.say("lam", answer("Kẻ trộm trả lời."));
    offices.room.run_until_quiescent();
    assert_eq!(offices.thread("tu").answers.len(), 1, "nobody has told this office yet");
    offices.room.revoke("city", "lam").unwrap();
    offices.room.heal();
    assert_eq!(offices.same(&["city", "bich", "lan", "tu"]).answers.len(), 0);
}

#[test]
fn a_person_asks_on_one_device_and_accepts_on_another() {
    let mut offices = Offices::open();
    offices.room.further_device("tablet", "bich");
    offices.room.wait_ms(10_000);
    offices.ask();
    offices.room.run_until_quiescent();
    let answered = offices.say("lam", answer("Được."));
    offices.room.run_until_quiescent();
    offices.room.isolate("bich");
    offices.say("tablet", Event::Accepted { answer: answered });
    offices.say("bich", Event::Rated { answer: answered, stars: 4, note: String::new() });
    offices.room.heal();
    let thread = offices.same(&["city", "bich", "tablet", "lam"]);
    assert_eq!((thread.accepted, thread.rating.unwrap().stars), (Some(answered), 4));
}

#[test]
fn an_office_that_joins_later_reads_what_was_said_before() {
    let mut offices = Offices::asked();
    let answered = offices.say("lam", answer("Được."));
    offices.room.run_until_quiescent();
    offices.room.newcomer("minh", "city", (UnitId([5; 16]), "UBND xã Bình Minh"), true);
    let (person, space) = (offices.room.person("minh"), offices.space);
    offices.room.invite("city", space, person, domain::meeting::MeetingRole::Delegate);
    offices.room.run_until_quiescent();
    offices.room.wait_ms(10_000);
    let thread = offices.same(&["city", "minh", "bich"]);
    assert_eq!(thread.best_answer().unwrap().id, answered);
    let row = thread.row();
    let known = offices.room.replica("minh").directory().unwrap().offices();
    assert!(!row.is_listed_for(&known, &person), "it is here and not listed: the thread concerns others and is not shared");
    let uncalled = offices.say("minh", Event::Comment { text: "Cho hỏi thêm".into(), mentions: Vec::new() });
    offices.room.run_until_quiescent();
    assert_eq!(verdict(&offices.same(&["city", "minh", "bich"]), uncalled), Some(Void::NotConcerned));
}
