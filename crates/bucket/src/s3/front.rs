//! The way in: one HTTP request, one HTTP response, and what the server has to know of both.

use super::gate::{Gate, Keys, Sighting};
use super::operations::Operations;
use super::request::Claim;
use crate::buckets::Buckets;
use crate::error::BoxError;
use bytes::Bytes;
use cairn_model::AccountId;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use s3s::S3Error;
use s3s::service::{S3Service, S3ServiceBuilder};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

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

/// The S3 service. Clones are the same one.
#[derive(Clone)]
pub struct S3Front {
    service: S3Service,
}

/// The S3 service over `buckets` for the holders of `keys`. `region` is that of buckets made without a
/// location constraint.
pub fn service(buckets: Buckets, keys: Arc<dyn Keys>, region: String) -> S3Front {
    let gate = Gate { keys, buckets: buckets.clone() };
    let mut builder = S3ServiceBuilder::new(Operations { buckets, region });
    builder.set_auth(gate.clone());
    builder.set_access(gate);
    S3Front { service: builder.build() }
}

impl S3Front {
    /// Serves one request. Buckets are named by the path (`/bucket/key`). The response carries an
    /// [`S3Outcome`].
    pub async fn call<B>(&self, request: Request<B>) -> Response<ResponseBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let claim = Claim::of(&request);
        let is_head = request.method() == http::Method::HEAD;
        let expects_continue = request.headers().contains_key(http::header::EXPECT);
        let sighting = Sighting::default();
        let taken = Arc::new(Taken::default());
        let mut request = request.map(|body| {
            s3s::Body::http_body_unsync(Counted { body: Box::pin(body), taken: Arc::clone(&taken) })
        });
        request.extensions_mut().insert(sighting.clone());
        let response = match claim.refusal() {
            Some(refusal) => answer(refusal),
            None => self.service.call(request).await.unwrap_or_else(|error| {
                tracing::error!("bucket server: {error:?}");
                answer(S3Error::new(s3s::S3ErrorCode::InternalError))
            }),
        };
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
            error,
            bytes_in: taken.bytes.load(Ordering::Relaxed),
            bytes_out: if is_head { 0 } else { response.body().size_hint().lower() },
        };
        let mut response = response.map(BodyExt::boxed_unsync);
        if expects_continue && !taken.asked.load(Ordering::Relaxed) {
            // The client never saw "100 Continue". botocore then takes the next response on the connection
            // for this one's, so there must be none, as with S3 itself.
            response.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
        }
        response.extensions_mut().insert(outcome);
        response
    }
}

fn answer(error: S3Error) -> Response<s3s::Body> {
    error.to_http_response().unwrap_or_else(|_| {
        let mut response = Response::new(s3s::Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// Reads the error out of a response, and gives it a message if it came without one.
fn explain(response: Response<s3s::Body>) -> (Response<s3s::Body>, Option<S3Failure>) {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let Some(xml) = response.body().bytes().filter(|_| is_error) else { return (response, None) };
    let xml = String::from_utf8_lossy(&xml).into_owned();
    let code = element(&xml, "Code").unwrap_or_else(|| "InternalError".to_owned());
    match element(&xml, "Message") {
        Some(message) => (response, Some(S3Failure { code, message })),
        None => {
            let message = usual_message(&code).to_owned();
            let xml = xml.replace("</Error>", &format!("<Message>{message}</Message></Error>"));
            (response.map(|_| s3s::Body::from(xml)), Some(S3Failure { code, message }))
        }
    }
}

/// The text of the first element of this name; s3s writes errors flat and without attributes.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let unescaped = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(unescaped.into_iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain)))
}

/// What S3 says with the errors that s3s gives no message.
fn usual_message(code: &str) -> &'static str {
    match code {
        "SignatureDoesNotMatch" => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        }
        "InvalidBucketName" => "The specified bucket is not valid.",
        "KeyTooLongError" => "Your key is too long",
        "InvalidURI" => "Couldn't parse the specified URI.",
        "InvalidRange" => "The requested range is not satisfiable",
        "MethodNotAllowed" => "The specified method is not allowed against this resource.",
        "MissingContentLength" => "You must provide the Content-Length HTTP header.",
        "MalformedXML" => {
            "The XML you provided was not well-formed or did not validate against our published schema"
        }
        "MaxMessageLengthExceeded" => "Your request was too big.",
        "IncompleteBody" => {
            "You did not provide the number of bytes specified by the Content-Length HTTP header."
        }
        _ => "We encountered an internal error. Please try again.",
    }
}

/// What was read of a request's body.
#[derive(Default)]
struct Taken {
    /// Whether bytes were asked for, which is what makes an HTTP server send "100 Continue".
    asked: AtomicBool,
    bytes: AtomicU64,
}

/// A body that notes what is read of it.
struct Counted<B> {
    body: Pin<Box<B>>,
    taken: Arc<Taken>,
}

impl<B> Body for Counted<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !self.body.is_end_stream() {
            self.taken.asked.store(true, Ordering::Relaxed);
        }
        let frame = ready!(self.body.as_mut().poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, Bytes::len);
            self.taken.bytes.fetch_add(length as u64, Ordering::Relaxed);
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
