//! Every bound of the hub that is not one of the crates below it.

use std::time::Duration;

/// Bytes that wait for one peer beyond what the network itself queues; a peer that leaves more unread is left and catches up later.
pub const WAITING_BYTES_PEER_MAX: usize = 8 << 20;
/// The same for all peers together: beyond it the peer with most is left.
pub const WAITING_BYTES_MAX: usize = 256 << 20;
/// Jobs that wait for the engine.
pub const JOBS_MAX: usize = 64;
/// Frames of one peer that one turn looks at together.
pub const FRAMES_A_TURN: usize = 128;
/// How long stopping in order may take before the hub ends without: everything acknowledged is durable before that.
pub const STOP_MAX: Duration = Duration::from_secs(4);
/// The engine counts as stuck when it has taken no turn for this long.
pub const STUCK_AFTER: Duration = Duration::from_secs(60);
/// How often the files of the certificate are looked at; a signal makes the hub read them at once.
pub const CERTIFICATE_LOOK_EVERY: Duration = Duration::from_secs(60);
/// Longest configuration.
pub const CONFIG_BYTES_MAX: u64 = 64 << 10;
/// Longest question or answer on the control socket, in bytes.
pub const CONTROL_BYTES_MAX: u64 = 256 << 10;
/// How long somebody on the control socket may take.
pub const CONTROL_PATIENCE: Duration = Duration::from_secs(5);
/// Questions on the control socket that are answered at a time.
pub const CONTROL_AT_A_TIME: usize = 8;
/// Organisations that a hub which belongs to none shows as asking.
pub const CANDIDATES_MAX: usize = 16;
/// Addresses to call.
pub const DIAL_MAX: usize = 16;
/// Connections that a configuration may ask for.
pub const CONNECTIONS_MAX: u32 = 20_000;
/// Least quota of a device, in megabytes: one file of the largest size and what belongs to it.
pub const DEVICE_QUOTA_MB_MIN: u64 = 1;
/// How long a connection to PostgreSQL may take to come about.
pub const DATABASE_CONNECT_MAX: Duration = Duration::from_secs(5);
/// After this long without a sign of life a connection to PostgreSQL is given up.
pub const DATABASE_SILENCE_MAX: Duration = Duration::from_secs(10);
/// Envelopes that are asked of PostgreSQL at a time.
pub const DATABASE_PAGE: usize = 256;
/// How often a backend that was out of reach is tried again.
pub const BACKEND_RETRY: Duration = Duration::from_secs(1);
/// How often commits of other hubs are looked for when none is told: a notification may be lost with its connection.
pub const NEWS_EVERY: Duration = Duration::from_secs(10);
/// How long the object store may take to accept a connection.
pub const OBJECT_CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long it may take for a whole file.
pub const OBJECT_REQUEST_MAX: Duration = Duration::from_secs(50);
/// Bytes of a file that are read ahead of the peers who ask for small pieces.
pub const OBJECT_WINDOW_BYTES: u64 = 4 << 20;
