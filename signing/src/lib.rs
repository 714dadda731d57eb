//! Who said what, provable for years: device keys, certificates, signed acts, the count of
//! open and secret votes, exported votes.
//!
//! Pure: no network, no files, no clock, no source of randomness of its own (`rng` and instants are arguments). Compiles to
//! wasm, so that a window, a replica, the command line and an auditor judge by the same code.
//!
//! Everything on the wire is canonical CBOR ([`canonical`]): one value has one encoding, and anything else is refused.

pub mod accession;
pub mod act;
pub mod archive;
pub mod bundle;
pub mod canonical;
pub mod certificate;
pub mod defect;
pub mod invitation;
pub mod join;
pub mod keys;
pub mod lead;
pub mod limits;
pub mod profile_key;
pub mod recovery;
pub mod room_code;
pub mod root_file;
pub mod sealed;
pub mod secret;
pub mod signed;
pub mod sitting;
pub mod vote;
pub mod wrap;

pub use act::{Act, ActError, SignedAct, VerifiedAct};
pub use archive::{ArchiveSeal, ArchiveSealError, SealedBy, verify_archive_seal};
pub use bundle::{
    BundleError, BundleProblem, BundleReport, BundleSource, EvidenceReport, SecretBundleSource, SecretReport, VoteBundle,
    export_bundle, export_secret_bundle, inspect_bundle, inspect_evidence, inspect_secret_bundle, verify_bundle, verify_evidence,
    verify_secret_bundle,
};
pub use canonical::DecodeError;
pub use certificate::{CertificateError, Chain, DeviceCertificate, Issuer, SignedCertificate, verify_chain, verify_one};
pub use invitation::{Invitation, InvitationClaim, InvitationError, InvitationKey, InvitationSecret};
pub use join::{JoinError, JoinRequest, SignedJoinRequest};
pub use keys::{Context, DeviceKeys, OrganisationId, RootFingerprint, RootKey, RootPublic, Signature, SignatureError, verify};
pub use profile_key::{ProfileKey, ProfileKeyFile, RecordError};
pub use recovery::{RecoveryCode, RecoveryCodeError, RecoveryError};
pub use root_file::{Founded, RootFile, RootFileError};
pub use sealed::{Cost, SealError};
pub use signed::{Signed, SignedBody};
pub use vote::{BallotLine, BallotStatus, PaperLine, VoteActs, VoteError, VoteProblem, VoteRecord, VoteState};
pub use wrap::{SpaceKey, WrapError, WrappedKey, unwrap_key, wrap_key};
