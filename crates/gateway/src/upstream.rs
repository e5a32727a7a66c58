//! Where calls are forwarded to.

mod connect;
mod pool;
mod target;

pub(crate) use connect::story;
pub(crate) use pool::{Connected, Lease};
pub(crate) use target::path_alone;

use crate::resign::Resign;
use http::Uri;
use http::uri::{Authority, Scheme};
use pool::Pool;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// One upstream: its address, its rules, and the connections to it.
pub struct Upstream {
    scheme: Scheme,
    authority: Authority,
    /// What stands before each path: empty, or beginning and not ending with a slash.
    prefix: String,
    host: HostHeader,
    pub(crate) timeouts: Timeouts,
    pub(crate) resign: Option<Arc<dyn Resign>>,
    pub(crate) pool: Pool,
}

/// How an upstream is spoken to.
#[derive(Clone)]
pub struct UpstreamOptions {
    /// What becomes of the `Host` header.
    pub host: HostHeader,
    /// The versions of HTTP.
    pub protocol: Protocol,
    /// Whose certificates are believed, with `https`.
    pub trust: Trust,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// Requests under way at once; with HTTP/1.1 that many connections. At least 1.
    pub under_way_max: usize,
    /// Requests that may wait, for at most the `connect` timeout, for one of those to end.
    pub waiting_max: usize,
    /// Who signs the requests anew, if anybody does.
    pub resign: Option<Arc<dyn Resign>>,
}

impl Default for UpstreamOptions {
    fn default() -> UpstreamOptions {
        UpstreamOptions {
            host: HostHeader::Kept,
            protocol: Protocol::Negotiated,
            trust: Trust::Machine,
            timeouts: Timeouts::default(),
            under_way_max: 1024,
            waiting_max: 1024,
            resign: None,
        }
    }
}

/// What becomes of the `Host` header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostHeader {
    /// It stays as the client sent it, or its signature would not hold.
    #[default]
    Kept,
    /// It becomes the upstream's.
    Upstream,
}

/// The versions of HTTP that an upstream is spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1, or over TLS whichever of it and HTTP/2 the upstream prefers.
    #[default]
    Negotiated,
    /// HTTP/1.1.
    Http1,
    /// HTTP/2, without asking first (`h2c`, as gRPC without TLS), or agreed over TLS.
    Http2,
}

/// Whose certificates are believed.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// Those of the machine's authorities, or of the file that `SSL_CERT_FILE` names.
    #[default]
    Machine,
    /// Those of the authorities in this PEM text, and no others.
    Authorities(Arc<[u8]>),
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until there is a connection, with TLS and with waiting for others to end.
    pub connect: Duration,
    /// From the end of the request to the head of its answer. AWS Lambda takes up to 15 minutes.
    pub answer: Duration,
    /// How long no byte of a request's body may move. Bodies of answers have no limit: a watch is silent for hours.
    pub stalled: Duration,
    /// How long an unused connection is kept. Shorter than common servers do, or requests meet closing connections.
    pub unused: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(15 * 60),
            stalled: Duration::from_secs(5 * 60),
            unused: Duration::from_secs(4),
        }
    }
}

/// Why something is no upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnUpstream {
    /// It is no URL of a server.
    #[error("it has to be a URL such as http://127.0.0.1:5000 or https://host/prefix")]
    Url,
    /// It has a query, which would be lost.
    #[error("it must have no query")]
    Query,
    /// The PEM text of the authorities holds no usable certificate.
    #[error("the file of authorities holds no usable certificate")]
    Authorities,
    /// The machine has no certificate authorities.
    #[error("the machine has no certificate authorities to check https with")]
    NoAuthorities,
}

impl Upstream {
    /// The upstream at an `http` or `https` URL, which may end in a path that is put before that of each request.
    /// No connection is made yet.
    pub fn new(url: &str, options: UpstreamOptions) -> Result<Upstream, NotAnUpstream> {
        let parts = url.parse::<Uri>().map_err(|_| NotAnUpstream::Url)?.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(NotAnUpstream::Url);
        };
        // What stands before an @ would be dropped without a word.
        if ![Scheme::HTTP, Scheme::HTTPS].contains(&scheme) || authority.as_str().contains('@') {
            return Err(NotAnUpstream::Url);
        }
        let path = parts.path_and_query;
        if path.as_ref().is_some_and(|path| path.query().is_some()) {
            return Err(NotAnUpstream::Query);
        }
        let prefix = path.map(|path| path.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        let pool = Pool::new(&scheme, &authority, &options)?;
        let UpstreamOptions { host, timeouts, resign, .. } = options;
        Ok(Upstream { scheme, authority, prefix, host, timeouts, resign, pool })
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Upstream({}://{}{})", self.scheme, self.authority, self.prefix)
    }
}
