//! The way in: one HTTP request, one HTTP response, and what the server has to know of both.

use super::counted::{Counted, Taken};
use super::explain::{answer, explain};
use super::forms::Checked;
use super::gate::{Connection, Gate, Keys, PresentedToken, Sighting};
use super::hosts::Hosts;
use super::operations::Operations;
use super::request::{Claim, named_by};
use super::{cors, forms};
use crate::buckets::Buckets;
use crate::error::BoxError;
use bytes::Bytes;
use cairn_model::AccountId;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use http_body::Body;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use percent_encoding::percent_decode_str;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Error, S3Result, s3_error};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// The body of a response. An error in the midst of it means that what was sent must not be taken for whole.
pub type ResponseBody = UnsyncBoxBody<Bytes, BoxError>;

/// What happened, as an extension of the response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct S3Outcome {
    /// The API's name of the operation, such as `PutObject` or `ListObjectsV2`; nothing if there is none for
    /// the request.
    pub operation: Option<String>,
    /// As the path names it.
    pub bucket: Option<String>,
    /// As the path names it.
    pub key: Option<String>,
    /// Once the signature was found right (`account` is set then): the id of the access key that made it.
    /// Else the id that the request claims where its signature stands, which proves nothing.
    pub access_key_id: Option<String>,
    /// The key's account; only once the signature was found right.
    pub account: Option<AccountId>,
    /// The bucket's account, if the bucket existed when the request came.
    pub owner: Option<AccountId>,
    /// What the request's body said, under the name that CloudTrail gives it (`bucketPolicy`), if it was taken.
    pub said: Option<(&'static str, Value)>,
    /// If it failed.
    pub error: Option<S3Failure>,
    /// Bytes of the request's body that were read, as sent.
    pub bytes_in: u64,
    /// Bytes of the response's body if all of it is sent.
    pub bytes_out: u64,
}

/// An error as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Failure {
    /// For example `NoSuchKey`.
    pub code: String,
    /// For people.
    pub message: String,
}

/// The largest file that an HTML form may bring, and how many forms are taken at a time: they are held in memory.
const FORM_BYTES_MAX: u64 = 32 << 20;
const FORMS_AT_ONCE: usize = 4;
/// The largest XML that a request may bring: 1,000 keys, or 10,000 parts.
const XML_BYTES_MAX: usize = 8 << 20;

/// The S3 service. Clones are the same one.
#[derive(Clone)]
pub struct S3Front {
    service: S3Service,
    buckets: Buckets,
    keys: Arc<dyn Keys>,
    hosts: Hosts,
    forms: Arc<Semaphore>,
}

/// The S3 service over `buckets` for the holders of `keys`. `region` is that of buckets made without a
/// location constraint. Below `domain` every bucket has a host name of its own, as it has below `s3.localhost`
/// and `localhost`.
pub fn service(buckets: Buckets, keys: Arc<dyn Keys>, region: String, domain: Option<&str>) -> S3Front {
    let hosts = Hosts::new(domain);
    let gate = Gate { keys: Arc::clone(&keys), buckets: buckets.clone() };
    let mut config = S3Config::default();
    config.xml_max_body_size = XML_BYTES_MAX;
    config.post_object_max_file_size = FORM_BYTES_MAX;
    config.form_max_fields_size = 1 << 20;
    let mut builder =
        S3ServiceBuilder::new(Operations { buckets: buckets.clone(), keys: Arc::clone(&keys), region });
    builder.set_auth(gate.clone());
    builder.set_access(gate);
    builder.set_host(hosts.clone());
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    let forms = Arc::new(Semaphore::new(FORMS_AT_ONCE));
    S3Front { service: builder.build(), buckets, keys, hosts, forms }
}

impl S3Front {
    /// The bucket that a request names, by its host or its path. There need not be one of the name.
    pub fn bucket_of(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        named_by(uri, headers, &self.hosts).0
    }

    /// The bucket and the object that a request names, by its host or its path.
    pub fn named_by(&self, uri: &Uri, headers: &HeaderMap) -> (Option<String>, Option<String>) {
        named_by(uri, headers, &self.hosts)
    }

    /// Serves one request. Buckets are named by the path (`/bucket/key`) or by the host
    /// (`bucket.s3.localhost`). The response carries an [`S3Outcome`].
    pub async fn call<B>(&self, request: Request<B>, connection: Connection) -> Response<ResponseBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let claim = Claim::of(&request, &self.hosts);
        let rules = cors::Rules::of(&self.buckets, claim.bucket.as_deref(), &request);
        let owner = match &claim.bucket {
            Some(bucket) => self.buckets.bucket(bucket).await.map(|info| info.owner),
            None => None,
        };
        let is_head = request.method() == http::Method::HEAD;
        let expects_continue = request.headers().contains_key(http::header::EXPECT);
        let (sighting, said) = (Sighting::default(), Said::default());
        let taken = Arc::new(Taken::default());
        let mut request = request.map(|body| {
            s3s::Body::http_body_unsync(Counted { body: Box::pin(body), taken: Arc::clone(&taken) })
        });
        let token = presented_token(&request);
        request.extensions_mut().insert(PresentedToken(token));
        request.extensions_mut().insert(sighting.clone());
        request.extensions_mut().insert(said.clone());
        request.extensions_mut().insert(connection);
        let response = self.respond(&claim, &rules, request).await;
        let (response, error) = explain(response);
        let seen = sighting.seen();
        let (access_key_id, account) = match seen.verified {
            Some(verified) => (Some(verified.access_key_id), Some(verified.account)),
            None => (claim.access_key_id, None),
        };
        let outcome = S3Outcome {
            operation: seen.operation.or_else(|| claim.operation.map(str::to_owned)),
            bucket: claim.bucket,
            key: claim.key,
            access_key_id,
            account,
            owner,
            said: said.take(),
            error,
            bytes_in: taken.bytes.load(Ordering::Relaxed),
            bytes_out: if is_head { 0 } else { response.body().size_hint().lower() },
        };
        let mut response = response.map(BodyExt::boxed_unsync);
        if is_head && response.headers().contains_key(http::header::CONTENT_RANGE) {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        rules.add_headers(response.headers_mut());
        if expects_continue && !taken.asked.load(Ordering::Relaxed) {
            // The client never saw "100 Continue". botocore then takes the next response on the connection
            // for this one's, so there must be none, as with S3 itself.
            response.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
        }
        response.extensions_mut().insert(outcome);
        response
    }

    async fn respond(
        &self,
        claim: &Claim,
        rules: &cors::Rules,
        request: Request<s3s::Body>,
    ) -> Response<s3s::Body> {
        if request.method() == http::Method::OPTIONS {
            return rules.preflight(&request).unwrap_or_else(answer);
        }
        if let Some(refusal) = claim.refusal() {
            return answer(refusal);
        }
        if claim.is_form {
            return self.take_form(request).await.unwrap_or_else(answer);
        }
        self.serve(request).await
    }

    async fn take_form(&self, request: Request<s3s::Body>) -> S3Result<Response<s3s::Body>> {
        let _slot = self
            .forms
            .try_acquire()
            .map_err(|_| s3_error!(SlowDown, "Too many forms are being taken in. Please try again."))?;
        let (mut head, body) = request.into_parts();
        let Checked { body, temporary } = forms::checked(body).await?;
        if let Some((access_key_id, token)) = temporary {
            self.keys.meet(&access_key_id, &token);
            head.extensions.insert(PresentedToken(Some(token)));
        }
        Ok(self.serve(Request::from_parts(head, body)).await)
    }

    async fn serve(&self, request: Request<s3s::Body>) -> Response<s3s::Body> {
        self.service.call(request).await.unwrap_or_else(|error| {
            tracing::error!("bucket server: {error:?}");
            answer(S3Error::new(s3s::S3ErrorCode::InternalError))
        })
    }
}

/// The session token of a request's head.
fn presented_token<B>(request: &Request<B>) -> Option<String> {
    if let Some(token) = request.headers().get("x-amz-security-token") {
        return token.to_str().ok().map(str::to_owned);
    }
    let mut pairs = request.uri().query().unwrap_or_default().split('&');
    let token = pairs.find_map(|pair| pair.strip_prefix("X-Amz-Security-Token="))?;
    percent_decode_str(token).decode_utf8().ok().map(Cow::into_owned)
}

/// What an operation read in a request's body, for the record.
#[derive(Clone, Default)]
pub(super) struct Said(Arc<Mutex<Option<(&'static str, Value)>>>);

impl Said {
    pub(super) fn note(&self, name: &'static str, value: Value) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((name, value));
    }

    fn take(&self) -> Option<(&'static str, Value)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
