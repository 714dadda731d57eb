//! Rule profiles: the built-in ones, reading edited ones, and what makes one sound.

use std::collections::BTreeSet;

use super::RuleProfile;
use crate::limits::{self, LimitError};

const BUILT_IN: &str = include_str!("profiles.json");

/// Why a profile, or a file of profiles, is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A text is missing, too long or holds characters it must not.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// Not a JSON list of profiles.
    #[error("not a list of rule profiles: {0}")]
    Unreadable(String),
    /// Two profiles with one id.
    #[error("two rule profiles are called '{0}'")]
    SameId(String),
}

impl RuleError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Limit(error) => error.code(),
            Self::Unreadable(_) => "profiles_unreadable",
            Self::SameId(_) => "profiles_same_id",
        }
    }
}

impl RuleProfile {
    /// Checks the texts: the id is 1 to [`limits::PROFILE_ID_CHARS`] of `a–z`, `0–9` and `-`, name and legal basis are there and in bounds.
    pub fn validate(&self) -> Result<(), RuleError> {
        limits::check_profile(self).map_err(RuleError::Limit)
    }
}

/// The profiles that come with the program (rules and wording: editable data, not law; an organisation checks them against the
/// texts in force).
///
/// Empty should the embedded file be broken, so that no vote is opened under rules nobody wrote; a test keeps it whole.
pub fn profiles() -> Vec<RuleProfile> {
    parse_profiles(BUILT_IN).unwrap_or_default()
}

/// The built-in profile of that id.
pub fn profile(id: &str) -> Option<RuleProfile> {
    profiles().into_iter().find(|profile| profile.id == id)
}

/// Reads a JSON list of at most [`limits::PROFILES`] profiles, each valid, no two with one id.
pub fn parse_profiles(json: &str) -> Result<Vec<RuleProfile>, RuleError> {
    limits::at_most("profiles text", limits::PROFILES_BYTES, json.len())?;
    let profiles: Vec<RuleProfile> = serde_json::from_str(json).map_err(|error| RuleError::Unreadable(error.to_string()))?;
    limits::at_most("profiles", limits::PROFILES, profiles.len())?;
    let mut ids = BTreeSet::new();
    for profile in &profiles {
        profile.validate()?;
        if !ids.insert(&profile.id) {
            return Err(RuleError::SameId(profile.id.clone()));
        }
    }
    Ok(profiles)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::id::{DeviceId, PersonId, SpaceId, Timestamp, VoteId};
    use crate::vote::{Base, Results, RollEntry, Share, TieRule, VoteOpening};

    pub fn person(number: u8) -> PersonId {
        PersonId([number; 16])
    }

    pub fn device(number: u8) -> DeviceId {
        DeviceId([number; 32])
    }

    /// `size` people, all checked in; the first one chairs.
    pub fn opening(profile: &RuleProfile, size: u8) -> VoteOpening {
        let roll = (0..size)
            .map(|place| RollEntry {
                person: person(place),
                name: format!("Đại biểu {place}"),
                device: Some(device(place)),
                chair: place == 0,
            })
            .collect();
        VoteOpening {
            vote: VoteId([7; 16]),
            space: SpaceId([8; 16]),
            item: None,
            question: "Thông qua dự thảo nghị quyết?".to_owned(),
            profile: profile.clone(),
            roll,
            opened_at: Timestamp(0),
            paper: None,
            form: None,
        }
    }

    #[test]
    fn the_built_in_profiles_say_what_the_bodies_do() {
        let rules: Vec<_> = parse_profiles(BUILT_IN)
            .expect("the embedded file is whole")
            .into_iter()
            .map(|rules| (rules.id, rules.base, rules.threshold, rules.quorum, rules.tie))
            .collect();
        let expected = [
            ("ubnd-majority", Base::Roll, Share::Majority, Share::TwoThirds, TieRule::ChairDecides),
            ("hdnd-majority", Base::Roll, Share::Majority, Share::TwoThirds, TieRule::Fails),
            ("hdnd-two-thirds", Base::Roll, Share::TwoThirds, Share::TwoThirds, TieRule::Fails),
            ("hdnd-secret-majority", Base::Roll, Share::Majority, Share::TwoThirds, TieRule::Fails),
            ("meeting-present-majority", Base::Present, Share::Majority, Share::Majority, TieRule::Fails),
        ]
        .map(|(id, base, threshold, quorum, tie)| (id.to_owned(), base, threshold, quorum, tie));
        assert_eq!(rules, expected);
        assert_eq!(profiles().len(), 5);
        let secret = profiles().into_iter().filter(|rules| rules.secret == Some(true)).map(|rules| rules.id);
        assert_eq!(secret.collect::<Vec<_>>(), ["hdnd-secret-majority"]);
        assert!(profile("no-such-rules").is_none());
    }

    #[test]
    fn an_edited_file_comes_back_as_it_was_written() {
        let mut edited = profiles();
        edited[0].legal_basis = "Nghị định số 315/2025/NĐ-CP".to_owned();
        assert_eq!(parse_profiles(&serde_json::to_string(&edited).unwrap()), Ok(edited));
    }

    #[test]
    fn rules_say_nothing_of_results_unless_they_were_written_since_and_then_after_the_close_is_what_was() {
        let file = |results: &str| BUILT_IN.replacen("\"id\"", &format!("{results}\"id\""), 1);
        let read = |results| parse_profiles(&file(results)).unwrap().remove(0);
        assert_eq!((read("").results, read("").is_live()), (None, false));
        assert!(!serde_json::to_string(&read("")).unwrap().contains("results"));
        assert!(read("\"results\": \"live\", ").is_live());
        assert!(!read("\"results\": \"after_close\", ").is_live());
        assert_eq!(parse_profiles(&file("\"results\": \"never\", ")).unwrap_err().code(), "profiles_unreadable");
    }

    #[test]
    fn a_broken_file_says_what_is_wrong() {
        assert_eq!(parse_profiles("[{]").unwrap_err().code(), "profiles_unreadable");
        assert_eq!(parse_profiles(&BUILT_IN.replace("two_thirds", "most")).unwrap_err().code(), "profiles_unreadable");
        assert_eq!(parse_profiles(&BUILT_IN.replace("hdnd-two-thirds", "hdnd-majority")).unwrap_err().code(), "profiles_same_id");
        assert_eq!(parse_profiles(&BUILT_IN.replace("hdnd-majority", "HĐND")).unwrap_err().code(), "text_characters");
        assert_eq!(parse_profiles(&" ".repeat(limits::PROFILES_BYTES + 1)).unwrap_err().code(), "limit_over");
    }

    fn any_share() -> impl Strategy<Value = Share> {
        proptest::sample::select(vec![Share::Majority, Share::TwoThirds, Share::Half, Share::All, Share::One])
    }

    proptest! {
        #[test]
        fn rules_are_carried_by_files_and_by_openings_without_a_change(
            (threshold, quorum) in (any_share(), any_share()),
            present in any::<bool>(),
            chair in any::<bool>(),
            may_change in any::<bool>(),
            secret in any::<Option<bool>>(),
            results in proptest::sample::select(vec![None, Some(Results::AfterClose), Some(Results::Live)]),
        ) {
            let rules = RuleProfile {
                id: "to-dan-pho".to_owned(),
                name: "Tổ dân phố".to_owned(),
                base: if present { Base::Present } else { Base::Roll },
                threshold,
                quorum,
                tie: if chair { TieRule::ChairDecides } else { TieRule::Fails },
                legal_basis: "Quy ước của tổ dân phố".to_owned(),
                may_change,
                secret,
                results,
            };
            let file = serde_json::to_string(&[&rules]).unwrap();
            prop_assert_eq!(parse_profiles(&file), Ok(vec![rules.clone()]));
            let mut bytes = Vec::new();
            minicbor::encode(opening(&rules, 3), &mut bytes).unwrap();
            let carried: VoteOpening = minicbor::decode(&bytes).unwrap();
            prop_assert_eq!(carried.profile, rules);
        }
    }

    #[test]
    fn texts_have_bounds() {
        let sound = profile("ubnd-majority").unwrap();
        let refuse = |change: fn(&mut RuleProfile)| {
            let mut profile = sound.clone();
            change(&mut profile);
            profile.validate().expect_err("must be refused").code()
        };
        assert_eq!(refuse(|profile| profile.id.clear()), "limit_under");
        assert_eq!(refuse(|profile| profile.id = "a".repeat(65)), "limit_over");
        assert_eq!(refuse(|profile| profile.name = "  ".to_owned()), "limit_under");
        assert_eq!(refuse(|profile| profile.name = "ă".repeat(limits::PROFILE_NAME_CHARS + 1)), "limit_over");
        assert_eq!(refuse(|profile| profile.name = "Ủy ban\u{202e}nhân dân".to_owned()), "text_characters");
        assert_eq!(refuse(|profile| profile.legal_basis.clear()), "limit_under");
        assert_eq!(refuse(|profile| profile.legal_basis = "x".repeat(limits::LEGAL_BASIS_CHARS + 1)), "limit_over");
    }
}
