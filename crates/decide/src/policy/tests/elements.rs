//! Effect, Action, Resource and their `Not` forms, variables.

use super::*;

const KEY: &str = "arn:aws:s3:::logs/home/ann/a.txt";

fn check(statements: &[&str], action: &str, resource: &str, expected: &str) {
    let policy = policy(Purpose::Identity, statements);
    let context = context(&[
        ("aws:username", "ann"),
        ("aws:PrincipalTag/team", "blue"),
        ("aws:PrincipalTag/odd", "*"),
        ("aws:TagKeys", "one|two"),
    ]);
    let request = Request { principal: user("ann"), action, resource, context: &context };
    assert_eq!(word(&policy.judge(&request)), expected, "{statements:?} {action} {resource}");
}

#[test]
fn statements_are_about_the_actions_and_resources_that_they_name() {
    for (statement, action, resource, expected) in [
        (r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#, "s3:GetObject", KEY, "allowed"),
        (r#""Effect":"Allow","Action":"s3:getobject","Resource":"*""#, "s3:GetObject", KEY, "allowed"),
        (r#""Effect":"Allow","Action":"S3:GET*","Resource":"*""#, "s3:GetObject", KEY, "allowed"),
        (r#""Effect":"Allow","Action":"s3:Get?bject","Resource":"*""#, "s3:GetObject", KEY, "allowed"),
        (r#""Effect":"Allow","Action":"s3:Get?","Resource":"*""#, "s3:GetObject", KEY, "silent"),
        (r#""Effect":"Allow","Action":"*","Resource":"*""#, "cloudtrail:CreateTrail", "*", "allowed"),
        (r#""Effect":"Allow","Action":"*:*","Resource":"*""#, "cloudtrail:CreateTrail", "*", "allowed"),
        (r#""Effect":"Allow","Action":"s3:*","Resource":"*""#, "s3tables:GetTable", "*", "silent"),
        (r#""Effect":"Allow","Action":["s3:Put*","s3:Get*"],"Resource":"*""#, "s3:GetObject", KEY, "allowed"),
        (r#""Effect":"Allow","Action":"s3:*Object","Resource":"*""#, "s3:GetObjectAcl", KEY, "silent"),
        (r#""Effect":"Allow","NotAction":"s3:Delete*","Resource":"*""#, "s3:GetObject", KEY, "allowed"),
        (r#""Effect":"Allow","NotAction":"s3:delete*","Resource":"*""#, "s3:DeleteObject", KEY, "silent"),
        (r#""Effect":"Allow","NotAction":["iam:*","sts:*"],"Resource":"*""#, "sts:AssumeRole", "*", "silent"),
        (r#""Effect":"Allow","NotAction":["iam:*","sts:*"],"Resource":"*""#, "s3:GetObject", KEY, "allowed"),
        (r#""Effect":"Deny","NotAction":"s3:*","Resource":"*""#, "sts:AssumeRole", "*", "denied"),
        (r#""Effect":"Deny","NotAction":"s3:*","Resource":"*""#, "s3:GetObject", KEY, "silent"),
        (r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::logs/*""#, "s3:GetObject", KEY, "allowed"),
        (r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::logs""#, "s3:GetObject", KEY, "silent"),
        (r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::LOGS/*""#, "s3:GetObject", KEY, "silent"),
        (
            r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::l?gs/home/*""#,
            "s3:GetObject",
            KEY,
            "allowed",
        ),
        (
            r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*/a.txt""#,
            "s3:GetObject",
            KEY,
            "allowed",
        ),
        (
            r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::logs/*""#,
            "s3:ListAllMyBuckets",
            "*",
            "silent",
        ),
        (
            r#""Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::logs/*"]"#,
            "s3:GetObject",
            KEY,
            "allowed",
        ),
        (
            r#""Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::secret/*""#,
            "s3:GetObject",
            KEY,
            "allowed",
        ),
        (
            r#""Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::logs/*""#,
            "s3:GetObject",
            KEY,
            "silent",
        ),
        (
            r#""Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::logs/*""#,
            "s3:GetObject",
            KEY,
            "silent",
        ),
        (
            r#""Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::other/*""#,
            "s3:GetObject",
            KEY,
            "denied",
        ),
    ] {
        check(&[statement], action, resource, expected);
    }
}

#[test]
fn a_denial_wins_wherever_it_stands() {
    let allow = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    let deny = r#""Sid":"No","Effect":"Deny","Action":"s3:DeleteObject","Resource":"*""#;
    check(&[allow, deny], "s3:DeleteObject", KEY, "denied");
    check(&[deny, allow], "s3:DeleteObject", KEY, "denied");
    check(&[deny, allow], "s3:GetObject", KEY, "allowed");
    check(&[deny], "s3:GetObject", KEY, "silent");
}

#[test]
fn variables_take_the_values_of_the_request() {
    for (resource, asked, expected) in [
        ("arn:aws:s3:::logs/home/${aws:username}/*", KEY, "allowed"),
        ("arn:aws:s3:::logs/home/${AWS:UserName}/*", KEY, "allowed"),
        ("arn:aws:s3:::logs/home/${aws:username}/*", "arn:aws:s3:::logs/home/bob/a", "silent"),
        ("arn:aws:s3:::logs/home/${aws:username}*", "arn:aws:s3:::logs/home/anna", "allowed"),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/team}/*", "arn:aws:s3:::logs/blue/x", "allowed"),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/none}/*", "arn:aws:s3:::logs//x", "silent"),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/none, 'all'}/*", "arn:aws:s3:::logs/all/x", "allowed"),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/team, 'all'}/*", "arn:aws:s3:::logs/all/x", "silent"),
        // What a caller is called is no wildcard.
        ("arn:aws:s3:::logs/${aws:PrincipalTag/odd}/x", "arn:aws:s3:::logs/*/x", "allowed"),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/odd}/x", "arn:aws:s3:::logs/any/x", "silent"),
        // A key with several values is none to fill in.
        ("arn:aws:s3:::logs/${aws:TagKeys}", "arn:aws:s3:::logs/one", "silent"),
        ("arn:aws:s3:::logs/${*}", "arn:aws:s3:::logs/*", "allowed"),
        ("arn:aws:s3:::logs/${*}", "arn:aws:s3:::logs/x", "silent"),
        ("arn:aws:s3:::logs/a${?}b", "arn:aws:s3:::logs/a?b", "allowed"),
        ("arn:aws:s3:::logs/a${?}b", "arn:aws:s3:::logs/axb", "silent"),
        ("arn:aws:s3:::logs/${$}{x}", "arn:aws:s3:::logs/${x}", "allowed"),
    ] {
        check(
            &[&format!(r#""Effect":"Allow","Action":"*","Resource":"{resource}""#)],
            "s3:GetObject",
            asked,
            expected,
        );
    }
}

#[test]
fn a_variable_without_a_value_never_opens_what_it_should_close() {
    let statement = |effect: &str| {
        format!(
            r#""Effect":"{effect}","Action":"*","NotResource":"arn:aws:s3:::logs/${{aws:PrincipalTag/none}}/*""#
        )
    };
    check(&[&statement("Allow")], "s3:GetObject", KEY, "silent");
    check(&[&statement("Deny")], "s3:GetObject", KEY, "denied");
}

#[test]
fn policies_of_2008_have_no_variables() {
    let statement = r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::logs/${aws:username}"}"#;
    for version in ["", r#""Version":"2008-10-17","#] {
        let policy =
            Policy::parse(&format!(r#"{{{version}"Statement":{statement}}}"#), Purpose::Identity).unwrap();
        let context = context(&[("aws:username", "ann")]);
        let judge = |resource| {
            word(&policy.judge(&Request {
                principal: user("ann"),
                action: "s3:GetObject",
                resource,
                context: &context,
            }))
        };
        assert_eq!(judge("arn:aws:s3:::logs/ann"), "silent");
        assert_eq!(judge("arn:aws:s3:::logs/${aws:username}"), "allowed");
    }
}
