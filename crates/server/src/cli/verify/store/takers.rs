//! Which trails take an event: the rules once more, apart from those that deliver by them.

use super::destinations::Destinations;
use cairn_decide::selectors::Compiled;
use cairn_decide::trails::effective_selectors;
use cairn_model::{AccountId, Change, Event, Field, Origin, Trail, TrailArn, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Services without regions, and where CloudTrail records their events.
const GLOBAL_SOURCES: [&str; 3] = ["iam.amazonaws.com", "sts.amazonaws.com", "cloudfront.amazonaws.com"];
const GLOBAL_REGION: &str = "us-east-1";

/// Trails as they are at some position.
pub(super) struct Takers {
    home: String,
    trails: BTreeMap<TrailArn, Taker>,
}

struct Taker {
    trail: Trail,
    compiled: Compiled,
    destination: u32,
}

impl Takers {
    /// No trails; events that name no region are of `home`.
    pub(super) fn new(home: &str) -> Takers {
        Takers { home: home.to_owned(), trails: BTreeMap::new() }
    }

    pub(super) fn put(&mut self, trail: Trail, destinations: &mut Destinations) {
        let compiled = Compiled::new(&effective_selectors(&trail));
        let destination = destinations.number_of(&trail);
        self.trails.insert(trail.arn.clone(), Taker { trail, compiled, destination });
    }

    /// Applies the changes of a record; returns the trails that are different now.
    pub(super) fn apply(
        &mut self,
        changes: Vec<Change>,
        destinations: &mut Destinations,
    ) -> BTreeSet<TrailArn> {
        let mut changed = BTreeSet::new();
        for change in changes {
            match change {
                Change::PutTrail(trail) => {
                    changed.insert(trail.arn.clone());
                    self.put(*trail, destinations);
                }
                Change::DeleteTrail { arn } => {
                    self.trails.remove(&arn);
                }
                // Nothing else says which trail takes what.
                _ => {}
            }
        }
        changed
    }

    /// Whether any trail of the account logs.
    pub(super) fn any_of(&self, account: AccountId) -> bool {
        self.trails.values().any(|taker| taker.trail.arn.account == account && taker.trail.logging.is_on())
    }

    /// The trails that take an event, with the numbers of their destinations.
    pub(super) fn of<'a>(&'a self, event: &'a Event<'_>) -> impl Iterator<Item = (&'a TrailArn, u32)> {
        let region = self.region_of(event);
        let takers = self.trails.values().filter(move |taker| taker.takes(event, &region));
        takers.map(|taker| (&taker.trail.arn, taker.destination))
    }

    /// The region that an event counts as of: only what can stand in a key is one.
    fn region_of(&self, event: &Event<'_>) -> String {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let is_region = |text: &Cow<'_, str>| (1..=32).contains(&text.len()) && text.bytes().all(allowed);
        event.string(Field::AwsRegion).filter(is_region).map_or_else(|| self.home.clone(), Cow::into_owned)
    }
}

impl Taker {
    fn takes(&self, event: &Event<'_>, region: &str) -> bool {
        let trail = &self.trail;
        trail.arn.account == event.account()
            && trail.logging.is_on()
            && event.origin() != Origin::Imported
            && (trail.multi_region || region == trail.arn.region)
            && (trail.include_global_service_events || !is_global(event, region))
            && self.compiled.takes(event)
            && (trail.recursive_logging || !is_own_delivery(event, &trail.bucket))
    }
}

fn is_global(event: &Event<'_>, region: &str) -> bool {
    let source = event.string(Field::EventSource);
    region == GLOBAL_REGION && source.is_some_and(|source| GLOBAL_SOURCES.contains(&&*source))
}

fn is_own_delivery(event: &Event<'_>, bucket: &str) -> bool {
    let is = |field, value: &str| event.string(field).is_some_and(|text| text == value);
    let names_bucket = |raw: &str| {
        let mut members = json::members(raw);
        members.any(|(key, value)| {
            key == "\"bucketName\"" && json::string(value).is_some_and(|name| name == bucket)
        })
    };
    is(Field::EventName, "PutObject")
        && is(Field::EventSource, "s3.amazonaws.com")
        && is(Field::UserInvokedBy, "cloudtrail.amazonaws.com")
        && event.raw(Field::RequestParameters).is_some_and(names_bucket)
}

/// Whether the event is of a call that may have changed a trail.
pub(super) fn changes_trails(event: &Event<'_>) -> bool {
    const CHANGING: [&str; 6] =
        ["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", "PutEventSelectors"];
    let source = event.string(Field::EventSource);
    let name = event.string(Field::EventName);
    event.origin() == Origin::Recorded
        && source.is_some_and(|source| source == "cloudtrail.amazonaws.com")
        && name.is_some_and(|name| CHANGING.contains(&&*name))
}
