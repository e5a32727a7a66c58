//! Who may do what: access keys, and the owner of a bucket.

use crate::buckets::Buckets;
use cairn_model::AccountId;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What the server knows of an access key.
#[derive(Clone)]
pub struct KeyInfo {
    /// The secret access key; never shown by `Debug`.
    pub secret: String,
    /// The account it belongs to.
    pub account: AccountId,
    /// A disabled key is treated as one that does not exist.
    pub disabled: bool,
    /// A key that may only send events; it may do nothing here.
    pub ingest_only: bool,
}

impl fmt::Debug for KeyInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeyInfo { secret: _, account, disabled, ingest_only } = self;
        f.debug_struct("KeyInfo")
            .field("account", account)
            .field("disabled", disabled)
            .field("ingest_only", ingest_only)
            .finish_non_exhaustive()
    }
}

/// The access keys of the server.
pub trait Keys: Send + Sync {
    /// The key of this id, if there is one. Must not wait: it is asked for every request.
    fn secret(&self, access_key_id: &str) -> Option<KeyInfo>;
}

/// Whose verified request it is; goes along with the request.
#[derive(Clone, Copy)]
pub(super) struct Caller(pub(super) AccountId);

/// What the gate saw, left with the request by the front.
#[derive(Clone, Default)]
pub(super) struct Sighting(Arc<Mutex<Seen>>);

#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) operation: Option<String>,
    pub(super) verified: Option<Verified>,
}

/// The access key whose signature was found right.
#[derive(Clone)]
pub(super) struct Verified {
    pub(super) access_key_id: String,
    pub(super) account: AccountId,
}

impl Sighting {
    pub(super) fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Lets in whom the keys and the buckets' owners allow.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) keys: Arc<dyn Keys>,
    pub(super) buckets: Buckets,
}

impl Gate {
    fn key(&self, access_key_id: &str) -> S3Result<KeyInfo> {
        self.keys.secret(access_key_id).filter(|key| !key.disabled).ok_or_else(|| {
            s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
        })
    }
}

#[async_trait::async_trait]
impl S3Auth for Gate {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        Ok(SecretKey::from(self.key(access_key)?.secret))
    }
}

#[async_trait::async_trait]
impl S3Access for Gate {
    /// Comes after the signature and before anything of the operation.
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let sighting = cx.extensions_mut().get::<Sighting>().cloned().unwrap_or_default();
        let operation = cx.s3_op().name().to_owned();
        let creates_bucket = operation == "CreateBucket";
        sighting.note(|seen| seen.operation = Some(operation));
        let Some(credentials) = cx.credentials() else {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        };
        let key = self.key(&credentials.access_key)?;
        let verified = Verified { access_key_id: credentials.access_key.clone(), account: key.account };
        sighting.note(|seen| seen.verified = Some(verified));
        if key.ingest_only {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        }
        cx.extensions_mut().insert(Caller(key.account));
        let Some(name) = cx.s3_path().get_bucket_name().filter(|_| !creates_bucket) else { return Ok(()) };
        let Some(bucket) = self.buckets.bucket(name).await else { return Ok(()) };
        let expected = cx.headers().get("x-amz-expected-bucket-owner");
        let is_expected = expected.is_none_or(|expected| expected.as_bytes() == bucket.owner.as_bytes());
        if bucket.owner != key.account || !is_expected {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        }
        Ok(())
    }
}
