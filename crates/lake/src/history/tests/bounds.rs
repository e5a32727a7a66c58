//! What one caller can make others pay for.

use crate::history::shared::LOOKUPS_MAX;
use crate::testing::{MemoryLog, Rig, event, everything, options};
use crate::{Bodies, BodyError, History, Lookup};
use bytes::Bytes;
use cairn_model::Position;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// An event whose text is a little more than this long.
fn long(second: u32, bytes: usize) -> String {
    event(second, "Long", &format!(r#","long":"{}""#, "x".repeat(bytes)))
}

#[tokio::test]
async fn a_page_ends_where_its_texts_get_too_long_in_tail_and_table_alike() {
    let rig = Rig::new().await;
    // Every second event in the table, so that the rows of a page come from both.
    for parity in 0..2 {
        for second in (parity..22).step_by(2) {
            rig.add(&long(second, 1_000_000));
        }
        rig.log.feed(&rig.history);
        if parity == 0 {
            rig.history.commit().await.unwrap();
        }
    }
    for _ in 0..2 {
        let first = rig.history.lookup(everything()).await.unwrap();
        // 16 times 1,000,000 and some fit in 16 MiB, which are 16,777,216; and 17 do not.
        assert_eq!(first.events.len(), 16);
        let rest = rig.history.lookup(Lookup { after: first.next, ..everything() }).await.unwrap();
        assert_eq!((rest.events.len(), rest.next), (6, None));
        let seconds = first.events.iter().chain(&rest.events).map(|found| found.event_time.as_seconds() % 60);
        assert_eq!(seconds.collect::<Vec<_>>(), (0..22).rev().collect::<Vec<_>>());
        let few = rig.history.lookup(Lookup { limit: 16, ..everything() }).await.unwrap();
        assert_eq!(few.events, first.events);
        rig.history.commit().await.unwrap();
    }
}

/// A log whose records cannot be read before it is opened.
struct GatedLog {
    log: Arc<MemoryLog>,
    open: Mutex<bool>,
    opened: Condvar,
}

impl GatedLog {
    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

impl Bodies for GatedLog {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        drop(self.opened.wait_while(self.open.lock().unwrap(), |open| !*open).unwrap());
        self.log.read(at)
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        self.log.read_all(range, take)
    }
}

#[test]
fn lookups_beyond_some_wait_and_leave_threads_to_others() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(LOOKUPS_MAX + 1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::new(MemoryLog::default());
        let gated = GatedLog { log: Arc::clone(&log), open: Mutex::new(false), opened: Condvar::new() };
        let gated = Arc::new(gated);
        let history = History::open(options(folder.path()), gated.clone()).await.unwrap();
        log.add(&crate::testing::admit(&event(1, "A", "")));
        log.feed(&history);
        let mut lookups: Vec<_> = (0..20).map(|_| Box::pin(history.lookup(everything()))).collect();
        for lookup in &mut lookups {
            assert!(futures::poll!(lookup.as_mut()).is_pending());
        }
        // Gets a thread only if the look-ups have not taken all.
        let other = tokio::task::spawn_blocking(|| ());
        let has_run = tokio::time::timeout(Duration::from_secs(10), other).await.is_ok();
        // One that nobody waits for any more gives back its place when it ends.
        drop(lookups.remove(0));
        gated.open();
        for page in futures::future::join_all(lookups).await {
            assert_eq!(page.unwrap().events.len(), 1);
        }
        assert!(has_run);
    });
}
