//! Stores of organizations.

use super::*;
use crate::address::AddressError;
use crate::channels::{ChannelError, CreateChannel, Destination};
use cairn_model::{Member, Organization};

const MANAGEMENT: &str = "111122223333";
const DELEGATED: &str = "222233334444";
const MEMBER: &str = "333344445555";

fn acme() -> Organization {
    let joined = Timestamp::from_seconds(1);
    let members = [MANAGEMENT, DELEGATED, MEMBER];
    Organization {
        id: "o-exampleorgid".parse().unwrap(),
        management: MANAGEMENT.parse().unwrap(),
        members: members.map(|account| (account.parse().unwrap(), Member { email: None, joined })).into(),
        delegated: BTreeMap::from([(DELEGATED.parse().unwrap(), joined)]),
        created: joined,
    }
}

/// What an account is decided by that has nothing itself; the management account has `stores`.
fn of<'a>(account: &str, acme: &'a Organization, stores: &'a [Arc<EventDataStore>]) -> Facts<'a> {
    with_channels(account, acme, stores, &[])
}

/// What an account is decided by that has nothing itself; the management account has `stores` and `channels`.
fn with_channels<'a>(
    account: &str,
    acme: &'a Organization,
    stores: &'a [Arc<EventDataStore>],
    channels: &'a [Arc<Channel>],
) -> Facts<'a> {
    let account = account.parse().unwrap();
    let own = if account == acme.management { facts(stores, channels) } else { facts(&[], &[]) };
    let organization =
        Some(Membership { organization: acme, stores, channels }).filter(|_| acme.has(account));
    Facts { account, organization, ..own }
}

fn of_organization() -> Settings {
    Settings { organization: Some(true), termination_protection: Some(false), ..Settings::default() }
}

fn shared(acme: &Organization) -> Arc<EventDataStore> {
    Arc::new(created(&of(MANAGEMENT, acme, &[]), &with(of_organization())).unwrap())
}

#[test]
fn a_store_of_the_organization_belongs_to_the_management_account() {
    let acme = acme();
    for account in [MANAGEMENT, DELEGATED] {
        let store = created(&of(account, &acme, &[]), &with(of_organization())).unwrap();
        assert!(store.organization && store.arn.account == acme.management);
    }
    let member: AccountId = MEMBER.parse().unwrap();
    let made = created(&of(MEMBER, &acme, &[]), &with(of_organization()));
    refused(made, NotManager::Member(member).into());
}

#[test]
fn delegated_administrators_reach_the_organizations_stores_by_arn() {
    let acme = acme();
    let own = Arc::new(store(2, "Management"));
    let stores = [shared(&acme), own.clone()];
    let (arn, uuid) = (stores[0].arn.to_string(), &stores[0].arn.id);
    let delegated = of(DELEGATED, &acme, &stores);
    assert_eq!(get(&delegated, &arn).unwrap(), &*stores[0]);
    assert!(delete(&delegated, &arn).is_ok());
    assert_eq!(list(&delegated, None, 10).items, [&*stores[0]]);
    assert_eq!(get(&delegated, uuid), Err(StoreError::NotFound(uuid.clone())));
    let text = own.arn.to_string();
    assert_eq!(get(&delegated, &text), Err(StoreError::NotFound(text.clone())));
    let taken =
        created(&delegated, &CreateStore { name: own.name.clone(), id: id(3), ..with(of_organization()) });
    refused(taken, StoreError::AlreadyExists(own.name.clone()));
}

#[test]
fn members_reach_nothing_of_the_management_account() {
    let acme = acme();
    let stores = [shared(&acme)];
    let member = of(MEMBER, &acme, &stores);
    let expected = AddressError::OtherAccount(MEMBER.parse().unwrap());
    assert_eq!(get(&member, &stores[0].arn.to_string()), Err(expected.into()));
    assert_eq!(list(&member, None, 10).items, Vec::<&EventDataStore>::new());
}

#[test]
fn only_the_management_account_turns_a_store_into_the_organizations_and_back() {
    let acme = acme();
    let stores = [shared(&acme)];
    let arn = stores[0].arn.to_string();
    let back = Settings { organization: Some(false), ..Settings::default() };
    let updated = |account| update(&of(account, &acme, &stores), &arn, None, &back);
    assert!(updated(MANAGEMENT).is_ok());
    let not_owner = NotManager::Member(DELEGATED.parse().unwrap());
    assert_eq!(updated(DELEGATED).unwrap_err(), not_owner.into());
}

/// A store of the organization that channels may lead to.
fn audited(acme: &Organization) -> Arc<EventDataStore> {
    let settings = Settings { selectors: category("ActivityAuditLog"), ..of_organization() };
    Arc::new(created(&of(MANAGEMENT, acme, &[]), &with(settings)).unwrap())
}

/// What opens a channel to the store.
fn opening(store: &EventDataStore) -> CreateChannel {
    let destination = Destination { kind: "EVENT_DATA_STORE".to_owned(), location: store.arn.to_string() };
    CreateChannel {
        id: id(7),
        name: "main".to_owned(),
        source: "Custom".to_owned(),
        destinations: vec![destination],
        ..CreateChannel::default()
    }
}

#[test]
fn a_store_that_a_channel_delivers_to_is_deleted_by_nobody_who_manages_it() {
    let acme = acme();
    let stores = [audited(&acme)];
    let channel = crate::channels::create(&of(MANAGEMENT, &acme, &stores), &opening(&stores[0])).unwrap();
    let (channels, arn) = ([Arc::new(channel)], stores[0].arn.to_string());
    for account in [MANAGEMENT, DELEGATED] {
        let deleted = delete(&with_channels(account, &acme, &stores, &channels), &arn);
        refused(deleted, StoreError::ChannelExists(stores[0].arn.clone()));
        assert!(delete(&of(account, &acme, &stores), &arn).is_ok());
    }
}

#[test]
fn a_channel_goes_to_stores_of_its_own_account() {
    let acme = acme();
    let stores = [audited(&acme)];
    let request = opening(&stores[0]);
    assert!(crate::channels::create(&of(MANAGEMENT, &acme, &stores), &request).is_ok());
    let other = StoreError::from(AddressError::OtherAccount(DELEGATED.parse().unwrap()));
    let refused = crate::channels::create(&of(DELEGATED, &acme, &stores), &request);
    assert_eq!(refused.unwrap_err(), ChannelError::from(other));
}
