#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{Change, EventDataStore, Trail, TrailArn};
use std::collections::BTreeMap;

const MANAGEMENT: &str = "111122223333";
const MEMBER: &str = "222233334444";
const OTHER: &str = "333344445555";
const STRANGER: &str = "444455556666";

fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn settings(members: &[&str]) -> Settings {
    Settings {
        id: "o-exampleorgid".parse().unwrap(),
        management: account(MANAGEMENT),
        members: members.iter().map(|text| (account(text), None)).collect(),
    }
}

/// The organization that the changes put.
fn put(changes: &[Change]) -> Option<&Organization> {
    changes.iter().find_map(|change| match change {
        Change::PutOrganization(organization) => Some(&**organization),
        _ => None,
    })
}

fn organization(members: &[&str]) -> Organization {
    let changes = changes(Some(&settings(members)), &Kept::default(), time(10));
    put(&changes).unwrap().clone()
}

fn facts<'a>(organization: &'a Organization, caller: &str) -> Facts<'a> {
    let account = account(caller);
    Facts { organization: Some(organization).filter(|found| found.has(account)), account, now: time(20) }
}

#[test]
fn only_the_management_account_delegates() {
    let organization = organization(&[MEMBER, OTHER]);
    let delegated = register(&facts(&organization, MANAGEMENT), MEMBER).unwrap();
    assert_eq!(delegated.delegated, BTreeMap::from([(account(MEMBER), time(20))]));
    let refused = |caller: &str, member: &str| register(&facts(&delegated, caller), member).unwrap_err();
    assert_eq!(refused(STRANGER, MEMBER), OrganizationError::NotInUse);
    assert_eq!(refused(MEMBER, OTHER), OrganizationError::NotManagementAccount(account(MEMBER)));
    assert_eq!(refused(MANAGEMENT, MEMBER), OrganizationError::AccountRegistered(account(MEMBER)));
    assert_eq!(refused(MANAGEMENT, STRANGER), OrganizationError::AccountNotFound(account(STRANGER)));
    let itself = OrganizationError::CannotDelegateManagementAccount(account(MANAGEMENT));
    assert_eq!(refused(MANAGEMENT, MANAGEMENT), itself);
    let text = "1111222233334444";
    assert_eq!(refused(MANAGEMENT, text), OrganizationError::NotAnAccount(text.to_owned()));
}

#[test]
fn three_accounts_are_delegated_administrators_at_most() {
    let members = ["200000000000", "200000000001", "200000000002", "200000000003"];
    let mut organization = organization(&members);
    for member in &members[..3] {
        organization = register(&facts(&organization, MANAGEMENT), member).unwrap();
    }
    let refused = register(&facts(&organization, MANAGEMENT), members[3]).unwrap_err();
    assert_eq!(refused, OrganizationError::LimitExceeded);
    let fewer = deregister(&facts(&organization, MANAGEMENT), members[0]).unwrap();
    assert!(register(&facts(&fewer, MANAGEMENT), members[3]).is_ok());
}

#[test]
fn only_delegated_administrators_are_taken_off_the_list() {
    let organization = organization(&[MEMBER]);
    let refused =
        |caller: &str, account: &str| deregister(&facts(&organization, caller), account).unwrap_err();
    assert_eq!(refused(MANAGEMENT, MEMBER), OrganizationError::AccountNotRegistered(account(MEMBER)));
    assert_eq!(refused(MANAGEMENT, STRANGER), OrganizationError::AccountNotFound(account(STRANGER)));
    assert_eq!(refused(MEMBER, MEMBER), OrganizationError::NotManagementAccount(account(MEMBER)));
    assert_eq!(refused(STRANGER, MEMBER), OrganizationError::NotInUse);
}

#[test]
fn delegated_administrators_manage_and_only_the_management_account_owns() {
    let organization = register(&facts(&organization(&[MEMBER, OTHER]), MANAGEMENT), MEMBER).unwrap();
    let check = |caller: &str, manages: bool, owns: bool| {
        let caller = account(caller);
        assert_eq!(managed(Some(&organization), caller).is_ok(), manages, "{caller}");
        assert_eq!(owned(Some(&organization), caller).is_ok(), owns, "{caller}");
    };
    check(MANAGEMENT, true, true);
    check(MEMBER, true, false);
    check(OTHER, false, false);
    assert_eq!(managed(None, account(STRANGER)), Err(NotManager::NoOrganization));
    assert_eq!(owned(None, account(STRANGER)), Err(NotManager::NoOrganization));
}

#[test]
fn the_management_account_is_a_member_without_being_named() {
    let organization = organization(&[MEMBER]);
    assert!(organization.has(account(MANAGEMENT)) && organization.has(account(MEMBER)));
    assert_eq!(organization.created, time(10));
}

#[test]
fn a_start_that_says_the_same_changes_nothing() {
    let known = organization(&[MEMBER]);
    let kept = Kept { organizations: vec![&known], ..Kept::default() };
    assert_eq!(changes(Some(&settings(&[MEMBER])), &kept, time(30)), []);
    assert_eq!(changes(None, &Kept::default(), time(30)), []);
}

#[test]
fn who_leaves_is_no_administrator_any_more_and_who_stays_has_been_there() {
    let known = register(&facts(&organization(&[MEMBER, OTHER]), MANAGEMENT), MEMBER).unwrap();
    let kept = Kept { organizations: vec![&known], ..Kept::default() };
    let changed = changes(Some(&settings(&[OTHER, STRANGER])), &kept, time(30));
    let new = put(&changed).unwrap();
    assert!(!new.has(account(MEMBER)) && new.delegated.is_empty());
    let joined = |text: &str| new.members[&account(text)].joined;
    assert_eq!((joined(OTHER), joined(STRANGER)), (time(10), time(30)));
    assert_eq!(new.created, time(10));
}

/// A store of the management account, for its organization.
fn store() -> EventDataStore {
    EventDataStore {
        organization: true,
        ..EventDataStore::clone(&crate::stores::tests::store(1, "Management"))
    }
}

#[test]
fn an_organization_that_is_not_named_any_more_leaves_its_things_to_its_management_account() {
    let known = organization(&[MEMBER]);
    let trail = |name: &str| {
        let arn =
            TrailArn { region: "us-east-1".to_owned(), account: account(MANAGEMENT), name: name.to_owned() };
        Trail::new(arn, "acme-logs".to_owned(), time(1))
    };
    let own = trail("own");
    let shared = Trail { organization: Some(known.id.clone()), ..trail("shared") };
    let store = store();
    let kept = Kept { organizations: vec![&known], trails: vec![&own, &shared], stores: vec![&store] };
    let trail_is_its_own = Change::PutTrail(Box::new(Trail { organization: None, ..shared.clone() }));
    let store_is_its_own = Change::PutEventDataStore(Box::new(EventDataStore {
        organization: false,
        updated: time(30),
        ..store.clone()
    }));
    let gone = Change::DeleteOrganization { id: known.id.clone() };
    let expected = vec![trail_is_its_own, store_is_its_own, gone];
    assert_eq!(changes(None, &kept, time(30)), expected);

    let elsewhere = Settings { management: account(MEMBER), ..settings(&[]) };
    let moved = changes(Some(&elsewhere), &kept, time(30));
    assert_eq!(moved[..3], expected);
    assert_eq!(put(&moved).unwrap().management, account(MEMBER));
}
