#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::Timestamp;
use serde_json::{Value, json};

fn identity(caller: Caller<'_>) -> Value {
    serde_json::to_value(UserIdentity::of(&caller)).unwrap()
}

fn session(holder: SessionHolder) -> Session {
    Session {
        access_key_id: "ASIA1".to_owned(),
        account: "111122223333".parse().unwrap(),
        holder,
        created: Timestamp::parse("2026-03-01T08:00:00Z").unwrap(),
        expires: Timestamp::parse("2026-03-01T09:00:00Z").unwrap(),
        mfa: true,
        source_identity: Some("eve".to_owned()),
    }
}

#[test]
fn a_role_session_is_told_with_its_role() {
    let holder = SessionHolder::AssumedRole {
        role_arn: "arn:aws:iam::111122223333:role/ops/Deployer".to_owned(),
        role_id: "AROA1".to_owned(),
        session_name: "s".to_owned(),
        provider: None,
    };
    let expected = json!({"type": "AssumedRole", "principalId": "AROA1:s",
        "arn": "arn:aws:sts::111122223333:assumed-role/Deployer/s", "accountId": "111122223333",
        "accessKeyId": "ASIA1", "sessionContext": {
            "sessionIssuer": {"type": "Role", "principalId": "AROA1",
                "arn": "arn:aws:iam::111122223333:role/ops/Deployer", "accountId": "111122223333", "userName": "Deployer"},
            "webIdFederationData": {},
            "attributes": {"creationDate": "2026-03-01T08:00:00Z", "mfaAuthenticated": "true"},
            "sourceIdentity": "eve"}});
    let session = session(holder);
    assert_eq!(identity(Caller::Session(&session)).to_string(), expected.to_string());
    assert_eq!(Caller::Session(&session).account(), Some(session.account));
}

#[test]
fn a_session_by_web_identity_names_who_vouched() {
    let session = session(SessionHolder::AssumedRole {
        role_arn: "arn:aws-cn:iam::111122223333:role/R".to_owned(),
        role_id: "AROA1".to_owned(),
        session_name: "s".to_owned(),
        provider: Some("accounts.google.com".to_owned()),
    });
    let told = identity(Caller::Session(&session));
    assert_eq!(told["arn"], "arn:aws-cn:sts::111122223333:assumed-role/R/s");
    assert_eq!(
        told["sessionContext"]["webIdFederationData"],
        json!({"federatedProvider": "accounts.google.com", "attributes": {}})
    );
}

#[test]
fn federated_users_and_users_with_a_session_are_told() {
    let federated =
        session(SessionHolder::FederatedUser { name: "bob".to_owned(), issuer: Some("alice".to_owned()) });
    let told = identity(Caller::Session(&federated));
    assert_eq!((&told["type"], &told["principalId"]), (&json!("FederatedUser"), &json!("111122223333:bob")));
    assert_eq!(told["sessionContext"]["sessionIssuer"]["userName"], "alice");
    let user = session(SessionHolder::User { user: Some("alice".to_owned()) });
    let told = identity(Caller::Session(&user));
    assert_eq!((&told["type"], &told["userName"]), (&json!("IAMUser"), &json!("alice")));
    assert_eq!(told["sessionContext"]["attributes"]["mfaAuthenticated"], "true");
    assert_eq!(identity(Caller::Session(&session(SessionHolder::User { user: None })))["type"], "Root");
}

#[test]
fn whom_others_vouch_for_is_told_by_their_claims() {
    let web =
        |name| Caller::WebIdentity { issuer: "https://id.example.com", audience: "app", subject: "u1", name };
    let named = identity(web(Some("eve@example.com")));
    assert_eq!(named["userName"], "eve@example.com");
    assert_eq!(named["principalId"], "https://id.example.com:app:u1");
    assert_eq!(
        identity(web(None)),
        json!({"type": "WebIdentityUser", "principalId": "https://id.example.com:app:u1", "userName": "u1",
            "identityProvider": "https://id.example.com"})
    );
    let saml = Caller::Saml {
        provider: "arn:aws:iam::111122223333:saml-provider/p",
        name_qualifier: "q",
        subject: "u1",
    };
    assert_eq!(identity(saml)["principalId"], "q:u1");
}

#[test]
fn a_mapped_identity_gets_the_key_that_signed() {
    let identity_of = |value| MappedIdentity::new(value);
    let mapped = identity_of(json!({"type": "IAMUser", "accountId": "111122223333", "userName": "alice",
        "accessKeyId": "AKIAOTHER"}))
    .unwrap();
    let caller = Caller::Mapped { identity: &mapped, access_key_id: "AKIA1" };
    assert_eq!(
        identity(caller).to_string(),
        r#"{"type":"IAMUser","accountId":"111122223333","accessKeyId":"AKIA1","userName":"alice"}"#
    );
    assert_eq!(caller.account(), Some("111122223333".parse().unwrap()));
    let fault = |value| identity_of(value).unwrap_err();
    assert_eq!(fault(json!([])), IdentityFault::NotAnObject);
    assert_eq!(fault(json!({"userName": "a"})), IdentityFault::UnknownType);
    assert_eq!(fault(json!({"type": "Robot"})), IdentityFault::UnknownType);
    assert_eq!(fault(json!({"type": "Root", "user": "a"})), IdentityFault::UnknownMember("user".to_owned()));
    assert_eq!(fault(json!({"type": "Root", "arn": 7})), IdentityFault::WrongType("arn".to_owned()));
    assert_eq!(fault(json!({"type": "Root", "accountId": "7"})), IdentityFault::NotAnAccount);
    assert_eq!(fault(json!({"type": "Root", "arn": "x".repeat(5000)})), IdentityFault::TooLarge);
}
