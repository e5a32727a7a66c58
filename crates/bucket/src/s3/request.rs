//! What a request claims to be, read before anything is verified: for the record, and to refuse early what
//! s3s would treat otherwise than S3.

use http::{Method, Request};
use percent_encoding::percent_decode_str;
use s3s::{S3Error, s3_error};

/// A request's claims.
pub(super) struct Claim {
    pub(super) operation: Option<&'static str>,
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
    pub(super) access_key_id: Option<String>,
    fault: Option<Fault>,
}

#[derive(Clone, Copy)]
enum Fault {
    /// Signed in several places: s3s would look at one of them only.
    SeveralSignatures,
    /// Signature version 2 in the header: s3s would take it whatever its date, so it could be replayed for
    /// ever.
    OldSignature,
    /// The credential cannot be read.
    NoCredential,
    /// Signed for another service.
    OtherService,
    /// An upload by an HTML form.
    Form,
}

impl Claim {
    pub(super) fn of<B>(request: &Request<B>) -> Claim {
        let path = percent_decode_str(request.uri().path().trim_start_matches('/')).decode_utf8_lossy();
        let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
        let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut claim = Claim {
            operation: operation(request, !bucket.is_empty(), !key.is_empty()),
            bucket: named(bucket),
            key: named(key),
            access_key_id: None,
            fault: None,
        };
        match signing(request) {
            Signing::None => {}
            Signing::OldHeader => claim.fault = Some(Fault::OldSignature),
            Signing::OldQuery(key) => claim.access_key_id = key,
            Signing::Credential(credential) => claim.read_credential(&credential),
        }
        if signatures(request) > 1 {
            claim.fault = Some(Fault::SeveralSignatures);
        }
        if is_form(request) {
            claim.fault = Some(Fault::Form);
        }
        claim
    }

    /// `<key id>/<date>/<region>/<service>/aws4_request`
    fn read_credential(&mut self, credential: &str) {
        let mut parts = credential.rsplitn(5, '/');
        match [parts.next(), parts.next(), parts.next(), parts.next(), parts.next()] {
            [Some("aws4_request"), Some(service), Some(_), Some(_), Some(key)] if !key.is_empty() => {
                self.access_key_id = Some(key.to_owned());
                self.fault = (service != "s3").then_some(Fault::OtherService);
            }
            _ => self.fault = Some(Fault::NoCredential),
        }
    }

    /// The answer to a request that must not go on.
    pub(super) fn refusal(&self) -> Option<S3Error> {
        Some(match self.fault? {
            Fault::SeveralSignatures => s3_error!(
                InvalidArgument,
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"
            ),
            Fault::OldSignature => s3_error!(
                InvalidRequest,
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
            ),
            Fault::NoCredential => s3_error!(
                AuthorizationHeaderMalformed,
                "The authorization header is malformed; the Credential is missing or malformed."
            ),
            Fault::OtherService => s3_error!(
                AuthorizationHeaderMalformed,
                "The authorization header is malformed; incorrect service. This endpoint belongs to \"s3\"."
            ),
            Fault::Form => s3_error!(NotImplemented, "Uploads by HTML form are not implemented."),
        })
    }
}

/// How a request is signed.
enum Signing {
    None,
    /// Signature version 2 in the header.
    OldHeader,
    /// Signature version 2 in a presigned URL, with the key id. The AWS CLI still makes these for us-east-1;
    /// they expire.
    OldQuery(Option<String>),
    /// Signature version 4, with what stands for the credential.
    Credential(String),
}

/// Reads the key from where s3s verifies the signature, or else a request could be put down to a key that it
/// only names.
fn signing<B>(request: &Request<B>) -> Signing {
    if query(request, "Signature").is_some() {
        return Signing::OldQuery(query(request, "AWSAccessKeyId"));
    }
    let authorization = request.headers().get(http::header::AUTHORIZATION);
    let authorization = authorization.map(|value| String::from_utf8_lossy(value.as_bytes()));
    if authorization.as_ref().is_some_and(|value| value.starts_with("AWS ")) {
        return Signing::OldHeader;
    }
    if query(request, "X-Amz-Signature").is_some() {
        return Signing::Credential(query(request, "X-Amz-Credential").unwrap_or_default());
    }
    let Some(authorization) = authorization else { return Signing::None };
    let fields = authorization.strip_prefix("AWS4-HMAC-SHA256").unwrap_or_default();
    let credential = fields.split(',').find_map(|field| field.trim().strip_prefix("Credential="));
    Signing::Credential(credential.unwrap_or_default().to_owned())
}

/// The number of places where the request says that it is signed.
fn signatures<B>(request: &Request<B>) -> usize {
    let has = |name| query(request, name).is_some();
    request.headers().get_all(http::header::AUTHORIZATION).iter().count()
        + usize::from(has("Signature"))
        + usize::from(has("X-Amz-Algorithm") || has("X-Amz-Signature"))
}

fn is_form<B>(request: &Request<B>) -> bool {
    let content_type = request.headers().get(http::header::CONTENT_TYPE);
    let is_form = content_type
        .is_some_and(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"multipart/form-data"));
    is_form && request.method() == Method::POST
}

/// The operation that the shape of a request asks for, among those we have. Where s3s gets to tell, it is
/// asked instead.
fn operation<B>(request: &Request<B>, has_bucket: bool, has_key: bool) -> Option<&'static str> {
    let has = |name| query(request, name).is_some();
    let method = request.method().as_str();
    Some(match (method, has_bucket, has_key) {
        ("GET", false, _) => "ListBuckets",
        ("GET", true, false) if has("location") => "GetBucketLocation",
        ("GET", true, false) if query(request, "list-type").as_deref() == Some("2") => "ListObjectsV2",
        ("GET", true, false) => "ListObjects",
        ("PUT", true, false) => "CreateBucket",
        ("HEAD", true, false) => "HeadBucket",
        ("DELETE", true, false) => "DeleteBucket",
        ("POST", true, false) if has("delete") => "DeleteObjects",
        ("GET", true, true) => "GetObject",
        ("HEAD", true, true) => "HeadObject",
        ("PUT", true, true) if has("uploadId") => "UploadPart",
        ("PUT", true, true) => "PutObject",
        ("DELETE", true, true) if has("uploadId") => "AbortMultipartUpload",
        ("DELETE", true, true) => "DeleteObject",
        ("POST", true, true) if has("uploads") => "CreateMultipartUpload",
        ("POST", true, true) if has("uploadId") => "CompleteMultipartUpload",
        _ => return None,
    })
}

/// The first query parameter of this name, decoded.
fn query<B>(request: &Request<B>, name: &str) -> Option<String> {
    request.uri().query()?.split('&').find_map(|pair| {
        let (pair_name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decode_str(pair_name).decode_utf8_lossy() == name)
            .then(|| percent_decode_str(value).decode_utf8_lossy().into_owned())
    })
}
