#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Lesson, Lessons, TOGETHER_MAX};
use crate::journal::{Journal, JournalError, replay};
use cairn_model::{Account, AccountId, Change, Session, SessionHolder, Timestamp};
use cairn_store::catalog::Catalog;
use cairn_store::disk::LocalDisk;
use cairn_store::log::{Log, LogOptions};
use futures::future::join_all;
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const EVENT: &[u8] = br#"{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s","eventName":"n"}"#;

async fn journal(folder: &Path) -> Journal {
    let (log, _) = Log::open(Arc::new(LocalDisk), LogOptions::new(folder.join("log"))).unwrap();
    let catalog = Catalog::open(&folder.join("catalog.db")).await.unwrap();
    replay(&log, &catalog, None).await.unwrap();
    Journal::new(log, catalog, CancellationToken::new())
}

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// What a call teaches that handed out the key `ASIA<number>`.
fn lesson(number: usize) -> Lesson {
    let session = Session {
        access_key_id: format!("ASIA{number}"),
        account: account(),
        holder: SessionHolder::User { user: None },
        created: time("2026-03-01T08:00:00Z"),
        expires: time("2099-03-01T08:00:00Z"),
        mfa: false,
        source_identity: None,
    };
    Lesson { account: account(), event: EVENT.to_vec(), changes: vec![Change::PutSession(Box::new(session))] }
}

#[tokio::test]
async fn what_waits_for_the_lock_is_learned_by_few_commits_and_stays_learned() {
    const CALLS: usize = 3 * TOGETHER_MAX;
    let folder = tempfile::tempdir().unwrap();
    {
        let (journal, lessons) = (journal(folder.path()).await, Lessons::default());
        let held = journal.control().await;
        let before = journal.log().stats().commits;
        let calls = join_all((0..CALLS).map(|number| lessons.learn(&journal, lesson(number))));
        let (outcomes, ()) = tokio::join!(calls, async { drop(held) });
        assert!(outcomes.iter().all(Result::is_ok));
        let stats = journal.log().stats();
        assert_eq!((stats.records, stats.commits - before), (CALLS as u64, 3));
    }
    // The catalog may have been lost: the log has it all.
    std::fs::remove_file(folder.path().join("catalog.db")).unwrap();
    let journal = journal(folder.path()).await;
    for number in [0, 1, CALLS - 1] {
        assert!(journal.catalog().session(&format!("ASIA{number}")).is_some(), "{number}");
    }
}

#[tokio::test]
async fn an_event_that_the_door_refuses_keeps_nobody_else_from_learning() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, lessons) = (journal(folder.path()).await, Lessons::default());
    let held = journal.control().await;
    let refused = Lesson { event: b"no event".to_vec(), ..lesson(1) };
    let calls = join_all([refused, lesson(2)].map(|lesson| lessons.learn(&journal, lesson)));
    let (outcomes, ()) = tokio::join!(calls, async { drop(held) });
    assert!(matches!(outcomes[0], Err(JournalError::Event(_))));
    assert!(outcomes[1].is_ok());
    assert!(journal.catalog().session("ASIA1").is_none() && journal.catalog().session("ASIA2").is_some());
    assert!(journal.catalog().state().accounts.contains_key(&account()));
}

#[tokio::test]
async fn a_log_that_is_closed_is_told_to_all_that_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, lessons) = (journal(folder.path()).await, Lessons::default());
    journal.log().clone().close().unwrap();
    let held = journal.control().await;
    let calls = join_all((0..3).map(|number| lessons.learn(&journal, lesson(number))));
    let (outcomes, ()) = tokio::join!(calls, async { drop(held) });
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(JournalError::Append(_)))), "{outcomes:?}");
}

#[tokio::test]
async fn an_account_that_got_its_name_meanwhile_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, lessons) = (journal(folder.path()).await, Lessons::default());
    let mut held = journal.control().await;
    let named = Account { id: account(), name: Some("payroll".to_owned()), created: Timestamp::MIN };
    let call = lessons.learn(&journal, Lesson { changes: Vec::new(), ..lesson(1) });
    let naming = async {
        held.commit(&[Change::PutAccount(named.clone())], account(), EVENT).await.unwrap();
        drop(held);
    };
    let (learned, ()) = tokio::join!(call, naming);
    learned.unwrap();
    assert_eq!(journal.catalog().state().accounts[&account()], named);
}
