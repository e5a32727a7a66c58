//! What a digest says, and whether its signature holds.
//!
//! Source of the format: AWS CloudTrail User Guide, "CloudTrail digest file structure"; of the signed text:
//! "Custom implementations of CloudTrail log file integrity validation".

use crate::unpack::Sha256;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use cairn_model::Timestamp;
use serde::Deserialize;

/// The only algorithms that there are.
const SIGNATURE_ALGORITHM: &str = "SHA256withRSA";
const HASH_ALGORITHM: &str = "SHA-256";

/// The members that matter here. Those of a predecessor are null in a starting digest.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    aws_account_id: String,
    digest_start_time: String,
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    bucket: String,
    #[serde(rename = "digestS3Object")]
    key: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: String,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    previous_key: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    log_files: Vec<LogFileJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogFileJson {
    #[serde(rename = "s3Bucket")]
    bucket: String,
    #[serde(rename = "s3Object")]
    key: String,
    hash_value: String,
    hash_algorithm: String,
}

/// A digest that reads as one. Nothing it says is proven before its signature is.
#[derive(Debug)]
pub(crate) struct Digest {
    pub(crate) account: String,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    /// As it stands in the JSON, because that is what is signed.
    end_text: String,
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    pub(crate) previous: Option<Link>,
    previous_signature: Option<String>,
    pub(crate) log_files: Vec<NamedFile>,
    pub(crate) sha256: Sha256,
}

/// How a digest names its predecessor.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) sha256: Sha256,
    pub(crate) signature: Vec<u8>,
}

/// A log file, as a digest names it.
#[derive(Clone, Debug)]
pub(crate) struct NamedFile {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) sha256: Sha256,
}

/// The text is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotADigest {
    #[error("it does not read as a digest: {0}")]
    Json(String),
    #[error("it is not a digest: {0}")]
    Member(&'static str),
}

impl Digest {
    /// Reads the JSON; `sha256` is its hash.
    pub(crate) fn parse(json: &[u8], sha256: Sha256) -> Result<Digest, NotADigest> {
        let json: Json = serde_json::from_slice(json).map_err(|error| NotADigest::Json(error.to_string()))?;
        if json.digest_signature_algorithm != SIGNATURE_ALGORITHM {
            return Err(NotADigest::Member("its signature algorithm is not SHA256withRSA"));
        }
        let time = |text: &str| Timestamp::parse(text).ok_or(NotADigest::Member("a time is none"));
        Ok(Digest {
            previous: link(&json)?,
            account: json.aws_account_id,
            start: time(&json.digest_start_time)?,
            end: time(&json.digest_end_time)?,
            end_text: json.digest_end_time,
            bucket: json.bucket,
            key: json.key,
            fingerprint: json.digest_public_key_fingerprint,
            previous_signature: json.previous_digest_signature,
            log_files: json.log_files.into_iter().map(named_file).collect::<Result<_, _>>()?,
            sha256,
        })
    }

    /// Whether `signature` is the digest's own, by the key `public_der` (PKCS#1 RSAPublicKey).
    pub(crate) fn is_signed(&self, signature: &[u8], public_der: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_der);
        key.verify(self.signed_text().as_bytes(), signature).is_ok()
    }

    fn signed_text(&self) -> String {
        let previous = self.previous_signature.as_deref().unwrap_or("null");
        let sha256 = hex::encode(self.sha256);
        format!("{}\n{}/{}\n{sha256}\n{previous}", self.end_text, self.bucket, self.key)
    }
}

fn link(json: &Json) -> Result<Option<Link>, NotADigest> {
    let members = (
        &json.previous_bucket,
        &json.previous_key,
        &json.previous_digest_hash_value,
        &json.previous_digest_signature,
    );
    let (bucket, key, sha256, signature) = match members {
        (None, None, None, None) => return Ok(None),
        (Some(bucket), Some(key), Some(sha256), Some(signature)) => (bucket, key, sha256, signature),
        _ => return Err(NotADigest::Member("it names half a predecessor")),
    };
    if json.previous_digest_hash_algorithm.as_deref() != Some(HASH_ALGORITHM) {
        return Err(NotADigest::Member("its predecessor's hash algorithm is not SHA-256"));
    }
    let no_signature = NotADigest::Member("its predecessor's signature is not hexadecimal");
    Ok(Some(Link {
        bucket: bucket.clone(),
        key: key.clone(),
        sha256: parse_sha256(sha256)?,
        signature: hex::decode(signature).map_err(|_| no_signature)?,
    }))
}

fn named_file(json: LogFileJson) -> Result<NamedFile, NotADigest> {
    if json.hash_algorithm != HASH_ALGORITHM {
        return Err(NotADigest::Member("a log file's hash algorithm is not SHA-256"));
    }
    Ok(NamedFile { sha256: parse_sha256(&json.hash_value)?, bucket: json.bucket, key: json.key })
}

fn parse_sha256(text: &str) -> Result<Sha256, NotADigest> {
    let mut sha256 = Sha256::default();
    hex::decode_to_slice(text, &mut sha256)
        .map_err(|_| NotADigest::Member("a hash is not SHA-256 in hexadecimal"))?;
    Ok(sha256)
}
