//! Chance that falls the same way every time: SplitMix64 (Steele, Lea and Flood 2014).

/// A stream of numbers that its seed decides.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed and a text: what befalls one question depends neither on the others nor on their order.
    pub fn of(seed: u64, text: &str) -> Self {
        // FNV-1a.
        let hashed =
            text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(seed ^ hashed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..count`, each as likely as any other; 0 when `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        let wide = u128::from(self.next()) * count as u128;
        (wide >> 64) as usize
    }

    /// Whether something happens that happens so many times in a hundred.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them, `None` only of none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// Puts them into another order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_text_fall_the_same_way_and_others_do_not() {
        let draw = |seed, text| {
            let mut random = Random::of(seed, text);
            [random.next(), random.next()]
        };
        assert_eq!(draw(1, "đất"), draw(1, "đất"));
        assert_ne!(draw(1, "đất"), draw(2, "đất"));
        assert_ne!(draw(1, "đất"), draw(1, "dat"));
    }

    #[test]
    fn every_one_of_a_few_is_drawn_and_nothing_else() {
        let mut random = Random::of(7, "");
        let mut drawn = [0; 5];
        (0..5_000).for_each(|_| drawn[random.below(5)] += 1);
        assert!(drawn.iter().all(|count| (800..1_200).contains(count)), "{drawn:?}");
        assert_eq!(random.below(0), 0);
        let mut order: Vec<_> = (0..50).collect();
        random.shuffle(&mut order);
        assert_ne!(order, (0..50).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
    }
}
