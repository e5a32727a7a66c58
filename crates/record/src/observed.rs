//! What was seen of a call that went through Cairn to whoever answers it.

use cairn_model::AccountId;
use http::{HeaderMap, Method, StatusCode, Uri};

/// One call as it was seen on its way, and where it belongs.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// The request's method.
    pub method: &'a Method,
    /// Its target; path and query as they were sent.
    pub uri: &'a Uri,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// The `Host` header or what stands for it.
    pub host: &'a str,
    /// Its body, as far as it was kept.
    pub body: Body<'a>,
    /// What came back.
    pub answer: Answer<'a>,
    /// The region that was spoken to.
    pub region: &'a str,
    /// The account in which resources are looked for that are named without one: the caller's.
    pub account: AccountId,
    /// The account of the bucket that the call is about, if it is known.
    pub bucket_owner: Option<AccountId>,
    /// The cipher suite of the caller's connection, if Cairn ended it.
    pub cipher_suite: Option<&'a str>,
    /// Whether somebody verified the request's signature; `None` if it was not signed.
    pub signature_verified: Option<bool>,
}

/// A body, of which only a start may have been kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Body<'a> {
    /// What was kept, from its first byte on.
    pub start: &'a [u8],
    /// Whether that is all of it.
    pub is_whole: bool,
    /// How many bytes passed, kept or not.
    pub bytes: u64,
}

impl<'a> Body<'a> {
    /// A body that was kept whole.
    pub fn whole(bytes: &'a [u8]) -> Body<'a> {
        Body { start: bytes, is_whole: true, bytes: bytes.len() as u64 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.is_whole && self.start.is_empty()
    }
}

/// What came back for a request.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'a> {
    /// The answer of whoever was called.
    Given {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body, as far as it was kept.
        body: Body<'a>,
    },
    /// Cairn answered itself: the request never reached anybody, or the answer to it was lost.
    Own {
        /// The error's code, such as `ServiceUnavailable` or `GatewayTimeout`.
        code: &'a str,
        /// What the caller was told.
        message: &'a str,
    },
}

impl<'a> Answer<'a> {
    pub(crate) fn headers(&self) -> Option<&'a HeaderMap> {
        match self {
            Answer::Given { headers, .. } => Some(headers),
            Answer::Own { .. } => None,
        }
    }

    pub(crate) fn body(&self) -> Body<'a> {
        match self {
            Answer::Given { body, .. } => *body,
            Answer::Own { .. } => Body::whole(&[]),
        }
    }
}

/// The text of a header, if it has one and it is text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
