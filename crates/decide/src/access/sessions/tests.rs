#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

const ROLE: (&str, &str) = ("RoleArn", "arn:aws:iam::111122223333:role/ci");
const NAME: (&str, &str) = ("RoleSessionName", "build-1");

fn read(parameters: &[(&'static str, &'static str)]) -> Result<AssumeRole, SessionError> {
    let get = |name: &str| parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    AssumeRole::read(parameters.iter().map(|(name, _)| *name), get)
}

#[test]
fn a_role_is_assumed_with_what_is_asked_for() {
    let asked =
        read(&[ROLE, NAME, ("DurationSeconds", "900"), ("ExternalId", "a/b:c"), ("SourceIdentity", "ann")]);
    let asked = asked.unwrap();
    assert_eq!((asked.seconds, asked.external_id.as_deref()), (Some(900), Some("a/b:c")));
    assert_eq!((asked.session_name.as_str(), asked.source_identity.as_deref()), ("build-1", Some("ann")));
}

#[test]
fn parameters_that_break_a_rule_are_refused_by_name() {
    let policy = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    assert!(read(&[ROLE, NAME, ("Policy", policy)]).is_ok());
    let misspelt = r#"{"Statement":{"Effect":"Deny","Action":"cairn:Lokup","Resource":"*"}}"#;
    for (parameters, expected) in [
        (vec![NAME], "roleArn"),
        (vec![ROLE], "roleSessionName"),
        (vec![ROLE, ("RoleSessionName", "x")], "roleSessionName"),
        (vec![ROLE, ("RoleSessionName", "a b")], "roleSessionName"),
        (vec![ROLE, NAME, ("DurationSeconds", "soon")], "durationSeconds"),
        (vec![ROLE, NAME, ("ExternalId", "x")], "externalId"),
        (vec![ROLE, NAME, ("Policy", "{}")], "MalformedPolicyDocument"),
        (vec![ROLE, NAME, ("Policy", misspelt)], "there is no \"cairn:Lokup\""),
        (vec![ROLE, NAME, ("PolicyArns.member.1.arn", "x")], "PolicyArns.member.1.arn"),
        (vec![ROLE, NAME, ("Tags.member.1.Key", "x")], "Tags.member.1.Key"),
        (vec![ROLE, NAME, ("TokenCode", "123456")], "TokenCode"),
    ] {
        let refused = read(&parameters).unwrap_err().to_string();
        assert!(refused.contains(expected), "{parameters:?}: {refused}");
    }
}

#[test]
fn who_is_behind_a_session_stays() {
    let plain = read(&[ROLE, NAME]).unwrap();
    let named = read(&[ROLE, NAME, ("SourceIdentity", "ann")]).unwrap();
    assert_eq!(plain.source_identity(None), Ok(None));
    assert_eq!(plain.source_identity(Some("ann")), Ok(Some("ann")));
    assert_eq!(named.source_identity(None), Ok(Some("ann")));
    assert_eq!(named.source_identity(Some("ann")), Ok(Some("ann")));
    assert_eq!(named.source_identity(Some("bob")), Err(SessionError::SourceIdentity));
}

#[test]
fn sessions_last_as_long_as_they_may() {
    let asked = |seconds| AssumeRole { seconds, ..read(&[ROLE, NAME]).unwrap() };
    assert_eq!(asked(None).duration(7200, false), Ok(3600));
    assert_eq!(asked(Some(7200)).duration(7200, false), Ok(7200));
    assert!(asked(Some(7201)).duration(7200, false).is_err());
    assert!(asked(Some(899)).duration(7200, false).is_err());
    assert!(asked(Some(7200)).duration(7200, true).is_err());
    let token = |asked, is_root| token_duration([].into_iter(), asked, is_root);
    assert_eq!(token(None, false), Ok(43_200));
    assert_eq!(token(None, true), Ok(3600));
    assert_eq!(token(Some("7200"), true), Ok(3600));
    assert_eq!(token(Some("129600"), false), Ok(129_600));
    assert!(token(Some("129601"), false).is_err() && token(Some("899"), false).is_err());
    assert!(token_duration(["SerialNumber"].into_iter(), None, false).is_err());
}
