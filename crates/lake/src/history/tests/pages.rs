//! Files of many pages.

use crate::testing::{Rig, STEP, event, everything};
use crate::{Filter, Found, Lookup};
use serde_json::Value;
use std::collections::BTreeMap;

const EVENTS: u32 = 40_000;

fn text(number: u32) -> String {
    let hash = number.wrapping_mul(2_654_435_761);
    let resource = |name: u32| format!(r#"{{"type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b{name}"}}"#);
    let resources: Vec<String> =
        (0..hash % 4).map(|index| resource((hash / 7 + index * 31) % 5_000)).collect();
    // Of many lengths, or none.
    let request = "f".repeat((hash / 3 % 40) as usize);
    let request =
        if hash.is_multiple_of(5) { String::new() } else { format!(r#","requestID":"{hash}{request}""#) };
    let error = if number % 977 == 3 { r#","errorCode":"Rare""# } else { "" };
    let agent = "a".repeat((hash % 90) as usize);
    // Access keys are too long for a dictionary to hold all of them.
    let members = format!(
        r#","resources":[{}],"userIdentity":{{"type":"IAMUser","accessKeyId":"K{:090}","userName":"u{}"}}{error}{request},"userAgent":"{agent}","readOnly":{}"#,
        resources.join(","),
        hash % 30_000,
        hash % 37,
        hash.is_multiple_of(3),
    );
    event(number / 9, &format!("Name{}", hash % 300), &members)
}

/// The positions of the events that have each value.
type Places = BTreeMap<String, Vec<u64>>;

fn places(found: &[Found], values: impl Fn(&Found) -> Vec<String>) -> Places {
    let mut places = Places::new();
    for one in found {
        let mut values = values(one);
        values.sort();
        values.dedup();
        values.into_iter().for_each(|value| places.entry(value).or_default().push(one.position.get()));
    }
    places
}

#[tokio::test]
async fn every_value_finds_its_events_in_files_of_many_pages() {
    let rig = Rig::new().await;
    for number in 0..EVENTS {
        rig.add(&text(number));
    }
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    let all = rig.all(Lookup { limit: 5_000, ..everything() }).await;
    assert_eq!(all.len() as u32, EVENTS);
    for found in all.iter().step_by(61) {
        let number = (found.position.get() / STEP) as u32;
        let record: Value = serde_json::from_str(&found.text).unwrap();
        let mut expected: Value = serde_json::from_str(&text(number)).unwrap();
        expected["eventID"] = found.event_id.clone().into();
        expected["recipientAccountId"] = "111122223333".into();
        assert_eq!(record, expected);
    }
    type Attribute = (fn(String) -> Filter, fn(&Found) -> Vec<String>);
    let attributes: [Attribute; 5] = [
        (Filter::EventName, |found| found.event_name.iter().cloned().collect()),
        (Filter::EventId, |found| found.event_id.iter().cloned().collect()),
        (Filter::Username, |found| found.username.iter().cloned().collect()),
        (Filter::AccessKeyId, |found| found.access_key_id.iter().cloned().collect()),
        (Filter::ResourceName, |found| found.resources.iter().map(|one| one.name.clone()).collect()),
    ];
    for (filter, values) in attributes {
        let places = places(&all, values);
        let step = places.len().div_ceil(10);
        for (value, expected) in places.iter().step_by(step) {
            let found = rig.all(Lookup { filters: vec![filter(value.clone())], ..everything() }).await;
            let positions: Vec<u64> = found.iter().map(|found| found.position.get()).collect();
            assert_eq!(&positions, expected, "{value}");
        }
        let absent = rig.all(Lookup { filters: vec![filter("absent".into())], ..everything() }).await;
        assert!(absent.is_empty());
    }
    let failed = rig.all(Lookup { filters: vec![Filter::AnyError], ..everything() }).await;
    assert_eq!(failed.len() as u32, (0..EVENTS).filter(|number| number % 977 == 3).count() as u32);
    let reads = rig.all(Lookup { filters: vec![Filter::ReadOnly(true)], limit: 5_000, ..everything() }).await;
    assert_eq!(reads.len(), all.iter().filter(|found| found.read_only == Some(true)).count());
}
