//! ListBuckets where there are buckets here and at an upstream: one list of both.

use super::upstreams::Upstream;
use super::{Fault, Form, forward, told};
use crate::app::App;
use crate::body;
use crate::clock;
use crate::events::Exchange;
use crate::http::{Answer, own_buckets};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, ETAG, TRANSFER_ENCODING};
use http::request::Parts;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use std::net::SocketAddr;
use std::sync::Arc;

/// A page of 10,000 buckets, S3's most, is a quarter of this. A list that says that it is longer is passed on as it is;
/// one that does not say so and goes on behind this is taken for an upstream that broke.
const LIST_BYTES_MAX: usize = 16 << 20;

/// Answers with the buckets of both. To whom the key is strange here, the upstream's are all.
pub(crate) async fn list(
    app: &Arc<App>,
    peer: SocketAddr,
    parts: Parts,
    body: Incoming,
    upstream: Arc<Upstream>,
) -> Answer {
    let own = own_list(app, peer, &parts).await;
    let answer = forward(app, peer, parts, body, upstream).await;
    match own {
        Some(own) if answer.status().is_success() => join(app, answer, &own).await,
        _ => answer,
    }
}

/// The elements of the own buckets, if the caller may see them, on the first page of a list.
async fn own_list(app: &Arc<App>, peer: SocketAddr, parts: &Parts) -> Option<String> {
    if parts.uri.query().is_some_and(|query| query.contains("continuation-token=")) {
        return None;
    }
    let exchange = Exchange::new(app, parts, peer);
    let answer = own_buckets(app, &exchange).await;
    if !answer.status().is_success() {
        return None;
    }
    let mut share = app.budget.share();
    let text = body::read(answer.into_body(), LIST_BYTES_MAX, &mut share).await.ok()?;
    let text = std::str::from_utf8(&text).ok()?;
    let (_, rest) = text.split_once("<Buckets>")?;
    let (buckets, _) = rest.split_once("</Buckets>")?;
    Some(buckets.to_owned())
}

async fn join(app: &App, answer: Answer, own: &str) -> Answer {
    let (mut head, body) = answer.into_parts();
    if body::check_announced(&body, LIST_BYTES_MAX).is_err() {
        return Answer::from_parts(head, body);
    }
    let mut share = app.budget.share();
    let Ok(listed) = body::read(body, LIST_BYTES_MAX, &mut share).await else {
        let fault = Fault::BadGateway("its list of buckets did not come whole".to_owned());
        return told(&fault, Form::S3, &clock::random_uuid());
    };
    let joined = std::str::from_utf8(&listed).ok().and_then(|text| with_own(text, own)).map(Bytes::from);
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING, ETAG] {
        head.headers.remove(name);
    }
    let body = Full::new(joined.unwrap_or(listed)).map_err(|never| match never {});
    Answer::from_parts(head, body.boxed_unsync())
}

/// The list with the own buckets in front.
fn with_own(list: &str, own: &str) -> Option<String> {
    for (mark, before, behind) in [
        ("<Buckets>", "<Buckets>", ""),
        ("<Buckets/>", "<Buckets>", "</Buckets>"),
        ("<Buckets />", "<Buckets>", "</Buckets>"),
    ] {
        if let Some((start, rest)) = list.split_once(mark) {
            return Some(format!("{start}{before}{own}{behind}{rest}"));
        }
    }
    None
}

#[cfg(test)]
mod tests;
