//! Imports, as a whole: `cairn import` says when one begins, asks what became of its events, and says when it
//! has ended. The events themselves come by `POST /_cairn/events`.

use super::events::NO_IMPORT;
use super::{Answered, answered, invalid, object, request};
use crate::app::App;
use crate::auth::Caller;
use bytes::Bytes;
use cairn_model::Position;
use cairn_wire::{ApiError, ErrorCode};
use serde::Deserialize;
use serde_json::json;
use std::ops::Range;
use std::time::Duration;
use tokio::time::Instant;

/// How long a count waits for event history to catch up, and how long between looks.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How far apart the commits are that several imports ask for: the last of each is a small file of the table.
const COMMIT_EVERY: Duration = Duration::from_millis(500);
/// Ranges that one count takes at most: their JSON has to fit into a body.
const RANGES_MAX: usize = 20_000;

/// Any key may import that does more than post.
pub(super) fn permitted(caller: &Caller) -> Result<(), ApiError> {
    match caller.key.ingest_only {
        true => Err(ApiError::new(ErrorCode::AccessDeniedException, NO_IMPORT)),
        false => Ok(()),
    }
}

/// Says which server this is, so that an importer's journal is not taken for another's, and where its log
/// ends now.
pub(super) fn begin(app: &App, body: &Bytes) -> Answered {
    object(body)?;
    let home = &app.operator;
    answered(&json!({
        "server": format!("{}-{}-{}", home.account, home.created.as_micros(), app.incarnation),
        "end": app.journal.log().committed(),
    }))
}

/// What CountImported asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    /// `[from, to)`, ascending, none overlapping another.
    ranges: Vec<[Position; 2]>,
}

/// How many events of some ranges of the log are in event history, once all of them are in its table or were
/// told apart as duplicates. When this returns, those that are counted survive power loss in both places.
pub(super) async fn count(app: &App, body: &Bytes) -> Answered {
    let Count { ranges } = request(body)?;
    let ranges = checked(&ranges)?;
    if let Some(last) = ranges.last() {
        commit_beyond(app, last.end).await?;
    }
    let history = app.history.clone();
    let counted = tokio::task::spawn_blocking(move || history.count(&ranges)).await;
    let in_history = counted.expect("counting does not panic").map_err(|error| {
        ApiError::new(ErrorCode::ServiceUnavailable, "Event history cannot be read. Try again.")
            .with_detail(error.to_string())
    })?;
    answered(&json!({ "inHistory": in_history }))
}

/// Takes note of an import that has ended; the event of this call carries its counts.
pub(super) fn end(body: &Bytes) -> Answered {
    object(body)?;
    answered(&json!({}))
}

fn checked(ranges: &[[Position; 2]]) -> Result<Vec<Range<Position>>, ApiError> {
    if ranges.len() > RANGES_MAX {
        return Err(invalid(format!("more than {RANGES_MAX} ranges")));
    }
    let ascend = ranges.iter().all(|[from, to]| from < to);
    let apart = ranges.windows(2).all(|pair| pair[0][1] <= pair[1][0]);
    if !ascend || !apart {
        return Err(invalid("the ranges do not ascend, or overlap"));
    }
    Ok(ranges.iter().map(|[from, to]| *from..*to).collect())
}

/// Waits until event history has committed all below `end`. Commits at once what has arrived there, rather
/// than when it is due, so that small imports need not wait for it.
async fn commit_beyond(app: &App, end: Position) -> Result<(), ApiError> {
    let log_end = app.journal.log().committed();
    if end > log_end {
        return Err(invalid(format!("the log ends at {log_end}, before {end}")));
    }
    let deadline = Instant::now() + PATIENCE;
    while app.history.committed() < end {
        if app.history.seen() >= end {
            commit_in_turn(app, end).await?;
        } else if Instant::now() < deadline {
            tokio::time::sleep(LOOK_EVERY).await;
        } else {
            let message = format!(
                "Event history is at position {} on its way to {end}. Try again.",
                app.history.committed()
            );
            return Err(ApiError::new(ErrorCode::ServiceUnavailable, message));
        }
    }
    Ok(())
}

/// Commits, unless somebody else's turn has just done so for all below `end`.
async fn commit_in_turn(app: &App, end: Position) -> Result<(), ApiError> {
    let mut last = app.import_commits.lock().await;
    if let Some(last) = *last {
        tokio::time::sleep_until(last + COMMIT_EVERY).await;
    }
    // All but the last of these take as much as one commit may: only the last needs to be kept apart from others.
    while app.history.committed() < end {
        *last = Some(Instant::now());
        app.history.commit().await.map_err(|error| {
            let message = "Event history could not be committed. Try again.";
            ApiError::new(ErrorCode::ServiceUnavailable, message).with_detail(error.to_string())
        })?;
    }
    Ok(())
}
