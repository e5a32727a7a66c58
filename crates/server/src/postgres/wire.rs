//! A connection from its first byte to its last.

use super::Shared;
use super::bounded::Bounded;
use super::faults::fatal;
use super::session::Session;
use crate::listener::{Patience, STALL_TIMEOUT, Tls, TlsSession};
use futures::StreamExt;
use pgwire::api::{DefaultClient, NoopHandler, PgWireConnectionState};
use pgwire::messages::PgWireFrontendMessage;
use pgwire::tokio::server::{PgWireMessageServerCodec, process_error, process_message};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio_util::codec::Framed;

/// How long a client may take to say who it is, and prove it.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may ask nothing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// How often a connection whose statement runs is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Requests that stand in place of a first message (PostgreSQL's manual, 55.7).
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
const GSS_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 48];

/// What is under the protocol.
trait Socket: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Socket for S {}

type Wire = Framed<Bounded<Box<dyn Socket>>, PgWireMessageServerCodec<super::session::Prepared>>;

/// Talks until the client leaves, or has to.
pub(super) async fn talk(
    shared: &Arc<Shared>,
    stream: TcpStream,
    peer: SocketAddr,
    has_room: bool,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let watched = TcpStream::from_std(stream.try_clone()?)?;
    let stream = TcpStream::from_std(stream)?;
    let negotiated = tokio::time::timeout(LOGIN_TIMEOUT, negotiate(stream, shared.tls.as_deref())).await;
    let (socket, tls) = negotiated.map_err(|_| io::ErrorKind::TimedOut)??;
    let mut client = DefaultClient::new(peer, tls.is_some());
    client.state = PgWireConnectionState::AwaitingStartup;
    let mut wire = Framed::new(Bounded::new(socket), PgWireMessageServerCodec::new(client));
    let session = Session::new(shared, tls, peer.ip().to_canonical(), has_room);
    tokio::select! {
        ended = converse(shared, &mut wire, &session) => ended,
        () = hung_up(&watched) => Ok(()),
    }
}

/// Agrees on TLS, if the client asks for it and there is a certificate.
async fn negotiate(
    mut stream: TcpStream,
    tls: Option<&Tls>,
) -> io::Result<(Box<dyn Socket>, Option<TlsSession>)> {
    loop {
        let mut first = [0; 8];
        peek_all(&stream, &mut first).await?;
        match (first, tls) {
            (TLS_REQUEST, Some(tls)) => {
                stream.read_exact(&mut first).await?;
                stream.write_all(b"S").await?;
                let (stream, session) = tls.accept_postgres(stream).await?;
                return Ok((Box::new(stream), Some(session)));
            }
            (TLS_REQUEST | GSS_REQUEST, _) => {
                stream.read_exact(&mut first).await?;
                stream.write_all(b"N").await?;
            }
            _ => return Ok((Box::new(Patience::new(stream, STALL_TIMEOUT)), None)),
        }
    }
}

/// Waits for as many bytes as there is room for, and leaves them there.
async fn peek_all(stream: &TcpStream, bytes: &mut [u8]) -> io::Result<()> {
    loop {
        match stream.peek(bytes).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            peeked if peeked == bytes.len() => return Ok(()),
            _ => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

async fn converse(shared: &Shared, wire: &mut Wire, session: &Arc<Session>) -> io::Result<()> {
    loop {
        let is_known = session.is_known();
        if is_known {
            wire.get_mut().trust();
        }
        let patience = if is_known { IDLE_TIMEOUT } else { LOGIN_TIMEOUT };
        let message = tokio::select! {
            () = shared.stop.cancelled() => return stopping(wire).await,
            message = tokio::time::timeout(patience, wire.next()) => message,
        };
        let message = match message {
            Ok(Some(Ok(PgWireFrontendMessage::Terminate(_))) | None) => return Ok(()),
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => return Err(error.into()),
            Err(_elapsed) => {
                let idle = fatal("57P05", "terminating connection due to idle-session timeout");
                return process_error(wire, idle, true).await;
            }
        };
        let is_extended = message.is_extended_query();
        let is_cancel = matches!(message, PgWireFrontendMessage::CancelRequest(_));
        let none = Arc::new(NoopHandler);
        let [one, two, three, four] = std::array::from_fn(|_| Arc::clone(session));
        let done = tokio::select! {
            () = shared.stop.cancelled() => return stopping(wire).await,
            done = process_message(message, wire, one, two, three, none, four) => done,
        };
        if let Err(error) = done {
            let is_last = error.is_fatal() || !session.is_known();
            process_error(wire, error, is_extended || is_last).await?;
            if is_last {
                return Ok(());
            }
        }
        if is_cancel {
            return Ok(());
        }
    }
}

async fn stopping(wire: &mut Wire) -> io::Result<()> {
    let stopping = fatal("57P01", "terminating connection due to administrator command");
    process_error(wire, stopping, true).await
}

/// Waits until the client has closed its side: a statement that nobody waits for is cancelled.
async fn hung_up(stream: &TcpStream) {
    loop {
        match stream.ready(Interest::READABLE).await {
            Ok(ready) if !ready.is_read_closed() => tokio::time::sleep(LOOK_EVERY).await,
            _ => {
                // What it sent before it left is still read, and a last answer may be on its way.
                tokio::time::sleep(LOOK_EVERY).await;
                return;
            }
        }
    }
}
