//! LookupEvents by each attribute, on a server that has many events.

use crate::error::BenchError;
use crate::http1::Connection;
use crate::quantiles::Quantiles;
use crate::server::{Server, lookup_events};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Instant;

/// The page that is measured beside the first, or the last one if there are fewer.
const LATE_PAGE: usize = 200;
/// How often each page is asked for.
const REPEATS: usize = 200;
/// Pages that the values are taken from.
const SAMPLE_PAGES: usize = 60;

/// The attributes of LookupEvents.
pub(crate) const ATTRIBUTES: [&str; 8] = [
    "EventId",
    "EventName",
    "EventSource",
    "ReadOnly",
    "Username",
    "ResourceName",
    "ResourceType",
    "AccessKeyId",
];

/// One page of one attribute's value.
#[derive(Clone, Debug)]
pub(crate) struct PageTimes {
    pub(crate) attribute: &'static str,
    /// `rare` or `common`.
    pub(crate) value: &'static str,
    /// Which page, from 1.
    pub(crate) page: usize,
    pub(crate) times: Quantiles,
    /// CPU seconds of the server for one of them.
    pub(crate) cpu: f64,
}

/// Measures all of them, one after the other over one connection, warm.
pub(crate) async fn measure(server: &Server) -> Result<Vec<PageTimes>, BenchError> {
    let mut connection = Connection::open(server.address()).await?;
    let samples = Samples::take(&mut connection).await?;
    let mut measured = Vec::new();
    for attribute in ATTRIBUTES {
        let (rare, common) = samples.values(attribute).ok_or(BenchError::NoEvents(attribute))?;
        for (kind, value) in [("rare", rare), ("common", common)] {
            let filter = json!([{ "AttributeKey": attribute, "AttributeValue": value }]);
            let first = json!({ "LookupAttributes": filter, "MaxResults": 50 });
            let (late, page) = walk(&mut connection, &first).await?;
            let pages = [(&first, 1), (&late, page)];
            for (request, page) in pages.iter().take(if page > 1 { 2 } else { 1 }) {
                let cpu_before = server.cpu_seconds()?;
                let times = times(&mut connection, request).await?;
                let cpu = (server.cpu_seconds()? - cpu_before) / (REPEATS + 1) as f64;
                measured.push(PageTimes { attribute, value: kind, page: *page, times, cpu });
            }
        }
    }
    Ok(measured)
}

/// Turns pages up to the late one; returns the request for it, and which one it is.
async fn walk(connection: &mut Connection, first: &Value) -> Result<(Value, usize), BenchError> {
    let mut request = first.clone();
    for page in 1..LATE_PAGE {
        let answer = lookup_events(connection, &request).await?;
        match answer.get("NextToken") {
            Some(token) => request["NextToken"] = token.clone(),
            None => return Ok((request, page)),
        }
    }
    Ok((request, LATE_PAGE))
}

async fn times(connection: &mut Connection, request: &Value) -> Result<Quantiles, BenchError> {
    let mut times = Vec::with_capacity(REPEATS);
    // Once before, so that what is read is in memory: the figure is a warm one.
    lookup_events(connection, request).await?;
    for _ in 0..REPEATS {
        let start = Instant::now();
        lookup_events(connection, request).await?;
        times.push(start.elapsed());
    }
    Ok(Quantiles::of(times))
}

/// How often each attribute's values occur in some pages of the newest events.
struct Samples(HashMap<&'static str, HashMap<String, u32>>);

impl Samples {
    async fn take(connection: &mut Connection) -> Result<Samples, BenchError> {
        let mut samples = Samples(HashMap::new());
        let mut request = json!({ "MaxResults": 50 });
        let mut pages = 0;
        while pages < SAMPLE_PAGES {
            let answer = lookup_events(connection, &request).await?;
            let events = answer["Events"].as_array().map_or(&[][..], Vec::as_slice);
            // A server that stays has its own records of earlier look-ups, which name no resources.
            let others = events.iter().filter(|event| event["EventName"] != "LookupEvents");
            pages += usize::from(others.clone().count() > 0);
            others.for_each(|event| samples.count(event));
            match answer.get("NextToken") {
                Some(token) => request["NextToken"] = token.clone(),
                None => break,
            }
        }
        Ok(samples)
    }

    fn count(&mut self, event: &Value) {
        for attribute in ATTRIBUTES {
            let holders = match attribute {
                "ResourceName" | "ResourceType" => {
                    event["Resources"].as_array().map_or(&[][..], Vec::as_slice)
                }
                _ => std::slice::from_ref(event),
            };
            for value in holders.iter().filter_map(|holder| holder[attribute].as_str()) {
                *self.0.entry(attribute).or_default().entry(value.to_owned()).or_default() += 1;
            }
        }
    }

    /// A rarest and a most common value. The one with the least text wins a tie, so that runs are alike.
    fn values(&self, attribute: &str) -> Option<(&str, &str)> {
        let counts = self.0.get(attribute)?;
        let rare = counts.iter().min_by_key(|(value, count)| (**count, *value))?;
        let common = counts.iter().max_by_key(|(value, count)| (**count, std::cmp::Reverse(*value)))?;
        Some((rare.0, common.0))
    }
}

#[cfg(test)]
mod tests;
