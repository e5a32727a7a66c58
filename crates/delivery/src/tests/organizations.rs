//! Trails of organizations: every account's events, in folders and chains of its own.

use super::backups::BACK_TO_SCHEMA_2;
use super::validator::{gunzip, validate};
use super::world::{ACCOUNT, HOME, World, account, at, event_ids, trail};
use crate::stored::StoredOutbox;
use cairn_model::{
    Aggregation, AggregationTemplate, Change, DataResource, EventSelector, Member, Organization, Selectors,
    Trail,
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const MEMBER: &str = "222233334444";
const OTHER: &str = "333344445555";
pub(super) const ID: &str = "o-exampleorgid";

fn organization(members: &[&str]) -> Organization {
    let joined = at("2026-03-01T00:00:00Z");
    let accounts = [&[ACCOUNT], members].concat();
    let member = |account: &str| (account.parse().unwrap(), Member { email: None, joined });
    Organization {
        id: ID.parse().unwrap(),
        management: account(),
        members: accounts.into_iter().map(member).collect(),
        delegated: BTreeMap::new(),
        created: joined,
    }
}

/// The organization of these members beside the account.
pub(super) fn put(members: &[&str]) -> Change {
    Change::PutOrganization(Box::new(organization(members)))
}

/// A trail of the organization that never logged.
fn shared() -> Trail {
    Trail { organization: Some(ID.parse().unwrap()), ..trail("t1", "logs") }
}

/// A started world of an organization with these members, whose trail logs.
async fn world_of(members: &[&str]) -> (World, Trail) {
    let (mut world, mut t1) = (World::new(), shared());
    world.change("organization", vec![put(members)]);
    world.start_logging("start", &mut t1);
    world.start().await;
    (world, t1)
}

/// The ids of the events in log files below `AWSLogs/`, by the folder of organization and account.
fn by_folder(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for object in world.log_files() {
        let (folder, _) = object.key.strip_prefix("AWSLogs/").unwrap().split_once("/CloudTrail/").unwrap();
        found.entry(folder.to_owned()).or_default().extend(event_ids(&object));
    }
    found
}

fn expected(folders: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
    let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    folders.iter().map(|(folder, ids)| ((*folder).to_owned(), set(ids))).collect()
}

fn folder(account: &str) -> String {
    format!("{ID}/{account}")
}

/// How many digests there are below each folder of an account.
fn digests(world: &World) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for object in world.digests() {
        let (folder, _) =
            object.key.strip_prefix("AWSLogs/").unwrap().split_once("/CloudTrail-Digest/").unwrap();
        *found.entry(folder.to_owned()).or_default() += 1;
    }
    found
}

#[tokio::test]
async fn events_of_all_accounts_are_delivered_each_below_its_own() {
    let (mut world, _) = world_of(&[MEMBER, OTHER]).await;
    world.post("own", HOME);
    world.post_of(MEMBER, "members", "eu-west-1");
    world.post_of("999999999999", "stranger", HOME);
    world.run(6).await;
    let (own, member) = (folder(ACCOUNT), folder(MEMBER));
    assert_eq!(by_folder(&world), expected(&[(&own, &["own", "start"]), (&member, &["members"])]));
    let files = world.log_files();
    let name =
        format!("AWSLogs/{ID}/{MEMBER}/CloudTrail/eu-west-1/2026/03/01/{MEMBER}_CloudTrail_eu-west-1_");
    assert!(files.iter().any(|file| file.key.starts_with(&name)), "{name}");
}

#[tokio::test]
async fn every_account_has_chains_of_digests_of_its_own() {
    let (mut world, mut t1) = world_of(&[MEMBER, OTHER]).await;
    world.post_of(MEMBER, "a", HOME);
    world.run(130).await;
    world.post_of(MEMBER, "b", HOME);
    world.run(10).await;
    world.stop_logging("stop", &mut t1);
    world.run(2).await;
    let made = digests(&world);
    assert_eq!(made, BTreeMap::from([ACCOUNT, MEMBER, OTHER].map(|account| (folder(account), 3))));
    let report = validate(&world.buckets, "t1", HOME);
    assert_eq!((report.faults, report.starting, report.digests), (Vec::new(), 3, 9));
    let delivered: BTreeSet<String> = world.log_files().into_iter().map(|file| file.key).collect();
    assert_eq!(report.named, delivered);
    let ends: BTreeSet<String> =
        world.digests().iter().map(|digest| digest.key[digest.key.len() - 24..].to_owned()).collect();
    assert_eq!(ends.len(), 3, "the windows of all accounts are the same");
    let heads = world.delivery().heads().await.unwrap();
    let covered: BTreeSet<String> = heads.iter().map(|head| head.account.to_string()).collect();
    assert_eq!(covered, [ACCOUNT, MEMBER, OTHER].map(str::to_owned).into());
}

#[tokio::test]
async fn who_joins_is_followed_from_then_on_and_who_leaves_no_more() {
    let (mut world, _) = world_of(&[MEMBER]).await;
    world.post_of(MEMBER, "a", HOME);
    world.post_of(OTHER, "too early", HOME);
    world.run(1).await;
    world.change("change", vec![put(&[OTHER])]);
    world.post_of(MEMBER, "too late", HOME);
    world.post_of(OTHER, "b", HOME);
    world.run(7).await;
    let (own, member, other) = (folder(ACCOUNT), folder(MEMBER), folder(OTHER));
    let folders = expected(&[(&own, &["change", "start"]), (&member, &["a"]), (&other, &["b"])]);
    assert_eq!(by_folder(&world), folders);
    assert_eq!(digests(&world), BTreeMap::from([(member.clone(), 1)]), "its last digest comes at once");
    world.run(60).await;
    assert_eq!(digests(&world), BTreeMap::from([(own, 1), (member, 1), (other, 1)]));
    assert_eq!(validate(&world.buckets, "t1", HOME).faults, Vec::<String>::new());
}

#[tokio::test]
async fn members_and_chains_are_the_same_after_a_restart() {
    let (mut world, _) = world_of(&[MEMBER]).await;
    world.post_of(MEMBER, "a", HOME);
    world.run(70).await;
    world.start().await;
    world.post_of(MEMBER, "b", HOME);
    world.post_of(OTHER, "nobody's", HOME);
    world.run(70).await;
    assert_eq!(by_folder(&world)[&folder(MEMBER)], BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    let report = validate(&world.buckets, "t1", HOME);
    assert_eq!((report.faults, report.starting), (Vec::new(), 2));
    world.delivery = None;
    let stored = StoredOutbox::open(world.dir.path()).await.unwrap().unwrap();
    let (_, trails) = stored.trails().await.unwrap();
    assert_eq!(trails.len(), 1, "a trail that follows two accounts is one trail");
    assert_eq!(stored.organizations().await.unwrap(), [organization(&[MEMBER])]);
}

#[tokio::test]
async fn another_folder_is_another_chain() {
    let (mut world, mut t1) = world_of(&[MEMBER]).await;
    world.post_of(MEMBER, "a", HOME);
    world.run(10).await;
    t1.organization = None;
    world.put("alone", &t1);
    world.post_of(MEMBER, "nobody's", HOME);
    world.run(10).await;
    t1.organization = shared().organization;
    world.put("together", &t1);
    world.post_of(MEMBER, "b", HOME);
    world.run(70).await;
    let (own, member) = (folder(ACCOUNT), folder(MEMBER));
    let folders = expected(&[(ACCOUNT, &["together"]), (&own, &["alone", "start"]), (&member, &["a", "b"])]);
    let mut found = by_folder(&world);
    // The call that changes a trail is delivered as the trail was.
    assert_eq!(found.remove(ACCOUNT), folders.get(ACCOUNT).cloned());
    assert_eq!(found.remove(&member), folders.get(&member).cloned());
    assert_eq!(found.remove(&own), folders.get(&own).cloned());
    let report = validate(&world.buckets, "t1", HOME);
    assert_eq!((report.faults, report.starting), (Vec::new(), 5));
}

#[tokio::test]
async fn a_trail_outlives_its_organization_for_its_own_account() {
    let (mut world, mut t1) = world_of(&[MEMBER]).await;
    world.run(6).await;
    t1.organization = None;
    let ended = Change::DeleteOrganization { id: ID.parse().unwrap() };
    world.change("end", vec![Change::PutTrail(Box::new(t1.clone())), ended]);
    world.post("own", HOME);
    world.post_of(MEMBER, "nobody's", HOME);
    world.run(7).await;
    let own = folder(ACCOUNT);
    assert_eq!(by_folder(&world), expected(&[(&own, &["end", "start"]), (ACCOUNT, &["own"])]));
    assert_eq!(digests(&world)[&folder(MEMBER)], 1);
    world.delivery = None;
    let stored = StoredOutbox::open(world.dir.path()).await.unwrap().unwrap();
    assert_eq!(stored.organizations().await.unwrap(), []);
}

#[tokio::test]
async fn an_outbox_of_schema_2_goes_on_where_it_was() {
    let mut world = World::new();
    let mut t1 = trail("t1", "logs");
    world.start_logging("start", &mut t1);
    world.start().await;
    world.run(70).await;
    let heads = world.delivery().heads().await.unwrap();
    let pool = world.delivery().inner().outbox.pool().clone();
    sqlx::raw_sql(BACK_TO_SCHEMA_2).execute(&pool).await.unwrap();
    pool.close().await;
    world.start().await;
    assert_eq!(world.delivery().heads().await.unwrap(), heads);
    t1.organization = shared().organization;
    world.change("organization", vec![put(&[MEMBER]), Change::PutTrail(Box::new(t1))]);
    world.post_of(MEMBER, "a", HOME);
    world.run(70).await;
    assert_eq!(by_folder(&world)[&folder(MEMBER)], BTreeSet::from(["a".to_owned()]));
    assert_eq!(validate(&world.buckets, "t1", HOME).faults, Vec::<String>::new());
}

/// A data event of an account.
fn read_of(account: &str, time: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","eventTime":"{time}","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"{HOME}","readOnly":true,"resources":[{{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::acme/a"}}],"eventID":"read","eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"{account}","eventCategory":"Data"}}"#
    )
}

#[tokio::test]
async fn a_members_data_events_are_aggregated_below_its_own_folder() {
    let data_resources = vec![DataResource {
        resource_type: "AWS::S3::Object".to_owned(),
        values: vec!["arn:aws:s3".to_owned()],
    }];
    let selector = EventSelector { data_resources, ..EventSelector::default() };
    let mut t1 = Trail {
        selectors: Selectors::Basic(vec![selector]),
        aggregation: Some(Aggregation { templates: vec![AggregationTemplate::ApiActivity] }),
        ..shared()
    };
    let mut world = World::new();
    world.change("organization", vec![put(&[MEMBER])]);
    world.start_logging("start", &mut t1);
    world.start().await;
    let read = read_of(MEMBER, &world.now.to_string());
    world.post_text_of(MEMBER, &read);
    world.run(70).await;
    // The counts of the first minute outlive a restart, by account.
    world.start().await;
    world.post_text_of(MEMBER, &read_of(MEMBER, &world.now.to_string()));
    world.run(400).await;
    let files = world.log_files();
    let folder = format!("AWSLogs/{ID}/{MEMBER}/CloudTrail-Aggregated/{HOME}/");
    let aggregated: Vec<_> = files.iter().filter(|file| file.key.contains("-Aggregated/")).collect();
    assert!(!aggregated.is_empty() && aggregated.iter().all(|file| file.key.starts_with(&folder)));
    let texts: String =
        aggregated.iter().map(|file| String::from_utf8(gunzip(&file.bytes).unwrap()).unwrap()).collect();
    assert!(texts.contains(MEMBER) && !texts.contains(ACCOUNT), "{texts}");
}
