//! What the door lets in, every reader of JSON reads, and reads alike.
#![no_main]

use cairn_fuzz::admission;
use cairn_model::event::{Door, Event};
use cairn_model::json;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use std::collections::HashMap;

fuzz_target!(|data: &[u8]| {
    let mut encoded = Vec::new();
    let admitted = Door::default().admit(data, &admission(), || 7, &mut encoded);
    if admitted.is_err() {
        assert!(encoded.is_empty(), "what is refused leaves nothing");
        return;
    }
    let event = Event::decode(&encoded).expect("the door wrote it");
    assert_others_read_alike(event.text());
    for (field, raw) in event.fields() {
        assert!(serde_json::from_str::<&RawValue>(raw).is_ok(), "{field:?} is {raw}");
        assert_eq!(event.string(field).is_some(), raw.starts_with('"'), "{field:?} is {raw}");
    }
    assert_let_in_again(&event);
});

fn assert_others_read_alike(text: &str) {
    let others: HashMap<String, &RawValue> = serde_json::from_str(text).expect("JSON to others too");
    let own: HashMap<String, &str> = json::members(text)
        .map(|(key, value)| (json::string(key).expect("keys are strings").into_owned(), value))
        .collect();
    assert_eq!(own.len(), others.len(), "no key stands twice");
    for (key, value) in others {
        assert_eq!(own.get(&key), Some(&value.get()), "{key}");
    }
}

/// An event that comes back, by an import for instance, is the same event.
fn assert_let_in_again(event: &Event<'_>) {
    let mut again = Vec::new();
    let admitted = Door::default().admit(
        event.text().as_bytes(),
        &admission(),
        || panic!("an event has an id"),
        &mut again,
    );
    let admitted = admitted.expect("it was let in before");
    assert_eq!((admitted.account, admitted.event_time), (event.account(), event.event_time()));
    let again = Event::decode(&again).expect("the door wrote it");
    assert_eq!(again.text(), event.text());
    assert!(again.fields().eq(event.fields()) && again.unknown().eq(event.unknown()));
}
