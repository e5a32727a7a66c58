//! What SNS topics are told.

use super::bucket::{Fault, news};
use super::world::{World, arn, trail};
use crate::target::Encryption;
use cairn_model::{Change, Trail};
use std::collections::BTreeMap;
use std::time::Duration;

const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:news";
const OTHER: &str = "arn:aws:sns:eu-west-1:111122223333:other";

fn with_topic(name: &str, bucket: &str) -> Trail {
    Trail { sns_topic: Some(TOPIC.to_owned()), ..trail(name, bucket) }
}

/// How often each key was told of.
pub(super) fn told(world: &World) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for notification in world.buckets.told() {
        for key in news(&notification).1 {
            *times.entry(key).or_default() += 1;
        }
    }
    times
}

fn keys(world: &World) -> BTreeMap<String, usize> {
    world.log_files().into_iter().map(|object| (object.key, 1)).collect()
}

#[tokio::test]
async fn each_batch_of_a_region_is_one_message_and_digests_are_none() {
    let mut world = World::new();
    world.start_logging("start", &mut with_topic("t1", "logs"));
    world.start().await;
    world.post("a", "us-east-1");
    world.post("b", "eu-west-1");
    let vpc = super::world::event("vpc", "us-east-1").replace("\"Management\"", "\"Data\"");
    world.post_as(&vpc, cairn_model::Origin::Posted);
    world.run(70).await;
    assert_eq!(world.digests().len(), 2);
    let told_of = world.buckets.told();
    assert_eq!(told_of.len(), 2);
    assert_eq!(told(&world), keys(&world));
    for notification in told_of {
        assert_eq!((notification.topic_arn.as_str(), &notification.trail), (TOPIC, &arn("t1")));
        let (bucket, keys) = news(&notification);
        assert_eq!(bucket, "logs");
        assert!(keys.iter().all(|key| key.contains(&format!("/{}/", notification.region))));
        let expected = format!(r#"{{"s3Bucket":"logs","s3ObjectKey":["{}"]}}"#, keys[0]);
        assert_eq!(notification.message, expected);
    }
    let status = world.delivery().status(&arn("t1"), "eu-west-1");
    assert!(status.latest_notification_time.is_some());
    assert_eq!(status.latest_notification_attempt_succeeded, status.latest_notification_time);
    assert_eq!(status.latest_notification_error, None);
}

#[tokio::test]
async fn files_that_an_outage_held_up_are_told_of_together() {
    let mut world = World::new();
    world.start_logging("start", &mut with_topic("t1", "logs"));
    world.start().await;
    world.buckets.remove_bucket("logs");
    for round in 0..5 {
        world.post(&format!("e{round}"), "us-east-1");
        world.run(6).await;
    }
    assert!(world.buckets.told().is_empty());
    world.buckets.make_bucket("logs");
    world.run(300).await;
    assert_eq!(world.buckets.told().len(), 1);
    assert_eq!(told(&world), keys(&world));
}

#[tokio::test]
async fn a_topic_that_refuses_holds_up_no_log_file_and_hears_of_all_later() {
    let mut world = World::new();
    world.buckets.close_topic(TOPIC);
    world.start_logging("start", &mut with_topic("t1", "logs"));
    world.start().await;
    for round in 0..10 {
        world.post(&format!("e{round}"), "us-east-1");
        world.run(6).await;
    }
    assert_eq!(world.delivered_once("t1").len(), 11);
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_notification_error.as_deref(), Some("AuthorizationError"));
    assert_eq!((status.latest_delivery_error, status.latest_notification_time), (None, None));
    assert!(status.latest_notification_attempt_time.is_some());

    world.start().await;
    let restarted = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(restarted.latest_notification_error.as_deref(), Some("AuthorizationError"));
    world.buckets.open_topic(TOPIC);
    world.run(300).await;
    assert_eq!(told(&world), keys(&world));
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_notification_error, None);
    assert!(status.latest_notification_time.is_some());
}

#[tokio::test]
async fn a_topic_that_never_answers_counts_as_failed() {
    let mut world = World::new();
    world.options.limits.put_timeout = Duration::from_millis(20);
    world.buckets.silence(TOPIC);
    world.start_logging("start", &mut with_topic("t1", "logs"));
    world.start().await;
    world.run(7).await;
    assert_eq!(world.delivered_once("t1"), ["start"]);
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_notification_error.as_deref(), Some("RequestTimeout"));
}

#[tokio::test]
async fn a_message_that_was_published_but_reported_as_failed_is_published_again() {
    let mut world = World::new();
    world.buckets.plan_topics([Fault::PutButRefused, Fault::Refused]);
    world.start_logging("start", &mut with_topic("t1", "logs"));
    world.start().await;
    world.run(30).await;
    assert_eq!(told(&world).into_values().collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn what_waits_goes_to_the_topic_that_the_trail_has_now_or_to_none() {
    let mut world = World::new();
    world.buckets.close_topic(TOPIC);
    let mut t1 = with_topic("t1", "logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(7).await;
    t1.sns_topic = Some(OTHER.to_owned());
    world.put("other-topic", &t1);
    world.run(20).await;
    assert_eq!(world.buckets.told().len(), 2);
    assert!(world.buckets.told().iter().all(|notification| notification.topic_arn == OTHER));

    world.buckets.close_topic(OTHER);
    world.post("a", "us-east-1");
    world.run(7).await;
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert!(status.latest_notification_error.is_some());
    t1.sns_topic = None;
    world.put("no-topic", &t1);
    world.run(7).await;
    world.buckets.open_topic(OTHER);
    world.run(300).await;
    assert_eq!(world.buckets.told().len(), 2);
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_notification_error, None);
}

#[tokio::test]
async fn messages_beyond_the_bound_are_given_up_the_oldest_first() {
    let mut world = World::new();
    world.options.limits.messages = 3;
    world.buckets.close_topic(TOPIC);
    world.start_logging("start", &mut with_topic("t1", "logs"));
    world.start().await;
    for round in 0..6 {
        world.post(&format!("e{round}"), "us-east-1");
        world.run(6).await;
    }
    world.run(300).await;
    world.buckets.open_topic(TOPIC);
    world.run(300).await;
    assert_eq!(world.buckets.told().len(), 3);
    assert_eq!(world.delivered_once("t1").len(), 7);
}

#[tokio::test]
async fn messages_are_given_up_after_30_days() {
    let mut world = World::new();
    world.buckets.close_topic(TOPIC);
    let mut t1 = with_topic("t1", "logs");
    world.start_logging("start", &mut t1);
    world.change("delete", vec![Change::DeleteTrail { arn: arn("t1") }]);
    world.start().await;
    world.run(3).await;
    world.pass(30 * 86_400 + 60);
    world.buckets.open_topic(TOPIC);
    world.run(3).await;
    assert!(world.buckets.told().is_empty());
    assert_eq!(world.log_files().len(), 1);
}

#[tokio::test]
async fn objects_are_encrypted_under_the_key_that_the_trail_has_now() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    t1.kms_key = Some("key/old".to_owned());
    world.buckets.remove_bucket("logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(7).await;
    t1.kms_key = Some("key/new".to_owned());
    world.put("new-key", &t1);
    world.run(10).await;
    world.buckets.make_bucket("logs");
    world.run(300).await;
    assert!(!world.digests().is_empty() && world.log_files().len() == 2);
    for object in world.buckets.objects() {
        let context = vec![
            (
                "aws:cloudtrail:arn".to_owned(),
                "arn:aws:cloudtrail:us-east-1:111122223333:trail/t1".to_owned(),
            ),
            ("aws:s3:arn".to_owned(), format!("arn:aws:s3:::logs/{}", object.key)),
        ];
        assert_eq!(object.encryption, Encryption::SseKms { key_arn: "key/new".to_owned(), context });
    }
}
