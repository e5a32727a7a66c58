#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::*;
use futures::{FutureExt as _, poll};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tokio::sync::{Semaphore, mpsc};

const START: SystemTime = SystemTime::UNIX_EPOCH;
const MINUTE: Duration = Duration::from_secs(60);

fn keys(id: &str, expiry: Option<SystemTime>) -> Keys {
    Keys::new(id, "secret", None, expiry, "test")
}

/// A chain that is as slow as the test wants, and what it will say.
struct Slow {
    cache: Cache,
    says: mpsc::UnboundedSender<Loaded>,
    begun: Arc<AtomicUsize>,
    entered: Arc<Semaphore>,
}

impl Slow {
    fn new() -> Slow {
        let (says, said) = mpsc::unbounded_channel();
        let said = Arc::new(tokio::sync::Mutex::new(said));
        let (begun, entered) = (Arc::<AtomicUsize>::default(), Arc::new(Semaphore::new(0)));
        let (count, enter) = (Arc::clone(&begun), Arc::clone(&entered));
        let cache = Cache::new(move || {
            let (said, count, enter) = (Arc::clone(&said), Arc::clone(&count), Arc::clone(&enter));
            async move {
                count.fetch_add(1, SeqCst);
                enter.add_permits(1);
                said.lock().await.recv().await.unwrap()
            }
            .boxed()
        });
        Slow { cache, says, begun, entered }
    }

    /// Waits until a load has begun.
    async fn entered(&self) {
        self.entered.acquire().await.unwrap().forget();
    }

    fn begun(&self) -> usize {
        self.begun.load(SeqCst)
    }

    /// As if the seconds for which a failure is remembered had passed.
    fn age_failure(&self) {
        let mut state = self.cache.state();
        let failure = state.failure.as_mut().unwrap();
        failure.at = failure.at.checked_sub(FAILURE).unwrap();
    }

    async fn id_at(&self, now: SystemTime) -> Result<String, String> {
        let loaded = self.cache.current(now).await;
        loaded.map(|keys| keys.access_key_id().to_owned()).map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn a_load_outlives_who_began_it_and_serves_all_who_wait() {
    let slow = Slow::new();
    {
        let mut impatient = pin!(slow.id_at(START));
        assert!(poll!(&mut impatient).is_pending());
        slow.entered().await;
    }
    let (mut one, mut other) = (pin!(slow.id_at(START)), pin!(slow.id_at(START)));
    assert!(poll!(&mut one).is_pending() && poll!(&mut other).is_pending());
    slow.says.send(Ok(keys("A", None))).unwrap();
    assert_eq!((one.await.unwrap(), other.await.unwrap(), slow.begun()), ("A".to_owned(), "A".to_owned(), 1));
    assert_eq!((slow.id_at(START).await.unwrap(), slow.begun()), ("A".to_owned(), 1));
}

#[tokio::test]
async fn a_failure_is_remembered_for_some_seconds() {
    let slow = Slow::new();
    slow.says.send(Err(no_credentials("none here"))).unwrap();
    slow.says.send(Ok(keys("A", None))).unwrap();
    for _ in 0..2 {
        assert_eq!(slow.id_at(START).await.unwrap_err(), "no AWS credentials: none here");
    }
    slow.age_failure();
    assert_eq!((slow.id_at(START).await.unwrap(), slow.begun()), ("A".to_owned(), 2));
}

#[tokio::test]
async fn keys_in_their_last_minutes_serve_while_new_ones_are_loaded() {
    let slow = Slow::new();
    slow.says.send(Ok(keys("A", Some(START + 10 * MINUTE)))).unwrap();
    assert_eq!(slow.id_at(START).await.unwrap(), "A");
    for _ in 0..2 {
        assert_eq!(slow.id_at(START + 6 * MINUTE).await.unwrap(), "A");
    }
    // Expired: now there is nothing to do but wait.
    let mut waiting = pin!(slow.id_at(START + 10 * MINUTE));
    assert!(poll!(&mut waiting).is_pending());
    slow.says.send(Ok(keys("B", Some(START + 30 * MINUTE)))).unwrap();
    assert_eq!((waiting.await.unwrap(), slow.begun()), ("B".to_owned(), 2));
}

#[tokio::test]
async fn keys_that_cannot_be_renewed_serve_until_they_expire() {
    let slow = Slow::new();
    slow.says.send(Ok(keys("A", Some(START + 10 * MINUTE)))).unwrap();
    slow.says.send(Err(no_credentials("none here"))).unwrap();
    slow.cache.current(START).await.unwrap();
    slow.cache.forget();
    let late = START + 10 * MINUTE;
    assert!(slow.id_at(late).await.is_err());
    slow.cache.state().keys = Some(keys("A", Some(late + Duration::from_secs(4))));
    assert_eq!(slow.id_at(late + Duration::from_secs(3)).await.unwrap(), "A");
    assert_eq!((slow.id_at(late + Duration::from_secs(4)).await.is_err(), slow.begun()), (true, 2));
}

#[tokio::test]
async fn a_load_that_breaks_off_is_told_and_the_next_one_begins() {
    let times = AtomicUsize::new(0);
    let cache = Cache::new(move || {
        let is_first = times.fetch_add(1, SeqCst) == 0;
        async move { if is_first { panic!("broke off") } else { Ok(keys("A", None)) } }.boxed()
    });
    let error = cache.current(START).await.unwrap_err();
    assert_eq!(error.to_string(), "no AWS credentials: looking for them broke off");
    assert_eq!(cache.current(START).await.unwrap().access_key_id(), "A");
}
