//! The catalog in memory.

use cairn_model::{AccessKey, Account, AccountId, Change, Position, SigningKey, Timestamp, Trail, TrailArn};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What the changes below a position made.
#[derive(Clone, Debug, Default)]
pub struct CatalogState {
    /// Every change below this has taken effect.
    pub position: Position,
    /// By id.
    pub accounts: BTreeMap<AccountId, Account>,
    /// By access key id.
    pub keys: HashMap<String, Arc<AccessKey>>,
    /// By ARN, hence by home region, account and name.
    pub trails: BTreeMap<TrailArn, Arc<Trail>>,
    /// By account and fingerprint.
    pub signing_keys: BTreeMap<(AccountId, String), Arc<SigningKey>>,
}

impl CatalogState {
    /// Lets one change take effect. Idempotent.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::PutAccount(account) => {
                self.accounts.insert(account.id, account.clone());
            }
            Change::PutKey(key) => {
                let key = Arc::new(key.clone());
                self.keys.insert(key.access_key_id.clone(), key);
            }
            Change::DeleteKey { access_key_id } => {
                self.keys.remove(access_key_id);
            }
            Change::PutTrail(trail) => {
                let trail = Arc::new(Trail::clone(trail));
                self.trails.insert(trail.arn.clone(), trail);
            }
            Change::DeleteTrail { arn } => {
                self.trails.remove(arn);
            }
            Change::PutSigningKey(key) => {
                let name = (key.account, key.fingerprint.clone());
                self.signing_keys.insert(name, Arc::new(key.clone()));
            }
            // Kept apart.
            Change::PutSession(_) => {}
        }
    }

    /// The trails of an account, in the order of their ARNs.
    pub fn trails_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<Trail>> {
        self.trails.values().filter(move |trail| trail.arn.account == account)
    }

    /// The keys that sign an account's digests, in the order of their fingerprints.
    pub fn signing_keys_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<SigningKey>> {
        self.signing_keys.values().filter(move |key| key.account == account)
    }

    /// Whether an account has a key that may sign at this time.
    pub fn can_sign(&self, account: AccountId, at: Timestamp) -> bool {
        self.signing_keys_of(account).any(|key| key.valid_from <= at && at < key.valid_to)
    }
}
