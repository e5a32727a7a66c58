#![allow(clippy::unwrap_used, reason = "tests")]

use super::pattern::Pattern;
use super::{Asker, Circumstances, ConditionKey, Policy, PolicyFault, Request, Verdict};
use proptest::prelude::*;

const OWNER: &str = "111111111111";
const OTHER: &str = "222222222222";

fn key(account: &str, user: Option<&str>) -> Asker {
    Asker::Key { account: account.parse().unwrap(), user: user.map(str::to_owned) }
}

/// A policy of one statement, whose members but `Effect` are `members`.
fn policy(effect: &str, members: &str) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}",{members}}}]}}"#);
    Policy::parse(&text, "logs").unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn verdict(policy: &Policy, asker: &Asker, action: &str, key: Option<&str>) -> Verdict {
    let circumstances = Circumstances::new();
    policy.verdict(&Request { asker, action, bucket: "logs", key, circumstances: &circumstances })
}

const ALL: &str = r#""Action":"s3:*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"]"#;

#[test]
fn a_statement_means_its_principals() {
    let everyone = [
        Asker::Anonymous,
        key(OWNER, None),
        key(OTHER, None),
        key(OTHER, Some("team/bob")),
        Asker::Service("cloudtrail.amazonaws.com"),
    ];
    let cases = [
        (r#""*""#, [true, true, true, true, true]),
        (r#"{"AWS":"*"}"#, [true, true, true, true, true]),
        (r#"{"AWS":"222222222222"}"#, [false, false, true, true, false]),
        (r#"{"AWS":["arn:aws:iam::222222222222:root"]}"#, [false, false, true, true, false]),
        (r#"{"AWS":"arn:aws:iam::222222222222:user/team/bob"}"#, [false, false, false, true, false]),
        (r#"{"AWS":"arn:aws:iam::222222222222:user/bob"}"#, [false; 5]),
        (r#"{"Service":"cloudtrail.amazonaws.com"}"#, [false, false, false, false, true]),
        (
            r#"{"Service":["delivery.logs.amazonaws.com"],"AWS":["111111111111"]}"#,
            [false, true, false, false, false],
        ),
    ];
    for (principal, expected) in cases {
        let policy = policy("Allow", &format!(r#""Principal":{principal},{ALL}"#));
        let met = everyone
            .each_ref()
            .map(|asker| verdict(&policy, asker, "s3:GetObject", Some("k")) == Verdict::Allowed);
        assert_eq!(met, expected, "{principal}");
    }
}

#[test]
fn a_statement_means_its_actions_and_resources() {
    let cases = [
        (r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*""#, "s3:GetObject", Some("a/b"), true),
        (r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*""#, "s3:PutObject", Some("a/b"), false),
        (r#""Action":"s3:getobject","Resource":"arn:aws:s3:::logs/*""#, "s3:GetObject", Some("a"), true),
        (r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::logs""#, "s3:GetObject", Some("a"), false),
        (r#""Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::logs""#, "s3:ListBucket", None, true),
        (r#""Action":"*","Resource":"*""#, "s3:DeleteBucket", None, true),
        (r#""NotAction":"s3:Delete*","Resource":"*""#, "s3:DeleteObject", Some("k"), false),
        (r#""NotAction":"s3:Delete*","Resource":"*""#, "s3:GetObject", Some("k"), true),
        (
            r#""Action":"s3:*","NotResource":"arn:aws:s3:::logs/secret/*""#,
            "s3:GetObject",
            Some("secret/x"),
            false,
        ),
        (
            r#""Action":"s3:*","NotResource":"arn:aws:s3:::logs/secret/*""#,
            "s3:GetObject",
            Some("public/x"),
            true,
        ),
        (r#""Action":"s3:*","Resource":"arn:aws:s3:::logs/20??/*""#, "s3:GetObject", Some("2026/x"), true),
        (r#""Action":"s3:*","Resource":"arn:aws:s3:::l*s/a""#, "s3:GetObject", Some("a"), true),
    ];
    for (members, action, key_asked, expected) in cases {
        let policy = policy("Allow", &format!(r#""Principal":"*",{members}"#));
        let met = verdict(&policy, &key(OTHER, None), action, key_asked);
        assert_eq!(met, if expected { Verdict::Allowed } else { Verdict::Silent }, "{members} {action}");
    }
}

#[test]
fn a_statement_that_denies_wins_wherever_it_stands() {
    let allow = format!(r#"{{"Effect":"Allow","Principal":"*",{ALL}}}"#);
    let deny =
        r#"{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::logs/*"}"#;
    for statements in [format!("{allow},{deny}"), format!("{deny},{allow}")] {
        let policy = Policy::parse(&format!(r#"{{"Statement":[{statements}]}}"#), "logs").unwrap();
        assert_eq!(verdict(&policy, &Asker::Anonymous, "s3:DeleteObject", Some("k")), Verdict::Denied);
        assert_eq!(verdict(&policy, &Asker::Anonymous, "s3:GetObject", Some("k")), Verdict::Allowed);
    }
}

#[test]
fn a_statement_holds_under_its_conditions() {
    use ConditionKey::{Acl, Prefix, SecureTransport, SourceArn, SourceIp};
    type Known<'a> = &'a [(ConditionKey, &'a str)];
    let cases: [(&str, Known<'_>, bool); 26] = [
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[(SourceIp, "10.2.3.4")], true),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[(SourceIp, "11.2.3.4")], false),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[], false),
        (
            r#"{"IpAddress":{"aws:SourceIp":["192.0.2.7","2001:db8::/32"]}}"#,
            &[(SourceIp, "2001:db8::9")],
            true,
        ),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, &[(SourceIp, "203.0.113.9")], true),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[(SourceIp, "10.2.3.4")], false),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[], true),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[(SecureTransport, "false")], true),
        (r#"{"Bool":{"aws:SecureTransport":false}}"#, &[(SecureTransport, "true")], false),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[], false),
        (r#"{"BoolIfExists":{"aws:SecureTransport":"false"}}"#, &[], true),
        (r#"{"StringEquals":{"s3:prefix":["","home/"]}}"#, &[(Prefix, "home/")], true),
        (r#"{"StringEquals":{"s3:prefix":["","home/"]}}"#, &[(Prefix, "Home/")], false),
        (r#"{"StringEquals":{"S3:Prefix":""}}"#, &[], false),
        (r#"{"StringEqualsIgnoreCase":{"s3:prefix":"HOME/"}}"#, &[(Prefix, "home/")], true),
        (r#"{"StringLike":{"s3:prefix":"home/*"}}"#, &[(Prefix, "home/a")], true),
        (r#"{"StringNotLike":{"s3:prefix":"home/*"}}"#, &[(Prefix, "home/a")], false),
        (r#"{"StringNotLike":{"s3:prefix":"home/*"}}"#, &[], true),
        (r#"{"StringNotEquals":{"s3:x-amz-acl":"private"}}"#, &[(Acl, "public-read")], true),
        (r#"{"StringNotEqualsIfExists":{"s3:x-amz-acl":"private"}}"#, &[], true),
        (r#"{"Null":{"s3:x-amz-acl":"true"}}"#, &[], true),
        (r#"{"Null":{"s3:x-amz-acl":"true"}}"#, &[(Acl, "private")], false),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudtrail:*:1:trail/*"}}"#,
            &[(SourceArn, "arn:aws:cloudtrail:x:1:trail/t")],
            true,
        ),
        (
            r#"{"ArnNotEquals":{"aws:SourceArn":"arn:aws:cloudtrail:*:1:trail/*"}}"#,
            &[(SourceArn, "arn:x")],
            true,
        ),
        (
            r#"{"StringEquals":{"s3:prefix":"a"},"Bool":{"aws:SecureTransport":"true"}}"#,
            &[(Prefix, "a")],
            false,
        ),
        (
            r#"{"StringEquals":{"s3:prefix":"a"},"Bool":{"aws:SecureTransport":"true"}}"#,
            &[(Prefix, "a"), (SecureTransport, "true")],
            true,
        ),
    ];
    for (condition, known, expected) in cases {
        let policy = policy("Allow", &format!(r#""Principal":"*",{ALL},"Condition":{condition}"#));
        let circumstances = known.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        let met = policy.verdict(&Request {
            asker: &Asker::Anonymous,
            action: "s3:ListBucket",
            bucket: "logs",
            key: None,
            circumstances: &circumstances,
        });
        assert_eq!(met == Verdict::Allowed, expected, "{condition} {known:?}");
    }
}

#[test]
fn what_cannot_be_evaluated_is_refused_by_name() {
    let statement = |members: &str| format!(r#"{{"Statement":[{{"Effect":"Allow",{members}}}]}}"#);
    let with_condition =
        |condition: &str| statement(&format!(r#""Principal":"*",{ALL},"Condition":{condition}"#));
    let cases = [
        ("nonsense".to_owned(), "not valid JSON"),
        ("[]".to_owned(), "the policy is not an object"),
        ("{}".to_owned(), "Statement is missing"),
        (r#"{"Statement":[]}"#.to_owned(), "Statement is missing"),
        (r#"{"Version":"2013-01-01","Statement":[]}"#.to_owned(), "Version is not"),
        (r#"{"Stetement":[]}"#.to_owned(), "the element Stetement"),
        (r#"{"Statement":{"Effect":"Allow","Effect":"Deny"}}"#.to_owned(), "duplicate key"),
        (r#"{"Statement":{"Effect":"allow"}}"#.to_owned(), "Effect is not"),
        (statement(ALL), "Principal is missing"),
        (statement(&format!(r#""NotPrincipal":"*",{ALL}"#)), "the element NotPrincipal"),
        (statement(&format!(r#""Principal":{{"AWS":"arn:aws:iam::111111111111:role/r"}},{ALL}"#)), "role/r"),
        (statement(&format!(r#""Principal":{{"AWS":"AIDAEXAMPLE"}},{ALL}"#)), "AIDAEXAMPLE"),
        (statement(&format!(r#""Principal":{{"Federated":"x"}},{ALL}"#)), "no Federated principals"),
        (statement(&format!(r#""Principal":{{}},{ALL}"#)), "Principal"),
        (statement(r#""Principal":"*","Action":"s3:GetObjct","Resource":"*""#), "s3:GetObjct"),
        (statement(r#""Principal":"*","Action":"ec2:*","Resource":"*""#), "ec2:*"),
        (
            statement(r#""Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*""#),
            "arn:aws:s3:::other/*",
        ),
        (statement(r#""Principal":"*","Action":"s3:*""#), "Resource is missing"),
        (statement(r#""Principal":"*","Action":[],"Resource":"*""#), "Action is not"),
        (
            statement(r#""Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::logs/${aws:username}/*""#),
            "policy variables",
        ),
        (with_condition(r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#), "aws:PrincipalOrgID"),
        (with_condition(r#"{"DateLessThan":{"aws:SourceIp":"x"}}"#), "DateLessThan of aws:SourceIp"),
        (with_condition(r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}"#), "IpAddress of aws:SourceIp"),
        (with_condition(r#"{"Bool":{"aws:SecureTransport":"perhaps"}}"#), "Bool of aws:SecureTransport"),
        (with_condition(r#"{"ForAnyValue:StringLike":{"s3:prefix":"x"}}"#), "ForAnyValue:StringLike"),
        (with_condition(r#"{"NullIfExists":{"s3:prefix":"true"}}"#), "NullIfExists"),
        (format!(r#"{{"Id":"{}"}}"#, "x".repeat(20 * 1024)), "longer than"),
    ];
    for (text, expected) in cases {
        let fault = Policy::parse(&text, "logs").expect_err(&text);
        assert!(fault.to_string().contains(expected), "{text}: {fault}");
    }
    assert_eq!(Policy::parse("{}", "logs"), Err(PolicyFault::Missing("Statement")));
}

#[test]
fn a_policy_is_public_if_it_lets_in_anyone() {
    let cases = [
        ("Allow", r#""Principal":"*""#, "", true),
        ("Deny", r#""Principal":"*""#, "", false),
        ("Allow", r#""Principal":{"AWS":"222222222222"}"#, "", false),
        ("Allow", r#""Principal":"*""#, r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, false),
        ("Allow", r#""Principal":"*""#, r#","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, true),
        ("Allow", r#""Principal":"*""#, r#","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}"#, false),
        ("Allow", r#""Principal":"*""#, r#","Condition":{"StringLike":{"aws:SourceArn":"arn:*"}}"#, true),
        ("Allow", r#""Principal":"*""#, r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#, true),
    ];
    for (effect, principal, condition, expected) in cases {
        let policy = policy(effect, &format!("{principal},{ALL}{condition}"));
        assert_eq!(policy.is_public(), expected, "{effect} {principal}{condition}");
    }
}

/// Wildcards, put plainly.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => naive(rest, text) || (!text.is_empty() && naive(pattern, &text[1..])),
        (['?', rest @ ..], [_, more @ ..]) => naive(rest, more),
        ([one, rest @ ..], [other, more @ ..]) => one == other && naive(rest, more),
        _ => false,
    }
}

proptest! {
    #[test]
    fn patterns_match_as_a_naive_matcher_does(pattern in "[ab?*é]{0,7}", text in "[abé]{0,8}") {
        let (one, other): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        prop_assert_eq!(Pattern::new(pattern).matches(&text), naive(&one, &other));
    }
}
