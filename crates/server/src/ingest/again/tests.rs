#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Earlier, Print, find};
use cairn_model::event::{Admission, Door};
use cairn_model::{AccountId, Origin, Position, Record, Timestamp};
use cairn_store::disk::LocalDisk;
use cairn_store::log::{Appended, Batch, Log, LogOptions};
use std::sync::{Arc, mpsc};

/// Events with these names, as they are on this arrival.
fn batch(names: &[&str], arrival: i64) -> (Batch, Vec<Print>) {
    let admission = Admission {
        origin: Origin::Imported,
        account: AccountId::from_bytes(b"111122223333").unwrap(),
        arrival: Timestamp::from_micros(arrival),
    };
    let (mut batch, mut prints) = (Batch::default(), Vec::new());
    for name in names {
        let time = "2026-03-01T08:04:11Z";
        let text =
            format!(r#"{{"eventTime":"{time}","eventSource":"s","eventName":"{name}","eventID":"{name}"}}"#);
        batch
            .push_with(|out| {
                let start = out.len();
                Record::start_event(out);
                Door::default().admit(text.as_bytes(), &admission, || 0, out).map(drop)?;
                prints.push(Print::of(&out[start..]));
                Ok::<_, cairn_model::event::Refusal>(())
            })
            .unwrap();
    }
    (batch, prints)
}

struct World {
    log: Log,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let options = LogOptions { reserve_bytes: 0, ..LogOptions::new(folder.path().join("log")) };
        let (log, _) = Log::open(Arc::new(LocalDisk), options).unwrap();
        World { log, _folder: folder }
    }

    fn append(&self, names: &[&str]) -> Appended {
        let (sender, receiver) = mpsc::channel();
        let done = Box::new(move |result| sender.send(result).unwrap());
        self.log.append(batch(names, 1_000).0, done).unwrap();
        receiver.recv().unwrap().unwrap()
    }

    /// Looks for events that arrive later.
    fn find(&self, from: Position, names: &[&str]) -> Option<Earlier> {
        find(&self.log, from, &batch(names, 2_000).1).unwrap()
    }
}

fn whole(appended: Appended) -> Option<Earlier> {
    Some(Earlier { range: appended.first..appended.next, whole: true })
}

#[test]
fn what_was_appended_is_found_whenever_it_arrives_again() {
    let world = World::new();
    let before = world.append(&["a", "b"]);
    let there = world.append(&["c", "d", "e"]);
    world.append(&["f"]);
    assert_eq!(world.find(Position::ZERO, &["c", "d", "e"]), whole(there));
    assert_eq!(world.find(before.next, &["c", "d", "e"]), whole(there));
    assert_eq!(world.find(there.first, &["c", "d", "e"]), whole(there));
}

#[test]
fn what_stands_before_the_place_is_not_found() {
    let world = World::new();
    let there = world.append(&["a", "b"]);
    assert_eq!(world.find(there.next, &["a", "b"]), None);
    assert_eq!(world.find(Position::new(there.next.get() + 8000), &["a", "b"]), None);
}

#[test]
fn what_differs_is_not_found() {
    let world = World::new();
    world.append(&["a", "b"]);
    assert_eq!(world.find(Position::ZERO, &["x", "b"]), None);
    assert_eq!(world.find(Position::ZERO, &[]), None);
}

#[test]
fn a_part_that_a_crash_kept_is_found_as_such() {
    let world = World::new();
    world.append(&["a"]);
    let kept = world.append(&["a", "b"]);
    world.append(&["x"]);
    let part = Earlier { range: kept.first..kept.next, whole: false };
    assert_eq!(world.find(Position::ZERO, &["a", "b", "c"]), Some(part));
}

#[test]
fn a_beginning_that_is_met_twice_does_not_hide_the_whole() {
    let world = World::new();
    world.append(&["a"]);
    let there = world.append(&["a", "b"]);
    assert_eq!(world.find(Position::ZERO, &["a", "b"]), whole(there));
}
