//! What the settings make of an organization at a start: they say who belongs to it, and the catalog keeps the rest.

use cairn_model::{
    AccountId, Change, EventDataStore, Member, Organization, OrganizationId, Timestamp, Trail,
};
use std::collections::BTreeMap;

/// `[organization]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `id`.
    pub id: OrganizationId,
    /// `management_account`.
    pub management: AccountId,
    /// `members`: accounts with their mail addresses. The management account need not be among them.
    pub members: BTreeMap<AccountId, Option<String>>,
}

/// What the catalog has.
#[derive(Clone, Debug, Default)]
pub struct Kept<'a> {
    /// The organizations.
    pub organizations: Vec<&'a Organization>,
    /// All trails.
    pub trails: Vec<&'a Trail>,
    /// All event data stores.
    pub stores: Vec<&'a EventDataStore>,
}

/// What has to change so that the catalog is as the settings say; nothing if it is so. An organization that they do not
/// name any more ends, and so does one whose management account is another: what was the organization's is that of
/// its management account alone from then on.
pub fn changes(settings: Option<&Settings>, kept: &Kept<'_>, now: Timestamp) -> Vec<Change> {
    let goes_on = |old: &Organization| {
        settings.is_some_and(|settings| settings.id == old.id && settings.management == old.management)
    };
    let (known, ended): (Vec<&Organization>, Vec<&Organization>) =
        kept.organizations.iter().partition(|old| goes_on(old));
    let mut changes: Vec<Change> = ended.into_iter().flat_map(|old| end(old, kept, now)).collect();
    if let Some(settings) = settings {
        let known = known.first().copied();
        let organization = settings.joined_with(known, now);
        if known != Some(&organization) {
            changes.push(Change::PutOrganization(Box::new(organization)));
        }
    }
    changes
}

fn end(organization: &Organization, kept: &Kept<'_>, now: Timestamp) -> Vec<Change> {
    let trails = kept.trails.iter().filter(|trail| trail.organization.as_ref() == Some(&organization.id));
    let trails = trails.map(|trail| {
        let trail = Trail { organization: None, ..Trail::clone(trail) };
        Change::PutTrail(Box::new(trail))
    });
    let is_its =
        |store: &&&EventDataStore| store.organization && store.arn.account == organization.management;
    let stores = kept.stores.iter().filter(is_its).map(|store| {
        let store = EventDataStore { organization: false, updated: now, ..EventDataStore::clone(store) };
        Change::PutEventDataStore(Box::new(store))
    });
    let id = organization.id.clone();
    trails.chain(stores).chain([Change::DeleteOrganization { id }]).collect()
}

impl Settings {
    /// The organization as the settings say, with what the catalog knows of it: who joined when, and the delegated
    /// administrators that are still members.
    fn joined_with(&self, known: Option<&Organization>, now: Timestamp) -> Organization {
        let mut emails = self.members.clone();
        emails.entry(self.management).or_default();
        let joined = |account: &AccountId| {
            let member = known.and_then(|known| known.members.get(account));
            member.map_or(now, |member| member.joined)
        };
        let members: BTreeMap<AccountId, Member> = emails
            .into_iter()
            .map(|(account, email)| (account, Member { email, joined: joined(&account) }))
            .collect();
        let mut delegated = known.map(|known| known.delegated.clone()).unwrap_or_default();
        delegated.retain(|account, _| members.contains_key(account));
        let created = known.map_or(now, |known| known.created);
        Organization { id: self.id.clone(), management: self.management, members, delegated, created }
    }
}
