//! Whether Cairn answers a request itself, or an upstream does.

use super::upstreams::Upstream;
use crate::app::App;
use crate::auth::is_region;
use crate::http::organizations;
use crate::route::{Route, route};
use cairn_wire::sigv4::{Presented, Request};
use http::Method;
use http::request::Parts;
use std::sync::Arc;

/// Who answers a request.
pub(crate) enum Destination {
    /// Cairn.
    Here(Route),
    /// An upstream.
    Upstream(Arc<Upstream>),
    /// Both: a list of the buckets here and there.
    BucketsOfBoth(Arc<Upstream>),
}

/// Where a request goes.
pub(crate) async fn destination(app: &App, parts: &Parts) -> Destination {
    let route = route(parts);
    let upstreams = &app.gateway.upstreams;
    let (host, path) = (host(parts), parts.uri.path());
    if route == Route::Plain
        && let Some(upstream) = upstreams.named_api(host, path)
    {
        return Destination::Upstream(Arc::clone(upstream));
    }
    let region = if upstreams.ask_for_region() { region(parts) } else { None };
    let serving = |service| upstreams.serving(service, region.as_deref()).map(Arc::clone);
    match &route {
        Route::Cairn | Route::Logs | Route::LogsGrpc | Route::CloudTrail | Route::CloudTrailData => {
            Destination::Here(route)
        }
        Route::Service(service) => serving(service).map_or(Destination::Here(route), Destination::Upstream),
        Route::Organizations if organizations::is_ours(app) => Destination::Here(route),
        Route::Organizations => {
            serving("organizations").map_or(Destination::Here(route), Destination::Upstream)
        }
        Route::Sts => serving("sts").map_or(Destination::Here(route), Destination::Upstream),
        Route::S3 | Route::Plain => {
            let any_api = upstreams.any_api().filter(|_| route == Route::Plain).map(Arc::clone);
            buckets(app, parts, any_api.map(|api| (api, false)).or(serving("s3").map(|s3| (s3, true)))).await
        }
    }
}

/// A request that is about a bucket of Cairn's own stays here; all others go to the upstream, if there is one.
async fn buckets(app: &App, parts: &Parts, upstream: Option<(Arc<Upstream>, bool)>) -> Destination {
    let Some((upstream, is_s3)) = upstream else { return Destination::Here(Route::S3) };
    match app.s3.bucket_of(&parts.uri, &parts.headers) {
        Some(bucket) if app.buckets.bucket(&bucket).await.is_some() => Destination::Here(Route::S3),
        None if is_s3 && parts.method == Method::GET => Destination::BucketsOfBoth(upstream),
        _ => Destination::Upstream(upstream),
    }
}

fn host(parts: &Parts) -> &str {
    parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// The region that a request was signed for.
pub(crate) fn region(parts: &Parts) -> Option<String> {
    let presented = Presented::parse(&Request::of(parts)).ok()?;
    Some(presented.scope.region).filter(|region| is_region(region))
}
