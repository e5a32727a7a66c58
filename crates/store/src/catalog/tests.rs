#![allow(clippy::unwrap_used, reason = "tests")]

use super::row::Write;
use super::shared::Shared;
use super::shared::testing::database;
use super::{Catalog, CatalogError, CatalogState, differences};
use cairn_model::{
    AccessKey, Account, AccountId, BillingMode, Change, Channel, Dashboard, DashboardKind, EventDataStore,
    Grants, Group, KeyStatus, ManagedPolicy, MaxEventSize, PolicedArn, Position, RefreshFrequency,
    RefreshSchedule, ResourcePolicy, Role, Session, SessionHolder, Stack, StackId, StackResource, Timestamp,
    User, Widget,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn account() -> Change {
    Change::PutAccount(Account {
        id: "111122223333".parse().unwrap(),
        name: Some("one".to_owned()),
        created: Timestamp::from_seconds(1),
    })
}

fn key(status: KeyStatus) -> Change {
    Change::PutKey(AccessKey {
        access_key_id: "AKIAONE".to_owned(),
        account: "111122223333".parse().unwrap(),
        user: None,
        sealed_secret: vec![0, 255, 7],
        token_sha256: None,
        ingest_only: false,
        any_account: false,
        operator: false,
        status,
        created: Timestamp::from_seconds(1),
    })
}

#[tokio::test]
async fn what_was_applied_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::open(&path).await.unwrap();
    assert_eq!(catalog.position(), Position::ZERO);
    let changes = [account(), key(KeyStatus::Active)];
    catalog.apply(&changes, Position::new(100)).await.unwrap();
    catalog.apply(&[key(KeyStatus::Disabled)], Position::new(200)).await.unwrap();
    let before = catalog.state();
    catalog.close().await;

    let catalog = Catalog::open(&path).await.unwrap();
    assert_eq!(catalog.position(), Position::new(200));
    assert_eq!(catalog.state().keys, before.keys);
    assert_eq!(catalog.state().accounts, before.accounts);
    assert_eq!(catalog.state().keys["AKIAONE"].status, KeyStatus::Disabled);
}

#[tokio::test]
async fn a_replayed_change_takes_effect_once() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.db")).await.unwrap();
    let created = [key(KeyStatus::Active)];
    catalog.apply(&created, Position::new(100)).await.unwrap();
    let deleted = [Change::DeleteKey { access_key_id: "AKIAONE".to_owned() }];
    catalog.apply(&deleted, Position::new(200)).await.unwrap();
    catalog.apply(&created, Position::new(100)).await.unwrap();
    assert!(catalog.state().keys.is_empty());
    assert_eq!(catalog.position(), Position::new(200));
}

#[tokio::test]
async fn a_failed_write_leaves_state_and_position_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::open(&path).await.unwrap();
    catalog.apply(&[account()], Position::new(100)).await.unwrap();
    catalog.database.forbid_growth().await;
    let wide = Change::PutAccount(Account {
        id: "999999999999".parse().unwrap(),
        name: Some("x".repeat(1 << 20)),
        created: Timestamp::from_seconds(1),
    });
    let failed = catalog.apply(&[wide], Position::new(200)).await;
    assert!(matches!(failed, Err(CatalogError::Database(_))));
    assert_eq!(catalog.position(), Position::new(100));
    assert_eq!(catalog.state().accounts.len(), 1);
    catalog.close().await;
    let catalog = Catalog::open(&path).await.unwrap();
    assert_eq!(catalog.position(), Position::new(100));
    assert_eq!(catalog.state().accounts.len(), 1);
}

#[tokio::test]
async fn a_write_that_was_done_but_reported_failed_is_applied_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::open(&path).await.unwrap();
    let created = [account(), key(KeyStatus::Active)];
    catalog.database.write(&created, &[], Position::new(100)).await.unwrap();
    // The caller was told that it failed: nothing of it shows, and the process stops.
    assert!(catalog.state().keys.is_empty());
    catalog.close().await;

    let catalog = Catalog::open(&path).await.unwrap();
    assert_eq!(catalog.position(), Position::new(100));
    catalog.apply(&created, Position::new(100)).await.unwrap();
    assert_eq!(catalog.state().keys.len(), 1);
    assert_eq!(catalog.position(), Position::new(100));
}

fn session(access_key_id: &str, created: i64, expires: i64) -> Change {
    Change::PutSession(Box::new(Session {
        access_key_id: access_key_id.to_owned(),
        account: "111122223333".parse().unwrap(),
        holder: SessionHolder::AssumedRole {
            role_arn: "arn:aws:iam::111122223333:role/r".to_owned(),
            role_id: "AROAONE".to_owned(),
            session_name: "ann".to_owned(),
            provider: None,
        },
        created: Timestamp::from_seconds(created),
        expires: Timestamp::from_seconds(expires),
        mfa: true,
        source_identity: Some("ann".to_owned()),
    }))
}

#[tokio::test]
async fn sessions_are_known_over_restarts_and_expired_ones_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::open(&path).await.unwrap();
    catalog.apply(&[session("ASIAONE", 0, 10)], Position::new(100)).await.unwrap();
    catalog.apply(&[session("ASIATWO", 5, 20)], Position::new(200)).await.unwrap();
    let learnt = catalog.session("ASIAONE");
    assert!(learnt.is_some());
    catalog.close().await;

    let catalog = Catalog::open(&path).await.unwrap();
    assert_eq!(catalog.session("ASIAONE"), learnt);
    catalog.apply(&[session("ASIATHREE", 10, 30)], Position::new(300)).await.unwrap();
    assert_eq!(catalog.session("ASIAONE"), None);
    catalog.close().await;

    let catalog = Catalog::open(&path).await.unwrap();
    assert_eq!(catalog.session("ASIAONE"), None);
    assert!(catalog.session("ASIATWO").is_some() && catalog.session("ASIATHREE").is_some());
}

fn store(deleted: Option<i64>) -> EventDataStore {
    EventDataStore {
        arn: "arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/one".parse().unwrap(),
        name: "one".to_owned(),
        selectors: Vec::new(),
        multi_region: true,
        organization: false,
        retention_days: 366,
        billing_mode: BillingMode::Extendable,
        termination_protection: true,
        ingesting: true,
        deleted: deleted.map(Timestamp::from_seconds),
        kms_key: None,
        federation_role: None,
        insights: None,
        max_event_size: MaxEventSize::Standard,
        context_keys: Vec::new(),
        tags: BTreeMap::from([("team".to_owned(), "blue".to_owned())]),
        created: Timestamp::from_seconds(1),
        updated: Timestamp::from_seconds(2),
    }
}

fn channel() -> Channel {
    Channel {
        arn: "arn:aws:cloudtrail:eu-central-1:111122223333:channel/one".parse().unwrap(),
        name: "one".to_owned(),
        source: "Custom".to_owned(),
        destinations: vec![store(None).arn],
        tags: BTreeMap::new(),
        created: Timestamp::from_seconds(1),
    }
}

/// Applies changes, opens the catalog anew, and checks that nothing differs; and that PostgreSQL keeps the same.
async fn check_survives(changes: Vec<Change>) -> Arc<CatalogState> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::open(&path).await.unwrap();
    catalog.apply(&changes, Position::new(100)).await.unwrap();
    let before = catalog.state();
    catalog.close().await;
    let catalog = Catalog::open(&path).await.unwrap();
    let after = catalog.state();
    assert_eq!(format!("{before:?}"), format!("{after:?}"));

    let url = database().await;
    let shared = Shared::open(&url, "one").await.unwrap();
    let mut turn = shared.turn().await.unwrap();
    turn.write(&catalog, &changes).await.unwrap();
    turn.commit(Position::new(100)).await.unwrap();
    let shared = Shared::open(&url, "two").await.unwrap();
    let mut kept = shared.turn().await.unwrap().everything().await.unwrap().state;
    kept.position = after.position;
    assert_eq!(format!("{kept:?}"), format!("{after:?}"));
    // What makes all of it out of nothing leaves no kind out either.
    assert!(differences(&kept, &after).is_empty());
    let from_nothing = differences(&CatalogState::default(), &after);
    assert_eq!(format!("{from_nothing:?}"), format!("{:?}", ordered(after.changes())));
    after
}

/// As [`differences`] has them: by table and name.
fn ordered(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by_key(|change| match Write::of(change) {
        Write::Put { table, name, .. } | Write::Delete { table, name } => (table, name),
    });
    changes
}

#[tokio::test]
async fn stores_and_channels_are_put_and_deleted_over_restarts() {
    let put = vec![
        Change::PutEventDataStore(Box::new(store(None))),
        Change::PutEventDataStore(Box::new(store(Some(5)))),
        Change::PutChannel(Box::new(channel())),
    ];
    let state = check_survives(put.clone()).await;
    let account = store(None).arn.account;
    assert_eq!(**state.event_data_stores_of(account).next().unwrap(), store(Some(5)));
    assert_eq!(**state.channels_of(account).next().unwrap(), channel());

    let deleted =
        [Change::DeleteEventDataStore { arn: store(None).arn }, Change::DeleteChannel { arn: channel().arn }];
    let state = check_survives(put.into_iter().chain(deleted).collect()).await;
    assert!(state.event_data_stores.is_empty() && state.channels.is_empty());
}

/// A user, a group, a role and a policy, and what deletes them.
fn of_access() -> ([Change; 4], [Change; 4]) {
    let (account, created): (AccountId, _) = ("111122223333".parse().unwrap(), Timestamp::from_seconds(1));
    let (name, document) = ("one".to_owned(), "{}".to_owned());
    let grants = Grants {
        attached: BTreeSet::from(["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()]),
        inline: BTreeMap::from([("own".to_owned(), document.clone())]),
    };
    let tags = BTreeMap::from([("team".to_owned(), "blue".to_owned())]);
    let user = User {
        account,
        name: name.clone(),
        groups: BTreeSet::from([name.clone()]),
        grants: grants.clone(),
        tags: tags.clone(),
        created,
    };
    let role = Role {
        account,
        name: name.clone(),
        id: "AROAONE".to_owned(),
        description: None,
        trust: document.clone(),
        session_seconds_max: 3600,
        grants: grants.clone(),
        tags,
        created,
    };
    let group = Group { account, name: name.clone(), grants, created };
    let policy = ManagedPolicy {
        account,
        name: name.clone(),
        description: Some("what for".to_owned()),
        document,
        created,
        updated: created,
    };
    let put = [
        Change::PutUser(Box::new(user)),
        Change::PutGroup(Box::new(group)),
        Change::PutRole(Box::new(role)),
        Change::PutPolicy(Box::new(policy)),
    ];
    let deleted = [
        Change::DeleteUser { account, name: name.clone() },
        Change::DeleteGroup { account, name: name.clone() },
        Change::DeleteRole { account, name: name.clone() },
        Change::DeletePolicy { account, name },
    ];
    (put, deleted)
}

#[tokio::test]
async fn users_groups_roles_and_policies_are_put_and_deleted_over_restarts() {
    let (put, deleted) = of_access();
    let account = "111122223333".parse().unwrap();
    let state = check_survives(put.to_vec()).await;
    let found = [
        state.user(account, "one").cloned().map(|user| Change::PutUser(Box::new(User::clone(&user)))),
        state.group(account, "one").cloned().map(|group| Change::PutGroup(Box::new(Group::clone(&group)))),
        state.role(account, "one").cloned().map(|role| Change::PutRole(Box::new(Role::clone(&role)))),
        state
            .policy(account, "one")
            .cloned()
            .map(|policy| Change::PutPolicy(Box::new(ManagedPolicy::clone(&policy)))),
    ];
    assert_eq!(found.map(Option::unwrap), put);
    assert!(state.user("444455556666".parse().unwrap(), "one").is_none(), "another account's");
    let state = check_survives(put.into_iter().chain(deleted).collect()).await;
    assert!(state.user(account, "one").is_none() && state.group(account, "one").is_none());
    assert!(state.role(account, "one").is_none() && state.policy(account, "one").is_none());
}

fn stack(region: &str) -> Stack {
    let account = "111122223333".parse().unwrap();
    let resource = StackResource {
        logical_id: "Main".to_owned(),
        kind: "AWS::CloudTrail::Trail".to_owned(),
        id: "main".to_owned(),
        retain: true,
    };
    Stack {
        id: StackId { account, region: region.to_owned(), name: "one".to_owned() },
        revision: 3,
        resources: vec![resource],
        updated: Timestamp::from_seconds(1),
    }
}

#[tokio::test]
async fn stacks_are_put_and_deleted_over_restarts() {
    let put = ["eu-central-1", "us-east-1"].map(|region| Change::PutStack(Box::new(stack(region)))).to_vec();
    let account = "111122223333".parse().unwrap();
    let state = check_survives(put.clone()).await;
    let found: Vec<&Arc<Stack>> = state.stacks_of(account, "us-east-1").collect();
    assert_eq!(found, [&Arc::new(stack("us-east-1"))]);
    let deleted = Change::DeleteStack { id: stack("us-east-1").id };
    let state = check_survives(put.into_iter().chain([deleted]).collect()).await;
    assert_eq!(state.stacks_of(account, "us-east-1").count(), 0);
    assert_eq!(state.stacks_of(account, "eu-central-1").count(), 1);
}

fn dashboard() -> Dashboard {
    Dashboard {
        arn: "arn:aws:cloudtrail:eu-central-1:111122223333:dashboard/one".parse().unwrap(),
        kind: DashboardKind::Custom,
        widgets: vec![Widget {
            query: "SELECT 1".to_owned(),
            parameters: Vec::new(),
            view: BTreeMap::from([("View".to_owned(), "Table".to_owned())]),
        }],
        schedule: Some(RefreshSchedule {
            every: Some(RefreshFrequency::Hours(6)),
            enabled: true,
            minute_of_day: 90,
        }),
        termination_protection: false,
        tags: BTreeMap::new(),
        created: Timestamp::from_seconds(1),
        updated: Timestamp::from_seconds(2),
    }
}

#[tokio::test]
async fn dashboards_and_policies_of_resources_are_put_and_deleted_over_restarts() {
    let arns = [
        PolicedArn::Dashboard(dashboard().arn),
        PolicedArn::Channel(channel().arn),
        PolicedArn::EventDataStore(store(None).arn),
    ];
    let policy = |resource: &PolicedArn| {
        let policy = ResourcePolicy { resource: resource.clone(), document: "{}".to_owned() };
        Change::PutResourcePolicy(Box::new(policy))
    };
    let mut changes = vec![Change::PutDashboard(Box::new(dashboard()))];
    changes.extend(arns.iter().map(policy));
    let state = check_survives(changes.clone()).await;
    let account = dashboard().arn.account;
    assert_eq!(**state.dashboards_of(account).next().unwrap(), dashboard());
    assert_eq!(state.resource_policies_of(account).count(), 3);

    changes.push(Change::DeleteDashboard { arn: dashboard().arn });
    changes.extend(arns.map(|arn| Change::DeleteResourcePolicy { arn }));
    let state = check_survives(changes).await;
    assert!(state.dashboards.is_empty() && state.resource_policies.is_empty());
}

#[tokio::test]
async fn a_change_copies_only_the_map_that_it_is_about() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.db")).await.unwrap();
    catalog.apply(&[key(KeyStatus::Active)], Position::new(100)).await.unwrap();
    let before = catalog.state();
    catalog.apply(&[Change::PutChannel(Box::new(channel()))], Position::new(200)).await.unwrap();
    let after = catalog.state();
    assert!(Arc::ptr_eq(&before.keys, &after.keys) && !Arc::ptr_eq(&before.channels, &after.channels));
    assert!(before.channels.is_empty(), "a reader keeps what it holds");
}

/// A database of an older format keeps what it has and takes what is new.
async fn check_upgrade(version: i64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::open(&path).await.unwrap();
    catalog.apply(&[account()], Position::new(100)).await.unwrap();
    catalog.database.pretend_older(version).await;
    catalog.close().await;

    let catalog = Catalog::open(&path).await.unwrap();
    assert_eq!(catalog.position(), Position::new(100));
    assert_eq!(catalog.state().accounts.len(), 1);
    let new = [session("ASIAONE", 0, 10), Change::PutEventDataStore(Box::new(store(None)))];
    catalog.apply(&new, Position::new(200)).await.unwrap();
    catalog.close().await;

    let catalog = Catalog::open(&path).await.unwrap();
    assert!(catalog.session("ASIAONE").is_some());
    assert_eq!(catalog.state().event_data_stores.len(), 1);
}

#[tokio::test]
async fn a_database_of_an_older_format_gets_the_tables_that_it_lacks() {
    check_upgrade(1).await;
    check_upgrade(2).await;
}

#[tokio::test]
async fn a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::open(&path).await.unwrap();
    catalog.database.pretend_version().await;
    catalog.close().await;
    let refused = Catalog::open(&path).await.unwrap_err();
    assert!(refused.to_string().contains("start the newer Cairn"), "{refused}");
}

#[tokio::test]
async fn a_snapshot_is_the_catalog_of_its_moment() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.db")).await.unwrap();
    catalog.apply(&[account(), key(KeyStatus::Active)], Position::new(100)).await.unwrap();
    let path = folder.path().join("it's a copy.db");
    catalog.snapshot_into(&path).await.unwrap();
    catalog.apply(&[key(KeyStatus::Disabled)], Position::new(200)).await.unwrap();

    let copy = Catalog::open(&path).await.unwrap();
    assert_eq!(copy.position(), Position::new(100));
    assert_eq!(copy.state().keys["AKIAONE"].status, KeyStatus::Active);
    assert!(catalog.snapshot_into(&path).await.is_err(), "a snapshot writes over nothing");
}
