//! The newest delivered digest of every chain: what an offline verifier must find, and the signature of the
//! one digest that no successor vouches for.

use crate::delivery::Delivery;
use crate::error::DeliveryError;
use crate::outbox::{Outbox, Tip};
use cairn_model::{AccountId, Timestamp, TrailArn};
use libdeflater::Decompressor;
use serde::Deserialize;
use std::collections::HashMap;

/// The newest digest of a chain that is in its bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The trail. It may be stopped or deleted: its digests stay.
    pub trail: TrailArn,
    /// The account whose events it covers: the trail's own, or one of its organization.
    pub account: AccountId,
    /// The region that the chain covers.
    pub region: String,
    /// The bucket that the digest is in.
    pub bucket: String,
    /// The digest's key.
    pub key: String,
    /// Lower-case hex SHA-256 of the digest's JSON.
    pub sha256: String,
    /// The digest's signature, lower-case hex.
    pub signature: String,
    /// The end of its window.
    pub end: Timestamp,
    /// Whether further digests are to come.
    pub open: bool,
}

/// A digest that waits for its bucket, by bucket and key: its file and the file's SHA-256.
type Waiting = HashMap<(String, String), (String, String)>;

/// What a digest says of its predecessor; a starting one has none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Predecessor {
    digest_start_time: String,
    #[serde(rename = "previousDigestS3Bucket")]
    bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    key: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_signature: Option<String>,
}

impl Delivery {
    /// The head of every chain that ever was, ended ones included, in no order that means anything. A digest
    /// that still waits in the outbox is no head: its predecessor is.
    pub async fn heads(&self) -> Result<Vec<Head>, DeliveryError> {
        heads(self.outbox()).await
    }
}

pub(crate) async fn heads(outbox: &Outbox) -> Result<Vec<Head>, DeliveryError> {
    // In this order: a digest that is delivered in between counts as delivered, not as lost.
    let tips = outbox.tips().await?;
    let waiting = outbox.waiting_digests().await?;
    let mut heads = Vec::with_capacity(tips.len());
    for tip in tips {
        heads.extend(delivered(outbox, &waiting, tip).await?);
    }
    Ok(heads)
}

/// Follows a chain back to what is in its bucket; nothing if none of it is.
async fn delivered(outbox: &Outbox, waiting: &Waiting, tip: Tip) -> Result<Option<Head>, DeliveryError> {
    let Tip { trail, account, region, link, end, open } = tip;
    let mut head = Head {
        trail,
        account,
        region,
        bucket: link.bucket,
        key: link.key,
        sha256: link.sha256,
        signature: link.signature,
        end,
        open,
    };
    while let Some((file, gzip_sha256)) = waiting.get(&(head.bucket.clone(), head.key.clone())) {
        let Ok(gzip) = outbox.folder.read(file, gzip_sha256).await else {
            // Delivered since the database was asked, or damaged: then the log says so at every attempt.
            break;
        };
        let says = predecessor(&gzip).ok_or(DeliveryError::Malformed { what: "a digest" })?;
        let (Some(bucket), Some(key)) = (says.bucket, says.key) else {
            return Ok(None);
        };
        head.bucket = bucket;
        head.key = key;
        head.sha256 = says.previous_digest_hash_value.unwrap_or_default();
        head.signature = says.previous_digest_signature.unwrap_or_default();
        // Windows join: the predecessor's end is this one's start.
        head.end = Timestamp::parse(&says.digest_start_time).unwrap_or(head.end);
    }
    Ok(Some(head))
}

/// Reads one of our own files, whose hash was checked: its last four bytes are the length of its text.
fn predecessor(gzip: &[u8]) -> Option<Predecessor> {
    let length = u32::from_le_bytes(*gzip.last_chunk()?);
    let mut plain = vec![0; usize::try_from(length).ok()?];
    let length = Decompressor::new().gzip_decompress(gzip, &mut plain).ok()?;
    serde_json::from_slice(&plain[..length]).ok()
}
