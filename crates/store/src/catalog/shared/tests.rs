#![allow(clippy::unwrap_used, reason = "tests")]

use super::testing::{cut_connections, database, execute};
use super::{OpenError, Shared, SharedError, check_url};
use crate::catalog::Catalog;
use cairn_model::{Account, Change, Position, Session, SessionHolder, Timestamp};
use std::sync::Arc;
use std::time::Duration;

fn account(name: &str) -> Change {
    let id = "111122223333".parse().unwrap();
    Change::PutAccount(Account { id, name: Some(name.to_owned()), created: Timestamp::from_seconds(1) })
}

fn session(access_key_id: &str, created: i64, expires: i64) -> Change {
    Change::PutSession(Box::new(Session {
        access_key_id: access_key_id.to_owned(),
        account: "111122223333".parse().unwrap(),
        holder: SessionHolder::User { user: None },
        created: Timestamp::from_seconds(created),
        expires: Timestamp::from_seconds(expires),
        mfa: false,
        source_identity: None,
    }))
}

/// A process' own catalog, empty.
async fn own() -> (Catalog, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Catalog::open(&folder.path().join("catalog.db")).await.unwrap(), folder)
}

/// One turn that changes something.
async fn change(shared: &Shared, catalog: &Catalog, changes: &[Change], next: u64) {
    let mut turn = shared.turn().await.unwrap();
    turn.write(catalog, changes).await.unwrap();
    turn.commit(Position::new(next)).await.unwrap();
}

#[tokio::test]
async fn a_turn_shows_what_others_changed_since_in_their_order() {
    let (url, (catalog, _folder)) = (database().await, own().await);
    let (one, two) = (Shared::open(&url, "one").await.unwrap(), Shared::open(&url, "two").await.unwrap());
    assert_eq!(one.identity(), two.identity());
    change(&one, &catalog, &[account("a"), account("b")], 100).await;
    change(&two, &catalog, &[account("c")], 8).await;
    assert_eq!(one.version().await.unwrap(), 2);
    let mut turn = one.turn().await.unwrap();
    assert_eq!((turn.version(), turn.position()), (2, Some(Position::new(100))));
    assert_eq!(turn.since(0).await.unwrap().unwrap(), [account("a"), account("b"), account("c")]);
    assert_eq!(turn.since(1).await.unwrap().unwrap(), [account("c")]);
    assert_eq!(turn.since(2).await.unwrap().unwrap(), []);
    assert_eq!(turn.since(3).await.unwrap(), None, "a version that the catalog has lost");
    drop(turn);
    assert_eq!(two.position().await.unwrap(), Some(Position::new(8)));
}

#[tokio::test]
async fn what_was_written_in_a_turn_that_ended_without_commit_never_was() {
    let (url, (catalog, _folder)) = (database().await, own().await);
    let shared = Shared::open(&url, "one").await.unwrap();
    let mut turn = shared.turn().await.unwrap();
    turn.write(&catalog, &[account("a")]).await.unwrap();
    drop(turn);
    let mut turn = shared.turn().await.unwrap();
    assert_eq!((turn.version(), turn.position()), (0, None));
    assert!(turn.everything().await.unwrap().state.accounts.is_empty());
}

#[tokio::test]
async fn one_turn_waits_for_the_other() {
    let (url, (catalog, _folder)) = (database().await, own().await);
    let catalog = Arc::new(catalog);
    let changing = (0..8).map(|process| {
        let (url, catalog) = (url.clone(), Arc::clone(&catalog));
        tokio::spawn(async move {
            let shared = Shared::open(&url, &process.to_string()).await.unwrap();
            for round in 0..10 {
                let mut turn = shared.turn().await.unwrap();
                let before = turn.version();
                // What it was decided on is what it comes after.
                turn.write(&catalog, &[account(&format!("{before}"))]).await.unwrap();
                turn.commit(Position::new(round)).await.unwrap();
            }
        })
    });
    for changing in changing.collect::<Vec<_>>() {
        changing.await.unwrap();
    }
    let shared = Shared::open(&url, "last").await.unwrap();
    let changes = shared.turn().await.unwrap().since(0).await.unwrap().unwrap();
    let expected: Vec<Change> = (0..80).map(|version| account(&version.to_string())).collect();
    assert_eq!(changes, expected);
}

/// As when the answer to its commit was given up, and the server is still at it.
#[tokio::test]
async fn who_waited_for_its_own_commit_finds_the_position_that_it_brought() {
    let (url, (catalog, _folder)) = (database().await, own().await);
    let (before, after) =
        (Shared::open(&url, "one").await.unwrap(), Shared::open(&url, "one").await.unwrap());
    change(&before, &catalog, &[account("a")], 100).await;
    let mut turn = before.turn().await.unwrap();
    turn.write(&catalog, &[account("b")]).await.unwrap();
    let waiting =
        tokio::spawn(async move { after.turn().await.map(|turn| (turn.version(), turn.position())) });
    tokio::time::sleep(Duration::from_millis(500)).await;
    turn.commit(Position::new(200)).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), (2, Some(Position::new(200))));
}

#[tokio::test]
async fn a_refused_statement_does_not_count_as_a_server_that_is_gone() {
    let (url, (catalog, _folder)) = (database().await, own().await);
    let shared = Shared::open(&url, "one").await.unwrap();
    execute(&url, "ALTER TABLE cairn.changes ADD CHECK (version < 0)").await;
    let mut turn = shared.turn().await.unwrap();
    let refused = turn.write(&catalog, &[account("a")]).await;
    assert!(matches!(refused, Err(SharedError::Refused(_))), "{refused:?}");
    let mut turn = shared.turn().await.unwrap();
    cut_connections(&url).await;
    let gone = turn.hold().await.unwrap_err();
    assert!(gone.is_unreachable(), "{gone}");
}

#[tokio::test]
async fn a_connection_that_was_cut_is_replaced_and_its_turn_is_over() {
    let (url, (catalog, _folder)) = (database().await, own().await);
    let shared = Shared::open(&url, "one").await.unwrap();
    change(&shared, &catalog, &[account("a")], 100).await;
    let mut turn = shared.turn().await.unwrap();
    turn.write(&catalog, &[account("b")]).await.unwrap();
    cut_connections(&url).await;
    assert!(turn.commit(Position::new(200)).await.is_err());
    assert_eq!(shared.version().await.unwrap(), 1);
    change(&shared, &catalog, &[account("c")], 200).await;
    assert_eq!(shared.version().await.unwrap(), 2);
}

#[tokio::test]
async fn who_missed_what_was_forgotten_is_told_so() {
    let (url, (catalog, _folder)) = (database().await, own().await);
    let shared = Shared::open(&url, "one").await.unwrap();
    for round in 0..63 {
        change(&shared, &catalog, &[account(&round.to_string())], round).await;
    }
    execute(&url, "UPDATE cairn.changes SET made = now() - interval '2 hours' WHERE version <= 10").await;
    change(&shared, &catalog, &[account("last")], 64).await;
    let mut turn = shared.turn().await.unwrap();
    assert_eq!(turn.since(9).await.unwrap(), None);
    assert_eq!(turn.since(10).await.unwrap().unwrap().len(), 54);
}

#[tokio::test]
async fn sessions_that_expired_go_when_others_come() {
    let (url, (catalog, _folder)) = (database().await, own().await);
    let shared = Shared::open(&url, "one").await.unwrap();
    let first = [session("ASIAONE", 0, 10), session("ASIATWO", 0, 30)];
    change(&shared, &catalog, &first, 100).await;
    catalog.apply(&first, Position::new(100)).await.unwrap();
    change(&shared, &catalog, &[session("ASIATHREE", 10, 40)], 200).await;
    let kept = shared.turn().await.unwrap().everything().await.unwrap().sessions;
    let kept: Vec<&str> = kept.iter().map(|session| session.access_key_id.as_str()).collect();
    assert_eq!(kept, ["ASIATHREE", "ASIATWO"]);
}

#[tokio::test]
async fn processes_that_start_at_once_make_one_catalog() {
    let url = database().await;
    let opening = (0..6).map(|process| {
        let url = url.clone();
        tokio::spawn(
            async move { Shared::open(&url, &process.to_string()).await.unwrap().identity().to_owned() },
        )
    });
    let mut identities = Vec::new();
    for opening in opening.collect::<Vec<_>>() {
        identities.push(opening.await.unwrap());
    }
    identities.dedup();
    assert_eq!(identities.len(), 1);
}

#[tokio::test]
async fn an_older_format_gets_the_tables_that_it_lacks_and_a_newer_one_is_refused() {
    let url = database().await;
    Shared::open(&url, "one").await.unwrap();
    execute(&url, "DROP TABLE cairn.sessions, cairn.users; UPDATE cairn.catalog SET format = 1").await;
    // The tables of version 3 are there but one, so they are dropped too, as an old Cairn would have left it.
    let others =
        "event_data_stores channels dashboards resource_policies groups roles policies organizations stacks";
    for table in others.split(' ') {
        execute(&url, &format!("DROP TABLE IF EXISTS cairn.{table}")).await;
    }
    let shared = Shared::open(&url, "one").await.unwrap();
    assert!(shared.turn().await.unwrap().everything().await.unwrap().sessions.is_empty());
    execute(&url, "UPDATE cairn.catalog SET format = 99").await;
    let refused = Shared::open(&url, "one").await.unwrap_err();
    assert!(refused.to_string().contains("start the newer Cairn"), "{refused}");
}

#[tokio::test]
async fn what_cannot_be_reached_is_named_without_its_password() {
    let refused = Shared::open("postgres://ann:secret@127.0.0.1:1/db", "one").await.unwrap_err();
    assert!(matches!(refused, OpenError::Unusable { source: SharedError::Unreachable(_), .. }));
    let shown = refused.to_string();
    assert!(shown.contains("127.0.0.1:1/db") && !shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn a_turn_that_is_not_given_back_is_not_waited_for_without_end() {
    let url = database().await;
    let (one, two) = (Shared::open(&url, "one").await.unwrap(), Shared::open(&url, "two").await.unwrap());
    let held = one.turn().await.unwrap();
    let refused = tokio::time::timeout(Duration::from_secs(20), two.turn()).await.unwrap();
    assert!(refused.is_err_and(|error| !error.is_unreachable()));
    drop(held);
    two.turn().await.unwrap();
}

#[test]
fn only_postgresql_urls_are_urls() {
    for url in ["postgres://host/db", "postgresql://ann:secret@[::1]:5433/db?sslmode=verify-full"] {
        assert!(check_url(url).is_ok(), "{url}");
    }
    for url in ["", "mysql://host/db", "host/db", "postgres:/host", "postgres://host:port/db"] {
        assert!(check_url(url).is_err(), "{url}");
    }
}
