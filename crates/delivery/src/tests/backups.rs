//! Copies of the outbox for backups, and outboxes of other versions.

use super::validator::validate;
use super::world::{World, trail};
use crate::error::DeliveryError;
use cairn_model::Change;
use std::path::Path;

/// Does what a backup does, in a folder of its own; returns the world as a server restored from it has it.
async fn back_up(world: &World, to: &Path) {
    let frozen = world.delivery().freeze().await;
    let position = frozen.snapshot_into(&to.join("outbox.db")).await.unwrap();
    assert_eq!(position, frozen.position());
    std::fs::create_dir(to.join("outbox")).unwrap();
    for file in frozen.files().await.unwrap() {
        std::fs::copy(&file, to.join("outbox").join(file.file_name().unwrap())).unwrap();
    }
}

#[tokio::test]
async fn a_server_restored_from_a_copy_delivers_what_waited_as_the_same_bytes() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(61).await;
    world.buckets.remove_bucket("logs");
    world.post("a", "us-east-1");
    world.run(6).await;
    let restored = tempfile::tempdir().unwrap();
    back_up(&world, restored.path()).await;

    // The original goes on: what the copy holds is delivered by both.
    world.buckets.make_bucket("logs");
    world.run(30).await;
    let delivered = world.log_files().len();
    world.options.dir = restored.path().to_owned();
    world.start().await;
    world.post("b", "us-east-1");
    world.run(120).await;
    assert_eq!(world.log_files().len(), delivered + 1);
    assert_eq!(world.delivered_once("t1"), ["a", "b", "start"]);
    assert_eq!(validate(&world.buckets, "t1", "us-east-1").faults, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_cut_or_noted_while_a_backup_holds_delivery_still() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.feed().unwrap();
    world.pass(6);
    let delivery = world.delivery().clone();
    let frozen = delivery.freeze().await;
    let mut cut = Box::pin(delivery.cut_if_due(world.now));
    assert!(futures::poll!(&mut cut).is_pending());
    assert_eq!(frozen.files().await.unwrap().len(), 0);
    drop(frozen);
    assert!(cut.await.unwrap());
    let frozen = delivery.freeze().await;
    let mut upload = Box::pin(delivery.upload_due(world.now));
    let waited = tokio::time::timeout(std::time::Duration::from_millis(50), &mut upload).await;
    assert!(waited.is_err());
    assert!(world.log_files().is_empty());
    drop(frozen);
    assert_eq!(upload.await.unwrap(), 1);
}

#[tokio::test]
async fn a_backup_does_not_wait_for_a_bucket_that_does_not_answer() {
    let mut world = World::new();
    world.buckets.silence("logs");
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.feed().unwrap();
    world.pass(6);
    assert!(world.delivery().cut_if_due(world.now).await.unwrap());
    let delivery = world.delivery().clone();
    let upload = delivery.upload_due(world.now);
    tokio::select! {
        biased;
        _ = upload => panic!("the bucket is silent"),
        frozen = delivery.freeze() => assert_eq!(frozen.files().await.unwrap().len(), 1),
    }
}

#[tokio::test]
async fn a_copy_is_never_made_over_a_file() {
    let mut world = World::new();
    world.start().await;
    let path = world.dir.path().join("there");
    std::fs::write(&path, b"something").unwrap();
    let refused = world.delivery().freeze().await.snapshot_into(&path).await;
    assert!(matches!(refused, Err(DeliveryError::Database(_))));
    assert_eq!(std::fs::read(&path).unwrap(), b"something");
}

/// What schema 3 brought, taken away again.
pub(super) const BACK_TO_SCHEMA_2: &str = "
    DROP TABLE aggregates; DROP TABLE organizations; DROP TABLE log_group_files;
    ALTER TABLE chains DROP COLUMN account; ALTER TABLE generations DROP COLUMN account;
    ALTER TABLE trails RENAME TO trails_of_3;
    CREATE TABLE trails (trail TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
    INSERT INTO trails SELECT trail, json FROM trails_of_3;
    ALTER TABLE digest_ends RENAME TO digest_ends_of_3;
    CREATE TABLE digest_ends (trail TEXT PRIMARY KEY, last_end INTEGER NOT NULL) STRICT;
    INSERT INTO digest_ends SELECT trail, last_end FROM digest_ends_of_3;
    DROP TABLE trails_of_3; DROP TABLE digest_ends_of_3;
    PRAGMA user_version = 2;
";

/// What schema 2 brought, taken away again.
const BACK_TO_SCHEMA_1: &str = "
    DROP TRIGGER usage_grows; DROP TRIGGER usage_shrinks; DROP TRIGGER usage_ends;
    DROP TABLE usage; DROP TABLE gaps; DROP TABLE notifications;
    ALTER TABLE objects DROP COLUMN kms_key; ALTER TABLE objects DROP COLUMN sns_topic;
    ALTER TABLE objects DROP COLUMN from_position; ALTER TABLE objects DROP COLUMN to_position;
    ALTER TABLE objects DROP COLUMN events;
    DELETE FROM chains WHERE generation NOT IN (SELECT generation FROM generations);
    ALTER TABLE chains DROP COLUMN trail; ALTER TABLE chains DROP COLUMN window_end;
    PRAGMA user_version = 1;
";

#[tokio::test]
async fn an_outbox_of_schema_1_goes_on_where_it_was() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(62).await;
    world.buckets.remove_bucket("logs");
    world.post("a", "us-east-1");
    world.run(6).await;
    let heads = world.delivery().heads().await.unwrap();
    let pool = world.delivery().inner().outbox.pool().clone();
    for script in [BACK_TO_SCHEMA_2, BACK_TO_SCHEMA_1] {
        sqlx::raw_sql(script).execute(&pool).await.unwrap();
    }
    pool.close().await;
    world.start().await;
    assert_eq!(world.delivery().stats().outbox_objects, 1);
    assert_eq!(world.delivery().heads().await.unwrap(), heads);
    world.buckets.make_bucket("logs");
    world.run(120).await;
    assert_eq!(world.delivery().stats().outbox_objects, 0);
    world.change("delete", vec![Change::DeleteTrail { arn: t1.arn.clone() }]);
    world.run(2).await;
    assert_eq!(world.delivered_once("t1"), ["a", "delete", "start"]);
    let report = validate(&world.buckets, "t1", "us-east-1");
    assert_eq!((report.faults, report.starting), (Vec::new(), 1));
}
