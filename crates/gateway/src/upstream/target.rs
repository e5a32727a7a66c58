//! What a request's first line and `Host` become.

use super::{HostHeader, Upstream};
use http::header::HOST;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderValue, Uri};

impl Upstream {
    /// A request's target here, the path and query byte for byte behind the prefix; `None` if it has no path, as in a
    /// `CONNECT`. Settles the `Host` header too. What HTTP/1.1 asks for and names in `Host` stays the path alone.
    pub(crate) fn target(&self, uri: &Uri, headers: &mut HeaderMap) -> Option<Uri> {
        let path = self.path(uri)?;
        if uri.authority().is_none() && self.host == HostHeader::Kept && headers.contains_key(HOST) {
            return Some(path.into());
        }
        let authority = self.settle_host(uri, headers);
        self.at(authority, path)
    }

    /// The absolute form of such a target, which HTTP/2 and signatures need; `headers` are those of its request.
    pub(crate) fn absolute(&self, target: Uri, headers: &HeaderMap) -> Option<Uri> {
        if target.authority().is_some() {
            return Some(target);
        }
        let path = target.path_and_query()?.clone();
        self.at(asked(&target, headers).unwrap_or_else(|| self.authority.clone()), path)
    }

    fn at(&self, authority: Authority, path: PathAndQuery) -> Option<Uri> {
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
        let settled = match self.host {
            HostHeader::Kept => asked(uri, headers),
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

/// Whom a client asks for.
fn asked(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    host.and_then(|host| Authority::try_from(host).ok()).or_else(|| uri.authority().cloned())
}

/// What HTTP/1.1 says in its first line of a target: the path and query alone.
pub(crate) fn path_alone(target: &Uri) -> Uri {
    target.path_and_query().cloned().map_or_else(Uri::default, Uri::from)
}
