//! Calls of S3 by the AWS SDK for Rust. Arguments: the bucket, the file that goes up in parts, the file that it is
//! written to when it comes back. Prints what it saw, a `name=value` a line; ends with 1 at the first call that fails
//! and should not have.

mod environment;

use aws_sdk_s3::config::{BehaviorVersion, retry::RetryConfig};
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::{ByteStream, Length};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use aws_sdk_s3::{Client, Config};
use std::env;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

type Done<T = ()> = Result<T, Box<dyn Error>>;

const SMALL: &str = "a small object";
const PART_BYTES: u64 = 5 << 20;
const VALID: Duration = Duration::from_secs(300);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Done {
    let [bucket, up, down] = arguments()?;
    let s3 = Client::from_conf(settings()?);
    s3.create_bucket().bucket(&bucket).send().await?;
    small(&s3, &bucket).await?;
    in_parts(&s3, &bucket, Path::new(&up)).await?;
    back(&s3, &bucket, Path::new(&down)).await?;
    listed(&s3, &bucket).await?;
    deleted(&s3, &bucket).await?;
    missing(&s3, &bucket).await?;
    presigned(&s3, &bucket).await
}

fn arguments() -> Done<[String; 3]> {
    let given: Vec<String> = env::args().skip(1).collect();
    given.try_into().map_err(|_| "arguments: BUCKET FILE COPY".into())
}

fn settings() -> Done<Config> {
    Ok(Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(environment::endpoint()?)
        .region(environment::region()?)
        .credentials_provider(environment::credentials()?)
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .force_path_style(true)
        .build())
}

async fn small(s3: &Client, bucket: &str) -> Done {
    let body = ByteStream::from_static(SMALL.as_bytes());
    s3.put_object().bucket(bucket).key("small").content_type("text/plain").body(body).send().await?;
    let head = s3.head_object().bucket(bucket).key("small").send().await?;
    expect(head.content_length() == Some(SMALL.len() as i64), "HeadObject tells another length")?;
    s3.copy_object().bucket(bucket).key("copied").copy_source(format!("{bucket}/small")).send().await?;
    let copied = s3.get_object().bucket(bucket).key("copied").send().await?.body.collect().await?;
    expect(copied.to_vec() == SMALL.as_bytes(), "the copy differs")
}

/// Parts are read from the file as they go: their checksums are sent behind them.
async fn in_parts(s3: &Client, bucket: &str, file: &Path) -> Done {
    let bytes = std::fs::metadata(file)?.len();
    let began = s3.create_multipart_upload().bucket(bucket).key("large").send().await?;
    let id = began.upload_id().ok_or("no UploadId")?;
    let mut parts = Vec::new();
    for (number, offset) in (1..).zip((0..bytes).step_by(PART_BYTES as usize)) {
        let length = Length::Exact(PART_BYTES.min(bytes - offset));
        let body = ByteStream::read_from().path(file).offset(offset).length(length).build().await?;
        let part = s3.upload_part().bucket(bucket).key("large").upload_id(id).part_number(number).body(body);
        let sent = part.send().await?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag);
        parts.push(part.set_checksum_crc32(sent.checksum_crc32).build());
    }
    let all = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let whole =
        s3.complete_multipart_upload().bucket(bucket).key("large").upload_id(id).multipart_upload(all);
    whole.send().await?;
    Ok(())
}

async fn back(s3: &Client, bucket: &str, file: &Path) -> Done {
    let answer = s3.get_object().bucket(bucket).key("large").send().await?;
    let mut body = answer.body.into_async_read();
    tokio::io::copy(&mut body, &mut tokio::fs::File::create(file).await?).await?;
    let range = s3.get_object().bucket(bucket).key("small").range("bytes=2-6").send().await?;
    expect(range.body.collect().await?.to_vec() == b"small", "the range differs")
}

async fn listed(s3: &Client, bucket: &str) -> Done {
    let mut pages = s3.list_objects_v2().bucket(bucket).max_keys(2).into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        keys.extend(page?.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
    }
    println!("keys={}", keys.join(","));
    Ok(())
}

async fn deleted(s3: &Client, bucket: &str) -> Done {
    let copied = Delete::builder().objects(ObjectIdentifier::builder().key("copied").build()?).build()?;
    let answer = s3.delete_objects().bucket(bucket).delete(copied).send().await?;
    expect(answer.deleted().len() == 1, "DeleteObjects deleted another number")?;
    s3.delete_object().bucket(bucket).key("never").send().await?;
    Ok(())
}

async fn missing(s3: &Client, bucket: &str) -> Done {
    let failed = s3.get_object().bucket(bucket).key("copied").send().await.err();
    let failed = failed.ok_or("a deleted object is still there")?;
    println!("missing={}", failed.code().unwrap_or_default());
    Ok(())
}

/// URLs for others, who need no SDK.
async fn presigned(s3: &Client, bucket: &str) -> Done {
    let valid = PresigningConfig::expires_in(VALID)?;
    let get = s3.get_object().bucket(bucket).key("small").presigned(valid.clone()).await?;
    println!("get={}", get.uri());
    let put = s3.put_object().bucket(bucket).key("presigned").presigned(valid).await?;
    println!("put={}", put.uri());
    Ok(())
}

fn expect(holds: bool, otherwise: &'static str) -> Done {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
