//! What the acts of a ceremony come to: one pure function of the acts seen, the same on every device and for an auditor.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::Hash32;
use domain::vote::TellerElection;

use super::super::error::SecretError;
use super::super::vote::TellersKey;
use super::message::{Confirmation, Dealing, KeyOffer, Speaker, digest_of_dealings, digest_of_offers};
use super::teller::unseal;
use super::{CeremonyProblem, CeremonyRecord, CeremonyStage, Round, acts, messages, polynomial};
use crate::act::{Act, VerifiedAct};

/// Judges a ceremony by the act that declares the election and the acts that may belong to it, in any order; acts of other
/// ceremonies and of people who are no tellers are left out of account.
///
/// # Errors
/// [`SecretError::NotAnElection`]; whatever is wrong with the rest is a problem in the record.
pub fn judge_ceremony(election: &VerifiedAct, seen: &[VerifiedAct]) -> Result<CeremonyRecord, SecretError> {
    let Act::TellersElected(elected) = election.act() else {
        return Err(SecretError::NotAnElection);
    };
    let mut judge = Judge { election: elected, hash: election.hash(), problems: BTreeSet::new() };
    if elected.validate().is_err() {
        judge.problems.insert(CeremonyProblem::ElectionUnsound);
    }
    let sound = judge.problems.is_empty();
    let seen: &[VerifiedAct] = if sound { seen } else { &[] };
    let offers = judge.offers(seen);
    let dealings = judge.dealings(seen, &offers);
    let confirmations = judge.confirmations(seen, &offers, &dealings);
    let stage = judge.stage(&offers, &dealings, &confirmations);
    Ok(CeremonyRecord {
        election: elected.clone(),
        election_hash: judge.hash,
        elected_by: election.device(),
        stage,
        problems: judge.problems.into_iter().collect(),
        offers,
        dealings,
    })
}

struct Judge<'a> {
    election: &'a TellerElection,
    hash: Hash32,
    problems: BTreeSet<CeremonyProblem>,
}

impl Judge<'_> {
    fn speaker(&self, place: usize) -> Speaker<'_> {
        Speaker { election: &self.hash, place }
    }

    fn tellers(&self) -> usize {
        self.election.tellers.len()
    }

    /// The messages of one round. `message` takes them out of an act of this ceremony.
    fn round<T: Clone>(&mut self, seen: &[VerifiedAct], message: impl Fn(&Act) -> Option<&T>) -> Round<T> {
        let mut round: BTreeMap<usize, (Hash32, T)> = BTreeMap::new();
        for act in seen {
            let (Some(said), Some(place)) = (message(act.act()), self.election.place_of(&act.device())) else {
                continue;
            };
            let before = round.insert(place, (act.hash(), said.clone()));
            if before.is_some_and(|(hash, _)| hash != act.hash()) {
                self.problems.insert(CeremonyProblem::TellerTwoFaced { name: self.election.name(place) });
            }
        }
        round
    }

    fn offers(&mut self, seen: &[VerifiedAct]) -> Round<KeyOffer> {
        let hash = self.hash;
        let offers = self.round(seen, |act| match act {
            Act::TellerKeyOffered(offer) if offer.election == hash => Some(offer),
            _ => None,
        });
        for (place, (_, offer)) in &offers {
            if !offer.holds(self.speaker(*place)) {
                self.problems.insert(CeremonyProblem::TellerOfferWrong { name: self.election.name(*place) });
            }
        }
        offers
    }

    fn dealings(&mut self, seen: &[VerifiedAct], offers: &Round<KeyOffer>) -> Round<Dealing> {
        let hash = self.hash;
        let dealings = self.round(seen, |act| match act {
            Act::TellerDealt(dealing) if dealing.election == hash => Some(dealing),
            _ => None,
        });
        if offers.len() < self.tellers() {
            return dealings;
        }
        let answered = digest_of_offers(&acts(offers));
        let threshold = usize::try_from(self.election.threshold).unwrap_or(usize::MAX);
        for (place, (_, dealing)) in &dealings {
            let name = self.election.name(*place);
            if dealing.offers != answered {
                self.problems.insert(CeremonyProblem::TellerSawOther { name });
            } else if !dealing.holds(self.speaker(*place), self.tellers(), threshold) {
                self.problems.insert(CeremonyProblem::TellerDealingWrong { name });
            }
        }
        dealings
    }

    fn confirmations(
        &mut self,
        seen: &[VerifiedAct],
        offers: &Round<KeyOffer>,
        dealings: &Round<Dealing>,
    ) -> Round<Confirmation> {
        let hash = self.hash;
        let confirmations = self.round(seen, |act| match act {
            Act::TellerConfirmed(confirmation) if confirmation.election == hash => Some(confirmation),
            _ => None,
        });
        // What is wrong in an earlier round makes complaints about it idle.
        if dealings.len() < self.tellers() || offers.len() < self.tellers() || !self.problems.is_empty() {
            return confirmations;
        }
        let answered = digest_of_dealings(&acts(dealings));
        for (place, (_, confirmation)) in &confirmations {
            if confirmation.dealings == answered {
                self.complaints(*place, confirmation, offers, dealings);
            } else {
                self.problems.insert(CeremonyProblem::TellerSawOther { name: self.election.name(*place) });
            }
        }
        confirmations
    }

    /// Everybody opens the one sealed share that a complaint is about, and sees who lied.
    fn complaints(&mut self, place: usize, confirmation: &Confirmation, offers: &Round<KeyOffer>, dealings: &Round<Dealing>) {
        let name = self.election.name(place);
        if !confirmation.complaints.is_sorted_by(|a, b| a.dealer < b.dealer) {
            self.problems.insert(CeremonyProblem::TellerComplaintFalse { name: name.clone(), of: String::new() });
        }
        for complaint in confirmation.complaints.iter().take(self.tellers()) {
            let dealer = usize::try_from(complaint.dealer).unwrap_or(usize::MAX);
            let of = self.election.name(dealer);
            let (Some((_, offer)), Some((_, dealing))) = (offers.get(&place), dealings.get(&dealer)) else {
                self.problems.insert(CeremonyProblem::TellerComplaintFalse { name: name.clone(), of });
                continue;
            };
            let shown = complaint.shows_the_secret(self.speaker(place), &confirmation.dealings, offer, dealing);
            let good = unseal(self.speaker(dealer), dealing, place, &offer.key, &complaint.shared).is_some();
            self.problems.insert(if shown && !good {
                CeremonyProblem::TellerShareFalse { name: of, to: name.clone() }
            } else {
                CeremonyProblem::TellerComplaintFalse { name: name.clone(), of }
            });
        }
    }

    fn stage(
        &mut self,
        offers: &Round<KeyOffer>,
        dealings: &Round<Dealing>,
        confirmations: &Round<Confirmation>,
    ) -> CeremonyStage {
        let tellers = self.tellers();
        let missing = |said: &dyn Fn(&usize) -> bool| -> Option<Vec<usize>> {
            let missing: Vec<usize> = (0..tellers).filter(|place| !said(place)).collect();
            (!missing.is_empty()).then_some(missing)
        };
        if !self.problems.is_empty() {
            return CeremonyStage::Void;
        }
        if let Some(missing) = missing(&|place| offers.contains_key(place)) {
            return CeremonyStage::Offers(missing);
        }
        if let Some(missing) = missing(&|place| dealings.contains_key(place)) {
            return CeremonyStage::Dealings(missing);
        }
        if let Some(missing) = missing(&|place| confirmations.contains_key(place)) {
            return CeremonyStage::Confirmations(missing);
        }
        let key = polynomial::key(&messages(dealings));
        if key.is_neutral() {
            self.problems.insert(CeremonyProblem::TellersKeyUnusable);
            return CeremonyStage::Void;
        }
        let acts = [acts(offers), acts(dealings), acts(confirmations)].concat();
        CeremonyStage::Ready(Box::new(TellersKey { election: self.hash, acts, key }))
    }
}
