//! Browsers' questions whether a page may use a bucket, and the headers that tell them.

use super::failure::custom;
use crate::buckets::Buckets;
use crate::cors::{CorsRule, Wish, fitting};
use crate::error::BucketError;
use crate::settings::Settings;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use s3s::S3Result;
use std::sync::Arc;

/// What the rules of a request's bucket say to it.
pub(super) struct Rules {
    settings: Option<Arc<Settings>>,
    origin: Option<String>,
    method: String,
}

const NO_RULES: &str = "CORSResponse: CORS is not enabled for this bucket.";
const NO_RULE: &str = "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";

impl Rules {
    pub(super) fn of<B>(buckets: &Buckets, bucket: Option<&str>, request: &Request<B>) -> Rules {
        let origin = text(request.headers(), &ORIGIN);
        // Nobody but a browser sends an origin.
        let is_asked = origin.is_some() || request.method() == http::Method::OPTIONS;
        let bucket = bucket.filter(|_| is_asked);
        Rules {
            settings: bucket.and_then(|bucket| buckets.settings(bucket).ok()),
            origin,
            method: request.method().as_str().to_owned(),
        }
    }

    /// Answers whether a page may send what it is about to send.
    pub(super) fn preflight(&self, request: &Request<s3s::Body>) -> S3Result<Response<s3s::Body>> {
        let headers = request.headers();
        let missing = |what| {
            let message = format!("Insufficient information. {what} request header needed.");
            custom("BadRequest", StatusCode::BAD_REQUEST, message)
        };
        let origin = self.origin.as_deref().ok_or_else(|| missing("Origin"))?;
        let method = text(headers, &ACCESS_CONTROL_REQUEST_METHOD);
        let method = method.ok_or_else(|| missing("Access-Control-Request-Method"))?;
        let asked = text(headers, &ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
        let asked: Vec<String> =
            asked.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        let settings = self.settings.as_ref().ok_or(BucketError::NoSuchBucket)?;
        let forbidden = |why: &str| custom("AccessForbidden", StatusCode::FORBIDDEN, why);
        if settings.cors.is_empty() {
            return Err(forbidden(NO_RULES));
        }
        let wish = Wish { origin, method: &method, headers: &asked };
        let rule = fitting(&settings.cors, &wish).ok_or_else(|| forbidden(NO_RULE))?;
        let mut response = Response::new(s3s::Body::empty());
        if !asked.is_empty() {
            put(response.headers_mut(), ACCESS_CONTROL_ALLOW_HEADERS, &asked.join(", "));
        }
        if let Some(seconds) = rule.max_age_seconds {
            put(response.headers_mut(), ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
        }
        allow(response.headers_mut(), rule, origin);
        Ok(response)
    }

    /// Tells a browser whether the page may see the answer to its request. Preflights have told already.
    pub(super) fn add_headers(&self, headers: &mut HeaderMap) {
        let (Some(settings), Some(origin)) = (&self.settings, &self.origin) else { return };
        let wish = Wish { origin, method: &self.method, headers: &[] };
        if let Some(rule) = fitting(&settings.cors, &wish) {
            allow(headers, rule, origin);
        }
    }
}

fn allow(headers: &mut HeaderMap, rule: &CorsRule, origin: &str) {
    if rule.is_for_anyone() {
        put(headers, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    } else {
        put(headers, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        put(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    put(headers, ACCESS_CONTROL_ALLOW_METHODS, &rule.methods.join(", "));
    if !rule.exposed.is_empty() {
        put(headers, ACCESS_CONTROL_EXPOSE_HEADERS, &rule.exposed.join(", "));
    }
    put(headers, VARY, "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // What came in a header, or was checked to be a header's name, can go out in one.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
