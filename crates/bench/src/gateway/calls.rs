//! Calls as the SDKs make them.

use crate::content::Content;
use crate::error::BenchError;
use crate::signing::{OPERATOR, STRANGER, signed};
use crate::standin::WAIT;
use bytes::Bytes;
use cairn_wire::sigv4::Credentials;
use http::request::Builder;
use http::{HeaderValue, Request};
use std::net::SocketAddr;
use std::time::Duration;

/// What errors call them.
pub(super) const NAME: &str = "a forwarded call";

/// One call, signed. It can be sent again and again as long as its signature is young.
pub(super) type Call = Request<Content>;

/// Bytes of the objects of the mix.
const OBJECT_BYTES: usize = 1024;
const GET_ITEM: &str = r#"{"TableName":"orders","Key":{"customer":{"S":"C-4711"},"order":{"N":"20260101"}}}"#;
const GET_USER: &str = "Action=GetUser&Version=2010-05-08&UserName=alice";

/// What is called.
#[derive(Clone, Copy)]
enum Operation {
    GetObject,
    PutObject,
    GetItem,
    GetUser,
}

/// Calls to be made in turn: of every operation three that a stranger signed and one that the operator did.
pub(super) fn mix(way: SocketAddr) -> Result<Vec<Call>, BenchError> {
    use Operation::{GetItem, GetObject, GetUser, PutObject};
    let signers = [STRANGER, STRANGER, OPERATOR, STRANGER];
    let round = |signer| [GetObject, GetItem, PutObject, GetUser].map(|operation| (operation, signer));
    signers.into_iter().flat_map(round).map(|(operation, signer)| operation.call(way, &signer)).collect()
}

/// A call whose answer begins only after `wait`.
pub(super) fn waiting(way: SocketAddr, wait: Duration) -> Result<Call, BenchError> {
    Operation::GetItem.call(way, &STRANGER).map(|call| delayed(call, wait))
}

/// Uploads an object of so many bytes, which are not under the signature.
pub(super) fn upload(way: SocketAddr, bytes: u64) -> Result<Call, BenchError> {
    let request = request(way, "PUT", "/bench-bucket/large").header("content-type", "binary/octet-stream");
    let mut call = signed(request.body(Content::default())?, b"", &STRANGER, "s3")?;
    // The signature is not right any more, which only who knows the stranger's key could tell.
    call.headers_mut().insert("x-amz-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    *call.body_mut() = Content::of_length(bytes);
    Ok(call)
}

/// The same, and nobody reads it before `wait` is over.
pub(super) fn unread_upload(way: SocketAddr, bytes: u64, wait: Duration) -> Result<Call, BenchError> {
    upload(way, bytes).map(|call| delayed(call, wait))
}

/// Downloads an object of so many bytes.
pub(super) fn download(way: SocketAddr, bytes: u64) -> Result<Call, BenchError> {
    let path = format!("/bench-bucket/object-{bytes}");
    signed(request(way, "GET", &path).body(Content::default())?, b"", &STRANGER, "s3")
}

fn delayed(mut call: Call, wait: Duration) -> Call {
    let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    call.headers_mut().insert(WAIT, HeaderValue::from(wait));
    call
}

impl Operation {
    fn call(self, way: SocketAddr, signer: &Credentials<'_>) -> Result<Call, BenchError> {
        let (request, body, service) = match self {
            Operation::GetObject => {
                let path = format!("/bench-bucket/reports/2026/object-{OBJECT_BYTES}");
                let request = request(way, "GET", &path).header("x-amz-checksum-mode", "ENABLED");
                (request, Bytes::new(), "s3")
            }
            Operation::PutObject => {
                let request = request(way, "PUT", "/bench-bucket/reports/2026/new.bin");
                let request = request.header("content-type", "binary/octet-stream");
                (request, Bytes::from_static(&[b'.'; OBJECT_BYTES]), "s3")
            }
            Operation::GetItem => {
                let request = request(way, "POST", "/").header("content-type", "application/x-amz-json-1.0");
                let request = request.header("x-amz-target", "DynamoDB_20120810.GetItem");
                (request, Bytes::from_static(GET_ITEM.as_bytes()), "dynamodb")
            }
            Operation::GetUser => {
                let form = "application/x-www-form-urlencoded; charset=utf-8";
                let request = request(way, "POST", "/").header("content-type", form);
                (request, Bytes::from_static(GET_USER.as_bytes()), "iam")
            }
        };
        signed(request.body(body.clone().into())?, &body, signer, service)
    }
}

/// What SDKs send with every call.
fn request(way: SocketAddr, method: &str, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", way.to_string())
        .header(
            "user-agent",
            "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13",
        )
        .header("accept-encoding", "identity")
        .header("amz-sdk-invocation-id", "7b0a5c0e-6f0f-4a53-8c3d-5d9a3f1f6f10")
        .header("amz-sdk-request", "attempt=1")
}

#[cfg(test)]
mod tests;
