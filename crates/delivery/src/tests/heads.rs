//! The heads of chains are what is in the buckets, whatever waits.

use super::validator::gunzip;
use super::world::{World, arn, trail};
use crate::heads::Head;
use crate::log_file::sha256_hex;
use crate::stored::StoredOutbox;
use crate::target::Object;

/// Each head as (region, key, open), after a check that it is the object that it names.
async fn heads(world: &World) -> Vec<(String, String, bool)> {
    let heads = world.delivery().heads().await.unwrap();
    let checked = |head: Head| {
        let object = world.buckets.get(&head.bucket, &head.key).unwrap();
        assert_eq!(head.trail, arn("t1"));
        assert_eq!(head.sha256, sha256_hex(&gunzip(&object.bytes).unwrap()));
        assert_eq!(head.signature, object.metadata[0].1);
        assert!(head.key.ends_with(&format!("_{}.json.gz", head.end.compact())));
        (head.region, head.key, head.open)
    };
    heads.into_iter().map(checked).collect()
}

fn last(digests: &[Object]) -> String {
    digests.last().unwrap().key.clone()
}

#[tokio::test]
async fn a_digest_that_waits_is_no_head_and_an_ended_chain_keeps_its_own() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(125).await;
    let delivered = last(&world.digests());
    assert_eq!(heads(&world).await, [("us-east-1".to_owned(), delivered.clone(), true)]);

    world.buckets.remove_bucket("logs");
    world.run(180).await;
    assert_eq!(heads(&world).await, [("us-east-1".to_owned(), delivered, true)]);

    world.buckets.make_bucket("logs");
    world.run(600).await;
    world.stop_logging("stop", &mut t1);
    world.run(1).await;
    let ended = last(&world.digests());
    assert_eq!(heads(&world).await, [("us-east-1".to_owned(), ended.clone(), false)]);

    world.start_logging("again", &mut t1);
    world.run(61).await;
    let open = last(&world.digests());
    let both = [("us-east-1".to_owned(), ended, false), ("us-east-1".to_owned(), open, true)];
    assert_eq!(heads(&world).await, both);
}

#[tokio::test]
async fn a_chain_of_which_nothing_was_delivered_has_no_head() {
    let mut world = World::new();
    world.buckets.remove_bucket("logs");
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(130).await;
    assert_eq!(heads(&world).await, []);
}

#[tokio::test]
async fn a_stored_outbox_tells_what_waits() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(7).await;
    let stored = StoredOutbox::open(world.dir.path()).await.unwrap().unwrap();
    let unnamed = stored.unnamed().await.unwrap();
    assert_eq!(unnamed, [("logs".to_owned(), world.log_files()[0].key.clone())]);
    assert_eq!(stored.waiting().await.unwrap(), []);
    world.buckets.remove_bucket("logs");
    world.post("a", "us-east-1");
    world.run(60).await;
    world.delivery = None;
    let stored = StoredOutbox::open(world.dir.path()).await.unwrap().unwrap();
    let waiting = stored.waiting().await.unwrap();
    assert_eq!(waiting.iter().filter(|object| object.is_log_file).count(), 1);
    assert_eq!(waiting.iter().filter(|object| !object.is_log_file).count(), 1);
    assert!(waiting.iter().all(|object| object.file.is_file()));
    let (position, trails) = stored.trails().await.unwrap();
    assert_eq!((position, trails.len()), (world.end, 1));
}

#[tokio::test]
async fn a_folder_without_an_outbox_has_none() {
    let dir = tempfile::tempdir().unwrap();
    assert!(StoredOutbox::open(dir.path()).await.unwrap().is_none());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
