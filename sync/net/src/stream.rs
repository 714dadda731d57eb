//! Frames on a stream, and the bounded queue in front of it.
//!
//! A frame is a 4-byte big-endian length and that many bytes. Nothing is allocated on the word of the other side: a
//! buffer grows with what has arrived.

use std::{
    collections::VecDeque,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::StreamProtocol;
use tokio::sync::Notify;

use crate::{
    error::SendError,
    limits::{
        BLOB_FRAME_BYTES_MAX, BLOB_QUEUE_BYTES_MAX, BLOB_QUEUE_FRAMES_MAX, FRAME_BYTES_MAX, READ_STEP_BYTES,
        SYNC_QUEUE_BYTES_MAX, SYNC_QUEUE_FRAMES_MAX, WRITE_BATCH_BYTES,
    },
    traffic::Traffic,
};

/// Bytes of the length in front of a frame.
const HEADER_BYTES: usize = 4;

/// One of the two independent, ordered streams of frames with a peer, so that bulk never stands in a ballot's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Envelopes, acknowledgements, presence: small and urgent. At most [`FRAME_BYTES_MAX`] per frame.
    Sync,
    /// Contents of files. At most [`BLOB_FRAME_BYTES_MAX`] per frame.
    Blob,
}

impl Lane {
    /// Both lanes, in the order in which they are opened.
    pub const ALL: [Self; 2] = [Self::Sync, Self::Blob];

    /// Longest frame, bytes.
    #[must_use]
    pub const fn frame_bytes_max(self) -> usize {
        match self {
            Self::Sync => FRAME_BYTES_MAX,
            Self::Blob => BLOB_FRAME_BYTES_MAX,
        }
    }

    /// Most bytes that may wait to be sent to one peer.
    #[must_use]
    pub const fn queue_bytes_max(self) -> usize {
        match self {
            Self::Sync => SYNC_QUEUE_BYTES_MAX,
            Self::Blob => BLOB_QUEUE_BYTES_MAX,
        }
    }

    /// Most frames that may wait to be sent to one peer.
    #[must_use]
    pub const fn queue_frames_max(self) -> usize {
        match self {
            Self::Sync => SYNC_QUEUE_FRAMES_MAX,
            Self::Blob => BLOB_QUEUE_FRAMES_MAX,
        }
    }

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Sync => 0,
            Self::Blob => 1,
        }
    }

    pub(crate) const fn protocol(self) -> StreamProtocol {
        match self {
            Self::Sync => StreamProtocol::new("/kyhop/sync/1"),
            Self::Blob => StreamProtocol::new("/kyhop/blob/1"),
        }
    }
}

/// Why reading stopped before the end of the stream.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("a frame of {bytes} bytes was announced, at most {max} are allowed")]
    TooLong { bytes: usize, max: usize },
    #[error("an empty frame")]
    Empty,
    #[error("a frame stopped arriving")]
    Stalled,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl ReadError {
    /// Whether an honest peer never causes it.
    pub(crate) const fn is_violation(&self) -> bool {
        matches!(self, Self::TooLong { .. } | Self::Empty)
    }
}

/// Reads one frame; `None` when the stream ends where a frame would begin.
///
/// A frame that has begun and of which nothing arrives for `stall` is given up.
pub(crate) async fn read_frame<S: AsyncRead + Unpin>(
    stream: &mut S,
    lane: Lane,
    stall: Duration,
) -> Result<Option<Vec<u8>>, ReadError> {
    let mut header = [0; HEADER_BYTES];
    // Between frames silence is fine, inside one it is not.
    let mut have = stream.read(&mut header).await?;
    if have == 0 {
        return Ok(None);
    }
    while let Some(rest) = header.get_mut(have..).filter(|rest| !rest.is_empty()) {
        have += read_some(stream, rest, stall).await?;
    }
    let bytes = usize::try_from(u32::from_be_bytes(header)).unwrap_or(usize::MAX);
    let max = lane.frame_bytes_max();
    if bytes == 0 {
        return Err(ReadError::Empty);
    }
    if bytes > max {
        return Err(ReadError::TooLong { bytes, max });
    }
    let mut frame = Vec::new();
    let mut have = 0;
    while have < bytes {
        if have == frame.len() {
            let grown = bytes.min(have + have.max(READ_STEP_BYTES));
            frame.reserve_exact(grown - have);
            frame.resize(grown, 0);
        }
        let Some(rest) = frame.get_mut(have..) else {
            break;
        };
        have += read_some(stream, rest, stall).await?;
    }
    Ok(Some(frame))
}

async fn read_some<S: AsyncRead + Unpin>(stream: &mut S, into: &mut [u8], stall: Duration) -> Result<usize, ReadError> {
    match tokio::time::timeout(stall, stream.read(into)).await {
        Err(_) => Err(ReadError::Stalled),
        Ok(Ok(0)) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        Ok(read) => Ok(read?),
    }
}

/// Frames waiting to be sent on one lane to one peer. What is being written still counts, so the bounds hold for the
/// memory, not only for the list.
pub(crate) struct Queue {
    lane: Lane,
    traffic: Traffic,
    state: Mutex<QueueState>,
    filled: Notify,
    drained: Notify,
}

#[derive(Default)]
struct QueueState {
    frames: VecDeque<Vec<u8>>,
    waiting: usize,
    bytes: usize,
    refused: bool,
    closed: bool,
}

impl Queue {
    pub(crate) fn new(lane: Lane, traffic: Traffic) -> Self {
        Self { lane, traffic, state: Mutex::default(), filled: Notify::new(), drained: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, frame: Vec<u8>) -> Result<(), SendError> {
        self.offer(frame)?.map_or(Ok(()), |_| Err(SendError::Full))
    }

    /// Gives the frame back if there is no room for it now.
    pub(crate) fn offer(&self, frame: Vec<u8>) -> Result<Option<Vec<u8>>, SendError> {
        let (bytes, max) = (frame.len(), self.lane.frame_bytes_max());
        if bytes == 0 || bytes > max {
            return Err(SendError::Size { bytes, max });
        }
        let mut state = self.state();
        if state.closed {
            return Err(SendError::Gone);
        }
        if state.waiting >= self.lane.queue_frames_max() || state.bytes + bytes > self.lane.queue_bytes_max() {
            state.refused = true;
            return Ok(Some(frame));
        }
        state.waiting += 1;
        state.bytes += bytes;
        state.frames.push_back(frame);
        drop(state);
        self.filled.notify_one();
        Ok(None)
    }

    /// Bytes that may still be queued; 0 also when the number of frames is exhausted.
    pub(crate) fn free(&self) -> usize {
        let state = self.state();
        if state.closed || state.waiting >= self.lane.queue_frames_max() {
            return 0;
        }
        self.lane.queue_bytes_max().saturating_sub(state.bytes)
    }

    /// Refuses further frames; what is queued is still written.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.filled.notify_one();
    }

    /// Refuses further frames and forgets the queued ones.
    pub(crate) fn discard(&self) {
        let mut state = self.state();
        *state = QueueState { closed: true, ..QueueState::default() };
        drop(state);
        self.filled.notify_one();
    }

    /// Resolves each time half of the queue is free again after a refusal.
    pub(crate) async fn writable(&self) {
        self.drained.notified().await;
    }

    /// The next frames to write together: several small ones or one large; `None` when closed and empty.
    async fn next(&self) -> Option<Vec<Vec<u8>>> {
        loop {
            {
                let mut state = self.state();
                let mut batch = Vec::new();
                let mut bytes = 0;
                while let Some(next) = state.frames.front() {
                    if !batch.is_empty() && bytes + next.len() > WRITE_BATCH_BYTES {
                        break;
                    }
                    bytes += next.len();
                    batch.extend(state.frames.pop_front());
                }
                if !batch.is_empty() {
                    return Some(batch);
                }
                if state.closed {
                    return None;
                }
            }
            self.filled.notified().await;
        }
    }

    fn written(&self, frames: usize, bytes: usize) -> bool {
        self.traffic.wrote(self.lane, frames, bytes + frames * HEADER_BYTES);
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(frames);
        state.bytes = state.bytes.saturating_sub(bytes);
        let room = state.bytes <= self.lane.queue_bytes_max() / 2 && state.waiting <= self.lane.queue_frames_max() / 2;
        if state.refused && room {
            state.refused = false;
            self.drained.notify_one();
        }
        state.frames.is_empty()
    }
}

/// Writes a queue to a stream until the queue is closed and empty, then ends the stream.
pub(crate) async fn write_frames<S: AsyncWrite + Unpin>(stream: &mut S, queue: &Queue) -> io::Result<()> {
    while let Some(batch) = queue.next().await {
        let frames = batch.len();
        let bytes = batch.iter().map(Vec::len).sum();
        let mut small = Vec::with_capacity(WRITE_BATCH_BYTES.min(bytes + frames * HEADER_BYTES));
        for frame in batch {
            let length = u32::try_from(frame.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
            small.extend_from_slice(&length.to_be_bytes());
            // The start of a large frame travels with its length, the rest is not copied.
            let (copied, rest) = frame.split_at(frame.len().min(WRITE_BATCH_BYTES));
            small.extend_from_slice(copied);
            if !rest.is_empty() {
                stream.write_all(&small).await?;
                small.clear();
                stream.write_all(rest).await?;
            }
        }
        stream.write_all(&small).await?;
        if queue.written(frames, bytes) {
            stream.flush().await?;
        }
    }
    stream.close().await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use futures::io::Cursor;

    use super::*;
    use crate::limits::FRAME_STALL_MAX;

    async fn reads(bytes: &[u8], lane: Lane) -> Result<Option<Vec<u8>>, ReadError> {
        read_frame(&mut Cursor::new(bytes), lane, FRAME_STALL_MAX).await
    }

    fn framed(length: u32, body: &[u8]) -> Vec<u8> {
        [&length.to_be_bytes(), body].concat()
    }

    #[tokio::test]
    async fn what_is_queued_is_what_is_read() {
        let frames: Vec<Vec<u8>> = [1, 2, WRITE_BATCH_BYTES, WRITE_BATCH_BYTES + 1, 5, FRAME_BYTES_MAX, 7]
            .iter()
            .enumerate()
            .map(|(fill, &len)| vec![u8::try_from(fill).unwrap(); len])
            .collect();
        let traffic = Traffic::default();
        let queue = Queue::new(Lane::Sync, traffic.clone());
        for frame in &frames {
            queue.push(frame.clone()).unwrap();
        }
        queue.close();
        let mut wire = Cursor::new(Vec::new());
        write_frames(&mut wire, &queue).await.unwrap();
        assert_eq!(traffic.frames(Lane::Sync), frames.len() as u64);
        assert_eq!(traffic.bytes(Lane::Sync), wire.get_ref().len() as u64, "what is counted is what was written");
        assert_eq!(traffic.bytes(Lane::Blob), 0);
        wire.set_position(0);
        for frame in &frames {
            assert!(read_frame(&mut wire, Lane::Sync, FRAME_STALL_MAX).await.unwrap().as_ref() == Some(frame));
        }
        assert!(read_frame(&mut wire, Lane::Sync, FRAME_STALL_MAX).await.unwrap().is_none());
        assert_eq!(queue.state().bytes, 0);
    }

    #[tokio::test]
    async fn lengths_are_checked_before_anything_is_read() {
        for length in [1_048_577, 0x7fff_ffff, u32::MAX] {
            assert!(matches!(reads(&framed(length, b""), Lane::Sync).await, Err(ReadError::TooLong { .. })));
        }
        assert!(matches!(reads(&framed(1_114_113, b""), Lane::Blob).await, Err(ReadError::TooLong { .. })));
        assert!(matches!(reads(&framed(0, b""), Lane::Sync).await, Err(ReadError::Empty)));
        let longest = vec![7; BLOB_FRAME_BYTES_MAX];
        let wire = framed(u32::try_from(longest.len()).unwrap(), &longest);
        assert!(reads(&wire, Lane::Blob).await.unwrap() == Some(longest));
    }

    #[tokio::test]
    async fn a_cut_frame_is_an_error_at_every_byte() {
        let wire = framed(5, b"ballo");
        assert!(reads(b"", Lane::Sync).await.unwrap().is_none());
        for cut in 1..wire.len() {
            assert!(matches!(reads(&wire[..cut], Lane::Sync).await, Err(ReadError::Io(_))), "cut at {cut}");
        }
    }

    #[tokio::test]
    async fn a_frame_that_stops_arriving_is_given_up() {
        use tokio::io::AsyncWriteExt as _;
        let (mut theirs, ours) = tokio::io::duplex(64);
        theirs.write_all(&framed(100, b"half")).await.unwrap();
        let mut ours = Compat(ours);
        assert!(matches!(read_frame(&mut ours, Lane::Sync, Duration::from_millis(10)).await, Err(ReadError::Stalled)));
    }

    struct Compat(tokio::io::DuplexStream);

    impl AsyncRead for Compat {
        fn poll_read(
            mut self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
            buf: &mut [u8],
        ) -> std::task::Poll<io::Result<usize>> {
            let mut buf = tokio::io::ReadBuf::new(buf);
            let polled = tokio::io::AsyncRead::poll_read(std::pin::Pin::new(&mut self.0), cx, &mut buf);
            polled.map_ok(|()| buf.filled().len())
        }
    }

    #[test]
    fn the_queue_never_holds_more_than_its_bounds() {
        let queue = Queue::new(Lane::Sync, Traffic::default());
        let mut taken = 0;
        while queue.push(vec![0; 1]).is_ok() {
            taken += 1;
        }
        assert_eq!(taken, SYNC_QUEUE_FRAMES_MAX);
        assert_eq!(queue.free(), 0);
        let queue = Queue::new(Lane::Blob, Traffic::default());
        while queue.push(vec![0; 1_000_000]).is_ok() {}
        assert_eq!(queue.state().bytes, 2_000_000);
        assert_eq!(queue.free(), BLOB_QUEUE_BYTES_MAX - 2_000_000);
        assert_eq!(queue.push(vec![0; 1_000_000]), Err(SendError::Full));
        assert_eq!(queue.push(vec![]), Err(SendError::Size { bytes: 0, max: BLOB_FRAME_BYTES_MAX }));
        assert!(matches!(queue.push(vec![0; BLOB_FRAME_BYTES_MAX + 1]), Err(SendError::Size { .. })));
        queue.discard();
        assert_eq!(queue.push(vec![0; 1]), Err(SendError::Gone));
        assert_eq!(queue.free(), 0);
    }

    #[tokio::test]
    async fn a_refused_sender_is_told_when_half_is_free() {
        let queue = Queue::new(Lane::Blob, Traffic::default());
        queue.push(vec![0; BLOB_FRAME_BYTES_MAX]).unwrap();
        queue.push(vec![0; BLOB_FRAME_BYTES_MAX]).unwrap();
        assert_eq!(queue.push(vec![0]), Err(SendError::Full));
        assert_eq!(queue.next().await.map(|batch| batch.len()), Some(1));
        assert_eq!(queue.push(vec![0]), Err(SendError::Full), "a frame being written still counts");
        queue.written(1, BLOB_FRAME_BYTES_MAX);
        queue.writable().await;
        queue.push(vec![0]).unwrap();
    }
}
