#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::testing::Sent;

const CREDENTIALS: &str = "<Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>hunter22</SecretAccessKey>\
    <SessionToken>hunter23</SessionToken><Expiration>2026-03-01T09:00:00Z</Expiration></Credentials>";

fn call(action: &str, parameters: &str, answer: &str) -> Sent {
    let answer = format!(
        "<{action}Response><{action}Result>{CREDENTIALS}{answer}</{action}Result></{action}Response>"
    );
    Sent::form("sts", &format!("Action={action}&Version=2011-06-15&{parameters}")).answer(200, answer)
}

fn now() -> Timestamp {
    Timestamp::parse("2026-03-01T08:00:00Z").unwrap()
}

fn alice() -> Caller<'static> {
    Caller::User { account: "111122223333".parse().unwrap(), user: "alice", access_key_id: "AKIA1" }
}

fn learn(sent: &Sent, caller: Caller<'_>) -> Option<Session> {
    learned(&sent.recognized(), &sent.observed(), &caller, now())
}

#[test]
fn a_session_with_longer_texts_than_aws_has_is_not_learned() {
    let learns = |bytes: usize| {
        let parameters =
            format!("RoleArn=arn:aws:iam::210987654321:role/R&SourceIdentity={}", "s".repeat(bytes));
        let user = "<AssumedRoleUser><AssumedRoleId>AROA1:s</AssumedRoleId><Arn>a</Arn></AssumedRoleUser>";
        learn(&call("AssumeRole", &parameters, user), alice()).is_some()
    };
    assert!(learns(2048));
    assert!(!learns(2049));
}

#[test]
fn an_assumed_role_teaches_whose_its_key_is_and_no_secret() {
    let sent = call(
        "AssumeRole",
        "RoleArn=arn:aws:iam::210987654321:role/R&RoleSessionName=s&SerialNumber=m&TokenCode=123456&SourceIdentity=eve",
        "<AssumedRoleUser><AssumedRoleId>AROA1:s</AssumedRoleId><Arn>a</Arn></AssumedRoleUser>",
    );
    let session = learn(&sent, Caller::Unknown { access_key_id: None }).unwrap();
    assert_eq!(
        session,
        Session {
            access_key_id: "ASIA1".to_owned(),
            account: "210987654321".parse().unwrap(),
            holder: SessionHolder::AssumedRole {
                role_arn: "arn:aws:iam::210987654321:role/R".to_owned(),
                role_id: "AROA1".to_owned(),
                session_name: "s".to_owned(),
                provider: None,
            },
            created: now(),
            expires: Timestamp::parse("2026-03-01T09:00:00Z").unwrap(),
            mfa: true,
            source_identity: Some("eve".to_owned()),
        }
    );
}

#[test]
fn a_web_identity_is_known_by_the_answer_of_who_verified_it() {
    let sent = call(
        "AssumeRoleWithWebIdentity",
        "RoleArn=arn:aws:iam::210987654321:role/R&RoleSessionName=s&WebIdentityToken=hunter22",
        "<AssumedRoleUser><AssumedRoleId>AROA1:s</AssumedRoleId><Arn>a</Arn></AssumedRoleUser>\
         <Provider>accounts.google.com</Provider><Audience>app</Audience>\
         <SubjectFromWebIdentityToken>u1</SubjectFromWebIdentityToken>",
    );
    let federated = federated(&sent.recognized(), &sent.observed()).unwrap();
    assert_eq!(
        federated.caller(),
        Caller::WebIdentity { issuer: "accounts.google.com", audience: "app", subject: "u1", name: None }
    );
    let holder = learn(&sent, Caller::Anonymous).unwrap().holder;
    assert!(
        matches!(holder, SessionHolder::AssumedRole { provider: Some(provider), .. } if provider == "accounts.google.com")
    );
}

#[test]
fn tokens_of_users_belong_to_who_called() {
    let sent = call("GetSessionToken", "DurationSeconds=900", "");
    let session = learn(&sent, alice()).unwrap();
    assert_eq!(session.holder, SessionHolder::User { user: Some("alice".to_owned()) });
    assert!(!session.mfa);
    assert_eq!(learn(&sent, Caller::Unknown { access_key_id: Some("AKIA2") }), None);

    let federated = "<FederatedUser><FederatedUserId>111122223333:bob</FederatedUserId>\
        <Arn>arn:aws:sts::111122223333:federated-user/bob</Arn></FederatedUser>";
    let session = learn(&call("GetFederationToken", "Name=bob", federated), alice()).unwrap();
    let expected = SessionHolder::FederatedUser { name: "bob".to_owned(), issuer: Some("alice".to_owned()) };
    assert_eq!(session.holder, expected);
}

#[test]
fn nothing_is_learned_from_failures_and_other_calls() {
    let sent = call("GetSessionToken", "", "");
    assert_eq!(learn(&Sent { status: http::StatusCode::FORBIDDEN, ..sent }, alice()), None);
    assert_eq!(learn(&Sent::form("sts", "Action=GetCallerIdentity"), alice()), None);
    assert_eq!(learn(&Sent::form("iam", "Action=GetUser"), alice()), None);
}
