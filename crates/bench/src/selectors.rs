//! How fast event selectors judge events: pairs of an event and a selector a second, on one core.

use crate::clock;
use cairn_decide::selectors::Compiled;
use cairn_model::event::{Admission, Door};
use cairn_model::{
    AdvancedEventSelector, AdvancedFieldSelector, Category, DataResource, Event, EventSelector, Origin,
    ReadWriteType, Selectors,
};
use cairn_testkit::Traffic;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Pairs judged a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SelectorsRun {
    /// Of all kinds of events.
    pub(crate) all_events: f64,
    /// Of data events alone: they are judged by their resources too.
    pub(crate) data_events: f64,
}

/// Events of each of the two measures; some megabytes, as a reader of the log has them at once.
const EVENTS: usize = 2_000;
const FOR: Duration = Duration::from_millis(500);

/// Judges generated events, parsed before, for a second.
pub(crate) fn run(seed: u64) -> SelectorsRun {
    let mut traffic = Traffic::new(seed);
    let all: Vec<Vec<u8>> = std::iter::repeat_with(|| parsed(&mut traffic)).take(EVENTS).collect();
    let is_data = |event: &Vec<u8>| decoded(event).category() == Category::Data;
    let data: Vec<Vec<u8>> =
        std::iter::repeat_with(|| parsed(&mut traffic)).filter(is_data).take(EVENTS).collect();
    SelectorsRun { all_events: pairs_a_second(&all), data_events: pairs_a_second(&data) }
}

fn parsed(traffic: &mut Traffic) -> Vec<u8> {
    let now = clock::now();
    let mut text = Vec::new();
    traffic.next_event(now, &mut text);
    let account = "111122223333".parse().expect("twelve digits are an account");
    let admission = Admission { origin: Origin::Recorded, account, arrival: now };
    let mut event = Vec::new();
    Door::default().admit(&text, &admission, || 0, &mut event).expect("generated events are events");
    event
}

fn decoded(event: &[u8]) -> Event<'_> {
    Event::decode(event).expect("the door wrote it")
}

fn pairs_a_second(events: &[Vec<u8>]) -> f64 {
    let events: Vec<Event<'_>> = events.iter().map(|event| decoded(event)).collect();
    let selectors: Vec<Compiled> = selectors().iter().map(Compiled::new).collect();
    let (mut pairs, start) = (0, Instant::now());
    while start.elapsed() < FOR {
        for event in &events {
            for selectors in &selectors {
                black_box(selectors.takes(black_box(event)));
            }
        }
        pairs += events.len() * selectors.len();
    }
    pairs as f64 / start.elapsed().as_secs_f64()
}

/// Eight trails' or event data stores', each with one selector: what is commonly wanted, and as many values as one
/// may have.
fn selectors() -> [Selectors; 8] {
    let names = |prefix: &str, count: usize| (0..count).map(|number| format!("{prefix}{number}")).collect();
    let buckets = |count| names("arn:aws:s3:::bucket/", count);
    let objects = DataResource { resource_type: "AWS::S3::Object".to_owned(), values: buckets(20) };
    let writes = EventSelector {
        read_write_type: ReadWriteType::WriteOnly,
        exclude_management_event_sources: vec!["kms.amazonaws.com".to_owned()],
        ..EventSelector::default()
    };
    let some_objects =
        || vec![equals("eventCategory", &["Data"]), equals("resources.type", &["AWS::S3::Object"])];
    let with = |mut fields: Vec<AdvancedFieldSelector>, more| {
        fields.push(more);
        advanced(fields)
    };
    [
        Selectors::Default,
        Selectors::Basic(vec![writes]),
        Selectors::Basic(vec![EventSelector { data_resources: vec![objects], ..EventSelector::default() }]),
        advanced(vec![equals("eventCategory", &["Management"]), equals("readOnly", &["false"])]),
        with(
            some_objects(),
            AdvancedFieldSelector { not_starts_with: buckets(20), ..field("resources.ARN") },
        ),
        with(some_objects(), AdvancedFieldSelector { starts_with: buckets(498), ..field("resources.ARN") }),
        with(
            vec![equals("eventCategory", &["Management"])],
            AdvancedFieldSelector {
                equals: names("Create", 100),
                not_ends_with: names("s", 100),
                ..field("eventName")
            },
        ),
        advanced(vec![
            equals("eventCategory", &["NetworkActivity"]),
            equals("eventSource", &["s3.amazonaws.com"]),
        ]),
    ]
}

fn advanced(field_selectors: Vec<AdvancedFieldSelector>) -> Selectors {
    Selectors::Advanced(vec![AdvancedEventSelector { name: None, field_selectors }])
}

fn field(name: &str) -> AdvancedFieldSelector {
    AdvancedFieldSelector { field: name.to_owned(), ..AdvancedFieldSelector::default() }
}

fn equals(name: &str, values: &[&str]) -> AdvancedFieldSelector {
    AdvancedFieldSelector { equals: values.iter().map(|value| (*value).to_owned()).collect(), ..field(name) }
}

#[cfg(test)]
mod tests;
