//! A body that is held against the hash that was signed for it.

use aws_lc_rs::digest::{Context as Digest, SHA256};
use bytes::Bytes;
use cairn_bucket::BoxError;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

/// A body that passes on what it gets, its last part only once the whole is known to be what was signed. Else it fails,
/// and whoever it is sent to never gets it whole.
pub(crate) struct Hashed<B> {
    body: B,
    signed: [u8; 32],
    digest: Option<Digest>,
    /// Not passed on yet: it may be the last.
    held: Option<Bytes>,
    /// Trailers, which wait for what is held.
    trailers: Option<Frame<Bytes>>,
    mismatch: Mismatch,
}

/// Told when a body is not what was signed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mismatch(Arc<AtomicBool>);

impl Mismatch {
    /// Whether the body turned out to be another than was signed.
    pub(crate) fn is_found(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The body is not the one whose hash was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is not the one that was signed")]
pub(crate) struct NotSigned;

impl<B> Hashed<B> {
    /// `signed` is the SHA-256 that the body must have.
    pub(crate) fn new(body: B, signed: [u8; 32], mismatch: Mismatch) -> Hashed<B> {
        Hashed { body, signed, digest: Some(Digest::new(&SHA256)), held: None, trailers: None, mismatch }
    }

    /// The body has ended: `false` if it is not what was signed. Asked again, it is.
    fn holds(&mut self) -> bool {
        let Some(digest) = self.digest.take() else { return true };
        let holds = digest.finish().as_ref() == self.signed;
        if !holds {
            self.held = None;
            self.mismatch.0.store(true, Ordering::Release);
        }
        holds
    }
}

impl<B> Body for Hashed<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.digest.is_none() {
            return Poll::Ready(self.trailers.take().map(Ok));
        }
        loop {
            let ended = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => None,
                Some(Ok(frame)) => match frame.into_data() {
                    Err(trailers) => Some(trailers),
                    // HTTP/2 ends with such a one: what is held is the last part all the same.
                    Ok(data) if data.is_empty() => continue,
                    Ok(data) => {
                        if let Some(digest) = &mut self.digest {
                            digest.update(&data);
                        }
                        match self.held.replace(data) {
                            Some(before) => return Poll::Ready(Some(Ok(Frame::data(before)))),
                            None => continue,
                        }
                    }
                },
            };
            if !self.holds() {
                return Poll::Ready(Some(Err(NotSigned.into())));
            }
            self.trailers = ended;
            let last = self.held.take().map(Frame::data).or_else(|| self.trailers.take());
            return Poll::Ready(last.map(Ok));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.digest.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.held.as_ref().map_or(0, Bytes::len) as u64;
        let inside = self.body.size_hint();
        let mut hint = SizeHint::new();
        if let Some(upper) = inside.upper() {
            hint.set_upper(upper + held);
        }
        hint.set_lower(inside.lower() + held);
        hint
    }
}

#[cfg(test)]
mod tests;
