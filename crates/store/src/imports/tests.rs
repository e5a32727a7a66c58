use super::{
    Definition, FailureStatus, Filter, Followed, Import, ImportStatus, Imports, ImportsError, NewFailure,
    Outcome, Step,
};
use cairn_model::Timestamp;

const STORE: &str =
    "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/0f1e2d3c-4b5a-4968-8778-695a4b3c2d1e";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn definition() -> Definition {
    Definition {
        account: "111122223333".parse().unwrap(),
        region: "us-east-1".to_owned(),
        destination: STORE.parse().unwrap(),
        location: "s3://logs/AWSLogs/".to_owned(),
        bucket_region: "us-east-1".to_owned(),
        role: "arn:aws:iam::111122223333:role/reader".to_owned(),
        since: None,
        until: Some(at(99)),
    }
}

fn failure(location: &str, events: u64) -> NewFailure {
    NewFailure {
        location: location.to_owned(),
        error_type: "Damaged".to_owned(),
        error_message: "it does not unpack".to_owned(),
        events,
    }
}

fn imported(key: &str, events: u64) -> Step {
    Step { key: key.to_owned(), outcome: Outcome::Imported { events } }
}

struct World {
    folder: tempfile::TempDir,
    imports: Imports,
}

impl World {
    async fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let imports = Imports::open(&folder.path().join("imports.db")).await.unwrap();
        World { folder, imports }
    }

    /// With an import that reads the folders `a/` and `b/`.
    async fn reading() -> World {
        let world = World::new().await;
        world.imports.begin("one", &definition(), at(1)).await.unwrap();
        world.imports.announce("one").await.unwrap();
        let prefixes = [("a/".to_owned(), true), ("b/".to_owned(), false)];
        assert!(world.imports.found("one", &prefixes, at(2)).await.unwrap());
        world
    }

    async fn reopened(self) -> World {
        self.imports.close().await;
        let imports = Imports::open(&self.folder.path().join("imports.db")).await.unwrap();
        World { imports, ..self }
    }

    async fn import(&self) -> Import {
        self.imports.get("one").await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn an_import_that_was_never_announced_is_gone_after_a_restart() {
    let world = World::new().await;
    world.imports.begin("one", &definition(), at(1)).await.unwrap();
    assert_eq!(world.imports.get("one").await.unwrap(), None);
    assert!(world.imports.ongoing().await.unwrap().is_empty());
    let world = world.reopened().await;
    world.imports.announce("one").await.unwrap();
    assert_eq!(world.imports.get("one").await.unwrap(), None);
}

#[tokio::test]
async fn progress_survives_a_restart_and_counts_once() {
    let world = World::reading().await;
    let failed = Step { key: "a/2".to_owned(), outcome: Outcome::Failed(failure("s3://logs/a/2", 3)) };
    assert!(world.imports.advance("one", &[imported("a/1", 10), failed], at(3)).await.unwrap());
    let world = world.reopened().await;
    let import = world.import().await;
    assert_eq!((import.definition, import.status), (definition(), ImportStatus::InProgress));
    assert_eq!(import.last_key, "a/2");
    let statistics = import.statistics;
    assert_eq!((statistics.files_completed, statistics.events_completed), (1, 13));
    assert_eq!((statistics.prefixes_found, statistics.failed_entries), (2, 1));
    assert_eq!(world.imports.next_prefix("one").await.unwrap(), Some(("a/".to_owned(), true)));
    assert!(world.imports.complete_prefix("one", "a/", at(4)).await.unwrap());
    assert_eq!(world.imports.next_prefix("one").await.unwrap(), Some(("b/".to_owned(), false)));
    assert_eq!(world.import().await.last_key, "");
}

#[tokio::test]
async fn nothing_is_noted_of_an_import_that_was_stopped() {
    let world = World::reading().await;
    world.imports.stop("one", at(3)).await.unwrap();
    assert!(!world.imports.advance("one", &[imported("a/1", 10)], at(4)).await.unwrap());
    assert!(!world.imports.complete_prefix("one", "a/", at(4)).await.unwrap());
    world.imports.finish("one", at(5)).await.unwrap();
    let import = world.import().await;
    assert_eq!((import.status, import.statistics.events_completed), (ImportStatus::Stopped, 0));
    assert_eq!(world.imports.next_prefix("one").await.unwrap(), Some(("a/".to_owned(), true)));
}

#[tokio::test]
async fn an_import_ends_well_only_without_failures() {
    let world = World::reading().await;
    let failed = Step { key: "a/2".to_owned(), outcome: Outcome::Failed(failure("s3://logs/a/2", 3)) };
    world.imports.advance("one", &[failed], at(3)).await.unwrap();
    world.imports.finish("one", at(4)).await.unwrap();
    assert_eq!(world.import().await.status, ImportStatus::Failed);

    world.imports.retry("one", at(5)).await.unwrap();
    assert_eq!(world.import().await.status, ImportStatus::InProgress);
    let retry = world.imports.next_retry("one").await.unwrap().unwrap();
    assert_eq!((retry.location.as_str(), retry.status), ("s3://logs/a/2", FailureStatus::Retry));
    assert!(world.imports.tried_again("one", &retry, &Outcome::Imported { events: 5 }, at(6)).await.unwrap());
    world.imports.finish("one", at(7)).await.unwrap();
    let import = world.import().await;
    assert_eq!(import.status, ImportStatus::Completed);
    // Three of the five were taken, and counted, before.
    assert_eq!((import.statistics.events_completed, import.statistics.failed_entries), (5, 0));
    let failures = world.imports.failures("one", 0, 10).await.unwrap();
    assert_eq!(failures.iter().map(|failure| failure.status).collect::<Vec<_>>(), [FailureStatus::Succeeded]);
}

#[tokio::test]
async fn an_import_that_found_no_folders_looks_for_them_again() {
    let world = World::new().await;
    world.imports.begin("one", &definition(), at(1)).await.unwrap();
    world.imports.announce("one").await.unwrap();
    world.imports.fail("one", &failure("s3://logs/", 0), at(2)).await.unwrap();
    assert_eq!(world.import().await.status, ImportStatus::Failed);
    world.imports.retry("one", at(3)).await.unwrap();
    assert_eq!(world.import().await.status, ImportStatus::Initializing);
}

#[tokio::test]
async fn lists_come_newest_first_in_pages_and_filtered() {
    let world = World::new().await;
    for (id, time) in [("one", 1), ("two", 2), ("three", 2)] {
        world.imports.begin(id, &definition(), at(time)).await.unwrap();
        world.imports.announce(id).await.unwrap();
    }
    world.imports.stop("two", at(9)).await.unwrap();
    let account = definition().account;
    let ids = async |filter: Filter, after| {
        let listed = world.imports.list(account, "us-east-1", &filter, after, 2).await.unwrap();
        listed.into_iter().map(|import| import.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(Filter::default(), None).await, ["two", "three"]);
    assert_eq!(ids(Filter::default(), Some((at(2), "three"))).await, ["one"]);
    let stopped = Filter { status: Some(ImportStatus::Stopped), ..Filter::default() };
    assert_eq!(ids(stopped, None).await, ["two"]);
    let other = STORE.replace("0f1e", "1111").parse().ok();
    assert!(ids(Filter { destination: other, ..Filter::default() }, None).await.is_empty());
    assert!(world.imports.list(account, "eu-west-1", &Filter::default(), None, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn followed_files_are_remembered_until_they_are_forgotten() {
    let world = World::new().await;
    let file = |key: &str, error: &str| Followed {
        source: "s3://logs/".to_owned(),
        key: key.to_owned(),
        events: 1,
        error: error.to_owned(),
    };
    world.imports.remember(&[file("a", ""), file("b", "damaged")], at(5)).await.unwrap();
    world.imports.remember(&[file("c", "")], at(9)).await.unwrap();
    let keys = ["a", "b", "c", "d"].map(str::to_owned);
    assert_eq!(world.imports.known("s3://logs/", &keys).await.unwrap().len(), 3);
    assert!(world.imports.known("s3://other/", &keys).await.unwrap().is_empty());
    assert_eq!(world.imports.followed_failures("s3://logs/", 9).await.unwrap(), [file("b", "damaged")]);
    world.imports.forget_before(at(9)).await.unwrap();
    assert_eq!(world.imports.known("s3://logs/", &keys).await.unwrap(), ["c".to_owned()].into());
}

#[tokio::test]
async fn a_copy_is_a_whole_database_and_a_newer_one_is_refused() {
    let world = World::reading().await;
    let copy = world.folder.path().join("copy.db");
    world.imports.snapshot_into(&copy).await.unwrap();
    let copied = Imports::open(&copy).await.unwrap();
    copied.verify().await.unwrap();
    assert_eq!(copied.get("one").await.unwrap().unwrap(), world.import().await);
    sqlx::raw_sql("PRAGMA user_version = 9").execute(&copied.pool).await.unwrap();
    copied.close().await;
    let refused = Imports::open(&copy).await.unwrap_err();
    assert!(matches!(refused, ImportsError::Newer { found: 9, known: 1 }));
}
