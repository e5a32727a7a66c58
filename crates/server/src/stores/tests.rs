#![allow(clippy::unwrap_used, reason = "tests")]

mod rig;

use super::*;
use crate::clock;
use cairn_model::Change;
use rig::{Rig, data, event, store};
use std::collections::BTreeMap;

#[test]
fn stores_take_what_comes_after_the_call_that_made_them() {
    let rig = Rig::new();
    let first = store(1, "Management");
    rig.post(&[event("before")]);
    rig.change(Change::PutEventDataStore(Box::new(first.clone())), "made");
    rig.post(&[event("one"), data("other"), event("two")]);
    let run = rig.run();
    run.follow();
    assert_eq!(run.ids(&first), ["made", "one", "two"]);
    let second = store(2, "Data");
    rig.change(Change::PutEventDataStore(Box::new(second.clone())), "more");
    rig.post(&[data("three")]);
    run.follow();
    assert_eq!(run.ids(&first), ["made", "more", "one", "two"]);
    assert_eq!(run.ids(&second), ["three"]);
}

#[test]
fn a_store_that_is_stopped_takes_the_call_that_stops_it_and_the_one_that_starts_it() {
    let rig = Rig::new();
    let on = store(1, "Management");
    let off = EventDataStore { ingesting: false, ..on.clone() };
    rig.change(Change::PutEventDataStore(Box::new(on.clone())), "made");
    rig.change(Change::PutEventDataStore(Box::new(off)), "stopped");
    rig.post(&[event("missed")]);
    rig.change(Change::PutEventDataStore(Box::new(on.clone())), "started");
    rig.post(&[event("last")]);
    // The store is met for the first time here: it reads all of this by itself, or as it comes.
    let run = rig.run();
    run.follow();
    assert_eq!(run.ids(&on), ["last", "made", "started", "stopped"]);
}

#[test]
fn what_was_taken_is_there_once_after_restarts_at_any_point() {
    let rig = Rig::new();
    let stores = [store(1, "Management"), store(2, "Management"), store(3, "Data")];
    for one in &stores {
        rig.change(Change::PutEventDataStore(Box::new(one.clone())), &format!("made-{}", one.arn.id));
    }
    let mut expected: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for round in 0..12 {
        let mut run = rig.run();
        for batch in 0..4 {
            let ids: Vec<String> = (0..20).map(|number| format!("{round:02}-{batch}-{number:02}")).collect();
            let events: Vec<String> =
                ids.iter().map(|id| if id.ends_with('7') { data(id) } else { event(id) }).collect();
            rig.post(&events);
            for (number, only_data) in [(0, false), (1, false), (2, true)] {
                let taken = ids.iter().filter(|id| id.ends_with('7') == only_data);
                expected.entry(number).or_default().extend(taken.cloned());
            }
            // Each step may be the last one before the restart.
            let last = (round * 7 + batch * 3) % 5;
            if last > 0 {
                run.follow();
            }
            if last > 1 {
                run.commit();
            }
            if last > 2 {
                run.save();
            }
            if last > 3 {
                rig.log.release(run.stores.saved()).unwrap();
            }
        }
        run.stop();
    }
    let run = rig.run();
    run.follow();
    for (number, ids) in expected {
        let found = run.ids(&stores[number]);
        let found: Vec<&String> = found.iter().filter(|id| !id.starts_with("made-")).collect();
        assert_eq!(found, ids.iter().collect::<Vec<_>>(), "store {number}");
    }
}

#[test]
fn a_store_whose_folder_cannot_be_used_holds_up_no_other() {
    let rig = Rig::new();
    let (broken, sound) = (store(1, "Management"), store(2, "Management"));
    std::fs::create_dir_all(rig.stores()).unwrap();
    std::fs::write(rig.stores().join(&broken.arn.id), "a file in the folder's place").unwrap();
    for one in [&broken, &sound] {
        rig.change(Change::PutEventDataStore(Box::new(one.clone())), &one.arn.id);
    }
    rig.post(&[event("one")]);
    let run = rig.run();
    while run.step() == Step::Offered {}
    run.until(|| run.stores.stats().errors > 0);
    assert!(run.ids(&sound).contains(&String::from("one")));
    run.commit();
    run.save();
    // What only the broken one lacks is kept in the log.
    assert!(run.stores.saved() < run.stores.position());
    std::fs::remove_file(rig.stores().join(&broken.arn.id)).unwrap();
    run.until(|| run.stores.behind() == 0);
    assert!(run.ids(&broken).contains(&String::from("one")));
    run.commit();
    run.save();
    assert_eq!(run.stores.saved(), run.stores.position());
}

#[test]
fn idle_stores_have_no_table() {
    let rig = Rig::new();
    for number in 0..1_000 {
        let one = store(number, "Evidence");
        rig.change(Change::PutEventDataStore(Box::new(one)), &number.to_string());
    }
    let run = rig.run();
    run.follow();
    run.save();
    assert_eq!(run.stores.stats(), StoresStats::default());
    assert_eq!(run.stores.saved(), rig.log.committed());
    assert_eq!(std::fs::read_dir(rig.stores()).unwrap().count(), 1);
}

#[test]
fn the_folder_of_a_store_goes_when_it_cannot_be_restored_any_more() {
    let rig = Rig::new();
    let one = store(1, "Management");
    rig.change(Change::PutEventDataStore(Box::new(one.clone())), "made");
    let deleted = EventDataStore { deleted: Some(clock::now()), ..one.clone() };
    rig.change(Change::PutEventDataStore(Box::new(deleted)), "deleted");
    let run = rig.run();
    run.follow();
    assert_eq!(run.ids(&one), ["deleted", "made"]);
    run.commit();
    let folder = rig.stores().join(&one.arn.id);
    let later = clock::now().plus(cairn_model::event_data_store::PENDING_DELETION);
    run.stores.tidy_folders(clock::now(), |_| true).unwrap();
    assert!(folder.is_dir());
    run.stores.tidy_folders(later, |_| true).unwrap();
    assert!(folder.is_dir(), "it was restored behind the follower");
    run.stores.tidy_folders(later, |_| false).unwrap();
    assert!(!folder.exists());
}

#[test]
fn a_damaged_or_newer_state_is_refused() {
    let rig = Rig::new();
    rig.change(Change::PutEventDataStore(Box::new(store(1, "Management"))), "made");
    let run = rig.run();
    run.follow();
    run.commit();
    run.save();
    let bytes = run.stores.saved_state().unwrap();
    let state = State::parse(&bytes).unwrap();
    assert_eq!((state.position, state.definitions.takers().count()), (run.stores.saved(), 1));
    for index in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[index] ^= 1;
        assert!(State::parse(&damaged).is_err(), "byte {index}");
        assert!(State::parse(&bytes[..index]).is_err(), "cut at {index}");
    }
    let newer = String::from_utf8(bytes).unwrap().replacen(" 1 ", " 2 ", 1);
    assert!(matches!(State::parse(newer.as_bytes()), Err(StateError::Newer { found: 2 })));
}
