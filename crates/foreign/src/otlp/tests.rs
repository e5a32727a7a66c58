use crate::tests::{check, outcomes, record, refusal};
use crate::{Format, Outcome, Refusal};
use serde_json::{Value, json};

fn attribute(key: &str, text: &str) -> Value {
    json!({"key": key, "value": {"stringValue": text}})
}

pub(super) fn log_record() -> Value {
    json!({
        "timeUnixNano": "1772352251500000000", "eventName": "invoice.created", "severityNumber": 9, "traceId": "5b8efff798038103d269b633813fc60c",
        "body": {"kvlistValue": {"values": [attribute("customer", "c-1"), attribute("password", "canary")]}},
        "attributes": [
            attribute("user.id", "u-17"), attribute("user.name", "eve"), attribute("client.address", "203.0.113.9"),
            attribute("user_agent.original", "curl/8"), attribute("http.request.method", "POST"), attribute("http.route", "/invoices"),
            {"key": "http.response.status_code", "value": {"intValue": "201"}},
            {"key": "http.request.header.authorization", "value": {"arrayValue": {"values": [{"stringValue": "canary"}]}}},
        ],
    })
}

fn request(records: &[Value]) -> Value {
    json!({"resourceLogs": [{
        "resource": {"attributes": [attribute("service.name", "billing")]},
        "scopeLogs": [{"scope": {"name": "audit", "version": "1"}, "logRecords": records}],
    }]})
}

fn with(attributes: &[Value]) -> Value {
    request(&[json!({"timeUnixNano": 1_772_352_251_500_000_000u64, "attributes": attributes})])
}

#[test]
fn a_log_record_becomes_a_record() {
    let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    let original = check(
        Format::Otlp,
        &request(&[log_record()]),
        &json!({
            "userIdentity": {"type": "WebIdentityUser", "principalId": "u-17", "userName": "eve", "identityProvider": "billing"},
            "eventTime": "2026-03-01T08:04:11Z", "eventSource": "billing", "eventName": "invoice.created",
            "sourceIPAddress": "203.0.113.9", "userAgent": "curl/8",
            "requestParameters": {
                "http.request.method": "POST", "http.route": "/invoices", "http.response.status_code": 201,
                "http.request.header.authorization": hidden, "body": {"customer": "c-1", "password": hidden},
            },
            "requestID": "5b8efff798038103d269b633813fc60c", "readOnly": false,
        }),
    );
    assert_eq!(original["scope"]["name"], "audit");
    assert_eq!(original["resource"]["attributes"][0]["value"]["stringValue"], "billing");
    assert!(!original.to_string().contains("canary"));
}

#[test]
fn names_come_from_the_call_if_the_event_has_none() {
    for (attributes, name, reads) in [
        (vec![attribute("event.name", "user.deleted")], "user.deleted", false),
        (
            vec![attribute("rpc.service", "acme.Billing"), attribute("rpc.method", "GetInvoice")],
            "GetInvoice",
            true,
        ),
        (vec![attribute("http.request.method", "GET"), attribute("url.path", "/a")], "GET /a", true),
        (
            vec![attribute("http.method", "DELETE"), attribute("http.target", "/a?token=x")],
            "DELETE /a",
            false,
        ),
    ] {
        let record = record(Format::Otlp, &with(&attributes));
        assert_eq!((&record["eventName"], &record["readOnly"]), (&json!(name), &json!(reads)));
    }
    let refused = refusal(Format::Otlp, &with(&[attribute("user.id", "u")]));
    assert!(matches!(refused, Refusal::Missing(what) if what.starts_with("the name of an event")));
}

#[test]
fn failures_are_told_by_type_or_status() {
    let failed = |attribute: Value| {
        record(Format::Otlp, &with(&[json!({"key": "event.name", "value": {"stringValue": "a"}}), attribute]))
            ["errorCode"]
            .clone()
    };
    assert_eq!(failed(attribute("error.type", "TimeoutError")), "TimeoutError");
    assert_eq!(failed(json!({"key": "http.response.status_code", "value": {"intValue": 403}})), "403");
    assert_eq!(failed(json!({"key": "rpc.grpc.status_code", "value": {"intValue": "7"}})), "7");
    assert_eq!(failed(json!({"key": "rpc.grpc.status_code", "value": {"intValue": "0"}})), Value::Null);
    assert_eq!(failed(json!({"key": "http.response.status_code", "value": {"intValue": 302}})), Value::Null);
}

#[test]
fn each_log_record_is_told_under_its_own_resource_and_scope() {
    let of = |service: &str| {
        json!({
            "scopeLogs": [{"logRecords": [log_record(), {}]}, {"scope": {"name": "other"}, "logRecords": [log_record()]}],
            "resource": {"attributes": [attribute("service.name", service)]},
        })
    };
    let body = format!(
        "{}\n{}\n",
        json!({"resourceLogs": [of("one"), of("two")]}),
        json!({"resourceLogs": [of("three")]})
    );
    let told: Vec<(u64, String)> = outcomes(Format::Otlp, body.as_bytes())
        .into_iter()
        .map(|(number, outcome)| match outcome {
            Outcome::Record(text) => {
                let record: Value = serde_json::from_slice(&text).unwrap_or_default();
                let scope = &record["additionalEventData"]["original"]["scope"]["name"];
                (number, format!("{} {scope}", record["eventSource"]))
            }
            _ => (number, "-".to_owned()),
        })
        .collect();
    let expected = [
        "\"one\" null",
        "-",
        "\"one\" \"other\"",
        "\"two\" null",
        "-",
        "\"two\" \"other\"",
        "\"three\" null",
        "-",
        "\"three\" \"other\"",
    ];
    let expected: Vec<(u64, String)> = (1..).zip(expected.map(str::to_owned)).collect();
    assert_eq!(told, expected);
}

#[test]
fn requests_without_logs_are_nothing_and_others_are_refused() {
    for empty in [
        "{}",
        "{\"resourceLogs\":[]}",
        "{\"resourceLogs\":[{}]}",
        "{\"resourceLogs\":[{\"resource\":{},\"scopeLogs\":[{\"scope\":{}}]}]}",
    ] {
        assert_eq!(outcomes(Format::Otlp, empty.as_bytes()), []);
    }
    let refused = Refusal::Not("an export request of OpenTelemetry's logs service");
    assert_eq!(refusal(Format::Otlp, &json!({"resourceSpans": []})), refused);
}

#[test]
fn an_id_of_its_own_tells_log_records_apart() {
    let id = |uid: &str, name: &str| {
        record(Format::Otlp, &with(&[attribute("log.record.uid", uid), attribute("event.name", name)]))["eventID"].clone()
    };
    assert_eq!(id("1", "a"), id("1", "b"));
    assert_ne!(id("1", "a"), id("2", "a"));
}
