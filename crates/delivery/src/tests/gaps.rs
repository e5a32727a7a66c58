//! Trails that skip events, and how the log gets to know.

use super::validator::validate;
use super::world::{World, arn, trail};
use crate::error::DeliveryError;
use crate::gaps::{GAP_EVENT_NAME, Gap, GapReason};
use crate::steps::Steps;
use cairn_model::{Origin, Trail};
use std::collections::BTreeMap;

/// A world in which the bucket `dead` is down and one file of a trail fills its share of the outbox.
async fn full_world() -> World {
    let mut world = World::new();
    world.options.limits.outbox_bytes = 8000;
    world.options.limits.keep_free_bytes = 0;
    world.buckets.remove_bucket("dead");
    let mut dead = Trail { log_file_validation: false, ..trail("dead", "dead") };
    let mut well = Trail { log_file_validation: false, ..trail("well", "logs") };
    world.start_logging("start1", &mut dead);
    world.start_logging("start2", &mut well);
    world.start().await;
    world.run(6).await;
    world
}

/// What its owner does with gaps: an event of the log for each, which `told` keeps by its id.
async fn try_to_record_gaps(
    world: &mut World,
    told: &mut BTreeMap<String, Gap>,
) -> Result<(), DeliveryError> {
    for gap in world.delivery().gaps(world.now).await? {
        let text = super::world::event(&gap.event_id, "us-east-1")
            .replace("RunInstances", GAP_EVENT_NAME)
            .replace("ec2.amazonaws.com", "cairn.amazonaws.com");
        world.post_as(&text, Origin::Recorded);
        let before = told.insert(gap.event_id.clone(), gap.clone());
        assert!(before.is_none_or(|before| before == gap), "told twice, it is told the same");
        world.delivery().gap_recorded(gap.id).await?;
    }
    Ok(())
}

async fn record_gaps(world: &mut World) -> Vec<Gap> {
    let mut told = BTreeMap::new();
    try_to_record_gaps(world, &mut told).await.unwrap();
    told.into_values().collect()
}

#[tokio::test]
async fn a_trail_over_its_quota_skips_and_the_gap_names_what_while_others_go_on() {
    let mut world = full_world().await;
    let before = world.end;
    world.post("a", "us-east-1");
    world.post("b", "eu-west-1");
    world.run(6).await;
    world.post("c", "us-east-1");
    world.run(6).await;
    assert_eq!(world.delivered_once("well"), ["a", "b", "c", "start2"]);
    assert_eq!(world.delivery().position(), world.end, "the log is not held back");
    assert_eq!(world.delivery().stats().skipped_events, 3);
    assert_eq!(world.delivery().gaps(world.now).await.unwrap(), [], "the gap may still grow");

    let to = world.end;
    world.run(60).await;
    let gaps = record_gaps(&mut world).await;
    assert_eq!(gaps.len(), 1);
    let Gap { trail, reason, from, to: reached, events, oldest, newest, .. } = gaps[0].clone();
    assert_eq!((trail, reason, from, reached, events), (arn("dead"), GapReason::OutboxFull, before, to, 3));
    assert_eq!(oldest, newest);
    assert_eq!(world.delivery().gaps(world.now).await.unwrap(), []);
}

#[tokio::test]
async fn the_event_of_a_gap_is_delivered_to_the_trail_that_has_it_and_makes_no_gap() {
    let mut world = full_world().await;
    world.post("lost", "us-east-1");
    world.run(70).await;
    let gaps = record_gaps(&mut world).await;
    world.run(200).await;
    assert_eq!(record_gaps(&mut world).await, [], "the gap's own event is not skipped");
    world.buckets.make_bucket("dead");
    world.run(300).await;
    world.post("after", "us-east-1");
    world.run(6).await;
    let mut expected = vec!["after", "start1", "start2", gaps[0].event_id.as_str()];
    expected.sort_unstable();
    assert_eq!(world.delivered_once("dead"), expected);
}

#[tokio::test]
async fn who_posts_an_event_that_looks_like_a_gap_is_not_believed() {
    let mut world = full_world().await;
    let text = super::world::event("forged", "us-east-1")
        .replace("RunInstances", GAP_EVENT_NAME)
        .replace("ec2.amazonaws.com", "cairn.amazonaws.com");
    world.post_as(&text, Origin::Posted);
    world.run(6).await;
    assert_eq!(world.delivery().stats().skipped_events, 1);
}

#[tokio::test]
async fn a_gap_that_no_event_tells_of_is_told_after_the_restart_under_the_same_id() {
    let mut world = full_world().await;
    world.post("lost", "us-east-1");
    world.run(70).await;
    let told = world.delivery().gaps(world.now).await.unwrap();
    world.post("lost-too", "us-east-1");
    world.run(6).await;
    world.start().await;
    world.pass(600);
    let again = world.delivery().gaps(world.now).await.unwrap();
    assert_eq!(again[0], told[0], "what was told stays true");
    assert_eq!((again.len(), again[1].events), (2, 1));
    assert_ne!(again[0].event_id, again[1].event_id);
    assert_eq!(again[0].to, again[1].from);
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_makes_only_trails_skip_that_hold_something() {
    let mut world = full_world().await;
    world.options.limits.outbox_bytes = u64::MAX;
    world.options.limits.keep_free_bytes = u64::MAX;
    world.start().await;
    world.post("a", "us-east-1");
    world.run(6).await;
    assert_eq!(world.delivered_once("well"), ["a", "start2"]);
    assert_eq!(world.delivery().stats().skipped_events, 1);
}

#[tokio::test]
async fn log_files_that_are_given_up_are_a_gap_and_digests_are_not() {
    let mut world = World::new();
    world.buckets.remove_bucket("gone");
    let mut t1 = trail("t1", "gone");
    world.start_logging("start", &mut t1);
    let from = world.end;
    world.post("a", "us-east-1");
    world.post("b", "eu-west-1");
    world.start().await;
    world.run(70).await;
    world.pass(30 * 86_400);
    world.run(400).await;
    let gaps = record_gaps(&mut world).await;
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].reason, gaps[0].events), (GapReason::GivenUp, 3));
    assert!(gaps[0].from < from && gaps[0].to >= from);
    assert_eq!(world.delivery().stats().skipped_events, 3);
}

#[tokio::test]
async fn a_digest_chain_goes_on_over_a_gap() {
    let mut world = World::new();
    world.options.limits.outbox_bytes = 8000;
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(6).await;
    world.buckets.remove_bucket("logs");
    for round in 0..6 {
        world.post(&format!("e{round}"), "us-east-1");
        world.run(20).await;
    }
    assert!(world.delivery().stats().skipped_events > 0);
    world.buckets.make_bucket("logs");
    world.run(400).await;
    let report = validate(&world.buckets, "t1", "us-east-1");
    assert_eq!((report.faults, report.starting), (Vec::new(), 1));
    assert_eq!(report.named.len(), world.log_files().len());
    assert_eq!(world.delivery().stats().outbox_objects, 0);
}

/// A story of an outage, in which the process dies after so many steps. Returns whether it lived that long.
async fn outage_with_a_crash(crash_after: u64) -> bool {
    let mut world = World::new();
    world.options.limits.outbox_bytes = 13_000;
    world.options.limits.keep_free_bytes = 0;
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start_with(Steps::crash_after(crash_after)).await.unwrap();
    let (mut told, mut died, mut posted) = (BTreeMap::new(), false, vec!["start".to_owned()]);
    for round in 0..8 {
        match round {
            1 => world.buckets.remove_bucket("logs"),
            6 => world.buckets.make_bucket("logs"),
            _ => {}
        }
        let id = format!("e{round:02}");
        world.post(&id, "us-east-1");
        posted.push(id);
        world.pass(40);
        let lived = match world.tick().await {
            Ok(()) => try_to_record_gaps(&mut world, &mut told).await,
            Err(error) => Err(error),
        };
        if lived.is_err() {
            died = true;
            world.start().await;
        }
    }
    world.start().await;
    for _ in 0..5 {
        world.pass(100);
        world.tick().await.unwrap();
        try_to_record_gaps(&mut world, &mut told).await.unwrap();
    }
    let delivered = world.delivered("t1");
    let skipped: u64 = told.values().map(|gap| gap.events).sum();
    let arrived = posted.iter().filter(|id| delivered.contains_key(*id)).count() as u64;
    assert!(skipped > 0);
    assert_eq!(arrived + skipped, posted.len() as u64, "crash after {crash_after}");
    assert!(told.keys().all(|id| delivered.contains_key(id)), "each gap's event is in the bucket");
    assert!(posted.iter().all(|id| delivered.get(id).is_none_or(|times| *times == 1)));
    assert_eq!(validate(&world.buckets, "t1", "us-east-1").faults, Vec::<String>::new());
    !died
}

#[tokio::test]
async fn whatever_crashes_each_event_is_delivered_once_or_counted_in_one_gap() {
    for crash_after in 0.. {
        if outage_with_a_crash(crash_after).await {
            assert!(crash_after > 60, "there are many steps to die at: {crash_after}");
            return;
        }
    }
}
