//! A reverse proxy as one writes it with hyper: connections are pooled, bodies stream, nothing is looked at.

use http::header::{CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, UPGRADE};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, Request, Response, StatusCode, Uri};
use http_body_util::{Either, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::Service;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

/// How long an unused connection to the upstream is kept.
const IDLE: Duration = Duration::from_secs(60);
/// Headers of one hop.
const HOP: [HeaderName; 6] =
    [CONNECTION, HeaderName::from_static("keep-alive"), PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, UPGRADE];

/// Forwards everything to one upstream.
#[derive(Clone)]
pub(super) struct Proxy {
    client: Client<HttpConnector, Incoming>,
    upstream: Authority,
}

type Forwarded = Response<Either<Incoming, Empty<Bytes>>>;

impl Proxy {
    pub(super) fn new(upstream: SocketAddr) -> Proxy {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        let upstream = upstream.to_string().parse().expect("an address is an authority");
        Proxy { client, upstream }
    }

    fn target(&self, path: Option<&PathAndQuery>) -> Uri {
        let mut target = http::uri::Parts::default();
        target.scheme = Some(Scheme::HTTP);
        target.authority = Some(self.upstream.clone());
        target.path_and_query = Some(path.cloned().unwrap_or_else(|| PathAndQuery::from_static("/")));
        Uri::from_parts(target).expect("scheme, authority and path make a URI")
    }
}

impl Service<Request<Incoming>> for Proxy {
    type Response = Forwarded;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Forwarded, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        *request.uri_mut() = self.target(request.uri().path_and_query());
        remove_hop(request.headers_mut());
        let answer = self.client.request(request);
        Box::pin(async move {
            Ok(match answer.await {
                Ok(mut response) => {
                    remove_hop(response.headers_mut());
                    response.map(Either::Left)
                }
                Err(_) => bad_gateway(),
            })
        })
    }
}

fn remove_hop(headers: &mut HeaderMap) {
    for name in &HOP {
        headers.remove(name);
    }
}

fn bad_gateway() -> Forwarded {
    let mut response = Response::new(Either::Right(Empty::new()));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}
