//! What a request claims to be, read before anything is verified: for the record, and to refuse early what
//! s3s would treat otherwise than S3.

use super::hosts::Hosts;
use super::parameters::{not_covered, query, repeated, unknown};
use http::{HeaderMap, Method, Request, Uri};
use percent_encoding::percent_decode_str;
use s3s::{S3Error, s3_error};

/// A request's claims.
pub(super) struct Claim {
    pub(super) operation: Option<&'static str>,
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
    pub(super) access_key_id: Option<String>,
    /// An upload by an HTML form, which is signed in its body.
    pub(super) is_form: bool,
    fault: Option<Fault>,
}

#[derive(Clone)]
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
    /// A header or parameter that changes what is done and that the signature does not cover: whoever was given a
    /// presigned URL could add it.
    NotSigned(String),
    /// A presigned URL that would be good for more than a week.
    TooLong,
    /// A parameter or header that comes twice: s3s, and what a policy says of it, might see another one.
    Repeated(String),
    /// A query parameter that names something we do not have; s3s would do what the rest of the request says.
    Unknown(String),
}

impl Claim {
    pub(super) fn of<B>(request: &Request<B>, hosts: &Hosts) -> Claim {
        let (bucket, key) = named(request, hosts);
        let mut claim = Claim {
            operation: operation(request, bucket.is_some(), key.is_some()),
            access_key_id: None,
            is_form: is_form(request),
            fault: unknown(request, key.is_some()).map(Fault::Unknown),
            bucket,
            key,
        };
        match signing(request) {
            Signing::None => {}
            Signing::OldHeader => claim.fault = Some(Fault::OldSignature),
            Signing::OldQuery(key) => {
                claim.access_key_id = key;
                claim.fault = not_covered(request.uri()).map(Fault::NotSigned).or(claim.fault);
            }
            Signing::Credential { credential, signed_headers } => {
                let unsigned = unsigned_header(request.headers(), &signed_headers);
                claim.fault = unsigned.map(Fault::NotSigned).or(claim.fault);
                claim.read_credential(&credential);
            }
        }
        if let Some(name) = repeated(request.uri(), request.headers()) {
            claim.fault = Some(Fault::Repeated(name));
        }
        if expiry(request.uri()).is_some_and(|seconds| seconds > WEEK_SECONDS) {
            claim.fault = Some(Fault::TooLong);
        }
        if signatures(request) > usize::from(!claim.is_form) {
            claim.fault = Some(Fault::SeveralSignatures);
        }
        claim
    }

    /// `<key id>/<date>/<region>/<service>/aws4_request`
    fn read_credential(&mut self, credential: &str) {
        let mut parts = credential.rsplitn(5, '/');
        match [parts.next(), parts.next(), parts.next(), parts.next(), parts.next()] {
            [Some("aws4_request"), Some(service), Some(_), Some(_), Some(key)] if !key.is_empty() => {
                self.access_key_id = Some(key.to_owned());
                if service != "s3" {
                    self.fault = Some(Fault::OtherService);
                }
            }
            _ => self.fault = Some(Fault::NoCredential),
        }
    }

    /// The answer to a request that must not go on.
    pub(super) fn refusal(&self) -> Option<S3Error> {
        Some(match self.fault.as_ref()? {
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
            Fault::NotSigned(name) => s3_error!(
                AccessDenied,
                "There were headers present in the request which were not signed: {name}"
            ),
            Fault::TooLong => s3_error!(
                AuthorizationQueryParametersError,
                "X-Amz-Expires must be less than a week (in seconds) that is 604800 seconds"
            ),
            Fault::Repeated(name) => s3_error!(InvalidArgument, "{name} is given more than once."),
            Fault::Unknown(name) => {
                s3_error!(NotImplemented, "The query parameter {name} is not implemented.")
            }
        })
    }
}

/// Longest life of a presigned URL.
const WEEK_SECONDS: u64 = 604_800;

/// The bucket and the key that a request names.
fn named<B>(request: &Request<B>, hosts: &Hosts) -> (Option<String>, Option<String>) {
    named_by(request.uri(), request.headers(), hosts)
}

/// The same for a request whose head is at hand in parts.
pub(super) fn named_by(uri: &Uri, headers: &HeaderMap, hosts: &Hosts) -> (Option<String>, Option<String>) {
    let path = uri.path();
    let path = percent_decode_str(path.strip_prefix('/').unwrap_or(path)).decode_utf8_lossy();
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let host = headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or(uri.authority().map(http::uri::Authority::as_str));
    if let Some(bucket) = host.and_then(|host| hosts.bucket(host)) {
        return (Some(bucket), some(&path));
    }
    let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
    (some(bucket), some(key))
}

/// How a request is signed.
enum Signing {
    None,
    /// Signature version 2 in the header.
    OldHeader,
    /// Signature version 2 in a presigned URL, with the key id. The AWS CLI still makes these for us-east-1;
    /// they expire.
    OldQuery(Option<String>),
    /// Signature version 4, with what stands for the credential and for the names of the signed headers.
    Credential {
        credential: String,
        signed_headers: String,
    },
}

/// Reads the key from where s3s verifies the signature, or else a request could be put down to a key that it
/// only names.
fn signing<B>(request: &Request<B>) -> Signing {
    let uri = request.uri();
    if is_form(request) {
        return Signing::None;
    }
    if query(uri, "Signature").is_some() {
        return Signing::OldQuery(query(uri, "AWSAccessKeyId"));
    }
    let authorization = request.headers().get(http::header::AUTHORIZATION);
    let authorization = authorization.map(|value| String::from_utf8_lossy(value.as_bytes()));
    if authorization.as_ref().is_some_and(|value| value.starts_with("AWS ")) {
        return Signing::OldHeader;
    }
    if query(uri, "X-Amz-Signature").is_some() {
        return Signing::Credential {
            credential: query(uri, "X-Amz-Credential").unwrap_or_default(),
            signed_headers: query(uri, "X-Amz-SignedHeaders").unwrap_or_default(),
        };
    }
    let Some(authorization) = authorization else { return Signing::None };
    let fields = authorization.strip_prefix("AWS4-HMAC-SHA256").unwrap_or_default();
    let field = |name| fields.split(',').find_map(|field| field.trim().strip_prefix(name));
    Signing::Credential {
        credential: field("Credential=").unwrap_or_default().to_owned(),
        signed_headers: field("SignedHeaders=").unwrap_or_default().to_owned(),
    }
}

/// A header that S3 wants signed and that is not. The hash of the body is held against the body.
fn unsigned_header(headers: &HeaderMap, signed: &str) -> Option<String> {
    let is_signed = |name: &str| signed.split(';').any(|signed| signed.eq_ignore_ascii_case(name));
    let names = headers.keys().map(http::HeaderName::as_str);
    let mut wanted = names.filter(|name| name.starts_with("x-amz-") && *name != "x-amz-content-sha256");
    wanted.find(|name| !is_signed(name)).map(str::to_owned)
}

/// Seconds for which a presigned URL is good.
fn expiry(uri: &Uri) -> Option<u64> {
    query(uri, "X-Amz-Signature")?;
    query(uri, "X-Amz-Expires")?.parse().ok()
}

/// The number of places where the request says that it is signed.
fn signatures<B>(request: &Request<B>) -> usize {
    let has = |name| query(request.uri(), name).is_some();
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

/// The operation that the shape of a request asks for, among the usual ones. Where s3s gets to tell, it is
/// asked instead.
fn operation<B>(request: &Request<B>, has_bucket: bool, has_key: bool) -> Option<&'static str> {
    let has = |name| query(request.uri(), name).is_some();
    let copies = request.headers().contains_key("x-amz-copy-source");
    let method = request.method().as_str();
    Some(match (method, has_bucket, has_key) {
        ("GET", false, _) => "ListBuckets",
        ("GET", true, false) if has("location") => "GetBucketLocation",
        ("GET", true, false) if has("policy") => "GetBucketPolicy",
        ("GET", true, false) if has("uploads") => "ListMultipartUploads",
        ("GET", true, false) if has("versions") => "ListObjectVersions",
        ("GET", true, false) if query(request.uri(), "list-type").as_deref() == Some("2") => "ListObjectsV2",
        ("GET", true, false) => "ListObjects",
        ("PUT", true, false) if has("policy") => "PutBucketPolicy",
        ("PUT", true, false) => "CreateBucket",
        ("HEAD", true, false) => "HeadBucket",
        ("DELETE", true, false) if has("policy") => "DeleteBucketPolicy",
        ("DELETE", true, false) => "DeleteBucket",
        ("POST", true, false) if has("delete") => "DeleteObjects",
        ("POST", true, false) if is_form(request) => "PostObject",
        ("GET", true, true) if has("uploadId") => "ListParts",
        ("GET", true, true) => "GetObject",
        ("HEAD", true, true) => "HeadObject",
        ("PUT", true, true) if has("uploadId") && copies => "UploadPartCopy",
        ("PUT", true, true) if has("uploadId") => "UploadPart",
        ("PUT", true, true) if copies => "CopyObject",
        ("PUT", true, true) => "PutObject",
        ("DELETE", true, true) if has("uploadId") => "AbortMultipartUpload",
        ("DELETE", true, true) => "DeleteObject",
        ("POST", true, true) if has("uploads") => "CreateMultipartUpload",
        ("POST", true, true) if has("uploadId") => "CompleteMultipartUpload",
        ("OPTIONS", true, _) => "PreflightObject",
        _ => return None,
    })
}
