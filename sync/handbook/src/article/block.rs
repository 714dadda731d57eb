//! The pieces of an article.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::Level;

/// A step of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(default)]
pub struct Step {
    /// What is done.
    #[n(0)]
    pub text: String,
    /// Who does it; may be empty.
    #[n(1)]
    pub who: String,
}

/// A paper that is handed in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(default)]
pub struct PaperNeed {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Originals.
    #[n(1)]
    pub originals: u32,
    /// Copies.
    #[n(2)]
    pub copies: u32,
    /// When it is needed, or anything else; may be empty.
    #[n(3)]
    pub note: String,
    /// The form's article, where there is one.
    #[n(4)]
    pub form: Option<String>,
}

/// Something named with its value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(default)]
pub struct Fact {
    /// "Trực tiếp", "Lệ phí" …
    #[n(0)]
    pub label: String,
    /// "05 ngày làm việc", "Không" …
    #[n(1)]
    pub value: String,
}

/// Another text that is named, linked where it is in a handbook.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(default)]
pub struct Reference {
    /// As it is written: "Điều 16 Luật Hộ tịch 60/2014/QH13".
    #[n(0)]
    pub text: String,
    /// Its id in the same package, or `package:id`.
    #[n(1)]
    pub article: Option<String>,
}

/// Who does something at which level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Duty {
    /// The level.
    #[n(0)]
    pub level: Level,
    /// The agency or office.
    #[n(1)]
    pub agency: String,
    /// What it does; may be empty.
    #[n(2)]
    #[serde(default)]
    pub does: String,
}

/// A piece of an article, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    #[n(0)]
    Heading {
        /// Its text.
        #[n(0)]
        text: String,
        /// 1 for the largest below the title.
        #[n(1)]
        #[serde(default = "first_level")]
        level: u8,
    },
    /// A paragraph.
    #[n(1)]
    Paragraph {
        /// Its text.
        #[n(0)]
        text: String,
    },
    /// A clause or point of a legal text, or an item of a list.
    #[n(2)]
    Point {
        /// "1.", "a)", "–".
        #[n(0)]
        label: String,
        /// Its text.
        #[n(1)]
        text: String,
        /// 0 for a clause, 1 for a point in it.
        #[n(2)]
        #[serde(default)]
        depth: u8,
    },
    /// Steps of a procedure.
    #[n(3)]
    Steps {
        /// In order.
        #[n(0)]
        items: Vec<Step>,
    },
    /// Papers to hand in.
    #[n(4)]
    Papers {
        /// In order.
        #[n(0)]
        items: Vec<PaperNeed>,
    },
    /// Fees and charges.
    #[n(5)]
    Fees {
        /// In order.
        #[n(0)]
        items: Vec<Fact>,
    },
    /// Time limits.
    #[n(6)]
    TimeLimits {
        /// By way of handing in.
        #[n(0)]
        items: Vec<Fact>,
    },
    /// What comes out of it.
    #[n(7)]
    Results {
        /// In order.
        #[n(0)]
        items: Vec<String>,
    },
    /// Forms to use.
    #[n(8)]
    Forms {
        /// In order.
        #[n(0)]
        items: Vec<Reference>,
    },
    /// Legal basis.
    #[n(9)]
    LegalBasis {
        /// In order.
        #[n(0)]
        items: Vec<Reference>,
    },
    /// Who does it at which level.
    #[n(10)]
    Duties {
        /// From above.
        #[n(0)]
        items: Vec<Duty>,
    },
    /// A remark that is set off.
    #[n(11)]
    Note {
        /// Its text.
        #[n(0)]
        text: String,
    },
    /// A table.
    #[n(12)]
    Table {
        /// Headings of the columns; may be empty.
        #[n(0)]
        #[serde(default)]
        head: Vec<String>,
        /// Rows of cells.
        #[n(1)]
        rows: Vec<Vec<String>>,
    },
}

fn first_level() -> u8 {
    1
}

impl Block {
    /// A paragraph.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph { text: text.into() }
    }

    /// A heading of the first level.
    pub fn heading(text: impl Into<String>) -> Self {
        Self::Heading { text: text.into(), level: 1 }
    }

    /// A clause (depth 0) or point (depth 1).
    pub fn point(label: impl Into<String>, text: impl Into<String>, depth: u8) -> Self {
        Self::Point { label: label.into(), text: text.into(), depth }
    }

    /// As it is read and searched, a line each.
    pub fn lines(&self) -> Vec<String> {
        let named = |label: &str, text: &str, between: &str| match (label, text) {
            ("", text) => text.to_owned(),
            (label, "") => label.to_owned(),
            (label, text) => format!("{label}{between}{text}"),
        };
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text } | Self::Note { text } => vec![text.clone()],
            Self::Point { label, text, .. } => vec![named(label, text, " ")],
            Self::Steps { items } => items.iter().map(|step| named(&step.who, &step.text, ": ")).collect(),
            Self::Papers { items } => items.iter().map(|paper| named(&paper.name, &paper.note, " – ")).collect(),
            Self::Fees { items } | Self::TimeLimits { items } => {
                items.iter().map(|fact| named(&fact.label, &fact.value, ": ")).collect()
            }
            Self::Results { items } => items.clone(),
            Self::Forms { items } | Self::LegalBasis { items } => items.iter().map(|reference| reference.text.clone()).collect(),
            Self::Duties { items } => items.iter().map(|duty| named(&duty.agency, &duty.does, ": ")).collect(),
            Self::Table { head, rows } => {
                [head].into_iter().chain(rows).filter(|row| !row.is_empty()).map(|row| row.join(" | ")).collect()
            }
        }
    }

    /// Every text in it, to be cleaned or measured.
    pub(super) fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text } | Self::Note { text } => vec![text],
            Self::Point { label, text, .. } => vec![label, text],
            Self::Steps { items } => items.iter_mut().flat_map(|step| [&mut step.text, &mut step.who]).collect(),
            Self::Papers { items } => items.iter_mut().flat_map(|paper| [&mut paper.name, &mut paper.note]).collect(),
            Self::Fees { items } | Self::TimeLimits { items } => {
                items.iter_mut().flat_map(|fact| [&mut fact.label, &mut fact.value]).collect()
            }
            Self::Results { items } => items.iter_mut().collect(),
            Self::Forms { items } | Self::LegalBasis { items } => items.iter_mut().map(|reference| &mut reference.text).collect(),
            Self::Duties { items } => items.iter_mut().flat_map(|duty| [&mut duty.agency, &mut duty.does]).collect(),
            Self::Table { head, rows } => head.iter_mut().chain(rows.iter_mut().flatten()).collect(),
        }
    }

    /// Bytes of its texts, without building them.
    pub(super) fn bytes(&self) -> u64 {
        let sum = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| text.len() as u64).sum();
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text } | Self::Note { text } => text.len() as u64,
            Self::Point { label, text, .. } => (label.len() + text.len()) as u64,
            Self::Steps { items } => sum(&mut items.iter().flat_map(|step| [&step.text, &step.who])),
            Self::Papers { items } => sum(&mut items.iter().flat_map(|paper| [&paper.name, &paper.note])),
            Self::Fees { items } | Self::TimeLimits { items } => {
                sum(&mut items.iter().flat_map(|fact| [&fact.label, &fact.value]))
            }
            Self::Results { items } => sum(&mut items.iter()),
            Self::Forms { items } | Self::LegalBasis { items } => sum(&mut items.iter().map(|reference| &reference.text)),
            Self::Duties { items } => sum(&mut items.iter().flat_map(|duty| [&duty.agency, &duty.does])),
            Self::Table { head, rows } => sum(&mut head.iter().chain(rows.iter().flatten())),
        }
    }

    /// Things in it that are counted: lines of lists, cells of tables.
    pub(super) fn items(&self) -> usize {
        match self {
            Self::Steps { items } => items.len(),
            Self::Papers { items } => items.len(),
            Self::Fees { items } | Self::TimeLimits { items } => items.len(),
            Self::Results { items } => items.len(),
            Self::Forms { items } | Self::LegalBasis { items } => items.len(),
            Self::Duties { items } => items.len(),
            Self::Table { head, rows } => head.len() + rows.iter().map(Vec::len).sum::<usize>(),
            _ => 1,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes() == 0
    }
}
