//! Calls of S3.

mod operations;

use crate::call::{Call, Resource, ResourceArn};
use cairn_model::{AccountId, Category};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use operations::{category, event_name};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

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

/// Query keys that carry a signature, never recorded.
const SIGNING_KEYS: [&str; 3] = ["x-amz-signature", "x-amz-credential", "x-amz-security-token"];

/// Headers that are parameters, and carry no secret (keys of SSE-C do).
const PARAMETER_HEADERS: [&str; 14] = [
    "x-amz-acl",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-object-ownership",
    "x-amz-copy-source",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
    "x-amz-expected-bucket-owner",
    "x-amz-bypass-governance-retention",
];

/// A call of S3. Calls on buckets are management events; those on objects, and those that list or probe what
/// is in a bucket, are data events.
pub fn s3(request: &S3Request<'_>) -> Call {
    let query = parsed_query(request.query.unwrap_or(""));
    Call {
        category: category(request.operation, request.key.is_some()),
        request_parameters: Some(Value::Object(parameters(request, &query))),
        additional_event_data: Some(Value::Object(additional(request, &query))),
        resources: resources(request, &query),
        ..Call::named("s3.amazonaws.com", event_name(request.operation).to_owned())
    }
}

fn parameters(request: &S3Request<'_>, query: &[(String, String)]) -> Map<String, Value> {
    let mut parameters = Map::new();
    if let Some(bucket) = request.bucket {
        parameters.insert("bucketName".to_owned(), bucket.into());
    }
    if let Some(key) = request.key {
        parameters.insert("key".to_owned(), key.into());
    }
    parameters.insert("Host".to_owned(), request.host.into());
    for (name, value) in query {
        let is_signing = SIGNING_KEYS.iter().any(|key| name.eq_ignore_ascii_case(key));
        if !is_signing {
            parameters.entry(name.clone()).or_insert_with(|| value.as_str().into());
        }
    }
    for name in PARAMETER_HEADERS {
        if let Some(value) = request.headers.get(name) {
            parameters.insert(name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into());
        }
    }
    if let Some((name, body)) = &request.body {
        parameters.insert((*name).to_owned(), body.clone());
    }
    parameters
}

fn additional(request: &S3Request<'_>, query: &[(String, String)]) -> Map<String, Value> {
    let mut additional = Map::new();
    let is_presigned = query.iter().any(|(name, _)| name.eq_ignore_ascii_case("x-amz-signature"));
    let method = match (is_presigned, request.headers.contains_key(AUTHORIZATION)) {
        (true, _) => Some("QueryString"),
        (false, true) => Some("AuthHeader"),
        (false, false) => None,
    };
    if let Some(method) = method {
        additional.insert("SignatureVersion".to_owned(), json!("SigV4"));
        additional.insert("AuthenticationMethod".to_owned(), json!(method));
    }
    additional.insert("bytesTransferredIn".to_owned(), json!(request.bytes_in));
    additional.insert("bytesTransferredOut".to_owned(), json!(request.bytes_out));
    additional
}

/// The bucket, and for data events the object before it, or the prefix of the objects that the call was
/// about. A bucket that is being created is no resource yet.
fn resources(request: &S3Request<'_>, query: &[(String, String)]) -> Vec<Resource> {
    let Some(bucket) = request.bucket.filter(|_| request.operation != "CreateBucket") else {
        return Vec::new();
    };
    let mut resources = Vec::new();
    if category(request.operation, request.key.is_some()) == Category::Data {
        let arn = match request.key {
            Some(key) => ResourceArn::Whole(format!("arn:aws:s3:::{bucket}/{key}")),
            None => {
                let prefix = query.iter().find(|(name, _)| name == "prefix");
                let prefix = prefix.map_or("", |(_, value)| value);
                ResourceArn::Prefix(format!("arn:aws:s3:::{bucket}/{prefix}"))
            }
        };
        resources.push(Resource { resource_type: "AWS::S3::Object", arn, account: None });
    }
    resources.push(Resource {
        resource_type: "AWS::S3::Bucket",
        arn: ResourceArn::Whole(format!("arn:aws:s3:::{bucket}")),
        account: request.owner,
    });
    resources
}

/// (name, value) of each part; a sub-resource such as `acl` has an empty value.
fn parsed_query(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

#[cfg(test)]
mod tests;
