//! The order in which control operations are folded: one that every device finds from the set alone.
//!
//! An operation comes after everything that its author had seen. Its *rank* is the length of the longest way back to
//! the beginning; sorting by rank, removals before grants, then hash is such an order, whatever the order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::Hash32;
use signing::defect::{self, Defect};

use crate::control::ControlOp;
use crate::envelope::Header;
use crate::limits::SEEN_MAX;

/// A control operation in its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// Hash of its envelope.
    pub hash: Hash32,
    /// Longest way back, from 1.
    pub rank: u64,
    /// The envelope's header.
    pub header: Header,
    /// `None`: made by a newer program, no effect here.
    pub op: Option<ControlOp>,
    /// How many were here before it came. Nothing is decided by it.
    pub arrival: usize,
}

/// All control operations of a space.
#[derive(Debug, Clone, Default)]
pub struct Dag {
    nodes: BTreeMap<Hash32, Node>,
    heads: BTreeSet<Hash32>,
}

impl Dag {
    /// The first of `header.seen` that is not here: the operation cannot be placed before it has come.
    pub fn missing(&self, header: &Header) -> Option<Hash32> {
        header.seen.iter().find(|hash| !self.nodes.contains_key(hash)).copied()
    }

    /// Places an operation whose `seen` are all here. Placing it again does nothing.
    pub fn insert(&mut self, hash: Hash32, header: Header, op: Option<ControlOp>) {
        let rank = 1 + header.seen.iter().filter_map(|seen| self.nodes.get(seen)).map(|node| node.rank).max().unwrap_or(0);
        for seen in &header.seen {
            self.heads.remove(seen);
        }
        let arrival = self.nodes.len();
        if self.nodes.insert(hash, Node { hash, rank, header, op, arrival }).is_none() {
            self.heads.insert(hash);
        }
    }

    /// What a new envelope cites: the operations that no other has cited, the latest of them if there are too many.
    pub fn heads(&self) -> Vec<Hash32> {
        if self.heads.len() <= SEEN_MAX {
            return self.heads.iter().copied().collect();
        }
        let mut ranked: Vec<_> =
            self.heads.iter().filter_map(|hash| self.nodes.get(hash)).map(|node| (node.rank, node.hash)).collect();
        ranked.sort_unstable();
        let mut latest: Vec<_> = ranked.iter().rev().take(SEEN_MAX).map(|(_, hash)| *hash).collect();
        latest.sort_unstable();
        latest
    }

    /// All operations, in no order that means anything.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// All operations in folding order.
    pub fn ordered(&self) -> Vec<&Node> {
        Self::sort(self.nodes.values().collect())
    }

    /// The operations that are at or before `heads`, in folding order.
    pub fn ordered_at(&self, heads: &[Hash32]) -> Vec<&Node> {
        Self::sort(self.past(heads).iter().filter_map(|hash| self.nodes.get(hash)).collect())
    }

    /// The operations that are at or before `heads`.
    pub fn past(&self, heads: &[Hash32]) -> BTreeSet<Hash32> {
        let mut closure = BTreeSet::new();
        let mut open: Vec<Hash32> = heads.to_vec();
        while let Some(hash) = open.pop() {
            if let Some(node) = self.nodes.get(&hash)
                && closure.insert(hash)
            {
                open.extend(&node.header.seen);
            }
        }
        closure
    }

    /// Is the operation at or before `heads`.
    pub fn is_past(&self, hash: &Hash32, heads: &[Hash32]) -> bool {
        let Some(wanted) = self.nodes.get(hash) else {
            return false;
        };
        let mut met = BTreeSet::new();
        let mut open: Vec<Hash32> = heads.to_vec();
        while let Some(next) = open.pop() {
            if next == *hash {
                return true;
            }
            // What has no longer way back than the wanted one does not have it behind itself.
            if let Some(node) = self.nodes.get(&next).filter(|node| node.rank > wanted.rank)
                && met.insert(next)
            {
                open.extend(&node.header.seen);
            }
        }
        false
    }

    fn sort(mut nodes: Vec<&Node>) -> Vec<&Node> {
        if defect::is(Defect::FoldByArrival) {
            nodes.sort_by_key(|node| node.arrival);
            return nodes;
        }
        nodes.sort_by_key(|node| {
            (node.rank, !matches!(node.op, Some(ControlOp::Remove { .. } | ControlOp::Revoke { .. })), node.hash)
        });
        nodes
    }

    /// Rank of an operation; 0 if it is not here.
    pub fn rank(&self, hash: &Hash32) -> u64 {
        self.nodes.get(hash).map_or(0, |node| node.rank)
    }

    /// The number of operations.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Nothing has come yet.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}
