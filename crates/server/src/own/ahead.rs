//! Imports do not run ahead of event history and event data stores.
//!
//! An import ends when history has all of it, so it would gain nothing; and the log stays short meanwhile, on the disk
//! and in the system's memory. What is recorded and posted does not wait.

use crate::app::App;
use std::time::Duration;
use tokio::time::Instant;

/// How far behind history may be, in bytes of the log: what two commits take, and what comes in during one. Stores may have
/// been offered as little.
const BEHIND_BYTES_MAX: u64 = 192 << 20;
/// How long an import's request waits at most: history that stands still must not hold up what can be made durable.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits until event history is not far behind the log, nor what is offered to event data stores.
pub(super) async fn wait(app: &App) {
    let is_far_behind = || {
        let end = app.journal.log().committed().get();
        let slowest = app.history.committed().min(app.stores.position());
        end.saturating_sub(slowest.get()) > BEHIND_BYTES_MAX
    };
    wait_while(is_far_behind, PATIENCE).await;
}

async fn wait_while(mut is_far_behind: impl FnMut() -> bool, patience: Duration) {
    let deadline = Instant::now() + patience;
    while is_far_behind() && Instant::now() < deadline {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{LOOK_EVERY, wait_while};
    use std::time::Duration;

    #[tokio::test]
    async fn it_waits_until_history_has_come_closer() {
        let mut looks = 0;
        let far = || {
            looks += 1;
            looks < 4
        };
        wait_while(far, Duration::from_secs(600)).await;
        assert_eq!(looks, 4);
    }

    #[tokio::test]
    async fn history_that_stands_still_is_not_waited_for_for_ever() {
        wait_while(|| true, LOOK_EVERY * 2).await;
    }
}
