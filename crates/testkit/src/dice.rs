//! Randomness from a seed.

/// A stream of random numbers. Our own, because the generators of libraries may change their numbers
/// from one version to the next, and then benchmarks of different days would not compare.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `bound - 1`; 0 if `bound` is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.bits()) * bound as u128) >> 64) as usize
    }

    /// 0 to `bound - 1`, small numbers far more often: the cube of an even draw. Of 10,000 the first has
    /// a share of 4.6 % and the first 20 have 12.6 %, as few principals make most calls.
    pub(crate) fn skewed_below(&mut self, bound: usize) -> usize {
        let even = (self.bits() >> 11) as f64 / (1u64 << 53) as f64;
        ((even * even * even * bound as f64) as usize).min(bound.saturating_sub(1))
    }

    /// True `share` times of 1,000.
    pub(crate) fn per_mille(&mut self, share: usize) -> bool {
        self.below(1000) < share
    }

    /// One of `choices`, which are not empty.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// Appends `count` characters of `alphabet`, which has 16, 32 or 64.
    pub(crate) fn write_digits(&mut self, out: &mut Vec<u8>, alphabet: &[u8], count: usize) {
        let width = alphabet.len().trailing_zeros();
        let per_draw = (64 / width) as usize;
        let (mut bits, mask) = (0, alphabet.len() as u64 - 1);
        for at in 0..count {
            if at % per_draw == 0 {
                bits = self.bits();
            }
            out.push(alphabet[(bits & mask) as usize]);
            bits >>= width;
        }
    }

    /// `count` characters of `alphabet`, which has 16, 32 or 64, all ASCII.
    pub(crate) fn digits(&mut self, alphabet: &[u8], count: usize) -> String {
        let mut out = Vec::with_capacity(count);
        self.write_digits(&mut out, alphabet, count);
        String::from_utf8(out).expect("the alphabets are ASCII")
    }
}

/// Alphabet of resource ids.
pub(crate) const HEX: &[u8] = b"0123456789abcdef";
/// Alphabet of AWS's unique ids.
pub(crate) const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Alphabet of session tokens.
pub(crate) const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A choice among things of different weight.
#[derive(Clone, Debug)]
pub(crate) struct Weighted {
    /// Sums of the weights up to and with each.
    sums: Vec<usize>,
}

impl Weighted {
    /// At least one weight is above 0.
    pub(crate) fn new(weights: impl IntoIterator<Item = usize>) -> Weighted {
        let sums = weights.into_iter().scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Weighted { sums: sums.collect() }
    }

    /// `count` things, the n-th with the weight 1 / n: Zipf's law, which names of calls come close to.
    pub(crate) fn by_rank(count: usize) -> Weighted {
        Weighted::new((1..=count).map(|rank| 1_000_000 / rank))
    }

    /// The place of one of them.
    pub(crate) fn draw(&self, dice: &mut Dice) -> usize {
        let drawn = dice.below(self.sums.last().copied().unwrap_or_default());
        self.sums.partition_point(|sum| *sum <= drawn)
    }
}
