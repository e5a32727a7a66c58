#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{Change, Member, ResourcePolicy, Timestamp};
use std::collections::BTreeMap;

const STORE: &str =
    "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/11111111-2222-4333-8444-555555555555";

fn state(document: &str) -> CatalogState {
    let mut state = CatalogState::default();
    let policy = ResourcePolicy { resource: STORE.parse().unwrap(), document: document.to_owned() };
    state.apply(&Change::PutResourcePolicy(Box::new(policy)));
    state
}

#[test]
fn a_resource_has_its_policy_for_its_own_account() {
    let (own, other) = ("111122223333".parse().unwrap(), "444455556666".parse().unwrap());
    let state =
        state(r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"cloudtrail:GetEventDataStore"}}"#);
    assert!(resource_policy(&state, own, STORE).unwrap().is_some());
    assert!(resource_policy(&state, other, STORE).unwrap().is_none());
    for resource in
        ["*", "arn:aws:cloudtrail:us-east-1:111122223333:trail/main", &STORE.replace("555", "666")]
    {
        assert!(resource_policy(&state, own, resource).unwrap().is_none(), "{resource}");
    }
}

#[test]
fn what_the_management_account_has_has_its_policy_for_those_who_manage_it() {
    let [owner, delegated, member, stranger] =
        ["111122223333", "222233334444", "333344445555", "444455556666"].map(|text| text.parse().unwrap());
    let mut state =
        state(r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"cloudtrail:StartQuery"}}"#);
    let joined = Timestamp::from_seconds(1);
    let members = [owner, delegated, member].map(|account| (account, Member { email: None, joined }));
    state.apply(&Change::PutOrganization(Box::new(Organization {
        id: "o-exampleorgid".parse().unwrap(),
        management: owner,
        members: members.into(),
        delegated: BTreeMap::from([(delegated, joined)]),
        created: joined,
    })));
    for (account, expected) in [(owner, true), (delegated, true), (member, false), (stranger, false)] {
        assert_eq!(resource_policy(&state, account, STORE).unwrap().is_some(), expected, "{account}");
        assert_eq!(manages(&state, account, owner), expected, "{account}");
    }
    assert!(!manages(&state, owner, delegated), "what is the delegated administrator's own");
}

#[test]
fn a_policy_that_cannot_be_read_is_none_that_says_nothing() {
    let state = state(r#"{"Version":"2030-01-01"}"#);
    assert!(resource_policy(&state, "111122223333".parse().unwrap(), STORE).is_err());
}
