use crate::tests::{check, outcomes, record, refusal};
use crate::{Format, Outcome, Refusal};
use serde_json::{Value, json};

fn event() -> Value {
    json!({
        "@timestamp": 1_772_352_251_500u64, "_document_id": "doc-1", "action": "org.add_member", "actor": "eve", "actor_id": 17,
        "actor_ip": "203.0.113.9", "user_agent": "curl/8", "org": "acme", "org_id": 3, "user": "mallory", "created_at": 1_772_352_251_500u64,
        "operation_type": "create", "permission": "admin", "token_id": 99, "hashed_token": "canary", "request_id": "R1", "team": null,
    })
}

fn with(members: &[(&str, Value)]) -> Value {
    let mut event = event();
    for (name, value) in members {
        event[*name] = value.clone();
    }
    event
}

#[test]
fn an_action_becomes_a_record() {
    let original = check(
        Format::GitHub,
        &event(),
        &json!({
            "userIdentity": {
                "type": "WebIdentityUser", "principalId": "17", "userName": "eve", "identityProvider": "github.com", "credentialId": "99",
            },
            "eventTime": "2026-03-01T08:04:11Z", "eventSource": "github.com", "eventName": "org.add_member",
            "sourceIPAddress": "203.0.113.9", "userAgent": "curl/8",
            "requestParameters": {
                "org": "acme", "org_id": 3, "user": "mallory", "operation_type": "create", "permission": "admin",
                "token_id": 99, "hashed_token": "HIDDEN_DUE_TO_SECURITY_REASONS",
            },
            "requestID": "R1", "readOnly": false,
            "resources": [{"type": "GitHub::User", "ARN": "mallory"}, {"type": "GitHub::Organization", "ARN": "acme"}],
        }),
    );
    assert_eq!(original["@timestamp"], 1_772_352_251_500u64);
}

#[test]
fn exports_have_one_event_a_line_or_one_array() {
    let lines = format!("{}\n{}\n", event(), with(&[("_document_id", json!("doc-2"))]));
    let array = Value::from(vec![event(), with(&[("_document_id", json!("doc-2"))])]).to_string();
    let records = outcomes(Format::GitHub, lines.as_bytes());
    assert!(records.iter().all(|(_, outcome)| matches!(outcome, Outcome::Record(_))));
    assert_eq!(records, outcomes(Format::GitHub, array.as_bytes()));
}

#[test]
fn git_is_data_and_reads_are_told() {
    for (action, category, reads) in [
        ("git.clone", "Data", true),
        ("git.push", "Data", false),
        ("repo.download_zip", "Management", true),
        ("repo.destroy", "Management", false),
    ] {
        let record =
            record(Format::GitHub, &with(&[("action", json!(action)), ("operation_type", Value::Null)]));
        assert_eq!(
            (&record["eventCategory"], &record["readOnly"]),
            (&json!(category), &json!(reads)),
            "{action}"
        );
    }
    let request = with(&[
        ("action", json!("api.request")),
        ("request_method", json!("GET")),
        ("status_code", json!(404)),
    ]);
    let request = record(Format::GitHub, &request);
    assert_eq!((&request["readOnly"], &request["errorCode"]), (&json!(true), &json!("404")));
}

#[test]
fn times_may_be_texts() {
    let event = with(&[("@timestamp", json!("2026-03-01T08:04:11.500Z")), ("created_at", Value::Null)]);
    assert_eq!(record(Format::GitHub, &event)["eventTime"], "2026-03-01T08:04:11Z");
}

#[test]
fn an_event_without_action_or_time_is_refused() {
    assert_eq!(refusal(Format::GitHub, &json!({"actor": "eve"})), Refusal::Missing("action"));
    assert_eq!(refusal(Format::GitHub, &json!({"action": "a"})), Refusal::Missing("@timestamp"));
}
