//! The commands' way to the server: signed HTTP, server and key from the AWS CLI's own variables.

mod connector;
mod refusal;

pub(super) use refusal::Refusal;

use super::Failure;
use crate::clock;
use bytes::{Bytes, BytesMut};
use cairn_wire::sigv4::{Credentials, Request, sign};
use clap::Args;
use connector::Connector;
use http::Method;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

/// The largest answer that is read whole, in bytes.
const ANSWER_BYTES_MAX: usize = 256 << 20;

/// Where CloudTrail's API answers.
const API_PATH: &str = "/";
/// What stands before the name of an operation.
const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";

/// How long the server may be silent.
#[derive(Clone, Copy)]
struct Timeouts {
    /// From the start of a request to the head of its answer.
    answer: Duration,
    /// The same for posts of events, which may be large, and for backups, which begin with a copy.
    long_answer: Duration,
    /// Between two parts of an answer.
    part: Duration,
}

const TIMEOUTS: Timeouts = Timeouts {
    answer: Duration::from_secs(60),
    long_answer: Duration::from_secs(300),
    part: Duration::from_secs(60),
};

impl Timeouts {
    fn of(&self, path_and_query: &str) -> Duration {
        match path_and_query.split('?').next() {
            Some("/_cairn/events" | "/_cairn/backup") => self.long_answer,
            _ => self.answer,
        }
    }
}

/// Where the server is and who is asking.
#[derive(Args, Clone)]
#[command(next_help_heading = "Connection")]
pub(super) struct Connection {
    /// The server [env: AWS_ENDPOINT_URL]
    #[arg(
        long,
        global = true,
        env = "AWS_ENDPOINT_URL",
        default_value = "http://127.0.0.1:4580",
        hide_env = true,
        value_name = "URL"
    )]
    endpoint_url: String,
    /// The access key id [env: AWS_ACCESS_KEY_ID]
    #[arg(long, global = true, env = "AWS_ACCESS_KEY_ID", hide_env = true, value_name = "ID")]
    access_key_id: Option<String>,
    /// The secret access key; better given by the variable than as a flag
    #[arg(long, global = true, env = "AWS_SECRET_ACCESS_KEY", hide = true, hide_env_values = true)]
    secret_access_key: Option<String>,
    /// The session token of temporary credentials; better given by the variable than as a flag
    #[arg(long, global = true, env = "AWS_SESSION_TOKEN", hide = true, hide_env_values = true)]
    session_token: Option<String>,
    /// The region to sign for
    #[arg(long, global = true, env = "AWS_REGION", hide = true)]
    sign_region: Option<String>,
    /// PEM file of the authorities to trust instead of the system's [env: AWS_CA_BUNDLE]
    #[arg(long, global = true, env = "AWS_CA_BUNDLE", hide_env = true, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,
}

/// Whom requests are signed as. A variable that is set to nothing counts as not set.
#[derive(Clone)]
struct Signer {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    region: String,
}

/// A client of one server. Clones share connections.
#[derive(Clone)]
pub(super) struct Client {
    endpoint: String,
    signer: Signer,
    http: HyperClient<Connector, Full<Bytes>>,
    timeouts: Timeouts,
}

/// A call of CloudTrail's that was refused.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub(super) struct Refused {
    /// The name of the exception; empty if it did not come so far.
    pub(super) exception: String,
    why: Refusal,
}

impl From<Refusal> for Refused {
    fn from(why: Refusal) -> Refused {
        Refused { exception: String::new(), why }
    }
}

/// An answer whose body has not been read yet.
pub(super) type Answer = http::Response<Incoming>;

impl Client {
    pub(super) fn new(connection: &Connection) -> Result<Client, Failure> {
        let endpoint = connection.endpoint_url.trim_end_matches('/').to_owned();
        let signer = Signer::of(connection)?;
        let connector = connector::connector(&endpoint, connection.ca_bundle.as_deref())?;
        let http = HyperClient::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        Ok(Client { endpoint, signer, http, timeouts: TIMEOUTS })
    }

    /// The server's URL, without a slash at its end.
    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Sends a request and reads the JSON of its answer.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Result<T, Refusal> {
        let answer = self.call_streaming(method, path_and_query, headers, body).await?;
        let body = self.read(answer).await?;
        serde_json::from_slice(&body).map_err(|error| Refusal::Final(format!("{}: {error}", self.endpoint)))
    }

    /// Sends a request and returns its answer as soon as its head is there: for bodies that are long, or
    /// never end.
    pub(super) async fn call_streaming(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Result<Answer, Refusal> {
        let answer = self.send(method, path_and_query, headers, body).await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body = self.read(answer).await?;
        Err(Refusal::answered(&self.endpoint, status, &body))
    }

    /// Calls an operation of CloudTrail's.
    pub(super) async fn cloudtrail(&self, operation: &str, input: &Value) -> Result<Value, Refused> {
        let target = format!("{TARGET}.{operation}");
        let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
        let answer = self.send(Method::POST, API_PATH, &headers, Bytes::from(input.to_string())).await?;
        let status = answer.status();
        let body = self.read(answer).await?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        match status.is_success() {
            true => Ok(value),
            false => Err(Refused {
                exception: value["__type"].as_str().unwrap_or_default().to_owned(),
                why: Refusal::answered(&self.endpoint, status, &body),
            }),
        }
    }

    /// Sends a request and returns the head of its answer, whatever it says.
    async fn send(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Result<Answer, Refusal> {
        let request = self.request(method, path_and_query, headers, body)?;
        let patience = self.timeouts.of(path_and_query);
        let answer = tokio::time::timeout(patience, self.http.request(request)).await;
        let answer = answer.map_err(|_| self.silent(patience))?;
        answer.map_err(|error| Refusal::unreachable(&self.endpoint, &error))
    }

    /// Reads the body of an answer whole.
    async fn read(&self, answer: Answer) -> Result<Bytes, Refusal> {
        let mut body = answer.into_body();
        let mut whole = BytesMut::new();
        while let Some(part) = self.part(&mut body).await? {
            if whole.len() + part.len() > ANSWER_BYTES_MAX {
                return Err(Refusal::Final(format!("{}: the answer is too large", self.endpoint)));
            }
            whole.extend_from_slice(&part);
        }
        Ok(whole.freeze())
    }

    /// The next part of an answer's body; `None` at its end.
    pub(super) async fn part(&self, body: &mut Incoming) -> Result<Option<Bytes>, Refusal> {
        let patience = self.timeouts.part;
        loop {
            let frame = tokio::time::timeout(patience, body.frame()).await;
            let Some(frame) = frame.map_err(|_| self.silent(patience))? else { return Ok(None) };
            let frame = frame.map_err(|error| Refusal::unreachable(&self.endpoint, &error))?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
    }

    fn silent(&self, patience: Duration) -> Refusal {
        Refusal::Retryable(format!("{}: no answer for {patience:?}", self.endpoint))
    }

    fn request(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Result<http::Request<Full<Bytes>>, Refusal> {
        let wrong = |error: &dyn std::fmt::Display| Refusal::Final(format!("{}: {error}", self.endpoint));
        let uri: http::Uri = format!("{}{path_and_query}", self.endpoint)
            .parse()
            .map_err(|error: http::uri::InvalidUri| wrong(&error))?;
        let host = uri.authority().map_or("", http::uri::Authority::as_str).to_owned();
        let mut builder = http::Request::builder().method(method).uri(uri).header("host", host);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let (mut parts, ()) = builder.body(()).map_err(|error| wrong(&error))?.into_parts();
        let now = clock::jiff(clock::now());
        let credentials = self.signer.credentials();
        let service = if path_and_query == API_PATH { "cloudtrail" } else { "cairn" };
        let signed = sign(&Request::of(&parts), &body, &credentials, &self.signer.region, service, now);
        parts.headers.extend(signed.map_err(|error| wrong(&error))?);
        Ok(http::Request::from_parts(parts, Full::new(body)))
    }
}

impl Signer {
    fn of(connection: &Connection) -> Result<Signer, Failure> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        let needed = |value, variable| {
            given(value).ok_or_else(|| {
                Failure::Usage(format!("{variable} is not set; `cairn serve` prints the lines to export"))
            })
        };
        Ok(Signer {
            access_key_id: needed(&connection.access_key_id, "AWS_ACCESS_KEY_ID")?,
            secret_access_key: needed(&connection.secret_access_key, "AWS_SECRET_ACCESS_KEY")?,
            session_token: given(&connection.session_token),
            region: given(&connection.sign_region)
                .or_else(|| given(&std::env::var("AWS_DEFAULT_REGION").ok()))
                .unwrap_or_else(|| "us-east-1".to_owned()),
        })
    }

    fn credentials(&self) -> Credentials<'_> {
        Credentials {
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
            session_token: self.session_token.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests;
