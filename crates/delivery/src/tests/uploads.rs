//! Buckets that fail, and what the status says about them.

use super::bucket::Fault;
use super::validator::validate;
use super::world::{World, arn, trail};
use cairn_model::Change;
use std::time::Duration;

#[tokio::test]
async fn one_trails_missing_bucket_holds_up_no_other_trail() {
    let mut world = World::new();
    world.buckets.remove_bucket("gone");
    world.start_logging("start1", &mut trail("t1", "gone"));
    world.start_logging("start2", &mut trail("t2", "logs"));
    world.start().await;
    world.run(130).await;
    assert_eq!(world.delivered_once("t2"), ["start2"]);
    assert!(world.delivered("t1").is_empty());
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_delivery_error.unwrap(), "NoSuchBucket");
    assert_eq!(status.latest_digest_delivery_error, None, "digests wait for their files");
    assert_eq!(status.latest_delivery_time, None);
    assert!(status.latest_delivery_attempt_time.is_some());
    assert!(world.delivery().stats().outbox_objects >= 3);

    world.buckets.make_bucket("gone");
    world.run(301).await;
    assert_eq!(world.delivered_once("t1"), ["start1", "start2"]);
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_delivery_error, None);
    assert!(status.latest_delivery_time.is_some());
    assert_eq!(validate(&world.buckets, "t1", "us-east-1").faults, Vec::<String>::new());
    assert_eq!(world.delivery().stats().outbox_objects, 0);
    assert_eq!(world.delivery().stats().outbox_oldest, None);
}

#[tokio::test]
async fn a_bucket_that_never_answers_counts_as_failed() {
    let mut world = World::new();
    world.options.limits.put_timeout = Duration::from_millis(20);
    world.buckets.silence("silent");
    world.start_logging("start1", &mut trail("t1", "silent"));
    world.start_logging("start2", &mut trail("t2", "logs"));
    world.start().await;
    world.run(7).await;
    assert_eq!(world.delivered_once("t2"), ["start2"]);
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_delivery_error.unwrap(), "RequestTimeout");
    world.buckets.make_bucket("silent");
    world.run(10).await;
    assert_eq!(world.delivered_once("t1"), ["start1", "start2"]);
}

#[tokio::test]
async fn a_flush_ends_in_time_and_what_it_left_is_delivered_after_the_next_start() {
    let mut world = World::new();
    world.buckets.silence("logs");
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.feed().unwrap();
    let flushed = world.delivery().flush(world.now, Duration::from_millis(20));
    flushed.await.unwrap();
    assert!(world.log_files().is_empty());
    assert_eq!(world.delivery().position(), world.end);
    world.buckets.make_bucket("logs");
    world.start().await;
    world.run(1).await;
    assert_eq!(world.delivered_once("t1"), ["start"]);
}

#[tokio::test]
async fn uploads_that_the_caller_stops_waiting_for_can_be_started_again() {
    let mut world = World::new();
    world.buckets.silence("logs");
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.feed().unwrap();
    world.delivery().flush(world.now, Duration::from_millis(20)).await.unwrap();
    world.buckets.make_bucket("logs");
    world.run(2).await;
    assert_eq!(world.delivered_once("t1"), ["start"]);
}

#[tokio::test]
async fn while_one_call_waits_for_a_bucket_another_serves_other_trails() {
    let mut world = World::new();
    world.buckets.silence("silent");
    world.start_logging("start1", &mut trail("t1", "silent"));
    world.start().await;
    world.feed().unwrap();
    let delivery = world.delivery().clone();
    let stuck = delivery.flush(world.now, Duration::from_secs(600));
    let others = async {
        while delivery.position() < world.end {
            tokio::task::yield_now().await;
        }
        world.start_logging("start2", &mut trail("t2", "logs"));
        world.run(7).await;
        world.delivered_once("t2")
    };
    tokio::select! {
        biased;
        _ = stuck => panic!("the bucket is silent"),
        delivered = others => assert_eq!(delivered, ["start2"]),
    }
}

#[tokio::test]
async fn flush_cuts_and_delivers_at_once() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.feed().unwrap();
    let flushed = world.delivery().flush(world.now, Duration::from_secs(10));
    flushed.await.unwrap();
    assert_eq!(world.delivered_once("t1"), ["start"]);
    assert!(world.outbox_files().is_empty());
}

#[tokio::test]
async fn files_are_put_in_their_order_and_digests_after_the_files_that_they_name() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.buckets.remove_bucket("logs");
    for round in 0..20 {
        world.post(&format!("e{round}"), "us-east-1");
        world.run(10).await;
    }
    world.buckets.make_bucket("logs");
    let faults = [Fault::None, Fault::Refused, Fault::None, Fault::PutButRefused];
    world.buckets.plan(std::iter::repeat_n(faults, 20).flatten());
    world.run(2000).await;
    let order = world.buckets.order();
    let minutes: Vec<&str> = order
        .iter()
        .filter(|key| key.contains("_CloudTrail_"))
        .map(|key| key.split('_').nth(3).unwrap())
        .collect();
    assert_eq!(minutes.len(), 20);
    assert!(minutes.is_sorted());
    for (index, key) in order.iter().enumerate().filter(|(_, key)| key.contains("Digest")) {
        let digest = world.buckets.get("logs", key).unwrap();
        let plain = super::validator::gunzip(&digest.bytes).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&plain).unwrap();
        for file in json["logFiles"].as_array().unwrap() {
            let named = file["s3Object"].as_str().unwrap();
            assert!(order[..index].iter().any(|key| key == named), "{named}");
        }
    }
    assert_eq!(validate(&world.buckets, "t1", "us-east-1").faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_trail_that_moves_away_from_a_dead_bucket_delivers_again() {
    let mut world = World::new();
    let mut t1 = trail("t1", "dead");
    world.buckets.remove_bucket("dead");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(10).await;
    t1.bucket = "alive".to_owned();
    world.put("update", &t1);
    world.post("a", "us-east-1");
    world.run(70).await;
    assert_eq!(world.delivered_once("t1"), ["a"]);
    assert!(world.digests().is_empty(), "the first names files of the dead bucket");
    world.buckets.make_bucket("dead");
    world.run(301).await;
    assert_eq!(world.delivered_once("t1"), ["a", "start", "update"]);
    assert_eq!(validate(&world.buckets, "t1", "us-east-1").faults, Vec::<String>::new());
}

#[tokio::test]
async fn an_object_whose_key_is_taken_waits_while_others_go_on() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(61).await;
    let first = world.digests().remove(0);
    let squatted = first.key.replace("T100101Z", "T100201Z");
    assert_ne!(squatted, first.key);
    world.buckets.squat("logs", &squatted, &first);
    world.run(121).await;
    assert_eq!(world.digests().len(), 3);
    let report = validate(&world.buckets, "t1", "us-east-1");
    assert!(!report.faults.is_empty(), "the squatter is no digest of ours");
    world.buckets.remove("logs", &squatted).unwrap();
    world.run(3600).await;
    let report = validate(&world.buckets, "t1", "us-east-1");
    assert_eq!(report.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_damaged_outbox_file_is_never_delivered_and_holds_up_nobody() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.buckets.remove_bucket("logs");
    world.run(6).await;
    let name = world.outbox_files().remove(0);
    std::fs::write(world.dir.path().join("outbox").join(name), b"flipped").unwrap();
    world.post("a", "us-east-1");
    world.buckets.make_bucket("logs");
    world.run(60).await;
    assert_eq!(world.delivered_once("t1"), ["a"]);
    assert_eq!(world.delivery().stats().outbox_objects, 2, "the file and the digest that names it");
}

#[tokio::test]
async fn objects_are_given_up_after_30_days() {
    let mut world = World::new();
    world.buckets.remove_bucket("gone");
    let mut t1 = trail("t1", "gone");
    world.start_logging("start", &mut t1);
    world.stop_logging("stop", &mut t1);
    world.start().await;
    world.run(3).await;
    assert_eq!(world.delivery().stats().outbox_objects, 2);
    world.pass(30 * 86_400 + 60);
    world.run(2).await;
    assert_eq!(world.delivery().stats().outbox_objects, 0);
    assert_eq!(world.delivery().stats().given_up, 2);
    assert!(world.outbox_files().is_empty());
}

#[tokio::test]
async fn the_status_is_kept_over_a_restart_but_not_for_a_new_trail_of_the_name() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(62).await;
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert!(status.latest_delivery_time.is_some() && status.latest_digest_delivery_time.is_some());
    assert_eq!(status.latest_delivery_attempt_succeeded, status.latest_delivery_time);
    assert_eq!(world.delivery().status(&arn("t1"), "eu-west-1"), Default::default());
    world.start().await;
    assert_eq!(world.delivery().status(&arn("t1"), "us-east-1"), status);

    world.change("delete", vec![Change::DeleteTrail { arn: arn("t1") }]);
    world.run(2).await;
    world.put("create", &trail("t1", "logs"));
    world.run(12).await;
    assert_eq!(world.delivery().status(&arn("t1"), "us-east-1"), Default::default());
    world.start().await;
    assert_eq!(world.delivery().status(&arn("t1"), "us-east-1"), Default::default());
}
