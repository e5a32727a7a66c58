//! The commands' way to the server: signed HTTP, server and key from the AWS CLI's own variables.

use super::Failure;
use crate::clock;
use bytes::Bytes;
use cairn_wire::sigv4::{Credentials, Request, sign};
use clap::Args;
use http::{Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Where the server is and who is asking.
#[derive(Args, Clone)]
pub(super) struct Connection {
    /// The server
    #[arg(long, env = "AWS_ENDPOINT_URL", default_value = "http://127.0.0.1:4580", hide_env_values = true)]
    endpoint_url: String,
    /// The access key id
    #[arg(long, env = "AWS_ACCESS_KEY_ID", default_value = "", hide_env_values = true)]
    access_key_id: String,
    /// The secret access key; better given by the variable than as a flag
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", default_value = "", hide = true, hide_env_values = true)]
    secret_access_key: String,
    /// The region to sign for
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1", hide = true)]
    sign_region: String,
}

/// A client of one server. Clones share connections.
#[derive(Clone)]
pub(super) struct Client {
    connection: Connection,
    http: HyperClient<HttpConnector, Full<Bytes>>,
}

/// An answer whose status says that it is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// The server is busy, full or gone for the moment.
    #[error("{0}")]
    Retryable(String),
    /// Asking again would not help.
    #[error("{0}")]
    Final(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::failed(refusal)
    }
}

impl Client {
    pub(super) fn new(connection: &Connection) -> Result<Client, Failure> {
        let missing = |variable| {
            Failure::Usage(format!("{variable} is not set; `cairn serve` prints the lines to export"))
        };
        if connection.access_key_id.is_empty() {
            return Err(missing("AWS_ACCESS_KEY_ID"));
        }
        if connection.secret_access_key.is_empty() {
            return Err(missing("AWS_SECRET_ACCESS_KEY"));
        }
        if !connection.endpoint_url.starts_with("http://") {
            let message = "the endpoint must begin with http://; TLS is not built yet";
            return Err(Failure::Usage(message.to_owned()));
        }
        let http = HyperClient::builder(TokioExecutor::new()).build_http();
        Ok(Client { connection: connection.clone(), http })
    }

    /// Sends a request and reads the JSON of its answer.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Result<T, Refusal> {
        let request = self.request(method, path_and_query, headers, body)?;
        let endpoint = &self.connection.endpoint_url;
        let gone = |error: &dyn std::error::Error| {
            let cause = std::iter::successors(Some(error), |error| error.source()).last();
            Refusal::Retryable(format!("{endpoint}: {}", cause.map_or_else(String::new, ToString::to_string)))
        };
        let response = self.http.request(request).await.map_err(|error| gone(&error))?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| gone(&error))?.to_bytes();
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|error| Refusal::Final(format!("{endpoint}: {error}")));
        }
        let answer: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let message = match answer["message"].as_str() {
            Some(message) => format!("{message} ({})", answer["__type"].as_str().unwrap_or("error")),
            None => format!("{endpoint} answered {status}"),
        };
        match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                Err(Refusal::Retryable(message))
            }
            _ => Err(Refusal::Final(message)),
        }
    }

    fn request(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Result<http::Request<Full<Bytes>>, Refusal> {
        let wrong = |error: &dyn std::fmt::Display| {
            Refusal::Final(format!("{}: {error}", self.connection.endpoint_url))
        };
        let uri: http::Uri =
            format!("{}{path_and_query}", self.connection.endpoint_url.trim_end_matches('/'))
                .parse()
                .map_err(|error: http::uri::InvalidUri| wrong(&error))?;
        let host = uri.authority().map_or("", http::uri::Authority::as_str).to_owned();
        let mut builder = http::Request::builder().method(method).uri(uri).header("host", host);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let (mut parts, ()) = builder.body(()).map_err(|error| wrong(&error))?.into_parts();
        let credentials = Credentials {
            access_key_id: &self.connection.access_key_id,
            secret_access_key: &self.connection.secret_access_key,
            session_token: None,
        };
        let now = clock::jiff(clock::now());
        let signed =
            sign(&Request::of(&parts), &body, &credentials, &self.connection.sign_region, "cairn", now)
                .map_err(|error| wrong(&error))?;
        parts.headers.extend(signed);
        Ok(http::Request::from_parts(parts, Full::new(body)))
    }
}
