//! Random predicates over random events, against a matcher that knows nothing of tables, columns and plans.

use super::Asked;
use crate::testing::event;
use proptest::prelude::*;
use serde_json::Value;

/// A column that predicates are made of: as a statement writes it, and where its text stands in an event.
type Column = (&'static str, &'static str);

const COLUMNS: [Column; 10] = [
    ("eventName", "/eventName"),
    ("errorCode", "/errorCode"),
    ("awsRegion", "/awsRegion"),
    ("sourceIPAddress", "/sourceIPAddress"),
    ("eventID", "/eventID"),
    ("userIdentity.type", "/userIdentity/type"),
    ("userIdentity.userName", "/userIdentity/userName"),
    (
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
        "/userIdentity/sessionContext/attributes/mfaAuthenticated",
    ),
    ("element_at(requestParameters, 'bucketName')", "/requestParameters/bucketName"),
    ("tlsDetails.tlsVersion", "/tlsDetails/tlsVersion"),
];

/// Values that events have, some that none has, and some that stand between.
const VALUES: [&str; 14] = [
    "GetObject",
    "PutObject",
    "AccessDenied",
    "eu-central-1",
    "us-east-1",
    "10.0.0.1",
    "alice",
    "bob",
    "IAMUser",
    "false",
    "b\u{fc}cher",
    "TLSv1.2",
    "",
    "m",
];
const PATTERNS: [&str; 8] = ["%Object", "A%", "%e%", "_ob", "%", "", "10.0.0._", "b\u{fc}%r"];

#[derive(Clone, Debug)]
enum Predicate {
    Compare(Column, &'static str, &'static str),
    Like(Column, &'static str),
    In(Column, Vec<&'static str>),
    Between(Column, &'static str, &'static str),
    IsNull(Column),
    Distinct(Column, &'static str),
    ReadOnly(bool),
    Time(&'static str, u32),
    Not(Box<Predicate>),
    And(Box<Predicate>, Box<Predicate>),
    Or(Box<Predicate>, Box<Predicate>),
}

fn time_text(second: u32) -> String {
    format!("2026-03-01 00:00:{second:02}")
}

impl Predicate {
    fn sql(&self) -> String {
        match self {
            Predicate::Compare((column, _), operator, value) => format!("{column} {operator} '{value}'"),
            Predicate::Like((column, _), pattern) => format!("{column} LIKE '{pattern}'"),
            Predicate::In((column, _), values) => format!("{column} IN ('{}')", values.join("', '")),
            Predicate::Between((column, _), low, high) => format!("{column} BETWEEN '{low}' AND '{high}'"),
            Predicate::IsNull((column, _)) => format!("{column} IS NULL"),
            Predicate::Distinct((column, _), value) => format!("{column} IS DISTINCT FROM '{value}'"),
            Predicate::ReadOnly(value) => format!("readOnly = {value}"),
            Predicate::Time(operator, second) => format!("eventTime {operator} '{}'", time_text(*second)),
            Predicate::Not(inner) => format!("NOT ({})", inner.sql()),
            Predicate::And(one, other) => format!("({}) AND ({})", one.sql(), other.sql()),
            Predicate::Or(one, other) => format!("({}) OR ({})", one.sql(), other.sql()),
        }
    }

    /// True, false, or neither, as SQL has it.
    fn holds(&self, event: &Value) -> Option<bool> {
        let text = |column: &Column| event.pointer(column.1).and_then(Value::as_str);
        match self {
            Predicate::Compare(column, operator, value) => {
                text(column).map(|text| compare(text, operator, value))
            }
            Predicate::Like(column, pattern) => text(column).map(|text| is_like(text, pattern)),
            Predicate::In(column, values) => text(column).map(|text| values.contains(&text)),
            Predicate::Between(column, low, high) => text(column).map(|text| *low <= text && text <= *high),
            Predicate::IsNull(column) => Some(text(column).is_none()),
            Predicate::Distinct(column, value) => Some(text(column) != Some(value)),
            Predicate::ReadOnly(value) => event["readOnly"].as_bool().map(|flag| flag == *value),
            Predicate::Time(operator, second) => {
                let time = event["eventTime"].as_str()?.replace('T', " ").replace('Z', "");
                Some(compare(&time, operator, &time_text(*second)))
            }
            Predicate::Not(inner) => inner.holds(event).map(|holds| !holds),
            Predicate::And(one, other) => match (one.holds(event), other.holds(event)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Predicate::Or(one, other) => match (one.holds(event), other.holds(event)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

fn compare(one: &str, operator: &str, other: &str) -> bool {
    match operator {
        "=" => one == other,
        "<>" => one != other,
        "<" => one < other,
        ">" => one > other,
        "<=" => one <= other,
        _ => one >= other,
    }
}

fn is_like(text: &str, pattern: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('%') => {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| is_like(&text[at..], rest.as_str()))
        }
        Some(wanted) => {
            let mut left = text.chars();
            left.next().is_some_and(|c| wanted == '_' || c == wanted) && is_like(left.as_str(), rest.as_str())
        }
    }
}

fn any_predicate() -> impl Strategy<Value = Predicate> {
    let column = || prop::sample::select(&COLUMNS);
    let value = || prop::sample::select(&VALUES);
    let operator = || prop::sample::select(&["=", "<>", "<", ">", "<=", ">="]);
    let leaf = prop_oneof![
        4 => (column(), operator(), value()).prop_map(|(column, operator, value)| Predicate::Compare(column, operator, value)),
        2 => (column(), prop::sample::select(&PATTERNS)).prop_map(|(column, pattern)| Predicate::Like(column, pattern)),
        2 => (column(), prop::collection::vec(value(), 1..5)).prop_map(|(column, values)| Predicate::In(column, values)),
        1 => (column(), value(), value()).prop_map(|(column, low, high)| Predicate::Between(column, low, high)),
        1 => column().prop_map(Predicate::IsNull),
        1 => (column(), value()).prop_map(|(column, value)| Predicate::Distinct(column, value)),
        1 => any::<bool>().prop_map(Predicate::ReadOnly),
        2 => (operator(), 0..20u32).prop_map(|(operator, second)| Predicate::Time(operator, second)),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Predicate::Not(Box::new(inner))),
            (inner.clone(), inner.clone())
                .prop_map(|(one, other)| Predicate::And(Box::new(one), Box::new(other))),
            (inner.clone(), inner).prop_map(|(one, other)| Predicate::Or(Box::new(one), Box::new(other))),
        ]
    })
}

/// One event: few values, so that predicates meet some; members that are not there, or null.
fn any_event() -> impl Strategy<Value = String> {
    let member = |key: &'static str, values: &'static [&'static str]| {
        prop::option::weighted(0.8, prop::sample::select(values))
            .prop_map(move |value| value.map_or(String::new(), |value| format!(r#","{key}":{value}"#)))
    };
    let members = [
        member("awsRegion", &[r#""eu-central-1""#, r#""us-east-1""#]).boxed(),
        member("errorCode", &[r#""AccessDenied""#, "null"]).boxed(),
        member("readOnly", &["true", "false", "null"]).boxed(),
        member("sourceIPAddress", &[r#""10.0.0.1""#, r#""10.0.0.22""#]).boxed(),
        member(
            "requestParameters",
            &[r#"{"bucketName":"b\u00fccher","key":"m"}"#, r#"{"bucketName":"m"}"#, "{}", "null"],
        )
        .boxed(),
        member("tlsDetails", &[r#"{"tlsVersion":"TLSv1.2"}"#, "{}", "null"]).boxed(),
        member(
            "userIdentity",
            &[
                r#"{"type":"IAMUser","userName":"alice","arn":"arn:a"}"#,
                r#"{"type":"IAMUser","userName":"bob"}"#,
                r#"{"type":"AssumedRole","sessionContext":{"attributes":{"mfaAuthenticated":"false"}}}"#,
                r#"{"type":"Root"}"#,
            ],
        )
        .boxed(),
    ];
    (0..20u32, prop::sample::select(&["GetObject", "PutObject", "m"]), members)
        .prop_map(|(second, name, members)| event(second, name, &members.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn a_predicate_gives_what_a_naive_matcher_gives_wherever_the_events_are(
        events in prop::collection::vec(any_event(), 1..60),
        cuts in prop::collection::vec(0..60usize, 0..4),
        predicates in prop::collection::vec(any_predicate(), 12),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let asked = Asked::new().await;
            let mut records: Vec<Value> = Vec::new();
            for (number, text) in events.iter().enumerate() {
                let id = format!(r#","eventID":"id-{number}"}}"#);
                let text = format!("{}{id}", text.strip_suffix('}').unwrap());
                asked.rig.add(&text);
                records.push(serde_json::from_str(&text).unwrap());
                if cuts.contains(&number) {
                    asked.rig.log.feed(&asked.rig.history);
                    asked.commit().await;
                }
            }
            asked.rig.log.feed(&asked.rig.history);
            for predicate in &predicates {
                let mut found = asked.ask(&format!("SELECT eventID FROM $E WHERE {}", predicate.sql())).await;
                let holds = records.iter().filter(|record| predicate.holds(record) == Some(true));
                let mut wanted: Vec<_> = holds.map(|record| record["eventID"].as_str().unwrap().to_owned()).collect();
                found.sort_unstable();
                wanted.sort_unstable();
                assert_eq!(found, wanted, "{}", predicate.sql());
            }
        });
    }
}
