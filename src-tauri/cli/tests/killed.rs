//! A `kyhop node` is killed in the middle of its work, twenty times. Whatever it had said is saved must be there, and another device
//! that was listening all the time must agree with it: a place in a log that was used twice would set the two at odds for ever.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Desk, Dice, Node, Owner, fixture, until};

const ROUNDS: usize = 20;
/// Acknowledgements after which a round is over, at most.
const ACKNOWLEDGED_MAX: usize = 24;
/// How long after the last of them the blow may fall, in microseconds.
const LATER_MAX: usize = 6_000;
/// One writes items, one marks, one votes.
const WRITERS: usize = 3;
const READER: &str = "Lê Minh Châu";

/// Something that the owner of the profile said is saved.
enum Saved {
    Item { id: String, title: String },
    Note { id: String, text: String, audience: &'static str },
    Ballot { hash: String, choice: &'static str },
}

/// Where the writers write.
struct Sitting {
    meeting: String,
    vote: String,
    paper: String,
    version: Value,
}

#[derive(Default)]
struct Ledger {
    items: Vec<(String, String)>,
    notes: Vec<(String, String, &'static str)>,
    ballots: Vec<(String, &'static str)>,
}

impl Ledger {
    fn note(&mut self, saved: Saved) {
        match saved {
            Saved::Item { id, title } => self.items.push((id, title)),
            Saved::Note { id, text, audience } => self.notes.push((id, text, audience)),
            Saved::Ballot { hash, choice } => self.ballots.push((hash, choice)),
        }
    }

    fn len(&self) -> usize {
        self.items.len() + self.notes.len() + self.ballots.len()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

impl Sitting {
    /// A meeting with a paper and an open vote, prepared while nothing is killed.
    fn prepare(desk: &Desk) -> Self {
        let meeting = desk.meeting();
        desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "1"]);
        let vote = desk.vote(&meeting, "Thông qua kế hoạch trực bão?");
        let room = desk.ok(&["meeting", "show", &meeting]);
        let paper = &room["items"][0]["papers"][0];
        Self { meeting, vote, paper: text(&paper["paper"]), version: paper["versions"][0]["version"].clone() }
    }

    fn add_item(&self, owner: &mut Owner, title: String) -> Option<Saved> {
        let draft = json!({ "title": title });
        let act = json!({ "type": "add_item", "meeting": self.meeting, "parent": null, "after": null, "draft": draft });
        Some(Saved::Item { id: text(&owner.act(&act)?), title })
    }

    fn annotate(&self, owner: &mut Owner, note: String, audience: &'static str) -> Option<Saved> {
        let mark = json!({ "kind": "note", "at": { "x": 7_200, "y": 10_000 }, "text": note });
        let act = json!({
            "type": "annotate", "meeting": self.meeting, "paper": self.paper, "version": self.version,
            "page": 0, "colour": 0xffd54f, "mark": mark, "audience": audience,
        });
        Some(Saved::Note { id: text(&owner.act(&act)?), text: note, audience })
    }

    fn cast(&self, owner: &mut Owner, choice: &'static str) -> Option<Saved> {
        let receipt = owner.act(&json!({ "type": "cast_ballot", "vote": self.vote, "choice": choice }))?;
        Some(Saved::Ballot { hash: text(&receipt["ballot"]), choice })
    }

    /// Writes and tells what was acknowledged, until the owner is gone.
    fn write(&self, mut owner: Owner, round: usize, writer: usize, told: &Sender<Saved>) {
        for number in 0.. {
            let name = format!("việc {round}.{number}");
            let saved = match (writer, number % 2) {
                (0, _) => self.add_item(&mut owner, name),
                (1, 0) => self.annotate(&mut owner, name, "private"),
                (1, _) => self.annotate(&mut owner, name, "shared"),
                (_, 0) => self.cast(&mut owner, "for"),
                (_, _) => self.cast(&mut owner, "against"),
            };
            let Some(saved) = saved else { return };
            told.send(saved).unwrap();
        }
    }

    /// One round: everybody writes until the dice say that the node is killed.
    fn kill_during_writes(&self, desk: &Desk, node: Node, round: usize, dice: &mut Dice, ledger: &mut Ledger) {
        let wanted = 1 + dice.below(ACKNOWLEDGED_MAX);
        let later = Duration::from_micros(u64::try_from(dice.below(LATER_MAX)).unwrap());
        let (told, acknowledged) = channel();
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (owner, told) = (desk.owner(), told.clone());
                scope.spawn(move || self.write(owner, round, writer, &told));
            }
            drop(told);
            acknowledged.iter().take(wanted).for_each(|saved| ledger.note(saved));
            // Not always right after an acknowledgement: the instant is the dice's.
            let moment = Instant::now() + later;
            while Instant::now() < moment {
                std::hint::spin_loop();
            }
            node.kill();
            // What was acknowledged between our last look and the end counts too.
            acknowledged.iter().for_each(|saved| ledger.note(saved));
        });
    }

    fn room(&self, desk: &Desk) -> Value {
        desk.owner().query(&json!({ "type": "room", "meeting": self.meeting })).expect("the owner is there")
    }

    fn annotations(&self, desk: &Desk) -> Vec<Value> {
        let query = json!({ "type": "annotations", "meeting": self.meeting, "paper": self.paper });
        desk.owner().query(&query).expect("the owner is there").as_array().unwrap().clone()
    }

    /// Everything that was acknowledged is there, in its order, and nothing that nobody wrote.
    fn holds(&self, desk: &Desk, ledger: &Ledger, rounds: usize) {
        let room = self.room(desk);
        let items: Vec<(String, String)> = room["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (text(&row["item"]["id"]), text(&row["item"]["title"])))
            .skip(PREPARED_ITEMS)
            .collect();
        let wanted: BTreeSet<_> = ledger.items.iter().collect();
        let kept: Vec<_> = items.iter().filter(|item| wanted.contains(item)).cloned().collect();
        assert_eq!(kept, ledger.items, "round {rounds}: the items that were acknowledged");
        assert!(items.len() <= ledger.items.len() + rounds, "round {rounds}: at most one more item a round was on its way");

        let notes = self.annotations(desk);
        let shown: BTreeSet<_> = notes
            .iter()
            .map(|note| (text(&note["annotation"]["id"]), text(&note["annotation"]["mark"]["text"]), text(&note["audience"])))
            .collect();
        for (id, text, audience) in &ledger.notes {
            assert!(shown.contains(&(id.clone(), text.clone(), (*audience).to_owned())), "round {rounds}: note {text} is lost");
        }
        assert!(notes.len() <= ledger.notes.len() + rounds);

        let vote = &room["votes"][0];
        assert_eq!(vote["problems"], json!([]), "round {rounds}: each ballot replaces the one before");
        if let Some((hash, choice)) = ledger.ballots.last() {
            let mine = &vote["mine"];
            let newest = text(&mine["ballot"]);
            if newest == *hash {
                assert_eq!(mine["choice"], *choice);
            } else {
                let older = ledger.ballots.iter().any(|(known, _)| *known == newest);
                assert!(!older, "round {rounds}: an older ballot stands in the place of the last acknowledged one");
            }
        }
    }

    /// What both devices must see alike: the whole room but what is one's own, and the shared marks.
    fn shared(&self, desk: &Desk) -> (Value, BTreeSet<String>) {
        let room = self.room(desk);
        let received = room["votes"][0]["received"].clone();
        let shared = self
            .annotations(desk)
            .iter()
            .filter(|note| note["audience"] == "shared")
            .map(|note| note["annotation"].to_string())
            .collect();
        (json!([room["items"], room["members"], received, room["votes"][0]["problems"]]), shared)
    }
}

/// Items of the meeting before the writers begin.
const PREPARED_ITEMS: usize = 2;

#[test]
fn what_was_acknowledged_survives_twenty_kills_and_every_device_agrees() {
    let (desk, reader) = (Desk::founded(), Desk::new());
    let sitting = Sitting::prepare(&desk);
    let mut node = desk.node(&[]);
    let listener = {
        let mut joining = reader.joins(node.address(), READER);
        let words = text(&joining.line()["words"]);
        until("the request is there", || desk.maybe(&["approve", "--words", &words]));
        assert!(joining.end().0);
        desk.ok(&["meeting", "invite", &sitting.meeting, READER, "delegate"]);
        reader.node(&[node.address()])
    };
    until("the reader has the meeting", || reader.maybe(&["meeting", "show", &sitting.meeting]));

    let (mut dice, mut ledger) = (Dice(20_261_122), Ledger::default());
    let mut before = 0;
    for round in 1..=ROUNDS {
        sitting.kill_during_writes(&desk, node, round, &mut dice, &mut ledger);
        assert!(ledger.len() > before, "round {round}: nothing was acknowledged");
        before = ledger.len();
        node = desk.node(&[listener.address()]);
        sitting.holds(&desk, &ledger, round);
        until("the other device has the same", || (sitting.shared(&reader) == sitting.shared(&desk)).then_some(()));
    }
    for kind in [ledger.items.len(), ledger.notes.len(), ledger.ballots.len()] {
        assert!(
            kind >= ROUNDS / 2,
            "the dice were not kind: {} items, {} notes, {} ballots",
            ledger.items.len(),
            ledger.notes.len(),
            ledger.ballots.len()
        );
    }

    // It goes on as if nothing had happened, and an auditor finds every ballot of the chain.
    let closed = desk.ok(&["vote", "close", &sitting.vote]);
    assert_eq!((&closed["received"], &closed["is_final"]), (&json!(1), &json!(true)), "{closed}");
    node.stop();
    let bundle = desk.text_path("vote.kyhopvote");
    desk.ok(&["vote", "export", &sitting.vote, "--out", &bundle]);
    let root = text(&desk.ok(&["identity"])["root"]);
    let verdict = desk.ok(&["vote", "verify", &bundle, "--root", &root]);
    assert_eq!((&verdict["ok"], &verdict["counted"]), (&json!(true), &json!(1)), "{verdict}");
    let room = desk.ok(&["meeting", "show", &sitting.meeting]);
    assert!(room["items"].as_array().unwrap().len() >= PREPARED_ITEMS + ledger.items.len());
}
