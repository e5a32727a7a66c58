//! The compiled selectors and the naive matcher agree, whatever events and selectors look like.

use super::super::naive;
use super::*;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

const ARNS: &[&str] = &[
    "arn:aws:s3:::acme/logs/a",
    "arn:aws:s3:::acme/",
    "arn:aws:s3:::acme",
    "arn:aws:s3:::\"odd\"/é",
    "arn:aws:lambda:r:111122223333:function:one",
    "arn:aws:dynamodb:r:111122223333:table/one",
];
const ALL_OF: &[&str] = &["arn:aws:s3", "arn:aws:lambda", "arn:aws:dynamodb", "arn:aws-us-gov:s3"];
const TYPES: &[&str] =
    &["AWS::S3::Object", "AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::DynamoDB::Table"];
const SOURCES: &[&str] = &["s3.amazonaws.com", "kms.amazonaws.com", "rdsdata.amazonaws.com"];
const NAMES: &[&str] = &["PutObject", "DeleteObject"];
const CATEGORIES: &[&str] =
    &["Management", "Data", "NetworkActivity", "Insight", "Aggregated", "Novel", "Other", ""];
const EVENT_TYPES: &[&str] =
    &["AwsApiCall", "AwsServiceEvent", "AwsVpceEvent", "AwsVpceEvents", "AwsCloudTrailInsight"];
const ERRORS: &[&str] = &["VpceAccessDenied", "AccessDenied"];
const ENDPOINTS: &[&str] = &["vpce-1a2b", "vpce-\u{1f512}"];
const WORDS: &[&str] = &["true", "false", "null", "7", "7.50", "x"];

/// Those that selectors may name, and two that no event is asked for.
const FIELDS: &[&str] = &[
    "eventCategory",
    "readOnly",
    "eventSource",
    "eventName",
    "eventType",
    "errorCode",
    "vpcEndpointId",
    "userIdentity.arn",
    "sessionCredentialFromConsole",
    "resources.type",
    "resources.ARN",
    "resources.accountId",
    "awsRegion",
];

fn one_of(pool: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(pool).prop_map(str::to_owned)
}

/// JSON that is not a string.
fn odd() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(7),
        serde_json::from_str("7.50").unwrap(),
        json!([]),
        json!({}),
        json!(["x"]),
        json!({"arn": "x", "type": "AWS::S3::Object"}),
        json!([{"arn": "arn:aws:s3:::acme"}]),
    ])
}

/// Mostly a text of the pool, sometimes something else.
fn mostly(pool: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![8 => one_of(pool).prop_map(Value::from), 1 => one_of(WORDS).prop_map(Value::from), 2 => odd()]
}

/// Present or absent.
fn maybe(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Option<Value>> {
    prop::option::of(value)
}

/// An object of the members that are there.
fn object(members: Vec<(&str, Option<Value>)>) -> Value {
    let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect())
}

fn any_resource() -> impl Strategy<Value = Value> {
    let whole = (maybe(mostly(TYPES)), maybe(mostly(ARNS)), maybe(mostly(ARNS)));
    let whole = whole.prop_map(|(kind, arn, prefix)| {
        object(vec![("type", kind), ("ARN", arn), ("ARNPrefix", prefix), ("accountId", Some(json!("1")))])
    });
    prop_oneof![9 => whole, 1 => odd()]
}

fn any_event() -> impl Strategy<Value = Value> {
    let resources = prop_oneof![
        9 => prop::collection::vec(any_resource(), 0..4).prop_map(Value::from),
        1 => odd(),
    ];
    let user = prop_oneof![
        9 => maybe(mostly(ARNS)).prop_map(|arn| object(vec![("type", Some(json!("IAMUser"))), ("arn", arn)])),
        1 => odd(),
    ];
    let flag = || prop_oneof![any::<bool>().prop_map(Value::from), mostly(WORDS)];
    (
        (one_of(SOURCES), one_of(NAMES)),
        (maybe(mostly(CATEGORIES)), maybe(mostly(EVENT_TYPES)), maybe(flag()), maybe(flag())),
        (maybe(resources), maybe(user)),
        (maybe(mostly(ERRORS)), maybe(mostly(ENDPOINTS)), maybe(mostly(WORDS))),
    )
        .prop_map(|(names, kind, who, rest)| {
            let (category, event_type, management, read_only) = kind;
            let (error, endpoint, console) = rest;
            event(object(vec![
                ("resources", who.0),
                ("eventSource", Some(names.0.into())),
                ("eventCategory", category),
                ("readOnly", read_only),
                ("eventName", Some(names.1.into())),
                ("eventType", event_type),
                ("managementEvent", management),
                ("userIdentity", who.1),
                ("errorCode", error),
                ("vpcEndpointId", endpoint),
                ("sessionCredentialFromConsole", console),
                ("awsRegion", Some(json!("us-east-1"))),
            ]))
        })
}

/// How JSON may be written without meaning anything else.
#[derive(Clone, Copy, Debug)]
struct Style {
    is_pretty: bool,
    /// The first character of every string as an escape, but for the words by which the door tells categories and
    /// reads.
    has_escapes: bool,
}

fn any_style() -> impl Strategy<Value = Style> {
    (any::<bool>(), any::<bool>()).prop_map(|(is_pretty, has_escapes)| Style { is_pretty, has_escapes })
}

fn written(event: &Value, style: Style) -> String {
    let plain =
        if style.is_pretty { serde_json::to_string_pretty(event) } else { serde_json::to_string(event) };
    let plain = plain.unwrap();
    if !style.has_escapes {
        return plain;
    }
    let words = [("\\u0041ws", "Aws"), ("\\u0074rue", "true"), ("\\u0066alse", "false")];
    words.into_iter().fold(escaped(&plain), |text, (escape, word)| text.replace(escape, word))
}

/// Writes the first character of each string as `\uXXXX`.
fn escaped(json: &str) -> String {
    let mut out = String::new();
    let mut characters = json.chars().peekable();
    let mut is_inside = false;
    while let Some(character) = characters.next() {
        out.push(character);
        match character {
            '\\' => out.extend(characters.next()),
            '"' if is_inside => is_inside = false,
            '"' => {
                is_inside = true;
                let plain = characters.next_if(|next| !matches!(next, '"' | '\\'));
                for unit in plain.into_iter().flat_map(|plain| plain.encode_utf16(&mut [0; 2]).to_vec()) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => {}
        }
    }
    out
}

/// Whole values, and pieces of them for prefixes and suffixes.
fn any_value() -> impl Strategy<Value = String> {
    let whole = prop_oneof![
        3 => one_of(ARNS),
        2 => one_of(TYPES),
        1 => one_of(SOURCES),
        1 => one_of(NAMES),
        2 => one_of(CATEGORIES),
        1 => one_of(EVENT_TYPES),
        1 => one_of(ERRORS),
        1 => one_of(ENDPOINTS),
        2 => one_of(WORDS),
    ];
    (whole, 0..30usize, any::<bool>(), any::<bool>()).prop_map(|(text, cut, is_whole, is_tail)| {
        let at = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        match (is_whole, is_tail) {
            (true, _) => text,
            (false, true) => text[at..].to_owned(),
            (false, false) => text[..at].to_owned(),
        }
    })
}

fn any_values() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![4 => Just(vec![]), 1 => prop::collection::vec(any_value(), 1..3)]
}

fn any_basic() -> impl Strategy<Value = EventSelector> {
    let data = (one_of(TYPES), prop::collection::vec(prop_oneof![any_value(), one_of(ALL_OF)], 0..3));
    (
        select(&[ReadWriteType::All, ReadWriteType::ReadOnly, ReadWriteType::WriteOnly][..]),
        any::<bool>(),
        prop::collection::vec(data, 0..3),
        prop::collection::vec(one_of(SOURCES), 0..2),
    )
        .prop_map(|(read_write_type, include_management_events, data, exclude)| EventSelector {
            read_write_type,
            include_management_events,
            data_resources: data
                .into_iter()
                .map(|(resource_type, values)| DataResource { resource_type, values })
                .collect(),
            exclude_management_event_sources: exclude,
        })
}

fn any_advanced() -> impl Strategy<Value = AdvancedEventSelector> {
    let field =
        (one_of(FIELDS), any_values(), any_values(), any_values(), any_values(), any_values(), any_values())
            .prop_map(
                |(field, equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with)| {
                    AdvancedFieldSelector {
                        field,
                        equals,
                        starts_with,
                        ends_with,
                        not_equals,
                        not_starts_with,
                        not_ends_with,
                    }
                },
            );
    prop::collection::vec(field, 0..5).prop_map(selector)
}

fn any_selectors() -> impl Strategy<Value = Selectors> {
    prop_oneof![
        1 => Just(Selectors::Default),
        4 => prop::collection::vec(any_basic(), 0..4).prop_map(Selectors::Basic),
        8 => prop::collection::vec(any_advanced(), 0..4).prop_map(Selectors::Advanced),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn selectors_agree_with_the_naive_matcher(
        selectors in any_selectors(),
        event in any_event(),
        style in any_style(),
    ) {
        let text = written(&event, style);
        prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &event);
        prop_assert_eq!(takes_text(&selectors, &text), naive::takes(&selectors, &event), "{}", text);
    }
}

#[test]
fn what_is_made_up_is_both_taken_and_left_out() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let case = (any_selectors(), any_event());
    let mut taken = 0;
    for _ in 0..1000 {
        let (selectors, event) = case.new_tree(&mut runner).unwrap().current();
        taken += usize::from(naive::takes(&selectors, &event));
    }
    assert!((100..900).contains(&taken), "{taken} of 1000");
}
