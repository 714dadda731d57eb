//! A cache bounded by bytes that forgets what was not used longest.

use std::collections::BTreeMap;

pub(crate) struct ByteLru<K, V> {
    limit: usize,
    bytes: usize,
    clock: u64,
    entries: BTreeMap<K, Entry<V>>,
    by_age: BTreeMap<u64, K>,
}

struct Entry<V> {
    value: V,
    bytes: usize,
    used: u64,
}

impl<K: Ord + Clone, V: Clone> ByteLru<K, V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, bytes: 0, clock: 0, entries: BTreeMap::new(), by_age: BTreeMap::new() }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        let entry = self.entries.get_mut(key)?;
        self.clock += 1;
        self.by_age.remove(&entry.used);
        entry.used = self.clock;
        self.by_age.insert(self.clock, key.clone());
        Some(entry.value.clone())
    }

    /// Keeps a value of the given size. One that is larger than the whole cache is not kept.
    pub(crate) fn put(&mut self, key: K, value: V, bytes: usize) {
        self.remove(&key);
        if bytes > self.limit {
            return;
        }
        while self.bytes + bytes > self.limit {
            let Some((_, oldest)) = self.by_age.pop_first() else {
                break;
            };
            if let Some(entry) = self.entries.remove(&oldest) {
                self.bytes -= entry.bytes;
            }
        }
        self.clock += 1;
        self.bytes += bytes;
        self.by_age.insert(self.clock, key.clone());
        self.entries.insert(key, Entry { value, bytes, used: self.clock });
    }

    pub(crate) fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.bytes;
            self.by_age.remove(&entry.used);
        }
    }

    pub(crate) fn remove_where(&mut self, test: impl Fn(&K) -> bool) {
        let keys: Vec<K> = self.entries.keys().filter(|key| test(key)).cloned().collect();
        for key in keys {
            self.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_looked_at_last_stays() {
        let mut cache = ByteLru::new(100);
        cache.put("a", 1, 40);
        cache.put("b", 2, 40);
        assert_eq!(cache.get(&"a"), Some(1));
        cache.put("c", 3, 40);
        assert_eq!((cache.get(&"a"), cache.get(&"b"), cache.get(&"c")), (Some(1), None, Some(3)));
        cache.put("huge", 4, 101);
        assert_eq!((cache.get(&"huge"), cache.len()), (None, 2));
    }

    proptest! {
        #[test]
        fn never_more_bytes_than_allowed_and_the_sum_is_right(puts in prop::collection::vec((0u8..20, 0usize..70), 0..200)) {
            let mut cache = ByteLru::new(100);
            for (key, bytes) in puts {
                cache.put(key, (), bytes);
                prop_assert!(cache.bytes() <= 100);
                prop_assert_eq!(cache.bytes(), cache.entries.values().map(|entry| entry.bytes).sum::<usize>());
                prop_assert_eq!(cache.entries.len(), cache.by_age.len());
            }
        }
    }
}
