//! Several processes, one catalog. Each process is a journal on a data folder of its own; a crash leaves what is on disk.

use super::{EVENT, LOG};
use crate::journal::control::Taught;
use crate::journal::records::batch_of;
use crate::journal::{Journal, JournalError, Sharing, Standing, replay};
use cairn_model::event::Field;
use cairn_model::record::Mark;
use cairn_model::{
    Account, AccountId, Change, Position, Record, Session, SessionHolder, SigningKey, Timestamp, Trail,
    TrailArn,
};
use cairn_store::catalog::Catalog;
use cairn_store::catalog::shared::Shared;
use cairn_store::catalog::shared::testing::{bring_up, cut_connections, database, execute, take_down};
use cairn_store::disk::LocalDisk;
use cairn_store::log::{Log, LogOptions};
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// No batch is larger.
const QUEUE_BYTES: usize = 16 << 20;

struct Process {
    url: String,
    name: &'static str,
    folder: TempDir,
    journal: Arc<Journal>,
}

impl Process {
    async fn start(url: &str, name: &'static str) -> Process {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(url, name, &folder).await;
        Process { url: url.to_owned(), name, folder, journal }
    }

    /// Ends as with `kill -9`, and starts again.
    async fn crash(self) -> Process {
        let Process { url, name, folder, journal } = self;
        let journal = Arc::into_inner(journal).expect("nobody else uses the journal");
        journal.log().clone().close().unwrap();
        drop(journal);
        let journal = open(&url, name, &folder).await;
        Process { url, name, folder, journal }
    }

    async fn put(&self, trail: &Trail) -> Result<(), JournalError> {
        let change = Change::PutTrail(Box::new(trail.clone()));
        self.journal.control().await.commit(&[change], account(), &event("put")).await
    }

    /// Appends a change that was decided now, and goes no further: what a crash leaves in the log.
    async fn append_alone(&self, change: Change, id: &str) -> Position {
        let mark = self.journal.control().await.mark();
        let batch = batch_of(mark, &[change], account(), &event(id)).unwrap();
        self.journal.append(batch).await.unwrap().next
    }

    fn bucket(&self, name: &str) -> Option<String> {
        self.journal.catalog().state().trails.get(&arn(name)).map(|trail| trail.bucket.clone())
    }

    /// All records of the log that have a mark, with their changes' number and their event.
    fn marked(&self) -> Vec<(Mark, usize, String)> {
        let mut reader = self.journal.log().reader(Position::ZERO).unwrap();
        let mut found = Vec::new();
        while let Some(chunk) = reader.next(1 << 20).unwrap() {
            for (_, payload) in chunk.iter() {
                let record = Record::decode(payload).unwrap();
                if let Some(mark) = record.mark() {
                    let text = record.event().text().to_owned();
                    found.push((mark, record.changes().unwrap().len(), text));
                }
            }
        }
        found
    }
}

async fn open(url: &str, name: &'static str, folder: &TempDir) -> Arc<Journal> {
    let options = LogOptions { queue_bytes: QUEUE_BYTES, ..LogOptions::new(folder.path().join(LOG)) };
    let (log, _) = Log::open(Arc::new(LocalDisk), options).unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.db")).await.unwrap();
    let shared = Shared::open(url, name).await.unwrap();
    let agreed = shared.position().await.unwrap();
    let replayed = replay(&log, &catalog, agreed).await.unwrap();
    let journal = Journal::new(log, catalog, CancellationToken::new());
    let journal = journal.sharing(Sharing::new(shared, "eu-central-1".to_owned()));
    journal.join(replayed.unsettled).await.unwrap();
    Arc::new(journal)
}

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn event(id: &str) -> Vec<u8> {
    EVENT.replace(r#""n""#, &format!(r#""n","eventID":"{id}""#)).into_bytes()
}

fn arn(name: &str) -> TrailArn {
    TrailArn { region: "eu-central-1".to_owned(), account: account(), name: name.to_owned() }
}

fn trail(name: &str, bucket: &str) -> Trail {
    Trail::new(arn(name), bucket.to_owned(), Timestamp::from_seconds(1))
}

fn put_trail(name: &str, bucket: &str) -> Change {
    Change::PutTrail(Box::new(trail(name, bucket)))
}

fn session(access_key_id: &str) -> Change {
    Change::PutSession(Box::new(Session {
        access_key_id: access_key_id.to_owned(),
        account: account(),
        holder: SessionHolder::User { user: None },
        created: Timestamp::from_seconds(1),
        expires: Timestamp::from_seconds(2_000_000_000),
        mfa: false,
        source_identity: None,
    }))
}

fn signing_key(fingerprint: &str) -> Change {
    Change::PutSigningKey(SigningKey {
        account: account(),
        fingerprint: fingerprint.to_owned(),
        public_der: vec![1],
        sealed_private: vec![2],
        valid_from: Timestamp::from_seconds(1),
        valid_to: Timestamp::from_seconds(2_000_000_000),
    })
}

fn named(name: &str) -> Change {
    let created = Timestamp::from_seconds(1);
    Change::PutAccount(Account { id: account(), name: Some(name.to_owned()), created })
}

/// What processes know of the catalog, but for the position.
fn check_same(processes: &[&Process]) {
    let shown = |process: &&Process| {
        let mut state = cairn_store::catalog::CatalogState::clone(&process.journal.catalog().state());
        state.position = Position::ZERO;
        format!("{:?}", state.changes())
    };
    let states: Vec<String> = processes.iter().map(shown).collect();
    assert!(states.windows(2).all(|pair| pair[0] == pair[1]), "{states:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_200_updates_by_two_processes_none_is_lost() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.put(&trail("t", "b")).await.unwrap();
    let updating = (0..200).map(|number| {
        let journal = Arc::clone(if number % 2 == 0 { &one.journal } else { &two.journal });
        tokio::spawn(async move {
            let mut control = journal.control().await;
            let known = journal.catalog().state().trails[&arn("t")].clone();
            let mut changed = Trail::clone(&known);
            changed.tags.insert(format!("tag-{number}"), String::new());
            let own = Change::PutTrail(Box::new(trail(&format!("t-{number}"), "b")));
            let changes = [Change::PutTrail(Box::new(changed)), own];
            control.commit(&changes, account(), &event("put")).await.unwrap();
        })
    });
    for updating in updating.collect::<Vec<_>>() {
        updating.await.unwrap();
    }
    one.journal.refresh().await.unwrap();
    two.journal.refresh().await.unwrap();
    assert_eq!(one.journal.catalog().state().trails[&arn("t")].tags.len(), 200);
    assert_eq!(one.journal.catalog().state().trails.len(), 201);
    check_same(&[&one, &two]);
    let (one, two) = (one.crash().await, two.crash().await);
    check_same(&[&one, &two, &Process::start(&url, "three").await]);
    assert_eq!(one.journal.catalog().state().trails.len(), 201);
}

#[tokio::test]
async fn what_another_process_changed_is_adopted_on_the_record_and_once() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.put(&trail("t", "b")).await.unwrap();
    assert_eq!(two.bucket("t"), None);
    two.journal.refresh().await.unwrap();
    two.journal.refresh().await.unwrap();
    assert_eq!(two.bucket("t").as_deref(), Some("b"));
    let marked = two.marked();
    assert_eq!(marked.len(), 1);
    assert_eq!((marked[0].0, marked[0].1), (Mark::Adopted { version: 1 }, 1));
    assert!(marked[0].2.contains("AdoptChanges") && marked[0].2.contains(&arn("t").to_string()));
    let two = two.crash().await;
    assert_eq!(two.bucket("t").as_deref(), Some("b"));
    assert_eq!(two.marked().len(), 1);
}

#[tokio::test]
async fn a_catalog_that_was_a_process_own_becomes_the_shared_one() {
    let url = database().await;
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(Arc::new(LocalDisk), LogOptions::new(folder.path().join(LOG))).unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.db")).await.unwrap();
    let journal = Journal::new(log.clone(), catalog, CancellationToken::new());
    let changes = [put_trail("t", "b"), session("ASIAONE")];
    journal.control().await.commit(&changes, account(), &event("put")).await.unwrap();
    drop(journal);
    log.close().unwrap();

    let journal = open(&url, "one", &folder).await;
    let two = Process::start(&url, "two").await;
    assert_eq!(two.bucket("t").as_deref(), Some("b"));
    assert!(two.journal.catalog().session("ASIAONE").is_some());
    assert_eq!(journal.catalog().state().trails.len(), 1);
}

#[tokio::test]
async fn a_crash_between_log_and_catalog_is_made_good_at_the_next_start() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.put(&trail("t", "before")).await.unwrap();
    one.append_alone(put_trail("t", "after"), "cut-off").await;
    assert_eq!(one.bucket("t").as_deref(), Some("before"));
    let one = one.crash().await;
    assert_eq!(one.bucket("t").as_deref(), Some("after"));
    two.journal.refresh().await.unwrap();
    assert_eq!(two.bucket("t").as_deref(), Some("after"));
    let one = one.crash().await;
    check_same(&[&one, &two]);
}

#[tokio::test]
async fn a_change_whose_commit_nobody_heard_of_takes_effect_once() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.put(&trail("t", "before")).await.unwrap();
    let next = one.append_alone(put_trail("t", "after"), "cut-off").await;
    // PostgreSQL has it, and the process ends before its own catalog has.
    let same = Shared::open(&url, "one").await.unwrap();
    let mut turn = same.turn().await.unwrap();
    turn.write(one.journal.catalog(), &[put_trail("t", "after")]).await.unwrap();
    turn.commit(next).await.unwrap();
    two.put(&trail("t", "by two")).await.unwrap();
    let one = one.crash().await;
    assert_eq!(one.bucket("t").as_deref(), Some("by two"));
    assert_eq!(same.version().await.unwrap(), 3, "it is not written again");
    assert!(!one.marked().iter().any(|(mark, ..)| matches!(mark, Mark::Rectified { .. })));
}

#[tokio::test]
async fn a_change_that_was_cut_off_is_void_if_another_process_was_first() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.put(&trail("t", "before")).await.unwrap();
    one.append_alone(put_trail("new", "void"), "cut-off").await;
    two.put(&trail("t", "by two")).await.unwrap();
    let one = one.crash().await;
    assert_eq!((one.bucket("new"), one.bucket("t").as_deref()), (None, Some("by two")));
    check_same(&[&one, &two]);
    let rectified: Vec<_> =
        one.marked().into_iter().filter(|(mark, ..)| matches!(mark, Mark::Rectified { .. })).collect();
    assert_eq!(rectified.len(), 1);
    assert!(rectified[0].2.contains(r#""withoutEffect":["cut-off"]"#), "{}", rectified[0].2);
    // The next start finds nothing to do.
    let one = one.crash().await;
    assert_eq!(one.marked().len(), 3);
    assert_eq!(one.bucket("new"), None);
    two.journal.refresh().await.unwrap();
    assert_eq!(two.bucket("new"), None);
}

#[tokio::test]
async fn what_only_adds_takes_effect_everywhere_although_it_came_too_late() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.append_alone(signing_key("rotated"), "rotation").await;
    one.append_alone(put_trail("new", "void"), "cut-off").await;
    one.append_alone(session("ASIAONE"), "learned").await;
    two.put(&trail("t", "by two")).await.unwrap();
    let one = one.crash().await;
    two.journal.refresh().await.unwrap();
    check_same(&[&one, &two]);
    assert_eq!(two.journal.catalog().state().signing_keys.len(), 1);
    assert!(two.journal.catalog().session("ASIAONE").is_some());
    let void = |(.., event): &(Mark, usize, String)| event.contains("withoutEffect");
    let told: Vec<_> = one.marked().into_iter().filter(void).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].2.contains(r#""withoutEffect":["cut-off"]"#), "{}", told[0].2);
    let one = one.crash().await;
    check_same(&[&one, &two, &Process::start(&url, "three").await]);
}

#[tokio::test]
async fn a_caller_whose_change_only_adds_is_told_that_it_took_effect() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    let changes = [signing_key("rotated")];
    let mut control = one.journal.control().await;
    let batch = batch_of(control.mark(), &changes, account(), &event("rotation")).unwrap();
    control.write(&changes).await.unwrap();
    cut_connections(&url).await;
    two.put(&trail("t", "by two")).await.unwrap();
    control.append(batch, &changes).await.unwrap();
    drop(control);
    one.journal.refresh().await.unwrap();
    two.journal.refresh().await.unwrap();
    check_same(&[&one, &two]);
    assert_eq!(two.journal.catalog().state().signing_keys.len(), 1);
    assert_eq!(one.bucket("t").as_deref(), Some("by two"));
}

#[tokio::test]
async fn of_two_names_of_an_account_the_later_one_is_void() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.append_alone(named("by one"), "cut-off").await;
    two.journal.control().await.commit(&[named("by two")], account(), &event("name")).await.unwrap();
    let one = one.crash().await;
    two.journal.refresh().await.unwrap();
    check_same(&[&one, &two]);
    assert_eq!(two.journal.catalog().state().accounts[&account()].name.as_deref(), Some("by two"));
    assert!(one.marked().iter().any(|(.., event)| event.contains(r#""withoutEffect":["cut-off"]"#)));
}

#[tokio::test]
async fn a_commit_that_is_slower_than_its_caller_takes_effect_and_is_not_called_void() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    let slow = "CREATE FUNCTION cairn.wait() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep(6); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER wait AFTER INSERT OR UPDATE ON cairn.processes
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cairn.wait()";
    execute(&url, slow).await;
    one.put(&trail("t", "b")).await.unwrap();
    two.journal.refresh().await.unwrap();
    assert_eq!(two.bucket("t").as_deref(), Some("b"));
    check_same(&[&one, &two]);
    assert_eq!(one.marked().len(), 1, "its own record, and none that makes good");
}

#[tokio::test]
async fn more_changes_than_a_batch_holds_are_adopted() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    for number in 0..(QUEUE_BYTES >> 20) + 4 {
        one.put(&trail(&format!("t-{number}"), &"b".repeat(1 << 20))).await.unwrap();
    }
    two.journal.refresh().await.unwrap();
    check_same(&[&one, &two]);
    let records = two.marked().len();
    assert!((4..10).contains(&records), "{records} records");
}

#[tokio::test]
async fn what_postgresql_refuses_is_not_taken_for_its_absence() {
    let url = database().await;
    let one = Process::start(&url, "one").await;
    execute(&url, "ALTER TABLE cairn.changes ADD CONSTRAINT refusing CHECK (version < 0) NOT VALID").await;
    assert!(matches!(one.put(&trail("t", "b")).await, Err(JournalError::Refused)));
    assert_eq!(one.journal.reaches_catalog(), Some(true));
    execute(&url, "ALTER TABLE cairn.changes DROP CONSTRAINT refusing").await;
    one.put(&trail("t", "b")).await.unwrap();

    execute(&url, "ALTER TABLE cairn.catalog RENAME TO away").await;
    assert!(matches!(one.journal.control().await.check(), Err(JournalError::Refused)));
    assert!(matches!(one.put(&trail("t", "c")).await, Err(JournalError::Refused)));
    // The gateway's events are recorded as ever.
    let learned = [session("ASIAONE")];
    one.journal.control().await.learn_one(&learned, account(), &event("learned")).await.unwrap();
    assert!(one.journal.catalog().session("ASIAONE").is_some());
    assert_eq!(one.journal.reaches_catalog(), Some(true));
    execute(&url, "ALTER TABLE cairn.away RENAME TO catalog").await;
    one.put(&trail("t", "c")).await.unwrap();
    assert_eq!(one.bucket("t").as_deref(), Some("c"));
}

#[tokio::test]
async fn a_crash_while_a_void_change_is_made_good_leaves_the_same() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.append_alone(put_trail("new", "void"), "cut-off").await;
    two.put(&trail("t", "by two")).await.unwrap();
    // The log has what is true instead; the catalog has heard of neither.
    let instead = [Change::DeleteTrail { arn: arn("new") }];
    let batch = batch_of(Some(Mark::Rectified { version: 1 }), &instead, account(), &event("instead"));
    one.journal.append(batch.unwrap()).await.unwrap();
    let one = one.crash().await;
    check_same(&[&one, &two]);
    assert_eq!(one.bucket("new"), None);
    let rectified = one.marked().into_iter().filter(|(mark, ..)| matches!(mark, Mark::Rectified { .. }));
    assert_eq!(rectified.count(), 1);
}

#[tokio::test]
async fn a_connection_that_is_lost_before_the_commit_costs_nothing() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    let changes = [put_trail("t", "b")];
    let mut control = one.journal.control().await;
    let batch = batch_of(control.mark(), &changes, account(), &event("put")).unwrap();
    control.write(&changes).await.unwrap();
    cut_connections(&url).await;
    control.append(batch, &changes).await.unwrap();
    drop(control);
    two.journal.refresh().await.unwrap();
    check_same(&[&one, &two]);
    assert_eq!(two.bucket("t").as_deref(), Some("b"));
}

#[tokio::test]
async fn a_caller_whose_change_came_too_late_is_told_so() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    let changes = [put_trail("t", "by one")];
    let mut control = one.journal.control().await;
    let batch = batch_of(control.mark(), &changes, account(), &event("put")).unwrap();
    control.write(&changes).await.unwrap();
    cut_connections(&url).await;
    two.put(&trail("t", "by two")).await.unwrap();
    let refused = control.append(batch, &changes).await;
    assert!(matches!(refused, Err(JournalError::Void)), "{refused:?}");
    drop(control);
    assert_eq!(one.bucket("t").as_deref(), Some("by two"));
    one.put(&trail("t", "again")).await.unwrap();
    two.journal.refresh().await.unwrap();
    check_same(&[&one, &two]);
}

#[tokio::test]
async fn while_postgresql_is_down_events_are_recorded_and_nothing_is_changed() {
    let url = database().await;
    let one = Process::start(&url, "one").await;
    one.put(&trail("t", "b")).await.unwrap();
    take_down(&url).await;
    assert!(matches!(one.put(&trail("t", "c")).await, Err(JournalError::Unavailable)));
    assert_eq!(one.journal.reaches_catalog(), Some(false));
    assert!(matches!(one.journal.control().await.check(), Err(JournalError::Unavailable)));
    let end = one.journal.log().committed();
    one.journal.record(account(), EVENT.as_bytes()).await.unwrap();
    one.journal.control().await.commit(&[], account(), EVENT.as_bytes()).await.unwrap();
    one.journal.checkpoint().await.unwrap();
    assert!(one.journal.catalog().position() > end);
    // What the gateway learns stays known here; its event says nothing of it.
    let learned = [session("ASIAONE"), put_trail("x", "y")];
    one.journal.control().await.learn_one(&learned, account(), &event("learned")).await.unwrap();
    assert!(one.journal.catalog().session("ASIAONE").is_some());
    assert_eq!((one.bucket("x"), one.bucket("t").as_deref()), (None, Some("b")));

    bring_up(&url).await;
    one.journal.refresh().await.unwrap();
    one.put(&trail("t", "c")).await.unwrap();
    assert_eq!(one.bucket("t").as_deref(), Some("c"));
    assert!(one.crash().await.journal.catalog().session("ASIAONE").is_some());
}

#[tokio::test]
async fn a_change_that_postgresql_took_down_with_it_is_settled_when_it_is_back() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    let changes = [put_trail("t", "b")];
    let mut control = one.journal.control().await;
    let batch = batch_of(control.mark(), &changes, account(), &event("put")).unwrap();
    control.write(&changes).await.unwrap();
    take_down(&url).await;
    assert!(matches!(control.append(batch, &changes).await, Err(JournalError::Unsettled)));
    drop(control);
    assert!(matches!(*one.journal.control.lock().await, Standing::Unsettled(_)));
    // Its record must be found again, whatever else is recorded meanwhile.
    let position = one.journal.catalog().position();
    one.journal.control().await.commit(&[], account(), EVENT.as_bytes()).await.unwrap();
    one.journal.checkpoint().await.unwrap();
    assert_eq!(one.journal.catalog().position(), position);
    assert!(matches!(one.put(&trail("t", "c")).await, Err(JournalError::Unavailable)));

    bring_up(&url).await;
    one.journal.refresh().await.unwrap();
    two.journal.refresh().await.unwrap();
    assert_eq!(one.bucket("t").as_deref(), Some("b"));
    check_same(&[&one, &two]);
    one.journal.checkpoint().await.unwrap();
    assert!(one.journal.catalog().position() > position);
}

#[tokio::test]
async fn who_learns_while_a_change_is_settled_has_its_event_on_the_record_once() {
    let url = database().await;
    let one = Process::start(&url, "one").await;
    let mut control = one.journal.control().await;
    let learned = [session("ASIAONE")];
    let told = |mark, taught| {
        let changes: &[Change] = if taught == Taught::Told { &learned } else { &[] };
        batch_of(mark, changes, account(), &event("learned"))
    };
    control.learn(&learned, told).await.unwrap();
    drop(control);
    let mut reader = one.journal.log().reader(Position::ZERO).unwrap();
    let chunk = reader.next(1 << 20).unwrap().unwrap();
    let is_it = |payload: &[u8]| {
        let record = Record::decode(payload).unwrap();
        record.event().string(Field::EventId).as_deref() == Some("learned")
    };
    assert_eq!(chunk.iter().filter(|(_, payload)| is_it(payload)).count(), 1);
    assert!(Process::start(&url, "two").await.journal.catalog().session("ASIAONE").is_some());
}

#[tokio::test]
async fn a_process_that_was_away_for_long_compares_everything() {
    let url = database().await;
    let (one, two) = (Process::start(&url, "one").await, Process::start(&url, "two").await);
    one.put(&trail("gone", "b")).await.unwrap();
    two.journal.refresh().await.unwrap();
    let deleted = Change::DeleteTrail { arn: arn("gone") };
    one.journal.control().await.commit(&[deleted], account(), &event("delete")).await.unwrap();
    one.journal.control().await.commit(&[named("n")], account(), &event("name")).await.unwrap();
    let forgotten = "DELETE FROM cairn.changes; UPDATE cairn.catalog SET floor = version";
    execute(&url, forgotten).await;
    two.journal.refresh().await.unwrap();
    check_same(&[&one, &two]);
    assert_eq!(two.bucket("gone"), None);
}
