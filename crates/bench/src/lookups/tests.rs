use super::{ATTRIBUTES, Samples};
use serde_json::json;
use std::collections::HashMap;

fn event(name: &str, bucket: &str) -> serde_json::Value {
    json!({
        "EventId": "1", "EventName": name, "EventSource": "s3.amazonaws.com", "ReadOnly": "true", "Username": "eve",
        "AccessKeyId": "AKIA", "Resources": [{ "ResourceName": bucket, "ResourceType": "AWS::S3::Bucket" }],
    })
}

#[test]
fn the_rarest_and_the_most_common_value_of_every_attribute_are_found() {
    let mut samples = Samples(HashMap::new());
    for (name, bucket) in [("PutObject", "a"), ("PutObject", "b"), ("GetObject", "b")] {
        samples.count(&event(name, bucket));
    }
    assert_eq!(samples.values("EventName"), Some(("GetObject", "PutObject")));
    assert_eq!(samples.values("ResourceName"), Some(("a", "b")));
    assert!(ATTRIBUTES.iter().all(|attribute| samples.values(attribute).is_some()));
}
