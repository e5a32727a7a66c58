#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{AccountId, Grants};

const ALL: &str = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

#[test]
fn names_are_as_long_as_their_kind_allows() {
    for (kind, max) in [(Kind::User, 64), (Kind::Role, 64), (Kind::Group, 128), (Kind::Policy, 128)] {
        assert!(check_name(kind, &"a".repeat(max)).is_ok());
        assert!(check_name(kind, &"a".repeat(max + 1)).is_err());
        for name in ["", "a/b", "a b", "ä", "a:b", "a*"] {
            assert!(check_name(kind, name).is_err(), "{name}");
        }
        assert!(check_name(kind, "a+=,.@_-Z9").is_ok());
    }
    let refused = check_name(Kind::User, "a b").unwrap_err().to_string();
    assert!(refused.starts_with("user name \"a b\" is not 1 to 64"), "{refused}");
}

#[test]
fn documents_are_checked_for_their_purpose_and_length() {
    assert!(check_managed(ALL).is_ok());
    assert!(matches!(check_managed("{}"), Err(AccessError::Document(_))));
    let trust =
        r#"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111122223333"}}}"#;
    assert!(check_trust(trust).is_ok());
    assert!(matches!(check_trust(ALL), Err(AccessError::Document(_))));
    let with_spaces = format!("{ALL}{}", " ".repeat(MANAGED_MAX));
    assert!(check_managed(&with_spaces).is_ok());
    let long = ALL.replace("\"Action\":\"*\"", &format!("\"Action\":\"s3:{}\"", "x".repeat(MANAGED_MAX)));
    assert_eq!(check_managed(&long), Err(AccessError::TooLong { kind: Kind::Policy, max: MANAGED_MAX }));
    let blank = format!("{ALL}{}", " ".repeat(DOCUMENT_BYTES_MAX));
    let refused = Err(AccessError::TooLong { kind: Kind::Policy, max: DOCUMENT_BYTES_MAX });
    assert_eq!(check_managed(&blank), refused);
    assert_eq!(put_inline(&mut Grants::default(), Holder::Role, "own", &blank), refused);
    assert!(check_session_seconds(3600).is_ok() && check_session_seconds(43_200).is_ok());
    assert!(check_session_seconds(3599).is_err() && check_session_seconds(43_201).is_err());
}

#[test]
fn a_document_that_is_put_has_no_words_that_never_hold() {
    let denying = |action: &str, key: &str| {
        r#"{"Statement":{"Effect":"Deny","Action":"ACTION","Resource":"*","Condition":{"StringLike":{"KEY":"x"}}}}"#
            .replace("ACTION", action)
            .replace("KEY", key)
    };
    for (action, key) in [
        ("*", "AWS:SourceIp"),
        ("s3:*", "s3:prefix"),
        ("Cairn:look*", "aws:PrincipalTag/team"),
        ("cloudtrail:?topLogging", "aws:RequestTag/team"),
        ("cloudtrail:*", "sts:ExternalId"),
        ("dynamodb:Whatever", "aws:username"),
    ] {
        let document = denying(action, key);
        assert_eq!(check_managed(&document), Ok(()), "{document}");
    }
    for (action, key, expected) in [
        ("*", "aws:SourceIpp", "no request has aws:SourceIpp (Statement 1, Condition)"),
        ("*", "aw:SourceIp", "no request has aw:SourceIp"),
        ("*", "aws:ResourceTag/env", "no request has aws:ResourceTag/env"),
        ("cairn:Lokup", "aws:SourceIp", "there is no \"cairn:Lokup\" (Statement 1, Action)"),
        ("CloudTrail:Stop*Loging", "aws:SourceIp", "there is no \"CloudTrail:Stop*Loging\""),
    ] {
        let document = denying(action, key);
        let refused = check_managed(&document).unwrap_err().to_string();
        assert!(refused.contains("MalformedPolicyDocument") && refused.contains(expected), "{refused}");
        assert!(put_inline(&mut Grants::default(), Holder::Group, "own", &document).is_err());
        // Those that are stored already are still read.
        assert!(crate::policy::Policy::parse(&document, Purpose::Identity).is_ok());
    }
    let trust = r#"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111122223333"},
        "Condition":{"StringEquals":{"KEY":"x"}}}}"#;
    assert_eq!(check_trust(&trust.replace("KEY", "sts:ExternalId")), Ok(()));
    assert!(check_trust(&trust.replace("KEY", "sts:ExternalIdentity")).is_err());
}

#[test]
fn policies_that_are_there_can_be_attached_and_detached() {
    let mut grants = Grants::default();
    let own = "arn:aws:iam::111122223333:policy/own";
    let is_there = |name: &str| name == "own";
    attach(&mut grants, account(), own, is_there).unwrap();
    attach(&mut grants, account(), own, is_there).unwrap();
    attach(&mut grants, account(), BUILTIN[0].arn, is_there).unwrap();
    assert_eq!(grants.attached.len(), 2);
    for arn in [
        "arn:aws:iam::111122223333:policy/other",
        "arn:aws:iam::444455556666:policy/own",
        "arn:aws:iam::aws:policy/PowerUserAccess",
        "own",
    ] {
        let refused = attach(&mut grants, account(), arn, is_there);
        assert_eq!(refused, Err(AccessError::NotFound { kind: Kind::Policy, name: arn.to_owned() }));
    }
    detach(&mut grants, own).unwrap();
    assert!(detach(&mut grants, own).is_err());
    for number in 0..ATTACHED_MAX - 1 {
        let arn = format!("arn:aws:iam::111122223333:policy/p{number}");
        attach(&mut grants, account(), &arn, |_| true).unwrap();
    }
    assert!(matches!(attach(&mut grants, account(), own, is_there), Err(AccessError::Limit(_))));
}

#[test]
fn inline_policies_share_one_length() {
    let mut grants = Grants::default();
    let long = |length: usize| {
        format!(
            r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Sid":"{}"}}}}"#,
            "x".repeat(length)
        )
    };
    put_inline(&mut grants, Holder::User, "one", &long(1000)).unwrap();
    put_inline(&mut grants, Holder::User, "one", &long(1100)).unwrap();
    let refused = put_inline(&mut grants, Holder::User, "two", &long(1000));
    assert_eq!(refused, Err(AccessError::TooLong { kind: Kind::Policy, max: 2048 }));
    put_inline(&mut grants, Holder::Role, "two", &long(1000)).unwrap();
    assert!(matches!(put_inline(&mut grants, Holder::Role, "three", "{}"), Err(AccessError::Document(_))));
    assert!(matches!(put_inline(&mut grants, Holder::Role, "a/b", ALL), Err(AccessError::Name { .. })));
    remove_inline(&mut grants, "one").unwrap();
    assert!(remove_inline(&mut grants, "one").is_err());
}

#[test]
fn built_in_policies_are_policies() {
    for policy in BUILTIN {
        check_managed(policy.document).unwrap();
        assert_eq!(builtin(policy.arn), Some(&policy));
    }
}

#[test]
fn arns_tell_account_and_name() {
    assert_eq!(role_of_arn("arn:aws:iam::111122223333:role/ci"), Some((account(), "ci")));
    assert_eq!(policy_of_arn("arn:aws:iam::111122223333:policy/p"), Some((account(), "p")));
    for arn in
        ["arn:aws:iam::111122223333:user/ci", "arn:aws:iam::1:role/ci", "ci", "arn:aws:iam::aws:role/ci"]
    {
        assert_eq!(role_of_arn(arn), None);
    }
}
