#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{AccessKey, KeyStatus, Timestamp};
use cairn_wire::Operation;
use std::sync::Arc;

#[test]
fn paths_name_calls() {
    for (method, path, expected) in [
        (Method::GET, "/users", Some(("ListUsers", ""))),
        (Method::POST, "/users", Some(("CreateUser", ""))),
        (Method::GET, "/users/ann", Some(("GetUser", "ann"))),
        (Method::DELETE, "/groups/a%2Bb", Some(("DeleteGroup", "a+b"))),
        (Method::POST, "/users/ann/add-to-group", Some(("AddUserToGroup", "ann"))),
        (Method::POST, "/roles/ci/replace", Some(("UpdateAssumeRolePolicy", "ci"))),
        (Method::POST, "/policies/p/replace", Some(("UpdatePolicy", "p"))),
        (Method::POST, "/policies/simulate", Some(("SimulatePolicy", "simulate"))),
        (Method::POST, "/accounts/111122223333/roles/ci/attach", Some(("AttachRolePolicy", "ci"))),
        (Method::POST, "/groups/g/add-to-group", None),
        (Method::POST, "/policies/p/attach", None),
        (Method::PUT, "/users/ann", None),
        (Method::GET, "/things", None),
        (Method::GET, "/accounts/111122223333", None),
        (Method::POST, "/accounts/111122223333/rename", None),
    ] {
        let found = named(&method, path);
        let found = found.as_ref().map(|call| (call.name(), call.target()));
        assert_eq!(found, expected, "{method} {path}");
    }
}

fn caller() -> Caller {
    let key = AccessKey {
        access_key_id: "AKIAEXAMPLEEXAMPLE00".to_owned(),
        account: "111122223333".parse().unwrap(),
        user: Some("ann".to_owned()),
        sealed_secret: Vec::new(),
        token_sha256: None,
        ingest_only: false,
        any_account: false,
        operator: false,
        status: KeyStatus::Active,
        created: Timestamp::MIN,
    };
    Caller { key: Arc::new(key), region: "us-east-1".to_owned(), session: None }
}

#[test]
fn a_call_is_about_all_that_it_names() {
    for (path, body, expected) in [
        ("/users/ann/attach", r#"{"policy":"p"}"#, vec!["user/ann"]),
        ("/users/ann/add-to-group", r#"{"group":"admins"}"#, vec!["user/ann", "group/admins"]),
        ("/users/ann/remove-from-group", r#"{"group":"admins"}"#, vec!["user/ann", "group/admins"]),
        ("/users", r#"{"name":"bob"}"#, vec!["user/bob"]),
        ("/roles", r#"{"name":"ci"}"#, vec!["role/ci"]),
        ("/roles", "no JSON", vec!["role/*"]),
    ] {
        let call = named(&Method::POST, path).unwrap();
        let expected: Vec<String> =
            expected.into_iter().map(|name| format!("arn:aws:iam::111122223333:{name}")).collect();
        assert_eq!(call.resources(&caller(), &Bytes::from(body)), expected, "{path}");
    }
}

#[test]
fn every_call_can_be_named_in_a_policy() {
    let rows = ROWS.iter().chain(&OF_POLICIES).map(|row| format!("cairn:{}", row.name));
    let others = [
        (Method::POST, "/lookup"),
        (Method::GET, "/tail"),
        (Method::POST, "/backup"),
        (Method::GET, "/accounts"),
        (Method::POST, "/accounts"),
        (Method::GET, "/accounts/111122223333"),
        (Method::POST, "/accounts/111122223333/rename"),
        (Method::GET, "/keys"),
        (Method::GET, "/keys/export"),
        (Method::POST, "/keys"),
        (Method::POST, "/keys/AKIA/disable"),
        (Method::POST, "/keys/AKIA/enable"),
        (Method::DELETE, "/keys/AKIA"),
        (Method::POST, "/locks/break"),
        (Method::POST, "/imports/begin"),
        (Method::POST, "/imports/count"),
        (Method::POST, "/imports"),
    ];
    let others = others.map(|(method, path)| {
        let call = crate::own::named(&method, path).unwrap();
        format!("cairn:{}", call.name())
    });
    let cloudtrail = Operation::ALL.into_iter().map(|one| format!("{}:{}", one.service().name(), one.name()));
    for action in rows.chain(others).chain(["cairn:PostEvents".to_owned()]).chain(cloudtrail) {
        let document = format!(r#"{{"Statement":{{"Effect":"Deny","Action":"{action}","Resource":"*"}}}}"#);
        assert_eq!(cairn_decide::access::check_managed(&document), Ok(()));
    }
}
