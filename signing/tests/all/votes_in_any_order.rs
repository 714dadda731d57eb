//! The count is a function of the set of acts: of honest, careless and hostile ones, in any order, with any repetitions.

use std::collections::BTreeSet;

use domain::id::Hash32;
use domain::vote::Choice;
use proptest::prelude::*;
use signing::vote::{BallotStatus, VoteState};

use crate::support::{Vote, changeable, member_keys, second_device, unchangeable};

/// One thing that somebody does. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Deed {
    Cast { member: u8, choice: Choice },
    Replace { member: u8, choice: Choice, target: u8 },
    SecondDevice { member: u8, choice: Choice },
    Forge { member: u8 },
    Close { mask: u16 },
    Acknowledge { member: u8, closing: u8 },
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![Just(Choice::For), Just(Choice::Against), Just(Choice::NotVoting)]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        5 => (0..6u8, choice()).prop_map(|(member, choice)| Deed::Cast { member, choice }),
        3 => (0..6u8, choice(), any::<u8>()).prop_map(|(member, choice, target)| Deed::Replace { member, choice, target }),
        1 => (0..4u8, choice()).prop_map(|(member, choice)| Deed::SecondDevice { member, choice }),
        1 => (0..4u8).prop_map(|member| Deed::Forge { member }),
        1 => any::<u16>().prop_map(|mask| Deed::Close { mask }),
        2 => (0..6u8, any::<u8>()).prop_map(|(member, closing)| Deed::Acknowledge { member, closing }),
    ]
}

/// Four on the roll, members 4 and 5 are guests.
fn play(deeds: &[Deed], may_change: bool) -> Vote {
    let mut vote = Vote::open(4, if may_change { changeable() } else { unchangeable() });
    let mut cast: Vec<Hash32> = Vec::new();
    for (number, deed) in deeds.iter().enumerate() {
        let at = i64::try_from(number).unwrap();
        match *deed {
            Deed::Cast { member, choice } => cast.push(vote.cast_with(&member_keys(member), vote.ballot(choice, at, None))),
            Deed::Replace { member, choice, target } => {
                let target = cast.get(usize::from(target) % cast.len().max(1)).copied().unwrap_or(Hash32([target; 32]));
                cast.push(vote.cast_with(&member_keys(member), vote.ballot(choice, at, Some(target))));
            }
            Deed::SecondDevice { member, choice } => {
                cast.push(vote.cast_with(&second_device(member), vote.ballot(choice, at, None)))
            }
            Deed::Forge { member } => {
                vote.cast_with(&member_keys(5), vote.ballot(Choice::For, at, None));
                vote.ballots.last_mut().unwrap().device = member_keys(member).device();
            }
            Deed::Close { mask } => {
                let named = cast
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| mask >> (place % 16) & 1 == 1)
                    .map(|(_, hash)| *hash)
                    .collect::<Vec<_>>();
                vote.close_naming(&named);
            }
            Deed::Acknowledge { member, closing } => {
                let closing = vote
                    .closings
                    .get(usize::from(closing) % vote.closings.len().max(1))
                    .map_or(Hash32([1; 32]), |closing| closing.hash());
                vote.acknowledge(member, closing);
            }
        }
    }
    vote
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_arrival_and_repetitions_do_not_matter(
        (deeds, order) in proptest::collection::vec(deed(), 0..14).prop_flat_map(|deeds| {
            let order: Vec<usize> = (0..deeds.len() * 2).collect();
            (Just(deeds), Just(order).prop_shuffle())
        }),
        may_change: bool,
    ) {
        let mut vote = play(&deeds, may_change);
        let before = vote.count();
        for acts in [&mut vote.ballots, &mut vote.closings, &mut vote.acknowledgements] {
            // Every act once or twice, in an order that has nothing to do with its making.
            let known = acts.clone();
            acts.extend(order.iter().filter_map(|place| known.get(*place).cloned()));
            acts.reverse();
        }
        prop_assert_eq!(vote.count(), before);
    }

    #[test]
    fn nobody_is_counted_twice_and_nobody_without_a_vote(deeds in proptest::collection::vec(deed(), 0..20), may_change: bool) {
        let vote = play(&deeds, may_change);
        let record = vote.count();
        let counted: Vec<_> = record.ballots.iter().filter(|line| line.status == BallotStatus::Counts).collect();
        let people: BTreeSet<_> = counted.iter().map(|line| line.person).collect();
        prop_assert_eq!(people.len(), counted.len());
        prop_assert_eq!(usize::try_from(record.outcome.counted).unwrap(), counted.len());
        for line in &counted {
            prop_assert!((0..4).any(|member| member_keys(member).device() == line.device));
        }
        if let VoteState::Closed { closing_hash, .. } = record.state {
            let closing = vote.closings.iter().find(|closing| closing.hash() == closing_hash).unwrap().verify().unwrap();
            let signing::Act::VoteClosed(closing) = closing else { panic!("a close is a close") };
            for line in &counted {
                prop_assert!(closing.ballots.contains(&line.hash), "only what is named counts");
            }
        }
        // Everything that was truly signed is shown, once.
        let shown: BTreeSet<_> = record.ballots.iter().map(|line| line.hash).collect();
        let signed: BTreeSet<_> = vote.ballots.iter().filter(|act| act.verify().is_ok()).map(|act| act.hash()).collect();
        prop_assert_eq!(record.ballots.len(), shown.len());
        prop_assert_eq!(shown, signed);
    }

    #[test]
    fn nothing_that_voters_do_after_a_final_close_changes_the_result(
        before in proptest::collection::vec(deed(), 0..10),
        after in proptest::collection::vec(deed(), 0..10),
        may_change: bool,
    ) {
        let voters_only = |deeds: Vec<Deed>| deeds.into_iter().filter(|deed| !matches!(deed, Deed::Close { .. } | Deed::Acknowledge { .. })).collect::<Vec<_>>();
        let (before, after) = (voters_only(before), voters_only(after));
        let mut vote = play(&before, may_change);
        let closing = vote.close();
        for member in 0..3 {
            vote.acknowledge(member, closing);
        }
        let final_record = vote.count();
        prop_assert!(final_record.final_);
        let more = play(&[before, after].concat(), may_change);
        vote.ballots = more.ballots;
        let record = vote.count();
        prop_assert!(record.final_);
        prop_assert_eq!((record.outcome, record.state), (final_record.outcome, final_record.state));
    }

    #[test]
    fn what_the_opener_names_from_the_record_is_what_counts(deeds in proptest::collection::vec(deed(), 0..14), may_change: bool) {
        let honest: Vec<Deed> = deeds.into_iter().filter(|deed| !matches!(deed, Deed::Close { .. } | Deed::Acknowledge { .. })).collect();
        let mut vote = play(&honest, may_change);
        let open = vote.count();
        vote.close();
        let closed = vote.count();
        prop_assert_eq!(closed.outcome, open.outcome);
        prop_assert!(!closed.problems.iter().any(|problem| matches!(problem.code(), "named_ballot_invalid" | "close_names_two")));
    }
}
