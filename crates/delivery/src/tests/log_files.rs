//! Which events are delivered, where to, and as what.

use super::validator::gunzip;
use super::world::{World, account, arn, event, event_ids, trail};
use crate::delivery::Applied;
use cairn_model::{
    AdvancedEventSelector, AdvancedFieldSelector, Change, EventSelector, Origin, Position, ReadWriteType,
    Record, Selectors,
};

#[tokio::test]
async fn events_go_to_the_folder_of_their_region_and_arrive_as_they_came() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    world.start_logging("start", &mut t1);
    let odd = event("odd", "eu-west-1").replace(r#""readOnly":false"#, " \"readOnly\" : false,\"n\":1.50e+2");
    world.post_as(&odd, Origin::Posted);
    world.post("home", "us-east-1");
    world.start().await;
    world.run(6).await;
    let keys: Vec<String> = world.log_files().into_iter().map(|o| o.key).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys[0].starts_with(
        "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01/111122223333_CloudTrail_eu-west-1_20260301T1000Z_"
    ));
    assert!(keys[1].starts_with("AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/"));
    let plain = gunzip(&world.log_files()[0].bytes).unwrap();
    assert_eq!(String::from_utf8(plain).unwrap(), format!("{{\"Records\":[{odd}]}}"));
    assert_eq!(world.delivered_once("t1"), ["home", "odd", "start"]);
    assert!(world.outbox_files().is_empty());
}

#[tokio::test]
async fn logging_starts_and_stops_with_the_events_of_the_calls() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    world.put("create", &t1);
    world.post("before", "us-east-1");
    world.start_logging("start", &mut t1);
    world.post("during", "us-east-1");
    world.stop_logging("stop", &mut t1);
    world.post("after", "us-east-1");
    world.start_logging("start-again", &mut t1);
    world.change("delete", vec![Change::DeleteTrail { arn: arn("t1") }]);
    world.post("too-late", "us-east-1");
    world.start().await;
    world.run(2).await;
    assert_eq!(world.delivered_once("t1"), ["delete", "during", "start", "start-again", "stop"]);
}

#[tokio::test]
async fn only_recorded_and_posted_management_events_of_the_account_are_delivered_by_default() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.post_as(&event("recorded", "r-1"), Origin::Recorded);
    world.post_as(&event("posted", "r-1"), Origin::Posted);
    world.post_as(&event("imported", "r-1"), Origin::Imported);
    for category in ["Insight", "Aggregated", "SomethingNew", "Data"] {
        let text = event(category, "r-1").replace("\"Management\"", &format!("\"{category}\""));
        world.post_as(&text, Origin::Posted);
    }
    let other = event("other", "r-1").replace(account().as_str(), "999999999999");
    world.post_as(&other, Origin::Posted);
    world.start().await;
    world.run(6).await;
    assert_eq!(world.delivered_once("t1"), ["posted", "recorded", "start"]);
}

#[tokio::test]
async fn each_trail_takes_what_its_selectors_and_regions_say() {
    let mut world = World::new();
    let mut single = trail("single", "logs");
    single.multi_region = false;
    let mut reads = trail("reads", "logs");
    reads.selectors = Selectors::Basic(vec![EventSelector {
        read_write_type: ReadWriteType::ReadOnly,
        ..EventSelector::default()
    }]);
    let mut network = trail("network", "logs");
    let field = |field: &str, equals: &str| AdvancedFieldSelector {
        field: field.to_owned(),
        equals: vec![equals.to_owned()],
        ..AdvancedFieldSelector::default()
    };
    network.selectors = Selectors::Advanced(vec![AdvancedEventSelector {
        name: None,
        field_selectors: vec![
            field("eventCategory", "NetworkActivity"),
            field("eventSource", "ec2.amazonaws.com"),
        ],
    }]);
    for trail in [&mut single, &mut reads, &mut network] {
        world.start_logging(&format!("start-{}", trail.arn.name), trail);
    }
    let read = event("read", "eu-west-1").replace("\"readOnly\":false", "\"readOnly\":true");
    world.post_as(&read, Origin::Posted);
    world.post("write", "us-east-1");
    let vpc = event("vpc", "us-east-1").replace("\"Management\"", "\"NetworkActivity\"");
    world.post_as(&vpc, Origin::Posted);
    world.start().await;
    world.run(6).await;
    assert_eq!(world.delivered_once("single"), ["start-network", "start-reads", "start-single", "write"]);
    assert_eq!(world.delivered_once("reads"), ["read"]);
    assert_eq!(world.delivered_once("network"), ["vpc"]);
    let vpc = world.log_files();
    let vpc = vpc.iter().find(|object| object.trail.name == "network");
    assert!(vpc.unwrap().key.starts_with(
        "AWSLogs/111122223333/CloudTrail-NetworkActivity/us-east-1/2026/03/01/111122223333_CloudTrail-NetworkActivity_us-east-1_"
    ));
}

#[tokio::test]
async fn global_services_and_own_deliveries_are_left_out_where_the_trail_says_so() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    t1.multi_region = false;
    t1.include_global_service_events = false;
    t1.recursive_logging = false;
    world.start_logging("start", &mut t1);
    let from = |id: &str, source: &str| event(id, "us-east-1").replace("ec2.", source);
    world.post_as(&from("iam", "iam."), Origin::Posted);
    world.post_as(&from("kms", "kms."), Origin::Posted);
    let put = |id: &str, bucket: &str| {
        let members = format!(
            r#""eventName":"PutObject","userIdentity":{{"invokedBy":"cloudtrail.amazonaws.com"}},"requestParameters":{{"bucketName":"{bucket}"}}"#
        );
        from(id, "s3.").replace(r#""eventName":"RunInstances""#, &members)
    };
    world.post_as(&put("own-delivery", "logs"), Origin::Posted);
    world.post_as(&put("other-delivery", "other"), Origin::Posted);
    world.start().await;
    world.run(6).await;
    assert_eq!(world.delivered_once("t1"), ["kms", "other-delivery", "start"]);
}

#[tokio::test]
async fn a_change_of_the_bucket_takes_effect_at_its_position() {
    let mut world = World::new();
    let mut t1 = trail("t1", "old");
    world.start_logging("start", &mut t1);
    world.post("a", "us-east-1");
    t1.bucket = "new".to_owned();
    t1.prefix = Some("p".to_owned());
    world.put("update", &t1);
    world.post("b", "us-east-1");
    world.start().await;
    world.run(6).await;
    let files = world.log_files();
    assert_eq!((files[0].bucket.as_str(), event_ids(&files[0])), ("new", vec!["b".to_owned()]));
    assert!(files[0].key.starts_with("p/AWSLogs/"));
    assert_eq!(files[1].bucket, "old");
    assert_eq!(event_ids(&files[1]), ["start", "a", "update"]);
}

#[tokio::test]
async fn a_region_that_cannot_stand_in_a_key_is_the_home_region() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    for (index, region) in ["", "..", "a/b", "EU", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"].iter().enumerate() {
        world.post(&format!("e{index}"), region);
    }
    let without = event("none", "x").replace(r#""awsRegion":"x","#, "");
    world.post_as(&without, Origin::Posted);
    world.start().await;
    world.run(6).await;
    assert_eq!(world.log_files().len(), 1);
    assert_eq!(world.delivered_once("t1").len(), 7);
}

#[tokio::test]
async fn made_up_regions_make_no_more_files_than_a_bound() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    for index in 0..300 {
        world.post(&format!("e{index}"), &format!("made-up-{index}"));
    }
    world.start().await;
    world.run(6).await;
    assert_eq!(world.log_files().len(), 257, "one for each region, and one for all others");
    assert_eq!(world.delivered_once("t1").len(), 301);
    world.post("later", "made-up-299");
    world.start().await;
    world.run(6).await;
    let keys: Vec<String> = world.log_files().into_iter().map(|o| o.key).collect();
    assert!(!keys.iter().any(|key| key.contains("made-up-299")));
}

#[tokio::test]
async fn a_file_that_would_be_too_large_is_split() {
    let mut world = World::new();
    world.options.limits.file_bytes = 1000;
    let mut t1 = trail("t1", "logs");
    t1.log_file_validation = true;
    world.start_logging("start", &mut t1);
    for index in 0..10 {
        world.post(&format!("e{index}"), "us-east-1");
    }
    let huge = event("huge", "us-east-1").replace("ec2.", &"x".repeat(2000));
    world.post_as(&huge, Origin::Posted);
    world.start().await;
    world.run(6).await;
    let sizes = world.log_files().into_iter().map(|object| gunzip(&object.bytes).unwrap().len());
    let (mut small, large): (Vec<usize>, Vec<usize>) = sizes.partition(|size| *size <= 1000);
    assert_eq!(large.len(), 1, "what is larger alone has a file of its own");
    small.sort_unstable();
    assert!(small.len() >= 4 && small[small.len() - 2] > 500, "{small:?}");
    assert_eq!(world.delivered_once("t1").len(), 12);
}

#[tokio::test]
async fn the_default_limits_keep_a_file_below_50_mb_before_compression() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    for index in 0..52 {
        let text = event(&format!("e{index}"), "us-east-1");
        let wide = text.replace("ec2.", &"0123456789abcdef".repeat(62_500));
        world.post_as(&wide, Origin::Posted);
    }
    world.start().await;
    world.run(6).await;
    let files = world.log_files();
    let sizes: Vec<usize> = files.iter().map(|object| gunzip(&object.bytes).unwrap().len()).collect();
    assert_eq!(sizes.len(), 2);
    assert!(sizes.iter().all(|size| *size <= 50_000_000), "{sizes:?}");
    assert_eq!(world.delivered_once("t1").len(), 53);
}

#[tokio::test]
async fn memory_that_is_half_full_asks_for_a_cut_soon_and_when_it_is_full_at_once() {
    let mut world = World::new();
    world.options.limits.buffered_bytes = 1200;
    world.start_logging("start", &mut trail("t1", "logs"));
    for id in ["a", "b", "c"] {
        world.post(id, "us-east-1");
    }
    world.start().await;
    let delivery = world.delivery().clone();
    let apply = |index: usize| {
        let (at, bytes) = &world.log[index];
        let next = world.log.get(index + 1).map_or(world.end, |(at, _)| *at);
        delivery.apply(*at, &Record::decode(bytes).unwrap(), next, world.now).unwrap()
    };
    assert_eq!((apply(0), apply(1)), (Applied::GoOn, Applied::GoOn));
    assert!(!delivery.cut_if_due(world.now).await.unwrap());
    assert_eq!(apply(2), Applied::CutSoon);
    assert_eq!((apply(3), apply(4)), (Applied::CutSoon, Applied::CutFirst));
    assert!(delivery.cut_if_due(world.now).await.unwrap());
    assert_eq!(delivery.stats().buffered_bytes, 0);
    assert_eq!(delivery.position(), world.end);
}

#[tokio::test]
async fn the_position_moves_on_while_nothing_matches_but_never_over_what_waits() {
    let mut world = World::new();
    world.start().await;
    world.post("nobody-wants-it", "us-east-1");
    world.run(1).await;
    assert_eq!(world.delivery().position(), Position::ZERO);
    world.run(6).await;
    assert_eq!(world.delivery().position(), world.end);

    world.start_logging("start", &mut trail("t1", "logs"));
    let before = world.delivery().position();
    world.run(4).await;
    assert_eq!(world.delivery().position(), before);
    world.run(2).await;
    assert_eq!(world.delivery().position(), world.end);
}

#[tokio::test]
async fn the_position_moves_on_at_once_behind_a_segment_that_nobody_wants() {
    let mut world = World::new();
    world.start().await;
    world.post_as(&event("imported", "us-east-1"), Origin::Imported);
    world.end = Position::new(world.end.get() + (64 << 20));
    world.tick().await.unwrap();
    assert_eq!(world.delivery().position(), world.end);
}

#[tokio::test]
async fn a_record_out_of_order_is_refused_and_an_old_one_passed_over() {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.post("a", "us-east-1");
    world.start().await;
    let (at, bytes) = &world.log[2];
    let record = Record::decode(bytes).unwrap();
    let refused = world.delivery().apply(*at, &record, world.end, world.now);
    assert!(refused.unwrap_err().to_string().contains("the next to apply is at 0"));
    world.feed().unwrap();
    let again = world.delivery().apply(*at, &record, world.end, world.now);
    assert_eq!(again.unwrap(), Applied::GoOn);
    world.run(6).await;
    assert_eq!(world.delivered_once("t1"), ["a", "start"]);
}

#[test]
fn whoever_owns_a_delivery_may_move_its_work_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn check(delivery: &crate::Delivery, now: cairn_model::Timestamp) {
        is_send(&delivery.cut_if_due(now));
        is_send(&delivery.digest_if_due(now));
        is_send(&delivery.upload_due(now));
        is_send(&delivery.flush(now, std::time::Duration::ZERO));
        is_send(&delivery.reload());
    }
    let _ = check;
}
