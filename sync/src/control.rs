//! Control operations: membership, roles, keys and certificates. Signed, not encrypted, folded over the set of
//! verified envelopes.

use domain::duty::Duty;
use domain::id::{DeviceId, DocId, Hash32, Incarnation, PersonId, SpaceId};
use domain::meeting::MeetingRole;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use signing::canonical;
use signing::certificate::SignedCertificate;
use signing::keys::RootPublic;
use signing::wrap::WrappedKey;

use crate::limits::PAYLOAD_BYTES_MAX;

/// Bytes of an own document's id that tell its owner.
const OWNER_BYTES: usize = 8;

/// What a space is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum SpaceKind {
    /// People, devices, certificates. Readable by every device of the organisation.
    #[n(0)]
    Directory,
    /// A meeting and its participants.
    #[n(1)]
    Meeting,
    /// One person's devices.
    #[n(2)]
    Personal,
    /// Everybody of the organisation: handbook drafts, published packages, questions, tasks, tables that offices share. Its managers are
    /// the administrators who let people in.
    #[n(3)]
    Organisation,
    /// What the guests of a meeting do not have: internal items with their papers and all that is said of them. Roles and rights are those of
    /// a meeting; the first half of the genesis' nonce tells whose inner space it is.
    #[n(4)]
    Inner,
}

/// The first operation of a space. The space's id is derived from it, so nobody can begin somebody else's space.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Genesis {
    /// The kind.
    #[n(0)]
    pub kind: SpaceKind,
    /// Makes the id unique.
    #[n(1)]
    pub nonce: [u8; 16],
    /// The founder: secretary of a meeting, owner of a personal space.
    #[n(2)]
    pub founder: PersonId,
    /// The founder's device, which must be the envelope's author.
    #[n(3)]
    pub device: DeviceId,
}

impl Genesis {
    /// The id of the space that this begins.
    pub fn space(&self) -> SpaceId {
        let digest = blake3::derive_key("kyhop 2026 space v1", &canonical::encode(self));
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        SpaceId(id)
    }
}

/// The directory of an organisation: derived from its root, needs no genesis.
pub fn directory_space(root: &RootPublic) -> SpaceId {
    let digest = blake3::derive_key("kyhop 2026 directory v1", &root.0);
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    SpaceId(id)
}

/// First half of the nonce with which an inner space of a meeting begins. It vouches for nothing by itself: who began the space must have managed the
/// meeting.
pub fn inner_tag(meeting: &SpaceId) -> [u8; 8] {
    let digest = blake3::derive_key("kyhop 2026 inner space v1", meeting.as_bytes());
    let mut tag = [0; 8];
    tag.copy_from_slice(&digest[..8]);
    tag
}

/// The document of a kind in a space; `owner` where each person has one.
pub fn document_id(space: &SpaceId, kind: u16, owner: Option<&PersonId>, subject: &[u8]) -> DocId {
    let mut hasher = blake3::Hasher::new_derive_key("kyhop 2026 document v1");
    hasher.update(space.as_bytes()).update(&kind.to_be_bytes());
    match owner {
        Some(person) => hasher.update(&[1]).update(person.as_bytes()),
        None => hasher.update(&[0]),
    };
    hasher.update(subject);
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    DocId(id)
}

/// The document of a kind that only `owner` writes, of which each person may have many: the first half of the id is the owner's in this
/// space, so that everybody can tell whose it is, the second half tells the subject.
pub fn own_document_id(space: &SpaceId, kind: u16, owner: &PersonId, subject: &[u8]) -> DocId {
    let mut id = document_id(space, kind, Some(owner), &[]).0;
    let mut hasher = blake3::Hasher::new_derive_key("kyhop 2026 own document v1");
    hasher.update(subject);
    id[OWNER_BYTES..].copy_from_slice(&hasher.finalize().as_bytes()[..16 - OWNER_BYTES]);
    DocId(id)
}

/// Was the document's id made by [`own_document_id`] for this owner.
pub fn is_own_document(doc: &DocId, space: &SpaceId, kind: u16, owner: &PersonId) -> bool {
    document_id(space, kind, Some(owner), &[]).0[..OWNER_BYTES] == doc.0[..OWNER_BYTES]
}

/// How far a log had been seen when its author lost a right: what is later is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct SeenLog {
    /// The space.
    #[n(0)]
    pub space: SpaceId,
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    /// Its log.
    #[n(2)]
    pub incarnation: Incarnation,
    /// The last valid envelope.
    #[n(3)]
    pub seq: u64,
}

/// A space key for one device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyWrap {
    /// For whom.
    #[n(0)]
    pub device: DeviceId,
    /// The wrapped key.
    #[n(1)]
    pub wrapped: WrappedKey,
}

/// One control operation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ControlOp {
    /// Directory: the organisation's name. Administrators certified by the root.
    #[n(0)]
    Organisation {
        /// The name.
        #[n(0)]
        name: String,
    },
    /// Directory: a device certificate, valid by its own signatures whoever brings it.
    #[n(1)]
    Certify {
        /// The certificate.
        #[n(0)]
        certificate: SignedCertificate,
    },
    /// Directory: a device is no longer trusted. Administrators of its unit, or its owner.
    #[n(2)]
    Revoke {
        /// The device.
        #[n(0)]
        device: DeviceId,
        /// What had been seen of it.
        #[n(1)]
        seen: Vec<SeenLog>,
    },
    /// Directory: the organisation's certificate authority for PDF signatures (X.509 DER).
    #[n(3)]
    Authority {
        /// The certificate.
        #[n(0)]
        certificate: ByteVec,
    },
    /// Directory: a person's request for a certificate (PKCS#10 DER).
    #[n(4)]
    RequestPersonCertificate {
        /// Who.
        #[n(0)]
        person: PersonId,
        /// The request.
        #[n(1)]
        request: ByteVec,
    },
    /// Directory: a person's certificate (X.509 DER), issued by the authority.
    #[n(5)]
    PersonCertificate {
        /// Who.
        #[n(0)]
        person: PersonId,
        /// The certificate.
        #[n(1)]
        certificate: ByteVec,
    },
    /// Directory: a device carries spaces as ciphertext for everybody, or no longer. Administrators of its unit, or of the root.
    #[n(6)]
    Hub {
        /// The device.
        #[n(0)]
        device: DeviceId,
        /// From here on, or no longer.
        #[n(1)]
        carries: bool,
    },
    /// Space: begins it.
    #[n(10)]
    Genesis(#[n(0)] Genesis),
    /// Space: gives a person a role, or another one.
    #[n(11)]
    Member {
        /// Who.
        #[n(0)]
        person: PersonId,
        /// The role.
        #[n(1)]
        role: MeetingRole,
    },
    /// Space: takes a person out.
    #[n(12)]
    Remove {
        /// Who.
        #[n(0)]
        person: PersonId,
        /// What had been seen of that person's devices.
        #[n(1)]
        seen: Vec<SeenLog>,
    },
    /// Space: a new key from here on.
    #[n(13)]
    Epoch {
        /// The number, above all that its author knew.
        #[n(0)]
        epoch: u32,
        /// So that a wrong wrap is recognised.
        #[n(1)]
        commitment: Hash32,
        /// For whom.
        #[n(2)]
        wraps: Vec<KeyWrap>,
    },
    /// Space: the key of an epoch for further devices.
    #[n(14)]
    Wraps {
        /// The epoch.
        #[n(0)]
        epoch: u32,
        /// For whom.
        #[n(1)]
        wraps: Vec<KeyWrap>,
    },
    /// Space of an organisation: gives a member a duty, or takes it back. A removed member keeps none.
    #[n(15)]
    Duty {
        /// Who.
        #[n(0)]
        person: PersonId,
        /// Which.
        #[n(1)]
        duty: Duty,
        /// From here on, or no longer.
        #[n(2)]
        held: bool,
    },
    /// Space: files are withdrawn. Every device that carries the space throws their bytes away and never fetches them again. Who withdrew them,
    /// and when, is what this envelope says; which paper it was and why stands in the meeting's document, which a hub does not read.
    #[n(20)]
    Withdraw {
        /// BLAKE3 of the ciphertext of each.
        #[n(0)]
        files: Vec<Hash32>,
    },
}

impl ControlOp {
    /// Reads an operation; `None` if a newer program made it or it is malformed: it is kept and has no effect here.
    pub fn decode(payload: &[u8]) -> Option<Self> {
        canonical::decode(payload, PAYLOAD_BYTES_MAX).ok()
    }

    /// Belongs into the directory and nowhere else.
    pub fn is_directory(&self) -> bool {
        matches!(
            self,
            Self::Organisation { .. }
                | Self::Certify { .. }
                | Self::Revoke { .. }
                | Self::Authority { .. }
                | Self::RequestPersonCertificate { .. }
                | Self::PersonCertificate { .. }
                | Self::Hub { .. }
        )
    }
}
