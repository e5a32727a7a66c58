//! Which trails take an event: the rules once more, apart from those that deliver by them.

use super::destinations::Destinations;
use super::organizations::Organizations;
use cairn_decide::selectors::Compiled;
use cairn_decide::trails::effective_selectors;
use cairn_model::{AccountId, Change, Event, Field, OrganizationId, Origin, Trail, TrailArn, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Services without regions, and where CloudTrail records their events.
const GLOBAL_SOURCES: [&str; 3] = ["iam.amazonaws.com", "sts.amazonaws.com", "cloudfront.amazonaws.com"];
const GLOBAL_REGION: &str = "us-east-1";

/// Trails as they are at some position.
pub(super) struct Takers {
    home: String,
    trails: BTreeMap<TrailArn, Taker>,
    organizations: Organizations,
}

struct Taker {
    trail: Trail,
    compiled: Compiled,
    /// By the accounts whose events it takes.
    destinations: BTreeMap<AccountId, u32>,
}

impl Takers {
    /// No trails; events that name no region are of `home`.
    pub(super) fn new(home: &str, organizations: Organizations) -> Takers {
        Takers { home: home.to_owned(), trails: BTreeMap::new(), organizations }
    }

    pub(super) fn put(&mut self, trail: Trail, destinations: &mut Destinations) {
        let compiled = Compiled::new(&effective_selectors(&trail));
        let number = |account| (account, destinations.number_of(&trail, account));
        let destinations = self.organizations.accounts_of(&trail).into_iter().map(number).collect();
        self.trails.insert(trail.arn.clone(), Taker { trail, compiled, destinations });
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
                Change::PutOrganization(organization) => {
                    let id = organization.id.clone();
                    self.organizations.put(*organization);
                    self.spread(&id, destinations);
                }
                Change::DeleteOrganization { id } => {
                    self.organizations.remove(&id);
                    self.spread(&id, destinations);
                }
                // Nothing else says which trail takes what.
                _ => {}
            }
        }
        changed
    }

    /// The accounts of an organization have changed.
    fn spread(&mut self, id: &OrganizationId, destinations: &mut Destinations) {
        let is_its = |taker: &&Taker| taker.trail.organization.as_ref() == Some(id);
        let trails: Vec<Trail> =
            self.trails.values().filter(is_its).map(|taker| taker.trail.clone()).collect();
        trails.into_iter().for_each(|trail| self.put(trail, destinations));
    }

    /// Whether any trail logs that takes the account's events.
    pub(super) fn any_of(&self, account: AccountId) -> bool {
        self.trails
            .values()
            .any(|taker| taker.destinations.contains_key(&account) && taker.trail.logging.is_on())
    }

    /// The trails that take an event, with the numbers of their destinations.
    pub(super) fn of<'a>(&'a self, event: &'a Event<'_>) -> impl Iterator<Item = (&'a TrailArn, u32)> {
        let region = self.region_of(event);
        let takers = self.trails.values().filter(move |taker| taker.takes(event, &region));
        takers.filter_map(|taker| Some((&taker.trail.arn, *taker.destinations.get(&event.account())?)))
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
        self.destinations.contains_key(&event.account())
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

/// Whether the event is of a call that may have changed a trail, or whose events it takes.
pub(super) fn changes_trails(event: &Event<'_>) -> bool {
    const CHANGING: [&str; 6] =
        ["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", "PutEventSelectors"];
    let source = event.string(Field::EventSource);
    let name = event.string(Field::EventName);
    let is = |from: &str, names: &[&str]| {
        source.as_ref().is_some_and(|source| source == from)
            && name.as_ref().is_some_and(|name| names.contains(&&**name))
    };
    event.origin() == Origin::Recorded
        && (is("cloudtrail.amazonaws.com", &CHANGING) || is("cairn.amazonaws.com", &["UpdateOrganization"]))
}
