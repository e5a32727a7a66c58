//! Who signs requests.

use crate::clock;
use crate::content::Content;
use crate::error::BenchError;
use cairn_wire::sigv4::{Credentials, Request, sign};

/// The home region; look-ups ask for its events.
pub(crate) const REGION: &str = "us-east-1";

/// The operator, whose key the server is started with.
pub(crate) const OPERATOR: Credentials<'static> = Credentials {
    access_key_id: "AKIACAIRNBENCHMARK00",
    secret_access_key: "for-benchmarks-on-loopback-only",
    session_token: None,
};

/// Somebody whose key only the upstream might know.
pub(crate) const STRANGER: Credentials<'static> = Credentials {
    access_key_id: "AKIASTRANGERTOCAIRN0",
    secret_access_key: "nobody-checks-what-this-signs",
    session_token: None,
};

/// Signs a request whose body is `body`.
pub(crate) fn signed(
    request: http::Request<Content>,
    body: &[u8],
    credentials: &Credentials<'_>,
    service: &str,
) -> Result<http::Request<Content>, BenchError> {
    let (mut parts, content) = request.into_parts();
    let headers = sign(&Request::of(&parts), body, credentials, REGION, service, clock::jiff_now())?;
    parts.headers.extend(headers);
    Ok(http::Request::from_parts(parts, content))
}
