//! Short hashes of a page's texts, so that a page which lacks a text need not be decompressed to tell.

/// A hash of each text of a page. Lives in memory only.
pub(super) struct Prints(Vec<u16>);

impl Prints {
    pub(super) fn of<'t>(texts: impl Iterator<Item = &'t [u8]>) -> Prints {
        let mut prints: Vec<u16> = texts.map(print).collect();
        prints.shrink_to_fit();
        Prints(prints)
    }

    /// Whether the text may be among the page's; one in 65,536 that is not looks as if it were.
    pub(super) fn may_hold(&self, text: &[u8]) -> bool {
        self.0.contains(&print(text))
    }

    /// Memory in bytes.
    pub(super) fn memory(&self) -> usize {
        size_of::<Prints>() + self.0.len() * 2
    }
}

/// Multiplies and rotates eight bytes at a time; the upper bits of a product depend on all of its factors' bits.
fn print(text: &[u8]) -> u16 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (eights, rest) = text.as_chunks::<8>();
    let rest = rest.iter().fold(text.len() as u64, |word, byte| word << 8 | u64::from(*byte));
    let words = eights.iter().map(|eight| u64::from_le_bytes(*eight)).chain([rest]);
    let hash = words.fold(0u64, |hash, word| (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR));
    (hash >> 48) as u16
}

#[cfg(test)]
mod tests {
    use super::Prints;

    #[test]
    fn texts_of_the_page_are_found_and_nearly_all_others_are_not() {
        let text = |number: u32| format!("ASIA{number:016}").into_bytes();
        let texts: Vec<Vec<u8>> = (0..1000).map(text).collect();
        let prints = Prints::of(texts.iter().map(Vec::as_slice));
        assert!(texts.iter().all(|text| prints.may_hold(text)));
        let others = (1000..11_000).filter(|number| prints.may_hold(&text(*number))).count();
        // A thousand of 65,536 are taken.
        assert!(others < 500, "{others}");
    }
}
