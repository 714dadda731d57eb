//! An article: what it says, where it stands, whether it holds, and what it is connected with.

use domain::id::{Hash32, QuestionId, TaskId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::search::{Level, Validity};
use crate::task::{TaskDue, TaskState};

/// What an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArticleKind {
    /// An administrative procedure.
    Procedure,
    /// An article or clause of a legal text.
    Law,
    /// Guidance written by the handbook's editors.
    Guidance,
    /// A form to fill in.
    Form,
}

impl ArticleKind {
    /// All, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::Procedure, Self::Law, Self::Guidance, Self::Form];

    /// Its name in requests.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Law => "law",
            Self::Guidance => "guidance",
            Self::Form => "form",
        }
    }
}

/// A step of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// What is done.
    pub text: String,
    /// Who does it; may be empty.
    pub who: String,
}

/// A paper that is handed in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PaperNeed {
    /// Its name.
    pub name: String,
    /// Originals.
    pub originals: u32,
    /// Copies.
    pub copies: u32,
    /// When it is needed, or anything else; may be empty.
    pub note: String,
    /// The form's article, where there is one.
    pub form: Option<String>,
}

/// Something named with its value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fact {
    /// "Trực tiếp", "Lệ phí" …
    pub label: String,
    /// "05 ngày làm việc", "Không" …
    pub value: String,
}

/// Another text that is named, linked where it is in the handbook.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// As it is written: "Điều 16 Luật Hộ tịch 60/2014/QH13".
    pub text: String,
    /// The article, where it is in the handbook.
    pub article: Option<String>,
    /// Its validity at the day that was asked for; filled by the application.
    pub validity: Option<Validity>,
}

/// Who does something at which level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// The level.
    pub level: Level,
    /// The agency or office.
    pub agency: String,
    /// What it does; may be empty.
    #[serde(default)]
    pub does: String,
}

/// A piece of an article, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    Heading {
        /// Its text.
        text: String,
        /// 1 for the largest below the title.
        level: u8,
    },
    /// A paragraph.
    Paragraph {
        /// Its text.
        text: String,
    },
    /// A clause or point of a legal text.
    Point {
        /// "1.", "a)".
        label: String,
        /// Its text.
        text: String,
        /// 0 for a clause, 1 for a point in it.
        depth: u8,
    },
    /// Steps of a procedure.
    Steps {
        /// In order.
        items: Vec<Step>,
    },
    /// Papers to hand in.
    Papers {
        /// In order.
        items: Vec<PaperNeed>,
    },
    /// Fees and charges.
    Fees {
        /// In order.
        items: Vec<Fact>,
    },
    /// Time limits.
    TimeLimits {
        /// By way of handing in.
        items: Vec<Fact>,
    },
    /// What comes out of it.
    Results {
        /// In order.
        items: Vec<String>,
    },
    /// Forms to use.
    Forms {
        /// In order.
        items: Vec<Reference>,
    },
    /// Legal basis.
    LegalBasis {
        /// In order.
        items: Vec<Reference>,
    },
    /// Who does it at which level.
    Duties {
        /// From above.
        items: Vec<Duty>,
    },
    /// A remark that is set off.
    Note {
        /// Its text.
        text: String,
    },
    /// A table.
    Table {
        /// Headings of the columns; may be empty.
        head: Vec<String>,
        /// Rows of cells.
        rows: Vec<Vec<String>>,
    },
}

/// How another article is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The other one amends this one.
    AmendedBy,
    /// This one amends the other.
    Amends,
    /// The other one takes the place of this one.
    ReplacedBy,
    /// This one takes the place of the other.
    Replaces,
    /// The other one explains how this one is carried out.
    GuidedBy,
    /// This one explains how the other is carried out.
    Guides,
    /// The other one names this one.
    CitedBy,
}

impl LinkKind {
    /// Those that an article says of itself.
    pub const WRITTEN: [Self; 6] =
        [Self::Amends, Self::AmendedBy, Self::Replaces, Self::ReplacedBy, Self::Guides, Self::GuidedBy];

    /// Its name in requests and tests.
    pub fn slug(self) -> &'static str {
        match self {
            Self::AmendedBy => "amended_by",
            Self::Amends => "amends",
            Self::ReplacedBy => "replaced_by",
            Self::Replaces => "replaces",
            Self::GuidedBy => "guided_by",
            Self::Guides => "guides",
            Self::CitedBy => "cited_by",
        }
    }
}

/// A connection to another article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleLink {
    /// How they are connected.
    pub kind: LinkKind,
    /// The other article, where it is in the handbook.
    pub article: Option<String>,
    /// How it is cited.
    pub title: String,
    /// From when the connection holds.
    pub from: Option<Day>,
}

/// An article in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleRef {
    /// The article.
    pub article: String,
    /// What it is.
    pub kind: ArticleKind,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub breadcrumb: Vec<String>,
    /// Its validity today.
    pub validity: Validity,
}

/// A file that belongs to an article, a draft, a question or an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRow {
    /// Plaintext hash.
    pub hash: Hash32,
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The file is on this device.
    pub here: bool,
}

/// The package that an article came with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRef {
    /// The package.
    pub package: String,
    /// Its name.
    pub title: String,
    /// Its version; larger is newer.
    pub version: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who signed it.
    pub signer: String,
}

/// What an article was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseKind {
    /// A case of the procedure, or one that this person linked the article to; `target` is the [`domain::id::CaseId`].
    Case,
    /// A question names it; `target` is the [`QuestionId`].
    Question,
    /// A note of one's own: a dossier, a file number; `target` tells the note apart.
    Note,
    /// A task: it names the article, or this person linked the two; `target` is the [`domain::id::TaskId`].
    Task,
}

/// How a task stands that an article is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedTask {
    /// The task.
    pub task: TaskId,
    /// Where it stands.
    pub state: TaskState,
    /// How much of it is done, 0 to 100.
    pub percent: u8,
    /// Who leads it.
    pub lead_name: String,
    /// The deadline that holds.
    pub due_at: Timestamp,
    /// How it stands against it.
    pub due: TaskDue,
    /// Days past the deadline, 0 if it is not overdue.
    pub overdue_days: u32,
}

/// Where an article was used in my work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseRow {
    /// What kind of work.
    pub kind: UseKind,
    /// Which one, as text.
    pub target: String,
    /// Its name.
    pub title: String,
    /// When.
    pub at: Timestamp,
    /// How the task stands now; only with [`UseKind::Task`], and only where the task is here.
    #[serde(default)]
    pub task: Option<UsedTask>,
    /// It is a note or a link of one's own, which can be removed.
    #[serde(default)]
    pub removable: bool,
}

/// An article as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleView {
    /// The article.
    pub article: String,
    /// What it is.
    pub kind: ArticleKind,
    /// Its title.
    pub title: String,
    /// Where it stands, from the whole to the part; the title itself is not in it.
    pub breadcrumb: Vec<String>,
    /// Its document's number and symbol; may be empty.
    pub number: String,
    /// The agency; may be empty.
    pub agency: String,
    /// The field of work; may be empty.
    pub field: String,
    /// Levels that it concerns.
    pub levels: Vec<Level>,
    /// Validity at the day that was asked for.
    pub validity: Validity,
    /// In force from this day on.
    pub from: Option<Day>,
    /// The last day in force.
    pub to: Option<Day>,
    /// What of it does not hold any more, or anything else about its validity; may be empty.
    pub validity_note: String,
    /// The day that was asked for; `None`: today.
    pub as_of: Option<Day>,
    /// Its content.
    pub blocks: Vec<Block>,
    /// Connections to other articles.
    pub links: Vec<ArticleLink>,
    /// How it is cited: "Điều 20 Luật Cư trú 68/2020/QH14".
    pub citation: String,
    /// The package that it came with.
    pub package: PackageRef,
    /// It is among my favourites.
    pub favourite: bool,
    /// Where I used it, newest first.
    pub uses: Vec<UseRow>,
    /// The article before it in its source.
    pub previous: Option<ArticleRef>,
    /// The article after it in its source.
    pub next: Option<ArticleRef>,
    /// The question whose answer it was made from.
    pub origin: Option<QuestionId>,
    /// The unit to ask about it.
    pub ask_unit: Option<(UnitId, String)>,
    /// It has steps or papers that can be ticked for a case.
    pub checklist: bool,
}

/// How the tree of contents is ordered at its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentsBy {
    /// By law, procedure book or guide.
    Source,
    /// By field of work.
    Field,
}

/// A node of the tree of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentsNode {
    /// Names the node in [`super::Contents::under`].
    pub key: String,
    /// What it says.
    pub title: String,
    /// The article that it opens, if it is one.
    pub article: Option<String>,
    /// Kind of the article or of what is below, where all are the same.
    pub kind: Option<ArticleKind>,
    /// Validity of the article or of the whole source.
    pub validity: Option<Validity>,
    /// Articles below.
    pub articles: u32,
    /// It has nodes below.
    pub opens: bool,
}
