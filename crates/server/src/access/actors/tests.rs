#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{Change, KeyStatus, Timestamp};
use std::collections::BTreeSet;

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn allowing(action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"*"}}}}"#
    )
}

fn key(user: Option<&str>) -> AccessKey {
    AccessKey {
        access_key_id: "AKIAONE".to_owned(),
        account: account(),
        user: user.map(str::to_owned),
        sealed_secret: Vec::new(),
        token_sha256: None,
        ingest_only: false,
        any_account: false,
        operator: false,
        status: KeyStatus::Active,
        created: Timestamp::from_seconds(1),
    }
}

fn user(grants: Grants, groups: &[&str]) -> User {
    User {
        account: account(),
        name: "ann".to_owned(),
        groups: groups.iter().map(|name| (*name).to_owned()).collect(),
        grants,
        tags: BTreeMap::from([("team".to_owned(), "blue".to_owned())]),
        created: Timestamp::from_seconds(1),
    }
}

fn inline(action: &str) -> Grants {
    Grants { attached: BTreeSet::new(), inline: BTreeMap::from([("own".to_owned(), allowing(action))]) }
}

fn attached(arn: &str) -> Grants {
    Grants { attached: BTreeSet::from([arn.to_owned()]), inline: BTreeMap::new() }
}

fn may(actor: &Actor, action: &str) -> bool {
    actor.may(action, "*", &actor.context, None).is_allowed()
}

#[test]
fn a_user_without_record_may_do_all_and_with_one_what_it_holds() {
    let (actors, mut state) = (Actors::default(), CatalogState::default());
    assert!(actors.of(&state, &key(None), None).is_unbounded());
    assert!(actors.of(&state, &key(Some("ann")), None).is_unbounded());
    state.apply(&Change::PutUser(Box::new(user(Grants::default(), &[]))));
    let ann = actors.of(&state, &key(Some("ann")), None);
    assert!(!ann.is_unbounded() && !may(&ann, "s3:GetObject"));
    assert_eq!(ann.context.values("aws:principaltag/team").unwrap(), ["blue"]);
    assert!(actors.of(&state, &key(None), None).is_unbounded());
    assert!(actors.of(&state, &key(Some("bob")), None).is_unbounded());
}

#[test]
fn policies_come_from_the_user_its_groups_and_managed_ones() {
    let (actors, mut state) = (Actors::default(), CatalogState::default());
    let group = Group {
        account: account(),
        name: "staff".to_owned(),
        grants: attached("arn:aws:iam::111122223333:policy/tail"),
        created: Timestamp::from_seconds(1),
    };
    let policy = ManagedPolicy {
        account: account(),
        name: "tail".to_owned(),
        description: None,
        document: allowing("cairn:Tail"),
        created: Timestamp::from_seconds(1),
        updated: Timestamp::from_seconds(1),
    };
    state.apply(&Change::PutPolicy(Box::new(policy.clone())));
    state.apply(&Change::PutGroup(Box::new(group)));
    state.apply(&Change::PutUser(Box::new(user(inline("s3:GetObject"), &["staff", "gone"]))));
    let ann = actors.of(&state, &key(Some("ann")), None);
    assert!(may(&ann, "s3:GetObject") && may(&ann, "cairn:Tail") && !may(&ann, "cairn:Lookup"));
    assert!(Arc::ptr_eq(&ann, &actors.of(&state, &key(Some("ann")), None)), "read once");
    state.apply(&Change::PutPolicy(Box::new(ManagedPolicy { document: allowing("cairn:Lookup"), ..policy })));
    let ann = actors.of(&state, &key(Some("ann")), None);
    assert!(may(&ann, "cairn:Lookup") && !may(&ann, "cairn:Tail"), "a change is seen at once");
    state.apply(&Change::PutUser(Box::new(user(
        attached("arn:aws:iam::aws:policy/AdministratorAccess"),
        &[],
    ))));
    let ann = actors.of(&state, &key(Some("ann")), None);
    assert!(may(&ann, "cloudtrail:CreateTrail"));
}

#[test]
fn a_policy_that_cannot_be_read_leaves_nothing() {
    let (actors, mut state) = (Actors::default(), CatalogState::default());
    let mut grants = inline("s3:*");
    grants.inline.insert("newer".to_owned(), r#"{"Version":"2030-01-01"}"#.to_owned());
    state.apply(&Change::PutUser(Box::new(user(grants, &[]))));
    assert!(!may(&actors.of(&state, &key(Some("ann")), None), "s3:GetObject"));
}
