#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::{Definitions, Taking};
use crate::stores::tests::{category, id};
use cairn_model::event::{Admission, Door};
use cairn_model::{
    Change, Channel, ChannelArn, EventDataStore, MaxEventSize, Member, Organization, Origin, Record,
    Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const HOME: &str = "eu-central-1";
const ARRIVAL: &str = "2026-03-01T12:00:00Z";

/// A store of one region that takes events of a category.
fn store(number: usize, name: &str) -> EventDataStore {
    let store = crate::stores::tests::store(number, "Management");
    EventDataStore { selectors: category(name), ..store }
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The record of an event of `account` with these further members.
fn record(account: &str, members: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"eventTime":"2026-03-01T08:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject",
        "recipientAccountId":"{account}"{members}}}"#
    );
    let admission =
        Admission { origin: Origin::Posted, account: account.parse().unwrap(), arrival: time(ARRIVAL) };
    let mut out = Vec::new();
    Record::start_event(&mut out);
    Door::default().admit(text.as_bytes(), &admission, || 7, &mut out).unwrap();
    out
}

/// The same as imported into these stores.
fn imported(record: &[u8], stores: &[usize]) -> Vec<u8> {
    let ids: Vec<[u8; 16]> = stores.iter().map(|number| bytes(*number)).collect();
    let mut out = Vec::new();
    Record::start_imported_to(&ids, &mut out);
    out.extend_from_slice(&record[1..]);
    out
}

/// The bytes of the id that [`id`] writes.
fn bytes(number: usize) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&(number as u32).to_be_bytes());
    (bytes[6], bytes[8]) = (0x40, 0x80);
    bytes
}

fn definitions(stores: impl IntoIterator<Item = EventDataStore>) -> Definitions {
    Definitions::new(stores.into_iter().map(Arc::new), [], [])
}

/// What becomes of a record at the stores, by their numbers; those that it is not for are left out.
fn takings(definitions: &Definitions, record: &[u8]) -> BTreeMap<usize, Taking> {
    let record = Record::decode(record).unwrap();
    let mut found = BTreeMap::new();
    definitions.each_taking(&record, HOME, |taker, taking| {
        let number = u32::from_be_bytes(taker.id()[..4].try_into().unwrap()) as usize;
        assert_eq!(taker.judge(&record, HOME), taking);
        assert_eq!(found.insert(number, taking), None, "offered twice");
    });
    found
}

fn takers(definitions: &Definitions, record: &[u8]) -> Vec<usize> {
    takings(definitions, record)
        .into_iter()
        .filter(|(_, t)| *t == Taking::Taken)
        .map(|(number, _)| number)
        .collect()
}

#[test]
fn a_store_takes_its_account_s_events_of_its_categories() {
    let stores = definitions([
        store(1, "Management"),
        store(2, "Data"),
        store(3, "NetworkActivity"),
        store(4, "Insight"),
        store(5, "ConfigurationItem"),
        store(6, "Evidence"),
        store(7, "ActivityAuditLog"),
    ]);
    let of = |name: &str| {
        let members = format!(r#","awsRegion":"{HOME}","eventCategory":"{name}","eventData":{{}}"#);
        takers(&stores, &record(OWN, &members))
    };
    assert_eq!(of("Management"), [1]);
    assert_eq!(of("Data"), [2]);
    assert_eq!(of("NetworkActivity"), [3]);
    assert_eq!(of("Insight"), [4]);
    assert_eq!(of("ConfigurationItem"), [5]);
    assert_eq!(of("Evidence"), [6]);
    assert_eq!(of("ActivityAuditLog"), [7]);
    assert_eq!(of("Aggregated"), [0; 0]);
    assert_eq!(of("Unheard"), [0; 0]);
    assert_eq!(takers(&stores, &record(OTHER, "")), [0; 0]);
}

#[test]
fn a_store_of_one_region_takes_what_names_it_and_at_home_what_names_none() {
    let mut everywhere = store(1, "Management");
    everywhere.multi_region = true;
    let mut away = store(3, "Management");
    away.arn.region = String::from("us-east-1");
    let stores = definitions([everywhere, store(2, "Management"), away]);
    let in_region = |region: &str| takers(&stores, &record(OWN, &format!(r#","awsRegion":"{region}""#)));
    assert_eq!(in_region(HOME), [1, 2]);
    assert_eq!(in_region("us-east-1"), [1, 3]);
    assert_eq!(in_region("eu-west-1"), [1]);
    assert_eq!(takers(&stores, &record(OWN, "")), [1, 2]);
}

#[test]
fn a_store_that_is_stopped_or_deleted_takes_nothing() {
    let mut stopped = store(1, "Management");
    stopped.ingesting = false;
    let mut deleted = store(2, "Management");
    deleted.deleted = Some(time(ARRIVAL));
    let stores = definitions([stopped, deleted, store(3, "Management")]);
    assert_eq!(takers(&stores, &record(OWN, "")), [3]);
}

#[test]
fn an_import_reaches_its_stores_alone_whatever_they_take_otherwise() {
    let mut stopped = store(1, "Management");
    stopped.ingesting = false;
    let mut deleted = store(2, "Management");
    deleted.deleted = Some(time(ARRIVAL));
    let stores = definitions([stopped, deleted, store(3, "Management"), store(4, "Data")]);
    let elsewhere = record(OTHER, r#","awsRegion":"sa-east-1""#);
    assert_eq!(takers(&stores, &imported(&elsewhere, &[1])), [1]);
    assert_eq!(takers(&stores, &imported(&elsewhere, &[1, 2, 3, 4, 9])), [1, 3]);
    assert_eq!(takers(&stores, &imported(&record(OWN, ""), &[])), [0; 0]);
}

#[test]
fn events_that_are_too_large_are_left_out_and_told_of() {
    let mut large = store(2, "Management");
    large.max_event_size = MaxEventSize::Large;
    let stores = definitions([store(1, "Management"), large]);
    let of_bytes = |bytes: usize| {
        let short = record(OWN, r#","annotation":"""#);
        let text = Record::decode(&short).unwrap().event().text().len();
        takings(&stores, &record(OWN, &format!(r#","annotation":"{}""#, "x".repeat(bytes - text))))
    };
    let both = |first| BTreeMap::from([(1, first), (2, Taking::Taken)]);
    assert_eq!(of_bytes(256 << 10), both(Taking::Taken));
    assert_eq!(of_bytes((256 << 10) + 1), both(Taking::TooLarge));
}

#[test]
fn what_is_older_than_the_retention_on_arrival_is_left_out() {
    let mut short = store(1, "Management");
    short.retention_days = 7;
    let stores = definitions([short, store(2, "Management")]);
    let of_time = |time: &str| {
        let record = record(OWN, "");
        let text = Record::decode(&record).unwrap().event().text().replace("2026-03-01T08:00:00Z", time);
        let admission = Admission {
            origin: Origin::Imported,
            account: OWN.parse().unwrap(),
            arrival: self::time(ARRIVAL),
        };
        let mut out = Vec::new();
        Record::start_event(&mut out);
        Door::default().admit(text.as_bytes(), &admission, || 7, &mut out).unwrap();
        takers(&stores, &out)
    };
    assert_eq!(of_time("2026-02-22T12:00:01Z"), [1, 2]);
    assert_eq!(of_time("2026-02-22T12:00:00Z"), [2]);
}

fn channel(number: usize, account: &str, destinations: &[&EventDataStore]) -> Channel {
    Channel {
        arn: ChannelArn { region: HOME.to_owned(), account: account.parse().unwrap(), id: id(number) },
        name: number.to_string(),
        source: String::from("Custom"),
        destinations: destinations.iter().map(|store| store.arn.clone()).collect(),
        tags: BTreeMap::new(),
        created: time(ARRIVAL),
    }
}

/// What came through a channel.
fn activity(account: &str, channel: &Channel) -> Vec<u8> {
    let members = r#","eventCategory":"ActivityAuditLog","eventData":{},"metadata":{"channelARN":"CHANNEL"}"#;
    record(account, &members.replace("CHANNEL", &channel.arn.to_string()))
}

#[test]
fn what_came_through_a_channel_goes_to_its_destinations() {
    let [first, second] = [store(1, "ActivityAuditLog"), store(2, "ActivityAuditLog")];
    let (one, both) = (channel(7, OWN, &[&first]), channel(8, OWN, &[&first, &second]));
    let foreign = channel(9, OTHER, &[&first]);
    let stores = [first.clone(), second.clone()].map(Arc::new);
    let channels = [&one, &both, &foreign].map(|channel| Arc::new(channel.clone()));
    let mut definitions = Definitions::new(stores, channels, []);
    assert_eq!(takers(&definitions, &activity(OWN, &one)), [1]);
    assert_eq!(takers(&definitions, &activity(OWN, &both)), [1, 2]);
    // Whoever posts for one account cannot name another's channel.
    assert_eq!(takers(&definitions, &activity(OTHER, &both)), [0; 0]);
    assert_eq!(takers(&definitions, &activity(OWN, &channel(10, OWN, &[&first]))), [0; 0]);
    let elsewhere = Channel { destinations: vec![second.arn.clone()], ..one.clone() };
    let changed = definitions.apply(vec![Change::PutChannel(Box::new(elsewhere))]);
    assert_eq!(changed, BTreeSet::from([bytes(1), bytes(2)]));
    assert_eq!(takers(&definitions, &activity(OWN, &one)), [2]);
    definitions.apply(vec![Change::DeleteChannel { arn: both.arn.clone() }]);
    assert_eq!(takers(&definitions, &activity(OWN, &both)), [0; 0]);
}

fn organization(members: &[&str]) -> Organization {
    let member = || Member { email: None, joined: time(ARRIVAL) };
    Organization {
        id: "o-exampleorgid".parse().unwrap(),
        management: OWN.parse().unwrap(),
        members: members.iter().map(|account| (account.parse().unwrap(), member())).collect(),
        delegated: BTreeMap::new(),
        created: time(ARRIVAL),
    }
}

#[test]
fn an_organization_s_store_takes_its_accounts_events_while_they_belong_to_it() {
    let mut of_all = store(1, "Management");
    of_all.organization = true;
    let stores = [of_all, store(2, "Management")].map(Arc::new);
    let mut definitions = Definitions::new(stores, [], [Arc::new(organization(&[OWN, OTHER]))]);
    assert_eq!(takers(&definitions, &record(OTHER, "")), [1]);
    assert_eq!(takers(&definitions, &record(OWN, "")), [1, 2]);
    let changed = definitions.apply(vec![Change::PutOrganization(Box::new(organization(&[OWN])))]);
    assert_eq!(changed, BTreeSet::from([bytes(1)]));
    assert_eq!(takers(&definitions, &record(OTHER, "")), [0; 0]);
    definitions.apply(vec![Change::PutOrganization(Box::new(organization(&[OWN, OTHER])))]);
    assert_eq!(takers(&definitions, &record(OTHER, "")), [1]);
    definitions.apply(vec![Change::DeleteOrganization { id: organization(&[]).id }]);
    assert_eq!(takers(&definitions, &record(OTHER, "")), [0; 0]);
    assert_eq!(takers(&definitions, &record(OWN, "")), [1, 2]);
}

#[test]
fn changes_say_which_stores_they_are_about_and_others_stay_the_same() {
    let mut definitions = definitions([store(1, "Management"), store(2, "Management")]);
    let second = Arc::clone(definitions.taker(bytes(2)).unwrap());
    let put = |store: &EventDataStore| Change::PutEventDataStore(Box::new(store.clone()));
    let mut first = store(1, "Management");
    first.selectors = category("Data");
    assert_eq!(definitions.apply(vec![put(&first)]), BTreeSet::from([bytes(1)]));
    assert!(Arc::ptr_eq(definitions.taker(bytes(2)).unwrap(), &second));
    assert_eq!(takers(&definitions, &record(OWN, r#","eventCategory":"Data""#)), [1]);
    assert_eq!(definitions.apply(vec![put(&store(3, "Data"))]), BTreeSet::from([bytes(3)]));
    let delete = Change::DeleteEventDataStore { arn: first.arn };
    assert_eq!(definitions.apply(vec![delete]), BTreeSet::from([bytes(1)]));
    assert_eq!(takers(&definitions, &record(OWN, r#","eventCategory":"Data""#)), [3]);
    assert_eq!(definitions.apply(vec![]), BTreeSet::new());
}
