//! How much a connection may buffer.
//!
//! A body that passes in pieces of 64 KiB costs half as much CPU time again as one in pieces of half a megabyte: each
//! piece wakes whoever is on the other end. Many connections with large pieces would cost memory, above all when their
//! other ends stand still. So the first few get them, and those that come when one of these has gone.

use super::{HEAD_BYTES_MAX, HEAD_TIMEOUT, STREAMS_MAX};
use http::Request;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What connections buffer.
struct Buffers {
    /// Of HTTP/1.1: what is read at once at most, and about what is kept of an answer that waits for its client.
    http1_bytes: usize,
    /// Of HTTP/2: what a client may send of one body before it is asked for.
    stream_bytes: u32,
    /// The same of all its bodies together.
    connection_bytes: u32,
}

const NARROW: Buffers =
    Buffers { http1_bytes: 64 << 10, stream_bytes: 256 << 10, connection_bytes: 256 << 10 };
const WIDE: Buffers = Buffers { http1_bytes: 512 << 10, stream_bytes: 1 << 20, connection_bytes: 2 << 20 };
/// Wide connections at once.
const WIDE_MAX: usize = 32;
/// What is kept of one answer over HTTP/2 that waits for its client. A connection has many.
const STREAM_SEND_BYTES: usize = 64 << 10;

/// Makes connections that speak HTTP/1.1 and HTTP/2, whichever a client begins with.
pub(super) struct Builders {
    narrow: Builder<TokioExecutor>,
    wide: Builder<TokioExecutor>,
    wide_left: Arc<Semaphore>,
}

/// The right to be a wide connection, to be held as long as that lasts.
pub(super) type Width = Option<OwnedSemaphorePermit>;

impl Builders {
    pub(super) fn new() -> Builders {
        Builders {
            narrow: builder(&NARROW),
            wide: builder(&WIDE),
            wide_left: Arc::new(Semaphore::new(WIDE_MAX)),
        }
    }

    /// What makes the next connection.
    pub(super) fn next(&self) -> (&Builder<TokioExecutor>, Width) {
        match Arc::clone(&self.wide_left).try_acquire_owned() {
            Ok(permit) => (&self.wide, Some(permit)),
            Err(_) => (&self.narrow, None),
        }
    }
}

fn builder(buffers: &Buffers) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let mut http1 = builder.http1();
    http1.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(buffers.http1_bytes);
    let mut http2 = builder.http2();
    http2
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEAD_BYTES_MAX)
        .max_send_buf_size(STREAM_SEND_BYTES)
        .initial_stream_window_size(buffers.stream_bytes)
        .initial_connection_window_size(buffers.connection_bytes);
    builder
}

/// Whether a request's head is larger than any may be. Of HTTP/1.1 a connection takes a head that fits into its buffer.
pub(super) fn has_large_head<B>(request: &Request<B>) -> bool {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    target + headers.sum::<usize>() > HEAD_BYTES_MAX as usize
}

#[cfg(test)]
mod tests;
