//! Disks and databases that fail.

use super::world::{World, trail};
use crate::delivery::Delivery;
use crate::error::DeliveryError;
use cairn_model::Position;

async fn logging_world() -> World {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.tick().await.unwrap();
    world
}

async fn pragma(delivery: &Delivery, pragma: &'static str) {
    let pool = delivery.inner().outbox.pool();
    sqlx::raw_sql(pragma).execute(pool).await.unwrap();
}

/// After the failure nothing goes on until a reload, and then everything does.
async fn recover(world: &mut World, expected: &[&str]) {
    let refused = world.feed().and_then(|()| {
        world.post("more", "us-east-1");
        world.feed()
    });
    assert!(matches!(refused, Err(DeliveryError::MustReload)), "{refused:?}");
    let cut = world.delivery().cut_if_due(world.now).await;
    assert!(matches!(cut, Err(DeliveryError::MustReload)), "{cut:?}");
    assert_eq!(world.delivery().reload().await.unwrap(), Position::ZERO);
    assert_eq!(world.outbox_files(), Vec::<String>::new());
    world.run(70).await;
    assert_eq!(world.delivered_once("t1"), expected);
    let report = super::validator::validate(&world.buckets, "t1", "us-east-1");
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!(report.digests, 1);
}

#[tokio::test]
async fn a_database_that_takes_no_writes_loses_nothing() {
    let mut world = logging_world().await;
    world.post("a", "us-east-1");
    pragma(world.delivery(), "PRAGMA query_only = ON").await;
    world.pass(6);
    let failed = world.tick().await;
    assert!(matches!(failed, Err(DeliveryError::Database(_))), "{failed:?}");
    pragma(world.delivery(), "PRAGMA query_only = OFF").await;
    recover(&mut world, &["a", "more", "start"]).await;
}

#[tokio::test]
async fn a_full_disk_under_the_database_loses_nothing() {
    let mut world = logging_world().await;
    world.post("a", "us-east-1");
    let mut wide = trail("wide", "logs");
    wide.prefix = Some("x".repeat(50_000));
    world.put("more-than-a-page", &wide);
    // SQLite takes no less than the pages that it has.
    pragma(world.delivery(), "PRAGMA max_page_count = 1").await;
    world.pass(6);
    let failed = world.tick().await;
    assert!(matches!(failed, Err(DeliveryError::Database(_))), "{failed:?}");
    pragma(world.delivery(), "PRAGMA max_page_count = 1000000").await;
    recover(&mut world, &["a", "more", "more-than-a-page", "start"]).await;
}

#[tokio::test]
async fn a_folder_that_takes_no_files_loses_nothing() {
    let mut world = logging_world().await;
    world.post("a", "us-east-1");
    let folder = world.dir.path().join("outbox");
    std::fs::remove_dir(&folder).unwrap();
    world.pass(6);
    let failed = world.tick().await;
    assert!(matches!(failed, Err(DeliveryError::Folder { .. })), "{failed:?}");
    std::fs::create_dir(&folder).unwrap();
    recover(&mut world, &["a", "more", "start"]).await;
}

#[tokio::test]
async fn a_cut_that_the_caller_stops_waiting_for_must_be_reloaded() {
    let mut world = logging_world().await;
    world.post("a", "us-east-1");
    world.pass(6);
    world.feed().unwrap();
    {
        let mut cut = Box::pin(world.delivery().cut_if_due(world.now));
        assert!(futures::poll!(&mut cut).is_pending());
    }
    // The thread that packs may still be at it; a reload clears away what it has written by now.
    let refused = world.feed();
    assert!(refused.is_ok(), "nothing to apply");
    world.post("more", "us-east-1");
    assert!(matches!(world.feed(), Err(DeliveryError::MustReload)));
    assert_eq!(world.delivery().reload().await.unwrap(), Position::ZERO);
    world.run(70).await;
    assert_eq!(world.delivered_once("t1"), ["a", "more", "start"]);
}

#[tokio::test]
async fn a_failed_digest_is_made_after_the_reload() {
    let mut world = logging_world().await;
    world.run(59).await;
    pragma(world.delivery(), "PRAGMA query_only = ON").await;
    world.pass(10);
    let failed = world.delivery().digest_if_due(world.now).await;
    assert!(matches!(failed, Err(DeliveryError::Database(_))), "{failed:?}");
    assert_eq!(world.outbox_files().len(), 1, "the digest that nobody knows of");
    pragma(world.delivery(), "PRAGMA query_only = OFF").await;
    world.delivery().reload().await.unwrap();
    assert!(world.outbox_files().is_empty());
    world.run(1).await;
    let report = super::validator::validate(&world.buckets, "t1", "us-east-1");
    assert_eq!((report.faults, report.digests), (Vec::new(), 1));
}

#[tokio::test]
async fn uploads_go_on_while_cuts_fail() {
    let mut world = logging_world().await;
    world.buckets.remove_bucket("logs");
    world.run(6).await;
    world.post("a", "us-east-1");
    world.feed().unwrap();
    world.pass(6);
    pragma(world.delivery(), "PRAGMA query_only = ON").await;
    world.delivery().cut_if_due(world.now).await.unwrap_err();
    pragma(world.delivery(), "PRAGMA query_only = OFF").await;
    world.buckets.make_bucket("logs");
    world.pass(300);
    assert_eq!(world.delivery().upload_due(world.now).await.unwrap(), 1);
    assert_eq!(world.delivered_once("t1"), ["start"]);
}

#[tokio::test]
async fn a_delivered_object_that_the_database_did_not_note_is_put_again_as_the_same() {
    let mut world = logging_world().await;
    world.pass(6);
    world.feed().unwrap();
    world.delivery().cut_if_due(world.now).await.unwrap();
    pragma(world.delivery(), "PRAGMA query_only = ON").await;
    world.delivery().upload_due(world.now).await.unwrap_err();
    assert_eq!(world.log_files().len(), 1);
    pragma(world.delivery(), "PRAGMA query_only = OFF").await;
    world.run(5).await;
    assert_eq!(world.delivered_once("t1"), ["start"]);
    assert_eq!(world.delivery().stats().outbox_objects, 0);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let mut world = logging_world().await;
    pragma(world.delivery(), "PRAGMA user_version = 4").await;
    let refused = world.start_with(crate::steps::Steps::default()).await;
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("schema 4, this Cairn knows 3"), "{text}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named() {
    let mut world = logging_world().await;
    world.run(6).await;
    pragma(world.delivery(), "UPDATE trails SET json = '{}'").await;
    let refused = world.start_with(crate::steps::Steps::default()).await;
    assert!(matches!(refused, Err(DeliveryError::Malformed { what: "a trail" })));
}

#[tokio::test]
async fn files_that_are_not_ours_are_left_alone() {
    let mut world = logging_world().await;
    let theirs = world.dir.path().join("outbox/notes.txt");
    std::fs::write(&theirs, b"mine").unwrap();
    std::fs::write(world.dir.path().join("outbox/torn.json.gz.new"), b"x").unwrap();
    world.start().await;
    assert_eq!(world.outbox_files(), ["notes.txt"]);
}
