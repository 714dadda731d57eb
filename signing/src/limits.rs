//! The named limits of this crate. Whatever comes from outside is measured against one of them before it is looked at.

/// Longest body of a device certificate, in bytes.
pub const CERTIFICATE_BYTES: usize = 4 * 1024;
/// Longest chain of certificates from a device to the root, both ends counted.
pub const CHAIN_LENGTH: usize = 8;
/// Longest body of an accession, in bytes.
pub const ACCESSION_BYTES: usize = 4 * 1024;
/// Longest certificate request (PKCS#10, DER) in a join request, in bytes.
pub const CERTIFICATE_REQUEST_BYTES: usize = 4 * 1024;
/// Longest body of a join request, in bytes.
pub const JOIN_REQUEST_BYTES: usize = CERTIFICATE_REQUEST_BYTES + 4 * 1024;
/// Longest encoding of a one-use invitation, in bytes.
pub const INVITATION_BYTES: usize = 4 * 1024;
/// Most addresses in a one-use invitation.
pub const INVITATION_ADDRESSES: usize = 4;
/// Longest address in a one-use invitation, in bytes.
pub const INVITATION_ADDRESS_BYTES: usize = 128;
/// Longest name of a person, in characters.
pub const PERSON_NAME_CHARS: usize = domain::limits::PERSON_NAME_CHARS;
/// Longest title of a person ("Chủ tịch Ủy ban nhân dân"), in characters.
pub const PERSON_TITLE_CHARS: usize = 200;
/// Longest name of a unit, in characters.
pub const UNIT_NAME_CHARS: usize = 200;
/// Longest body of an act, in bytes.
pub const ACT_BYTES: usize = 256 * 1024;
/// Longest wire form of a signed act: the body, the device, the signature and their CBOR heads.
pub const SIGNED_ACT_BYTES: usize = ACT_BYTES + 256;
/// Most people on the roll of one vote, and so most ballots that a close can name.
pub const ROLL_ENTRIES: usize = domain::limits::ROLL;
/// Longest question of a vote, in characters.
pub const QUESTION_CHARS: usize = domain::limits::QUESTION_CHARS;
/// Most marks of an open ballot that has a form.
pub const BALLOT_MARKS: usize = domain::limits::BALLOT_SLOTS;
/// Longest sealed ballot, in bytes: some 170 for each place and 70 for each number of marks that a form allows.
pub const SEALED_BALLOT_BYTES: usize = 32 * 1024;
/// Longest wrapped space key, in bytes.
pub const WRAPPED_KEY_BYTES: usize = 128;
/// Most acts of one kind (ballots, closes, acknowledgements) that one count looks at.
pub const VOTE_ACTS: usize = 8 * ROLL_ENTRIES;
/// Longest exported vote, in bytes.
pub const BUNDLE_BYTES: usize = 16 * 1024 * 1024;
/// Longest exported secret vote, in bytes: a roll of 500 with a ballot of 100 places takes 10 MB.
pub const SECRET_BUNDLE_BYTES: usize = 64 * 1024 * 1024;
/// Most certificates in an exported vote.
pub const BUNDLE_CERTIFICATES: usize = 4 * ROLL_ENTRIES;
/// Most certificates of one device in an exported vote.
pub const CERTIFICATES_PER_DEVICE: usize = 8;
/// Longest seal of an archive, in bytes: a chain of certificates and a little more.
pub const ARCHIVE_SEAL_BYTES: usize = crate::certificate::Chain::LIMIT + 1024;
/// Longest name of the organisation in an exported vote, in characters.
pub const ORGANISATION_NAME_CHARS: usize = 200;
/// Most memory that a sealed file may make its reader spend, in KiB (Argon2id `m`).
pub const SEAL_MEMORY_KIB: u32 = 256 * 1024;
/// Most passes that a sealed file may make its reader spend (Argon2id `t`).
pub const SEAL_PASSES: u32 = 10;
/// Most lanes that a sealed file may ask for (Argon2id `p`).
pub const SEAL_LANES: u32 = 4;
/// Longest plaintext of a sealed file, in bytes. Sealed files hold keys, not papers.
pub const SEALED_PLAINTEXT_BYTES: usize = 1024 * 1024;
/// Longest passphrase, in bytes.
pub const PASSPHRASE_BYTES: usize = 1024;
/// Longest plaintext of one record under the profile key, in bytes.
pub const RECORD_BYTES: usize = 64 * 1024 * 1024;
