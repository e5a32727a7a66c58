//! All policies together, as "Policy evaluation logic" has it.

use super::*;

const ALLOW: &str = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#;
const DENY: &str = r#""Sid":"Never","Effect":"Deny","Action":"s3:GetObject","Resource":"*""#;
const NAMES_USER: &str = r#""AWS":"arn:aws:iam::111122223333:user/ann""#;
const NAMES_ACCOUNT: &str = r#""AWS":"111122223333""#;
const NAMES_ROLE: &str = r#""AWS":"arn:aws:iam::111122223333:role/Deployer""#;
const NAMES_SESSION: &str = r#""AWS":"arn:aws:sts::111122223333:assumed-role/Deployer/ci""#;
const NAMES_SERVICE: &str = r#""Service":"cloudtrail.amazonaws.com""#;

/// Who asks, and what is attached to them.
#[derive(Clone, Copy, Debug)]
enum Who {
    Root,
    /// A user with these statements.
    User(&'static [&'static str]),
    /// A session of a role with these statements, and with a policy of its own.
    Session(&'static [&'static str], Option<&'static [&'static str]>),
    Service,
    Anonymous,
}

/// Whose the resource is, and whom its policy allows or denies.
#[derive(Clone, Copy, Debug)]
enum On {
    Own,
    OwnAllowing(&'static str),
    OwnDenying(&'static str),
    Others,
    OthersAllowing(&'static str),
    Role(&'static str),
}

fn check(who: Who, on: On, expected: &str) {
    let context = Context::default();
    let named = |statements: &[&str]| match statements.is_empty() {
        true => Vec::new(),
        false => {
            vec![NamedPolicy { name: "attached".to_owned(), policy: policy(Purpose::Identity, statements) }]
        }
    };
    let (principal, attached, session) = match who {
        Who::Root => (Principal::Root(account(OWN)), None, None),
        Who::User(statements) => (user("ann"), Some(named(statements)), None),
        Who::Session(statements, session) => {
            let session = session.map(|statements| policy(Purpose::Identity, statements));
            let principal = Principal::Session { account: account(OWN), role: "Deployer", session: "ci" };
            (principal, Some(named(statements)), session)
        }
        Who::Service => (Principal::Service("cloudtrail.amazonaws.com"), Some(Vec::new()), None),
        Who::Anonymous => (Principal::Anonymous, Some(Vec::new()), None),
    };
    let resource_policy = |effect: &str, principal: &str| {
        let resource = if matches!(on, On::Role(_)) { "" } else { r#","Resource":"*""# };
        let purpose = if resource.is_empty() { Purpose::Trust } else { Purpose::Resource };
        let principal = if principal == "*" { r#""*""#.to_owned() } else { format!("{{{principal}}}") };
        let statement = format!(r#""Effect":"{effect}","Principal":{principal},"Action":"s3:*"{resource}"#);
        policy(purpose, &[&statement])
    };
    let (owner, said) = match on {
        On::Own => (OWN, None),
        On::Others => (OTHER, None),
        On::OwnAllowing(whom) | On::Role(whom) => (OWN, Some(resource_policy("Allow", whom))),
        On::OwnDenying(whom) => (OWN, Some(resource_policy("Deny", whom))),
        On::OthersAllowing(whom) => (OTHER, Some(resource_policy("Allow", whom))),
    };
    let question = Question {
        request: Request {
            principal,
            action: "s3:GetObject",
            resource: "arn:aws:s3:::b/k",
            context: &context,
        },
        identity: attached.as_deref().map_or(Identity::Administrator, Identity::Policies),
        session: session.as_ref(),
        resource: Some(ResourceSide {
            owner: account(owner),
            policy: said.as_ref(),
            is_required: matches!(on, On::Role(_)),
        }),
    };
    let decision = decide(&question);
    let found = match &decision {
        Decision::Allowed(_) => "allowed".to_owned(),
        other => other.why("s3:GetObject"),
    };
    assert_eq!(found, expected, "{who:?} {on:?}");
}

const OK: &str = "allowed";
const NO_IDENTITY: &str = "because no identity-based policy allows the s3:GetObject action";
const NO_RESOURCE: &str = "because no resource-based policy allows the s3:GetObject action";
const NO_SESSION: &str = "because no session policy allows the s3:GetObject action";
const DENIED_IDENTITY: &str = "with an explicit deny in an identity-based policy";
const DENIED_RESOURCE: &str = "with an explicit deny in a resource-based policy";
const DENIED_SESSION: &str = "with an explicit deny in a session policy";

#[test]
fn in_one_account_either_side_allows() {
    for (who, on, expected) in [
        (Who::Root, On::Own, OK),
        (Who::Root, On::OwnAllowing(NAMES_USER), OK),
        (Who::Root, On::OwnDenying("*"), DENIED_RESOURCE),
        (Who::User(&[]), On::Own, NO_IDENTITY),
        (Who::User(&[ALLOW]), On::Own, OK),
        (Who::User(&[ALLOW, DENY]), On::Own, DENIED_IDENTITY),
        (Who::User(&[]), On::OwnAllowing(NAMES_USER), OK),
        (Who::User(&[]), On::OwnAllowing("*"), OK),
        // The account is allowed to let its users, which it does not.
        (Who::User(&[]), On::OwnAllowing(NAMES_ACCOUNT), NO_IDENTITY),
        (Who::User(&[ALLOW]), On::OwnAllowing(NAMES_ACCOUNT), OK),
        (Who::User(&[DENY]), On::OwnAllowing(NAMES_USER), DENIED_IDENTITY),
        (Who::User(&[ALLOW]), On::OwnDenying(NAMES_USER), DENIED_RESOURCE),
        (Who::User(&[ALLOW]), On::OwnDenying(NAMES_ACCOUNT), DENIED_RESOURCE),
        (Who::User(&[ALLOW]), On::OwnDenying(NAMES_SERVICE), OK),
    ] {
        check(who, on, expected);
    }
}

#[test]
fn across_accounts_both_sides_must_allow() {
    for (who, on, expected) in [
        (Who::Root, On::Others, NO_RESOURCE),
        (Who::Root, On::OthersAllowing(NAMES_ACCOUNT), OK),
        (Who::User(&[ALLOW]), On::Others, NO_RESOURCE),
        (Who::User(&[]), On::OthersAllowing(NAMES_USER), NO_IDENTITY),
        (Who::User(&[]), On::OthersAllowing("*"), NO_IDENTITY),
        (Who::User(&[ALLOW]), On::OthersAllowing(NAMES_USER), OK),
        (Who::User(&[ALLOW]), On::OthersAllowing(NAMES_ACCOUNT), OK),
        (Who::User(&[ALLOW]), On::OthersAllowing("*"), OK),
        (Who::User(&[ALLOW, DENY]), On::OthersAllowing(NAMES_USER), DENIED_IDENTITY),
        (Who::User(&[ALLOW]), On::OthersAllowing(NAMES_ROLE), NO_RESOURCE),
    ] {
        check(who, on, expected);
    }
}

#[test]
fn a_session_policy_narrows_what_the_role_may() {
    for (who, on, expected) in [
        (Who::Session(&[ALLOW], None), On::Own, OK),
        (Who::Session(&[], None), On::Own, NO_IDENTITY),
        (Who::Session(&[ALLOW], Some(&[ALLOW])), On::Own, OK),
        (Who::Session(&[], Some(&[ALLOW])), On::Own, NO_IDENTITY),
        (
            Who::Session(&[ALLOW], Some(&[r#""Effect":"Allow","Action":"sts:*","Resource":"*""#])),
            On::Own,
            NO_SESSION,
        ),
        (Who::Session(&[ALLOW], Some(&[DENY])), On::Own, DENIED_SESSION),
        (Who::Session(&[DENY], Some(&[ALLOW])), On::Own, DENIED_IDENTITY),
        (Who::Session(&[], None), On::OwnAllowing(NAMES_ROLE), OK),
        (Who::Session(&[], None), On::OwnAllowing(NAMES_SESSION), OK),
        (
            Who::Session(&[], Some(&[r#""Effect":"Allow","Action":"sts:*","Resource":"*""#])),
            On::OwnAllowing(NAMES_ROLE),
            NO_SESSION,
        ),
        (
            Who::Session(&[], Some(&[r#""Effect":"Allow","Action":"sts:*","Resource":"*""#])),
            On::OwnAllowing(NAMES_SESSION),
            OK,
        ),
        (Who::Session(&[], Some(&[DENY])), On::OwnAllowing(NAMES_SESSION), DENIED_SESSION),
        (Who::Session(&[ALLOW], None), On::OthersAllowing(NAMES_ROLE), OK),
        (Who::Session(&[], None), On::OthersAllowing(NAMES_ROLE), NO_IDENTITY),
    ] {
        check(who, on, expected);
    }
}

#[test]
fn who_has_no_account_needs_the_resource_alone() {
    for (who, on, expected) in [
        (Who::Service, On::OwnAllowing(NAMES_SERVICE), OK),
        (Who::Service, On::OthersAllowing(NAMES_SERVICE), OK),
        (Who::Service, On::Own, NO_RESOURCE),
        (Who::Service, On::OwnAllowing(NAMES_ACCOUNT), NO_RESOURCE),
        (Who::Anonymous, On::OwnAllowing("*"), OK),
        (Who::Anonymous, On::Own, NO_RESOURCE),
        (Who::Anonymous, On::OwnDenying("*"), DENIED_RESOURCE),
    ] {
        check(who, on, expected);
    }
}

#[test]
fn nobody_gets_into_a_role_whom_it_does_not_trust() {
    for (who, on, expected) in [
        (Who::Root, On::Role(NAMES_SERVICE), NO_RESOURCE),
        (Who::Root, On::Role(NAMES_ACCOUNT), OK),
        (Who::User(&[ALLOW]), On::Role(NAMES_SERVICE), NO_RESOURCE),
        (Who::User(&[]), On::Role(NAMES_USER), OK),
        (Who::User(&[]), On::Role(NAMES_ACCOUNT), NO_IDENTITY),
        (Who::User(&[ALLOW]), On::Role(NAMES_ACCOUNT), OK),
        (Who::User(&[DENY]), On::Role(NAMES_USER), DENIED_IDENTITY),
    ] {
        check(who, on, expected);
    }
}

#[test]
fn a_decision_names_the_policy_and_the_statement() {
    let attached = |statements: &[&str]| NamedPolicy {
        name: format!("{} statements", statements.len()),
        policy: policy(Purpose::Identity, statements),
    };
    let policies = [attached(&[ALLOW]), attached(&[ALLOW, DENY])];
    let context = Context::default();
    let request =
        Request { principal: user("ann"), action: "s3:GetObject", resource: "*", context: &context };
    let question = |policies| Question {
        request,
        identity: Identity::Policies(policies),
        session: None,
        resource: None,
    };
    let Decision::Denied { kind: PolicyKind::Identity, reason } = decide(&question(&policies)) else {
        panic!()
    };
    assert_eq!((reason.policy, reason.statement.unwrap().sid()), (Some("2 statements"), Some("Never")));
    let Decision::Allowed(reason) = decide(&question(&policies[..1])) else { panic!() };
    assert_eq!((reason.policy, reason.statement.unwrap().sid()), (Some("1 statements"), None));
}

#[test]
fn no_policy_is_asked_about_what_is_longer_than_anything_is() {
    let all = NamedPolicy {
        name: "all".to_owned(),
        policy: policy(Purpose::Identity, &[r#""Effect":"Allow","Action":"*","Resource":"*""#]),
    };
    let attached = [all];
    let may = |identity, action: &str, resource: &str, context: &Context| {
        let request = Request { principal: user("ann"), action, resource, context };
        decide(&Question { request, identity, session: None, resource: None }).is_allowed()
    };
    let policies = Identity::Policies(&attached);
    let (nothing, long) = (Context::default(), "a".repeat(2049));
    assert!(may(policies, &long[1..], &long[1..], &nothing));
    assert!(!may(policies, &long, "*", &nothing) && !may(policies, "s3:GetObject", &long, &nothing));
    assert!(may(Identity::Administrator, "s3:GetObject", &long, &nothing));
    let mut context = Context::default();
    context.set("aws:useragent", &long[1..]);
    assert!(may(policies, "s3:GetObject", "*", &context));
    context.set("aws:useragent", long.as_str());
    assert!(!may(policies, "s3:GetObject", "*", &context));
    let mut context = Context::default();
    context.set_all("aws:tagkeys", vec!["k".repeat(128); 256]);
    assert!(may(policies, "s3:GetObject", "*", &context));
    context.set_all("aws:tagkeys", vec!["k".repeat(128); 257]);
    assert!(!may(policies, "s3:GetObject", "*", &context));
}
