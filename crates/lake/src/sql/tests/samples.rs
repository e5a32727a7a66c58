//! The sample queries, asked of stores with synthetic traffic and with events that each was written for.

use super::*;
use cairn_decide::selectors;
use cairn_samples::{STORE_PLACE, Sample, all};
use cairn_testkit::Traffic;
use serde_json::{Map, Value, json};

const STORE: &str = "0a1b2c3d-1e5f-4a6b-8c7d-9e0f1a2b3c4d";

/// Events of synthetic traffic, over the week before `now`.
const TRAFFIC: i64 = 3_000;

/// The share of samples that must find something, in percent.
const FINDING: usize = 90;

#[test]
fn every_sample_runs_and_most_find_what_they_were_written_for() {
    let (mut empty, mut refused) = (Vec::new(), Vec::new());
    for family in [
        selectors::Family::CloudTrail,
        selectors::Family::Insight,
        selectors::Family::ActivityAuditLog,
        selectors::Family::ConfigurationItem,
        selectors::Family::Evidence,
    ] {
        let table = table(family);
        for sample in all().iter().filter(|sample| sample.family == family) {
            match finds(sample, &table) {
                Ok(true) => {}
                Ok(false) => empty.push(sample.name),
                Err(why) => refused.push(format!("{}: {why}", sample.name)),
            }
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(empty.len() * 100 <= all().len() * (100 - FINDING), "nothing found: {empty:#?}");
}

/// Whether a sample gives a row, or why it does not run.
fn finds(sample: &Sample, table: &Table) -> Result<bool, String> {
    let statement =
        Statement::parse(&sample.statement.replace(STORE_PLACE, STORE)).map_err(|error| error.to_string())?;
    let prepared = rig().engine.prepare(&statement, std::slice::from_ref(table), now());
    let mut running =
        rig().engine.start(prepared.map_err(|error| error.to_string())?, Duration::from_secs(60));
    let mut found = false;
    while let Some(rows) = futures::executor::block_on(running.next()) {
        found |= !rows.map_err(|error| error.to_string())?.is_empty();
    }
    Ok(found)
}

fn table(family: selectors::Family) -> Table {
    let (family, lines) = match family {
        selectors::Family::CloudTrail => (Family::Events, include_str!("samples/calls.jsonl")),
        selectors::Family::Insight => (Family::Insights, include_str!("samples/insights.jsonl")),
        selectors::Family::ActivityAuditLog => {
            (Family::ActivityAuditLog, include_str!("samples/activity.jsonl"))
        }
        selectors::Family::ConfigurationItem => {
            (Family::ConfigurationItem, include_str!("samples/configuration.jsonl"))
        }
        selectors::Family::Evidence => (Family::Evidence, include_str!("samples/evidence.jsonl")),
    };
    let mut texts: Vec<String> =
        lines.lines().enumerate().map(|(number, line)| written(number, line)).collect();
    if family == Family::Events {
        texts.extend(traffic());
    }
    let batch = batch(&texts);
    let table = datafusion::datasource::MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
    Table { store: Uuid::try_parse(STORE).unwrap(), family, source: Source::of_provider(Arc::new(table)) }
}

fn traffic() -> impl Iterator<Item = String> {
    let mut traffic = Traffic::new(7);
    let end = now().as_micros();
    (0..TRAFFIC).map(move |number| {
        let mut out = Vec::new();
        let before = number * 7 * 86_400 * 1_000_000 / TRAFFIC;
        traffic.next_event(Timestamp::from_micros(end - before), &mut out);
        String::from_utf8(out).unwrap()
    })
}

/// An event as a line tells it: its members, of which some are short, over those of a usual event.
fn written(number: usize, line: &str) -> String {
    let mut told: Map<String, Value> = serde_json::from_str(line).unwrap();
    let short = |told: &mut Map<String, Value>, key: &str| told.remove(key);
    let mut event = usual(number);
    if let Some(source) = short(&mut told, "source") {
        event.insert("eventSource".into(), format!("{}.amazonaws.com", source.as_str().unwrap()).into());
    }
    if let Some(who) = short(&mut told, "as") {
        event.insert("userIdentity".into(), identity(who.as_str().unwrap()));
    }
    for (key, long) in
        [("name", "eventName"), ("request", "requestParameters"), ("response", "responseElements")]
    {
        event.extend(short(&mut told, key).map(|value| (long.to_owned(), value)));
    }
    event.extend(told);
    Value::Object(event).to_string()
}

fn usual(number: usize) -> Map<String, Value> {
    let event = json!({
        "eventVersion": "1.11",
        "eventTime": "2026-01-07T12:00:00Z",
        "eventSource": "example.amazonaws.com",
        "eventName": "Example",
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.0",
        "requestID": format!("r-{number}"),
        "eventID": format!("e-{number}"),
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    });
    event.as_object().unwrap().clone()
}

fn identity(who: &str) -> Value {
    let user = |key: &str| {
        let arn = format!("arn:aws:iam::111122223333:user/{who}");
        json!({"type": "IAMUser", "arn": arn, "accountId": "111122223333", "accessKeyId": key, "userName": who})
    };
    let session = |role: &str, more: Value| {
        let issuer = json!({
            "type": "Role",
            "arn": format!("arn:aws:iam::111122223333:role/{role}"),
            "accountId": "111122223333",
            "userName": role,
        });
        let mut context = json!({
            "sessionIssuer": issuer,
            "attributes": {"creationDate": "2026-01-07T08:30:00Z", "mfaAuthenticated": "false"},
            "sourceIdentity": "dave@example.com",
        });
        context.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let arn = format!("arn:aws:sts::111122223333:assumed-role/{role}/dave");
        json!({
            "type": "AssumedRole", "principalId": "AROA1:dave", "arn": arn, "accountId": "111122223333",
            "accessKeyId": "ASIA1", "sessionContext": context,
        })
    };
    match who {
        "root" => json!({
            "type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root",
            "accountId": "111122223333", "accessKeyId": "AKIAROOT",
        }),
        "admin" => session("Admin", json!({})),
        "emergency" => session("BreakGlass", json!({})),
        "instance" => session("Web", json!({"ec2RoleDelivery": "2.0"})),
        "stranger" => {
            json!({"type": "AWSAccount", "principalId": "AIDA9:mallory", "accountId": "999988887777"})
        }
        "anonymous" => json!({"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}),
        "config" => json!({"type": "AWSService", "invokedBy": "config.amazonaws.com"}),
        "web" => json!({
            "type": "WebIdentityUser", "principalId": "accounts.example.com:app:1", "userName": "1",
            "identityProvider": "accounts.example.com",
        }),
        "center" => json!({
            "type": "IdentityCenterUser", "accountId": "111122223333",
            "onBehalfOf": {
                "userId": "906732ab-1111-2222-3333-444455556666",
                "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1",
            },
        }),
        "alice" => user("AKIAIOSFODNN7EXAMPLE"),
        "quiet" => user("AKIAQUIET"),
        "fresh" => user("AKIAFRESH"),
        _ => user("AKIACAROL"),
    }
}
