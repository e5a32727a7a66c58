#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::super::rows_file::RowsFile;
use super::*;
use cairn_decide::queries::{Delivery, DeliveryStatus, KEPT_FOR, State, Statistics, Status};
use cairn_store::rows::RowsReader;
use tempfile::TempDir;

const ACCOUNT: &str = "111122223333";

fn query(id: &str) -> Query {
    Query {
        id: id.to_owned(),
        account: ACCOUNT.parse().unwrap(),
        region: "us-east-1".to_owned(),
        stores: Vec::new(),
        owner: None,
        alias: None,
        refresh: None,
        created: clock::now(),
        state: State::Queued,
        statistics: Statistics::default(),
        delivery: None,
    }
}

fn open(folder: &TempDir, bytes: u64) -> Arc<Kept> {
    Arc::new(Kept::open(folder.path(), bytes).unwrap())
}

fn begin(kept: &Kept, query: Query) {
    kept.begin(query, "SELECT 1".to_owned()).unwrap();
}

fn row(text: &str) -> Vec<Option<String>> {
    vec![Some(text.to_owned())]
}

/// A query that ends with a row.
fn finish(kept: &Arc<Kept>, id: &str, how: Ending) {
    let mut file = RowsFile::create(kept, &kept.find(id).unwrap(), &["a".to_owned()]).unwrap();
    file.write(&[row(id)]).unwrap();
    file.finish().unwrap();
    assert!(kept.end(id, how, file.bytes()).unwrap());
    file.keep();
}

fn rows(kept: &Kept, id: &str) -> Vec<Vec<Option<String>>> {
    let reader = RowsReader::open(&**kept.disk(), &kept.rows_path(id)).unwrap();
    reader.page(0, 10, 1000).unwrap().rows
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_ended_is_as_it_was_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let kept = open(&folder, 1 << 20);
    for id in ["all", "some", "none", "failed"] {
        begin(&kept, query(id));
    }
    finish(&kept, "all", Ending::Finished);
    finish(&kept, "some", Ending::TimedOut("late".to_owned()));
    kept.end("none", Ending::Cancelled, 0).unwrap();
    kept.end("failed", Ending::Failed("why".to_owned()), 0).unwrap();
    let used = kept.space().used();
    let before = ["all", "some", "none", "failed"].map(|id| kept.find(id).unwrap());
    drop(kept);
    let kept = open(&folder, 1 << 20);
    assert_eq!(["all", "some", "none", "failed"].map(|id| kept.find(id).unwrap()), before);
    assert_eq!((rows(&kept, "all"), rows(&kept, "some")), (vec![row("all")], vec![row("some")]));
    assert_eq!(kept.statement("none").unwrap(), "SELECT 1");
    assert!(used > 0 && kept.space().used() == used);
}

#[test]
fn a_query_that_a_crash_interrupted_has_failed_and_its_rows_are_gone() {
    let folder = TempDir::new().unwrap();
    let kept = open(&folder, 1 << 20);
    begin(&kept, query("one"));
    kept.change("one", |query| query.state = State::Running);
    let mut file = RowsFile::create(&kept, &kept.find("one").unwrap(), &["a".to_owned()]).unwrap();
    file.write(&[row("one")]).unwrap();
    // As if the process ended here.
    std::mem::forget(file);
    let kept = open(&folder, 1 << 20);
    let found = kept.find("one").unwrap();
    assert_eq!(found.status(), Status::Failed);
    assert!(found.message().unwrap().contains("interrupted"));
    assert_eq!(names(&folder), ["one.query"]);
    drop(kept);
    assert_eq!(open(&folder, 1 << 20).find("one").unwrap(), found);
}

#[test]
fn rows_of_a_query_that_was_cancelled_meanwhile_are_removed() {
    let folder = TempDir::new().unwrap();
    let kept = open(&folder, 1 << 20);
    begin(&kept, query("one"));
    let mut file = RowsFile::create(&kept, &kept.find("one").unwrap(), &["a".to_owned()]).unwrap();
    file.write(&[row("one")]).unwrap();
    file.finish().unwrap();
    assert!(kept.end("one", Ending::Cancelled, 0).unwrap());
    assert!(!kept.end("one", Ending::Finished, file.bytes()).unwrap());
    drop(file);
    assert_eq!((names(&folder), kept.space().used()), (vec!["one.query".to_owned()], 0));
    assert_eq!(kept.find("one").unwrap().status(), Status::Cancelled);
}

#[test]
fn results_take_no_more_disk_than_they_may() {
    let folder = TempDir::new().unwrap();
    let kept = open(&folder, 2 << 20);
    begin(&kept, query("one"));
    let mut file = RowsFile::create(&kept, &kept.find("one").unwrap(), &["a".to_owned()]).unwrap();
    // What random digits take, packed.
    let part: Vec<_> =
        (0..1000).map(|_| row(&format!("{:x}{:x}", clock::random_bits(), clock::random_bits()))).collect();
    let written = (0..1000).map(|_| file.write(&part)).take_while(Result::is_ok).count();
    assert!((10..200).contains(&written), "{written} parts");
    assert!(file.write(&part).unwrap_err().to_string().contains("lake.results_bytes"));
    drop(file);
    assert_eq!((names(&folder), kept.space().used()), (vec!["one.query".to_owned()], 0));
}

#[test]
fn queries_are_forgotten_after_a_week_and_what_runs_is_not() {
    let folder = TempDir::new().unwrap();
    let kept = open(&folder, 1 << 20);
    let old = clock::now().minus(KEPT_FOR);
    begin(&kept, Query { created: old, ..query("old") });
    begin(&kept, Query { created: old, ..query("runs") });
    begin(&kept, query("new"));
    finish(&kept, "old", Ending::Finished);
    finish(&kept, "new", Ending::Finished);
    kept.forget(clock::now());
    assert_eq!(names(&folder), ["new.query", "new.rows", "runs.query"]);
    assert!(kept.find("old").is_none() && kept.find("runs").is_some());
}

#[test]
fn how_a_delivery_fared_survives() {
    let folder = TempDir::new().unwrap();
    let kept = open(&folder, 1 << 20);
    let delivery = Delivery { uri: "s3://acme-results".to_owned(), status: DeliveryStatus::Pending };
    begin(&kept, Query { delivery: Some(delivery), ..query("one") });
    finish(&kept, "one", Ending::Finished);
    assert!(open(&folder, 1 << 20).find("one").unwrap().awaits_delivery().is_some());
    kept.delivered("one", |query| query.delivery.as_mut().unwrap().status = DeliveryStatus::Success).unwrap();
    assert!(open(&folder, 1 << 20).find("one").unwrap().awaits_delivery().is_none());
}

#[test]
fn a_damaged_query_is_passed_over() {
    let folder = TempDir::new().unwrap();
    let kept = open(&folder, 1 << 20);
    begin(&kept, query("one"));
    begin(&kept, query("two"));
    std::fs::write(folder.path().join("one.query"), b"cairn query 1 00000000\n{}").unwrap();
    let kept = open(&folder, 1 << 20);
    assert!(kept.find("one").is_none() && kept.find("two").is_some());
}
