//! Unique ids for events.

use crate::dice::{Dice, HEX};

/// Length of an id in text.
pub const ID_LENGTH: usize = 36;

/// Makes ids of the form of a version 4 UUID: no two of one `EventIds` are equal in the first 2^48, and two
/// made from different seeds agree with the probability of random numbers of 74 bits.
#[derive(Clone, Debug)]
pub struct EventIds {
    dice: Dice,
    /// Goes up by one for every id, from anywhere.
    count: u64,
}

/// The bits of an id that only the count decides.
const COUNT_MASK: u64 = (1 << 48) - 1;

impl EventIds {
    /// Ids from a seed.
    pub fn new(seed: u64) -> EventIds {
        // Another stream than the events' of the same seed.
        let mut dice = Dice::new(seed ^ 0x6964_7365_7665_6e74);
        let count = dice.bits();
        EventIds { dice, count }
    }

    /// The next id, in lower-case hex with dashes.
    pub fn next_id(&mut self) -> [u8; ID_LENGTH] {
        self.count = self.count.wrapping_add(1);
        // An odd factor maps the 2^48 counts one to one onto the last 12 digits, so that they look random,
        // too.
        let tail = self.count.wrapping_mul(0x9e37_79b9_7f4b) & COUNT_MASK;
        let (time, clock) = (self.dice.bits(), self.dice.bits());
        let high = (time & !0xf000) | 0x4000;
        let variant = 0x8000 | (clock & 0x3fff);
        let mut id = [b'-'; ID_LENGTH];
        write_hex(&mut id[0..8], high >> 32);
        write_hex(&mut id[9..13], high >> 16);
        write_hex(&mut id[14..18], high);
        write_hex(&mut id[19..23], variant);
        write_hex(&mut id[24..36], tail);
        id
    }
}

/// The low bits of `number`, as many as `place` has digits for.
fn write_hex(place: &mut [u8], number: u64) {
    let mut rest = number;
    for digit in place.iter_mut().rev() {
        *digit = HEX[(rest & 15) as usize];
        rest >>= 4;
    }
}

#[cfg(test)]
mod tests;
