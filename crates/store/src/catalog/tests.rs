#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Catalog, CatalogError};
use cairn_model::{AccessKey, Account, Change, KeyStatus, Position, Session, SessionHolder, Timestamp};

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

#[tokio::test]
async fn a_database_without_sessions_gets_room_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::open(&path).await.unwrap();
    catalog.apply(&[account()], Position::new(100)).await.unwrap();
    catalog.database.pretend_older().await;
    catalog.close().await;

    let catalog = Catalog::open(&path).await.unwrap();
    catalog.apply(&[session("ASIAONE", 0, 10)], Position::new(200)).await.unwrap();
    assert_eq!(catalog.state().accounts.len(), 1);
    assert!(catalog.session("ASIAONE").is_some());
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
