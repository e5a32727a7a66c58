#![allow(clippy::unwrap_used, reason = "tests")]

use super::{ApiCaller, CallerRule, Verification};
use crate::jwt::tests::Issuer;
use crate::jwt::{Jwks, TokenFault};
use http::HeaderMap;
use http::header::HeaderName;
use serde_json::json;

const NOW: i64 = 1_800_000_000;

fn rule(written: serde_json::Value) -> CallerRule {
    serde_json::from_value(written).unwrap()
}

fn caller(rule: &CallerRule, headers: &[(&'static str, &str)], jwks: Option<&Jwks>) -> Option<ApiCaller> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), value.parse().unwrap());
    }
    rule.caller(&map, jwks, NOW)
}

#[test]
fn a_header_tells_who_calls() {
    let by_header = rule(json!({"header": "X-User", "name": "X-User-Name"}));
    let found = caller(&by_header, &[("x-user", " u7 "), ("x-user-name", "Alice")], None).unwrap();
    assert_eq!((found.subject.as_str(), found.name.as_deref()), ("u7", Some("Alice")));
    assert_eq!(found.verification, Verification::Told);
    assert_eq!(caller(&by_header, &[("x-user", "")], None), None);
    assert_eq!(caller(&by_header, &[("x-user", "a"), ("x-user", "b")], None), None);
}

#[test]
fn a_token_tells_who_calls_and_keys_prove_it() {
    let issuer = Issuer::elliptic();
    let token = issuer.token(&json!({"sub": "u7", "email": "a@e.com", "iss": "https://id", "exp": NOW}));
    let by_claim = rule(json!({"claim": "sub", "name": "email", "issuer": "https://id"}));
    let authorization = format!("bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let proven = caller(&by_claim, &headers, Some(&issuer.jwks())).unwrap();
    assert_eq!((proven.subject.as_str(), proven.name.as_deref()), ("u7", Some("a@e.com")));
    assert!(proven.is_verified());
    assert_eq!(proven.issuer.as_deref(), Some("https://id"));
    assert_eq!(caller(&by_claim, &headers, None).unwrap().verification, Verification::Told);
    let forged = caller(&by_claim, &headers, Some(&Issuer::elliptic().jwks())).unwrap();
    assert_eq!(forged.verification, Verification::Failed(TokenFault::Signature));
    assert!(!forged.is_verified());
}

#[test]
fn a_token_may_stand_in_another_header() {
    let token = Issuer::elliptic().token(&json!({"sub": "u7"}));
    let by_claim = rule(json!({"claim": "sub", "token": "X-Id-Token"}));
    for value in [token.clone(), format!("Bearer {token}")] {
        assert!(caller(&by_claim, &[("x-id-token", &value)], None).is_some());
    }
    assert!(caller(&CallerRule::bearer_subject(), &[("authorization", &token)], None).is_none());
    assert!(caller(&CallerRule::bearer_subject(), &[("authorization", "Basic YTpi")], None).is_none());
}

#[test]
fn rules_that_contradict_themselves_are_refused() {
    for wrong in [
        json!({}),
        json!({"header": "a", "claim": "b"}),
        json!({"header": "a", "issuer": "b"}),
        json!({"claim": "a", "nmae": "b"}),
        json!("sub"),
    ] {
        assert!(serde_json::from_value::<CallerRule>(wrong.clone()).is_err(), "{wrong}");
    }
}
