//! The minutes of a real sitting: drafted and signed at two desks, and judged by programs that are not ours.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../signing/pdf/tests/common/judges.rs"]
mod judges;
mod support;

use std::process::Command;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, Node, kyhop, one_json, said, until};

const CHAIR: &str = "Lê Minh Châu";
const QUESTION: &str = "Thông qua kế hoạch trực bão";

/// `signer`, or another part, of every signature.
fn each<'a>(minutes: &'a Value, part: &str) -> Vec<&'a str> {
    minutes["signatures"].as_array().unwrap().iter().map(|signature| signature[part].as_str().unwrap()).collect()
}

/// The words of a PDF in reading order, white space as single spaces.
fn words(pdf: &str) -> String {
    let shown = judges::run(Command::new("pdftotext").arg(pdf).arg("-"));
    assert!(shown.status.success());
    judges::text(&shown.stdout).replace('\u{200b}', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two desks whose meeting has decided something; the nodes stay online with it.
struct Decided {
    secretary: Desk,
    chair: Desk,
    meeting: String,
    _nodes: (Node, Node),
}

fn decided() -> Decided {
    let (secretary, chair) = (Desk::founded(), Desk::new());
    let meeting = secretary.meeting();
    let node = secretary.node(&[]);
    let mut joining = chair.joins(node.address(), CHAIR);
    let six = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request to join arrives", || secretary.maybe(&["approve", "--words", &six]));
    assert!(joining.end().0);
    let chair_node = chair.node(&[node.address()]);
    secretary.ok(&["meeting", "invite", &meeting, CHAIR, "chair"]);
    until("the chair has the meeting", || chair.maybe(&["meeting", "show", &meeting]));

    chair.ok(&["meeting", "check-in", &meeting]);
    secretary.ok(&["meeting", "check-in", &meeting]);
    until("the chair sees both present", || {
        chair.maybe(&["meeting", "attendance", &meeting]).filter(|seen| seen["quorum"]["present"] == 2)
    });
    let opened = chair.ok(&["vote", "open", &meeting, "--item", "2", "--question", QUESTION]);
    let vote = opened["vote"].as_str().unwrap();
    until("the secretary may vote", || secretary.maybe(&["vote", "show", vote]).filter(|seen| seen["may_cast"] == true));
    secretary.ok(&["vote", "cast", vote, "against"]);
    chair.ok(&["vote", "cast", vote, "for"]);
    until("the chair has both ballots", || chair.maybe(&["vote", "show", vote]).filter(|seen| seen["received"] == 2));
    chair.ok(&["vote", "close", vote]);
    for desk in [&secretary, &chair] {
        until("the result is final", || desk.maybe(&["vote", "show", vote]).filter(|seen| seen["is_final"] == true));
    }
    Decided { secretary, chair, meeting, _nodes: (node, chair_node) }
}

#[test]
fn minutes_signed_by_secretary_and_chair_are_valid_to_every_judge_and_say_how_the_vote_went() {
    let Decided { secretary, chair, meeting, _nodes } = decided();
    assert_eq!(secretary.ok(&["minutes", "show", &meeting])["version"], Value::Null);
    assert_eq!(secretary.fails(&["minutes", "sign", &meeting]), "not_found", "there is nothing to sign");
    let drafted = secretary.ok(&["minutes", "draft", &meeting]);
    assert_eq!((&drafted["my_turn"], &drafted["complete"], &drafted["signatures"]), (&json!(true), &json!(false), &json!([])));
    until("the draft reaches the chair", || {
        chair.maybe(&["minutes", "show", &meeting]).filter(|seen| seen["version"] == drafted["version"] && seen["here"] == true)
    });
    assert_eq!(chair.fails(&["minutes", "sign", &meeting]), "not_your_turn", "the secretary signs first");
    let once = secretary.ok(&["minutes", "sign", &meeting]);
    assert_eq!((each(&once, "signer"), &once["complete"]), (vec![FOUNDER], &json!(false)));
    assert_eq!(secretary.fails(&["minutes", "sign", &meeting]), "not_your_turn", "nobody signs twice");
    until("the signed draft reaches the chair", || {
        chair.maybe(&["minutes", "show", &meeting]).filter(|seen| seen["my_turn"] == true && seen["here"] == true)
    });
    let twice = chair.ok(&["minutes", "sign", &meeting]);
    for desk in [&secretary, &chair] {
        let shown = until("both signatures are seen", || {
            desk.maybe(&["minutes", "show", &meeting]).filter(|seen| seen["complete"] == true)
        });
        assert_eq!(shown["version"], twice["version"]);
        assert_eq!(each(&shown, "signer"), [FOUNDER, CHAIR]);
        assert_eq!(each(&shown, "status"), ["valid_later_additions", "valid"]);
    }

    let (pdf, root) = (chair.text_path("minutes.pdf"), secretary.text_path("root.pem"));
    chair.ok(&["minutes", "export", &meeting, "--out", &pdf]);
    secretary.ok(&["ca", "export", "--out", &root]);
    let stranger = kyhop().args(["--json", "pdf", "verify", &pdf, "--trust", &root]).output().unwrap();
    assert_eq!(stranger.status.code(), Some(0), "{}", said(&stranger));
    assert_eq!(each(&one_json(&stranger), "signer"), [FOUNDER, CHAIR]);

    let pem = std::fs::read_to_string(&root).unwrap();
    let (_, authority) = pem_rfc7468::decode_vec(pem.as_bytes()).unwrap();
    judges::Desk::new(&pem).all_accept(&[authority], "minutes.pdf", &std::fs::read(&pdf).unwrap(), 2);

    if !judges::has("pdftotext") {
        return;
    }
    let text = words(&pdf);
    for expected in [
        "Phiên họp tháng 11",
        QUESTION,
        "1/2 tán thành, 1/2 không tán thành, 0/2 không biểu quyết, 0/2 không bỏ phiếu",
        "ĐƯỢC THÔNG QUA (kết quả chính thức)",
        "quyết định theo ý kiến của Chủ tọa",
        FOUNDER,
        CHAIR,
    ] {
        assert!(text.contains(expected), "“{expected}” is missing: {text}");
    }
}

#[test]
fn a_resolution_and_a_notice_are_edited_before_they_are_initialled_and_signed_and_stand_in_the_archive() {
    let Decided { secretary, chair, meeting, _nodes } = decided();
    assert_eq!(secretary.fails(&["notice", "draft", &meeting]), "nothing_to_issue", "nothing was concluded");

    let mut typed = secretary.ok(&["resolution", "text", &meeting]);
    assert_eq!(typed["body"][0], format!("Điều 1. {QUESTION}."));
    typed["number"] = json!(7);
    typed["grounds"] = json!(["Căn cứ Quy chế làm việc."]);
    let edited = secretary.text_path("words.json");
    std::fs::write(&edited, typed.to_string()).unwrap();
    let drafted = secretary.ok(&["resolution", "draft", &meeting, "--words", &edited]);
    assert_eq!((&drafted["my_turn"], &drafted["signatures"]), (&json!(true), &json!([])));
    until("the words and the draft reach the chair", || {
        chair
            .maybe(&["resolution", "show", &meeting])
            .filter(|seen| seen["version"] == drafted["version"] && seen["here"] == true)
    });
    assert_eq!(chair.ok(&["resolution", "text", &meeting])["number"], 7);
    assert_eq!(chair.fails(&["resolution", "sign", &meeting]), "not_your_turn", "the secretary initials first");

    let minutes = secretary.ok(&["minutes", "show", &meeting]);
    assert_eq!(minutes["version"], Value::Null, "one document is not the other");
    secretary.ok(&["resolution", "sign", &meeting]);
    until("the initialled resolution reaches the chair", || {
        chair.maybe(&["resolution", "show", &meeting]).filter(|seen| seen["my_turn"] == true && seen["here"] == true)
    });
    let signed = chair.ok(&["resolution", "sign", &meeting]);
    assert_eq!((each(&signed, "signer"), &signed["complete"]), (vec![FOUNDER, CHAIR], &json!(true)));
    assert_eq!(chair.fails(&["resolution", "draft", &meeting, "--fresh"]), "already_signed");

    let (pdf, root) = (chair.text_path("resolution.pdf"), secretary.text_path("root.pem"));
    chair.ok(&["resolution", "export", &meeting, "--out", &pdf]);
    secretary.ok(&["ca", "export", "--out", &root]);
    let stranger = kyhop().args(["--json", "pdf", "verify", &pdf, "--trust", &root]).output().unwrap();
    assert_eq!(stranger.status.code(), Some(0), "{}", said(&stranger));
    let archive = chair.path("archive");
    chair.ok(&["meeting", "export", &meeting, "--out", archive.to_str().unwrap()]);
    assert_eq!(std::fs::read(archive.join("minutes/resolution.pdf")).unwrap(), std::fs::read(&pdf).unwrap());
    assert!(!archive.join("minutes/minutes.pdf").exists());

    if !judges::has("pdftotext") {
        return;
    }
    let text = words(&pdf);
    for expected in
        ["Số: 07/NQ-", "NGHỊ QUYẾT", "Căn cứ Quy chế làm việc.", "QUYẾT NGHỊ:", QUESTION, "Kết quả biểu quyết: 1/2 tán thành"]
    {
        assert!(text.contains(expected), "“{expected}” is missing: {text}");
    }
}
