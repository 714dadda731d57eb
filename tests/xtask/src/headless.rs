//! The main job, played by seven `kyhop` processes on this machine: a sitting of a ward's People's Committee from the invitation to the signed minutes.
//! One function per sentence of the story; each waits until its sentence is true on every device it speaks of.

mod device;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::{Value, json};

use self::device::{Device, Person, until};
use crate::children::Interrupt;
use crate::workspace::Workspace;

/// The Committee. The order matters to the story: see [`CHAIR`] and the other indices.
const COMMITTEE: [Person; 7] = [
    Person { name: "Nguyễn Văn An", title: "Chủ tịch UBND phường", role: "chair" },
    Person { name: "Trần Thị Bích", title: "Ủy viên UBND, Chánh Văn phòng", role: "secretary" },
    Person { name: "Lê Minh Châu", title: "Phó Chủ tịch UBND phường", role: "delegate" },
    Person { name: "Phạm Quốc Dũng", title: "Ủy viên UBND, Trưởng phòng Kinh tế", role: "delegate" },
    Person { name: "Hoàng Thu Hà", title: "Ủy viên UBND, Trưởng phòng Văn hóa – Xã hội", role: "delegate" },
    Person { name: "Võ Thanh Giang", title: "Ủy viên UBND, Chỉ huy trưởng Quân sự", role: "delegate" },
    Person { name: "Đặng Hải Yến", title: "Ủy viên UBND, Trưởng Công an phường", role: "delegate" },
];
const CHAIR: usize = 0;
const SECRETARY: usize = 1;
const REMARKS: usize = 2;
const CUT_OFF: usize = 5;
const SWITCHED_OFF: usize = 6;

/// What each of them votes, in the order of the Committee.
const BALLOTS: [&str; 7] = ["for", "for", "for", "against", "not_voting", "for", "for"];
/// The agenda, each item with its minutes and its paper among `fixtures/papers`.
const AGENDA: [(&str, u16, &str); 3] = [
    ("Tình hình kinh tế – xã hội tháng 10 và nhiệm vụ tháng 11", 45, "bao-cao-kinh-te-xa-hoi.pdf"),
    ("Hỗ trợ các hộ dân bị ngập trong đợt mưa lũ", 40, "to-trinh-ho-tro-ngap.pdf"),
    ("Kế hoạch trực bão", 20, "ke-hoach-truc-bao.pdf"),
];
/// What one member marks for herself.
const PRIVATE_MARK: &str = "hộ dân bị ngập";
/// What she says to all.
const SHARED_REMARK: &str = "Đề nghị nêu rõ nguồn kinh phí hỗ trợ";
const QUESTION: &str = "Thông qua mức hỗ trợ các hộ dân bị ngập";
const RULES: &str = "ubnd-majority";
/// Results are kept apart by time below this folder of cargo's target.
const RESULTS: &str = "kyhop-demo-result";

/// What the run found; printed as one JSON object.
#[derive(Debug, Serialize)]
pub struct Report {
    devices: usize,
    converged: bool,
    counted: u64,
    r#for: u64,
    against: u64,
    not_voting: u64,
    passed: bool,
    minutes_pdf: PathBuf,
    root_pem: PathBuf,
    signatures: Vec<Signature>,
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct Signature {
    signer: String,
    status: String,
}

impl Report {
    /// Whether all that the story promises held.
    pub fn holds(&self) -> bool {
        self.devices == COMMITTEE.len()
            && self.converged
            && self.counted == COMMITTEE.len() as u64
            && self.r#for + self.against + self.not_voting == self.counted
            && self.passed
            && self.signatures.len() == 2
            && self.signatures.iter().all(|signature| signature.status == "valid")
    }
}

/// Plays the sitting. An error names the sentence that did not come true.
pub fn play(workspace: &Workspace, interrupt: &Interrupt) -> Result<Report> {
    let begun = Instant::now();
    let results = workspace.target.join(RESULTS).join(timestamp());
    fs::create_dir_all(&results)?;
    let mut sitting = Sitting::seat(workspace, &results.join("devices"))?;
    let told = |sentence: &str| -> Result<()> {
        ensure!(!interrupt.asked(), "interrupted");
        eprintln!("    {:>6.1} s  {sentence}", begun.elapsed().as_secs_f64());
        Ok(())
    };
    told("the secretary founds the organisation; six members join, words compared on both screens")?;
    sitting.found_organisation()?;
    sitting.members_join()?;
    told("the secretary creates the sitting with three items, real papers and invitations")?;
    sitting.prepare()?;
    told("every device finds the others and has the papers")?;
    sitting.papers_arrive()?;
    told("the members check in")?;
    sitting.check_in()?;
    told("one marks a paragraph privately and shares one remark")?;
    sitting.annotate()?;
    told("the chair opens a vote")?;
    sitting.open_vote()?;
    told("one device is cut off and votes alone; five vote; one of them is switched off")?;
    sitting.members_vote()?;
    told("the cut-off device comes back and is counted; the chair votes and closes")?;
    sitting.close_vote()?;
    told("every device that is on shows the same final result")?;
    sitting.result_is_final()?;
    told("an auditor without a profile checks the exported vote")?;
    sitting.audit(&results.join("vote.kyhop"))?;
    told("the minutes are signed by the secretary, then by the chair")?;
    let minutes_pdf = results.join("minutes.pdf");
    let root_pem = results.join("root.pem");
    sitting.minutes(&minutes_pdf, &root_pem)?;
    told("the device that was switched off starts the next morning and has everything")?;
    let converged = sitting.next_morning()?;
    let outcome = sitting.outcome()?;
    let signatures = sitting.signatures(&minutes_pdf, &root_pem)?;
    told("done")?;
    Ok(Report {
        devices: sitting.devices.iter().filter(|device| device.is_on()).count(),
        converged,
        counted: number(&outcome, "counted")?,
        r#for: number(&outcome, "votes_for")?,
        against: number(&outcome, "against")?,
        not_voting: number(&outcome, "not_voting")?,
        passed: outcome["passed"] == true,
        minutes_pdf,
        root_pem,
        signatures,
        seconds: (begun.elapsed().as_secs_f64() * 10.0).round() / 10.0,
    })
}

/// The seven devices and what they have come to so far.
struct Sitting {
    devices: Vec<Device>,
    papers: PathBuf,
    meeting: String,
    vote: String,
}

impl Sitting {
    fn seat(workspace: &Workspace, home: &Path) -> Result<Self> {
        let program = workspace.programs(false).join("kyhop");
        let environment = vec![("KYHOP_PDFIUM", workspace.pdfium())];
        let devices = COMMITTEE
            .iter()
            .enumerate()
            .map(|(number, person)| Device::new(*person, &program, &home.join(number.to_string()), environment.clone()));
        let devices = devices.collect::<Result<_>>()?;
        Ok(Self { devices, papers: workspace.root.join("fixtures/papers"), meeting: String::new(), vote: String::new() })
    }

    fn found_organisation(&mut self) -> Result<()> {
        let secretary = &mut self.devices[SECRETARY];
        let Person { name, title, .. } = secretary.person;
        secretary.ask([
            "init",
            "--organisation",
            "Thành phố Minh Hải",
            "--unit",
            "UBND phường An Bình",
            "--name",
            name,
            "--title",
            title,
        ])?;
        secretary.switch_on(&[])
    }

    fn members_join(&mut self) -> Result<()> {
        let door = self.devices[SECRETARY].addresses.clone();
        let address = door.first().context("the secretary's device has no address")?.clone();
        for member in (0..self.devices.len()).filter(|member| *member != SECRETARY) {
            let device = &self.devices[member];
            let mut joining = device.begin([
                "join",
                "--peer",
                &address,
                "--name",
                device.person.name,
                "--title",
                device.person.title,
                "--yes",
            ])?;
            let words = joining.line()?["words"].as_str().context("no words to compare")?.to_owned();
            until("the secretary sees the request with the same six words", || {
                let requests = self.devices[SECRETARY].ask(["approve"])?;
                Ok(requests.to_string().contains(&words).then_some(()))
            })?;
            self.devices[SECRETARY].ask(["approve", "--words", &words])?;
            joining.finish()?;
        }
        for member in (0..self.devices.len()).filter(|member| *member != SECRETARY) {
            self.devices[member].switch_on(&door)?;
        }
        Ok(())
    }

    fn prepare(&mut self) -> Result<()> {
        let secretary = &self.devices[SECRETARY];
        let items: Vec<String> = AGENDA.iter().map(|(title, minutes, _)| format!("{title}@{minutes}")).collect();
        let papers: Vec<String> = AGENDA
            .iter()
            .enumerate()
            .map(|(item, (_, _, file))| format!("{}:{}", item + 1, self.papers.join(file).display()))
            .collect();
        let invited: Vec<String> = COMMITTEE
            .iter()
            .filter(|person| person.role != "secretary")
            .map(|person| format!("{}:{}", person.name, person.role))
            .collect();
        let starts = "2026-11-23 08:00";
        let mut words =
            vec!["meeting", "new", "--title", "Phiên họp UBND phường tháng 11", "--place", "Phòng họp số 1", "--starts", starts];
        for (option, values) in [("--item", &items), ("--paper", &papers), ("--invite", &invited)] {
            for value in values {
                words.extend([option, value]);
            }
        }
        let made = secretary.ask_all(&words)?;
        self.meeting = text(&made, "meeting")?;
        Ok(())
    }

    fn papers_arrive(&self) -> Result<()> {
        for device in &self.devices {
            until(&format!("{} has the sitting with all its papers", device.person.name), || {
                let Some(room) = self.room(device)? else {
                    return Ok(None);
                };
                let complete = list(&room["items"]).len() == AGENDA.len() && list(&room["members"]).len() == COMMITTEE.len();
                Ok((complete && room["row"]["papers"] == AGENDA.len() && room["row"]["papers_missing"] == 0).then_some(()))
            })?;
        }
        Ok(())
    }

    fn check_in(&self) -> Result<()> {
        for device in &self.devices {
            device.ask(["meeting", "check-in", &self.meeting])?;
        }
        until("the chair sees that all members are present", || {
            let Some(room) = self.room(&self.devices[CHAIR])? else {
                return Ok(None);
            };
            Ok((room["quorum"]["present"] == COMMITTEE.len()).then_some(()))
        })
    }

    fn annotate(&self) -> Result<()> {
        let author = &self.devices[REMARKS];
        let room = self.room(author)?.context("the sitting is gone")?;
        let paper = text(&room["items"][1]["papers"][0], "paper")?;
        let on = [self.meeting.as_str(), paper.as_str(), "--page", "1"];
        let private = ["--highlight", "90,300,420,14", "--quote", PRIVATE_MARK];
        let shared = ["--note", SHARED_REMARK, "--at", "480,300", "--shared"];
        author.ask_all(&[&["annotate"], &on[..], &private[..]].concat())?;
        author.ask_all(&[&["annotate"], &on[..], &shared[..]].concat())?;
        let own = author.ask(["annotations", &self.meeting, &paper])?.to_string();
        ensure!(own.contains(PRIVATE_MARK) && own.contains(SHARED_REMARK), "the author's own marks are not there");
        for reader in self.devices.iter().filter(|device| device.person.name != author.person.name) {
            let seen = until(&format!("{} sees the shared remark", reader.person.name), || {
                let seen = reader.ask(["annotations", &self.meeting, &paper])?.to_string();
                Ok(seen.contains(SHARED_REMARK).then_some(seen))
            })?;
            ensure!(!seen.contains(PRIVATE_MARK), "{} sees a private mark of {}", reader.person.name, author.person.name);
        }
        Ok(())
    }

    fn open_vote(&mut self) -> Result<()> {
        let opened =
            self.devices[CHAIR].ask(["vote", "open", &self.meeting, "--item", "2", "--question", QUESTION, "--rules", RULES])?;
        self.vote = text(&opened, "vote")?;
        for device in &self.devices {
            until(&format!("{} may vote", device.person.name), || {
                Ok((self.vote_on(device)?.is_some_and(|vote| vote["may_cast"] == true)).then_some(()))
            })?;
        }
        Ok(())
    }

    fn members_vote(&mut self) -> Result<()> {
        self.devices[CUT_OFF].switch_off();
        self.cast(CUT_OFF)?;
        for voter in (0..self.devices.len()).filter(|voter| ![CHAIR, CUT_OFF].contains(voter)) {
            self.cast(voter)?;
        }
        until("the chair has the ballots of the five", || {
            Ok(self.vote_on(&self.devices[CHAIR])?.filter(|vote| vote["received"] == 5))
        })?;
        self.devices[SWITCHED_OFF].switch_off();
        Ok(())
    }

    fn cast(&self, voter: usize) -> Result<()> {
        self.devices[voter].ask(["vote", "cast", &self.vote, BALLOTS[voter]]).map(|_| ())
    }

    fn close_vote(&mut self) -> Result<()> {
        let door = self.devices[SECRETARY].addresses.clone();
        self.devices[CUT_OFF].switch_on(&door)?;
        until("the ballot of the cut-off device reaches the chair", || {
            Ok(self.vote_on(&self.devices[CHAIR])?.filter(|vote| vote["received"] == 6))
        })?;
        self.cast(CHAIR)?;
        self.devices[CHAIR].ask(["vote", "close", &self.vote])?;
        Ok(())
    }

    fn result_is_final(&self) -> Result<()> {
        let expected = until("the chair's result is final", || {
            Ok(self.vote_on(&self.devices[CHAIR])?.filter(|vote| vote["is_final"] == true))
        })?;
        ensure!(number(&expected["outcome"], "needed")? > 0, "the result does not say what was needed");
        ensure!(!text(&expected["profile"], "legal_basis")?.is_empty(), "the result names no legal basis");
        for device in self.devices.iter().filter(|device| device.is_on()) {
            until(&format!("{} shows the same result", device.person.name), || {
                let same =
                    |vote: &Value| ["outcome", "profile", "question", "is_final"].iter().all(|part| vote[part] == expected[part]);
                Ok(self.vote_on(device)?.filter(same))
            })?;
        }
        Ok(())
    }

    /// An auditor has a file and the root's fingerprint, and neither a profile nor trust in the chair.
    fn audit(&self, bundle: &Path) -> Result<()> {
        let chair = &self.devices[CHAIR];
        chair.ask(["vote", "export", &self.vote, "--out", path(bundle)?])?;
        let root = text(&chair.ask(["identity"])?, "root")?;
        let verdict = chair.ask(["vote", "verify", path(bundle)?, "--root", &root])?;
        ensure!(verdict["ok"] == true && verdict["counted"] == COMMITTEE.len(), "the exported vote does not verify: {verdict}");
        Ok(())
    }

    fn minutes(&self, minutes_pdf: &Path, root_pem: &Path) -> Result<()> {
        let (secretary, chair) = (&self.devices[SECRETARY], &self.devices[CHAIR]);
        secretary.ask(["minutes", "draft", &self.meeting])?;
        secretary.ask(["minutes", "sign", &self.meeting])?;
        until("the minutes reach the chair for signing", || {
            Ok(self.room(chair)?.filter(|room| room["minutes"]["my_turn"] == true && room["minutes"]["here"] == true))
        })?;
        chair.ask(["minutes", "sign", &self.meeting])?;
        chair.ask(["minutes", "export", &self.meeting, "--out", path(minutes_pdf)?])?;
        secretary.ask(["ca", "export", "--out", path(root_pem)?])?;
        Ok(())
    }

    fn next_morning(&mut self) -> Result<bool> {
        let door = self.devices[SECRETARY].addresses.clone();
        self.devices[SWITCHED_OFF].switch_on(&door)?;
        let expected = until("the chair's record is complete", || self.record(&self.devices[CHAIR]))?;
        for device in &self.devices {
            until(&format!("{} has the same record", device.person.name), || {
                Ok(self.record(device)?.filter(|record| *record == expected))
            })?;
        }
        Ok(true)
    }

    /// What must be the same on every device: agenda, papers, members, the vote, the signed minutes, the shared remark. `None` while something is missing.
    fn record(&self, device: &Device) -> Result<Option<Value>> {
        let Some(room) = self.room(device)? else {
            return Ok(None);
        };
        let Some(remark) = self.shared_remark(device, &room)? else {
            return Ok(None);
        };
        if room["row"]["papers_missing"] != 0 || room["minutes"]["complete"] != true || room["minutes"]["here"] != true {
            return Ok(None);
        }
        let papers: Vec<&Value> = list(&room["items"])
            .iter()
            .flat_map(|item| list(&item["papers"]))
            .flat_map(|paper| list(&paper["versions"]))
            .map(|version| &version["version"])
            .collect();
        let items: Vec<&Value> = list(&room["items"]).iter().map(|item| &item["item"]).collect();
        let members: BTreeSet<String> = list(&room["members"])
            .iter()
            .map(|member| json!([member["person"], member["role"], member["device"]]).to_string())
            .collect();
        let votes: Vec<Value> = list(&room["votes"])
            .iter()
            .map(|vote| json!([vote["vote"], vote["question"], vote["outcome"], vote["is_final"]]))
            .collect();
        let minutes = &room["minutes"]["version"];
        Ok(Some(
            json!({ "items": items, "papers": papers, "members": members, "votes": votes, "minutes": minutes, "remark": remark }),
        ))
    }

    /// The remark that everybody may see, as it stands on a device; `None` while it is not there.
    fn shared_remark(&self, device: &Device, room: &Value) -> Result<Option<Value>> {
        let Some(paper) = room["items"][1]["papers"][0]["paper"].as_str() else {
            return Ok(None);
        };
        let Some(seen) = device.ask_maybe(["annotations", &self.meeting, paper])? else {
            return Ok(None);
        };
        let remark = list(&seen).iter().find(|mark| mark["audience"] == "shared" && mark.to_string().contains(SHARED_REMARK));
        Ok(remark.map(|mark| json!([mark["annotation"], mark["author"]])))
    }

    fn outcome(&self) -> Result<Value> {
        Ok(self.vote_on(&self.devices[SWITCHED_OFF])?.context("the vote is gone")?["outcome"].clone())
    }

    /// The verdict on each signature. What the verifier calls `valid_later_additions` is `valid` here when the addition is the
    /// next signer's signature, which is how two people sign one file: the last signature is valid and covers all of it.
    fn signatures(&self, minutes_pdf: &Path, root_pem: &Path) -> Result<Vec<Signature>> {
        let verdict = self.devices[CHAIR].ask(["pdf", "verify", path(minutes_pdf)?, "--trust", path(root_pem)?])?;
        let signatures = list(&verdict["signatures"]);
        let countersigned = signatures.last().is_some_and(|last| last["status"] == "valid" && last["covers_whole_file"] == true);
        signatures
            .iter()
            .map(|signature| {
                let status = text(signature, "status")?;
                let expected_addition = countersigned && status == "valid_later_additions";
                Ok(Signature {
                    signer: text(signature, "signer")?,
                    status: if expected_addition { "valid".to_owned() } else { status },
                })
            })
            .collect()
    }

    /// The newest state of the vote on a device, `None` while it does not know it.
    fn vote_on(&self, device: &Device) -> Result<Option<Value>> {
        device.ask_maybe(["vote", "show", &self.vote])
    }

    fn room(&self, device: &Device) -> Result<Option<Value>> {
        device.ask_maybe(["meeting", "show", &self.meeting])
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value, name: &str) -> Result<String> {
    value[name].as_str().map(str::to_owned).with_context(|| format!("the answer has no {name}"))
}

fn number(value: &Value, name: &str) -> Result<u64> {
    value[name].as_u64().with_context(|| format!("the result has no {name}"))
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("the folder's name is not readable text")
}

fn timestamp() -> String {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()).to_string()
}
