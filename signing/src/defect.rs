//! Deliberate mistakes, for proving that the simulation notices them. Without the feature `defects` none is compiled in.

/// A mistake that somebody could make in replication or in the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// Envelopes are taken in without looking at their signature.
    SkipSignature,
    /// A peer hears that an envelope is durable before it is.
    AckBeforeCommit,
    /// After a restart the last sequence number is given away again.
    ReuseSeq,
    /// A removed member is still given new keys.
    LeakEpoch,
    /// Any member may write any document.
    WriterWithoutRole,
    /// What came from others is kept and not passed on.
    ForgetForward,
    /// Envelopes that have to wait are acknowledged and dropped.
    DropParked,
    /// What a revoked device wrote afterwards is applied.
    RevokedLate,
    /// Who shares a space is not looked at.
    SendToNonMember,
    /// Ballots that a close does not name are counted.
    CountLate,
    /// Of two closes the one with the earlier clock holds.
    CloseByClock,
    /// Control operations are folded in the order of arrival.
    FoldByArrival,
    /// A new key does not follow a removal.
    NoRotation,
    /// Blob ranges are stored unproved.
    BlobUnproved,
}

impl Defect {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::SkipSignature,
        Self::AckBeforeCommit,
        Self::ReuseSeq,
        Self::LeakEpoch,
        Self::WriterWithoutRole,
        Self::ForgetForward,
        Self::DropParked,
        Self::RevokedLate,
        Self::SendToNonMember,
        Self::CountLate,
        Self::CloseByClock,
        Self::FoldByArrival,
        Self::NoRotation,
        Self::BlobUnproved,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::SkipSignature => "skip-signature",
            Self::AckBeforeCommit => "ack-before-commit",
            Self::ReuseSeq => "reuse-seq",
            Self::LeakEpoch => "leak-epoch",
            Self::WriterWithoutRole => "writer-without-role",
            Self::ForgetForward => "forget-forward",
            Self::DropParked => "drop-parked",
            Self::RevokedLate => "revoked-late",
            Self::SendToNonMember => "send-to-non-member",
            Self::CountLate => "count-late",
            Self::CloseByClock => "close-by-clock",
            Self::FoldByArrival => "fold-by-arrival",
            Self::NoRotation => "no-rotation",
            Self::BlobUnproved => "blob-unproved",
        }
    }
}

/// Whether this build contains the mistakes at all.
pub const COMPILED_IN: bool = cfg!(feature = "defects");

#[cfg(feature = "defects")]
std::thread_local! {
    static MADE: std::cell::Cell<Option<Defect>> = const { std::cell::Cell::new(None) };
}

/// From now on this thread makes this mistake, or none.
#[cfg(feature = "defects")]
pub fn make(defect: Option<Defect>) {
    MADE.with(|made| made.set(defect));
}

/// Is this mistake being made. Always `false` in a build without them.
#[inline(always)]
pub fn is(defect: Defect) -> bool {
    #[cfg(feature = "defects")]
    return MADE.with(|made| made.get() == Some(defect));
    #[cfg(not(feature = "defects"))]
    {
        let _ = defect;
        false
    }
}
