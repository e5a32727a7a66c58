//! The catalog in memory.

use cairn_model::{
    AccessKey, Account, AccountId, Change, Channel, ChannelArn, Dashboard, DashboardArn, EventDataStore,
    EventDataStoreArn, Group, ManagedPolicy, Organization, OrganizationId, PolicedArn, Position,
    ResourcePolicy, Role, SigningKey, Stack, StackId, Timestamp, Trail, TrailArn, User,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What the changes below a position made. Every map has an `Arc` of its own: a change copies the map that it is about,
/// and shares all others with the state before.
#[derive(Clone, Debug, Default)]
pub struct CatalogState {
    /// Every change below this has taken effect.
    pub position: Position,
    /// By id.
    pub accounts: Arc<BTreeMap<AccountId, Account>>,
    /// By access key id.
    pub keys: Arc<HashMap<String, Arc<AccessKey>>>,
    /// By ARN, hence by home region, account and name.
    pub trails: Arc<BTreeMap<TrailArn, Arc<Trail>>>,
    /// By account and fingerprint.
    pub signing_keys: Arc<BTreeMap<(AccountId, String), Arc<SigningKey>>>,
    /// By ARN, those that are pending deletion too.
    pub event_data_stores: Arc<BTreeMap<EventDataStoreArn, Arc<EventDataStore>>>,
    /// By ARN.
    pub channels: Arc<BTreeMap<ChannelArn, Arc<Channel>>>,
    /// By ARN.
    pub dashboards: Arc<BTreeMap<DashboardArn, Arc<Dashboard>>>,
    /// By the ARN of the resource.
    pub resource_policies: Arc<BTreeMap<PolicedArn, Arc<ResourcePolicy>>>,
    /// By account and name.
    pub users: Arc<Named<User>>,
    /// By account and name.
    pub groups: Arc<Named<Group>>,
    /// By account and name.
    pub roles: Arc<Named<Role>>,
    /// By account and name.
    pub policies: Arc<Named<ManagedPolicy>>,
    /// By id.
    pub organizations: Arc<BTreeMap<OrganizationId, Arc<Organization>>>,
    /// By account, region and name.
    pub stacks: Arc<BTreeMap<StackId, Arc<Stack>>>,
}

/// Things of accounts by name.
pub type Named<T> = BTreeMap<AccountId, BTreeMap<String, Arc<T>>>;

impl CatalogState {
    /// Lets one change take effect. Idempotent.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::PutAccount(account) => {
                Arc::make_mut(&mut self.accounts).insert(account.id, account.clone());
            }
            Change::PutKey(key) => {
                Arc::make_mut(&mut self.keys).insert(key.access_key_id.clone(), Arc::new(key.clone()));
            }
            Change::DeleteKey { access_key_id } => {
                Arc::make_mut(&mut self.keys).remove(access_key_id);
            }
            Change::PutTrail(trail) => {
                Arc::make_mut(&mut self.trails).insert(trail.arn.clone(), shared(&**trail));
            }
            Change::DeleteTrail { arn } => {
                Arc::make_mut(&mut self.trails).remove(arn);
            }
            Change::PutSigningKey(key) => {
                let name = (key.account, key.fingerprint.clone());
                Arc::make_mut(&mut self.signing_keys).insert(name, Arc::new(key.clone()));
            }
            Change::PutEventDataStore(store) => {
                Arc::make_mut(&mut self.event_data_stores).insert(store.arn.clone(), shared(&**store));
            }
            Change::DeleteEventDataStore { arn } => {
                Arc::make_mut(&mut self.event_data_stores).remove(arn);
            }
            Change::PutChannel(channel) => {
                Arc::make_mut(&mut self.channels).insert(channel.arn.clone(), shared(&**channel));
            }
            Change::DeleteChannel { arn } => {
                Arc::make_mut(&mut self.channels).remove(arn);
            }
            Change::PutDashboard(dashboard) => {
                Arc::make_mut(&mut self.dashboards).insert(dashboard.arn.clone(), shared(&**dashboard));
            }
            Change::DeleteDashboard { arn } => {
                Arc::make_mut(&mut self.dashboards).remove(arn);
            }
            Change::PutResourcePolicy(policy) => {
                Arc::make_mut(&mut self.resource_policies).insert(policy.resource.clone(), shared(&**policy));
            }
            Change::DeleteResourcePolicy { arn } => {
                Arc::make_mut(&mut self.resource_policies).remove(arn);
            }
            Change::PutUser(user) => put(&mut self.users, user.account, &user.name, &**user),
            Change::DeleteUser { account, name } => remove(&mut self.users, *account, name),
            Change::PutGroup(group) => put(&mut self.groups, group.account, &group.name, &**group),
            Change::DeleteGroup { account, name } => remove(&mut self.groups, *account, name),
            Change::PutRole(role) => put(&mut self.roles, role.account, &role.name, &**role),
            Change::DeleteRole { account, name } => remove(&mut self.roles, *account, name),
            Change::PutPolicy(policy) => put(&mut self.policies, policy.account, &policy.name, &**policy),
            Change::DeletePolicy { account, name } => remove(&mut self.policies, *account, name),
            Change::PutOrganization(organization) => {
                let id = organization.id.clone();
                Arc::make_mut(&mut self.organizations).insert(id, shared(&**organization));
            }
            Change::DeleteOrganization { id } => {
                Arc::make_mut(&mut self.organizations).remove(id);
            }
            Change::PutStack(stack) => {
                Arc::make_mut(&mut self.stacks).insert(stack.id.clone(), shared(&**stack));
            }
            Change::DeleteStack { id } => {
                Arc::make_mut(&mut self.stacks).remove(id);
            }
            // Kept apart.
            Change::PutSession(_) => {}
        }
    }

    /// The changes that make all of this out of nothing.
    pub fn changes(&self) -> Vec<Change> {
        // Every map by its name, so that none is left out.
        let CatalogState {
            position: _,
            accounts,
            keys,
            trails,
            signing_keys,
            event_data_stores,
            channels,
            dashboards,
            resource_policies,
            users,
            groups,
            roles,
            policies,
            organizations,
            stacks,
        } = self;
        let mut all: Vec<Change> = accounts.values().cloned().map(Change::PutAccount).collect();
        all.extend(keys.values().map(|key| Change::PutKey(AccessKey::clone(key))));
        all.extend(trails.values().map(|trail| Change::PutTrail(owned(trail))));
        all.extend(signing_keys.values().map(|key| Change::PutSigningKey(SigningKey::clone(key))));
        all.extend(event_data_stores.values().map(|store| Change::PutEventDataStore(owned(store))));
        all.extend(channels.values().map(|channel| Change::PutChannel(owned(channel))));
        all.extend(dashboards.values().map(|dashboard| Change::PutDashboard(owned(dashboard))));
        all.extend(resource_policies.values().map(|policy| Change::PutResourcePolicy(owned(policy))));
        all.extend(named(users).map(|user| Change::PutUser(owned(user))));
        all.extend(named(groups).map(|group| Change::PutGroup(owned(group))));
        all.extend(named(roles).map(|role| Change::PutRole(owned(role))));
        all.extend(named(policies).map(|policy| Change::PutPolicy(owned(policy))));
        all.extend(organizations.values().map(|organization| Change::PutOrganization(owned(organization))));
        all.extend(stacks.values().map(|stack| Change::PutStack(owned(stack))));
        all
    }

    /// The trails of an account, in the order of their ARNs.
    pub fn trails_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<Trail>> {
        self.trails.values().filter(move |trail| trail.arn.account == account)
    }

    /// The event data stores of an account, in the order of their ARNs; those too that are gone by now and wait to be
    /// removed.
    pub fn event_data_stores_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<EventDataStore>> {
        self.event_data_stores.values().filter(move |store| store.arn.account == account)
    }

    /// The channels of an account, in the order of their ARNs.
    pub fn channels_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<Channel>> {
        self.channels.values().filter(move |channel| channel.arn.account == account)
    }

    /// The dashboards of an account, in the order of their ARNs.
    pub fn dashboards_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<Dashboard>> {
        self.dashboards.values().filter(move |dashboard| dashboard.arn.account == account)
    }

    /// The policies of an account's resources.
    pub fn resource_policies_of(&self, account: AccountId) -> impl Iterator<Item = &Arc<ResourcePolicy>> {
        self.resource_policies.values().filter(move |policy| policy.resource.account() == account)
    }

    /// A user, if there is a record of it.
    pub fn user(&self, account: AccountId, name: &str) -> Option<&Arc<User>> {
        self.users.get(&account)?.get(name)
    }

    /// A group.
    pub fn group(&self, account: AccountId, name: &str) -> Option<&Arc<Group>> {
        self.groups.get(&account)?.get(name)
    }

    /// A role.
    pub fn role(&self, account: AccountId, name: &str) -> Option<&Arc<Role>> {
        self.roles.get(&account)?.get(name)
    }

    /// A managed policy.
    pub fn policy(&self, account: AccountId, name: &str) -> Option<&Arc<ManagedPolicy>> {
        self.policies.get(&account)?.get(name)
    }

    /// The organization that an account belongs to.
    pub fn organization_of(&self, account: AccountId) -> Option<&Arc<Organization>> {
        self.organizations.values().find(|organization| organization.has(account))
    }

    /// The stacks of an account and region, in the order of their names.
    pub fn stacks_of<'s>(
        &'s self,
        account: AccountId,
        region: &'s str,
    ) -> impl Iterator<Item = &'s Arc<Stack>> {
        self.stacks.values().filter(move |stack| stack.id.account == account && stack.id.region == region)
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

fn shared<T: Clone>(thing: &T) -> Arc<T> {
    Arc::new(thing.clone())
}

fn owned<T: Clone>(thing: &Arc<T>) -> Box<T> {
    Box::new(T::clone(thing))
}

fn named<T>(things: &Named<T>) -> impl Iterator<Item = &Arc<T>> {
    things.values().flat_map(BTreeMap::values)
}

fn put<T: Clone>(things: &mut Arc<Named<T>>, account: AccountId, name: &str, thing: &T) {
    Arc::make_mut(things).entry(account).or_default().insert(name.to_owned(), shared(thing));
}

fn remove<T: Clone>(things: &mut Arc<Named<T>>, account: AccountId, name: &str) {
    let things = Arc::make_mut(things);
    if let Some(named) = things.get_mut(&account) {
        named.remove(name);
        if named.is_empty() {
            things.remove(&account);
        }
    }
}
