//! Look-ups against a matcher that knows nothing of tails and tables.

use crate::testing::{ARRIVAL, Rig, event, everything, time};
use crate::{Categories, Filter, Found, Lookup};
use cairn_model::{Category, Timestamp};
use proptest::prelude::*;
use serde_json::Value;
use std::time::Duration;

const NAMES: [&str; 3] = ["CreateBucket", "GetObject", "ConsoleLogin"];
const REGIONS: [&str; 2] = ["eu-central-1", "us-east-1"];

/// One event: few values, so that filters meet some.
fn any_event() -> impl Strategy<Value = String> {
    let member = |key: &'static str, values: &'static [&'static str]| {
        prop::option::of(prop::sample::select(values))
            .prop_map(move |value| value.map_or(String::new(), |value| format!(r#","{key}":{value}"#)))
    };
    let members = (
        member("awsRegion", &["\"eu-central-1\"", "\"us-east-1\"", "7"]),
        member("errorCode", &["\"AccessDenied\"", "null", "5"]),
        member("errorMessage", &["\"Failed authentication\"", "null"]),
        member("readOnly", &["true", "false", "null", "\"true\""]),
        member("eventCategory", &["\"Management\"", "\"Data\"", "\"Novel\""]),
        member(
            "sourceIPAddress",
            &["\"10.0.0.1\"", "\"AWS Internal\"", "\"STRASSE Stra\\u00dfe\"", "\"\u{212a}elvin\""],
        ),
        member("recipientAccountId", &["\"210987654321\"", "\"210987654322\""]),
        member(
            "userIdentity",
            &[
                r#"{"type":"IAMUser","userName":"alice","arn":"arn:a","accessKeyId":"AKIA1"}"#,
                r#"{"type":"Root","accessKeyId":""}"#,
                r#"{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/R/bob"}"#,
            ],
        ),
        member(
            "resources",
            &[
                r#"[{"ARN":"arn:r1","type":"AWS::S3::Bucket"},{"ARN":"arn:r2","type":"AWS::S3::Object"}]"#,
                r#"[{"ARN":"arn:r2"}]"#,
            ],
        ),
    );
    let parameters = member(
        "requestParameters",
        &[
            r#"{"note":"a line\nnext Zebra \\nnext","n":123456789012}"#,
            r#"{"zebra":{"key":"logs/Zebra-9.gz","flag":true}}"#,
            r#"{"key":"caf\u00e9 z\u0065bra \\u0041"}"#,
        ],
    );
    (0..20u32, prop::sample::select(&NAMES), members, parameters).prop_map(|(second, name, members, last)| {
        let (a, b, c, d, e, f, g, h, i) = members;
        event(second, name, &[a, b, c, d, e, f, g, h, i, last].concat())
    })
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let of = |make: fn(String) -> Filter, values: &'static [&'static str]| {
        prop::sample::select(values).prop_map(move |value| make(value.to_owned())).boxed()
    };
    prop_oneof![
        of(Filter::EventName, &["GetObject", "ConsoleLogin", "getobject"]),
        of(Filter::EventSource, &["s3.amazonaws.com", "s3"]),
        of(Filter::Username, &["alice", "root", "bob", "R"]),
        of(Filter::ResourceName, &["arn:r1", "arn:r2", "arn:r3"]),
        of(Filter::ResourceType, &["AWS::S3::Bucket", "AWS::S3::Object"]),
        of(Filter::AccessKeyId, &["AKIA1", "", "AKIA2"]),
        of(Filter::SourceIp, &["10.0.0.1", "AWS Internal"]),
        of(Filter::ErrorCode, &["AccessDenied", "5"]),
        of(Filter::UserArn, &["arn:a"]),
        of(Filter::EventId, &["no-such-id"]),
        any::<bool>().prop_map(Filter::ReadOnly),
        Just(Filter::AnyError),
    ]
}

fn any_lookup() -> impl Strategy<Value = Lookup> {
    const TEXTS: [&str; 15] = [
        "create*",
        "AccessDenied",
        "bob",
        "readOnly",
        "10 0",
        "tru*",
        "2026 s3",
        "straße",
        "Kelvin managem*",
        "zebra",
        "next accessdenied",
        "nnext",
        "123456789012",
        "café",
        "arn sts bob",
    ];
    (
        prop::option::of(prop::sample::select(&["210987654321", "111122223333"])),
        prop::option::of(prop::sample::select(&REGIONS)),
        prop::option::of(prop::sample::select(&[Category::Management, Category::Data, Category::Other])),
        prop::collection::vec(any_filter(), 0..3),
        prop::option::weighted(0.3, prop::sample::select(&TEXTS)),
        prop::option::of(0..20i64),
        prop::option::of(0..20i64),
        1..9usize,
    )
        .prop_map(|(account, region, category, filters, text, from, to, limit)| {
            let second = |second| {
                let midnight = Timestamp::parse("2026-03-01T00:00:00Z").unwrap();
                Timestamp::from_seconds(midnight.as_seconds() + second)
            };
            Lookup {
                account: account.map(|account| account.parse().unwrap()),
                region: region.map(|region| region.to_string()),
                categories: category.map_or(Categories::ALL, |category| Categories::of(&[category])),
                filters,
                text: text.map(|text| text.to_string()),
                from: from.map(second),
                to: to.map(second),
                limit,
                ..everything()
            }
        })
}

fn naive(found: &Found, lookup: &Lookup) -> bool {
    let record: Value = serde_json::from_str(&found.text).unwrap();
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    let second = found.event_time.as_seconds();
    let region = match &record["awsRegion"] {
        Value::String(region) => region.as_str(),
        _ => "eu-central-1",
    };
    lookup.account.is_none_or(|account| text("/recipientAccountId") == Some(account.as_str()))
        && lookup.region.as_deref().is_none_or(|wanted| region == wanted)
        && lookup.categories.contains(found.category)
        && lookup.from.is_none_or(|from| second >= from.as_seconds())
        && lookup.to.is_none_or(|to| second <= to.as_seconds())
        && lookup.text.as_deref().is_none_or(|words| naive_text(&record, words))
        && lookup.filters.iter().all(|filter| match filter {
            Filter::EventId(id) => text("/eventID") == Some(id),
            Filter::EventName(name) => text("/eventName") == Some(name),
            Filter::EventSource(source) => text("/eventSource") == Some(source),
            Filter::ReadOnly(value) => match &record["readOnly"] {
                Value::Bool(flag) => flag == value,
                Value::String(flag) => *flag == value.to_string(),
                _ => false,
            },
            Filter::Username(name) => naive_username(&record).as_deref() == Some(name),
            Filter::ResourceName(name) => found.resources.iter().any(|one| one.name == *name),
            Filter::ResourceType(kind) => {
                found.resources.iter().any(|one| one.resource_type.as_ref() == Some(kind))
            }
            Filter::AccessKeyId(id) => text("/userIdentity/accessKeyId") == Some(id),
            Filter::SourceIp(ip) => text("/sourceIPAddress") == Some(ip),
            Filter::ErrorCode(code) => text("/errorCode") == Some(code),
            Filter::UserArn(arn) => text("/userIdentity/arn") == Some(arn),
            Filter::AnyError => text("/errorCode").or(text("/errorMessage")).is_some(),
        })
}

fn naive_username(record: &Value) -> Option<String> {
    let identity = &record["userIdentity"];
    let name = match identity["type"].as_str()? {
        "Root" => "root",
        "AssumedRole" => identity["arn"].as_str()?.rsplit('/').next()?,
        _ => identity["userName"].as_str()?,
    };
    Some(name.to_owned())
}

fn naive_text(record: &Value, search: &str) -> bool {
    fn words(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Null => {}
            Value::Array(values) => values.iter().for_each(|value| words(value, out)),
            Value::Object(members) => members.values().for_each(|value| words(value, out)),
            Value::String(text) => split(text, out),
            other => split(&other.to_string(), out),
        }
    }
    fn split(text: &str, out: &mut Vec<String>) {
        let lower = text.to_lowercase();
        out.extend(lower.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
    }
    let mut all = Vec::new();
    words(record, &mut all);
    search.split(' ').all(|word| match word.strip_suffix('*') {
        Some(prefix) => all.iter().any(|one| one.starts_with(prefix)),
        None => all.contains(&word.to_lowercase()),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_filter_gives_what_a_naive_matcher_gives_wherever_the_events_are(
        events in prop::collection::vec(any_event(), 1..60),
        cuts in prop::collection::vec(0..60usize, 0..4),
        lookups in prop::collection::vec(any_lookup(), 24),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let rig = Rig::new().await;
            for (number, text) in events.iter().enumerate() {
                let id = format!(r#","eventID":"id-{number}"}}"#);
                rig.add(&format!("{}{id}", text.strip_suffix('}').unwrap()));
                if cuts.contains(&number) {
                    rig.log.feed(&rig.history);
                    rig.history.commit().await.unwrap();
                }
            }
            rig.log.feed(&rig.history);
            let all = rig.all(everything()).await;
            assert_eq!(all.len(), events.len());
            let check = async || {
                for lookup in &lookups {
                    let expected: Vec<&Found> = all.iter().filter(|found| naive(found, lookup)).collect();
                    let found = rig.all(lookup.clone()).await;
                    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{lookup:?}");
                }
            };
            check().await;
            // Its day has ended: the files become one, with an index of its words.
            let later = time(ARRIVAL).plus(Duration::from_secs(2 * 86_400));
            while rig.history.maintain(later).await.unwrap().has_more {}
            check().await;
            let id = Filter::EventId("id-0".to_owned());
            let found = rig.all(Lookup { filters: vec![id], ..everything() }).await;
            assert_eq!(found.len(), 1);
        });
    }
}
