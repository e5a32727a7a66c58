#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::channels::CreateChannel;
use crate::limits::Limits;
use crate::stores::tests::{HOME, facts as store_facts, id, store};
use crate::tags::TagError;
use cairn_model::Timestamp;
use std::sync::Arc;

const AWAY: &str = "us-east-1";

/// The things of an account: a multi-region trail `main`, event data store 1, channel 5, dashboard `dash`, and store 2,
/// which is pending deletion.
struct Account {
    trails: Vec<Arc<Trail>>,
    stores: Vec<Arc<EventDataStore>>,
    channels: Vec<Arc<Channel>>,
    dashboards: Vec<Arc<Dashboard>>,
}

impl Account {
    fn new() -> Account {
        let arn = TrailArn {
            region: HOME.to_owned(),
            account: "111122223333".parse().unwrap(),
            name: "main".to_owned(),
        };
        let trail = Trail::new(arn, "logs".to_owned(), Timestamp::from_seconds(0));
        let deleted = Some(Timestamp::from_seconds(1_772_352_000));
        let stores = [store(1, "ActivityAuditLog"), EventDataStore { deleted, ..store(2, "Management") }]
            .map(Arc::new);
        let request = CreateChannel {
            id: id(5),
            name: "channel".to_owned(),
            source: "Custom".to_owned(),
            destinations: Vec::new(),
            tags: Vec::new(),
        };
        let channel = channels::create(&store_facts(&stores, &[]), &request).unwrap();
        let none = DashboardFacts { dashboards: &[], stores: store_facts(&[], &[]) };
        let dash = dashboards::create(&none, "dash", dashboards::Settings::default(), &[]).unwrap();
        Account {
            trails: vec![Arc::new(Trail { multi_region: true, ..trail })],
            stores: stores.to_vec(),
            channels: vec![Arc::new(channel)],
            dashboards: vec![Arc::new(dash)],
        }
    }

    fn facts<'a>(&'a self, region: &'a str) -> Facts<'a> {
        let account = "111122223333".parse().unwrap();
        let now = Timestamp::from_seconds(1_772_352_000);
        let stores = stores::Facts { region, ..store_facts(&self.stores, &self.channels) };
        Facts {
            trails: TrailFacts {
                trails: &self.trails,
                organization: None,
                account,
                region,
                now,
                limits: Limits::OPEN,
            },
            dashboards: DashboardFacts { dashboards: &self.dashboards, stores },
        }
    }

    /// Lets a change take effect.
    fn take(&mut self, change: Change) {
        match change {
            Change::PutTrail(trail) => self.trails = vec![Arc::new(*trail)],
            Change::PutEventDataStore(store) => self.stores[0] = Arc::new(*store),
            Change::PutChannel(channel) => self.channels = vec![Arc::new(*channel)],
            Change::PutDashboard(dashboard) => self.dashboards = vec![Arc::new(*dashboard)],
            other => panic!("{other:?}"),
        }
    }

    fn tags(&self, arn: &str) -> Vec<(String, String)> {
        find(&self.facts(HOME), arn).unwrap().tags().clone().into_iter().collect()
    }
}

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), value: Some(value.to_owned()) }
}

fn numbered(count: usize) -> Vec<Tag> {
    (0..count).map(|n| tag(&format!("key{n}"), "value")).collect()
}

fn arn_of(kind_and_name: &str) -> String {
    format!("arn:aws:cloudtrail:{HOME}:111122223333:{kind_and_name}")
}

fn all_kinds() -> [String; 4] {
    [
        arn_of("trail/main"),
        arn_of(&format!("eventdatastore/{}", id(1))),
        arn_of(&format!("channel/{}", id(5))),
        arn_of("dashboard/dash"),
    ]
}

#[test]
fn tags_are_added_replaced_and_removed_by_their_keys() {
    let text = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    for arn in all_kinds() {
        let mut account = Account::new();
        let first =
            [tag("team", "blue"), tag("cost center", "17/b"), Tag { key: "bare".to_owned(), value: None }];
        account.take(add(&account.facts(HOME), &arn, &first).unwrap());
        account.take(add(&account.facts(HOME), &arn, &[tag("team", "größe")]).unwrap());
        assert_eq!(account.tags(&arn), [("bare", ""), ("cost center", "17/b"), ("team", "größe")].map(text));
        let outgoing = [tag("team", "other"), tag("absent", "x")];
        account.take(remove(&account.facts(HOME), &arn, &outgoing).unwrap());
        assert_eq!(account.tags(&arn), [("bare", ""), ("cost center", "17/b")].map(text));
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, TaggingError>, expected: impl Into<TaggingError>) {
    assert_eq!(result.unwrap_err(), expected.into());
}

#[test]
fn tags_follow_the_rules() {
    let account = Account::new();
    let arn = arn_of("trail/main");
    let add_all = |tags: &[Tag]| add(&account.facts(HOME), &arn, tags);
    let invalid = |error: TagError| TaggingError::Tags(TagsError::Invalid(error));
    refused(add_all(&[tag("", "v")]), invalid(TagError::Length));
    refused(add_all(&[tag(&"k".repeat(129), "v")]), invalid(TagError::Length));
    refused(add_all(&[tag("k", &"v".repeat(257))]), invalid(TagError::Length));
    refused(add_all(&[tag("k", "")]), invalid(TagError::Length));
    refused(add_all(&[tag("k", "a"), tag("k", "b")]), invalid(TagError::Duplicate("k".to_owned())));
    refused(add_all(&[tag("AWS:k", "a")]), invalid(TagError::Reserved("AWS:k".to_owned())));
    refused(add_all(&[tag("k", "a\u{7}")]), invalid(TagError::Character("a\u{7}".to_owned())));
    assert!(add_all(&[tag(&"ü".repeat(128), &"v".repeat(256))]).is_ok());
    refused(remove(&account.facts(HOME), &arn, &[tag("", "v")]), invalid(TagError::Length));
}

#[test]
fn a_resource_has_at_most_50_tags() {
    for arn in all_kinds() {
        let mut account = Account::new();
        account.take(add(&account.facts(HOME), &arn, &numbered(50)).unwrap());
        assert!(add(&account.facts(HOME), &arn, &[tag("key7", "new")]).is_ok(), "one that is there");
        refused(add(&account.facts(HOME), &arn, &[tag("another", "one")]), TagsError::LimitExceeded(51));
    }
}

#[test]
fn tags_are_reached_at_home_only() {
    let account = Account::new();
    for arn in all_kinds() {
        let message = "Region in ARN is wrong, you can only access resources in region us-east-1.";
        assert_eq!(find(&account.facts(AWAY), &arn).unwrap_err().to_string(), message);
        let foreign = arn.replace("111122223333", "210987654321");
        let message = "Account in ARN is wrong, you can only access resources in account 111122223333.";
        assert_eq!(find(&account.facts(HOME), &foreign).unwrap_err().to_string(), message);
    }
}

#[test]
fn what_has_no_tags_is_refused_by_its_kind() {
    let account = Account::new();
    let refused = |resource: &str, expected: TaggingError| {
        refused(find(&account.facts(HOME), resource), expected.clone());
        refused(add(&account.facts(HOME), resource, &[]), expected.clone());
        refused(remove(&account.facts(HOME), resource, &[]), expected);
    };
    for text in ["main", "arn:aws:s3:::acme", "arn:aws:cloudtrail:x:y:trail/main"] {
        refused(text, ArnError::Malformed(text.to_owned()).into());
    }
    let rock = arn_of("rock/x");
    for gone in [arn_of("trail/gone"), arn_of("dashboard/gone")] {
        refused(&gone, TaggingError::NotFound(gone.clone()));
    }
    refused(&rock, TaggingError::TypeNotSupported(rock.clone()));
    let store = arn_of(&format!("eventdatastore/{}", id(9)));
    refused(&store, StoreError::NotFound(store.clone()).into());
    let deleted = arn_of(&format!("eventdatastore/{}", id(2)));
    refused(&deleted, StoreError::Inactive(account.stores[1].arn.clone()).into());
    let channel = arn_of(&format!("channel/{}", id(9)));
    refused(&channel, ChannelError::NotFound(channel.clone()).into());
}
