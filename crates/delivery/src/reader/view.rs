//! Trails and signing keys as they are at the reader's position, which may lie behind the log's end.

use super::account::{Account, Takers};
use super::buffer::Buffer;
use super::cut::CutFile;
use super::following::Following;
use cairn_model::{AccountId, Change, Logging, SigningKey, Timestamp, Trail, TrailArn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A run of a trail's digests: from the moment when it logs with validation on to the moment when it no
/// longer does. Each of its regions has one chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct GenerationId(pub(crate) i64);

/// See [`GenerationId`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Generation {
    pub(crate) id: GenerationId,
    /// The trail; its bucket and prefix are where the next digests go.
    pub(crate) trail: Arc<Trail>,
    /// The end of its last digests, or its own start.
    pub(crate) window_start: Timestamp,
    /// No more files come; the next digests are the last.
    pub(crate) closed: bool,
}

/// A trail as the outbox keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredTrail {
    pub(crate) trail: Trail,
    pub(crate) generation: Option<GenerationId>,
    /// Regions that the trail has delivered under.
    pub(crate) regions: Vec<String>,
}

/// What changed since the last cut, for the outbox to keep.
#[derive(Debug, Default)]
pub(crate) struct ViewUpdate {
    pub(crate) trails: Vec<StoredTrail>,
    pub(crate) deleted: Vec<TrailArn>,
    /// Trails of which no delivery was made yet, whatever a deleted trail of the same name did.
    pub(crate) fresh: Vec<TrailArn>,
    pub(crate) keys: Vec<SigningKey>,
    /// New ones, and known ones whose bucket, prefix or end changed; the start of a known one's window stays.
    pub(crate) generations: Vec<Generation>,
    pub(crate) next_generation: GenerationId,
}

/// Trails by account, and the keys that sign their digests.
pub(crate) struct View {
    accounts: HashMap<AccountId, Account>,
    keys: Vec<SigningKey>,
    /// Grows with every key that is put.
    keys_version: u64,
    next_generation: GenerationId,
    changed: Changed,
}

#[derive(Default)]
struct Changed {
    trails: BTreeSet<TrailArn>,
    fresh: BTreeSet<TrailArn>,
    keys: Vec<SigningKey>,
    generations: BTreeMap<GenerationId, Generation>,
}

/// What the changes of one record did.
#[derive(Default)]
pub(super) struct ChangedTrails {
    /// Trails that are different now.
    pub(super) trails: Takers,
    /// Whether a trail stopped, was deleted, or lost its validation.
    pub(super) ended: bool,
}

impl View {
    pub(crate) fn new(
        trails: Vec<StoredTrail>,
        keys: Vec<SigningKey>,
        next_generation: GenerationId,
    ) -> View {
        let mut accounts: HashMap<AccountId, Account> = HashMap::new();
        for stored in trails {
            let account = stored.trail.arn.account;
            let following = Following::new(stored.trail, stored.generation, stored.regions);
            accounts.entry(account).or_default().load(following);
        }
        View { accounts, keys, keys_version: 0, next_generation, changed: Changed::default() }
    }

    /// The account's keys that may sign at `time`, the newest first.
    pub(crate) fn signing_keys(&self, account: AccountId, time: Timestamp) -> Vec<SigningKey> {
        let may_sign =
            |key: &&SigningKey| key.account == account && key.valid_from <= time && time < key.valid_to;
        let mut keys: Vec<SigningKey> = self.keys.iter().filter(may_sign).cloned().collect();
        keys.sort_by(|a, b| (b.valid_from, &b.fingerprint).cmp(&(a.valid_from, &a.fingerprint)));
        keys
    }

    /// Differs after every new key.
    pub(crate) fn keys_version(&self) -> u64 {
        self.keys_version
    }

    /// All trails.
    pub(crate) fn trails(&self) -> impl Iterator<Item = &Trail> {
        self.accounts.values().flat_map(Account::trails).map(|following| &*following.trail)
    }

    /// The trail.
    pub(crate) fn trail(&self, arn: &TrailArn) -> Option<&Trail> {
        Some(&self.accounts.get(&arn.account)?.trail(arn)?.trail)
    }

    pub(super) fn account(&mut self, account: AccountId) -> Option<&mut Account> {
        self.accounts.get_mut(&account)
    }

    /// Applies the changes of one record; what changed trails had gathered under other settings goes to
    /// `buffer`.
    pub(super) fn apply(
        &mut self,
        changes: Vec<Change>,
        now: Timestamp,
        buffer: &mut Buffer,
    ) -> ChangedTrails {
        let mut changed = ChangedTrails::default();
        for change in changes {
            match change {
                Change::PutTrail(trail) => {
                    changed.trails.insert(trail.arn.clone());
                    changed.ended |= self.put_trail(*trail, now, buffer);
                }
                Change::DeleteTrail { arn } => {
                    changed.ended |= self.delete_trail(&arn, now, buffer);
                }
                Change::PutSigningKey(key) => self.put_key(key),
                // All else is the catalog's alone.
                _ => {}
            }
        }
        changed
    }

    /// Returns whether files or digests of the trail ended.
    fn put_trail(&mut self, trail: Trail, now: Timestamp, buffer: &mut Buffer) -> bool {
        let arn = trail.arn.clone();
        self.changed.trails.insert(arn.clone());
        let account = self.accounts.entry(arn.account).or_default();
        if let Some(following) = account.replace_in_place(&trail) {
            let (generation, trail) = (following.generation, Arc::clone(&following.trail));
            self.note_generation(generation, &trail, now, false);
            return false;
        }
        let mut following = account.remove(&arn, buffer).unwrap_or_else(|| {
            self.changed.fresh.insert(arn.clone());
            let mut unborn = trail.clone();
            unborn.logging = Logging::Never;
            Following::new(unborn, None, Vec::new())
        });
        let old = &following.trail;
        let moved = old.bucket != trail.bucket || old.prefix != trail.prefix;
        let stopped = old.logging.is_on() && !trail.logging.is_on();
        let validates = trail.logging.is_on() && trail.log_file_validation;
        let generation_ends = following.generation.is_some() && !validates;
        let generation_starts = following.generation.is_none() && validates;
        if generation_ends {
            self.note_generation(following.generation, &following.trail, now, true);
            following.generation = None;
        }
        following.trail = Arc::new(trail);
        if generation_starts {
            following.generation = Some(self.next_generation);
            self.next_generation.0 += 1;
        }
        if generation_starts || moved {
            self.note_generation(following.generation, &following.trail, now, false);
        }
        self.accounts.entry(arn.account).or_default().put(following);
        stopped || generation_ends
    }

    /// Returns whether there was such a trail.
    fn delete_trail(&mut self, arn: &TrailArn, now: Timestamp, buffer: &mut Buffer) -> bool {
        let account = self.accounts.get_mut(&arn.account);
        let Some(following) = account.and_then(|account| account.remove(arn, buffer)) else {
            return false;
        };
        self.note_generation(following.generation, &following.trail, now, true);
        self.changed.trails.insert(arn.clone());
        true
    }

    /// Remembers for the next cut how a trail's generation is now, if it has one; `start` counts for a new
    /// one only.
    fn note_generation(
        &mut self,
        id: Option<GenerationId>,
        trail: &Arc<Trail>,
        start: Timestamp,
        closed: bool,
    ) {
        let Some(id) = id else {
            return;
        };
        let noted = self.changed.generations.get(&id);
        let generation = Generation {
            id,
            trail: Arc::clone(trail),
            window_start: noted.map_or(start.floor_to_second(), |noted| noted.window_start),
            closed,
        };
        self.changed.generations.insert(id, generation);
    }

    fn put_key(&mut self, key: SigningKey) {
        self.keys.retain(|old| old.fingerprint != key.fingerprint);
        self.keys.push(key.clone());
        self.keys_version += 1;
        self.changed.keys.push(key);
    }

    /// Takes all that waits for a cut.
    pub(super) fn take_waiting(&mut self, files: &mut Vec<CutFile>) {
        for account in self.accounts.values_mut() {
            account.take_waiting(files);
        }
    }

    /// Takes what the outbox must be told with the next cut.
    pub(super) fn take_update(&mut self) -> ViewUpdate {
        let mut changed = std::mem::take(&mut self.changed);
        for following in self.accounts.values_mut().flat_map(Account::trails_mut) {
            if following.take_regions_grew() {
                changed.trails.insert(following.trail.arn.clone());
            }
        }
        let mut update = ViewUpdate {
            fresh: changed.fresh.into_iter().collect(),
            keys: changed.keys,
            generations: changed.generations.into_values().collect(),
            next_generation: self.next_generation,
            ..ViewUpdate::default()
        };
        for arn in changed.trails {
            match self.stored(&arn) {
                Some(stored) => update.trails.push(stored),
                None => update.deleted.push(arn),
            }
        }
        update
    }

    fn stored(&self, arn: &TrailArn) -> Option<StoredTrail> {
        let following = self.accounts.get(&arn.account)?.trail(arn)?;
        Some(StoredTrail {
            trail: Trail::clone(&following.trail),
            generation: following.generation,
            regions: following.regions().map(str::to_owned).collect(),
        })
    }
}
