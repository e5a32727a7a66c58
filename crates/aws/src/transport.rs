//! Connections: HTTP and TLS.

use crate::error::AwsError;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a connection is kept that nobody uses. Shorter than the 20 s after which load balancers drop them.
const IDLE: Duration = Duration::from_secs(15);

/// What every service is asked through. Clones share their connections.
#[derive(Clone)]
pub struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Transport {
    /// Trusts the machine's certificate authorities, or those of the file that `SSL_CERT_FILE` names. Needs a
    /// Tokio runtime once it is used.
    pub fn new() -> Transport {
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .build(connector());
        Transport { client }
    }

    /// Sends one request and waits for the head of its answer.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        within: Duration,
    ) -> Result<Response<Incoming>, AwsError> {
        let authority = authority(&request);
        match tokio::time::timeout(within, self.client.request(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(AwsError::NoAnswer { authority, why: whole_story(&error) }),
            Err(_elapsed) => Err(AwsError::Timeout { authority }),
        }
    }
}

impl Default for Transport {
    fn default() -> Transport {
        Transport::new()
    }
}

/// Connects with and without TLS, over HTTP/1.1. Certificates are checked against the machine's authorities.
pub fn connector() -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(CONNECT));
    tcp.set_nodelay(true);
    let provider = Arc::new(aws_lc_rs::default_provider());
    match HttpsConnectorBuilder::new().with_provider_and_native_roots(Arc::clone(&provider)) {
        Ok(builder) => builder.https_or_http().enable_http1().wrap_connector(tcp),
        Err(error) => {
            tracing::warn!(%error, "no certificate authorities: https endpoints will not be trusted");
            let config = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .expect("aws-lc-rs knows TLS 1.2 and 1.3")
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth();
            let builder = HttpsConnectorBuilder::new().with_tls_config(config);
            builder.https_or_http().enable_http1().wrap_connector(tcp)
        }
    }
}

pub(crate) fn authority<B>(request: &Request<B>) -> String {
    request.uri().authority().map(ToString::to_string).unwrap_or_default()
}

/// An error with its causes: hyper's own text says nothing.
pub(crate) fn whole_story(error: &dyn Error) -> Arc<str> {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.into()
}
