#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::{Dialect, of};
use crate::s3::{PutObject, ServerSideEncryption};
use bytes::Bytes;

fn object(encryption: ServerSideEncryption) -> PutObject {
    PutObject {
        bucket: "logs".to_owned(),
        key: "key".to_owned(),
        key_is_random: false,
        body: Bytes::from_static(b"body"),
        sha256: "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5".to_owned(),
        content_type: "application/json",
        content_encoding: Some("gzip"),
        metadata: vec![("signature", "00ff".to_owned())],
        encryption,
    }
}

fn check(encryption: ServerSideEncryption, dialect: Dialect, expected: &[(&str, &str)]) {
    let headers = of(&object(encryption), dialect);
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(headers, expected);
}

const TYPE: (&str, &str) = ("content-type", "application/json");
const ENCODING: (&str, &str) = ("content-encoding", "gzip");
const CHECKSUM: (&str, &str) = ("x-amz-checksum-sha256", "Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU=");
const NEW: (&str, &str) = ("if-none-match", "*");
const META: (&str, &str) = ("x-amz-meta-signature", "00ff");

#[test]
fn an_object_is_new_its_owners_and_encrypted_by_the_buckets_keys() {
    let acl = ("x-amz-acl", "bucket-owner-full-control");
    let sse = ("x-amz-server-side-encryption", "AES256");
    check(ServerSideEncryption::SseS3, Dialect::Whole, &[TYPE, ENCODING, CHECKSUM, NEW, acl, sse, META]);
    check(ServerSideEncryption::SseS3, Dialect::Plain, &[TYPE, ENCODING, CHECKSUM, NEW, META]);
    check(ServerSideEncryption::SseS3, Dialect::Unconditional, &[TYPE, ENCODING, CHECKSUM, META]);
}

#[test]
fn encryption_by_kms_is_never_left_out() {
    let kms = ServerSideEncryption::SseKms {
        key_arn: "arn:aws:kms:us-east-1:111122223333:key/k".to_owned(),
        context: vec![("aws:s3:arn".to_owned(), "arn:aws:s3:::logs/key".to_owned())],
    };
    let sse = [
        ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:us-east-1:111122223333:key/k"),
        ("x-amz-server-side-encryption-context", "eyJhd3M6czM6YXJuIjoiYXJuOmF3czpzMzo6OmxvZ3Mva2V5In0="),
    ];
    let expected: Vec<_> = [TYPE, ENCODING, CHECKSUM].into_iter().chain(sse).chain([META]).collect();
    check(kms, Dialect::Unconditional, &expected);
}
