use super::{defaults, outcomes, protobuf_outcomes};
use crate::{Format, Outcome};
use cairn_model::event::{Admission, Door};
use cairn_model::{Origin, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Names that mappers look for, so that random objects are not passed over.
const NAMES: &[&str] = &[
    "action",
    "actor",
    "@timestamp",
    "items",
    "records",
    "value",
    "entries",
    "apiVersion",
    "stage",
    "verb",
    "user",
    "username",
    "stageTimestamp",
    "objectRef",
    "resource",
    "subresource",
    "responseStatus",
    "code",
    "kind",
    "requestObject",
    "protoPayload",
    "@type",
    "serviceName",
    "methodName",
    "timestamp",
    "message",
    "data",
    "status",
    "authenticationInfo",
    "principalEmail",
    "authorizationInfo",
    "permissionType",
    "operationName",
    "time",
    "properties",
    "statusMessage",
    "responseBody",
    "identity",
    "claims",
    "resourceId",
    "class_uid",
    "api",
    "operation",
    "service",
    "name",
    "metadata",
    "product",
    "uid",
    "unmapped",
    "resources",
    "session",
    "resourceLogs",
    "scopeLogs",
    "logRecords",
    "attributes",
    "key",
    "timeUnixNano",
    "eventName",
    "body",
    "kvlistValue",
    "values",
    "password",
    // What serde_json keeps for itself.
    "$serde_json::private::Number",
    "$serde_json::private::RawValue",
];

const TEXTS: &[&str] = &[
    "",
    "2026-03-01T08:04:11Z",
    "ResponseComplete",
    "Panic",
    "secrets",
    "exec",
    "Secret",
    "audit.k8s.io/v1",
    "type.googleapis.com/google.cloud.audit.AuditLog",
    "CloudTrail",
    "{\"password\":\"x\"}",
    "a?token=b",
    "eyJhIjoxfQ==",
    "Microsoft.Compute/virtualMachines/write",
    "/subscriptions/a/providers/b/c/d",
    "é",
    "1772352251000",
    "arn:aws:iam::1:role/x",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => prop::sample::select(TEXTS).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => Just(json!(6003)),
        1 => ".{0,9}".prop_map(Value::from),
    ];
    let name = prop_oneof![9 => prop::sample::select(NAMES).prop_map(str::to_owned), 1 => ".{0,5}"];
    leaf.prop_recursive(6, 80, 8, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => prop::collection::vec((name.clone(), inner), 0..9)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// An event that is complete, with parts of it replaced by anything.
fn nearly_an_event(format: Format) -> impl Strategy<Value = Value> {
    let whole = match format {
        Format::Kubernetes => {
            json!({"stage": "ResponseComplete", "verb": "get", "stageTimestamp": "2026-03-01T08:04:11Z"})
        }
        Format::Otlp => json!({"eventName": "a", "timeUnixNano": "1772352251000000000"}),
        Format::Gcp => json!({"timestamp": "2026-03-01T08:04:11Z", "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": "s", "methodName": "m"}}),
        Format::Azure => json!({"operationName": "a/b/write", "time": "2026-03-01T08:04:11Z"}),
        Format::GitHub => action(),
        Format::Ocsf => {
            json!({"class_uid": 6003, "time": 1, "api": {"operation": "o", "service": {"name": "s"}}})
        }
    };
    prop::collection::vec((prop::sample::select(NAMES), any_json()), 0..6).prop_map(move |members| {
        let mut event = whole.clone();
        for (name, value) in members {
            if event.get(name).is_none() {
                event[name] = value;
            }
        }
        match format {
            Format::Otlp => json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [event]}]}]}),
            _ => event,
        }
    })
}

fn action() -> Value {
    json!({"action": "repo.create", "@timestamp": 1_772_352_251_000u64})
}

/// Every record passes the door; a record is never secret or too large for it.
fn check_outcomes(outcomes: &[(u64, Outcome)]) {
    let account = defaults().account;
    let admission =
        Admission { origin: Origin::Posted, account, arrival: Timestamp::from_seconds(1_772_352_251) };
    let mut door = Door::default();
    for (index, (number, outcome)) in outcomes.iter().enumerate() {
        assert_eq!(*number, index as u64 + 1);
        if let Outcome::Record(text) = outcome {
            let admitted = door.admit(text, &admission, || panic!("an eventID is missing"), &mut Vec::new());
            assert!(admitted.is_ok(), "{admitted:?} {}", String::from_utf8_lossy(text));
            assert!(text.len() <= 512 * 1024);
        }
    }
}

proptest! {
    #[test]
    fn whatever_comes_each_record_passes_the_door(value in any_json()) {
        for format in Format::ALL {
            check_outcomes(&outcomes(format, value.to_string().as_bytes()));
        }
    }

    #[test]
    fn nearly_every_event_has_a_record_that_passes_the_door(
        (format, event) in prop::sample::select(Format::ALL.as_slice())
            .prop_flat_map(|format| nearly_an_event(format).prop_map(move |event| (format, event))),
    ) {
        check_outcomes(&outcomes(format, event.to_string().as_bytes()));
    }

    #[test]
    fn damaged_bodies_never_panic(value in any_json(), at in any::<prop::sample::Index>(), byte in 0x20u8..0x7f) {
        let mut text = format!("[{value}\n]\n{value}").into_bytes();
        let at = at.index(text.len());
        if text[at].is_ascii() {
            text[at] = byte;
        }
        for format in Format::ALL {
            check_outcomes(&outcomes(format, &text));
        }
    }

    #[test]
    fn random_brackets_end(text in "[\\[\\]{},:\"\\\\ \na0]{0,80}") {
        for format in Format::ALL {
            check_outcomes(&outcomes(format, text.as_bytes()));
        }
    }

    #[test]
    fn random_bytes_are_no_protobuf_that_panics(bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0u8..20], 0..120)) {
        check_outcomes(&protobuf_outcomes(&bytes));
    }
}
