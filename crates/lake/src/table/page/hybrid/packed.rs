//! Numbers of a few bits each, one behind the other, the lowest bits first.

/// Bits of a word that are numbers wherever the first one starts in its byte.
const WORD_BITS: usize = 57;

/// Packed numbers, from the first one on. Behind the end of the bytes there are zeros.
#[derive(Clone, Copy)]
pub(super) struct Packed<'b> {
    bytes: &'b [u8],
    /// Of a number; not 0.
    width: usize,
}

impl<'b> Packed<'b> {
    /// `width`: 1 to 32.
    pub(super) fn new(bytes: &'b [u8], width: u32) -> Packed<'b> {
        Packed { bytes, width: width as usize }
    }

    pub(super) fn get(self, place: usize) -> u32 {
        self.number(self.word(place), 0)
    }

    /// Adds the first `count` numbers to `numbers`.
    pub(super) fn decode(self, count: usize, numbers: &mut Vec<u32>) {
        for (place, fields) in self.words(count) {
            let word = self.word(place);
            numbers.extend((0..fields).map(|field| self.number(word, field)));
        }
    }

    /// Gives the places among the first `count` at which `number` stands.
    ///
    /// Looks at all numbers of a word at once: a field of it that is zero after the word was compared borrows
    /// from its highest bit ("Determine if a word has a zero byte", Bit Twiddling Hacks, for any width). That
    /// misses no field, but may see one too many above another.
    pub(super) fn find(self, number: u32, count: usize, mut found: impl FnMut(usize)) {
        let lowest = (0..WORD_BITS / self.width).fold(0u64, |bits, field| bits | 1 << (field * self.width));
        let highest = lowest << (self.width - 1);
        let wanted = lowest.wrapping_mul(u64::from(number));
        for (place, fields) in self.words(count) {
            let word = self.word(place);
            let differences = word ^ wanted;
            if differences.wrapping_sub(lowest) & !differences & highest != 0 {
                (0..fields)
                    .filter(|field| self.number(word, *field) == number)
                    .for_each(|field| found(place + field));
            }
        }
    }

    /// The first places of words that hold the first `count` numbers, and how many of them each holds.
    fn words(self, count: usize) -> impl Iterator<Item = (usize, usize)> {
        let fields = WORD_BITS / self.width;
        (0..count).step_by(fields).map(move |place| (place, fields.min(count - place)))
    }

    /// The number at `place` and those behind it.
    fn word(self, place: usize) -> u64 {
        let bit = place * self.width;
        let word = match self.bytes.get(bit / 8..bit / 8 + 8) {
            Some(bytes) => u64::from_le_bytes(bytes.try_into().expect("eight bytes")),
            None => {
                let rest = self.bytes.get(bit / 8..).unwrap_or(&[]);
                rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
            }
        };
        word >> (bit % 8)
    }

    /// The number of a field of a word.
    fn number(self, word: u64, field: usize) -> u32 {
        (word >> (field * self.width) & ((1 << self.width) - 1)) as u32
    }
}
