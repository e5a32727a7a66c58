#![allow(clippy::unwrap_used, reason = "tests")]

use super::Policy;
use cairn_decide::policy::{Context, Principal, Request, Verdict};

const OWNER: &str = "111111111111";
const OTHER: &str = "222222222222";

fn root(account: &str) -> Principal<'_> {
    Principal::Root(account.parse().unwrap())
}

/// A policy of one statement, whose members but `Effect` are `members`.
fn policy(effect: &str, members: &str) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}",{members}}}]}}"#);
    Policy::parse(&text, "logs").unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn verdict(policy: &Policy, principal: Principal<'_>, action: &str, key: Option<&str>) -> &'static str {
    let context = Context::default();
    judged(policy, principal, action, key, &context)
}

fn judged(
    policy: &Policy,
    principal: Principal<'_>,
    action: &str,
    key: Option<&str>,
    context: &Context,
) -> &'static str {
    let resource = match key {
        Some(key) => format!("arn:aws:s3:::logs/{key}"),
        None => "arn:aws:s3:::logs".to_owned(),
    };
    match policy.read().judge(&Request { principal, action, resource: &resource, context }) {
        Verdict::Allowed { .. } => "allowed",
        Verdict::Denied { .. } => "denied",
        Verdict::Silent => "silent",
    }
}

const ALL: &str = r#""Action":"s3:*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"]"#;

#[test]
fn a_statement_means_its_principals() {
    let everyone = [
        Principal::Anonymous,
        root(OWNER),
        root(OTHER),
        Principal::User { account: OTHER.parse().unwrap(), name: "team/bob" },
        Principal::Service("cloudtrail.amazonaws.com"),
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
        let met =
            everyone.map(|principal| verdict(&policy, principal, "s3:GetObject", Some("k")) == "allowed");
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
        let met = verdict(&policy, root(OTHER), action, key_asked);
        assert_eq!(met, if expected { "allowed" } else { "silent" }, "{members} {action}");
    }
}

#[test]
fn a_statement_that_denies_wins_wherever_it_stands() {
    let allow = format!(r#"{{"Effect":"Allow","Principal":"*",{ALL}}}"#);
    let deny =
        r#"{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::logs/*"}"#;
    for statements in [format!("{allow},{deny}"), format!("{deny},{allow}")] {
        let policy = Policy::parse(&format!(r#"{{"Statement":[{statements}]}}"#), "logs").unwrap();
        assert_eq!(verdict(&policy, Principal::Anonymous, "s3:DeleteObject", Some("k")), "denied");
        assert_eq!(verdict(&policy, Principal::Anonymous, "s3:GetObject", Some("k")), "allowed");
    }
}

#[test]
fn a_statement_holds_under_its_conditions() {
    type Known<'a> = &'a [(&'static str, &'a str)];
    let cases: [(&str, Known<'_>, bool); 26] = [
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[("aws:SourceIp", "10.2.3.4")], true),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[("aws:SourceIp", "11.2.3.4")], false),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[], false),
        (
            r#"{"IpAddress":{"aws:SourceIp":["192.0.2.7","2001:db8::/32"]}}"#,
            &[("aws:SourceIp", "2001:db8::9")],
            true,
        ),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, &[("aws:SourceIp", "203.0.113.9")], true),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[("aws:SourceIp", "10.2.3.4")], false),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[], true),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[("aws:SecureTransport", "false")], true),
        (r#"{"Bool":{"aws:SecureTransport":false}}"#, &[("aws:SecureTransport", "true")], false),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[], false),
        (r#"{"BoolIfExists":{"aws:SecureTransport":"false"}}"#, &[], true),
        (r#"{"StringEquals":{"s3:prefix":["","home/"]}}"#, &[("s3:prefix", "home/")], true),
        (r#"{"StringEquals":{"s3:prefix":["","home/"]}}"#, &[("s3:prefix", "Home/")], false),
        (r#"{"StringEquals":{"S3:Prefix":""}}"#, &[], false),
        (r#"{"StringEqualsIgnoreCase":{"s3:prefix":"HOME/"}}"#, &[("s3:prefix", "home/")], true),
        (r#"{"StringLike":{"s3:prefix":"home/*"}}"#, &[("s3:prefix", "home/a")], true),
        (r#"{"StringNotLike":{"s3:prefix":"home/*"}}"#, &[("s3:prefix", "home/a")], false),
        (r#"{"StringNotLike":{"s3:prefix":"home/*"}}"#, &[], true),
        (r#"{"StringNotEquals":{"s3:x-amz-acl":"private"}}"#, &[("s3:x-amz-acl", "public-read")], true),
        (r#"{"StringNotEqualsIfExists":{"s3:x-amz-acl":"private"}}"#, &[], true),
        (r#"{"Null":{"s3:x-amz-acl":"true"}}"#, &[], true),
        (r#"{"Null":{"s3:x-amz-acl":"true"}}"#, &[("s3:x-amz-acl", "private")], false),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudtrail:*:1:trail/*"}}"#,
            &[("aws:SourceArn", "arn:aws:cloudtrail:x:1:trail/t")],
            true,
        ),
        (
            r#"{"ArnNotEquals":{"aws:SourceArn":"arn:aws:cloudtrail:*:1:trail/*"}}"#,
            &[("aws:SourceArn", "arn:x")],
            true,
        ),
        (
            r#"{"StringEquals":{"s3:prefix":"a"},"Bool":{"aws:SecureTransport":"true"}}"#,
            &[("s3:prefix", "a")],
            false,
        ),
        (
            r#"{"StringEquals":{"s3:prefix":"a"},"Bool":{"aws:SecureTransport":"true"}}"#,
            &[("s3:prefix", "a"), ("aws:SecureTransport", "true")],
            true,
        ),
    ];
    for (condition, known, expected) in cases {
        let policy = policy("Allow", &format!(r#""Principal":"*",{ALL},"Condition":{condition}"#));
        let mut context = Context::default();
        known.iter().for_each(|(key, value)| context.set(*key, *value));
        let met = judged(&policy, Principal::Anonymous, "s3:ListBucket", None, &context);
        assert_eq!(met == "allowed", expected, "{condition} {known:?}");
    }
}

#[test]
fn what_cannot_be_evaluated_is_refused_by_name() {
    let statement = |members: &str| format!(r#"{{"Statement":[{{"Effect":"Allow",{members}}}]}}"#);
    let with_condition =
        |condition: &str| statement(&format!(r#""Principal":"*",{ALL},"Condition":{condition}"#));
    let cases = [
        ("nonsense".to_owned(), "Syntax errors"),
        ("[]".to_owned(), "the policy is not an object"),
        ("{}".to_owned(), "Missing required field Statement"),
        (r#"{"Version":"2013-01-01","Statement":[]}"#.to_owned(), "valid version string"),
        (r#"{"Stetement":[]}"#.to_owned(), "Unknown field Stetement"),
        (r#"{"Statement":{"Effect":"Allow","Effect":"Deny"}}"#.to_owned(), "duplicate key"),
        (statement(ALL), "Missing required field Principal"),
        (statement(&format!(r#""NotPrincipal":"*",{ALL}"#)), "NotPrincipal goes with Deny only"),
        (statement(&format!(r#""Principal":{{"AWS":"ann"}},{ALL}"#)), "Invalid principal"),
        (statement(r#""Principal":"*","Action":"s3:GetObjct","Resource":"*""#), "s3:GetObjct"),
        (statement(r#""Principal":"*","Action":"ec2:*","Resource":"*""#), "ec2:*"),
        (
            statement(r#""Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*""#),
            "arn:aws:s3:::other/*",
        ),
        (
            statement(r#""Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other${aws:username}/*""#),
            "neither this bucket",
        ),
        (statement(r#""Principal":"*","Action":"s3:*""#), "Missing required field Resource"),
        (with_condition(r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#), "aws:PrincipalOrgID"),
        (with_condition(r#"{"DateLessThan":{"aws:SourceIp":"2026"}}"#), "DateLessThan of aws:SourceIp"),
        (with_condition(r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}"#), "Invalid value"),
        (
            with_condition(r#"{"IpAddress":{"aws:SecureTransport":"10.0.0.0/8"}}"#),
            "IpAddress of aws:SecureTransport",
        ),
        (with_condition(r#"{"NullIfExists":{"s3:prefix":"true"}}"#), "NullIfExists"),
        (format!(r#"{{"Id":"{}"}}"#, "x".repeat(20 * 1024)), "longer than"),
    ];
    for (text, expected) in cases {
        let fault = Policy::parse(&text, "logs").expect_err(&text);
        assert!(fault.to_string().contains(expected), "{text}: {fault}");
    }
}

#[test]
fn what_can_be_evaluated_is_taken() {
    for members in [
        format!(r#""Principal":{{"AWS":"arn:aws:iam::111111111111:role/r"}},{ALL}"#),
        format!(r#""Principal":{{"Federated":"accounts.google.com"}},{ALL}"#),
        r#""Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::logs/${aws:username}/*""#.to_owned(),
        r#""Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::lo${aws:username}""#.to_owned(),
        format!(r#""Principal":"*",{ALL},"Condition":{{"ForAnyValue:StringLike":{{"s3:prefix":"x"}}}}"#),
        format!(r#""Principal":"*",{ALL},"Condition":{{"StringLike":{{"aws:PrincipalTag/team":"x"}}}}"#),
        format!(r#""Principal":"*",{ALL},"Condition":{{"DateLessThan":{{"aws:CurrentTime":"2026"}}}}"#),
    ] {
        policy("Allow", &members);
    }
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
