#![allow(clippy::unwrap_used, reason = "tests")]

use super::{after, is_permitted, members};
use crate::access::Actors;
use crate::auth::Caller;
use crate::events::Exchange;
use cairn_model::{AccessKey, Change, Grants, KeyStatus, Position, Timestamp, User};
use cairn_store::catalog::CatalogState;
use http::request::Parts;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

fn parts(query: &str, last: Option<&str>) -> Parts {
    let mut request = http::Request::get(format!("/_cairn/tail?{query}"));
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last);
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn a_query_is_read_as_a_look_up_would_be() {
    let parts = parts("user=a%2Bb+c&readOnly=true&X-Amz-Date=x&&error=any", None);
    let expected = json!({"user": "a+b c", "readOnly": true, "error": "any"});
    assert_eq!(Value::Object(members(&parts).unwrap()), expected);
}

#[test]
fn a_parameter_that_stands_twice_or_is_no_text_is_refused() {
    assert!(members(&parts("user=a&user=b", None)).is_err());
    assert!(members(&parts("user=%ff", None)).is_err());
}

#[test]
fn the_header_of_a_client_that_comes_back_stands_above_the_parameter() {
    let read = |parameter: Option<&str>, header| {
        after(&parts("", header), parameter.map(Value::from)).map_err(|error| error.message)
    };
    assert_eq!(read(None, None), Ok(None));
    assert_eq!(read(Some("16"), None), Ok(Some(Position::new(16))));
    assert_eq!(read(Some("16"), Some("24")), Ok(Some(Position::new(24))));
    assert!(read(Some("x"), None).is_err());
    assert!(read(None, Some("-1")).is_err());
}

fn key(status: KeyStatus) -> AccessKey {
    AccessKey {
        access_key_id: "AKIAEXAMPLEEXAMPLE00".to_owned(),
        account: "111122223333".parse().unwrap(),
        user: Some("ann".to_owned()),
        sealed_secret: Vec::new(),
        token_sha256: None,
        ingest_only: false,
        any_account: false,
        operator: false,
        status,
        created: Timestamp::MIN,
    }
}

fn ann(document: Option<&str>) -> Change {
    let mut grants = Grants::default();
    grants.inline.extend(document.map(|text| ("own".to_owned(), text.to_owned())));
    let (groups, tags) = (BTreeSet::new(), BTreeMap::new());
    let account = key(KeyStatus::Active).account;
    let name = "ann".to_owned();
    Change::PutUser(Box::new(User { account, name, groups, grants, tags, created: Timestamp::MIN }))
}

#[test]
fn a_tail_ends_with_its_key_and_with_the_permission() {
    let (actors, mut state) = (Actors::default(), CatalogState::default());
    let key_of_caller = Arc::new(key(KeyStatus::Active));
    let caller = Caller { key: key_of_caller, region: "us-east-1".to_owned(), session: None };
    let parts = parts("", None);
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (request_id, now) = ("one".to_owned(), Timestamp::from_seconds(1_700_000_000));
    let exchange = Exchange { parts: &parts, peer: address, source: address, request_id, now };
    let mut after = |change: Change| {
        state.apply(&change);
        is_permitted(&actors, &state, &exchange, &caller)
    };
    assert!(after(Change::PutKey(key(KeyStatus::Active))));
    let tail = r#"{"Statement":{"Effect":"Allow","Action":"cairn:Tail","Resource":"*"}}"#;
    assert!(after(ann(Some(tail))));
    assert!(!after(ann(None)));
    assert!(!after(ann(Some(&tail.replace("Tail", "Lookup")))));
    assert!(after(ann(Some(tail))));
    assert!(!after(Change::PutKey(key(KeyStatus::Disabled))));
}
