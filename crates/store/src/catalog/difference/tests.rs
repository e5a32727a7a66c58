#![allow(clippy::unwrap_used, reason = "tests")]

use super::differences;
use crate::catalog::CatalogState;
use cairn_model::{AccessKey, Account, Change, KeyStatus, Timestamp, Trail, TrailArn};

fn account() -> Change {
    let id = "111122223333".parse().unwrap();
    Change::PutAccount(Account { id, name: None, created: Timestamp::from_seconds(1) })
}

fn trail(name: &str, bucket: &str) -> Change {
    let arn = TrailArn {
        region: "eu-central-1".to_owned(),
        account: "111122223333".parse().unwrap(),
        name: name.to_owned(),
    };
    Change::PutTrail(Box::new(Trail::new(arn, bucket.to_owned(), Timestamp::from_seconds(1))))
}

fn key(status: KeyStatus) -> Change {
    Change::PutKey(AccessKey {
        access_key_id: "AKIAONE".to_owned(),
        account: "111122223333".parse().unwrap(),
        user: None,
        sealed_secret: vec![7],
        token_sha256: None,
        ingest_only: false,
        any_account: false,
        operator: false,
        status,
        created: Timestamp::from_seconds(1),
    })
}

fn state(changes: &[Change]) -> CatalogState {
    let mut state = CatalogState::default();
    changes.iter().for_each(|change| state.apply(change));
    state
}

/// What is found turns the one into the other.
fn check(from: &[Change], to: &[Change], expected: usize) {
    let (mut from, to) = (state(from), state(to));
    let found = differences(&from, &to);
    assert_eq!(found.len(), expected, "{found:?}");
    found.iter().for_each(|change| from.apply(change));
    assert_eq!(format!("{from:?}"), format!("{to:?}"));
}

#[test]
fn what_is_new_changed_or_gone_is_found() {
    check(&[], &[], 0);
    check(&[], &[account(), trail("a", "b")], 2);
    check(&[trail("a", "b"), trail("c", "d")], &[trail("a", "b")], 1);
    check(&[trail("a", "b"), key(KeyStatus::Active)], &[trail("a", "x"), key(KeyStatus::Disabled)], 2);
    check(&[trail("a", "b"), key(KeyStatus::Active)], &[trail("c", "b")], 3);
}

#[test]
fn an_account_that_the_other_lacks_stays() {
    assert!(differences(&state(&[account()]), &state(&[])).is_empty());
}
