//! One request and its answer: signed, sent, tried again where that may help.

use crate::credentials::Credentials;
use crate::error::{AwsError, Refusal};
use crate::refusal;
use crate::sign::{Payload, Scope, sign_request};
use crate::transport::Transport;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use std::time::{Duration, SystemTime};

/// Asks the machine for the time.
pub type Clock = fn() -> SystemTime;

/// Tries of one request. Callers with more patience have their own.
const TRIES: u32 = 3;
/// The wait before the second try, at most; doubled by each further one.
const PAUSE: Duration = Duration::from_millis(200);
/// What is read of an answer that is taken whole. A list of a thousand keys of 1,024 bytes, escaped, has 4 MB.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// How services are asked. Clones share connections and keys.
#[derive(Clone)]
pub struct Caller {
    pub(crate) transport: Transport,
    pub(crate) credentials: Credentials,
    pub(crate) clock: Clock,
}

/// A request before it is signed. The same one can be sent again.
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    /// The absolute URL, percent-encoded.
    pub(crate) url: String,
    pub(crate) headers: &'a [(HeaderName, String)],
    pub(crate) body: Bytes,
    /// Lower-case hex SHA-256 of the body, if it is known.
    pub(crate) sha256: Option<&'a str>,
    pub(crate) scope: Scope<'a>,
    /// How long until the head of the answer has come.
    pub(crate) within: Duration,
}

impl Caller {
    /// Requests go through `transport`, signed with `credentials` at the time that `clock` tells.
    pub fn new(transport: Transport, credentials: Credentials, clock: Clock) -> Caller {
        Caller { transport, credentials, clock }
    }

    /// Sends until the service takes it, or until trying again does not help. An answer is a success: anything else is
    /// [`AwsError::Refused`]. Only for requests that may be carried out twice.
    pub(crate) async fn send(&self, ask: &Ask<'_>) -> Result<Response<Incoming>, AwsError> {
        let mut tries = 0;
        loop {
            let error = match self.send_once(ask).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            tries += 1;
            let expired =
                matches!(error.code(), "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired");
            if expired {
                self.credentials.forget();
            }
            if tries == TRIES || !(expired || error.may_pass()) {
                return Err(error);
            }
            tokio::time::sleep(pause(tries)).await;
        }
    }

    async fn send_once(&self, ask: &Ask<'_>) -> Result<Response<Incoming>, AwsError> {
        let now = (self.clock)();
        let keys = self.credentials.current(now).await?;
        let (mut parts, authority) = parts(ask)?;
        let cannot = |_| AwsError::Unwritable { authority: authority.clone() };
        if let Some(keys) = &keys {
            let payload = ask.sha256.map_or(Payload::Bytes(&ask.body), Payload::Sha256);
            sign_request(&mut parts, payload, keys, ask.scope, now).map_err(cannot)?;
        }
        let request = Request::from_parts(parts, Full::new(ask.body.clone()));
        let response = self.transport.send(request, ask.within).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(AwsError::Refused(refused(response, ask.within).await))
    }

    /// The whole answer.
    pub(crate) async fn call(&self, ask: &Ask<'_>) -> Result<Bytes, AwsError> {
        let response = self.send(ask).await?;
        whole(response, &authority_of(&ask.url), ask.within).await
    }
}

/// Reads all of an answer whose kind has a bound.
pub(crate) async fn whole(
    response: Response<Incoming>,
    authority: &str,
    within: Duration,
) -> Result<Bytes, AwsError> {
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX);
    let authority = authority.to_owned();
    match tokio::time::timeout(within, body.collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) => Err(AwsError::NoAnswer { authority, why: error.to_string().into() }),
        Err(_elapsed) => Err(AwsError::Timeout { authority }),
    }
}

/// A random part of a wait that doubles: many clients that failed together do not come back together.
pub(crate) fn pause(tries: u32) -> Duration {
    let longest = PAUSE * (1 << tries.min(5));
    longest.mul_f64(rand::random_range(0.5..1.0))
}

pub(crate) fn authority_of(url: &str) -> String {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.split(['/', '?']).next().unwrap_or_default().to_owned()
}

fn parts(ask: &Ask<'_>) -> Result<(http::request::Parts, String), AwsError> {
    let authority = authority_of(&ask.url);
    let unwritable = || AwsError::Unwritable { authority: authority.clone() };
    let request = Request::builder().method(ask.method.clone()).uri(&ask.url).body(());
    let (mut parts, ()) = request.map_err(|_| unwritable())?.into_parts();
    for (name, value) in ask.headers {
        parts.headers.insert(name.clone(), HeaderValue::from_str(value).map_err(|_| unwritable())?);
    }
    Ok((parts, authority))
}

/// Reads what a service says when it refuses. What comes too late or is too much is not waited for: the status says
/// enough.
async fn refused(response: Response<Incoming>, within: Duration) -> Refusal {
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, refusal::BYTES_MAX).collect();
    let body = match tokio::time::timeout(within, body).await {
        Ok(Ok(whole)) => whole.to_bytes(),
        Ok(Err(_)) | Err(_) => Bytes::new(),
    };
    refusal::read(parts.status, &parts.headers, &body)
}
