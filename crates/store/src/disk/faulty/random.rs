//! Chance that follows from a seed.

/// Numbers that look random and are the same for the same seed (SplitMix64, Steele, Lea and
/// Flood 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number.
    #[allow(
        clippy::should_implement_trait,
        reason = "endless, so an iterator's Option would only be in the way"
    )]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// Which of several things that were not synced outlive a power loss.
#[derive(Clone, Copy, Debug)]
pub(super) enum Survival {
    None,
    All,
    /// The first so many.
    Before(u64),
    /// All but the first so many.
    From(u64),
    /// Each by the toss of a coin.
    Any,
}

impl Survival {
    pub(super) fn choose(random: &mut Random, count: usize) -> Survival {
        let split = random.below(count as u64 + 1);
        match random.below(5) {
            0 => Survival::None,
            1 => Survival::All,
            2 => Survival::Before(split),
            3 => Survival::From(split),
            _ => Survival::Any,
        }
    }

    pub(super) fn keeps(self, index: usize, random: &mut Random) -> bool {
        match self {
            Survival::None => false,
            Survival::All => true,
            Survival::Before(split) => (index as u64) < split,
            Survival::From(split) => index as u64 >= split,
            Survival::Any => random.one_in(2),
        }
    }
}
