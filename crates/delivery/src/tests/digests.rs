//! Chains of digests.

use super::validator::{Report, gunzip, validate};
use super::world::{World, account, arn, signing_key, trail};
use crate::target::Object;
use cairn_model::Change;
use serde_json::Value;

fn json(object: &Object) -> Value {
    serde_json::from_slice(&gunzip(&object.bytes).unwrap()).unwrap()
}

/// The chain must be valid and name all of the region's log files.
fn check(world: &World, region: &str, digests: usize, starting: usize) -> Report {
    let report = validate(&world.buckets, "t1", region);
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!((report.digests, report.starting), (digests, starting), "{region}");
    report
}

async fn logging_world() -> World {
    let mut world = World::new();
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.tick().await.unwrap();
    world
}

#[tokio::test]
async fn every_window_has_a_digest_also_an_empty_one_and_over_restarts() {
    let mut world = logging_world().await;
    world.run(61).await;
    world.start().await;
    world.run(60).await;
    world.post("late", "us-east-1");
    world.run(60).await;
    let report = check(&world, "us-east-1", 3, 1);
    assert_eq!(report.named.len(), world.log_files().len());
    let digests = world.digests();
    assert_eq!(json(&digests[1])["logFiles"], Value::Array(Vec::new()));
    assert_eq!(json(&digests[0])["digestStartTime"], "2026-03-01T10:00:00Z");
    assert_eq!(json(&digests[0])["digestEndTime"], "2026-03-01T10:01:00Z");
    assert!(
        digests[0]
            .key
            .ends_with("/111122223333_CloudTrail-Digest_us-east-1_t1_us-east-1_20260301T100100Z.json.gz")
    );
    assert_eq!(digests[0].content_encoding, "gzip");
}

#[tokio::test]
async fn other_regions_have_chains_from_their_first_delivery_on() {
    let mut world = logging_world().await;
    world.run(70).await;
    world.post("far", "eu-west-1");
    world.run(120).await;
    check(&world, "us-east-1", 3, 1);
    check(&world, "eu-west-1", 2, 1);
    check(&world, "eu-west-2", 0, 0);
}

#[tokio::test]
async fn after_downtime_one_digest_reaches_from_the_previous_end_to_now() {
    let mut world = logging_world().await;
    world.run(61).await;
    world.post("unseen", "us-east-1");
    world.delivery = None;
    world.pass(86_400);
    world.start().await;
    world.run(7).await;
    check(&world, "us-east-1", 2, 1);
    world.run(60).await;
    check(&world, "us-east-1", 3, 1);
    let long = json(&world.digests()[1]);
    assert_eq!(long["digestStartTime"], "2026-03-01T10:01:00Z");
    assert_eq!(long["digestEndTime"], "2026-03-02T10:01:02Z");
}

#[tokio::test]
async fn the_last_digest_after_a_stop_covers_the_stop_and_a_start_begins_a_new_chain() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(10).await;
    world.post("a", "us-east-1");
    world.stop_logging("stop", &mut t1);
    world.run(1).await;
    let report = check(&world, "us-east-1", 1, 1);
    assert_eq!(report.named.len(), 2);
    world.run(200).await;
    check(&world, "us-east-1", 1, 1);
    world.start_logging("start-again", &mut t1);
    world.run(62).await;
    check(&world, "us-east-1", 2, 2);
    world.change("delete", vec![Change::DeleteTrail { arn: arn("t1") }]);
    world.run(1).await;
    let report = check(&world, "us-east-1", 3, 2);
    assert_eq!(report.named.len(), world.log_files().len());
    world.run(100).await;
    check(&world, "us-east-1", 3, 2);
}

#[tokio::test]
async fn stops_and_starts_within_a_second_make_digests_of_different_names() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    for round in 0..3 {
        world.start_logging(&format!("start{round}"), &mut t1);
        world.stop_logging(&format!("stop{round}"), &mut t1);
    }
    world.start().await;
    world.tick().await.unwrap();
    let report = check(&world, "us-east-1", 3, 3);
    assert_eq!(report.named.len(), 3);
}

#[tokio::test]
async fn files_made_while_validation_is_off_are_in_no_digest() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(20).await;
    t1.log_file_validation = false;
    world.put("off", &t1);
    world.post("unproved", "us-east-1");
    world.run(100).await;
    let report = check(&world, "us-east-1", 1, 1);
    assert_eq!(report.named.len(), 2, "the call that turned it off is still proved");
    t1.log_file_validation = true;
    world.put("on", &t1);
    world.post("proved", "us-east-1");
    world.run(61).await;
    let report = check(&world, "us-east-1", 2, 2);
    assert_eq!(report.named.len(), 3);
    assert_eq!(world.delivered_once("t1"), ["off", "on", "proved", "start", "unproved"]);
}

#[tokio::test]
async fn a_chain_goes_on_in_another_bucket() {
    let mut world = World::new();
    let mut t1 = trail("t1", "old");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(61).await;
    t1.bucket = "new".to_owned();
    t1.prefix = Some("p".to_owned());
    world.post("a", "us-east-1");
    world.put("update", &t1);
    world.post("b", "us-east-1");
    world.run(121).await;
    let report = check(&world, "us-east-1", 3, 1);
    assert_eq!(report.named.len(), 3);
    let buckets: Vec<String> = world.digests().into_iter().map(|o| o.bucket).collect();
    assert_eq!(buckets, ["new", "new", "old"]);
}

#[tokio::test]
async fn without_a_valid_key_digests_wait_and_the_status_says_so() {
    let mut world = World::without_key();
    let mut expired = signing_key(1);
    expired.valid_to = world.now;
    world.change("old-key", vec![Change::PutSigningKey(expired)]);
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(130).await;
    check(&world, "us-east-1", 0, 0);
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_digest_delivery_error.unwrap(), "NoValidSigningKey");
    assert_eq!(status.latest_delivery_error, None);

    world.change("new-key", vec![Change::PutSigningKey(signing_key(0))]);
    world.run(2).await;
    check(&world, "us-east-1", 1, 1);
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_digest_delivery_error, None);
    assert_eq!(status.latest_digest_delivery_time, Some(world.now.minus(std::time::Duration::from_secs(1))));
    assert_eq!(json(&world.digests()[0])["digestStartTime"], "2026-03-01T10:00:01Z");
}

#[tokio::test]
async fn a_key_that_cannot_be_opened_keeps_digests_waiting() {
    let mut world = World::without_key();
    let mut broken = signing_key(0);
    broken.sealed_private = b"not sealed by us".to_vec();
    world.change("key", vec![Change::PutSigningKey(broken)]);
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(70).await;
    check(&world, "us-east-1", 0, 0);
    let status = world.delivery().status(&arn("t1"), "us-east-1");
    assert_eq!(status.latest_digest_delivery_error.unwrap(), "NoValidSigningKey");
}

#[tokio::test]
async fn the_newest_valid_key_signs() {
    let mut world = logging_world().await;
    world.run(61).await;
    let mut newer = signing_key(1);
    newer.valid_from = world.now;
    world.change("rotate", vec![Change::PutSigningKey(newer)]);
    world.run(60).await;
    check(&world, "us-east-1", 2, 1);
    let signers: Vec<Value> =
        world.digests().iter().map(|digest| json(digest)["digestPublicKeyFingerprint"].clone()).collect();
    assert_eq!(signers[0], signing_key(0).fingerprint.as_str());
    assert_eq!(signers[1], signing_key(1).fingerprint.as_str());
}

#[tokio::test]
async fn a_chain_goes_on_over_rotations_and_its_old_part_verifies_under_the_old_key() {
    let mut world = World::without_key();
    let lives =
        [("2026-03-01T09:00:00Z", "2026-03-01T10:03:30Z"), ("2026-03-01T10:01:30Z", "2026-04-01T00:00:00Z")];
    for (which, (from, to)) in lives.into_iter().enumerate() {
        let mut key = signing_key(which);
        (key.valid_from, key.valid_to) = (super::world::at(from), super::world::at(to));
        world.change(&format!("key{which}"), vec![Change::PutSigningKey(key)]);
    }
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(150).await;
    world.start().await;
    world.run(120).await;
    check(&world, "us-east-1", 4, 1);
    let signers: Vec<Value> =
        world.digests().iter().map(|digest| json(digest)["digestPublicKeyFingerprint"].clone()).collect();
    let [old, new] = [0, 1].map(|which| Value::from(signing_key(which).fingerprint));
    assert_eq!(signers, [old, new.clone(), new.clone(), new]);
}

#[tokio::test]
async fn a_new_key_that_cannot_be_opened_leaves_the_old_one_signing_while_it_is_valid() {
    let mut world = logging_world().await;
    let mut newer = signing_key(1);
    newer.valid_from = world.now;
    newer.sealed_private = b"not sealed by us".to_vec();
    world.change("rotate", vec![Change::PutSigningKey(newer)]);
    world.run(61).await;
    check(&world, "us-east-1", 1, 1);
    assert_eq!(json(&world.digests()[0])["digestPublicKeyFingerprint"], signing_key(0).fingerprint.as_str());
}

#[tokio::test]
async fn a_clock_that_is_set_back_breaks_no_chain_and_stops_no_delivery() {
    let mut world = logging_world().await;
    world.run(61).await;
    world.post("a", "us-east-1");
    world.tick().await.unwrap();
    world.now = world.now.minus(std::time::Duration::from_secs(7200));
    world.run(180).await;
    let report = validate(&world.buckets, "t1", "us-east-1");
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!(report.digests, 3, "one before, one a period after that");
    assert_eq!(report.named.len(), 2);
    assert_eq!(world.delivered_once("t1"), ["a", "start"]);
}

#[tokio::test]
async fn each_account_signs_with_its_own_key() {
    let mut world = World::without_key();
    let mut other = signing_key(1);
    other.account = "999999999999".parse().unwrap();
    world.change("key", vec![Change::PutSigningKey(other)]);
    world.start_logging("start", &mut trail("t1", "logs"));
    world.start().await;
    world.run(70).await;
    assert!(world.digests().is_empty(), "no key of {}", account());
}
