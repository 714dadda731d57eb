//! What the render thread does next.

use std::collections::VecDeque;

/// How urgent a request is. Within a class the newest goes first: people look at what they asked for last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// On the screen now.
    Visible,
    /// The next page in the direction of reading.
    Next,
    /// A small picture of a page in an overview.
    Thumbnail,
    /// Somebody may want it later.
    Prefetch,
}

const CLASSES: usize = 4;

/// A bounded queue with one stack per priority.
pub(crate) struct Queue<T> {
    classes: [VecDeque<T>; CLASSES],
    limit: usize,
}

impl<T> Queue<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { classes: Default::default(), limit }
    }

    pub(crate) fn len(&self) -> usize {
        self.classes.iter().map(VecDeque::len).sum()
    }

    /// Adds an item; beyond the limit the oldest of the least urgent class is handed back.
    #[must_use]
    pub(crate) fn push(&mut self, priority: Priority, item: T) -> Option<T> {
        self.classes[priority as usize].push_back(item);
        if self.len() <= self.limit {
            return None;
        }
        self.classes.iter_mut().rev().find_map(VecDeque::pop_front)
    }

    /// The newest item of the most urgent class.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.classes.iter_mut().find_map(VecDeque::pop_back)
    }

    /// Takes out every item that fails the test.
    pub(crate) fn sweep(&mut self, keep: impl Fn(&T) -> bool) -> Vec<T> {
        let mut out = Vec::new();
        for class in &mut self.classes {
            for item in std::mem::take(class) {
                if keep(&item) { class.push_back(item) } else { out.push(item) }
            }
        }
        out
    }

    pub(crate) fn drain(&mut self) -> Vec<T> {
        self.sweep(|_| false)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::Priority::*;
    use super::*;

    #[test]
    fn the_page_on_the_screen_comes_before_everything_and_the_newest_before_older_ones() {
        let mut queue = Queue::new(10);
        for (priority, name) in [(Prefetch, "p"), (Visible, "v1"), (Thumbnail, "t"), (Visible, "v2"), (Next, "n")] {
            assert!(queue.push(priority, name).is_none());
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, ["v2", "v1", "n", "t", "p"]);
    }

    #[test]
    fn a_full_queue_gives_up_the_oldest_of_the_least_urgent() {
        let mut queue = Queue::new(2);
        assert_eq!(queue.push(Thumbnail, "old"), None);
        assert_eq!(queue.push(Thumbnail, "new"), None);
        assert_eq!(queue.push(Visible, "now"), Some("old"));
        assert_eq!(queue.push(Prefetch, "later"), Some("later"));
        assert_eq!(queue.len(), 2);
        assert_eq!(queue.sweep(|item| *item == "now"), ["new"]);
        assert_eq!(queue.drain(), ["now"]);
    }
}
