//! Counting once more, as plainly as it can be written.

use super::Summary;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many events: by window, region, source, primary dimension and value, then by dimension and value; the total
/// stands under an empty dimension.
pub(super) type Totals = BTreeMap<(String, String, String, String, String), BTreeMap<(String, String), u64>>;

const PRIMARIES: [&str; 3] = ["eventName", "resourceARN", "userIdentity"];

/// The window of a time `YYYY-MM-DDTHH:MM:SSZ`.
fn window(time: &str) -> String {
    let minute: u32 = time[14..16].parse().unwrap();
    format!("{}{:02}:00Z", &time[..14], minute / 5 * 5)
}

fn values(event: &Value) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let found = [
        ("eventName", text(&event["eventName"])),
        ("resourceARN", text(&event["resources"][1]["ARN"])),
        ("userIdentity", text(&event["userIdentity"]["arn"])),
        ("userAgent", text(&event["userAgent"])),
        ("sourceIpAddress", text(&event["sourceIPAddress"])),
        ("errorCodes", text(&event["errorCode"])),
    ];
    found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

pub(super) fn count(event: &Value, region: &str, totals: &mut Totals) {
    let values = values(event);
    for (primary, value) in values.iter().filter(|(name, _)| PRIMARIES.contains(name)) {
        let window = window(event["eventTime"].as_str().unwrap());
        let source = event["eventSource"].as_str().unwrap().to_owned();
        let key = (window, region.to_owned(), source, (*primary).to_owned(), value.clone());
        let counts = totals.entry(key).or_default();
        *counts.entry(Default::default()).or_default() += 1;
        for (name, value) in values.iter().filter(|(name, _)| name != primary) {
            *counts.entry(((*name).to_owned(), value.clone())).or_default() += 1;
        }
    }
}

/// The same of records, several of one key added.
pub(super) fn add(summary: &Summary, totals: &mut Totals) {
    let (dimension, value) = &summary.primary;
    let key = (
        summary.start.to_string(),
        summary.region.clone(),
        summary.source.to_string(),
        dimension.name().to_owned(),
        value.to_string(),
    );
    let counts = totals.entry(key).or_default();
    *counts.entry(Default::default()).or_default() += summary.events;
    for (dimension, statistics) in &summary.details {
        for (value, count) in statistics {
            *counts.entry((dimension.name().to_owned(), value.to_string())).or_default() += count;
        }
    }
}
