//! The texts of events that wait for a cut, each kept once however many trails take it.

/// Texts lie one behind the other in pieces of this size: growing never copies what is there.
const SEGMENT_BYTES: usize = 1 << 20;

/// Texts in memory. Only grows; a cut takes it as a whole.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    segments: Vec<Vec<u8>>,
    places: Vec<Place>,
    text_bytes: usize,
}

/// A text of the [`Texts`] that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TextId(u32);

#[derive(Clone, Copy, Debug)]
struct Place {
    segment: u32,
    start: u32,
    length: u32,
}

impl Texts {
    /// Keeps a text. Their sum stays far below 4 GiB: the reader asks for a cut long before.
    pub(super) fn keep(&mut self, text: &[u8]) -> TextId {
        let has_room =
            self.segments.last().is_some_and(|segment| segment.capacity() - segment.len() >= text.len());
        if !has_room {
            self.segments.push(Vec::with_capacity(SEGMENT_BYTES.max(text.len())));
        }
        let segment = self.segments.last_mut().expect("one was pushed if there was none");
        let start = segment.len() as u32;
        segment.extend_from_slice(text);
        self.text_bytes += text.len();
        let id = TextId(self.places.len() as u32);
        self.places.push(Place { segment: self.segments.len() as u32 - 1, start, length: text.len() as u32 });
        id
    }

    /// The text.
    pub(crate) fn get(&self, id: TextId) -> &[u8] {
        let Place { segment, start, length } = self.places[id.0 as usize];
        &self.segments[segment as usize][start as usize..][..length as usize]
    }

    /// Memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text_bytes + self.places.len() * size_of::<Place>()
    }
}

#[cfg(test)]
mod tests;
