//! From which day on an answer has to be looked at again, because of what its articles say of themselves and what others say of them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use api::error::ApiError;
use domain::calendar::VnDate;
use domain::id::Timestamp;
use domain::question::Thread;
use handbook::{Article, Relation};
use store::library::{Changed, LibraryReader, full_id, parts_of};

use crate::engine::Core;
use crate::error::AtBoundary;

/// Articles that name a cited one and are asked whether they change it.
const NAMING_MAX: u32 = 200;

/// Days since 1970 in Viet Nam.
pub(super) fn day(at: Timestamp) -> i32 {
    i32::try_from(VnDate::of(at).to_days()).unwrap_or(i32::MAX)
}

/// When somebody last wrote or looked at an answer, with what in front of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// When.
    pub at: Timestamp,
    /// The version of the article's package that was read; 0: not known.
    pub version: u64,
}

impl Look {
    /// Was this not in the handbook that was looked at.
    fn missed(self, changed: Changed) -> bool {
        changed.made_at > self.at || (self.version > 0 && changed.number > self.version)
    }
}

/// How another article changes or replaces the cited one.
struct Other {
    from: Option<i32>,
    same_package: bool,
    changed: Changed,
}

/// A cited article as it stands.
pub(super) struct Standing {
    /// The article.
    pub article: Article,
    changed: Changed,
    others: Vec<Other>,
}

/// Of what nothing is known nothing was missed.
const UNKNOWN: Changed = Changed { number: 0, made_at: Timestamp(0), first: true };

impl Standing {
    fn read(reader: &LibraryReader, id: &str) -> Result<Option<Self>, ApiError> {
        let Some(article) = reader.article(id).at_boundary()? else {
            return Ok(None);
        };
        let changed = reader.changed(id).at_boundary()?.unwrap_or(UNKNOWN);
        let package = parts_of(id).map(|(package, _)| package);
        let mut others = Vec::new();
        for head in reader.naming(id, NAMING_MAX).at_boundary()? {
            let Some(other) = reader.article(&head.id).at_boundary()? else {
                continue;
            };
            let own = parts_of(&head.id).map(|(package, _)| package);
            let means = |to: &str| if to.contains(':') { to == id } else { own.is_some_and(|own| full_id(own, to) == id) };
            let changes = other.links.iter().find(|link| {
                matches!(link.relation, Relation::Amends | Relation::Replaces) && link.to.as_deref().is_some_and(means)
            });
            if let Some(link) = changes {
                let from = link.from.or(other.validity.from);
                let changed = reader.changed(&head.id).at_boundary()?.unwrap_or(UNKNOWN);
                others.push(Other { from, same_package: own == package, changed });
            }
        }
        Ok(Some(Self { article, changed, others }))
    }

    /// The first day on which an answer that was last looked at so has to be looked at again; `None`: nothing is known that would change it.
    ///
    /// An end or a change counts if it came after the look, or was written into the handbook only then. What came with the first version
    /// on this device may have been there all the time: only an end, which cannot be read over, counts by the package's version alone.
    pub(super) fn due(&self, look: Look) -> Option<i32> {
        let looked = day(look.at);
        let since = |from: Option<i32>, missed: bool| match from {
            Some(from) if from > looked => Some(from),
            _ => missed.then_some(looked),
        };
        let validity = &self.article.validity;
        let missed = look.missed(self.changed);
        let rewritten = missed && !self.changed.first;
        // In force through its last day.
        let ended = validity.to.and_then(|last| since(Some(last.saturating_add(1)), missed));
        let partly = (validity.partly && rewritten).then(|| validity.from.map_or(looked, |from| from.max(looked)));
        let own = self.article.links.iter().filter(|link| matches!(link.relation, Relation::AmendedBy | Relation::ReplacedBy));
        let own = own.filter_map(|link| since(link.from, rewritten));
        let others = self.others.iter().filter_map(|other| {
            let look = if other.same_package { look } else { Look { version: 0, ..look } };
            since(other.from, look.missed(other.changed) && !other.changed.first)
        });
        own.chain(others).chain(ended).chain(partly).min()
    }
}

/// What answers cite, each article read once.
pub(super) struct Standings<'r> {
    reader: &'r LibraryReader,
    packages: BTreeSet<String>,
    known: BTreeMap<String, Option<Standing>>,
}

impl<'r> Standings<'r> {
    pub(super) fn of(reader: &'r LibraryReader) -> Result<Self, ApiError> {
        let packages = reader.packages().at_boundary()?.into_iter().map(|package| package.id).collect();
        Ok(Self { reader, packages, known: BTreeMap::new() })
    }

    /// The article, if it is here.
    pub(super) fn standing(&mut self, id: &str) -> Result<Option<&Standing>, ApiError> {
        let known = match self.known.entry(id.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Standing::read(self.reader, id)?),
        };
        Ok(known.as_ref())
    }

    /// As [`Standing::due`]. An article is gone only if its package is here; a device without the handbook knows nothing of it.
    pub(super) fn due(&mut self, id: &str, look: Look) -> Result<Option<i32>, ApiError> {
        if let Some(standing) = self.standing(id)? {
            return Ok(standing.due(look));
        }
        let gone = parts_of(id).is_some_and(|(package, _)| self.packages.contains(package));
        Ok(gone.then(|| day(look.at)))
    }
}

impl Core {
    /// The day from which on the standing answer of a thread has to be looked at again: because somebody said so, or because of what it
    /// cites.
    pub(crate) fn review_due(&self, thread: &Thread) -> Result<Option<i32>, ApiError> {
        let Some(answer) = thread.best_answer() else {
            return Ok(None);
        };
        let said = answer.needs_review.as_ref().map(|note| day(note.at));
        let looks: Vec<(String, Look)> =
            answer.relied_on().map(|(article, version)| (article.to_owned(), Look { at: answer.looked_at(), version })).collect();
        if looks.is_empty() {
            return Ok(said);
        }
        self.library.read_here(|reader| {
            let mut standings = Standings::of(reader)?;
            let mut due = said;
            for (article, look) in &looks {
                due = [due, standings.due(article, *look)?].into_iter().flatten().min();
            }
            Ok(due)
        })
    }
}

#[cfg(test)]
mod tests {
    use handbook::Link;

    use super::*;

    /// Noon of a day.
    fn at(day: i64) -> Timestamp {
        Timestamp(day * 86_400_000 + 5 * 3_600_000)
    }

    /// Version 3 was read on day 100.
    fn look() -> Look {
        Look { at: at(100), version: 3 }
    }

    /// In the handbook since it was first installed here, in version 2.
    const OLD: Changed = Changed { number: 2, made_at: Timestamp(0), first: true };

    /// Came with version 4, on day 120.
    fn update() -> Changed {
        Changed { number: 4, made_at: at(120), first: false }
    }

    fn standing(changed: Changed, to: Option<i32>, partly: bool, amended: &[Option<i32>]) -> Standing {
        let link = |from: &Option<i32>| Link { relation: Relation::AmendedBy, from: *from, to: None, title: String::new() };
        let article = Article {
            validity: handbook::Validity { from: Some(0), to, partly },
            links: amended.iter().map(link).collect(),
            ..Article::default()
        };
        Standing { article, changed, others: Vec::new() }
    }

    #[test]
    fn an_end_counts_from_the_day_after_the_last_or_when_it_is_learned_later() {
        assert_eq!(standing(OLD, None, false, &[]).due(look()), None);
        assert_eq!(standing(OLD, Some(149), false, &[]).due(look()), Some(150), "the day after its last day");
        assert_eq!(standing(OLD, Some(90), false, &[]).due(look()), None, "it had ended, and that was known");
        assert_eq!(standing(update(), Some(90), false, &[]).due(look()), Some(100), "it had ended, and nobody knew");
        // Made before the answer was written, but not installed where it was.
        let behind = Changed { number: 4, made_at: at(99), first: false };
        assert_eq!(standing(behind, Some(90), false, &[]).due(look()), Some(100));
        // Somebody has looked since: only what was made later still is news.
        let again = Look { at: at(130), version: 0 };
        assert_eq!(standing(update(), Some(90), false, &[]).due(again), None);
        assert_eq!(standing(Changed { made_at: at(131), ..update() }, Some(90), false, &[]).due(again), Some(130));
    }

    #[test]
    fn a_change_by_another_text_counts_when_it_begins_or_is_learned_later() {
        assert_eq!(standing(OLD, None, false, &[Some(120)]).due(look()), Some(120));
        assert_eq!(standing(OLD, None, false, &[Some(80)]).due(look()), None, "that was known");
        assert_eq!(standing(OLD, None, false, &[None]).due(look()), None, "nobody says when, and it was there");
        assert_eq!(standing(update(), None, false, &[Some(80)]).due(look()), Some(100));
        assert_eq!(standing(update(), None, false, &[None]).due(look()), Some(100));
        // On a device that began with a later version, an old change is no news.
        let late = Changed { first: true, ..update() };
        assert_eq!(standing(late, None, false, &[Some(80)]).due(look()), None);
        assert_eq!(standing(OLD, Some(149), false, &[Some(120)]).due(look()), Some(120), "the first of several");
    }

    #[test]
    fn parts_that_fell_count_when_that_is_written_down_after_the_look() {
        assert_eq!(standing(OLD, None, true, &[]).due(look()), None);
        assert_eq!(standing(update(), None, true, &[]).due(look()), Some(100));
        assert_eq!(standing(update(), None, false, &[]).due(look()), None, "a comma was put right");
    }

    #[test]
    fn what_only_the_changing_article_says_counts_as_well() {
        let named = |from, same_package, changed| Standing {
            others: vec![Other { from, same_package, changed }],
            ..standing(OLD, None, false, &[])
        };
        assert_eq!(named(Some(140), true, OLD).due(look()), Some(140), "it was there, and had not begun");
        assert_eq!(named(Some(90), true, OLD).due(look()), None);
        assert_eq!(named(Some(90), true, update()).due(look()), Some(100));
        assert_eq!(named(None, true, update()).due(look()), Some(100));
        // Another package counts its own versions; there only the time tells.
        let elsewhere = Changed { number: 9, made_at: at(50), first: false };
        assert_eq!(named(Some(90), false, elsewhere).due(look()), None);
        assert_eq!(named(Some(90), false, Changed { made_at: at(101), ..elsewhere }).due(look()), Some(100));
    }
}
