//! The messages of the ceremony, and what their proofs and digests are bound to.

use domain::id::Hash32;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use super::super::group::{Element, SecretNumber};
use super::super::proof::{Equality, Knowledge, SameLog};
use super::super::transcript::{Transcript, digest_of};

const OFFER: &str = "kyhop/1 teller offer";
const CONSTANT: &str = "kyhop/1 teller constant";
const SEALER: &str = "kyhop/1 teller sealer";
const SHARE: &str = "kyhop/1 teller share";
const COMPLAINT: &str = "kyhop/1 teller complaint";
const OFFERS: &str = "kyhop/1 teller offers";
const DEALINGS: &str = "kyhop/1 teller dealings";

/// Round 1: the key to which the other tellers seal what is for this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct KeyOffer {
    /// Hash of the act that declares the election.
    #[n(0)]
    pub election: Hash32,
    /// The key.
    #[n(1)]
    pub(in crate::secret) key: Element,
    /// The teller has its secret.
    #[n(2)]
    pub(in crate::secret) proof: Knowledge,
}

/// Round 2: a polynomial in commitments, and its values sealed to each teller.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Dealing {
    /// Hash of the act that declares the election.
    #[n(0)]
    pub election: Hash32,
    /// Digest of the offers that it answers.
    #[n(1)]
    pub(in crate::secret) offers: Hash32,
    /// The coefficients times the generator, from the constant term upwards: as many as tellers are needed.
    #[n(2)]
    pub(in crate::secret) commitments: Vec<Element>,
    /// The dealer knows the constant term: no key made from those of others.
    #[n(3)]
    pub(in crate::secret) constant: Knowledge,
    /// The dealer's half of the secrets under which the values are sealed.
    #[n(4)]
    pub(in crate::secret) sealer: Element,
    /// The dealer knows its logarithm: no sealing copied from another dealer, whose values a complaint would then show.
    #[n(5)]
    pub(in crate::secret) knows_sealer: Knowledge,
    /// For each teller, the dealer included: the value of the polynomial, sealed.
    #[n(6)]
    pub(in crate::secret) sealed: Vec<SealedShare>,
}

/// 32 bytes: a number under a one-time pad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedShare(pub(in crate::secret) [u8; 32]);

impl<C> Encode<C> for SealedShare {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for SealedShare {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        d.bytes()?.try_into().map(Self).map_err(|_| decode::Error::message("a sealed share has 32 bytes"))
    }
}

/// Round 3: the teller holds a good share of everybody's, or says whose is not.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Confirmation {
    /// Hash of the act that declares the election.
    #[n(0)]
    pub election: Hash32,
    /// Digest of the dealings that it answers.
    #[n(1)]
    pub(in crate::secret) dealings: Hash32,
    /// Ascending by dealer; none, if all is well.
    #[n(2)]
    pub(in crate::secret) complaints: Vec<Complaint>,
}

/// The share of one dealer is wrong, and here is what it was sealed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Complaint {
    /// The dealer's place.
    #[n(0)]
    pub(in crate::secret) dealer: u32,
    /// The secret shared with the dealer.
    #[n(1)]
    pub(in crate::secret) shared: Element,
    /// It is that secret.
    #[n(2)]
    pub(in crate::secret) proof: Equality,
}

/// Who says it: bound into every proof of the ceremony.
#[derive(Debug, Clone, Copy)]
pub(in crate::secret) struct Speaker<'a> {
    pub(in crate::secret) election: &'a Hash32,
    pub(in crate::secret) place: usize,
}

impl Speaker<'_> {
    fn context(&self, purpose: &'static str) -> Transcript {
        Transcript::new(purpose).hash(self.election).number(self.place)
    }

    pub(in crate::secret) fn offer(&self) -> Transcript {
        self.context(OFFER)
    }

    /// The constant term, with all that goes with it.
    pub(in crate::secret) fn constant(&self, offers: &Hash32, commitments: &[Element]) -> Transcript {
        commitments.iter().fold(self.context(CONSTANT).hash(offers), Transcript::element)
    }

    pub(in crate::secret) fn sealer(&self, offers: &Hash32) -> Transcript {
        self.context(SEALER).hash(offers)
    }

    pub(in crate::secret) fn complaint(&self, dealer: usize, dealings: &Hash32) -> Transcript {
        self.context(COMPLAINT).number(dealer).hash(dealings)
    }
}

/// The offers in the order of the tellers.
pub(in crate::secret) fn digest_of_offers(acts: &[Hash32]) -> Hash32 {
    digest_of(OFFERS, acts)
}

/// The dealings in the order of the tellers.
pub(in crate::secret) fn digest_of_dealings(acts: &[Hash32]) -> Hash32 {
    digest_of(DEALINGS, acts)
}

/// The pad under which `dealer` seals for the teller at `place`.
pub(in crate::secret) fn pad(
    election: &Hash32,
    dealer: usize,
    place: usize,
    sealer: &Element,
    key: &Element,
    shared: &Element,
) -> [u8; 32] {
    let pad = Transcript::new(SHARE).hash(election).number(dealer).number(place).element(sealer).element(key).element(shared);
    pad.digest().0
}

/// The secret that a dealer and a teller share: one's secret times the other's public half.
pub(in crate::secret) fn shared_with(own: &SecretNumber, other: &Element) -> Element {
    Element::of(other.point() * own.0)
}

impl KeyOffer {
    pub(in crate::secret) fn holds(&self, by: Speaker<'_>) -> bool {
        !self.key.is_neutral() && self.proof.holds(by.offer(), &self.key)
    }
}

impl Dealing {
    /// What can be said of a dealing without opening what is sealed.
    pub(in crate::secret) fn holds(&self, by: Speaker<'_>, tellers: usize, threshold: usize) -> bool {
        let Some(constant) = self.commitments.first() else {
            return false;
        };
        self.commitments.len() == threshold
            && self.sealed.len() == tellers
            && !constant.is_neutral()
            && !self.sealer.is_neutral()
            && self.constant.holds(by.constant(&self.offers, &self.commitments), constant)
            && self.knows_sealer.holds(by.sealer(&self.offers), &self.sealer)
    }
}

impl Complaint {
    /// Whether it shows the true secret, whatever is sealed under it.
    pub(in crate::secret) fn shows_the_secret(
        &self,
        by: Speaker<'_>,
        dealings: &Hash32,
        offer: &KeyOffer,
        dealing: &Dealing,
    ) -> bool {
        let dealer = usize::try_from(self.dealer).unwrap_or(usize::MAX);
        let about = SameLog { public: &offer.key, base: &dealing.sealer, image: &self.shared };
        self.proof.holds(by.complaint(dealer, dealings), about)
    }
}
