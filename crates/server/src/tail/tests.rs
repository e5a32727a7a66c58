#![allow(clippy::unwrap_used, reason = "tests")]

use super::{TAILS_MAX, TailError, Tails};
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_lake::{Categories, Filter, Lookup, Matcher};
use cairn_model::event::{Admission, Door};
use cairn_model::{Origin, Position, Record, Timestamp};
use cairn_store::disk::LocalDisk;
use cairn_store::log::{Batch, Log, LogOptions};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type Body = UnsyncBoxBody<Bytes, BoxError>;

struct Rig {
    _folder: tempfile::TempDir,
    log: Log,
    tails: Tails,
}

impl Rig {
    fn new() -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let options = LogOptions {
            segment_bytes: 4096,
            commit_bytes: 1024,
            reserve_bytes: 0,
            ..LogOptions::new(folder.path())
        };
        let (log, _) = Log::open(Arc::new(LocalDisk), options).unwrap();
        let tails = Tails::new(&log);
        Rig { _folder: folder, log, tails }
    }

    /// Appends an event of this name and returns the position behind it.
    fn append(&self, name: &str) -> Position {
        let text = format!(
            "{{\"eventTime\":\"2026-03-01T00:00:00Z\",\n\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"{name}\"}}"
        );
        let now = Timestamp::parse("2026-03-01T00:00:01Z").unwrap();
        let admission =
            Admission { origin: Origin::Posted, account: "111122223333".parse().unwrap(), arrival: now };
        let mut batch = Batch::with_capacity(1024);
        batch
            .push_with(|out| {
                Record::start_event(out);
                Door::default().admit(text.as_bytes(), &admission, || 7, out).map(drop)
            })
            .unwrap();
        self.log.append_wait(batch).unwrap().next
    }

    async fn open(&self, filters: Vec<Filter>, after: Option<Position>) -> Result<Body, TailError> {
        self.tails.open(matcher(filters), after, Box::new(|| true)).await
    }
}

fn matcher(filters: Vec<Filter>) -> Matcher {
    let lookup = Lookup {
        account: None,
        region: None,
        categories: Categories::ALL,
        filters,
        text: None,
        from: None,
        to: None,
        limit: 1,
        after: None,
        deadline: None,
        now: Timestamp::MIN,
    };
    Matcher::new(&lookup, "us-east-1").unwrap()
}

async fn next(body: &mut Body) -> String {
    let frame = body.frame().await.unwrap().unwrap();
    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
}

fn named(name: &str) -> Vec<Filter> {
    vec![Filter::EventName(name.to_owned())]
}

#[tokio::test]
async fn a_tail_begins_at_the_end_and_shows_what_comes_with_where_to_go_on() {
    let rig = Rig::new();
    let end = rig.append("Before");
    let mut tail = rig.open(Vec::new(), None).await.unwrap();
    assert_eq!(next(&mut tail).await, format!("retry: 1000\nid: {end}\n\n"));
    let behind = rig.append("After");
    let shown = next(&mut tail).await;
    assert!(shown.starts_with(&format!("id: {behind}\nevent: event\ndata: {{\"eventTime\"")), "{shown}");
    assert!(shown.contains("\"eventName\":\"After\"") && shown.ends_with("}\n\n"));
    assert_eq!(shown.lines().count(), 4, "a record is one line");
}

#[tokio::test]
async fn a_tail_that_goes_on_misses_nothing_and_repeats_nothing() {
    let rig = Rig::new();
    let first = rig.append("One");
    rig.append("Two");
    let third = rig.append("Three");
    for (after, names) in [(first, vec!["Two", "Three"]), (Position::ZERO, vec!["One", "Two", "Three"])] {
        let mut tail = rig.open(Vec::new(), Some(after)).await.unwrap();
        next(&mut tail).await;
        let shown = next(&mut tail).await;
        let expected: Vec<String> = names.iter().map(|name| format!("\"eventName\":\"{name}\"")).collect();
        assert_eq!(shown.matches("event: event").count(), names.len());
        assert!(expected.iter().all(|name| shown.contains(name)), "{shown}");
        assert!(shown.contains(&format!("id: {third}\n")));
    }
}

#[tokio::test]
async fn only_what_the_filters_let_through_is_shown() {
    let rig = Rig::new();
    let mut tail = rig.open(named("Wanted"), None).await.unwrap();
    next(&mut tail).await;
    rig.append("Other");
    let behind = rig.append("Wanted");
    rig.append("Other");
    assert!(next(&mut tail).await.starts_with(&format!("id: {behind}\n")));
}

#[tokio::test]
async fn what_the_log_has_dropped_is_told_as_a_gap() {
    let rig = Rig::new();
    for _ in 0..60 {
        rig.append("Old");
    }
    rig.log.release(rig.log.committed()).unwrap();
    let first = rig.log.first();
    assert!(first > Position::ZERO);
    let mut tail = rig.open(Vec::new(), Some(Position::ZERO)).await.unwrap();
    next(&mut tail).await;
    let told = next(&mut tail).await;
    assert_eq!(told, format!("id: {first}\nevent: gap\ndata: {{\"from\":0,\"to\":{first}}}\n\n"));
}

#[tokio::test]
async fn a_position_inside_of_a_record_or_beyond_the_end_is_refused() {
    let rig = Rig::new();
    let end = rig.append("One");
    for wrong in [Position::new(8), Position::new(end.get() + 8)] {
        let refused = rig.open(Vec::new(), Some(wrong)).await;
        assert!(matches!(refused, Err(TailError::NotAPlace(at)) if at == wrong));
    }
    rig.open(Vec::new(), Some(end)).await.unwrap();
}

#[tokio::test]
async fn there_are_so_many_tails_and_no_more_until_one_ends() {
    let rig = Rig::new();
    let mut tails = Vec::new();
    for _ in 0..TAILS_MAX {
        tails.push(rig.open(Vec::new(), None).await.unwrap());
    }
    assert!(matches!(rig.open(Vec::new(), None).await, Err(TailError::TooMany)));
    tails.pop();
    rig.open(Vec::new(), None).await.unwrap();
}

#[tokio::test]
async fn a_tail_whose_key_was_taken_away_shows_nothing_more() {
    let rig = Rig::new();
    let active = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&active);
    let permit = Box::new(move || asked.load(Ordering::SeqCst));
    let mut tail = rig.tails.open(matcher(Vec::new()), None, permit).await.unwrap();
    next(&mut tail).await;
    rig.append("Before");
    assert!(next(&mut tail).await.contains("\"eventName\":\"Before\""));
    active.store(false, Ordering::SeqCst);
    rig.append("After");
    assert!(tail.frame().await.is_none());
}

#[tokio::test]
async fn all_tails_end_at_the_stop() {
    let rig = Rig::new();
    let mut tail = rig.open(Vec::new(), None).await.unwrap();
    next(&mut tail).await;
    rig.tails.close();
    assert!(tail.frame().await.is_none());
}
