//! What a request's first line and `Host` become.

use super::{HostHeader, Upstream};
use http::header::HOST;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderValue, Uri};

impl Upstream {
    /// The absolute form of a request's target here, the path and query byte for byte behind the prefix; `None` if
    /// it has no path, as in a `CONNECT`. Settles the `Host` header too.
    pub(crate) fn target(&self, uri: &Uri, headers: &mut HeaderMap) -> Option<Uri> {
        let path = self.path(uri)?;
        let authority = self.settle_host(uri, headers);
        let absolute = Uri::builder().scheme(self.scheme.clone()).authority(authority).path_and_query(path);
        absolute.build().ok()
    }

    fn path(&self, uri: &Uri) -> Option<PathAndQuery> {
        let path = uri.path_and_query()?;
        match self.prefix.as_str() {
            "" => Some(path.clone()),
            prefix => PathAndQuery::try_from(format!("{prefix}{path}")).ok(),
        }
    }

    /// Makes sure of a `Host` header, which HTTP/2 clients put into the request line and those of HTTP/1.0 leave
    /// out, and returns what it says.
    fn settle_host(&self, uri: &Uri, headers: &mut HeaderMap) -> Authority {
        let asked = || {
            let host = headers.get(HOST).map(HeaderValue::as_bytes);
            host.and_then(|host| Authority::try_from(host).ok()).or_else(|| uri.authority().cloned())
        };
        let settled = match self.host {
            HostHeader::Kept => asked(),
            HostHeader::Upstream => None,
        };
        let authority = settled.unwrap_or_else(|| self.authority.clone());
        if self.host == HostHeader::Upstream || !headers.contains_key(HOST) {
            let value = HeaderValue::from_str(authority.as_str()).expect("an authority is ASCII");
            headers.insert(HOST, value);
        }
        authority
    }
}

/// What HTTP/1.1 says in its first line of a target: the path and query alone.
pub(super) fn path_alone(target: &Uri) -> Uri {
    target.path_and_query().cloned().map_or_else(Uri::default, Uri::from)
}
