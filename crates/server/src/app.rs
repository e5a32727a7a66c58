//! Everything that a request may need, put together once.

use crate::access::Actors;
use crate::api::Throttles;
use crate::auth::{Authenticator, Temporaries, secret_of};
use crate::clock;
use crate::config::Config;
use crate::dashboards::Refreshes;
use crate::enrichment::Knowledge;
use crate::federation::Federation;
use crate::gateway::Gateway;
use crate::imports::Imports;
use crate::ingest::{Budget, UnderWay};
use crate::journal::Journal;
use crate::location::Location;
use crate::metrics::Metrics;
use crate::queries::Queries;
use crate::stores::Stores;
use crate::tail::Tails;
use crate::targets::Targets;
use cairn_bucket::{Buckets, KeyInfo, Keys, S3Front};
use cairn_decide::rotation;
use cairn_delivery::{Delivery, Unseal, UnsealError, new_signing_key};
use cairn_lake::History;
use cairn_model::{AccessKey, AccountId, Change, KeyStatus, SigningKey, Timestamp, Trail};
use cairn_store::seal::Seal;
use cairn_wire::ApiError;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The running Cairn.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) journal: Arc<Journal>,
    pub(crate) history: History,
    /// Event data stores' tables.
    pub(crate) stores: Stores,
    /// Where their tables and that of event history are.
    pub(crate) location: Location,
    /// Which of them are shown to other engines.
    pub(crate) federation: Federation,
    /// How dashboards were refreshed.
    pub(crate) refreshes: Refreshes,
    /// What is known beside events.
    pub(crate) knowledge: Arc<Knowledge>,
    /// What is asked of them.
    pub(crate) queries: Queries,
    pub(crate) tails: Tails,
    pub(crate) delivery: Delivery,
    pub(crate) buckets: Buckets,
    pub(crate) s3: S3Front,
    /// Where trails deliver to beyond own buckets.
    pub(crate) targets: Targets,
    pub(crate) seal: Arc<Seal>,
    pub(crate) authenticator: Authenticator,
    /// Callers with the policies that they hold.
    pub(crate) actors: Arc<Actors>,
    /// Imports from buckets, and how far each has come.
    pub(crate) imports: Imports,
    pub(crate) budget: Budget,
    /// Imported requests that are being carried out.
    pub(crate) under_way: UnderWay,
    /// How fast calls came lately.
    pub(crate) throttles: Throttles,
    pub(crate) metrics: Metrics,
    /// Where calls that are not for Cairn go.
    pub(crate) gateway: Gateway,
    /// Tells this data folder from one that was restored from its backup, whose log goes on differently.
    pub(crate) incarnation: String,
    /// When an import last had history committed. Held while one does.
    pub(crate) import_commits: tokio::sync::Mutex<Option<tokio::time::Instant>>,
    /// Held by the one backup that is being made.
    pub(crate) backups: Arc<tokio::sync::Mutex<()>>,
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

    /// Whether an account lacks a key to sign digests with, or has one that is to be replaced.
    pub(crate) fn needs_signing_key(&self, account: AccountId, now: Timestamp) -> bool {
        let state = self.journal.catalog().state();
        let keys = state.signing_keys_of(account).map(|key| &**key);
        rotation::is_due(keys, now, self.config.rotate_every)
    }

    /// The change that gives the account of a trail with log file validation a key to sign with, if it needs
    /// one.
    pub(crate) fn signing_key_for(&self, trail: &Trail, now: Timestamp) -> Result<Vec<Change>, ApiError> {
        let account = trail.arn.account;
        if !trail.log_file_validation || !self.needs_signing_key(account, now) {
            return Ok(Vec::new());
        }
        // Some tens of milliseconds of pure work: the other requests of this thread move elsewhere meanwhile.
        let every = self.config.rotate_every;
        let key = tokio::task::block_in_place(|| signing_key(&self.seal, account, now, every));
        key.map(|key| vec![Change::PutSigningKey(key)]).ok_or_else(|| {
            ApiError::internal("no signing key could be made: the system gives no random bytes")
        })
    }
}

/// A new key that signs an account's digests from now on, to be replaced after `every`.
pub(crate) fn signing_key(
    seal: &Seal,
    account: AccountId,
    now: Timestamp,
    every: Duration,
) -> Option<SigningKey> {
    let new = new_signing_key().ok()?;
    let sealed_private = seal.seal(&new.pkcs8, new.fingerprint.as_bytes()).ok()?;
    let (valid_from, valid_to) = rotation::validity(now, every);
    Some(SigningKey {
        account,
        fingerprint: new.fingerprint,
        public_der: new.public_der,
        sealed_private,
        valid_from,
        valid_to,
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
    pub(crate) temporaries: Arc<Temporaries>,
    pub(crate) actors: Arc<Actors>,
}

impl Keys for BucketKeys {
    fn secret(&self, access_key_id: &str) -> Option<KeyInfo> {
        let state = self.journal.catalog().state();
        let known = state.keys.get(access_key_id).cloned();
        let session = match &known {
            Some(_) => None,
            // Its token was opened when this request came, or another one: whoever asks compares.
            None => Some(self.temporaries.known(access_key_id)?),
        };
        let is_over = session.as_ref().is_some_and(|session| session.check(&state, clock::now()).is_err());
        let key = known.or_else(|| session.as_ref().map(|session| Arc::clone(&session.key)))?;
        Some(KeyInfo {
            secret: secret_of(&self.seal, &key)?,
            actor: self.actors.of(&state, &key, session.as_deref()),
            disabled: is_over || key.status == KeyStatus::Disabled,
            ingest_only: key.ingest_only,
            session_token: session.map(|session| session.token.clone()),
        })
    }

    fn meet(&self, access_key_id: &str, token: &str) {
        // Whether it is over, `secret` tells.
        self.temporaries.open(access_key_id, token);
    }

    /// A trail delivers to whatever bucket has the name, one here before one elsewhere.
    fn is_counted_on(&self, bucket: &str, account: AccountId) -> bool {
        let state = self.journal.catalog().state();
        state.trails.values().any(|trail| trail.arn.account != account && trail.bucket == bucket)
    }
}
