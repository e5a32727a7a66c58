//! Everything that a request may need, put together once.

use crate::auth::{Authenticator, secret_of};
use crate::config::Config;
use crate::ingest::Budget;
use crate::journal::Journal;
use crate::metrics::Metrics;
use cairn_bucket::{Buckets, KeyInfo, Keys, S3Front};
use cairn_delivery::{Delivery, Unseal, UnsealError, new_signing_key};
use cairn_lake::History;
use cairn_model::{AccessKey, AccountId, Change, KeyStatus, SigningKey, Timestamp, Trail};
use cairn_store::seal::Seal;
use cairn_wire::ApiError;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a key signs digests: 400 days, until keys rotate.
const SIGNING_KEY_LIFE: Duration = Duration::from_secs(400 * 86_400);

/// The running Cairn.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) journal: Arc<Journal>,
    pub(crate) history: History,
    pub(crate) delivery: Delivery,
    pub(crate) buckets: Buckets,
    pub(crate) s3: S3Front,
    pub(crate) seal: Arc<Seal>,
    pub(crate) authenticator: Authenticator,
    pub(crate) budget: Budget,
    pub(crate) metrics: Metrics,
    /// The root key of the first account: the operator's.
    pub(crate) operator: AccessKey,
    pub(crate) started: Timestamp,
    /// Cancelled when the process has to stop and recover at its next start.
    pub(crate) fatal: CancellationToken,
}

impl App {
    /// The account that owns what nobody else does: refused calls of unknown keys.
    pub(crate) fn home_account(&self) -> AccountId {
        self.operator.account
    }

    /// The change that gives the account of a trail with log file validation a key to sign with, if it has
    /// none.
    pub(crate) fn signing_key_for(&self, trail: &Trail, now: Timestamp) -> Result<Vec<Change>, ApiError> {
        let state = self.journal.catalog().state();
        if !trail.log_file_validation || state.can_sign(trail.arn.account, now) {
            return Ok(Vec::new());
        }
        // Some tens of milliseconds of pure work: the other requests of this thread move elsewhere meanwhile.
        let key = tokio::task::block_in_place(|| signing_key(&self.seal, trail.arn.account, now));
        key.map(|key| vec![Change::PutSigningKey(key)]).ok_or_else(|| {
            ApiError::internal("no signing key could be made: the system gives no random bytes")
        })
    }
}

/// A new key that signs an account's digests from now on.
pub(crate) fn signing_key(seal: &Seal, account: AccountId, now: Timestamp) -> Option<SigningKey> {
    let new = new_signing_key().ok()?;
    let sealed_private = seal.seal(&new.pkcs8, new.fingerprint.as_bytes()).ok()?;
    Some(SigningKey {
        account,
        fingerprint: new.fingerprint,
        public_der: new.public_der,
        sealed_private,
        // A digest's window may begin a little before its key was made.
        valid_from: now.minus(Duration::from_secs(3600)).floor_to_second(),
        valid_to: now.plus(SIGNING_KEY_LIFE).floor_to_second(),
    })
}

/// Opens sealed signing keys for delivery.
pub(crate) struct Unsealer(pub(crate) Arc<Seal>);

impl Unseal for Unsealer {
    fn unseal(&self, sealed: &[u8], context: &str) -> Result<Vec<u8>, UnsealError> {
        self.0.open(sealed, context.as_bytes()).map_err(|_| UnsealError)
    }
}

/// The catalog's keys for the bucket server.
pub(crate) struct BucketKeys {
    pub(crate) journal: Arc<Journal>,
    pub(crate) seal: Arc<Seal>,
}

impl Keys for BucketKeys {
    fn secret(&self, access_key_id: &str) -> Option<KeyInfo> {
        let key = self.journal.catalog().state().keys.get(access_key_id).cloned()?;
        Some(KeyInfo {
            secret: secret_of(&self.seal, &key)?,
            account: key.account,
            disabled: key.status == KeyStatus::Disabled,
            ingest_only: key.ingest_only,
        })
    }
}
