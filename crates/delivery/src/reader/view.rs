//! Trails and signing keys as they are at the reader's position, which may lie behind the log's end.

mod spread;

use super::account::{Account, Takers};
use super::aggregating::Aggregating;
use super::buffer::Buffer;
use super::cut::CutFile;
use super::following::{Follower, Following};
use crate::options::Limits;
use cairn_decide::aggregation::StoredAggregates;
use cairn_model::{AccountId, Change, Organization, OrganizationId, SigningKey, Timestamp, Trail, TrailArn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// A run of a trail's digests for one account: from the moment when it logs with validation on to the moment when it no
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
    /// Whose events they cover.
    pub(crate) account: AccountId,
    /// The end of its last digests, or its own start.
    pub(crate) window_start: Timestamp,
    /// No more files come; the next digests are the last.
    pub(crate) closed: bool,
}

/// A trail as the outbox keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredTrail {
    pub(crate) trail: Trail,
    /// Whose events it takes, if not those of its own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<AccountId>,
    pub(crate) generation: Option<GenerationId>,
    /// Regions that the trail has delivered under.
    pub(crate) regions: Vec<String>,
}

impl StoredTrail {
    /// Whose events it takes.
    pub(crate) fn account(&self) -> AccountId {
        self.member.unwrap_or(self.trail.arn.account)
    }
}

/// What changed since the last cut, for the outbox to keep.
#[derive(Debug, Default)]
pub(crate) struct ViewUpdate {
    pub(crate) trails: Vec<StoredTrail>,
    pub(crate) deleted: Vec<Follower>,
    /// New values; `None` ends one.
    pub(crate) organizations: Vec<(OrganizationId, Option<Organization>)>,
    /// Trails of which no delivery was made yet, whatever a deleted trail of the same name did.
    pub(crate) fresh: Vec<TrailArn>,
    pub(crate) keys: Vec<SigningKey>,
    /// New ones, and known ones whose bucket, prefix or end changed; the start of a known one's window stays.
    pub(crate) generations: Vec<Generation>,
    pub(crate) next_generation: GenerationId,
    /// What trails have counted and not told of yet; `None` ends what was kept of it.
    pub(crate) aggregates: Vec<(Follower, Option<StoredAggregates>)>,
}

/// Trails by the accounts whose events they take, and the keys that sign their digests.
pub(crate) struct View {
    accounts: HashMap<AccountId, Account>,
    organizations: BTreeMap<OrganizationId, Organization>,
    aggregating: Aggregating,
    keys: Vec<SigningKey>,
    /// Grows with every key that is put.
    keys_version: u64,
    next_generation: GenerationId,
    changed: Changed,
}

#[derive(Default)]
struct Changed {
    trails: BTreeSet<Follower>,
    organizations: BTreeSet<OrganizationId>,
    fresh: BTreeSet<TrailArn>,
    keys: Vec<SigningKey>,
    generations: BTreeMap<GenerationId, Generation>,
}

/// When changes are applied, and where what they end goes to.
struct Writing<'a> {
    now: Timestamp,
    limits: &'a Limits,
    buffer: &'a mut Buffer,
}

/// What the changes of one record did.
#[derive(Default)]
pub(super) struct ChangedTrails {
    /// Trails that are different now.
    pub(super) trails: Takers,
    /// Whether a trail stopped, was deleted, lost its validation, or an account of its organization left.
    pub(super) ended: bool,
}

impl View {
    pub(crate) fn new(
        trails: Vec<StoredTrail>,
        organizations: Vec<Organization>,
        keys: Vec<SigningKey>,
        next_generation: GenerationId,
        mut aggregates: HashMap<Follower, StoredAggregates>,
    ) -> View {
        let mut accounts: HashMap<AccountId, Account> = HashMap::new();
        let mut aggregating = Aggregating::default();
        for stored in trails {
            let account = stored.account();
            let following = Following::new(account, stored.trail, stored.generation, stored.regions);
            aggregating.load(account, &following.trail, aggregates.remove(&following.follower()));
            accounts.entry(account).or_default().load(following);
        }
        let changed = Changed::default();
        let of_id = |organization: Organization| (organization.id.clone(), organization);
        let organizations = organizations.into_iter().map(of_id).collect();
        View { accounts, organizations, aggregating, keys, keys_version: 0, next_generation, changed }
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
        self.shared_trails().map(|trail| &**trail)
    }

    /// All trails, each once.
    fn shared_trails(&self) -> impl Iterator<Item = &Arc<Trail>> {
        let own = self.accounts.values().flat_map(Account::trails).filter(|following| following.is_own());
        own.map(|following| &following.trail)
    }

    /// All organizations.
    pub(crate) fn organizations(&self) -> impl Iterator<Item = &Organization> {
        self.organizations.values()
    }

    /// The trail.
    pub(crate) fn trail(&self, arn: &TrailArn) -> Option<&Trail> {
        Some(&self.accounts.get(&arn.account)?.trail(arn)?.trail)
    }

    /// The account's trails, and the counts of all trails.
    pub(super) fn account(&mut self, account: AccountId) -> Option<(&mut Account, &mut Aggregating)> {
        Some((self.accounts.get_mut(&account)?, &mut self.aggregating))
    }

    /// Whether aggregated events are due; `wait` is how long late events wait for each other.
    pub(super) fn is_aggregation_due(&self, now: Timestamp, wait: Duration) -> bool {
        self.aggregating.is_due(now, wait)
    }

    /// Makes the aggregated events that are due, for the next cut to take.
    pub(super) fn aggregate_due(
        &mut self,
        now: Timestamp,
        wait: Duration,
        limits: &Limits,
        buffer: &mut Buffer,
    ) {
        self.aggregating.close_due(now, wait, limits, buffer);
    }

    /// Applies the changes of one record; what changed trails had gathered under other settings goes to
    /// `buffer`.
    pub(super) fn apply(
        &mut self,
        changes: Vec<Change>,
        now: Timestamp,
        limits: &Limits,
        buffer: &mut Buffer,
    ) -> ChangedTrails {
        let mut changed = ChangedTrails::default();
        let mut writing = Writing { now, limits, buffer };
        for change in changes {
            match change {
                Change::PutTrail(trail) => {
                    changed.trails.insert(trail.arn.clone());
                    changed.ended |= self.put_trail(*trail, &mut writing);
                }
                Change::DeleteTrail { arn } => {
                    changed.ended |= self.delete_trail(&arn, &mut writing);
                }
                Change::PutOrganization(organization) => {
                    let id = organization.id.clone();
                    changed.ended |= self.change_organization(&id, Some(*organization), &mut writing);
                }
                Change::DeleteOrganization { id } => {
                    changed.ended |= self.change_organization(&id, None, &mut writing);
                }
                Change::PutSigningKey(key) => self.put_key(key),
                // All else is the catalog's alone.
                _ => {}
            }
        }
        changed
    }

    /// Remembers for the next cut how a trail's generation is now, if it has one; `start` counts for a new
    /// one only.
    fn note_generation(
        &mut self,
        id: Option<GenerationId>,
        account: AccountId,
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
            account,
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
        for (Follower { trail, account }, waiting) in self.aggregating.take_waiting() {
            let trails = self.accounts.get_mut(&account);
            files.extend(trails.and_then(|trails| trails.aggregated_file(&trail, waiting)));
        }
    }

    /// Takes what the outbox must be told with the next cut.
    pub(super) fn take_update(&mut self) -> ViewUpdate {
        let mut changed = std::mem::take(&mut self.changed);
        for following in self.accounts.values_mut().flat_map(Account::trails_mut) {
            if following.take_regions_grew() {
                changed.trails.insert(following.follower());
            }
        }
        let mut update = ViewUpdate {
            fresh: changed.fresh.into_iter().collect(),
            keys: changed.keys,
            generations: changed.generations.into_values().collect(),
            next_generation: self.next_generation,
            aggregates: self.aggregating.take_changed(),
            ..ViewUpdate::default()
        };
        for follower in changed.trails {
            match self.stored(&follower) {
                Some(stored) => update.trails.push(stored),
                None => update.deleted.push(follower),
            }
        }
        let organization = |id: OrganizationId| {
            let organization = self.organizations.get(&id).cloned();
            (id, organization)
        };
        update.organizations = changed.organizations.into_iter().map(organization).collect();
        update
    }

    fn stored(&self, follower: &Follower) -> Option<StoredTrail> {
        let following = self.accounts.get(&follower.account)?.trail(&follower.trail)?;
        Some(StoredTrail {
            trail: Trail::clone(&following.trail),
            member: Some(following.account).filter(|_| !following.is_own()),
            generation: following.generation,
            regions: following.regions().map(str::to_owned).collect(),
        })
    }
}
