//! Aggregated events: counted once whatever crashes, delivered in files of their own.

use super::backups::BACK_TO_SCHEMA_2;
use super::organizations::{self, ID, MEMBER};
use super::validator::{gunzip, validate};
use super::world::{ACCOUNT, World, at, trail};
use crate::steps::Steps;
use cairn_model::{
    Aggregation, AggregationTemplate, Change, DataResource, EventSelector, Origin, Selectors, Timestamp,
    Trail,
};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

const REGION: &str = "us-east-1";

/// A trail that takes all events of objects and counts them.
fn counting(name: &str, templates: &[AggregationTemplate]) -> Trail {
    let data_resources = vec![DataResource {
        resource_type: "AWS::S3::Object".to_owned(),
        values: vec!["arn:aws:s3".to_owned()],
    }];
    Trail {
        selectors: Selectors::Basic(vec![EventSelector { data_resources, ..EventSelector::default() }]),
        aggregation: (!templates.is_empty()).then(|| Aggregation { templates: templates.to_vec() }),
        ..trail(name, "logs")
    }
}

/// A data event at this time, by a user of this name.
fn read(time: Timestamp, region: &str, user: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser","arn":"{user}"}},"eventTime":"{time}","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"{region}","readOnly":true,"resources":[{{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::acme/{user}"}}],"eventID":"{user}-{time}","eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"{ACCOUNT}","eventCategory":"Data"}}"#
    )
}

impl World {
    fn read(&mut self, user: &str) {
        self.read_in(REGION, user);
    }

    fn read_in(&mut self, region: &str, user: &str) {
        let text = read(self.now, region, user);
        self.post_as(&text, Origin::Posted);
    }

    /// The aggregated events in the trail's files, as (key of the file, event).
    fn aggregated(&self, trail: &str) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        for object in self.buckets.objects() {
            if object.trail.name == trail && object.key.contains("/CloudTrail-Aggregated/") {
                let list: Vec<Value> = serde_json::from_slice(&gunzip(&object.bytes).unwrap()).unwrap();
                found.extend(list.into_iter().map(|event| (object.key.clone(), event)));
            }
        }
        found
    }

    /// How many events the trail's records count, by window and primary value.
    fn counts(&self, trail: &str) -> BTreeMap<(String, String), u64> {
        let mut counts = BTreeMap::new();
        for (_, event) in self.aggregated(trail) {
            let window = event["timeWindow"]["windowStart"].as_str().unwrap()[11..16].to_owned();
            let statistic = &event["summary"]["primaryDimension"]["statistics"][0];
            let name = statistic["name"].as_str().unwrap().to_owned();
            *counts.entry((window, name)).or_default() += statistic["value"].as_u64().unwrap();
        }
        counts
    }
}

fn expected(counts: &[(&str, &str, u64)]) -> BTreeMap<(String, String), u64> {
    counts.iter().map(|(window, name, count)| (((*window).to_owned(), (*name).to_owned()), *count)).collect()
}

/// A world in which `t1` counts by these templates since 10:00:00.
async fn world_of(templates: &[AggregationTemplate]) -> (World, Trail) {
    let mut world = World::new();
    let mut t1 = counting("t1", templates);
    world.start_logging("start", &mut t1);
    world.start().await;
    (world, t1)
}

#[tokio::test]
async fn a_window_is_delivered_once_in_a_file_of_its_own() {
    let (mut world, _) = world_of(&[AggregationTemplate::UserActions]).await;
    for second in 0..400 {
        world.read(if second % 4 == 0 { "ann" } else { "bob" });
        world.run(1).await;
    }
    // The first window is over, the second is not; the raw events are delivered all the while.
    assert_eq!(world.counts("t1"), expected(&[("10:00", "ann", 75), ("10:00", "bob", 225)]));
    let [(key, event), _] = &world.aggregated("t1")[..] else { panic!("one record a user") };
    assert!(key.starts_with("AWSLogs/111122223333/CloudTrail-Aggregated/us-east-1/2026/03/01/111122223333_CloudTrail-Aggregated_us-east-1_20260301T1005Z_"), "{key}");
    assert_eq!(event["accountId"], ACCOUNT);
    assert_eq!(event["eventId"].as_str().unwrap().len(), 36);
    world.run(600).await;
    assert_eq!(
        world.counts("t1"),
        expected(&[("10:00", "ann", 75), ("10:00", "bob", 225), ("10:05", "ann", 25), ("10:05", "bob", 75)])
    );
    let report = validate(&world.buckets, "t1", REGION);
    assert_eq!(report.faults, Vec::<String>::new());
    let digests = world.digests();
    let named = |key: &str| {
        digests.iter().any(|digest| {
            let text = gunzip(&digest.bytes).unwrap();
            String::from_utf8(text).unwrap().contains(key)
        })
    };
    assert!(world.aggregated("t1").iter().all(|(key, _)| named(key)));
}

#[tokio::test]
async fn each_region_has_its_files_and_each_trail_its_templates() {
    let (mut world, _) = world_of(&[AggregationTemplate::ApiActivity]).await;
    let mut t2 = counting("t2", &[AggregationTemplate::ResourceAccess, AggregationTemplate::UserActions]);
    world.start_logging("start-2", &mut t2);
    world.start_logging("start-3", &mut counting("t3", &[]));
    world.read_in("eu-central-1", "ann");
    world.read("ann");
    // A management event is counted by nobody.
    world.post("management", REGION);
    world.run(400).await;
    assert_eq!(world.counts("t1"), expected(&[("10:00", "GetObject", 2)]));
    assert_eq!(world.counts("t2"), expected(&[("10:00", "ann", 2), ("10:00", "arn:aws:s3:::acme", 2)]));
    assert_eq!(world.aggregated("t3"), []);
    for (key, event) in world.aggregated("t2") {
        let region = event["awsRegion"].as_str().unwrap();
        assert!(key.contains(&format!("/CloudTrail-Aggregated/{region}/")), "{key}");
    }
}

#[tokio::test]
async fn an_organizations_trail_counts_each_account_by_itself() {
    let mut world = World::new();
    world.change("organization", vec![organizations::put(&[MEMBER])]);
    let templates = [AggregationTemplate::UserActions];
    let mut shared = Trail { organization: Some(ID.parse().unwrap()), ..counting("t1", &templates) };
    world.start_logging("start", &mut shared);
    world.start().await;
    let members = read(world.now, REGION, "ann").replace(ACCOUNT, MEMBER);
    for _ in 0..3 {
        world.read("ann");
        world.post_as(&members, Origin::Posted);
        world.post_as(&members, Origin::Posted);
        world.run(1).await;
        world.start().await;
    }
    // A member that leaves takes its counts along at once.
    world.change("leave", vec![organizations::put(&[])]);
    world.run(2).await;
    let of = |world: &World, account: &str| {
        let folder = format!("AWSLogs/{ID}/{account}/CloudTrail-Aggregated/");
        let found = world.aggregated("t1").into_iter().filter(|(key, _)| key.starts_with(&folder));
        let counts = found.map(|(_, event)| {
            assert_eq!(event["accountId"], account);
            event["summary"]["primaryDimension"]["statistics"][0]["value"].as_u64().unwrap()
        });
        counts.collect::<Vec<_>>()
    };
    assert_eq!((of(&world, ACCOUNT), of(&world, MEMBER)), (vec![], vec![6]));
    world.run(400).await;
    assert_eq!((of(&world, ACCOUNT), of(&world, MEMBER)), (vec![3], vec![6]));
}

#[tokio::test]
async fn events_that_come_late_are_told_of_in_further_records() {
    let (mut world, _) = world_of(&[AggregationTemplate::UserActions]).await;
    world.read("ann");
    world.run(400).await;
    let late = at("2026-03-01T10:01:00Z");
    world.post_as(&read(late, REGION, "ann"), Origin::Posted);
    world.post_as(&read(late, REGION, "bob"), Origin::Posted);
    // What is imported is counted by no trail.
    world.post_as(&read(late, REGION, "old"), Origin::Imported);
    world.run(10).await;
    assert_eq!(world.counts("t1"), expected(&[("10:00", "ann", 2), ("10:00", "bob", 1)]));
    assert_eq!(world.aggregated("t1").len(), 3);
}

#[tokio::test]
async fn what_was_counted_before_a_stop_is_delivered_with_it() {
    let (mut world, mut t1) = world_of(&[AggregationTemplate::UserActions]).await;
    world.read("ann");
    world.run(10).await;
    world.read("ann");
    world.stop_logging("stop", &mut t1);
    world.read("bob");
    world.run(2).await;
    assert_eq!(world.counts("t1"), expected(&[("10:00", "ann", 2)]));
    world.start_logging("again", &mut t1);
    world.read("bob");
    world.run(1).await;
    world.change("delete", vec![Change::DeleteTrail { arn: t1.arn.clone() }]);
    world.run(2).await;
    assert_eq!(world.counts("t1"), expected(&[("10:00", "ann", 2), ("10:00", "bob", 1)]));
    // A trail of the same name begins anew.
    let mut t1 = counting("t1", &[AggregationTemplate::UserActions]);
    world.start_logging("anew", &mut t1);
    world.run(400).await;
    assert_eq!(world.aggregated("t1").len(), 2);
    let rows: Vec<(String,)> = sqlx::query_as("SELECT trail FROM aggregates")
        .fetch_all(world.delivery().inner().outbox.pool())
        .await
        .unwrap();
    assert_eq!(rows, []);
}

#[tokio::test]
async fn other_templates_begin_with_the_call_that_sets_them() {
    let (mut world, mut t1) = world_of(&[]).await;
    let mut set = |world: &mut World, id: &str, templates: &[AggregationTemplate]| {
        t1.aggregation = (!templates.is_empty()).then(|| Aggregation { templates: templates.to_vec() });
        world.put(id, &t1);
    };
    world.read("before");
    set(&mut world, "users", &[AggregationTemplate::UserActions]);
    world.read("ann");
    world.run(10).await;
    set(&mut world, "calls", &[AggregationTemplate::ApiActivity]);
    world.read("bob");
    set(&mut world, "none", &[]);
    world.read("after");
    world.run(20).await;
    assert_eq!(world.counts("t1"), expected(&[("10:00", "ann", 1), ("10:00", "GetObject", 1)]));
    assert_eq!(world.delivered_once("t1").len(), 4 + 4, "calls and raw events are delivered as ever");
}

#[tokio::test]
async fn a_trail_with_too_many_values_makes_records_early() {
    let mut world = World::new();
    world.options.limits.aggregated_bytes = 40_000;
    world.start_logging("start", &mut counting("t1", &[AggregationTemplate::UserActions]));
    world.start().await;
    for number in 0..200 {
        world.read(&format!("user-{number:03}"));
        world.read("ann");
    }
    world.run(10).await;
    let early = world.counts("t1");
    assert!(early.len() > 50, "{} values", early.len());
    world.run(400).await;
    let counts = world.counts("t1");
    assert_eq!(counts.len(), 201);
    assert_eq!(counts[&("10:00".to_owned(), "ann".to_owned())], 200);
    assert_eq!(counts.values().sum::<u64>(), 400);
}

#[tokio::test]
async fn an_outbox_of_schema_2_begins_to_count() {
    let (mut world, _) = world_of(&[AggregationTemplate::UserActions]).await;
    world.read("not counted by the old one");
    world.run(6).await;
    let pool = world.delivery().inner().outbox.pool().clone();
    sqlx::raw_sql(BACK_TO_SCHEMA_2).execute(&pool).await.unwrap();
    pool.close().await;
    world.start().await;
    world.read("ann");
    world.run(400).await;
    assert_eq!(world.counts("t1"), expected(&[("10:00", "ann", 1)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_event_is_counted_once_whatever_crashes(
        reads in prop::collection::vec((0..3usize, 1..90u64), 1..25),
        crashes in prop::collection::vec(0..40u64, 0..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (mut world, _) = world_of(&[AggregationTemplate::UserActions]).await;
            let mut crashes = crashes.into_iter();
            let mut wanted = BTreeMap::new();
            for (user, seconds) in reads {
                let user = ["ann", "bob", "eve"][user];
                let (.., hour, minute, _) = world.now.civil();
                let window = format!("{hour:02}:{:02}", minute / 5 * 5);
                *wanted.entry((window, user.to_owned())).or_default() += 1;
                world.read(user);
                world.pass(seconds);
                if world.tick().await.is_err() || crashes.len() % 3 == 0 {
                    start(&mut world, crashes.next()).await;
                }
            }
            start(&mut world, None).await;
            world.run(900).await;
            assert_eq!(world.counts("t1"), wanted);
            assert_eq!(validate(&world.buckets, "t1", REGION).faults, Vec::<String>::new());
        });
    }
}

/// Starts the delivery anew, to crash after so many steps; while it starts it does not.
async fn start(world: &mut World, crash_after: Option<u64>) {
    if let Some(count) = crash_after
        && world.start_with(Steps::crash_after(count)).await.is_ok()
    {
        return;
    }
    world.start().await;
}
