//! Joining files, step by step.
//!
//! Nothing changes before the last step: then the new file is stored, and one commit puts it in the place of the
//! others. A crash before the commit leaves it for vacuum.

use super::Schedule;
use super::join::{Join, Progress};
use super::plan::{Moment, Plan, plan};
use crate::error::LakeError;
use crate::history::{KeptFrom, Shared};
use crate::table::{Purpose, TableChange, TableFile, TableView, WrittenFile};
use cairn_model::Timestamp;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// So many files are joined even while many events come, and at the priority of these: look-ups open them all.
const FILES_MAX: usize = 200;

/// What a step begins with.
enum Work {
    Start(Plan),
    GoOn(Box<Join>),
}

/// Joins some rows. Returns how many files it put another in the place of; `None` if there is nothing to join now.
pub(super) async fn join_some(
    history: &Arc<Shared>,
    schedule: &mut Schedule,
    now: Timestamp,
) -> Result<Option<u64>, LakeError> {
    let table = history.table_view();
    let filling = match history.options.kept_from {
        KeptFrom::LaterOfArrival => BTreeSet::new(),
        KeptFrom::EventTime => schedule.filling(&table.files, now),
    };
    let is_quiet = schedule.is_quiet(history.committed(), now);
    let moment = Moment { today: now.day(), is_quiet, filling: &filling };
    let is_pressing = table.files.len() >= FILES_MAX;
    // Committing what has come goes first, so that the log can be dropped.
    if history.is_behind() && !is_pressing {
        return Ok(None);
    }
    let work = match schedule.joining.take() {
        Some(join) => Work::GoOn(join),
        None => match plan(&table.files, moment) {
            Some(plan) => Work::Start(plan),
            None => return Ok(None),
        },
    };
    match step(history, work, is_pressing).await? {
        Progress::More(join) => {
            schedule.joining = Some(join);
            Ok(Some(0))
        }
        Progress::Done(plan, written) => {
            let replaced = replace(history, &plan.files, written).await?;
            if replaced {
                schedule.removed(&plan.files, now);
            }
            Ok(Some(if replaced { plan.files.len() as u64 } else { 0 }))
        }
    }
}

async fn step(history: &Arc<Shared>, work: Work, is_pressing: bool) -> Result<Progress, LakeError> {
    let (worker, rows) = (Arc::clone(history), history.options.step_rows);
    let step = move || match work {
        Work::Start(plan) => Join::start(plan, &worker.reader)?.advance(rows),
        Work::GoOn(join) => join.advance(rows),
    };
    match is_pressing {
        true => tokio::task::spawn_blocking(step).await?,
        false => history.background.run_blocking(step).await,
    }
}

/// Puts the file in the place of those whose rows it has. False if one of them has left the table since the join
/// began, because its events expired: then the others stay, too.
async fn replace(
    history: &Shared,
    replaced: &[Arc<TableFile>],
    written: Option<WrittenFile>,
) -> Result<bool, LakeError> {
    // Only upkeep takes files out of the table, so what is there now is there at the commit.
    if !has_all(&history.table_view(), replaced) {
        return Ok(false);
    }
    let files = history.table.lock().await.files();
    let mut add = Vec::new();
    if let Some(written) = written {
        let stored = async move { written.store(&files).await };
        add.push(history.background.run(stored).await??);
    }
    let mut table = history.table.lock().await;
    table.settle().await?;
    table.commit(TableChange { add, remove: replaced.to_vec(), purpose: Purpose::Join }).await?;
    history.publish(table.view());
    Ok(true)
}

fn has_all(table: &TableView, files: &[Arc<TableFile>]) -> bool {
    let live: HashSet<&str> = table.files.iter().map(|file| &*file.path).collect();
    files.iter().all(|file| live.contains(&*file.path))
}
