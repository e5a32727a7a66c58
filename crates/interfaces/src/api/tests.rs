#![allow(clippy::unwrap_used, reason = "tests")]

mod faults;

use super::Api;
use crate::parameters::{Body, HIDDEN};
use http::{HeaderMap, Method};
use proptest::prelude::*;
use serde_json::{Value, json};

const BILLING: &str = include_str!("tests/billing.yaml");

fn billing() -> Api {
    Api::parse(BILLING, "billing.yaml").unwrap()
}

/// A request and all that would be recorded of it, as one JSON value.
fn recorded(api: &Api, method: &str, target: &str, body: &Value) -> Value {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let matched = api.recognize(&method.parse().unwrap(), path);
    let parameters = api.parameters(&matched, query, Body::whole(Some("application/json"), &body));
    let resources = api.resources(&matched, &parameters).into_iter();
    let resources: Vec<String> =
        resources.map(|resource| format!("{} {}", resource.resource_type, resource.arn)).collect();
    json!({
        "eventSource": &*matched.event_source,
        "eventName": &*matched.event_name,
        "readOnly": matched.read_only,
        "eventCategory": matched.category.name(),
        "requestParameters": parameters,
        "resources": resources,
        "isKnown": matched.is_known(),
    })
}

#[test]
fn a_whole_api_is_recorded_as_its_document_says() {
    let api = billing();
    let order = json!({"item": "book", "card": {"number": "4111"}, "buyer": {"name": "Al", "pin": 7}});
    let requests = [
        ("GET", "/v1/orders?limit=5&tag=a&tag=b&api_key=k", Value::Null),
        ("POST", "/v1/orders", order),
        ("HEAD", "/v1/orders/17", Value::Null),
        ("DELETE", "/v2/orders/17", Value::Null),
        ("POST", "/v1/orders/17:cancel", json!({"reason": "late"})),
        ("POST", "/v1/search", json!({"words": "x"})),
        ("PUT", "/v1/users/al/password", json!({"old": "a", "new": "b"})),
        ("GET", "/v1/reset/secret-token", Value::Null),
        ("POST", "/v1/reset/secret-token", Value::Null),
        ("GET", "/files/a/b%20c.txt", Value::Null),
        ("PATCH", "/v1/orders/17", json!({"password": "p"})),
        ("GET", "/orders/17?x=1", Value::Null),
    ];
    let events: Vec<Value> =
        requests.iter().map(|(method, target, body)| recorded(&api, method, target, body)).collect();
    insta::assert_json_snapshot!(events);
}

#[test]
fn json_and_yaml_documents_make_the_same_api() {
    let text = serde_json::to_string(&crate::document::load(BILLING).unwrap()).unwrap();
    let api = Api::parse(&text, "billing.json").unwrap();
    for (method, target) in [("GET", "/v1/orders"), ("POST", "/v1/orders/1:cancel"), ("PUT", "/nowhere")] {
        assert_eq!(
            recorded(&api, method, target, &json!({})),
            recorded(&billing(), method, target, &json!({}))
        );
    }
}

const ANSWERS: &str = "
openapi: 3.1.0
info: {title: T}
x-cairn-record-response: true
paths:
  /keys:
    post:
      operationId: MakeKey
      requestBody: {content: {application/json: {schema: {properties: {seed: {writeOnly: true}}}}}}
      responses:
        '201': {content: {application/json: {schema: {$ref: '#/components/schemas/Key'}}}}
        default: {$ref: '#/components/responses/Other'}
    get: {operationId: ListKeys, x-cairn-record-response: false}
    delete: {operationId: Whole, x-cairn-hide: true}
components:
  schemas: {Key: {properties: {key: {x-cairn-hide: true}, id: {type: string}}}}
  responses: {Other: {content: {application/json: {schema: {properties: {pin: {format: password}}}}}}}
";

#[test]
fn answers_are_recorded_without_their_secrets_where_the_document_asks_for_it() {
    let api = Api::parse(ANSWERS, "x").unwrap();
    let check = |method: &str, answer: Value, expected: Option<Value>| {
        let matched = api.recognize(&method.parse().unwrap(), "/keys");
        assert_eq!(matched.records_response, expected.is_some(), "{method}");
        let answer = answer.to_string();
        let body = Body::whole(Some("application/json"), answer.as_bytes());
        assert_eq!(api.response(&matched, body), expected, "{method}");
    };
    let answer = json!({"id": "k-1", "Key": "s", "pin": 7});
    check("POST", answer.clone(), Some(json!({"id": "k-1", "Key": HIDDEN, "pin": HIDDEN})));
    check("POST", json!(["k-1"]), Some(json!({"body": ["k-1"]})));
    check("DELETE", answer.clone(), Some(json!({"body": HIDDEN})));
    check("GET", answer.clone(), None);
    check("PUT", answer, None);
    let empty = api.response(&api.recognize(&Method::POST, "/keys"), Body::default());
    assert_eq!(empty, None);
}

#[test]
fn what_was_sent_is_told_with_its_secrets_for_those_who_look_for_them() {
    let api = Api::parse(ANSWERS, "x").unwrap();
    let matched = api.recognize(&Method::POST, "/keys");
    let body = || Body::whole(Some("application/json"), b"{\"seed\": \"s\"}");
    assert_eq!(api.sent(&matched, None, body()), json!({"body": {"seed": "s"}}));
    assert_eq!(api.parameters(&matched, None, body()), json!({"body": {"seed": HIDDEN}}));
}

fn source_of(head: &str) -> String {
    Api::parse(&format!("openapi: 3.1.0\n{head}"), "x").unwrap().event_source().to_owned()
}

#[test]
fn the_event_source_is_said_or_made_of_host_or_title() {
    let check = |head: &str, expected: &str| assert_eq!(source_of(head), expected, "{head}");
    check("x-cairn-source: b.example.com\ninfo: {title: T}", "b.example.com");
    check("info: {title: T}\nservers: [{url: 'https://Billing.Example.com:8443/v1'}]", "billing.example.com");
    let variable = "servers: [{url: 'https://{r}.e.com', variables: {r: {default: eu, enum: [eu, us]}}}]";
    check(&format!("info: {{title: T}}\n{variable}"), "eu.e.com");
    check(
        "info: {title: Billing & Invoices API}\nservers: [{url: 'http://127.0.0.1:80'}]",
        "billing-invoices.internal",
    );
    check("info: {title: API}\nservers: [{url: http://localhost}]", "api.internal");
    let named = billing().with_event_source("other");
    assert_eq!(&*named.recognize(&Method::POST, "/v1/search").event_source, "other");
}

#[test]
fn operations_without_an_id_are_named_by_method_and_path() {
    let document = "openapi: 3.0.3\ninfo: {title: T}\npaths: {'/pet-shops/{id}/toys': {get: {}, put: {}}}";
    let api = Api::parse(document, "x").unwrap();
    let name = |method| api.recognize(&method, "/pet-shops/7/toys").event_name.to_string();
    assert_eq!(name(Method::GET), "GetPetShopsIdToys");
    assert_eq!(name(Method::PUT), "PutPetShopsIdToys");
    assert_eq!(name(Method::POST), "POST /pet-shops/7/toys");
}

#[test]
fn an_api_without_a_document_is_recorded_by_method_and_path() {
    let api = Api::undocumented("wiki.internal");
    let event = recorded(&api, "POST", "/a/b?c=d", &json!({"secret": "s"}));
    assert_eq!(event["eventName"], "POST /a/b");
    assert_eq!(event["requestParameters"], json!({"method": "POST", "url": "/a/b", "query": {"c": "d"}}));
    let long = api.recognize(&Method::GET, &format!("/\n{}", "é".repeat(1000)));
    assert!(long.event_name.len() <= 256 && !long.event_name.contains('\n'), "{}", long.event_name);
}

#[test]
fn the_first_rule_that_finds_somebody_tells_who_calls() {
    let mut headers = HeaderMap::new();
    let api = billing();
    assert_eq!(api.caller(&headers, None, 0), None);
    headers.insert("x-forwarded-user", "al".parse().unwrap());
    assert_eq!(api.caller(&headers, None, 0).unwrap().subject, "al");
    assert_eq!(api.with_callers(Vec::new()).caller(&headers, None, 0), None);
}

proptest! {
    #[test]
    fn whatever_is_sent_is_recognized(path in "(/v1|/orders|/users|/[a-z0-9:%é.]{0,6}|\\PC){0,6}", query in "\\PC{0,40}", body in "\\PC{0,40}") {
        let api = billing();
        for method in [Method::GET, Method::POST, Method::PUT] {
            let matched = api.recognize(&method, &path);
            prop_assert!(!matched.event_name.is_empty());
            let body = Body::whole(Some("application/json"), body.as_bytes());
            let parameters = api.parameters(&matched, Some(&query), body);
            let _ = api.resources(&matched, &parameters);
        }
    }

    #[test]
    fn no_document_makes_the_reader_panic(at in 0..BILLING.len(), cut in 0..200_usize, put in "[ {}\\[\\]:$&*#/a\n-]{0,8}") {
        let at = BILLING.floor_char_boundary(at);
        let end = BILLING.floor_char_boundary((at + cut).min(BILLING.len()));
        let _ = Api::parse(&format!("{}{put}{}", &BILLING[..at], &BILLING[end..]), "x");
    }
}
