//! Digests: the signed lists of log files that `aws cloudtrail validate-logs` checks.
//!
//! Source of the format: AWS CloudTrail User Guide, "CloudTrail digest file structure" and "Custom
//! implementations of CloudTrail log file integrity validation".

use crate::log_file::{Packed, Workspace};
use crate::outbox::Link;
use crate::signing::{Signer, UnusableKey};
use cairn_decide::digest::Window;
use cairn_model::Timestamp;
use serde::Serialize;

/// What digests and their metadata call the signature's algorithm.
pub(crate) const SIGNATURE_ALGORITHM: &str = "SHA256withRSA";
const HASH_ALGORITHM: &str = "SHA-256";

/// A log file, as a digest names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedFile {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// Lower-case hex SHA-256 of the bytes before compression.
    pub(crate) sha256: String,
    pub(crate) oldest: Timestamp,
    pub(crate) newest: Timestamp,
}

/// What a digest says. Its own key is part of what is signed, so it is chosen before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contents<'a> {
    pub(crate) account: &'a str,
    pub(crate) window: Window,
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    /// `None` in a starting digest.
    pub(crate) previous: Option<&'a Link>,
    pub(crate) files: &'a [NamedFile],
}

/// A digest that is signed, as one gzip member.
pub(crate) struct Signed<'a> {
    pub(crate) packed: Packed<'a>,
    /// Lower-case hex; goes to the object's metadata and into the next digest.
    pub(crate) signature: String,
}

/// The members in the order of AWS's samples. Those without a value are null, never absent: the AWS CLI asks
/// for them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    aws_account_id: &'a str,
    digest_start_time: String,
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    bucket: &'a str,
    #[serde(rename = "digestS3Object")]
    key: &'a str,
    digest_public_key_fingerprint: &'a str,
    digest_signature_algorithm: &'static str,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_bucket: Option<&'a str>,
    #[serde(rename = "previousDigestS3Object")]
    previous_key: Option<&'a str>,
    previous_digest_hash_value: Option<&'a str>,
    previous_digest_hash_algorithm: Option<&'static str>,
    previous_digest_signature: Option<&'a str>,
    log_files: Vec<LogFileJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogFileJson<'a> {
    #[serde(rename = "s3Bucket")]
    bucket: &'a str,
    #[serde(rename = "s3Object")]
    key: &'a str,
    hash_value: &'a str,
    hash_algorithm: &'static str,
    newest_event_time: String,
    oldest_event_time: String,
}

/// Writes, signs and packs a digest.
pub(crate) fn sign<'a>(
    contents: &Contents<'_>,
    signer: &Signer,
    gzip_level: i32,
    workspace: &'a mut Workspace,
) -> Result<Signed<'a>, UnusableKey> {
    workspace.plain = to_json(contents, signer.fingerprint());
    let packed = workspace.pack(gzip_level);
    let signature = signer.sign(&string_to_sign(contents, &packed.plain_sha256))?;
    Ok(Signed { packed, signature })
}

/// Four lines without a newline at the end: end, own place, hash of the JSON, predecessor's signature.
fn string_to_sign(contents: &Contents<'_>, json_sha256: &str) -> String {
    let Contents { bucket, key, .. } = contents;
    let end = contents.window.end;
    let previous = contents.previous.map_or("null", |link| &link.signature);
    format!("{end}\n{bucket}/{key}\n{json_sha256}\n{previous}")
}

fn to_json(contents: &Contents<'_>, fingerprint: &str) -> Vec<u8> {
    let Contents { previous, files, .. } = *contents;
    let newest = files.iter().map(|file| file.newest).max();
    let oldest = files.iter().map(|file| file.oldest).min();
    let json = Json {
        aws_account_id: contents.account,
        digest_start_time: contents.window.start.to_string(),
        digest_end_time: contents.window.end.to_string(),
        bucket: contents.bucket,
        key: contents.key,
        digest_public_key_fingerprint: fingerprint,
        digest_signature_algorithm: SIGNATURE_ALGORITHM,
        newest_event_time: newest.map(|time| time.to_string()),
        oldest_event_time: oldest.map(|time| time.to_string()),
        previous_bucket: previous.map(|link| link.bucket.as_str()),
        previous_key: previous.map(|link| link.key.as_str()),
        previous_digest_hash_value: previous.map(|link| link.sha256.as_str()),
        previous_digest_hash_algorithm: previous.map(|_| HASH_ALGORITHM),
        previous_digest_signature: previous.map(|link| link.signature.as_str()),
        log_files: files.iter().map(log_file_json).collect(),
    };
    serde_json::to_vec(&json).expect("a struct of texts")
}

fn log_file_json(file: &NamedFile) -> LogFileJson<'_> {
    LogFileJson {
        bucket: &file.bucket,
        key: &file.key,
        hash_value: &file.sha256,
        hash_algorithm: HASH_ALGORITHM,
        newest_event_time: file.newest.to_string(),
        oldest_event_time: file.oldest.to_string(),
    }
}

#[cfg(test)]
mod tests;
