//! Events that get context when they are read for their history.

use super::*;
use crate::testing::MemoryLog;
use crate::{Bodies, BodyError};
use bytes::Bytes;
use cairn_model::Record;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// A log whose events get context, which is another one after each look.
struct WithContext {
    log: Arc<MemoryLog>,
    looks: AtomicU32,
}

impl WithContext {
    fn enriched(&self, payload: &Bytes) -> Bytes {
        let context = format!(r#"{{"tagContext":{{"look":"{}"}}}}"#, self.looks.fetch_add(1, Relaxed));
        let event = Record::decode(payload).unwrap().event();
        let mut out = payload[..payload.len() - event.encoded_len()].to_vec();
        assert!(event.write_with_context(&context, &mut out));
        out.into()
    }
}

impl Bodies for WithContext {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        self.log.read(at).map(|payload| self.enriched(&payload))
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        self.log.read_all(range, &mut |at, payload| take(at, self.enriched(&payload)))
    }
}

#[tokio::test]
async fn an_event_that_comes_twice_is_one_whatever_was_known_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = Arc::new(MemoryLog::default());
    let bodies = Arc::new(WithContext { log: Arc::clone(&log), looks: AtomicU32::new(0) });
    let history = History::open(options(folder.path()), bodies).await.unwrap();
    let once = admit(&event(1, "Once", r#","eventID":"e-1""#));
    log.add(&once);
    log.add(&once);
    log.feed(&history);
    let contexts = async || {
        let page = history.lookup(everything()).await.unwrap();
        let with = page.events.iter().filter(|found| found.text.contains(r#""eventContext":{"tagContext""#));
        (page.events.len(), with.count())
    };
    assert_eq!(contexts().await, (1, 1));
    history.commit().await.unwrap();
    log.add(&once);
    log.feed(&history);
    history.commit().await.unwrap();
    assert_eq!(contexts().await, (1, 1));
    assert_eq!(history.stats().conflicts, 0);
    log.add(&admit(&event(1, "Other", r#","eventID":"e-1""#)));
    log.feed(&history);
    history.commit().await.unwrap();
    assert_eq!(contexts().await, (2, 2));
    assert_eq!(history.stats().conflicts, 1);
}
