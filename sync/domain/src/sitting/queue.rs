//! The rules by which a chair orders who waits for the word. Applied when the chair says so; what somebody asks for later goes where it always goes.

use serde::{Deserialize, Serialize};

use super::{Floor, SpeechKind};
use crate::id::{Hash32, PersonId, Timestamp};

/// In which order people get the word. Points of order come first under each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueRule {
    /// Who asked earlier speaks earlier.
    Asked,
    /// Who has spoken less often speaks earlier, then who asked earlier.
    NewVoices,
    /// Interpellations first, then who asked earlier.
    Interpellations,
}

impl Floor {
    /// Who waits, in the order of a rule.
    pub fn ordered_by(&self, rule: QueueRule) -> Vec<Hash32> {
        let times = |person: &PersonId| self.spoken.iter().filter(|spoken| spoken.person == *person).count();
        let mut keyed: Vec<((bool, usize, Timestamp), Hash32)> = self
            .queue
            .iter()
            .map(|request| {
                let ranked = match rule {
                    QueueRule::Asked => 0,
                    QueueRule::NewVoices => times(&request.person),
                    QueueRule::Interpellations => usize::from(request.kind != SpeechKind::Interpellation),
                };
                ((request.kind != SpeechKind::PointOfOrder, ranked, request.asked_at), request.request)
            })
            .collect();
        // Stable: what a rule does not part stays as it stands.
        keyed.sort_by_key(|(key, _)| *key);
        keyed.into_iter().map(|(_, request)| request).collect()
    }

    /// What has to be placed before what (`None`: at the end), one after the other, so that the queue stands in this order.
    pub fn moves_to(&self, order: &[Hash32]) -> Vec<(Hash32, Option<Hash32>)> {
        let mut now: Vec<Hash32> = self.queue.iter().map(|request| request.request).collect();
        let (mut moves, mut before) = (Vec::new(), None);
        for request in order.iter().rev() {
            let Some(at) = now.iter().position(|waiting| waiting == request) else { continue };
            if now.get(at + 1).copied() != before {
                now.remove(at);
                let to = before.and_then(|before| now.iter().position(|waiting| *waiting == before)).unwrap_or(now.len());
                now.insert(to, *request);
                moves.push((*request, before));
            }
            before = Some(*request);
        }
        moves
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{hash, person};
    use super::super::{Request, Spoken};
    use super::*;

    fn floor() -> Floor {
        let request = |number: u16, of: u8, kind, minute: i64| Request {
            request: hash(number),
            person: person(of),
            item: None,
            kind,
            asked_at: Timestamp(minute * 60_000),
        };
        let spoken = Spoken {
            word: hash(50),
            person: person(21),
            item: None,
            kind: SpeechKind::Speech,
            began_at: Timestamp(0),
            spoken_s: Some(60),
        };
        let queue = vec![
            request(4, 23, SpeechKind::Interpellation, 4),
            request(1, 21, SpeechKind::Speech, 1),
            request(3, 20, SpeechKind::PointOfOrder, 3),
            request(2, 22, SpeechKind::Speech, 2),
        ];
        Floor { queue, spoken: vec![spoken], ..Floor::default() }
    }

    #[test]
    fn points_of_order_come_first_and_the_rest_by_the_rule() {
        for (rule, order) in
            [(QueueRule::Asked, [3, 1, 2, 4]), (QueueRule::NewVoices, [3, 2, 4, 1]), (QueueRule::Interpellations, [3, 4, 1, 2])]
        {
            assert_eq!(floor().ordered_by(rule), order.map(hash), "{rule:?}");
        }
    }

    #[test]
    fn the_moves_lead_to_the_order_and_what_stands_right_is_not_moved() {
        for order in [[3, 1, 2, 4], [3, 2, 4, 1], [4, 1, 3, 2], [2, 3, 1, 4], [1, 2, 3, 4]] {
            let (floor, order) = (floor(), order.map(hash));
            let mut now: Vec<Hash32> = floor.queue.iter().map(|request| request.request).collect();
            for (request, before) in floor.moves_to(&order) {
                now.retain(|waiting| *waiting != request);
                let to = now.iter().position(|waiting| Some(*waiting) == before).unwrap_or(now.len());
                now.insert(to, request);
            }
            assert_eq!(now, order);
        }
        let as_it_is = floor().queue.iter().map(|request| request.request).collect::<Vec<_>>();
        assert!(floor().moves_to(&as_it_is).is_empty());
    }
}
