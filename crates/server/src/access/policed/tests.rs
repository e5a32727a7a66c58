#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{Change, ResourcePolicy};

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
    assert!(policy_of(&state, own, STORE).unwrap().is_some());
    assert!(policy_of(&state, other, STORE).unwrap().is_none());
    for resource in
        ["*", "arn:aws:cloudtrail:us-east-1:111122223333:trail/main", &STORE.replace("555", "666")]
    {
        assert!(policy_of(&state, own, resource).unwrap().is_none(), "{resource}");
    }
}

#[test]
fn a_policy_that_cannot_be_read_is_none_that_says_nothing() {
    let state = state(r#"{"Version":"2030-01-01"}"#);
    assert!(policy_of(&state, "111122223333".parse().unwrap(), STORE).is_err());
}
