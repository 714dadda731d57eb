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
