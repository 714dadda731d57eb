//! Who leads a sitting: its chair, or the deputy who took the lead because the chair's device is gone.
//!
//! For each vote its own frozen roll says whether a taking holds ([`crate::vote::Deciding`]). For the sitting, its opening of further votes among
//! them, the seats do that the taking itself froze.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp};
use domain::lead::{DeputyNaming, LeadTaking, TERMS_AHEAD};
use domain::vote::VoteOpening;

use crate::act::{Act, VerifiedAct};

/// What is asked of the directory and of the space.
pub struct LeadWitness<'a> {
    /// Whose a device is.
    pub person: &'a dyn Fn(&DeviceId) -> Option<PersonId>,
    /// Chairs the meeting now.
    pub chairs: &'a dyn Fn(&PersonId) -> bool,
    /// Chairs the meeting or did so: what a former chair has said stays said. Keeping the minutes names nobody.
    pub chaired: &'a dyn Fn(&PersonId) -> bool,
}

/// The deputy as the chair has named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The naming.
    pub naming: Hash32,
    /// The chair who named.
    pub chair: PersonId,
    /// Who takes over; `None`: the chair has taken the naming back.
    pub deputy: Option<PersonId>,
}

/// A taking of the lead and how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The taking.
    pub taking: Hash32,
    /// Its term.
    pub term: u32,
    /// Who takes the lead.
    pub person: PersonId,
    /// The chair by whose naming.
    pub chair: PersonId,
    /// With which device.
    pub device: DeviceId,
    /// When it says so.
    pub at: Timestamp,
    /// Devices of its seats that have acknowledged it.
    pub acknowledged: u32,
    /// How many make it hold.
    pub needed: u32,
}

impl Taken {
    /// More than half of its devices have acknowledged it.
    pub fn holds(&self) -> bool {
        self.acknowledged >= self.needed
    }
}

/// The lead of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lead {
    /// The deputy named last by who chairs now.
    pub named: Option<Named>,
    /// What each who chairs or chaired has named last.
    pub named_by: BTreeMap<PersonId, Named>,
    /// The latest taking that holds; `None`: nobody has taken over.
    pub leading: Option<Taken>,
    /// A later one that does not hold yet.
    pub claimed: Option<Taken>,
    /// The latest term that anybody has claimed or acknowledged, in steps of at most [`TERMS_AHEAD`].
    pub last_term: u32,
    /// Everybody who has led at some time: what they did then stays done.
    pub led: BTreeSet<PersonId>,
}

impl Lead {
    /// Who leads in the place of the chair.
    pub fn deputy_leading(&self) -> Option<PersonId> {
        self.leading.filter(|leading| leading.person != leading.chair).map(|leading| leading.person)
    }
}

/// Reads who leads from all acts of a space, in whatever order they are given.
///
/// A naming counts if by the chair; of several the one with the longest chain of namings before it, of equals the one with the lower name. A
/// taking counts if by the deputy of the naming that it cites, or by the chair who named. It holds once more than half of the devices that it names have
/// acknowledged it; a device that acknowledged two of one term has acknowledged neither. The latest term leads.
pub fn lead(acts: &[VerifiedAct], space: &SpaceId, witness: &LeadWitness<'_>) -> Lead {
    let namings = namings(acts, space, witness);
    let mut by_chair: BTreeMap<PersonId, (usize, Named)> = BTreeMap::new();
    for (hash, (naming, chair)) in &namings {
        let depth = depth(&namings, naming);
        if by_chair.get(chair).is_none_or(|(deepest, _)| depth > *deepest) {
            by_chair.insert(*chair, (depth, Named { naming: *hash, chair: *chair, deputy: naming.deputy }));
        }
    }
    let of_today = by_chair.values().filter(|(_, named)| (witness.chairs)(&named.chair));
    let named = of_today.max_by_key(|(depth, named)| (*depth, Reverse(named.naming))).map(|(_, named)| *named);
    let named_by = by_chair.into_iter().map(|(chair, (_, named))| (chair, named)).collect();

    let words = words(acts, space);
    let claims = claims(acts, space, &namings, witness);
    let last_term = last_term(acts, space, &claims);
    let mut lead = Lead { named, named_by, last_term, ..Lead::default() };
    for Claim { act, taking, person, chair } in claims.into_iter().filter(|claim| claim.taking.term <= last_term) {
        let acknowledged = words.get(&act.hash()).map_or(0, |devices| of_seats(taking, devices));
        let taken = Taken {
            taking: act.hash(),
            term: taking.term,
            person,
            chair,
            device: act.device(),
            at: taking.at,
            acknowledged,
            needed: taking.needed(),
        };
        if taken.holds() {
            lead.led.insert(person);
        }
        // What was claimed under a chair who chairs no more decides nothing today.
        let of_today = (witness.chairs)(&chair);
        let place = if taken.holds() { &mut lead.leading } else { &mut lead.claimed };
        let later = place.is_none_or(|other| (taken.term, other.taking) > (other.term, taken.taking));
        if of_today && later {
            *place = Some(taken);
        }
    }
    let led_in = lead.leading.map_or(0, |leading| leading.term);
    lead.claimed = lead.claimed.filter(|claimed| claimed.term > led_in);
    lead
}

/// Who chaired when a vote was opened, by what its opener has signed: the opener, and each chair in whose place the opener had taken the
/// lead before, with the same device. Only a naming by one of them hands the vote on. What roles anybody has or gives now plays no part: a
/// taking by that device cannot be made by anybody else, not even by who certifies further devices, and a naming alone says nothing of whom
/// its author chairs.
pub fn chairs_of(
    opener: &DeviceId,
    opening: &VoteOpening,
    acts: &[VerifiedAct],
    person_of: &dyn Fn(&DeviceId) -> Option<PersonId>,
) -> BTreeSet<PersonId> {
    let Some(opened_by) = person_of(opener) else {
        return BTreeSet::new();
    };
    let took_before = |taking: &LeadTaking| taking.space == opening.space && taking.at <= opening.opened_at;
    let cited: BTreeSet<Hash32> = acts
        .iter()
        .filter_map(|act| match act.act() {
            Act::LeadTaken(taking) if act.device() == *opener && took_before(taking) => Some(taking.naming),
            _ => None,
        })
        .collect();
    let named_by = acts.iter().filter_map(|act| match act.act() {
        Act::DeputyNamed(naming) if naming.deputy == Some(opened_by) && naming.space == opening.space => {
            cited.contains(&act.hash()).then(|| person_of(&act.device())).flatten()
        }
        _ => None,
    });
    named_by.chain([opened_by]).collect()
}

/// The takings that a device has to acknowledge: entitled ones that name it or a vote of its, of a term later than `left`, in the order of
/// their terms and of each term one. One by a deputy in whose place the chair has named somebody else since, or nobody, is none.
pub fn takings_due<'a>(
    acts: &'a [VerifiedAct],
    space: &SpaceId,
    left: u32,
    concerned: &dyn Fn(&LeadTaking) -> bool,
    witness: &LeadWitness<'_>,
) -> Vec<(Hash32, &'a LeadTaking)> {
    let namings = namings(acts, space, witness);
    let claims = claims(acts, space, &namings, witness);
    let last_term = last_term(acts, space, &claims);
    let replaced = replaced(&namings);
    let mut due: BTreeMap<u32, (Hash32, &LeadTaking)> = BTreeMap::new();
    for Claim { act, taking, person, chair } in claims {
        let stands = person == chair || !replaced.contains(&taking.naming);
        if taking.term > left && taking.term <= last_term && stands && concerned(taking) {
            due.entry(taking.term).or_insert((act.hash(), taking));
        }
    }
    due.into_values().collect()
}

/// The latest term of which a device has acknowledged a taking.
pub fn left_by(acts: &[VerifiedAct], space: &SpaceId, device: &DeviceId) -> u32 {
    let own = acts.iter().filter(|act| act.device() == *device);
    let terms = own.filter_map(|act| match act.act() {
        Act::LeadAcknowledged(word) if word.space == *space => Some(word.term),
        _ => None,
    });
    terms.max().unwrap_or(0)
}

type Namings<'a> = BTreeMap<Hash32, (&'a DeputyNaming, PersonId)>;

/// The namings by who might name, and by whom.
fn namings<'a>(acts: &'a [VerifiedAct], space: &SpaceId, witness: &LeadWitness<'_>) -> Namings<'a> {
    let namings = acts.iter().filter_map(|act| match act.act() {
        Act::DeputyNamed(naming) if naming.space == *space => {
            let chair = (witness.person)(&act.device()).filter(|person| (witness.chaired)(person))?;
            Some((act.hash(), (naming, chair)))
        }
        _ => None,
    });
    namings.collect()
}

fn depth(namings: &Namings<'_>, of: &DeputyNaming) -> usize {
    // An act names another by its hash, so there is no ring; a chain is no longer than there are namings.
    let mut depth = 0;
    let mut before = of.replaces;
    while let Some((naming, _)) = before.and_then(|hash| namings.get(&hash)) {
        depth += 1;
        before = naming.replaces;
    }
    depth
}

/// The namings that their own chair has replaced, whatever others named in between.
fn replaced(namings: &Namings<'_>) -> BTreeSet<Hash32> {
    let mut replaced = BTreeSet::new();
    for (naming, chair) in namings.values() {
        let mut before = naming.replaces;
        while let Some((hash, (earlier, by))) = before.and_then(|hash| Some((hash, namings.get(&hash)?))) {
            // What comes before an own naming that was replaced has been gone through from there.
            if by == chair && !replaced.insert(hash) {
                break;
            }
            before = earlier.replaces;
        }
    }
    replaced
}

/// A taking by who is entitled to it: the deputy of the naming that it cites, or the chair who named.
struct Claim<'a> {
    act: &'a VerifiedAct,
    taking: &'a LeadTaking,
    person: PersonId,
    chair: PersonId,
}

fn claims<'a>(acts: &'a [VerifiedAct], space: &SpaceId, namings: &Namings<'_>, witness: &LeadWitness<'_>) -> Vec<Claim<'a>> {
    let claims = acts.iter().filter_map(|act| {
        let Act::LeadTaken(taking) = act.act() else { return None };
        let (naming, chair) = namings.get(&taking.naming)?;
        let person = (witness.person)(&act.device())?;
        let entitled = taking.space == *space && (person == *chair || naming.deputy == Some(person));
        entitled.then_some(Claim { act, taking, person, chair: *chair })
    });
    claims.collect()
}

/// The latest term that can be reached from 0, in steps of at most [`TERMS_AHEAD`], by what was claimed and acknowledged.
fn last_term(acts: &[VerifiedAct], space: &SpaceId, claims: &[Claim<'_>]) -> u32 {
    let said = acts.iter().filter_map(|act| match act.act() {
        Act::LeadAcknowledged(word) if word.space == *space => Some(word.term),
        _ => None,
    });
    let terms: BTreeSet<u32> = claims.iter().map(|claim| claim.taking.term).chain(said).collect();
    terms.into_iter().fold(0, |last, term| if term.saturating_sub(last) <= TERMS_AHEAD { term } else { last })
}

/// For each taking the devices that acknowledged it and no other of its term.
fn words(acts: &[VerifiedAct], space: &SpaceId) -> BTreeMap<Hash32, BTreeSet<DeviceId>> {
    let mut by_device: BTreeMap<(DeviceId, u32), BTreeSet<Hash32>> = BTreeMap::new();
    for act in acts {
        if let Act::LeadAcknowledged(word) = act.act()
            && word.space == *space
        {
            by_device.entry((act.device(), word.term)).or_default().insert(word.taking);
        }
    }
    let mut words: BTreeMap<Hash32, BTreeSet<DeviceId>> = BTreeMap::new();
    for ((device, _), takings) in by_device {
        if takings.len() == 1 {
            takings.into_iter().for_each(|taking| {
                words.entry(taking).or_default().insert(device);
            });
        }
    }
    words
}

fn of_seats(taking: &LeadTaking, devices: &BTreeSet<DeviceId>) -> u32 {
    let seats: BTreeSet<DeviceId> = taking.seats.iter().map(|seat| seat.device).collect();
    u32::try_from(seats.intersection(devices).count()).unwrap_or(u32::MAX)
}
