//! A matcher that takes the same time whatever it is given: a 64th of the product of both lengths.
//!
//! Every state is a bit, so that a word of 64 of them moves on at once. Source: the Shift-And algorithm of Baeza-Yates and
//! Gonnet, "A new approach to text searching", 1992.

use super::Token;

/// As many bits as a pattern has states: bit `n` is on while its first `n` bytes and `?` may be what was read.
type Bits = Vec<u64>;

/// What a pattern does with each byte of a text.
struct Machine {
    /// The states that each byte moves on from: its own, and those whose `?` begins with it.
    moves: Vec<Option<Bits>>,
    /// The states that `?` alone moves on from.
    by_any: Bits,
    /// States behind a `*`: they stay, whatever comes.
    stays: Bits,
    /// States behind a `?`: they stay while its character goes on.
    stays_in_character: Bits,
    /// The state in which all is read.
    end: usize,
}

/// Whether all of `text` fits. Both are UTF-8.
pub(super) fn fits(pattern: &[Token], text: &[u8], fold: impl Fn(u8) -> u8) -> bool {
    let machine = Machine::new(pattern, &fold);
    let mut states = vec![0; machine.stays.len()];
    set(&mut states, 0);
    for byte in text {
        machine.read(&mut states, fold(*byte));
    }
    is_set(&states, machine.end)
}

impl Machine {
    fn new(pattern: &[Token], fold: impl Fn(u8) -> u8) -> Machine {
        let end = pattern.iter().filter(|token| **token != Token::Run).count();
        let none: Bits = vec![0; end / 64 + 1];
        let (mut by_any, mut stays, mut stays_in_character) = (none.clone(), none.clone(), none);
        let mut state = 0;
        for token in pattern {
            match token {
                Token::Run => set(&mut stays, state),
                Token::One => {
                    set(&mut by_any, state);
                    set(&mut stays_in_character, state + 1);
                    state += 1;
                }
                Token::Byte(_) => state += 1,
            }
        }
        let moves = moves(pattern, &by_any, fold);
        Machine { moves, by_any, stays, stays_in_character, end }
    }

    fn read(&self, states: &mut Bits, byte: u8) {
        let goes_on = is_inside_a_character(byte);
        let moves = self.moves[usize::from(byte)].as_ref();
        let mut carried = 0;
        for (word, bits) in states.iter_mut().enumerate() {
            let by_any = if goes_on { 0 } else { self.by_any[word] };
            let moving = *bits & moves.map_or(by_any, |moves| moves[word]);
            let staying = self.stays[word] | if goes_on { self.stays_in_character[word] } else { 0 };
            *bits = (moving << 1) | carried | (*bits & staying);
            carried = moving >> 63;
        }
    }
}

/// The states that each byte of the pattern moves on from.
fn moves(pattern: &[Token], by_any: &Bits, fold: impl Fn(u8) -> u8) -> Vec<Option<Bits>> {
    let mut moves: Vec<Option<Bits>> = vec![None; 256];
    let states = pattern.iter().filter(|token| **token != Token::Run).enumerate();
    for (state, token) in states {
        let Token::Byte(byte) = token else { continue };
        let byte = fold(*byte);
        let at_first = || if is_inside_a_character(byte) { vec![0; by_any.len()] } else { by_any.clone() };
        set(moves[usize::from(byte)].get_or_insert_with(at_first), state);
    }
    moves
}

fn is_inside_a_character(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

fn set(bits: &mut Bits, bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

fn is_set(bits: &Bits, bit: usize) -> bool {
    bits[bit / 64] & (1 << (bit % 64)) != 0
}
