//! Where the window is, as the part of its address after `#`: survives a reload and the back button.

use api::question::QuestionScope;
use api::task::TaskScope;
use domain::id::{CaseId, DraftId, PaperId, QuestionId, SpaceId, TaskId};

/// A page of Settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsPage {
    /// Who this person and this device are.
    Identity,
    /// My devices and requests to join.
    Devices,
    /// Everybody of the organisation and their duties.
    People,
    /// Who may do what, and who decided so.
    Audit,
    /// The rules of votes.
    Rules,
    /// Connections.
    Sync,
    /// Language, theme, text size.
    Appearance,
}

impl SettingsPage {
    /// All, in order of the tabs.
    pub const ALL: [Self; 7] =
        [Self::Identity, Self::Devices, Self::People, Self::Audit, Self::Rules, Self::Sync, Self::Appearance];

    /// Its name in the address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Devices => "devices",
            Self::People => "people",
            Self::Audit => "audit",
            Self::Rules => "rules",
            Self::Sync => "sync",
            Self::Appearance => "appearance",
        }
    }
}

/// A part of the handbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandbookPlace {
    /// The box, with nothing read.
    Search,
    /// An article beside the box.
    Article(String),
    /// An article, scrolled to one of its blocks (counted from 0), which is marked.
    Passage(String, u32),
    /// The tree of contents.
    Contents,
    /// My cases.
    Cases,
    /// One case.
    Case(CaseId),
    /// Drafts of the editors.
    Drafts,
    /// One draft.
    Draft(DraftId),
    /// Packages and imports.
    Packages,
    /// Abbreviations, synonyms, searches in vain.
    Words,
}

/// A part of the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionPlace {
    /// A list.
    List(QuestionScope),
    /// One question's thread.
    Thread(QuestionId),
    /// The form for a new one.
    New,
    /// Figures.
    Statistics,
    /// Units and their fields.
    Units,
}

/// A part of the tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskPlace {
    /// A list.
    List(TaskScope),
    /// One task.
    One(TaskId),
    /// The form for a new one.
    New,
}

/// A screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The first screen.
    Today,
    /// All meetings.
    Meetings,
    /// The form for a new one.
    NewMeeting,
    /// A meeting room, with a paper open or not.
    Room {
        /// The meeting.
        meeting: SpaceId,
        /// The paper in the centre.
        paper: Option<PaperId>,
    },
    /// The handbook.
    Handbook(HandbookPlace),
    /// What a room sees of a meeting: the whole window of a projector, which has no way to any other screen.
    Projector(SpaceId),
    /// Questions and answers.
    Questions(QuestionPlace),
    /// Tasks.
    Tasks(TaskPlace),
    /// Settings.
    Settings(SettingsPage),
}

/// Characters of an article's id that stand in an address as they are.
fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte)
}

fn escape(id: &str) -> String {
    id.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn unescape(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
                u8::try_from(high * 16 + low).ok()?
            }
            plain => plain,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok().filter(|id| !id.is_empty())
}

impl HandbookPlace {
    fn parse(parts: &[&str]) -> Self {
        match parts {
            ["article", id, block] => match (unescape(id), block.parse()) {
                (Some(id), Ok(block)) => Self::Passage(id, block),
                (Some(id), Err(_)) => Self::Article(id),
                (None, _) => Self::Search,
            },
            ["article", id] => unescape(id).map_or(Self::Search, Self::Article),
            ["contents"] => Self::Contents,
            ["cases"] => Self::Cases,
            ["case", case] => case.parse().map_or(Self::Cases, Self::Case),
            ["drafts"] => Self::Drafts,
            ["draft", draft] => draft.parse().map_or(Self::Drafts, Self::Draft),
            ["packages"] => Self::Packages,
            ["words"] => Self::Words,
            _ => Self::Search,
        }
    }

    fn fragment(&self) -> String {
        match self {
            Self::Search => "#/handbook".to_owned(),
            Self::Article(id) => format!("#/handbook/article/{}", escape(id)),
            Self::Passage(id, block) => format!("#/handbook/article/{}/{block}", escape(id)),
            Self::Contents => "#/handbook/contents".to_owned(),
            Self::Cases => "#/handbook/cases".to_owned(),
            Self::Case(case) => format!("#/handbook/case/{case}"),
            Self::Drafts => "#/handbook/drafts".to_owned(),
            Self::Draft(draft) => format!("#/handbook/draft/{draft}"),
            Self::Packages => "#/handbook/packages".to_owned(),
            Self::Words => "#/handbook/words".to_owned(),
        }
    }
}

impl QuestionPlace {
    fn parse(parts: &[&str]) -> Self {
        let all = Self::List(QuestionScope::All);
        match parts {
            ["thread", question] => question.parse().map_or(all, Self::Thread),
            ["new"] => Self::New,
            ["statistics"] => Self::Statistics,
            ["units"] => Self::Units,
            [slug] => QuestionScope::ALL.into_iter().find(|scope| scope.slug() == *slug).map_or(all, Self::List),
            _ => all,
        }
    }

    fn fragment(self) -> String {
        match self {
            Self::List(scope) => format!("#/questions/{}", scope.slug()),
            Self::Thread(question) => format!("#/questions/thread/{question}"),
            Self::New => "#/questions/new".to_owned(),
            Self::Statistics => "#/questions/statistics".to_owned(),
            Self::Units => "#/questions/units".to_owned(),
        }
    }
}

impl TaskPlace {
    fn parse(parts: &[&str]) -> Self {
        let all = Self::List(TaskScope::All);
        match parts {
            ["task", task] => task.parse().map_or(all, Self::One),
            ["new"] => Self::New,
            [slug] => TaskScope::ALL.into_iter().find(|scope| scope.slug() == *slug).map_or(all, Self::List),
            _ => all,
        }
    }

    fn fragment(self) -> String {
        match self {
            Self::List(scope) => format!("#/tasks/{}", scope.slug()),
            Self::One(task) => format!("#/tasks/task/{task}"),
            Self::New => "#/tasks/new".to_owned(),
        }
    }
}

impl Route {
    /// Reads the address's fragment, with or without `#`. What it does not know leads to [`Route::Today`].
    pub fn parse(fragment: &str) -> Self {
        let path = fragment.trim_start_matches('#').trim_matches('/');
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["meetings"] => Self::Meetings,
            ["meetings", "new"] => Self::NewMeeting,
            ["room", meeting] => meeting.parse().map_or(Self::Today, |meeting| Self::Room { meeting, paper: None }),
            ["room", meeting, "paper", paper] => match (meeting.parse(), paper.parse()) {
                (Ok(meeting), Ok(paper)) => Self::Room { meeting, paper: Some(paper) },
                _ => Self::Today,
            },
            ["projector", meeting] => meeting.parse().map_or(Self::Today, Self::Projector),
            ["handbook", place @ ..] => Self::Handbook(HandbookPlace::parse(place)),
            ["questions", place @ ..] => Self::Questions(QuestionPlace::parse(place)),
            ["tasks", place @ ..] => Self::Tasks(TaskPlace::parse(place)),
            ["settings"] => Self::Settings(SettingsPage::Identity),
            ["settings", page] => {
                SettingsPage::ALL.into_iter().find(|known| known.slug() == *page).map_or(Self::Today, Self::Settings)
            }
            _ => Self::Today,
        }
    }

    /// The fragment, with `#`.
    pub fn fragment(&self) -> String {
        match self {
            Self::Today => "#/today".to_owned(),
            Self::Meetings => "#/meetings".to_owned(),
            Self::NewMeeting => "#/meetings/new".to_owned(),
            Self::Room { meeting, paper: None } => format!("#/room/{meeting}"),
            Self::Room { meeting, paper: Some(paper) } => format!("#/room/{meeting}/paper/{paper}"),
            Self::Projector(meeting) => format!("#/projector/{meeting}"),
            Self::Handbook(place) => place.fragment(),
            Self::Questions(place) => place.fragment(),
            Self::Tasks(place) => place.fragment(),
            Self::Settings(page) => format!("#/settings/{}", page.slug()),
        }
    }
}

/// Takes the one-time token out of a fragment or a query such as `#token=abc`, `?token=abc&x=1`, `#/today?token=abc`.
pub fn token_in(part: &str) -> Option<&str> {
    let (_, rest) = part.split_once("token=")?;
    let token = rest.split(['&', '#', '/']).next().unwrap_or_default();
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_survives_a_reload() {
        let meeting = SpaceId([7; 16]);
        let mut all = vec![
            Route::Today,
            Route::Meetings,
            Route::NewMeeting,
            Route::Room { meeting, paper: None },
            Route::Room { meeting, paper: Some(PaperId([9; 16])) },
            Route::Projector(meeting),
        ];
        all.extend(SettingsPage::ALL.map(Route::Settings));
        let places = [
            HandbookPlace::Search,
            HandbookPlace::Article("68/2020/QH14#điều 20 %".to_owned()),
            HandbookPlace::Passage("so-tay:thu-tuc/khai-sinh".to_owned(), 12),
            HandbookPlace::Contents,
            HandbookPlace::Cases,
            HandbookPlace::Case(CaseId([3; 16])),
            HandbookPlace::Drafts,
            HandbookPlace::Draft(DraftId([4; 16])),
            HandbookPlace::Packages,
            HandbookPlace::Words,
        ];
        all.extend(places.map(Route::Handbook));
        all.extend(QuestionScope::ALL.map(QuestionPlace::List).map(Route::Questions));
        let places =
            [QuestionPlace::Thread(QuestionId([5; 16])), QuestionPlace::New, QuestionPlace::Statistics, QuestionPlace::Units];
        all.extend(places.map(Route::Questions));
        all.extend(TaskScope::ALL.map(TaskPlace::List).map(Route::Tasks));
        all.extend([TaskPlace::One(TaskId([6; 16])), TaskPlace::New].map(Route::Tasks));
        for route in all {
            assert_eq!(Route::parse(&route.fragment()), route);
        }
    }

    #[test]
    fn an_unknown_address_leads_home() {
        for fragment in ["", "#", "#/", "#/room/xyz", "#/settings/unknown", "#token=abc", "#/room/00/paper"] {
            assert_eq!(Route::parse(fragment), Route::Today, "{fragment}");
        }
    }

    #[test]
    fn a_broken_address_of_a_part_leads_to_its_beginning() {
        for fragment in
            ["#/handbook/article/%", "#/handbook/article/%zz", "#/handbook/article/%ff", "#/handbook/article/", "#/handbook/x/y"]
        {
            assert_eq!(Route::parse(fragment), Route::Handbook(HandbookPlace::Search), "{fragment}");
        }
        let top = Route::Handbook(HandbookPlace::Article("a".to_owned()));
        assert_eq!(Route::parse("#/handbook/article/a/x"), top, "a place that is none is the top");
        assert_eq!(Route::parse("#/questions/zz"), Route::Questions(QuestionPlace::List(QuestionScope::All)));
        for fragment in ["#/tasks", "#/tasks/zz", "#/tasks/task/zz"] {
            assert_eq!(Route::parse(fragment), Route::Tasks(TaskPlace::List(TaskScope::All)), "{fragment}");
        }
    }

    #[test]
    fn the_token_is_found_wherever_it_stands() {
        assert_eq!(token_in("#token=a1b2"), Some("a1b2"));
        assert_eq!(token_in("?x=1&token=a1b2&y=2"), Some("a1b2"));
        assert_eq!(token_in("#/today?token=a1b2"), Some("a1b2"));
        assert_eq!(token_in("#/today"), None);
        assert_eq!(token_in("?token="), None);
    }
}
