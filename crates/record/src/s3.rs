//! Calls of S3: those on Cairn's own buckets and those that went through Cairn are recorded alike.

mod body;
mod deletions;

pub use deletions::{Deletion, deletions};

use crate::call::{Call, Resource, ResourceArn};
use crate::decode::rest::parsed_query;
use crate::failure::failure;
use crate::observed::{Answer, Observed, header};
use crate::outcome::Outcome;
use crate::own::lower_first;
use crate::shown::{Shown, telling_none};
use cairn_model::{AccountId, Category};
use cairn_operations::{Labels, Operation, Plane};
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A request to S3, after it was answered.
#[derive(Clone, Debug)]
pub struct S3Request<'a> {
    /// The model's name, such as `ListObjectsV2`.
    pub operation: &'a str,
    /// The bucket, decoded.
    pub bucket: Option<&'a str>,
    /// The key, decoded.
    pub key: Option<&'a str>,
    /// The query string, encoded, without the question mark.
    pub query: Option<&'a str>,
    /// The `Host` header, or what stands for it.
    pub host: &'a str,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// What the body said, under the name that CloudTrail gives it (`bucketPolicy`,
    /// `CreateBucketConfiguration`); never an object's content.
    pub body: Option<(&'static str, Value)>,
    /// The bucket's account, if the bucket exists.
    pub owner: Option<AccountId>,
    /// Bytes of the request's body.
    pub bytes_in: u64,
    /// Bytes of the answer's body.
    pub bytes_out: u64,
}

/// A call of S3, seen from either side.
struct Seen<'a> {
    /// `None` if the table does not list it.
    operation: Option<Operation>,
    name: &'a str,
    bucket: Option<&'a str>,
    key: Option<&'a str>,
    /// What else the path names: access points and jobs of S3 Control.
    labels: Vec<(&'a str, &'a str)>,
    query: Vec<(String, String)>,
    host: &'a str,
    headers: &'a HeaderMap,
    body: Option<(String, Value)>,
    owner: Option<AccountId>,
    bytes_in: u64,
    bytes_out: u64,
    cipher_suite: Option<&'a str>,
    answer_headers: Option<&'a HeaderMap>,
}

/// Query keys of the old signature, never recorded.
const SIGNING_KEYS: [&str; 2] = ["signature", "awsaccesskeyid"];

/// What presigned URLs have beside parameters and is no secret.
const PRESIGNED_KEYS: [&str; 4] = ["x-amz-algorithm", "x-amz-date", "x-amz-expires", "x-amz-signedheaders"];

/// Headers, sorted, which presigned URLs may have as query keys, that are parameters and carry no secret: keys of SSE-C and
/// codes of MFA do.
const PARAMETER_HEADERS: [&str; 31] = [
    "x-amz-account-id",
    "x-amz-acl",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-bypass-governance-retention",
    "x-amz-confirm-remove-self-bucket-access",
    "x-amz-copy-source",
    "x-amz-copy-source-range",
    "x-amz-create-session-mode",
    "x-amz-expected-bucket-owner",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-metadata-directive",
    "x-amz-object-attributes",
    "x-amz-object-lock-legal-hold",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-ownership",
    "x-amz-rename-source",
    "x-amz-request-payer",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-source-expected-bucket-owner",
    "x-amz-storage-class",
    "x-amz-tagging-directive",
    "x-amz-transition-default-minimum-object-size",
    "x-amz-website-redirect-location",
];

/// Headers of answers that writes are recorded with, sorted.
const ANSWER_HEADERS: [&str; 7] = [
    "x-amz-copy-source-version-id",
    "x-amz-delete-marker",
    "x-amz-expiration",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-version-id",
];

/// A call of S3 on one of Cairn's own buckets. Calls on buckets are management events; those on objects, and
/// those that list or probe what is in a bucket, are data events.
pub fn s3(request: &S3Request<'_>) -> Call {
    let service = cairn_operations::service("s3");
    let seen = Seen {
        operation: service.and_then(|service| service.operation(request.operation)),
        name: request.operation,
        bucket: request.bucket,
        key: request.key,
        labels: Vec::new(),
        query: parsed_query(request.query.unwrap_or("")),
        host: request.host,
        headers: request.headers,
        body: request.body.as_ref().map(|(name, value)| ((*name).to_owned(), value.clone())),
        owner: request.owner,
        bytes_in: request.bytes_in,
        bytes_out: request.bytes_out,
        cipher_suite: None,
        answer_headers: None,
    };
    seen.call("s3.amazonaws.com")
}

/// Whether an operation's calls are recorded in S3's way.
pub(crate) fn is_s3(operation: Operation) -> bool {
    matches!(operation.service().id(), "s3" | "s3control")
}

/// What became of a call of S3 that went through Cairn.
pub(crate) fn forwarded(operation: Operation, labels: &Labels, observed: &Observed<'_>) -> Outcome {
    let label =
        |wanted: &str| labels.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
    let mut shown = Shown::new(operation);
    let (body, reading) = body::read(operation, observed.body, &mut shown);
    let seen = Seen {
        operation: Some(operation),
        name: operation.name(),
        bucket: label("Bucket"),
        key: label("Key"),
        labels: labels.iter().map(|(name, value)| (*name, value.as_str())).collect(),
        query: parsed_query(observed.uri.query().unwrap_or("")),
        host: observed.host,
        headers: observed.headers,
        body,
        owner: observed.bucket_owner,
        bytes_in: observed.body.bytes,
        bytes_out: observed.answer.body().bytes,
        cipher_suite: observed.cipher_suite,
        answer_headers: observed.answer.headers(),
    };
    let mut call = seen.call(operation.event_source());
    let mut failure = failure(Some(operation), &observed.answer);
    if let Some(message) = failure.as_mut().and_then(|failure| failure.message.as_mut()) {
        *message = telling_none(message, shown.secrets()).to_owned();
    }
    if failure.is_some() || matches!(observed.answer, Answer::Own { .. }) {
        call.response_elements = None;
    }
    Outcome::new(call, failure, observed).with_request_reading(reading)
}

impl Seen<'_> {
    fn call(self, event_source: &'static str) -> Call {
        let event_name = match self.operation {
            Some(operation) => Cow::Borrowed(operation.event_name()),
            None => Cow::Owned(self.name.to_owned()),
        };
        let named = Call::named(event_source, event_name);
        let read_only = self.operation.map_or(named.read_only, Operation::is_read_only);
        Call {
            category: self.category(),
            read_only,
            response_elements: if read_only { None } else { self.answered() },
            additional_event_data: Some(Value::Object(self.additional())),
            resources: self.resources(),
            request_parameters: Some(Value::Object(self.parameters())),
            ..named
        }
    }

    /// An operation that is not in the table is about an object if it names a key.
    fn category(&self) -> Category {
        match self.operation.map(Operation::plane) {
            Some(Plane::Management) if self.key.is_none() => Category::Management,
            None if self.key.is_none() && self.name != "PostObject" => Category::Management,
            _ => Category::Data,
        }
    }

    fn parameters(&self) -> Map<String, Value> {
        let mut parameters = Map::new();
        if let Some(bucket) = self.bucket {
            parameters.insert("bucketName".to_owned(), bucket.into());
        }
        if let Some(key) = self.key {
            parameters.insert("key".to_owned(), key.into());
        }
        parameters.insert("Host".to_owned(), self.host.into());
        for (name, value) in self.labels.iter().filter(|(name, _)| !matches!(*name, "Bucket" | "Key")) {
            parameters.insert(lower_first(name), (*value).into());
        }
        for (name, value) in &self.query {
            if is_told(name) {
                parameters.entry(name.clone()).or_insert_with(|| value.as_str().into());
            }
        }
        for name in those_of(&PARAMETER_HEADERS, self.headers) {
            if let Some(value) = self.headers.get(name) {
                parameters.insert(name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into());
            }
        }
        if let Some((name, body)) = &self.body {
            parameters.insert(name.clone(), body.clone());
        }
        parameters
    }

    fn answered(&self) -> Option<Value> {
        let headers = self.answer_headers?;
        let told = |name: &str| Some((name.to_owned(), Value::from(header(headers, name)?)));
        let elements: Map<String, Value> =
            those_of(&ANSWER_HEADERS, headers).into_iter().filter_map(told).collect();
        (!elements.is_empty()).then_some(Value::Object(elements))
    }

    fn additional(&self) -> Map<String, Value> {
        let mut additional = Map::new();
        let queried = |key: &str| self.query.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
        let is_presigned = queried("x-amz-signature") || queried("signature");
        let authorization = self.headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes);
        let method = match (is_presigned, authorization) {
            (true, _) => Some("QueryString"),
            (false, Some(_)) => Some("AuthHeader"),
            (false, None) => None,
        };
        if let Some(method) = method {
            let is_old = queried("signature") || authorization.is_some_and(|it| it.starts_with(b"AWS "));
            additional.insert("SignatureVersion".to_owned(), json!(if is_old { "SigV2" } else { "SigV4" }));
            additional.insert("AuthenticationMethod".to_owned(), json!(method));
        }
        if let Some(cipher_suite) = self.cipher_suite {
            additional.insert("CipherSuite".to_owned(), json!(cipher_suite));
        }
        additional.insert("bytesTransferredIn".to_owned(), json!(self.bytes_in));
        additional.insert("bytesTransferredOut".to_owned(), json!(self.bytes_out));
        if let Some(id) = self.answer_headers.and_then(|headers| header(headers, "x-amz-id-2")) {
            additional.insert("x-amz-id-2".to_owned(), json!(id));
        }
        additional
    }

    /// The bucket, and for data events the object before it, or the prefix of the objects that the call was
    /// about. A bucket that is being created is no resource yet.
    fn resources(&self) -> Vec<Resource> {
        let Some(bucket) = self.bucket.filter(|_| self.name != "CreateBucket") else { return Vec::new() };
        let arn =
            if bucket.starts_with("arn:") { bucket.to_owned() } else { format!("arn:aws:s3:::{bucket}") };
        let mut resources = Vec::new();
        if self.category() == Category::Data {
            let object = match self.key {
                Some(key) => ResourceArn::Whole(format!("{arn}/{key}")),
                None => {
                    let prefix = self.query.iter().find(|(name, _)| name == "prefix");
                    let prefix = prefix.map_or("", |(_, value)| value);
                    ResourceArn::Prefix(format!("{arn}/{prefix}"))
                }
            };
            resources.push(Resource {
                resource_type: Some("AWS::S3::Object".into()),
                arn: object,
                account: None,
            });
        }
        resources.push(Resource {
            resource_type: Some("AWS::S3::Bucket".into()),
            arn: ResourceArn::Whole(arn),
            account: self.owner,
        });
        resources
    }
}

/// Which of `names`, which are sorted, are among the headers: a request has few, and there are many names.
fn those_of(names: &[&'static str], headers: &HeaderMap) -> Vec<&'static str> {
    let amazons = headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with("x-amz-"));
    let mut found: Vec<usize> = amazons.filter_map(|name| names.binary_search(&name).ok()).collect();
    found.sort_unstable();
    found.into_iter().map(|place| names[place]).collect()
}

/// Whether a query key is no secret and carries no signature.
fn is_told(name: &str) -> bool {
    let is_one_of = |known: &[&str]| known.iter().any(|known| name.eq_ignore_ascii_case(known));
    let is_amazons = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"));
    match is_amazons {
        true => is_one_of(&PARAMETER_HEADERS) || is_one_of(&PRESIGNED_KEYS),
        false => !is_one_of(&SIGNING_KEYS),
    }
}

#[cfg(test)]
mod tests;
