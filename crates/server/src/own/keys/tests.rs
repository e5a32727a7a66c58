#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use cairn_model::{Grants, Timestamp, User};
use std::collections::{BTreeMap, BTreeSet};

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn with_users(names: &[&str]) -> CatalogState {
    let mut state = CatalogState::default();
    for name in names {
        state.apply(&Change::PutUser(Box::new(User {
            account: account(),
            name: (*name).to_owned(),
            groups: BTreeSet::new(),
            grants: Grants::default(),
            tags: BTreeMap::new(),
            created: Timestamp::from_seconds(0),
        })));
    }
    state
}

fn key_of(user: Option<&str>, ingest_only: bool) -> AccessKey {
    AccessKey {
        access_key_id: "AKIAEXAMPLEEXAMPLE00".to_owned(),
        account: account(),
        user: user.map(str::to_owned),
        sealed_secret: Vec::new(),
        token_sha256: None,
        ingest_only,
        any_account: false,
        operator: false,
        status: KeyStatus::Active,
        created: Timestamp::from_seconds(0),
    }
}

#[test]
fn where_users_have_records_a_misspelt_one_gets_no_key() {
    let check = |users: &[&str], user: Option<&str>, is_meant| {
        check_user(&with_users(users), &key_of(user, false), is_meant).is_ok()
    };
    assert!(check(&[], Some("ann"), false));
    assert!(check(&["ann"], Some("ann"), false));
    assert!(check(&["ann"], None, false));
    assert!(!check(&["ann"], Some("anne"), false));
    assert!(check(&["ann"], Some("anne"), true));
    // Never meant: it is the same user.
    assert!(!check(&["ann"], Some("Ann"), false) && !check(&["ann"], Some("Ann"), true));
    assert!(check_user(&with_users(&["ann"]), &key_of(Some("anne"), true), false).is_ok());
}
