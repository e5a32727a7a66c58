//! Little-endian numbers, one column after the other: alike values stand together and compress well.

use std::error::Error;

/// Bytes in the making.
#[derive(Default)]
pub(super) struct Columns {
    bytes: Vec<u8>,
}

impl Columns {
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// One number of 16 bits.
    pub(super) fn number(&mut self, number: usize) -> Result<(), Box<dyn Error>> {
        self.bytes(&u16::try_from(number)?.to_le_bytes());
        Ok(())
    }

    /// One number of 32 bits.
    pub(super) fn long(&mut self, number: usize) -> Result<(), Box<dyn Error>> {
        self.bytes(&u32::try_from(number)?.to_le_bytes());
        Ok(())
    }

    /// A number of bytes in 16 bits, and so many bytes.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Box<dyn Error>> {
        self.number(text.len())?;
        self.bytes(text.as_bytes());
        Ok(())
    }

    /// A column of numbers of 16 bits: all their low bytes, then all their high bytes.
    pub(super) fn numbers(&mut self, numbers: impl Iterator<Item = u16> + Clone) {
        let byte = |place: usize| move |number: u16| number.to_le_bytes()[place];
        self.bytes.extend(numbers.clone().map(byte(0)));
        self.bytes.extend(numbers.map(byte(1)));
    }

    /// A column of bytes.
    pub(super) fn small(&mut self, numbers: impl Iterator<Item = u8>) {
        self.bytes.extend(numbers);
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
