//! New connections.

use super::{NotAnUpstream, Protocol, Trust, UpstreamOptions};
use crate::upload::Upload;
use http::Uri;
use http::uri::Scheme;
use hyper::client::conn::{http1, http2};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_service::Service;

/// What one connection reads at once at most, and about what it keeps of a request that waits for the upstream.
const BUFFER_BYTES: usize = 64 << 10;
/// The same of a wide connection with HTTP/1.1. In pieces of that size a large body costs two thirds of the CPU time that
/// it does in the others, but many such connections would cost memory.
const WIDE_BUFFER_BYTES: usize = 512 << 10;
/// Wide connections at once to one upstream: the first, and those that come when one of these has gone.
const WIDE_MAX: usize = 32;
/// What an HTTP/2 upstream may send ahead of being asked: by stream and by connection.
const STREAM_WINDOW_BYTES: u32 = 256 << 10;
const CONNECTION_WINDOW_BYTES: u32 = 4 << 20;
/// How long a connection is silent until its other end is asked whether it is still there. Only so is a dead
/// upstream told from a watch without news.
const PROBE_AFTER: Duration = Duration::from_secs(60);
const PROBE_EVERY: Duration = Duration::from_secs(15);
const PROBES: u32 = 4;

/// A connection that is ready for a first request.
pub(super) enum Opened {
    Http1(http1::SendRequest<Upload>),
    Http2(http2::SendRequest<Upload>),
}

/// Opens connections to one upstream.
pub(super) struct Connector {
    tcp_or_tls: HttpsConnector<HttpConnector>,
    /// Without a path.
    uri: Uri,
    protocol: Protocol,
    narrow: http1::Builder,
    wide: http1::Builder,
    wide_left: Arc<Semaphore>,
    http2: http2::Builder<TokioExecutor>,
}

impl Connector {
    pub(super) fn new(uri: Uri, options: &UpstreamOptions) -> Result<Connector, NotAnUpstream> {
        let mut roots = RootCertStore::empty();
        if uri.scheme() == Some(&Scheme::HTTPS) {
            roots = trusted(&options.trust)?;
        }
        Ok(Connector {
            tcp_or_tls: tcp_or_tls(roots, options.protocol, options.timeouts.connect),
            uri,
            protocol: options.protocol,
            narrow: http1_builder(BUFFER_BYTES),
            wide: http1_builder(WIDE_BUFFER_BYTES),
            wide_left: Arc::new(Semaphore::new(WIDE_MAX)),
            http2: http2_builder(),
        })
    }

    /// Opens a connection; the error is for people.
    pub(super) async fn open(&self) -> Result<Opened, Arc<str>> {
        let stream = self.tcp_or_tls.clone().call(self.uri.clone()).await.map_err(|error| story(&*error))?;
        let over_http2 = self.protocol == Protocol::Http2 || stream.connected().is_negotiated_h2();
        match over_http2 {
            true => self.open_http2(stream).await,
            false => self.open_http1(stream).await,
        }
        .map_err(|error| story(&error))
    }

    async fn open_http1(&self, stream: MaybeHttpsStream<TokioIo<TcpStream>>) -> hyper::Result<Opened> {
        let (builder, width) = self.next_http1();
        let (sender, connection) = builder.handshake(stream).await?;
        tokio::spawn(async move {
            let _width = width;
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(%error, "a connection to an upstream ended early");
            }
        });
        Ok(Opened::Http1(sender))
    }

    /// What makes the next connection, and the right to a wide one as long as that lasts.
    fn next_http1(&self) -> (&http1::Builder, Option<OwnedSemaphorePermit>) {
        match Arc::clone(&self.wide_left).try_acquire_owned() {
            Ok(permit) => (&self.wide, Some(permit)),
            Err(_) => (&self.narrow, None),
        }
    }

    async fn open_http2(&self, stream: MaybeHttpsStream<TokioIo<TcpStream>>) -> hyper::Result<Opened> {
        let (sender, connection) = self.http2.handshake(stream).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to an upstream ended early");
            }
        });
        Ok(Opened::Http2(sender))
    }
}

fn http1_builder(buffer_bytes: usize) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(buffer_bytes).max_header_size(BUFFER_BYTES).preserve_header_case(true);
    builder
}

fn http2_builder() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(BUFFER_BYTES)
        .max_header_list_size(BUFFER_BYTES as u32)
        .keep_alive_interval(PROBE_AFTER)
        .keep_alive_timeout(PROBE_EVERY * PROBES);
    builder
}

fn tcp_or_tls(roots: RootCertStore, protocol: Protocol, within: Duration) -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(within));
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(PROBE_AFTER));
    tcp.set_keepalive_interval(Some(PROBE_EVERY));
    tcp.set_keepalive_retries(Some(PROBES));
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("aws-lc-rs knows TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
    match protocol {
        Protocol::Negotiated => builder.enable_all_versions().wrap_connector(tcp),
        Protocol::Http1 => builder.enable_http1().wrap_connector(tcp),
        Protocol::Http2 => builder.enable_http2().wrap_connector(tcp),
    }
}

fn trusted(trust: &Trust) -> Result<RootCertStore, NotAnUpstream> {
    let mut roots = RootCertStore::empty();
    match trust {
        Trust::Machine => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() { Err(NotAnUpstream::NoAuthorities) } else { Ok(roots) }
        }
        Trust::Authorities(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|_| NotAnUpstream::Authorities)?;
                roots.add(certificate).map_err(|_| NotAnUpstream::Authorities)?;
            }
            if roots.is_empty() { Err(NotAnUpstream::Authorities) } else { Ok(roots) }
        }
    }
}

/// An error with its causes: the outermost of hyper's says nothing.
pub(crate) fn story(error: &dyn Error) -> Arc<str> {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.into()
}

#[cfg(test)]
mod tests;
