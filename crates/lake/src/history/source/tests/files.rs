//! Which files and columns are read, and how long files stay.

use super::*;
use crate::maintain::{DELETED_AFTER, QUIET_AFTER};

/// Three files: seconds 0 to 99, 100 to 199 and 200 to 299.
async fn three_files() -> Asked {
    let asked = Asked::new().await;
    for file in 0..3 {
        asked.add(file * 100..(file + 1) * 100);
        asked.commit().await;
    }
    asked
}

async fn plan(asked: &Asked, text: &str) -> String {
    asked.ask(&format!("EXPLAIN {text}")).await.join("\n")
}

#[tokio::test]
async fn files_of_other_times_are_not_opened() {
    let asked = three_files().await;
    let files = async |text| plan(&asked, text).await.matches(".parquet").count();
    assert_eq!(files("SELECT eventid FROM $E").await, 3);
    assert_eq!(files("SELECT eventid FROM $E WHERE eventTime >= '2026-03-01 00:03:20'").await, 1);
    assert_eq!(files("SELECT eventid FROM $E WHERE eventTime < '2026-03-01 00:01:40'").await, 1);
    assert_eq!(files("SELECT eventid FROM $E WHERE eventTime > '2026-03-02 00:00:00'").await, 0);
    let rows = asked
        .ask(
            "SELECT count(*) FROM $E WHERE eventTime BETWEEN '2026-03-01 00:01:39' AND '2026-03-01 00:01:40'",
        )
        .await;
    assert_eq!(rows, ["2"]);
}

#[tokio::test]
async fn an_event_is_looked_for_by_the_hash_of_its_id() {
    let asked = three_files().await;
    asked.add([300]);
    for text in ["eventid = 'e150'", "eventid IN ('e150', 'e300', 'none')", "eventid = 'e300'"] {
        let text = format!("SELECT eventid FROM $E WHERE {text} ORDER BY eventid");
        let plan = plan(&asked, &text).await;
        assert!(plan.contains("event_id_hash"), "{plan}");
        let found = asked.ask(&text).await;
        assert!(found.iter().all(|id| text.contains(id.as_str())));
        assert_eq!(found.len(), text.matches("'e").count());
    }
}

#[tokio::test]
async fn ids_of_rows_that_others_would_do_for_are_not_looked_for_by_hash_alone() {
    let asked = three_files().await;
    for text in [
        "eventid = 'e7' OR eventname = 'A'",
        "eventid <> 'e7'",
        "eventid NOT IN ('e7', 'e8', 'e9', 'e10', 'e11')",
    ] {
        let text = format!("SELECT count(*) FROM $E WHERE {text}");
        let plan = plan(&asked, &text).await;
        assert!(!plan.contains("event_id_hash"), "{plan}");
        assert!(asked.ask(&text).await[0].parse::<u32>().unwrap() >= 295);
    }
}

#[tokio::test]
async fn only_what_is_asked_for_is_read_and_counted() {
    let asked = three_files().await;
    let source = asked.rig.history.source().await.unwrap();
    let bytes = async |text: &str| asked.ask_of(&source, text).await.1.bytes;
    let whole = bytes("SELECT eventjson FROM $E").await;
    let column = bytes("SELECT eventtime FROM $E").await;
    let file = bytes("SELECT eventtime FROM $E WHERE eventTime < '2026-03-01 00:01:40'").await;
    assert!(whole > column && column > file && file > 0, "{whole} {column} {file}");
}

#[tokio::test]
async fn the_newest_events_are_given_without_sorting_files() {
    let asked = three_files().await;
    asked.add([300, 299]);
    let text = "SELECT eventid FROM $E ORDER BY eventTime DESC LIMIT 3";
    let plan = plan(&asked, text).await;
    assert!(
        plan.contains("limit=3, output_ordering=[event_time@0 DESC") && !plan.contains("SortExec"),
        "{plan}"
    );
    assert_eq!(asked.ask(text).await, ["e300", "e299", "e298"]);
}

#[tokio::test]
async fn files_stay_on_disk_for_as_long_as_a_source_reads_them() {
    let asked = Asked::new().await;
    for second in 0..20 {
        asked.add([second]);
        asked.commit().await;
    }
    let source = asked.rig.history.source().await.unwrap();
    let mut now = everything().now;
    let mut upkeep = async || {
        let mut deleted = 0;
        for _ in 0..6 {
            now = now.plus(DELETED_AFTER + QUIET_AFTER);
            deleted += asked.rig.history.maintain(now).await.unwrap().deleted_files;
        }
        deleted
    };
    // Files that came and went meanwhile are not among those of the source.
    assert!(upkeep().await < 20);
    assert_eq!(asked.rig.history.stats().table_files, 1);
    assert_eq!(asked.ask_of(&source, "SELECT count(eventname) FROM $E").await.0, ["20"]);
    drop(source);
    let mut deleted = 0;
    // The engine's threads let go of what they read a moment after the last row.
    for _ in 0..1000 {
        deleted += upkeep().await;
        if deleted >= 20 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(deleted, 20);
    assert_eq!(asked.ask("SELECT count(eventname) FROM $E").await, ["20"]);
}
