//! An office with a root, members and their devices, and a vote in it. Everything from fixed seeds.

use domain::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp, UnitId, VoteId};
use domain::vote::{
    Ballot, Base, Choice, CloseAcknowledgement, MarkedBallot, Outcome, RollEntry, RuleProfile, Share, TieRule, VoteClosing,
    VoteOpening,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use signing::vote::{BallotStatus, VoteActs, VoteRecord, count};
use signing::{Act, BundleSource, DeviceCertificate, DeviceKeys, Issuer, RootKey, SignedAct, SignedCertificate};

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn keys(seed: u64) -> DeviceKeys {
    DeviceKeys::generate(&mut rng(seed))
}

pub fn root() -> RootKey {
    RootKey::generate(&mut rng(0x0007))
}

/// Members' devices have seeds 100 and up.
pub fn member_keys(member: u8) -> DeviceKeys {
    keys(100 + u64::from(member))
}

pub fn person(member: u8) -> PersonId {
    PersonId([member + 1; 16])
}

pub fn unit(number: u8) -> UnitId {
    UnitId([number; 16])
}

pub const NAMES: [&str; 7] =
    ["Nguyễn Văn An", "Trần Thị Bình", "Lê Quang Cường", "Phạm Thị Dung", "Hoàng Văn Em", "Võ Thị Giang", "Đặng Hữu Hạnh"];

pub fn certificate(holder: &DeviceKeys, member: u8, issuer: Issuer) -> DeviceCertificate {
    DeviceCertificate {
        version: 1,
        root: root().fingerprint(),
        unit: unit(1),
        unit_name: "UBND phường Thuận Hóa".to_owned(),
        person: person(member),
        person_name: NAMES[usize::from(member) % NAMES.len()].to_owned(),
        person_title: "Ủy viên".to_owned(),
        device: holder.device(),
        agreement: holder.agreement_key(),
        administrator: false,
        issued_at: Timestamp(1_790_000_000_000),
        issuer,
    }
}

/// Member 0 is the administrator, certified by the root; the others are certified by member 0.
pub fn member_certificate(member: u8) -> SignedCertificate {
    let holder = member_keys(member);
    if member == 0 {
        let body = DeviceCertificate { administrator: true, ..certificate(&holder, 0, Issuer::Root) };
        return SignedCertificate::sign_root(&root(), &body);
    }
    let admin = member_keys(0);
    SignedCertificate::sign(&admin, &certificate(&holder, member, Issuer::Device(admin.device())))
}

/// Written out, because the golden files hold it and the built-in profiles may change.
pub fn changeable() -> RuleProfile {
    RuleProfile {
        id: "ubnd-majority".to_owned(),
        name: "UBND: quá nửa tổng số thành viên".to_owned(),
        base: Base::Roll,
        threshold: Share::Majority,
        quorum: Share::TwoThirds,
        tie: TieRule::ChairDecides,
        legal_basis: "Quy chế làm việc của Ủy ban nhân dân".to_owned(),
        may_change: true,
        secret: None,
        results: None,
    }
}

pub fn unchangeable() -> RuleProfile {
    RuleProfile { may_change: false, ..changeable() }
}

/// A vote of `size` members; member 0 chairs.
pub struct Vote {
    pub opening: SignedAct,
    pub ballots: Vec<SignedAct>,
    pub closings: Vec<SignedAct>,
    pub acknowledgements: Vec<SignedAct>,
}

pub const VOTE: VoteId = VoteId([9; 16]);

pub fn opening_body(size: u8, rules: RuleProfile) -> VoteOpening {
    VoteOpening {
        vote: VOTE,
        space: SpaceId([8; 16]),
        item: None,
        question: "Thông qua dự toán ngân sách năm 2027?".to_owned(),
        profile: rules,
        roll: (0..size)
            .map(|member| RollEntry {
                person: person(member),
                name: NAMES[usize::from(member) % NAMES.len()].to_owned(),
                device: Some(member_keys(member).device()),
                chair: member == 0,
            })
            .collect(),
        opened_at: Timestamp(1_790_000_100_000),
        paper: None,
        form: None,
    }
}

impl Vote {
    pub fn open(size: u8, rules: RuleProfile) -> Self {
        Self::of(&opening_body(size, rules))
    }

    pub fn of(body: &VoteOpening) -> Self {
        Self {
            opening: SignedAct::sign(&member_keys(0), &Act::VoteOpened(body.clone())),
            ballots: Vec::new(),
            closings: Vec::new(),
            acknowledgements: Vec::new(),
        }
    }

    pub fn ballot(&self, choice: Choice, at: i64, replaces: Option<Hash32>) -> Ballot {
        Ballot { vote: VOTE, opening: self.opening.hash(), choice, cast_at: Timestamp(1_790_000_100_000 + at), replaces }
    }

    /// A member marks these places.
    pub fn mark(&mut self, member: u8, marks: &[u32], replaces: Option<Hash32>) -> Hash32 {
        let cast_at = Timestamp(1_790_000_100_010);
        let ballot = MarkedBallot { vote: VOTE, opening: self.opening.hash(), marks: marks.to_vec(), cast_at, replaces };
        let act = SignedAct::sign(&member_keys(member), &Act::MarkedBallotCast(ballot));
        self.ballots.push(act.clone());
        act.hash()
    }

    /// Casts with any keys; returns the hash of the act.
    pub fn cast_with(&mut self, keys: &DeviceKeys, ballot: Ballot) -> Hash32 {
        let act = SignedAct::sign(keys, &Act::BallotCast(ballot));
        self.ballots.push(act.clone());
        act.hash()
    }

    pub fn cast(&mut self, member: u8, choice: Choice) -> Hash32 {
        self.cast_with(&member_keys(member), self.ballot(choice, 10, None))
    }

    pub fn replace(&mut self, member: u8, choice: Choice, before: Hash32) -> Hash32 {
        self.cast_with(&member_keys(member), self.ballot(choice, 20, Some(before)))
    }

    pub fn close_with(&mut self, keys: &DeviceKeys, mut ballots: Vec<Hash32>) -> Hash32 {
        ballots.sort_unstable();
        let closing = VoteClosing { vote: VOTE, opening: self.opening.hash(), ballots, closed_at: Timestamp(1_790_000_200_000) };
        let act = SignedAct::sign(keys, &Act::VoteClosed(closing));
        self.closings.push(act.clone());
        act.hash()
    }

    /// The chair closes, naming exactly these.
    pub fn close_naming(&mut self, ballots: &[Hash32]) -> Hash32 {
        self.close_with(&member_keys(0), ballots.to_vec())
    }

    /// The chair closes, naming what counts.
    pub fn close(&mut self) -> Hash32 {
        let closing = self.count().closing(Timestamp(1_790_000_200_000));
        self.close_naming(&closing.ballots)
    }

    pub fn acknowledge(&mut self, member: u8, closing: Hash32) {
        let act = Act::CloseAcknowledged(CloseAcknowledgement { vote: VOTE, closing });
        self.acknowledgements.push(SignedAct::sign(&member_keys(member), &act));
    }

    pub fn count(&self) -> VoteRecord {
        let acts = VoteActs {
            opening: &self.opening,
            ballots: &self.ballots,
            closings: &self.closings,
            acknowledgements: &self.acknowledgements,
        };
        count(acts, person_of).expect("the opening holds")
    }

    pub fn status(&self, ballot: Hash32) -> BallotStatus {
        self.count().ballots.iter().find(|line| line.hash == ballot).expect("the ballot is shown").status
    }

    pub fn outcome(&self) -> Outcome {
        self.count().outcome
    }

    pub fn problems(&self) -> Vec<&'static str> {
        self.count().problems.iter().map(|problem| problem.code()).collect()
    }

    pub fn source(&self) -> BundleSource {
        BundleSource {
            root: root().public(),
            organisation: "Thành phố Huế".to_owned(),
            certificates: (0..20).map(member_certificate).collect(),
            opening: self.opening.clone(),
            ballots: self.ballots.clone(),
            closings: self.closings.clone(),
            acknowledgements: self.acknowledgements.clone(),
            exported_at: Timestamp(1_790_000_300_000),
        }
    }
}

/// The directory: members 0 to 19 have one device each; `second_device` of members 0 to 6 is known too.
pub fn person_of(device: &DeviceId) -> Option<PersonId> {
    static KNOWN: std::sync::LazyLock<std::collections::BTreeMap<DeviceId, PersonId>> = std::sync::LazyLock::new(|| {
        let first = (0..20).map(|member| (member_keys(member).device(), person(member)));
        first.chain((0..7).map(|member| (second_device(member).device(), person(member)))).collect()
    });
    KNOWN.get(device).copied()
}

pub fn second_device(member: u8) -> DeviceKeys {
    keys(200 + u64::from(member))
}

/// Every way to change one bit.
pub fn bit_flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        changed
    })
}
