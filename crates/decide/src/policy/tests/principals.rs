//! Whom statements name, and how directly.

use super::*;

fn reach(principal: &str, asks: Principal<'_>) -> Option<Reach> {
    let policy =
        policy(Purpose::Resource, &[&format!(r#""Effect":"Allow","Action":"*","Resource":"*",{principal}"#)]);
    let context = Context::default();
    match policy.judge(&Request { principal: asks, action: "s3:GetObject", resource: "*", context: &context })
    {
        Verdict::Allowed { reach, .. } => Some(reach),
        Verdict::Silent => None,
        Verdict::Denied { .. } => panic!("nothing denies"),
    }
}

#[test]
fn a_statement_names_principals_more_or_less_directly() {
    let root = Principal::Root(account(OWN));
    let session = Principal::Session { account: account(OWN), role: "team/Deployer", session: "ci" };
    let service = Principal::Service("cloudtrail.amazonaws.com");
    let federated = Principal::FederatedUser { account: account(OWN), name: "fred" };
    let web = Principal::Federated("accounts.google.com");
    for (named, asks, expected) in [
        (r#""Principal":"*""#, Principal::Anonymous, Some(Reach::Principal)),
        (r#""Principal":{"AWS":"*"}"#, user("ann"), Some(Reach::Principal)),
        (r#""Principal":{"AWS":"111122223333"}"#, user("ann"), Some(Reach::Account)),
        (r#""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#, user("ann"), Some(Reach::Account)),
        (r#""Principal":{"AWS":"111122223333"}"#, root, Some(Reach::Principal)),
        (r#""Principal":{"AWS":"111122223333"}"#, session, Some(Reach::Account)),
        (r#""Principal":{"AWS":"444455556666"}"#, user("ann"), None),
        (r#""Principal":{"AWS":"111122223333"}"#, Principal::Anonymous, None),
        (r#""Principal":{"AWS":"111122223333"}"#, service, None),
        (r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"}"#, user("ann"), Some(Reach::Principal)),
        (r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"}"#, user("Ann"), None),
        (r#""Principal":{"AWS":"arn:aws:iam::444455556666:user/ann"}"#, user("ann"), None),
        (
            r#""Principal":{"AWS":["444455556666","arn:aws:iam::111122223333:user/ann"]}"#,
            user("ann"),
            Some(Reach::Principal),
        ),
        (
            r#""Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:user/ann"]}"#,
            user("ann"),
            Some(Reach::Principal),
        ),
        (
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/team/Deployer"}"#,
            session,
            Some(Reach::Principal),
        ),
        (r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/Deployer"}"#, session, None),
        (
            r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/Deployer/ci"}"#,
            session,
            Some(Reach::Session),
        ),
        (r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/Deployer/cd"}"#, session, None),
        (
            r#""Principal":{"AWS":"arn:aws:sts::111122223333:federated-user/fred"}"#,
            federated,
            Some(Reach::Principal),
        ),
        (r#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#, service, Some(Reach::Principal)),
        (r#""Principal":{"Service":["a.amazonaws.com","b.amazonaws.com"]}"#, service, None),
        (r#""Principal":{"Federated":"accounts.google.com"}"#, web, Some(Reach::Principal)),
        (r#""Principal":{"CanonicalUser":"79a59df900b949e5"}"#, user("ann"), None),
        (r#""Principal":{"AWS":"AIDAEXAMPLEEXAMPLE00"}"#, user("ann"), None),
    ] {
        assert_eq!(reach(named, asks), expected, "{named} {asks:?}");
    }
}

#[test]
fn not_principal_spares_whom_it_names() {
    let judge = |excluded: &str, principal| {
        let statement = format!(r#""Effect":"Deny","Action":"*","Resource":"*","NotPrincipal":{excluded}"#);
        let policy = policy(Purpose::Resource, &[&statement]);
        let context = Context::default();
        word(&policy.judge(&Request { principal, action: "s3:GetObject", resource: "*", context: &context }))
    };
    let ann = r#"{"AWS":["arn:aws:iam::111122223333:user/ann","arn:aws:iam::111122223333:root"]}"#;
    assert_eq!(judge(ann, user("ann")), "silent");
    assert_eq!(judge(ann, Principal::Root(account(OWN))), "silent");
    assert_eq!(judge(ann, user("bob")), "denied");
    assert_eq!(judge(ann, Principal::Anonymous), "denied");
    let service = r#"{"Service":"cloudtrail.amazonaws.com"}"#;
    assert_eq!(judge(service, Principal::Service("cloudtrail.amazonaws.com")), "silent");
    assert_eq!(judge(service, Principal::Service("config.amazonaws.com")), "denied");
}

#[test]
fn a_policy_is_public_if_it_lets_in_anyone() {
    for (effect, members, expected) in [
        ("Allow", r#""Principal":"*""#, true),
        ("Deny", r#""Principal":"*""#, false),
        ("Deny", r#""NotPrincipal":{"AWS":"111122223333"}"#, false),
        ("Allow", r#""Principal":{"AWS":"111122223333"}"#, false),
        ("Allow", r#""Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, false),
        ("Allow", r#""Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"8.0.0.0/7"}}"#, true),
        ("Allow", r#""Principal":"*","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}"#, false),
        ("Allow", r#""Principal":"*","Condition":{"StringEqualsIfExists":{"aws:SourceAccount":"1"}}"#, true),
        ("Allow", r#""Principal":"*","Condition":{"StringLike":{"aws:SourceArn":"arn:*"}}"#, true),
        (
            "Allow",
            r#""Principal":"*","Condition":{"StringEquals":{"aws:PrincipalArn":"${aws:PrincipalArn}"}}"#,
            true,
        ),
        (
            "Allow",
            r#""Principal":"*","Condition":{"ForAllValues:StringEquals":{"aws:PrincipalArn":"x"}}"#,
            true,
        ),
        ("Allow", r#""Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#, true),
    ] {
        let statement = format!(r#""Effect":"{effect}","Action":"*","Resource":"*",{members}"#);
        assert_eq!(policy(Purpose::Resource, &[&statement]).is_public(), expected, "{effect} {members}");
    }
}
