//! One attempt to post a batch.

use super::{StartError, checked};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Longer answers are not read. One that lists every event of a batch is shorter.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Posts batches to one server.
#[derive(Debug)]
pub(super) struct Poster {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    target: Uri,
    authorization: HeaderValue,
    attempt_max: Duration,
}

/// Why a batch is not known to be on disk.
#[derive(Debug, thiserror::Error)]
pub(super) enum PostError {
    #[error("the server did not answer in time")]
    TimedOut,
    #[error("the server cannot be reached")]
    Unreachable(#[from] hyper_util::client::legacy::Error),
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the server's answer cannot be read")]
    Answer,
}

/// The answer of `/_cairn/events`.
#[derive(Debug, Deserialize)]
pub(super) struct Receipt {
    pub(super) refused: Vec<Refused>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Refused {
    /// From 1.
    pub(super) line: usize,
}

impl Poster {
    pub(super) fn new(endpoint: &str, token: &str, attempt_max: Duration) -> Result<Poster, StartError> {
        let base = checked(endpoint)?;
        let path = format!("{}/_cairn/events?format=ndjson", base.path().trim_end_matches('/'));
        let mut parts = base.into_parts();
        parts.path_and_query = Some(path.parse().map_err(|_| StartError::Endpoint(endpoint.to_owned()))?);
        let target = Uri::from_parts(parts).map_err(|_| StartError::Endpoint(endpoint.to_owned()))?;
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| StartError::Token)?;
        authorization.set_sensitive(true);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).timer(TokioTimer::new());
        Ok(Poster { client: client.build(connector(&target)?), target, authorization, attempt_max })
    }

    /// Posts lines of JSON; when it returns a receipt, all that it does not refuse is on the server's disk.
    pub(super) async fn post(&self, body: Bytes) -> Result<Receipt, PostError> {
        let attempt = tokio::time::timeout(self.attempt_max, self.attempt(body));
        attempt.await.map_err(|_| PostError::TimedOut)?
    }

    async fn attempt(&self, body: Bytes) -> Result<Receipt, PostError> {
        let mut request = Request::post(self.target.clone())
            .header(CONTENT_TYPE, "application/x-ndjson")
            .body(Full::new(body))
            .expect("method, URI and header are well formed");
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        let response = self.client.request(request).await?;
        let status = response.status();
        let answer = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        let answer = answer.map_err(|_| PostError::Answer)?.to_bytes();
        if status != StatusCode::OK {
            return Err(PostError::Status(status));
        }
        serde_json::from_slice(&answer).map_err(|_| PostError::Answer)
    }
}

/// Certificates are needed only where TLS is spoken.
fn connector(target: &Uri) -> Result<HttpsConnector<HttpConnector>, StartError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = HttpsConnectorBuilder::new();
    if target.scheme_str() == Some("https") {
        let builder = builder.with_provider_and_native_roots(provider).map_err(StartError::Certificates)?;
        return Ok(builder.https_only().enable_http1().build());
    }
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("aws-lc-rs knows TLS 1.2 and 1.3")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(builder.with_tls_config(config).https_or_http().enable_http1().build())
}
