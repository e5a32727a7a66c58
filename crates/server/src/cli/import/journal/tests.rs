#![allow(clippy::unwrap_used, reason = "tests")]

use super::super::source::{Item, Walk};
use super::super::tally::Tally;
use super::{Begun, Header, Journal, JournalError, Known};
use cairn_decide::imports::Kind;
use std::io::Write;
use std::path::PathBuf;

/// A folder with files `a` and `b`, and a journal beside it.
struct World {
    folder: tempfile::TempDir,
    header: Header,
}

fn tally(from: u64, to: u64) -> Tally {
    let mut tally = Tally { accepted: 3, refused: 1, future: 1, ..Tally::default() };
    tally.ranges.add([from, to]);
    tally
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        for name in ["a", "b"] {
            std::fs::write(folder.path().join("files").join(name), name).unwrap();
        }
        World { folder, header: Header::new("server", &["what".to_owned()]) }
    }

    fn items(&self) -> [Item; 2] {
        let items: Vec<Item> = Walk::new(self.folder.path().join("files")).map(Result::unwrap).collect();
        items.try_into().ok().unwrap()
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("state/x.journal")
    }

    fn open_at(&self, end: u64) -> Result<(Journal, Known), JournalError> {
        Journal::open(&self.path(), &self.header, end, false)
    }

    fn open(&self) -> (Journal, Known) {
        self.open_at(1000).unwrap()
    }
}

#[test]
fn what_is_done_is_known_and_counts_until_the_import_is_complete() {
    let world = World::new();
    let [a, b] = world.items();
    let (mut journal, known) = world.open();
    assert_eq!((known.done(&a), known.begun(&a)), (None, None));
    journal.begin(&a, 10).unwrap();
    journal.finish(&a, Kind::Insight, &tally(10, 20)).unwrap();
    drop(journal);

    let (mut journal, known) = world.open();
    assert_eq!((known.done(&a), known.done(&b)), (Some(false), None));
    assert_eq!((known.tally.clone(), known.files.get(&Kind::Insight)), (tally(10, 20), Some(&1)));
    journal.finish(&b, Kind::Unknown, &tally(20, 30)).unwrap();
    journal.complete().unwrap();
    drop(journal);

    let (_, known) = world.open();
    assert_eq!((known.done(&a), known.done(&b)), (Some(true), Some(true)));
    assert_eq!((known.tally, known.files.len()), (Tally::default(), 0));
}

#[test]
fn batches_of_a_file_that_failed_are_not_sent_again_by_the_next_import_nor_counted() {
    let world = World::new();
    let [a, _] = world.items();
    let (mut journal, _) = world.open();
    journal.begin(&a, 10).unwrap();
    journal.part(&a, &Begun { from: 20, batches: 5, tally: tally(10, 20) }).unwrap();
    journal.complete().unwrap();
    drop(journal);
    let (_, known) = world.open();
    let begun = known.begun(&a).unwrap();
    assert_eq!((begun.batches, begun.from, &begun.tally), (5, 20, &Tally::default()));
}

#[test]
fn a_file_that_was_begun_is_known_from_its_first_try_on() {
    let world = World::new();
    let [a, _] = world.items();
    let (mut journal, _) = world.open();
    journal.begin(&a, 10).unwrap();
    journal.begin(&a, 50).unwrap();
    drop(journal);
    let (mut journal, known) = world.open();
    assert_eq!(known.begun(&a), Some(&Begun { from: 10, ..Begun::default() }));
    let so_far = Begun { from: 60, batches: 2, tally: tally(50, 70) };
    journal.part(&a, &so_far).unwrap();
    drop(journal);
    assert_eq!(world.open().1.begun(&a), Some(&so_far));
}

#[test]
fn a_file_that_has_changed_is_another_file() {
    let world = World::new();
    let (mut journal, _) = world.open();
    journal.finish(&world.items()[0], Kind::Unknown, &Tally::default()).unwrap();
    drop(journal);
    std::fs::write(world.folder.path().join("files/a"), "longer").unwrap();
    assert_eq!(world.open().1.done(&world.items()[0]), None);
}

#[test]
fn what_a_restored_server_does_not_have_is_to_be_imported_again() {
    let world = World::new();
    let [a, b] = world.items();
    let (mut journal, _) = world.open();
    journal.finish(&a, Kind::Unknown, &tally(10, 20)).unwrap();
    journal.finish(&b, Kind::Unknown, &tally(20, 30)).unwrap();
    drop(journal);
    let (_, known) = world.open_at(25).unwrap();
    assert_eq!((known.done(&a), known.done(&b)), (Some(false), None));
    assert_eq!(known.tally, tally(10, 20));
}

#[test]
fn a_line_that_a_crash_has_cut_is_dropped() {
    let world = World::new();
    let [a, b] = world.items();
    let (mut journal, _) = world.open();
    journal.finish(&a, Kind::Unknown, &tally(10, 20)).unwrap();
    journal.file.write_all(b"{\"done\":\"cut").unwrap();
    drop(journal);
    let (mut journal, known) = world.open();
    assert_eq!(known.done(&a), Some(false));
    journal.finish(&b, Kind::Unknown, &tally(20, 30)).unwrap();
    drop(journal);
    assert_eq!(world.open().1.done(&b), Some(false));
}

#[test]
fn journals_of_others_are_refused() {
    let world = World::new();
    let first = world.open();
    assert!(matches!(world.open_at(0), Err(JournalError::InUse(_))));
    drop(first);
    for header in [Header::new("another", &["what".to_owned()]), Header::new("server", &["else".to_owned()])]
    {
        let opened = Journal::open(&world.path(), &header, 0, false);
        assert!(matches!(opened, Err(JournalError::Other(_))));
        assert_ne!(header.usual_path(), world.header.usual_path());
    }
    std::fs::write(world.path(), "some other file\n").unwrap();
    assert!(matches!(world.open_at(0), Err(JournalError::Other(_))));
    std::fs::write(world.path(), "{\"cairnImportJournal\":2,\"what\":\"ever\"}\n").unwrap();
    assert!(matches!(world.open_at(0), Err(JournalError::Newer { version: 2, .. })));
}

#[test]
fn a_restart_forgets_everything() {
    let world = World::new();
    let [a, _] = world.items();
    let (mut journal, _) = world.open();
    journal.finish(&a, Kind::Unknown, &tally(10, 20)).unwrap();
    drop(journal);
    let (_, known) = Journal::open(&world.path(), &world.header, 1000, true).unwrap();
    assert_eq!((known.done(&a), known.tally), (None, Tally::default()));
}
