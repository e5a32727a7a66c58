//! Bits, one behind the other: the first one is the lowest of the first byte.

/// Writes bits.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that fill no byte yet, and how many.
    left: u64,
    count: u32,
}

impl BitWriter {
    /// The lowest `count` bits of `bits`, at most 32.
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        let bits = u64::from(bits) & ((1 << count) - 1);
        self.left |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.left as u8);
            self.left >>= 8;
            self.count -= 8;
        }
    }

    /// A number as `number >> low` ones, a zero, and its lowest `low` bits (Rice's code).
    pub(super) fn put_rice(&mut self, number: u32, low: u32) {
        for _ in 0..number >> low {
            self.put(1, 1);
        }
        self.put(0, 1);
        self.put(number, low);
    }

    /// Fills the last byte up; returns how many bytes there are.
    pub(super) fn pad(&mut self) -> usize {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
        self.bytes.len()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads bits; `None` behind the last.
pub(super) struct BitReader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> BitReader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> BitReader<'b> {
        BitReader { bytes, at: 0 }
    }

    /// The next `count` bits, at most 32.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        let bits = self.next_bits()?;
        self.at += count as usize;
        let is_there = self.at <= self.bytes.len() * 8;
        is_there.then_some((bits & ((1 << count) - 1)) as u32)
    }

    pub(super) fn take_rice(&mut self, low: u32) -> Option<u32> {
        let mut high = 0u32;
        loop {
            // Of a bit that is not there it gets no further.
            let ones = self.next_bits()?.trailing_ones().min(32);
            self.at += ones as usize;
            high += ones;
            if ones < 32 {
                break;
            }
        }
        self.at += 1;
        high.checked_shl(low)?.checked_add(self.take(low)?)
    }

    /// At least the next 56 bits; zeros behind the end.
    fn next_bits(&self) -> Option<u64> {
        let rest = self.bytes.get(self.at / 8..)?;
        let word = match rest.first_chunk::<8>() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        Some(word >> (self.at % 8))
    }
}
