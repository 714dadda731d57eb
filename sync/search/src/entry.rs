//! What is searched: articles, procedures and answered questions, in one form.

/// The parts of the library that a reader chooses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Administrative procedures.
    Procedure,
    /// Articles of legal texts.
    Law,
    /// Articles of guidance.
    Guidance,
    /// Forms.
    Form,
    /// Questions with their answers.
    Question,
}

impl Section {
    /// All, in the order of the screen.
    pub const ALL: [Self; 5] = [Self::Procedure, Self::Law, Self::Guidance, Self::Form, Self::Question];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Law => "law",
            Self::Guidance => "guidance",
            Self::Form => "form",
            Self::Question => "question",
        }
    }

    /// The section of a stable name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name)
    }
}

/// Whether a text is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Validity {
    /// All of it.
    #[default]
    InForce,
    /// A part of it.
    Partly,
    /// No longer.
    Expired,
    /// Not yet.
    NotYet,
}

impl Validity {
    /// All, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::InForce, Self::Partly, Self::Expired, Self::NotYet];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Partly => "partly",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
        }
    }

    /// The validity of a stable name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|validity| validity.name() == name)
    }

    /// Validity on a day: the days on which it begins and ends count before what was said without a date. Days since 1970; a text is
    /// in force from the day `from` until before the day `to`.
    pub fn on(self, day: Option<i32>, from: Option<i32>, to: Option<i32>) -> Self {
        let Some(day) = day else { return self };
        if from.is_some_and(|from| day < from) {
            return Self::NotYet;
        }
        if to.is_some_and(|to| day >= to) {
            return Self::Expired;
        }
        match self {
            // Said of today; on the day that was asked for it is in force by its dates.
            Self::Expired if to.is_some() => Self::InForce,
            Self::NotYet if from.is_some() => Self::InForce,
            said => said,
        }
    }
}

/// One unit of retrieval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Stable and unique in the library.
    pub id: String,
    /// Where it is shown.
    pub section: Section,
    /// The name of its law or procedure.
    pub source: String,
    /// The number of its document ("61/2018/NĐ-CP").
    pub number: Option<String>,
    /// Its own title ("Điều 20. Điều kiện đăng ký thường trú").
    pub title: String,
    /// Where it stands in its source ("Luật Cư trú › Chương III").
    pub path: String,
    /// Its text.
    pub body: String,
    /// Who issued it or is responsible; empty if nobody was said.
    pub agency: String,
    /// The field ("Đất đai"); may be empty.
    pub field: String,
    /// The level ("xã"); may be empty.
    pub level: String,
    /// The first day on which it is in force, in days since 1970.
    pub from: Option<i32>,
    /// The first day on which it is no longer in force.
    pub to: Option<i32>,
    /// What its publisher says of it.
    pub validity: Validity,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validity_follows_the_day_that_is_asked_for() {
        let (from, to) = (Some(100), Some(200));
        assert_eq!(Validity::Expired.on(Some(150), from, to), Validity::InForce);
        assert_eq!(Validity::Expired.on(Some(200), from, to), Validity::Expired);
        assert_eq!(Validity::InForce.on(Some(99), from, to), Validity::NotYet);
        assert_eq!(Validity::Partly.on(Some(150), from, None), Validity::Partly);
        assert_eq!(Validity::Expired.on(Some(150), from, None), Validity::Expired, "without a last day it is what was said");
        assert_eq!(Validity::Expired.on(None, from, to), Validity::Expired);
    }

    #[test]
    fn names_come_back() {
        for section in Section::ALL {
            assert_eq!(Section::of_name(section.name()), Some(section));
        }
        for validity in Validity::ALL {
            assert_eq!(Validity::of_name(validity.name()), Some(validity));
        }
    }
}
