#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::address::AddressError;
use crate::channels::{CreateChannel, Destination};
use crate::stores::tests::{HOME, facts as store_facts, id, store};
use cairn_model::{Channel, Dashboard, EventDataStore};
use serde_json::{Value, json};

/// The things of an account: store 1, store 2, which is pending deletion, channel 5, and a dashboard.
struct Account {
    stores: Vec<Arc<EventDataStore>>,
    channels: Vec<Arc<Channel>>,
    dashboards: Vec<Arc<Dashboard>>,
    policies: Vec<Arc<ResourcePolicy>>,
}

impl Account {
    fn new() -> Account {
        let deleted = Some(store_facts(&[], &[]).now);
        let stores = [store(1, "ActivityAuditLog"), EventDataStore { deleted, ..store(2, "Management") }]
            .map(Arc::new)
            .to_vec();
        let request = CreateChannel {
            id: id(5),
            name: "channel".to_owned(),
            source: "Custom".to_owned(),
            destinations: vec![Destination { kind: "EVENT_DATA_STORE".to_owned(), location: id(1) }],
            tags: Vec::new(),
        };
        let facts = store_facts(&stores, &[]);
        let channels = vec![Arc::new(channels::create(&facts, &request).unwrap())];
        let none = dashboards::Facts { dashboards: &[], stores: facts };
        let dashboard = dashboards::create(&none, "dash", dashboards::Settings::default(), &[]).unwrap();
        Account { stores, channels, dashboards: vec![Arc::new(dashboard)], policies: Vec::new() }
    }

    fn facts(&self) -> Facts<'_> {
        let stores = store_facts(&self.stores, &self.channels);
        let dashboards = dashboards::Facts { dashboards: &self.dashboards, stores };
        Facts { policies: &self.policies, dashboards }
    }
}

fn arn(kind_and_name: &str) -> String {
    format!("arn:aws:cloudtrail:{HOME}:111122223333:{kind_and_name}")
}

fn channel() -> String {
    arn(&format!("channel/{}", id(5)))
}

fn event_data_store() -> String {
    arn(&format!("eventdatastore/{}", id(1)))
}

fn dashboard() -> String {
    arn("dashboard/dash")
}

fn statement_of(resource: &str, action: &str) -> Value {
    let principal = json!({"AWS": "arn:aws:iam::444455556666:root"});
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource})
}

fn of_channel() -> Value {
    statement_of(&channel(), "cloudtrail-data:PutAuditEvents")
}

fn of_dashboard() -> Value {
    let conditions = json!({"AWS:SourceArn": dashboard(), "AWS:SourceAccount": "111122223333"});
    let mut statement = statement_of(&dashboard(), "cloudtrail:StartDashboardRefresh");
    statement["Principal"] = json!({"Service": "cloudtrail.amazonaws.com"});
    statement["Condition"] = json!({"StringEquals": conditions});
    statement
}

fn with(mut statement: Value, member: &str, value: Value) -> Value {
    statement[member] = value;
    statement
}

fn document(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn putting(arn: &str, statements: &[Value]) -> Result<ResourcePolicy, ResourcePolicyError> {
    put(&Account::new().facts(), arn, &document(statements))
}

#[track_caller]
fn refused(arn: &str, statement: Value, rule: Rule) {
    assert_eq!(putting(arn, &[statement]).unwrap_err(), rule.into());
}

#[test]
fn a_policy_is_kept_as_it_was_given() {
    let mut account = Account::new();
    for (arn, statement) in [
        (channel(), of_channel()),
        (event_data_store(), statement_of(&event_data_store(), "cloudtrail:StartQuery")),
        (dashboard(), of_dashboard()),
    ] {
        let resource: PolicedArn = arn.parse().unwrap();
        assert_eq!(get(&account.facts(), &arn).unwrap_err(), ResourcePolicyError::NoPolicy(resource));
        let text = document(&[statement]);
        let policy = put(&account.facts(), &arn, &text).unwrap();
        assert_eq!((policy.resource.to_string(), &policy.document), (arn.clone(), &text));
        account.policies.push(Arc::new(policy));
        assert_eq!(get(&account.facts(), &arn).unwrap().document, text);
    }
}

#[test]
fn resources_are_found_by_their_arns_at_home() {
    let account = Account::new();
    let check = |arn: &str, expected: ResourcePolicyError| {
        assert_eq!(get(&account.facts(), arn).unwrap_err(), expected.clone());
        assert_eq!(put(&account.facts(), arn, &document(&[of_channel()])).unwrap_err(), expected);
    };
    for text in ["dash", "arn:aws:s3:::acme", "arn:aws:cloudtrail:x:y:channel/z", &arn("channel")] {
        check(text, ResourcePolicyError::ArnNotValid(text.to_owned()));
    }
    for kind in ["trail/main", "rock/x"] {
        check(&arn(kind), ResourcePolicyError::TypeNotSupported(arn(kind)));
    }
    let id_of = |kind: &str, number: usize| arn(&format!("{kind}/{}", id(number)));
    for gone in
        [arn("dashboard/gone"), id_of("channel", 9), id_of("eventdatastore", 9), id_of("eventdatastore", 2)]
    {
        check(&gone, ResourcePolicyError::NotFound(gone.clone()));
    }
    for own in [channel(), event_data_store(), dashboard()] {
        let account = store_facts(&[], &[]).account;
        check(&own.replace("111122223333", "444455556666"), AddressError::OtherAccount(account).into());
        check(&own.replace(HOME, "us-east-1"), AddressError::OtherRegion(HOME.to_owned()).into());
    }
}

#[test]
fn malformed_documents_are_refused_with_their_place() {
    let text = |text: &str| put(&Account::new().facts(), &channel(), text).unwrap_err().to_string();
    let lacking = document(&[with(of_channel(), "Effect", json!("Maybe"))]);
    assert_eq!(
        text(&lacking),
        "The resource policy is not valid: Invalid effect: Maybe (Statement 1, Effect)"
    );
    for malformed in ["{", "[]", "{}", &document(&[json!({"Effect": "Allow"})])] {
        let refused = put(&Account::new().facts(), &channel(), malformed);
        assert!(matches!(refused, Err(ResourcePolicyError::NotValid(Rule::Malformed(_)))), "{refused:?}");
    }
}

#[test]
fn a_channel_lets_others_put_events() {
    let external = |operator: &str| json!({operator: {"cloudtrail:ExternalId": "partner-17"}});
    let guarded = with(of_channel(), "Condition", external("StringEquals"));
    assert!(putting(&channel(), &vec![guarded; 20]).is_ok());
    let refused_as = Rule::Statements { count: 21, max: 20 };
    assert_eq!(putting(&channel(), &vec![of_channel(); 21]).unwrap_err(), refused_as.into());

    let principals = |count: usize| json!({"AWS": vec!["444455556666"; count]});
    assert!(putting(&channel(), &[with(of_channel(), "Principal", principals(50))]).is_ok());
    let many = Rule::Principals { statement: 1, count: 51, max: 50 };
    refused(&channel(), with(of_channel(), "Principal", principals(51)), many);
    refused(&channel(), with(of_channel(), "Condition", external("StringLike")), Rule::ExternalId(1));
    let from_office = json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
    assert!(putting(&channel(), &[with(of_channel(), "Condition", from_office)]).is_ok());
    let key = "aws:MultiFactorAuthPresent".to_owned();
    let never = json!({"Bool": {&key: "false"}});
    refused(&channel(), with(of_channel(), "Condition", never), Rule::ConditionKey { statement: 1, key });
    for action in ["cloudtrail:PutAuditEvents", "cloudtrail-data:*", "cloudtrail:StartQuery"] {
        let rule = Rule::Action { statement: 1, action: action.to_owned() };
        refused(&channel(), with(of_channel(), "Action", json!(action)), rule);
    }
    for resource in ["*".to_owned(), arn("channel/*"), event_data_store()] {
        let rule = Rule::Resource { statement: 1, resource: resource.clone() };
        refused(&channel(), with(of_channel(), "Resource", json!(resource)), rule);
    }
    let mut other = of_channel();
    other.as_object_mut().unwrap().remove("Resource");
    other["NotResource"] = json!(event_data_store());
    refused(&channel(), other, Rule::Exception(1));
}

#[test]
fn an_event_data_store_lets_others_query() {
    let own = event_data_store();
    for action in [
        "StartQuery",
        "CancelQuery",
        "ListQueries",
        "DescribeQuery",
        "GetQueryResults",
        "GenerateQuery",
        "GenerateQueryResultsSummary",
        "GetEventDataStore",
        "getqueryresults",
    ] {
        let statement = statement_of(&own, &format!("cloudtrail:{action}"));
        assert!(putting(&own, &[statement]).is_ok(), "{action}");
    }
    for action in ["cloudtrail:DeleteEventDataStore", "cloudtrail:*", "*", "cloudtrail:Get*"] {
        let refused = putting(&own, &[statement_of(&own, action)]);
        assert!(matches!(refused, Err(ResourcePolicyError::NotValid(_))), "{action}");
    }
}

#[test]
fn a_dashboard_lets_cloudtrail_refresh_it() {
    let own = dashboard();
    let mut without_resource = of_dashboard();
    without_resource.as_object_mut().unwrap().remove("Resource");
    assert!(putting(&own, &[of_dashboard(), without_resource]).is_ok());
    for principal in [
        json!("*"),
        json!({"AWS": "444455556666"}),
        json!({"Service": "s3.amazonaws.com"}),
        json!({"Service": "cloudtrail.amazonaws.com", "AWS": "444455556666"}),
    ] {
        refused(&own, with(of_dashboard(), "Principal", principal), Rule::OnlyCloudTrail(1));
    }
    let action = "cloudtrail:StartQuery".to_owned();
    let rule = Rule::Action { statement: 1, action: action.clone() };
    refused(&own, with(of_dashboard(), "Action", json!(action)), rule);
    let lacking = json!({"StringEquals": {"aws:SourceArn": own}});
    let rule = Rule::Condition { statement: 1, key: "AWS:SourceAccount" };
    refused(&own, with(of_dashboard(), "Condition", lacking), rule);
}
