//! Reads numbers and texts one after the other.
//!
//! The bytes are part of the program and were written by its generator, and a test reads them all: a fault in
//! them is a fault of the build, so nothing here returns errors.

/// What is still to be read.
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { rest: bytes }
    }

    /// The next `count` bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(count).expect("the generator wrote what it announced");
        self.rest = rest;
        taken
    }

    /// A number of 16 bits.
    pub(crate) fn number(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes(2).try_into().expect("two bytes were taken"))
    }

    /// A number of 32 bits.
    pub(crate) fn long(&mut self) -> usize {
        u32::from_le_bytes(self.bytes(4).try_into().expect("four bytes were taken")) as usize
    }

    /// A text behind its length of 16 bits.
    pub(crate) fn text(&mut self) -> &'a str {
        let length = usize::from(self.number());
        self.utf8(length)
    }

    /// A text of `count` bytes.
    pub(crate) fn utf8(&mut self, count: usize) -> &'a str {
        std::str::from_utf8(self.bytes(count)).expect("the generator wrote UTF-8")
    }

    /// A column of `count` numbers of 16 bits: all low bytes, then all high bytes.
    pub(crate) fn numbers(&mut self, count: usize) -> impl Iterator<Item = u16> + use<'a> {
        let low = self.bytes(count);
        let high = self.bytes(count);
        low.iter().zip(high).map(|(low, high)| u16::from_le_bytes([*low, *high]))
    }

    /// A column of `count` bytes.
    pub(crate) fn small(&mut self, count: usize) -> impl Iterator<Item = u8> + use<'a> {
        self.bytes(count).iter().copied()
    }
}
