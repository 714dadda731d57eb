//! Every bound of the driver, in one place: what a peer may send, what we keep for it, how many there may be.
//!
//! Together they bound the memory of a node by arithmetic instead of by watching the process:
//! [`Limits::memory_ceiling_bytes`].

use std::time::Duration;

/// Longest frame on [`Lane::Sync`](crate::Lane::Sync), bytes.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;
/// Longest frame on [`Lane::Blob`](crate::Lane::Blob), bytes: a mebibyte of content and its verification hashes.
pub const BLOB_FRAME_BYTES_MAX: usize = FRAME_BYTES_MAX + 64 * 1024;

/// Bytes waiting to be sent to one peer on the sync lane.
pub const SYNC_QUEUE_BYTES_MAX: usize = 4 * FRAME_BYTES_MAX;
/// Frames waiting to be sent to one peer on the sync lane.
pub const SYNC_QUEUE_FRAMES_MAX: usize = 2048;
/// Bytes waiting to be sent to one peer on the blob lane.
pub const BLOB_QUEUE_BYTES_MAX: usize = 2 * BLOB_FRAME_BYTES_MAX;
/// Frames waiting to be sent to one peer on the blob lane.
pub const BLOB_QUEUE_FRAMES_MAX: usize = 64;

/// Events waiting for the consumer that are not blob frames.
pub const EVENTS_MAX: usize = 256;
/// Blob frames waiting for the consumer.
pub const BLOB_EVENTS_MAX: usize = 64;
/// Bytes of received frames waiting for the consumer, per lane, over all peers. Beyond it sockets are not read.
pub const EVENT_BYTES_MAX: usize = 4 * FRAME_BYTES_MAX;
/// Notices of the driver itself (addresses, discoveries, failed dials) waiting for the consumer; the oldest are dropped.
pub const NOTICES_MAX: usize = 256;
/// Commands waiting for the driver.
pub const COMMANDS_MAX: usize = 256;

/// Peers that the driver dials by itself out of those it discovered.
pub const ACTIVE_PEERS_MAX: usize = 12;
/// How many it may hold above [`ACTIVE_PEERS_MAX`] while it tries others, so that two halves of a room that were
/// separated find each other again.
pub const ACTIVE_PEERS_SPARE: usize = 2;
/// Discovered peers remembered.
pub const DISCOVERED_MAX: usize = 1024;
/// Addresses remembered for one peer, and taken from one name look-up.
pub const PEER_ADDRESSES_MAX: usize = 8;
/// Typed addresses remembered.
pub const TYPED_MAX: usize = 64;
/// Longest text of an address, bytes.
pub const ADDRESS_BYTES_MAX: usize = 512;
/// Addresses to listen on.
pub const LISTEN_MAX: usize = 16;
/// Banned peers remembered; the ban that ends first is dropped when there are more.
pub const BANS_MAX: usize = 1024;
/// Records kept by the mDNS library before its state is thrown away: it sets no limit by itself.
pub const MDNS_RECORDS_MAX: usize = 4 * DISCOVERED_MAX;

/// Streams that may be open on one connection: two lanes and a ping each way, and as many in the making.
pub const STREAMS_MAX: usize = 8;
/// Receive window of one stream, bytes (the smallest that yamux knows).
pub const STREAM_WINDOW_BYTES: usize = 256 * 1024;
/// Small frames are gathered up to this many bytes before they are handed to the transport.
pub const WRITE_BATCH_BYTES: usize = 16 * 1024;
/// A frame's buffer grows by what has really arrived, starting with this many bytes.
pub const READ_STEP_BYTES: usize = 64 * 1024;

/// Longest WebSocket message, bytes. What is written under Noise is at most its buffer of 131,072 bytes and one Noise message.
pub const WEBSOCKET_MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// Longest answer to the request that begins a WebSocket, bytes. (The library bounds requests by the same number.)
pub const WEBSOCKET_HEAD_BYTES_MAX: usize = 8 * 1024;
/// Longest PEM text of certificates or of a key, bytes.
pub const PEM_BYTES_MAX: usize = 1024 * 1024;
/// Certificates taken from one PEM text.
pub const CERTIFICATES_MAX: usize = 512;

/// One of several number addresses of a WebSocket's name must answer within this time, or the next one is tried.
pub const WEBSOCKET_CONNECT_MAX: Duration = Duration::from_secs(3);

/// A peer that broke the framing is not spoken to for this long.
pub const BAN: Duration = Duration::from_secs(600);
/// A connection must be encrypted and multiplexed within this time.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// Both lanes must be open within this time.
pub const SETUP_MAX: Duration = Duration::from_secs(15);
/// A frame that has begun must go on arriving; a pause longer than this ends the connection.
pub const FRAME_STALL_MAX: Duration = Duration::from_secs(30);
/// A connection without open lanes is closed after this time.
pub const IDLE_MAX: Duration = Duration::from_secs(30);
/// Frames already queued get this long to leave when a peer is disconnected or the driver is shut down.
pub const FLUSH_MAX: Duration = Duration::from_secs(2);

/// When one lane has ended and nothing more comes on the other for this long, the peer is gone.
pub const HALF_CLOSED_MAX: Duration = FLUSH_MAX;

/// First wait before an address is tried again; doubles up to [`BACKOFF_MAX`]. The true wait is between half of it
/// and all of it, at random.
pub const BACKOFF_FIRST: Duration = Duration::from_millis(500);
/// Longest wait before an address is tried again.
pub const BACKOFF_MAX: Duration = Duration::from_secs(30);
/// A connection that lived this long counts as a success; the next back-off starts afresh.
pub const STABLE_AFTER: Duration = Duration::from_secs(10);
/// Of two peers that discover each other the one with the lower id dials; the other waits this long, then dials too.
pub const MUTUAL_WAIT: Duration = Duration::from_secs(2);
/// How often one more discovered peer is tried when [`ACTIVE_PEERS_MAX`] is reached.
pub const ROTATE_EVERY: Duration = Duration::from_secs(30);
/// A peer that the consumer disconnected is not dialled by us for this long.
pub const DISMISSED_PAUSE: Duration = Duration::from_secs(60);
/// Attempts at a discovered peer that is no longer announced before it is forgotten.
pub const UNANNOUNCED_TRIES_MAX: u32 = 8;

/// What a node allows. The defaults fit a room of 200 devices on one LAN.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections that others may hold to us.
    pub inbound_max: u32,
    /// Connections that we may hold to others.
    pub outbound_max: u32,
    /// Connections with one peer (TCP, QUIC, and both sides dialling at once).
    pub per_peer_max: u32,
    /// Inbound connections whose handshake is not finished.
    pub pending_inbound_max: u32,
    /// Outbound connections whose handshake is not finished.
    pub pending_outbound_max: u32,
    /// See [`ACTIVE_PEERS_MAX`].
    pub active_peers_max: usize,
    /// A peer of whom nothing was heard for this long (not even an answer to a ping) is gone.
    pub silence_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inbound_max: 128,
            outbound_max: 64,
            per_peer_max: 4,
            pending_inbound_max: 128,
            pending_outbound_max: 32,
            active_peers_max: ACTIVE_PEERS_MAX,
            silence_max: Duration::from_secs(14),
        }
    }
}

impl Limits {
    /// Memory, in bytes, that peers can make this node hold if all of them are hostile: per connection a half-arrived
    /// frame and a full queue for each lane, the stream windows and what a WebSocket holds, and once the frames that wait for the consumer. (yamux
    /// lets a window grow to twice bandwidth × delay, but only while its stream is being read.)
    #[must_use]
    pub const fn memory_ceiling_bytes(&self) -> usize {
        let lanes = FRAME_BYTES_MAX + BLOB_FRAME_BYTES_MAX + SYNC_QUEUE_BYTES_MAX + BLOB_QUEUE_BYTES_MAX;
        let connection = lanes + STREAMS_MAX * STREAM_WINDOW_BYTES + 2 * WEBSOCKET_MESSAGE_BYTES_MAX;
        (self.inbound_max as usize + self.outbound_max as usize) * connection + 2 * EVENT_BYTES_MAX
    }
}
