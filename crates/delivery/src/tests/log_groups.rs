//! What log groups of CloudWatch Logs take.

use super::bucket::Fault;
use super::organizations::{ID, MEMBER, put};
use super::world::{HOME, World, arn, trail};
use crate::target::LogEvents;
use cairn_model::{Change, LogGroup, Trail};
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) const GROUP: &str = "arn:aws:logs:us-east-1:111122223333:log-group:trail:*";
const OTHER: &str = "arn:aws:logs:us-east-1:111122223333:log-group:other:*";
const STREAM: &str = "111122223333_CloudTrail_us-east-1";

pub(super) fn group(arn: &str) -> Option<LogGroup> {
    Some(LogGroup { arn: arn.to_owned(), role_arn: "arn:aws:iam::111122223333:role/logs".to_owned() })
}

fn with_group(name: &str, bucket: &str) -> Trail {
    Trail { log_group: group(GROUP), ..trail(name, bucket) }
}

fn ids(events: &LogEvents) -> impl Iterator<Item = String> {
    events.events.iter().map(|event| {
        let event: serde_json::Value = serde_json::from_str(&event.message).unwrap();
        event["eventID"].as_str().unwrap().to_owned()
    })
}

/// How often each event id was taken.
pub(super) fn logged(world: &World) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for id in world.buckets.logged().iter().flat_map(ids) {
        *times.entry(id).or_default() += 1;
    }
    times
}

fn once(ids: &[&str]) -> BTreeMap<String, usize> {
    ids.iter().map(|id| ((*id).to_owned(), 1)).collect()
}

fn error(world: &World) -> Option<String> {
    world.delivery().status(&arn("t1"), HOME).latest_log_group_delivery_error
}

#[tokio::test]
async fn each_event_goes_to_the_bucket_and_to_the_stream_of_the_home_region() {
    let mut world = World::new();
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start_logging("bare", &mut trail("t2", "logs"));
    world.start().await;
    world.post("a", HOME);
    world.post("b", "eu-west-1");
    world.run(10).await;
    assert_eq!(world.delivered_once("t1"), ["a", "b", "bare", "start"]);
    assert_eq!(logged(&world), once(&["a", "b", "bare", "start"]));
    for sent in world.buckets.logged() {
        let place = (sent.trail, sent.group_arn.as_str(), sent.stream.as_str());
        assert_eq!(place, (arn("t1"), GROUP, STREAM));
    }
    let status = world.delivery().status(&arn("t1"), "eu-west-1");
    assert!(status.latest_log_group_delivery_time.is_some());
    assert_eq!(status.latest_log_group_delivery_error, None);
    assert_eq!(world.outbox_files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_log_group_that_is_gone_holds_up_no_log_file_and_gets_all_when_it_is_back() {
    let mut world = World::new();
    world.buckets.remove_log_group(GROUP);
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    for id in ["a", "b"] {
        world.post(id, HOME);
        world.run(10).await;
    }
    assert_eq!(world.delivered_once("t1"), ["a", "b", "start"]);
    assert_eq!(error(&world).as_deref(), Some("ResourceNotFoundException"));
    assert_eq!(world.outbox_files().len(), 2, "their bytes stay");

    world.start().await;
    assert_eq!(error(&world).as_deref(), Some("ResourceNotFoundException"));
    world.buckets.make_log_group(GROUP);
    world.run(300).await;
    assert_eq!(logged(&world), once(&["a", "b", "start"]));
    assert_eq!(error(&world), None);
    let sent: Vec<String> = world.buckets.logged().iter().flat_map(ids).collect();
    assert_eq!(sent, ["start", "a", "b"], "in their order");
    assert_eq!(world.outbox_files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_bucket_that_is_gone_holds_up_no_log_group() {
    let mut world = World::new();
    world.buckets.remove_bucket("logs");
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    world.run(10).await;
    assert!(world.log_files().is_empty());
    assert_eq!(logged(&world), once(&["start"]));
    world.buckets.make_bucket("logs");
    world.start().await;
    world.run(100).await;
    assert_eq!(world.delivered_once("t1"), ["start"]);
    assert_eq!(logged(&world), once(&["start"]));
}

#[tokio::test]
async fn what_was_taken_but_reported_as_failed_is_sent_again() {
    let mut world = World::new();
    world.buckets.plan_log_groups([Fault::PutButRefused, Fault::Refused]);
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    world.run(30).await;
    assert_eq!(logged(&world), BTreeMap::from([("start".to_owned(), 2)]));
    assert_eq!(error(&world), None);
}

#[tokio::test]
async fn a_log_group_that_never_answers_counts_as_failed() {
    let mut world = World::new();
    world.options.limits.put_timeout = Duration::from_millis(20);
    world.buckets.silence(GROUP);
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    world.run(7).await;
    assert_eq!(world.delivered_once("t1"), ["start"]);
    assert_eq!(error(&world).as_deref(), Some("RequestTimeout"));
}

#[tokio::test]
async fn what_waits_goes_to_the_log_group_that_the_trail_has_now_or_to_none() {
    let mut world = World::new();
    world.buckets.remove_log_group(GROUP);
    let mut t1 = with_group("t1", "logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(10).await;
    t1.log_group = group(OTHER);
    world.put("other", &t1);
    world.run(60).await;
    assert_eq!(logged(&world), once(&["other", "start"]));
    assert!(world.buckets.logged().iter().all(|sent| sent.group_arn == OTHER));

    world.buckets.remove_log_group(OTHER);
    world.post("a", HOME);
    world.run(10).await;
    t1.log_group = None;
    world.put("none", &t1);
    world.run(300).await;
    assert_eq!(logged(&world), once(&["other", "start"]));
    assert_eq!((error(&world), world.outbox_files()), (None, Vec::new()));
    assert_eq!(world.delivered_once("t1"), ["a", "none", "other", "start"]);
}

#[tokio::test]
async fn a_file_is_given_up_for_its_log_group_after_a_day() {
    let mut world = World::new();
    world.buckets.remove_log_group(GROUP);
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    world.run(10).await;
    world.pass(86_400);
    world.buckets.make_log_group(GROUP);
    world.run(10).await;
    assert_eq!(error(&world).as_deref(), Some("GivenUp"));
    assert!(logged(&world).is_empty());
    assert_eq!(world.outbox_files(), Vec::<String>::new());
    assert_eq!(world.delivered_once("t1"), ["start"]);
    world.post("a", HOME);
    world.run(10).await;
    assert_eq!((logged(&world), error(&world)), (once(&["a"]), None));
}

#[tokio::test]
async fn a_log_group_has_room_of_its_own_and_takes_none_of_the_buckets() {
    let mut world = World::new();
    world.options.limits.log_group_bytes = 8000;
    world.options.limits.keep_free_bytes = 0;
    world.buckets.remove_log_group(GROUP);
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    world.run(6).await;
    for id in ["a", "b", "c"] {
        world.post(id, HOME);
        world.run(10).await;
    }
    assert_eq!(world.outbox_files().len(), 1, "one file fills its share");
    assert_eq!(world.delivered_once("t1"), ["a", "b", "c", "start"]);
    assert_eq!(world.delivery().stats().skipped_events, 0);
    world.buckets.make_log_group(GROUP);
    world.run(300).await;
    world.post("d", HOME);
    world.run(10).await;
    assert_eq!(logged(&world), once(&["d", "start"]));
}

#[tokio::test]
async fn a_damaged_file_holds_up_no_others() {
    let mut world = World::new();
    world.buckets.remove_log_group(GROUP);
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    world.run(10).await;
    let waiting = world.outbox_files();
    std::fs::write(world.dir.path().join("outbox").join(&waiting[0]), b"damaged").unwrap();
    world.buckets.make_log_group(GROUP);
    world.post("a", HOME);
    world.run(300).await;
    assert_eq!(logged(&world), once(&["a"]));
    assert_eq!(world.outbox_files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_cannot_be_read_for_a_moment_is_sent_later() {
    let mut world = World::new();
    world.buckets.remove_log_group(GROUP);
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    world.run(10).await;
    let file = world.dir.path().join("outbox").join(&world.outbox_files()[0]);
    let aside = world.dir.path().join("aside");
    std::fs::rename(&file, &aside).unwrap();
    // Reading a folder fails, and is not that nothing is there.
    std::fs::create_dir(&file).unwrap();
    world.buckets.make_log_group(GROUP);
    world.run(300).await;
    assert_eq!(logged(&world), once(&[]));
    std::fs::remove_dir(&file).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    world.run(300).await;
    assert_eq!(logged(&world), once(&["start"]));
}

#[tokio::test]
async fn each_account_of_an_organization_has_a_stream_of_its_own() {
    let mut world = World::new();
    world.change("organization", vec![put(&[MEMBER])]);
    let shared = Trail { organization: Some(ID.parse().unwrap()), ..with_group("t1", "logs") };
    world.start_logging("start", &mut shared.clone());
    world.start().await;
    world.post_of(MEMBER, "a", "eu-west-1");
    world.run(10).await;
    let mut streams: Vec<String> = world.buckets.logged().into_iter().map(|sent| sent.stream).collect();
    streams.sort();
    assert_eq!(streams, [format!("{ID}_{STREAM}"), format!("{ID}_{MEMBER}_CloudTrail_us-east-1")]);
}

#[tokio::test]
async fn a_copy_of_the_outbox_has_what_waits_for_log_groups() {
    let mut world = World::new();
    world.buckets.remove_log_group(GROUP);
    world.start_logging("start", &mut with_group("t1", "logs"));
    world.start().await;
    world.run(10).await;
    let files = world.delivery().freeze().await.files().await.unwrap();
    assert_eq!(files.len(), 1);
    // Its trail is deleted; it goes all the same.
    world.change("delete", vec![Change::DeleteTrail { arn: arn("t1") }]);
    world.run(10).await;
    world.buckets.make_log_group(GROUP);
    world.run(300).await;
    assert_eq!(logged(&world), once(&["delete", "start"]));
}
