//! Where the window is, as the part of its address after `#`: survives a reload and the back button.

use domain::id::{PaperId, SpaceId};

/// A page of Settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsPage {
    /// Who this person and this device are.
    Identity,
    /// My devices and requests to join.
    Devices,
    /// Everybody of the organisation and their duties.
    People,
    /// Connections.
    Sync,
    /// Language, theme, text size.
    Appearance,
}

impl SettingsPage {
    /// All, in order of the tabs.
    pub const ALL: [Self; 5] = [Self::Identity, Self::Devices, Self::People, Self::Sync, Self::Appearance];

    /// Its name in the address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Devices => "devices",
            Self::People => "people",
            Self::Sync => "sync",
            Self::Appearance => "appearance",
        }
    }
}

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Settings.
    Settings(SettingsPage),
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
        ];
        all.extend(SettingsPage::ALL.map(Route::Settings));
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
    fn the_token_is_found_wherever_it_stands() {
        assert_eq!(token_in("#token=a1b2"), Some("a1b2"));
        assert_eq!(token_in("?x=1&token=a1b2&y=2"), Some("a1b2"));
        assert_eq!(token_in("#/today?token=a1b2"), Some("a1b2"));
        assert_eq!(token_in("#/today"), None);
        assert_eq!(token_in("?token="), None);
    }
}
