//! The body of a request that is a form, which names its operation.

use cairn_record::unpacked_start;
use http::HeaderMap;

/// What a form that was packed for its way is unpacked to at most, in bytes. A larger one is not forwarded: what it
/// names behind the end of what was read, nobody here would know.
pub(crate) const UNPACKED_BYTES_MAX: usize = 4 << 20;

/// A form as it was sent, and what is in it.
#[derive(Debug, Default)]
pub(crate) struct SentForm<'a> {
    sent: &'a [u8],
    /// If it was packed.
    unpacked: Option<Vec<u8>>,
}

impl<'a> SentForm<'a> {
    /// From a body; unpacks it if its headers say that it is packed.
    pub(crate) fn of(headers: &HeaderMap, sent: &'a [u8]) -> SentForm<'a> {
        // One byte more tells that there is more.
        let unpacked = unpacked_start(headers, sent, UNPACKED_BYTES_MAX as u64 + 1);
        SentForm { sent, unpacked }
    }

    /// Its pairs.
    pub(crate) fn pairs(&self) -> &[u8] {
        self.unpacked.as_deref().unwrap_or(self.sent)
    }

    /// What whoever does not unpack it takes for its pairs, if that is something else.
    pub(crate) fn packed_pairs(&self) -> &[u8] {
        if self.unpacked.is_some() { self.sent } else { &[] }
    }

    /// Whether more is in it than was unpacked.
    pub(crate) fn is_cut(&self) -> bool {
        self.unpacked.as_ref().is_some_and(|unpacked| unpacked.len() > UNPACKED_BYTES_MAX)
    }
}
