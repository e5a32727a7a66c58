//! Public keys and the heads of chains: what a verifier must be told apart from the bucket.
//!
//! The file is what `aws cloudtrail list-public-keys` prints, or what `cairn key export` writes, which has
//! more members: see FORMAT.md, "Exported keys".

use crate::names::{ChainId, Named, What};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cairn_model::{Timestamp, TrailArn};
use md5::{Digest, Md5};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// What this verifier knows of files that say a version; AWS's own say none.
const VERSION: u64 = 1;

/// Keys and heads, of one file or of several.
#[derive(Clone, Debug, Default)]
pub struct KeysFile {
    keys: HashMap<String, PublicKey>,
    heads: Vec<Head>,
    /// Organizations with the accounts whose keys sign for them.
    managers: HashSet<(String, String)>,
}

/// A key that may have signed digests.
#[derive(Clone, Debug)]
pub(crate) struct PublicKey {
    /// PKCS#1 RSAPublicKey, DER.
    pub(crate) der: Vec<u8>,
    pub(crate) valid_from: Timestamp,
    pub(crate) valid_to: Timestamp,
    /// The account whose digests it signs, if the file says.
    pub(crate) account: Option<String>,
}

/// The newest digest of a chain when the file was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// The chain.
    pub chain: ChainId,
    /// The bucket that the digest is in.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// SHA-256 of its JSON.
    pub sha256: [u8; 32],
    /// Its signature.
    pub signature: Vec<u8>,
    /// The end of its window.
    pub end: Timestamp,
}

/// The file of keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Not the JSON that it should be.
    #[error("not a file of public keys: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by a newer Cairn.
    #[error(
        "the file is of version {0}, this Cairn knows {VERSION}: use the Cairn that wrote it, or a newer one"
    )]
    Newer(u64),
    /// A member does not hold what it should.
    #[error("not a file of public keys: {what} of {of} is not what it should be")]
    Member {
        /// The member.
        what: &'static str,
        /// The key or digest that it is about.
        of: String,
    },
}

#[derive(Deserialize)]
struct FileJson {
    version: Option<u64>,
    #[serde(rename = "PublicKeyList")]
    keys: Vec<KeyJson>,
    #[serde(default)]
    heads: Vec<HeadJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyJson {
    value: String,
    /// As text or, if the AWS CLI was told so, as seconds since 1970.
    validity_start_time: Value,
    validity_end_time: Value,
    fingerprint: String,
    #[serde(rename = "account")]
    account: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadJson {
    #[serde(rename = "trailARN")]
    trail_arn: TrailArn,
    region: String,
    #[serde(rename = "digestS3Bucket")]
    bucket: String,
    #[serde(rename = "digestS3Object")]
    key: String,
    digest_hash_value: String,
    digest_signature: String,
    digest_end_time: String,
}

impl KeysFile {
    /// Reads a file.
    pub fn parse(json: &[u8]) -> Result<KeysFile, KeysError> {
        let file: FileJson = serde_json::from_slice(json)?;
        if let Some(version) = file.version.filter(|version| *version != VERSION) {
            return Err(KeysError::Newer(version));
        }
        let keys = file.keys.into_iter().map(public_key).collect::<Result<_, _>>()?;
        let managers = file.heads.iter().filter_map(manager).collect();
        let heads = file.heads.into_iter().map(head).collect::<Result<_, _>>()?;
        Ok(KeysFile { keys, heads, managers })
    }

    /// Adds what another file holds. Heads that differ are all kept, though they name the same digest: it cannot be what
    /// both say.
    pub fn join(&mut self, other: KeysFile) {
        self.keys.extend(other.keys);
        self.managers.extend(other.managers);
        let known: HashSet<&Head> = self.heads.iter().collect();
        let new: Vec<Head> = other.heads.into_iter().filter(|head| !known.contains(head)).collect();
        self.heads.extend(new);
    }

    /// The heads of chains that it names.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Whether a key of `signer` may have signed a digest of an account: the account's own, or that of whom a head says
    /// that its trails are those of the account's organization.
    pub(crate) fn may_sign(&self, signer: &str, organization: Option<&str>, account: &str) -> bool {
        let manages =
            |organization: &str| self.managers.contains(&(organization.to_owned(), signer.to_owned()));
        signer == account || organization.is_some_and(manages)
    }

    pub(crate) fn key(&self, fingerprint: &str) -> Option<&PublicKey> {
        self.keys.get(fingerprint)
    }
}

fn time(json: &Value) -> Option<Timestamp> {
    match json {
        Value::String(text) => Timestamp::parse(text),
        seconds => Some(Timestamp::from_micros((seconds.as_f64()? * 1e6) as i64)),
    }
}

fn public_key(json: KeyJson) -> Result<(String, PublicKey), KeysError> {
    let wrong = |what| KeysError::Member { what, of: json.fingerprint.clone() };
    let der = BASE64_STANDARD.decode(&json.value).map_err(|_| wrong("Value"))?;
    // A fingerprint is no signature; this finds a file that was cut or mixed up.
    if hex::encode(Md5::digest(&der)) != json.fingerprint {
        return Err(wrong("Fingerprint"));
    }
    let key = PublicKey {
        valid_from: time(&json.validity_start_time).ok_or_else(|| wrong("ValidityStartTime"))?,
        valid_to: time(&json.validity_end_time).ok_or_else(|| wrong("ValidityEndTime"))?,
        account: json.account,
        der,
    };
    Ok((json.fingerprint, key))
}

/// The chain that a digest's key names, if it is one of an organization: the key says whose events it covers.
fn of_organization(json: &HeadJson) -> Option<ChainId> {
    match Named::parse(&json.key)?.what {
        What::Digest { chain, .. } => Some(chain).filter(|chain| chain.organization.is_some()),
        What::LogFile { .. } => None,
    }
}

fn manager(json: &HeadJson) -> Option<(String, String)> {
    Some((of_organization(json)?.organization?, json.trail_arn.account.to_string()))
}

fn head(json: HeadJson) -> Result<Head, KeysError> {
    let wrong = |what| KeysError::Member { what, of: json.key.clone() };
    let mut sha256 = [0; 32];
    hex::decode_to_slice(&json.digest_hash_value, &mut sha256).map_err(|_| wrong("digestHashValue"))?;
    Ok(Head {
        chain: of_organization(&json).unwrap_or_else(|| ChainId::of(&json.trail_arn, &json.region)),
        sha256,
        signature: hex::decode(&json.digest_signature).map_err(|_| wrong("digestSignature"))?,
        end: Timestamp::parse(&json.digest_end_time).ok_or_else(|| wrong("digestEndTime"))?,
        bucket: json.bucket,
        key: json.key,
    })
}

#[cfg(test)]
mod tests;
