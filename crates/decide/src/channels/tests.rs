#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::limits::Limits;
use crate::stores::StoreError;
use crate::stores::tests::{HOME, facts, id, store};
use cairn_model::{EventDataStore, Timestamp};
use std::sync::Arc;

fn audit_store(number: usize) -> Arc<EventDataStore> {
    Arc::new(store(number, "ActivityAuditLog"))
}

fn to(location: &str) -> Vec<Destination> {
    vec![Destination { kind: "EVENT_DATA_STORE".to_owned(), location: location.to_owned() }]
}

fn request(number: usize) -> CreateChannel {
    CreateChannel {
        id: id(number),
        name: format!("channel{number}"),
        source: "Custom".to_owned(),
        destinations: to(&id(1)),
        tags: Vec::new(),
    }
}

fn created(channels: &[Arc<Channel>], request: &CreateChannel) -> Result<Channel, ChannelError> {
    create(&facts(&[audit_store(1), Arc::new(store(2, "Management"))], channels), request)
}

fn channel(number: usize) -> Arc<Channel> {
    Arc::new(created(&[], &request(number)).unwrap())
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, ChannelError>, expected: ChannelError) {
    assert_eq!(result.unwrap_err(), expected);
}

#[test]
fn a_channel_leads_to_stores_by_their_arns() {
    let by_arn = CreateChannel { destinations: to(&audit_store(1).arn.to_string()), ..request(5) };
    let new = created(&[], &by_arn).unwrap();
    assert_eq!(new.destinations, [audit_store(1).arn.clone()]);
    assert_eq!(new, *channel(5));
    assert_eq!(
        new.arn.to_string(),
        format!("arn:aws:cloudtrail:eu-central-1:111122223333:channel/{}", id(5))
    );
}

#[test]
fn destinations_are_active_stores_for_activity_logs() {
    let lead = |destinations| created(&[], &CreateChannel { destinations, ..request(5) });
    refused(lead(to(&id(2))), ChannelError::WrongCategory(store(2, "Management").arn));
    refused(lead(to(&id(3))), StoreError::NotFound(id(3)).into());
    assert!(matches!(lead(to("store")), Err(ChannelError::Store(StoreError::ArnInvalid(_)))));
    let service = vec![Destination { kind: "AWS_SERVICE".to_owned(), location: id(1) }];
    refused(lead(service), DestinationError::Kind("AWS_SERVICE".to_owned()).into());
    let mut twice = to(&id(1));
    twice.extend(to(&audit_store(1).arn.to_string()));
    refused(lead(twice), DestinationError::Twice(audit_store(1).arn.clone()).into());

    let deleted = EventDataStore { deleted: Some(facts(&[], &[]).now), ..store(1, "ActivityAuditLog") };
    let arn = deleted.arn.clone();
    refused(create(&facts(&[Arc::new(deleted)], &[]), &request(5)), StoreError::Inactive(arn).into());
}

#[test]
fn sources_are_those_that_aws_has() {
    let from = |source: &str| created(&[], &CreateChannel { source: source.to_owned(), ..request(5) });
    assert!(from("GitHub").is_ok());
    for source in ["github", "Datadog", ""] {
        refused(from(source), ChannelError::InvalidSource(source.to_owned()));
    }
}

#[test]
fn names_and_quotas_are_those_of_the_region() {
    let channels = [channel(5)];
    refused(
        created(&channels, &CreateChannel { name: "channel5".to_owned(), ..request(6) }),
        ChannelError::AlreadyExists("channel5".to_owned()),
    );
    assert!(created(&channels, &request(6)).is_ok());
    let full = [channel(5), channel(6)];
    refused(created(&full, &request(7)), ChannelError::MaxLimitExceeded { count: 2, source_name: None });
    let mut away = Channel::clone(&channels[0]);
    away.arn.region = "us-east-1".to_owned();
    assert!(
        created(&[Arc::new(away), channel(6)], &CreateChannel { name: "channel5".to_owned(), ..request(7) })
            .is_ok()
    );
}

#[test]
fn aws_allows_one_channel_a_source() {
    let (stores, channels) = ([audit_store(1)], [channel(5)]);
    let facts = Facts { limits: Limits::AWS, ..facts(&stores, &channels) };
    let refused_as = ChannelError::MaxLimitExceeded { count: 1, source_name: Some("Custom".to_owned()) };
    assert_eq!(refused_as.to_string(), "There are already 1 channels with the source Custom.");
    refused(create(&facts, &request(6)), refused_as);
    assert!(create(&facts, &CreateChannel { source: "Snyk".to_owned(), ..request(6) }).is_ok());
}

#[test]
fn an_update_changes_name_or_destinations() {
    let (stores, channels) = ([audit_store(1), audit_store(3)], [channel(5), channel(6)]);
    let facts = facts(&stores, &channels);
    let renamed = update(&facts, &id(5), Some("renamed"), None).unwrap();
    assert_eq!(renamed, Channel { name: "renamed".to_owned(), ..Channel::clone(&channels[0]) });
    let led = update(&facts, &id(5), None, Some(&to(&id(3)))).unwrap();
    assert_eq!(led.destinations, [stores[1].arn.clone()]);
    assert_eq!(update(&facts, &id(5), Some("channel5"), None).unwrap(), *channels[0]);
    refused(
        update(&facts, &id(5), Some("channel6"), None),
        ChannelError::AlreadyExists("channel6".to_owned()),
    );
    refused(update(&facts, &id(7), None, None), ChannelError::NotFound(id(7)));
    assert!(matches!(update(&facts, "channel5", None, None), Err(ChannelError::ArnInvalid(_))));
}

#[test]
fn channels_are_found_and_listed_in_their_region() {
    let channels = [channel(6), channel(5)];
    let here = facts(&[], &channels);
    assert_eq!(get(&here, &channels[0].arn.to_string()).unwrap(), &*channels[0]);
    let page = list(&here, None, 1);
    assert_eq!((page.items, page.has_more), (vec![&*channels[1]], true));
    let page = list(&here, Some(&channels[1].arn), 1);
    assert_eq!((page.items, page.has_more), (vec![&*channels[0]], false));
    let elsewhere = Facts { region: "us-east-1", ..here };
    assert!(list(&elsewhere, None, 9).items.is_empty());
    assert!(get(&elsewhere, &id(5)).is_err());
    assert_eq!((here.region, here.now), (HOME, Timestamp::from_seconds(1_772_352_000)));
}
