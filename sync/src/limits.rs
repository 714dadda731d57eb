//! Limits on everything that comes from outside or grows with it.

/// Longest frame of the sync lane, in bytes.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// Longest frame of the blob lane: a range and its hashes.
pub const BLOB_FRAME_BYTES_MAX: usize = FRAME_BYTES_MAX + (64 << 10);
/// Longest payload of one envelope. Larger edits are split by their author.
pub const PAYLOAD_BYTES_MAX: usize = 512 << 10;
/// Longest header of an envelope.
pub const HEADER_BYTES_MAX: usize = 2 << 10;
/// Control heads that an envelope may cite.
pub const SEEN_MAX: usize = 32;
/// Automerge changes in one envelope.
pub const CHANGES_MAX: usize = 4_096;
/// Bytes of content for each automerge operation, above [`OPERATIONS_FREE`]: what they cost those who read is paid by who writes.
pub const OPERATION_BYTES: u64 = 2;
/// Operations of a content for which nothing is paid.
pub const OPERATIONS_FREE: u64 = 64;
/// Operations that are given to automerge at a time when a document is loaded: each takes some hundred bytes while it is taken in.
pub const OPERATIONS_AT_ONCE: u64 = 32_768;
/// Acts in one envelope.
pub const ACTS_MAX: usize = 64;
/// Bytes of envelopes in one message when catching up.
pub const RUN_BYTES_MAX: usize = 256 << 10;
/// Messages of envelopes in flight to one peer in one space before it acknowledges.
pub const RUNS_IN_FLIGHT_MAX: usize = 4;
/// The same to one peer in all spaces together: what a slow reader makes us hold does not grow with the number of spaces.
pub const RUNS_IN_FLIGHT_PEER_MAX: usize = 8;
/// What a peer has declined is not offered to it again for this long on the same connection.
pub const DECLINED_PAUSE_MS: u64 = 600_000;
/// Files that one peer has declined and that are remembered.
pub const DECLINED_BLOBS_MAX: usize = 4_096;
/// Longest reason with which something is declined.
pub const DECLINED_CODE_BYTES_MAX: usize = 64;
/// Envelopes that wait for a certificate, a key holder's word or a predecessor.
pub const PARKED_MAX: usize = 4_096;
/// Bytes of those.
pub const PARKED_BYTES_MAX: usize = 16 << 20;
/// Those of them that one peer brought: the waiting room is no one's alone.
pub const PARKED_OF_PEER_MAX: usize = PARKED_MAX / 4;
/// Bytes of those.
pub const PARKED_OF_PEER_BYTES_MAX: usize = PARKED_BYTES_MAX / 4;
/// Logs in one space. All their ends fit into one frame: with more of them nobody could tell another what is here.
pub const LOGS_MAX: usize = 12_000;
/// Logs of one device in one space: it begins one when it is set up and after each time that its disk was put back.
pub const LOGS_OF_DEVICE_MAX: usize = 64;
/// A space with more logs than these is compared by parts; of a smaller one the ends of all logs are as quickly told.
pub const PARTS_FROM_LOGS: usize = 512;
/// Parts that one message tells of. Where more differ, the ends of all logs are told.
pub const PARTS_MAX: usize = 256;
/// A peer that was told the coarsest parts and says nothing to that for so long is told the ends of all logs.
pub const PARTS_ANSWER_MS: u64 = 3_000;
/// Spaces of one profile that are replicated.
pub const SPACES_MAX: usize = 20_000;
/// Members of one space.
pub const MEMBERS_MAX: usize = 5_000;
/// Files that may be withdrawn from one space: more than the largest meeting has.
pub const WITHDRAWN_MAX: usize = 65_536;
/// Key wraps in one control envelope.
pub const WRAPS_MAX: usize = 2_000;
/// Peers whose frames are read.
pub const PEERS_MAX: usize = 256;
/// Connections of those who belong to nobody here and may only ask to be let in; of more the oldest are ended.
pub const STRANGERS_MAX: usize = 128;
/// Requests to join that wait for an answer.
pub const JOIN_REQUESTS_MAX: usize = 256;
/// Devices that answered at typed addresses and that a newcomer may ask.
pub const CALLED_MAX: usize = 64;
/// Requests that came to a hub and that it shows administrators; and as many of those an administrator's device keeps.
pub const RELAYED_MAX: usize = STRANGERS_MAX;
/// Requests that a hub passes on at a time.
pub const RELAYED_RUN_MAX: usize = 16;
/// Between two times.
pub const RELAYED_EVERY_MS: u64 = 1_000;
/// How long a hub shows a request to administrators who come, also when who asked has gone.
pub const RELAYED_KEPT_MS: u64 = 86_400_000;
/// Payload of a beat.
pub const BEAT_BYTES_MAX: usize = 2 << 10;
/// Least time between two beats of one device that are passed on.
pub const BEAT_GAP_MS: u64 = 150;
/// How long announcements to lazy neighbours are gathered. Of two neighbours one waits twice as long and mostly hears first.
pub const ANNOUNCE_MS: u64 = 100;
/// Neighbours in a space to which fresh envelopes are pushed even though some of them arrive twice: the tree of pushing links holds
/// when a link goes or when envelopes of many devices prune it at the same time.
pub const EAGER_MIN: usize = 3;
/// Messages in a row that brought nothing new after which a neighbour need not push, even if fewer do.
pub const USELESS_MAX: usize = 6;
/// How long an announced envelope may take over another way before it is asked for, if nothing else comes in its space meanwhile.
pub const GRAFT_MS: u64 = 200;
/// The same while others keep coming: under load it is probably on its way.
pub const GRAFT_LATEST_MS: u64 = 2_000;
/// How long nothing may come of a neighbour that was asked for what is lacking, before another one is asked.
pub const ASK_PAUSE_MS: u64 = 400;
/// How long others are put off at most, however much keeps coming.
pub const ASK_LONGEST_MS: u64 = 20_000;
/// A catch-up message that is not acknowledged in this time counts as lost.
pub const RUN_TIMEOUT_MS: u64 = 20_000;
/// A connection whose hello takes longer is given up.
pub const HELLO_TIMEOUT_MS: u64 = 20_000;
/// How often an unchanged offer of a space that a peer does not share, or of which nothing is here, is answered on one connection.
pub const HEARD_OUT_MAX: u32 = 16;
/// Between two comparisons of digests with each peer.
pub const DIGEST_EVERY_MS: u64 = 15_000;
/// Bytes of a blob asked for at a time; a multiple of the verified group.
pub const BLOB_RANGE_BYTES: u64 = 512 << 10;
/// Blob ranges asked of one peer at a time.
pub const BLOB_RANGES_IN_FLIGHT_MAX: usize = 4;
/// A range not answered in this time is asked of another peer.
pub const BLOB_TIMEOUT_MS: u64 = 10_000;
/// Blobs asked about in one message.
pub const BLOB_QUERY_MAX: usize = 512;
/// Longest blob: a paper's limit.
pub const BLOB_BYTES_MAX: u64 = 256 << 20;
/// Documents kept in memory.
pub const DOCUMENTS_IN_MEMORY_MAX: usize = 256;
/// Changes after which a loaded document is worth a new snapshot.
pub const SNAPSHOT_EVERY_ENVELOPES: usize = 256;
/// Bad frames after which a peer is left.
pub const STRIKES_MAX: u32 = 8;
