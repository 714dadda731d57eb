//! The record of a sitting as the minutes need it: plain data, filled by the application from the meeting's documents.

use domain::id::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that the minutes print.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinutesRecord {
    /// The issuing agency (cell 2 of Decree 30/2020/NĐ-CP, Annex I).
    pub agency: Agency,
    /// The number within the agency's year, once the records clerk has allocated it; until then the place stays free.
    pub number: Option<u32>,
    /// The symbol after the number, for instance `BB-UBND`.
    pub symbol: String,
    /// Where the document is issued, for instance `Phú Bình`.
    pub place: String,
    /// The date of the document, also the date in the PDF's metadata.
    pub date: Timestamp,
    /// What the minutes are of, for instance `Phiên họp thường kỳ tháng 11 năm 2026 của Ủy ban nhân dân phường`.
    pub title: String,
    /// When the sitting began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Room or address.
    pub venue: String,
    /// Who presided; signs on the right.
    pub chair: Person,
    /// Who kept the minutes; signs on the left.
    pub secretary: Person,
    /// Who came.
    pub attendance: Attendance,
    /// The agenda in order.
    pub items: Vec<AgendaItem>,
    /// Conclusions that belong to no single item.
    pub conclusions: Vec<String>,
    /// Every paper of the sitting.
    pub papers: Vec<PaperRef>,
    /// Recipients (cell 9b), without the dashes.
    pub recipients: Vec<String>,
}

/// The name of an agency in the letterhead. A line break in a name says where it breaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agency {
    /// The agency above, if the letterhead names one.
    pub parent: Option<String>,
    /// The agency itself.
    pub name: String,
}

/// A person by name and office.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Office, may be empty.
    pub position: String,
}

/// Who came and whether they were enough.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attendance {
    /// Members of the body, present or not.
    pub total: u32,
    /// Members who must be present.
    pub quorum_needed: u32,
    /// The rule that says so; may be empty.
    pub quorum_basis: String,
    /// Members who came.
    pub present: Vec<Attendee>,
    /// Members who did not.
    pub absent: Vec<Absence>,
    /// Others who were invited and came.
    pub guests: Vec<Person>,
}

/// A member who came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attendee {
    /// Who.
    pub person: Person,
    /// When they came, if after the beginning.
    pub late_since: Option<Timestamp>,
    /// When they were out of the room before the end.
    pub away: Vec<Away>,
}

/// A time out of the room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Away {
    /// From.
    pub from: Timestamp,
    /// Until; `None` for somebody who did not come back.
    pub until: Option<Timestamp>,
}

/// A member who did not come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub person: Person,
    /// With leave.
    pub excused: bool,
    /// The stated reason; `None` if there is none.
    pub reason: Option<String>,
}

/// One item of the agenda.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgendaItem {
    /// Its number in the tree, for instance `2` or `2.1`.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// Who presented it.
    pub presenter: Option<String>,
    /// Its papers.
    pub papers: Vec<PaperRef>,
    /// A running account of the discussion, may be empty. Line breaks begin new paragraphs.
    pub discussion: String,
    /// What single people said.
    pub remarks: Vec<Remark>,
    /// The votes on it.
    pub votes: Vec<VoteRecord>,
    /// What the chair concluded, may be empty.
    pub conclusion: String,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    /// Who.
    pub speaker: String,
    /// The gist.
    pub text: String,
}

/// A paper by title and hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaperRef {
    /// Its title.
    pub title: String,
    /// The beginning of its hash in hexadecimal, as long as the reader needs to compare.
    pub hash_short: String,
}

/// A vote with the rule it was taken under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoteRecord {
    /// The question that was put.
    pub question: String,
    /// Name of the rule profile.
    pub profile_name: String,
    /// The profile's legal basis, may be empty.
    pub legal_basis: String,
    /// Votes for that are needed.
    pub needed: u32,
    /// The number that thresholds refer to: the whole frozen roll.
    pub base: u32,
    /// Votes for.
    pub in_favour: u32,
    /// Votes against.
    pub against: u32,
    /// Votes "not voting".
    pub not_voting: u32,
    /// People on the roll without a counted ballot.
    pub no_ballot: u32,
    /// What the body calls the third option, if not `Không biểu quyết` (some say `Phiếu trắng`).
    pub not_voting_label: Option<String>,
    /// True if it passed.
    pub passed: bool,
    /// A note on the result, for instance that the chair's side prevailed on a tie; may be empty.
    pub note: String,
    /// Whether the close is final.
    pub finality: Finality,
    /// What only a secret ballot has; then [`Self::ballots`] is empty.
    pub secret: Option<SecretCount>,
    /// Of an open vote whose ballot has a form: the total of each place, in the order of the ballot. There is no verdict.
    pub places: Option<Vec<PlaceCount>>,
    /// When the vote was opened.
    pub opened: Timestamp,
    /// When it was closed.
    pub closed: Timestamp,
    /// Who voted how, in an open vote.
    pub ballots: Vec<Ballot>,
    /// Ballots that came after the close and do not count.
    pub late: Vec<LateBallot>,
}

/// Who counted a secret ballot, and what they opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecretCount {
    /// The names of the tellers.
    pub tellers: Vec<String>,
    /// How many of them open a result.
    pub tellers_needed: u32,
    /// What came out.
    pub result: SecretResult,
}

/// What came out of a secret ballot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretResult {
    /// A decision: the totals are those of the [`VoteRecord`].
    Decision,
    /// A choice among options, or a vote of confidence: the total of each place. There is no verdict.
    Places(Vec<PlaceCount>),
    /// Nothing was opened, and why; the totals of the [`VoteRecord`] mean nothing.
    Sealed(String),
}

/// The total of one place of a ballot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceCount {
    /// What is marked there: a name, or a name and a level.
    pub label: String,
    /// How many marked it.
    pub votes: u32,
}

/// How firm a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finality {
    /// More than half of the roll's devices have acknowledged the close.
    Final,
    /// Not yet.
    Provisional,
}

/// What somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// For.
    InFavour,
    /// Against.
    Against,
    /// Not voting.
    NotVoting,
    /// No ballot was counted.
    NoBallot,
}

/// A counted ballot of an open vote, or the lack of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ballot {
    /// Who voted.
    pub name: String,
    /// How.
    pub choice: Choice,
    /// What is marked, where the ballot has a form; it stands in place of the choice.
    pub marked: Option<String>,
    /// The witness, if the secretary entered the ballot for somebody without a device.
    pub paper_witness: Option<String>,
}

/// A ballot that came too late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LateBallot {
    /// Who voted.
    pub name: String,
    /// How; `None` where it is not to be shown.
    pub choice: Option<Choice>,
}
