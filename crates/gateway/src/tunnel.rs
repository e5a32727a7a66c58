//! What follows a switch of protocols: bytes, both ways.

use crate::exchange::Outcome;
use crate::under_way::UnderWay;
use crate::watcher::Watcher;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional};
use tokio_util::sync::CancellationToken;

/// Joins both sides once they have switched, until both are done or the gateway is cut; then the exchange is over.
pub(crate) async fn join<W: Watcher>(
    client: OnUpgrade,
    upstream: OnUpgrade,
    cut: CancellationToken,
    mut under_way: UnderWay<W>,
) {
    let Some((client, upstream)) = cut.run_until_cancelled(switched(client, upstream)).await.flatten() else {
        // Dropped, it is recorded as one whose client has gone: it was answered, and nobody took it up.
        return;
    };
    let (mut client, mut upstream) = (Counted::new(client), Counted::new(upstream));
    let copied = cut.run_until_cancelled(copy_bidirectional(&mut client, &mut upstream)).await;
    let is_done = matches!(copied, Some(Ok(_)));
    under_way.upload.add_bytes(client.read_bytes);
    under_way.download.bytes = upstream.read_bytes;
    under_way.download.ended = is_done;
    let outcome = if is_done { Outcome::Answered } else { Outcome::ClientGone };
    // The connection is one of its own now, and is not given back.
    under_way.lease = None;
    if under_way.finish(outcome).await.is_err() {
        tracing::warn!("a call that switched protocols could not be recorded");
    }
}

async fn switched(client: OnUpgrade, upstream: OnUpgrade) -> Option<(Upgraded, Upgraded)> {
    Some((client.await.ok()?, upstream.await.ok()?))
}

/// One side, with a count of what it said.
struct Counted {
    stream: TokioIo<Upgraded>,
    read_bytes: u64,
}

impl Counted {
    fn new(upgraded: Upgraded) -> Counted {
        Counted { stream: TokioIo::new(upgraded), read_bytes: 0 }
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.read_bytes += (buffer.filled().len() - before) as u64;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
