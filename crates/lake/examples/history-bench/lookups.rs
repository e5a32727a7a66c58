//! LookupEvents by each attribute, by a rare and by a common value, on the first and on a late page.

use crate::{Failed, measure, say};
use cairn_lake::{Categories, Filter, Found, History, Lookup, Page};
use cairn_model::{Category, Timestamp};
use cairn_testkit::ACCOUNT;
use std::collections::HashMap;
use std::time::{Duration, Instant};

const PAGE: usize = 50;
const LATE_PAGE: usize = 200;

/// Values of one attribute with how many events have them.
type Counts = HashMap<String, u64>;
/// Its name, how to ask for it, and its values in an event.
type Attribute = (&'static str, fn(String) -> Filter, fn(&Found) -> Vec<String>);

/// Measures them all; prints a line for each attribute.
pub(crate) async fn run(history: &History, now: Timestamp, pages: usize) -> Result<(), Failed> {
    let sample = sample(history, now).await?;
    say(&format!(
        "{:14} {:>22} {:>22} {:>22} {:>22}",
        "p50/p99, CPU, ms", "common", "page 200", "rare", "absent"
    ));
    let attributes: [Attribute; 8] = [
        ("EventId", Filter::EventId, |found| found.event_id.iter().cloned().collect()),
        ("EventName", Filter::EventName, |found| found.event_name.iter().cloned().collect()),
        ("EventSource", Filter::EventSource, |found| found.event_source.iter().cloned().collect()),
        ("ReadOnly", read_only, |found| found.read_only.iter().map(bool::to_string).collect()),
        ("Username", Filter::Username, |found| found.username.iter().cloned().collect()),
        ("ResourceName", Filter::ResourceName, |found| {
            found.resources.iter().map(|one| one.name.clone()).collect()
        }),
        ("ResourceType", Filter::ResourceType, |found| {
            found.resources.iter().filter_map(|one| one.resource_type.clone()).collect()
        }),
        ("AccessKeyId", Filter::AccessKeyId, |found| found.access_key_id.iter().cloned().collect()),
    ];
    for (name, filter, values) in attributes {
        let mut counts = Counts::new();
        for value in sample.iter().flat_map(values) {
            *counts.entry(value).or_default() += 1;
        }
        let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let common = counts.first().map(|(value, _)| value.clone()).unwrap_or_default();
        let filters = |value: &str| vec![filter(value.to_owned())];
        let late = late_page(history, &filters(&common), now).await?;
        let rare: Vec<&str> = counts.iter().rev().map(|(value, _)| value.as_str()).take(pages).collect();
        let first = time(history, &vec![lookup(filters(&common), now); pages]).await?;
        let late = time(history, &vec![late; pages]).await?;
        let rare: Vec<Lookup> = rare.iter().map(|value| lookup(filters(value), now)).collect();
        let rare = time(history, &rare).await?;
        // Between values that there are.
        let values = counts.iter().cycle().take(pages);
        let absent: Vec<Lookup> =
            values.map(|(value, _)| lookup(filters(&format!("{value}x")), now)).collect();
        let absent = time(history, &absent).await?;
        say(&format!("{name:14} {first:>22} {late:>22} {rare:>22} {absent:>22}"));
    }
    let none = time(history, &vec![lookup(Vec::new(), now); pages]).await?;
    let late = late_page(history, &[], now).await?;
    let late = time(history, &vec![late; pages]).await?;
    say(&format!("{:14} {none:>22} {late:>22}", "(no filter)"));
    Ok(())
}

fn read_only(value: String) -> Filter {
    Filter::ReadOnly(value == "true")
}

/// As LookupEvents asks.
fn lookup(filters: Vec<Filter>, now: Timestamp) -> Lookup {
    Lookup {
        account: Some(ACCOUNT.parse().expect("an account")),
        region: Some("us-east-1".to_owned()),
        categories: Categories::of(&[Category::Management]),
        filters,
        text: None,
        from: None,
        to: None,
        limit: PAGE,
        after: None,
        deadline: None,
        now,
    }
}

/// Some thousand events from all over the last day of history.
async fn sample(history: &History, now: Timestamp) -> Result<Vec<Found>, Failed> {
    let newest = history.lookup(Lookup { limit: 1, ..lookup(Vec::new(), now) }).await?.events;
    let newest = newest.first().map_or(now, |found| found.event_time);
    let mut found = Vec::new();
    for hours in 0..24 {
        let to = Some(newest.minus(Duration::from_secs(3600 * hours)));
        found.extend(history.lookup(Lookup { limit: 500, to, ..lookup(Vec::new(), now) }).await?.events);
    }
    Ok(found)
}

/// The look-up of the last page before the end, or of the 200th.
async fn late_page(history: &History, filters: &[Filter], now: Timestamp) -> Result<Lookup, Failed> {
    let mut lookup = lookup(filters.to_vec(), now);
    for _ in 1..LATE_PAGE {
        let Page { next: Some(next), .. } = history.lookup(lookup.clone()).await? else { break };
        lookup.after = Some(next);
    }
    Ok(lookup)
}

/// p50 and p99 of these look-ups.
async fn time(history: &History, lookups: &[Lookup]) -> Result<String, Failed> {
    let (mut times, mut events) = (Vec::new(), 0);
    let cpu = measure::cpu();
    for lookup in lookups {
        let start = Instant::now();
        events += history.lookup(lookup.clone()).await?.events.len();
        times.push(start.elapsed());
    }
    times.sort();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let ms = |share: usize| at(share).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    let count = lookups.len().max(1);
    let cpu = (measure::cpu() - cpu).as_secs_f64() * 1e3 / count as f64;
    Ok(format!("{:.1}/{:.1} cpu {cpu:.1} ({})", ms(50), ms(99), events / count))
}
