//! Services of AWS, as far as the calls of the benchmark need them.

use crate::content::Content;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::convert::Infallible;
use std::time::Duration;

/// A header of a request that waits so many milliseconds before its body is read and it is answered.
pub(crate) const WAIT: &str = "x-bench-wait";

const ITEM: &str = r#"{"Item":{"customer":{"S":"C-4711"},"order":{"N":"20260101"},"state":{"S":"shipped"},"lines":{"L":[{"S":"SKU-1"},{"S":"SKU-2"}]}}}"#;
const USER: &str = "<GetUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetUserResult><User>\
    <Path>/</Path><UserName>alice</UserName><UserId>AIDAEXAMPLEEXAMPLE00</UserId>\
    <Arn>arn:aws:iam::123456789012:user/alice</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></User>\
    </GetUserResult><ResponseMetadata><RequestId>7a62c49f-347e-4fc4-9331-6e8eexample</RequestId>\
    </ResponseMetadata></GetUserResponse>";

/// Answers when it has the whole request.
pub(super) async fn answer(request: Request<Incoming>) -> Result<Response<Content>, Infallible> {
    let (head, body) = request.into_parts();
    if let Some(wait) = wait(&head.headers) {
        tokio::time::sleep(wait).await;
    }
    if drain(body).await.is_err() {
        return Ok(status(StatusCode::BAD_REQUEST));
    }
    Ok(match head.method {
        Method::GET => object(head.uri.path()),
        Method::POST if head.headers.contains_key("x-amz-target") => text("application/x-amz-json-1.0", ITEM),
        Method::POST => text("text/xml", USER),
        _ => stored(),
    })
}

fn wait(headers: &HeaderMap) -> Option<Duration> {
    let milliseconds = headers.get(WAIT)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_millis(milliseconds))
}

async fn drain(mut body: Incoming) -> Result<(), hyper::Error> {
    while let Some(frame) = body.frame().await {
        frame?;
    }
    Ok(())
}

/// An object whose key ends with its length: `/bucket/object-1024`.
fn object(path: &str) -> Response<Content> {
    let length = path.rsplit_once('-').and_then(|(_, length)| length.parse().ok());
    match length {
        Some(length) => with_type("binary/octet-stream", Content::of_length(length)),
        None => status(StatusCode::NOT_FOUND),
    }
}

fn stored() -> Response<Content> {
    let mut response = status(StatusCode::OK);
    let etag = HeaderValue::from_static("\"9e107d9d372bb6826bd81d3542a419d6\"");
    response.headers_mut().insert(http::header::ETAG, etag);
    response
}

fn text(media_type: &'static str, text: &'static str) -> Response<Content> {
    with_type(media_type, Bytes::from_static(text.as_bytes()).into())
}

fn with_type(media_type: &'static str, content: Content) -> Response<Content> {
    let mut response = Response::new(content);
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn status(status: StatusCode) -> Response<Content> {
    let mut response = Response::new(Content::default());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests;
