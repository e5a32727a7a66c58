//! Keys that are loaded once for all who ask.

use super::Keys;
use crate::error::AwsError;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch;

/// How long before they expire temporary keys are renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
/// How long a load may take: a `credential_process` may be slow, and instance metadata may not be there.
const LOAD: Duration = Duration::from_secs(20);
/// How long nobody tries again after a load has failed.
const FAILURE: Duration = Duration::from_secs(5);

type Loaded = Result<Keys, AwsError>;
type Load = Box<dyn Fn() -> BoxFuture<'static, Loaded> + Send + Sync>;

/// Loads keys, and keeps them until they expire. Clones are the same.
#[derive(Clone)]
pub(super) struct Cache(Arc<Inner>);

struct Inner {
    load: Load,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Option<Keys>,
    failure: Option<Failure>,
    /// The load that was begun last. Its sender is gone when it has ended, however it ended.
    loading: Option<watch::Receiver<Option<Loaded>>>,
}

struct Failure {
    at: Instant,
    error: AwsError,
}

impl Cache {
    pub(super) fn new(load: impl Fn() -> BoxFuture<'static, Loaded> + Send + Sync + 'static) -> Cache {
        Cache(Arc::new(Inner { load: Box::new(load), state: Mutex::default() }))
    }

    /// Keys that have not expired at `now`. Whoever needs some waits for the one load that runs, which goes on when
    /// they stop waiting; keys in their last minutes serve until new ones are there. Answers within [`LOAD`].
    pub(super) async fn current(&self, now: SystemTime) -> Loaded {
        let loading = {
            let mut state = self.state();
            if let Some(keys) = state.keys.as_ref().filter(|keys| lasts(keys, now + RENEW_BEFORE)) {
                return Ok(keys.clone());
            }
            let usable = state.keys.clone().filter(|keys| lasts(keys, now));
            if let Some(error) = state.failed_lately() {
                return usable.ok_or(error);
            }
            let loading = self.join_load(&mut state);
            match usable {
                // Better a key for its last minutes than a wait.
                Some(keys) => return Ok(keys),
                None => loading,
            }
        };
        outcome(loading).await
    }

    /// Lets go of the keys, so that the next call loads new ones.
    pub(super) fn forget(&self) {
        self.state().keys = None;
    }

    /// The load that runs, or a new one. It is a task of its own: callers give up sooner than a slow chain is done, and
    /// would start it anew each time.
    fn join_load(&self, state: &mut State) -> watch::Receiver<Option<Loaded>> {
        if let Some(loading) = state.loading.as_ref().filter(|loading| loading.has_changed().is_ok()) {
            return loading.clone();
        }
        let (sender, receiver) = watch::channel(None);
        let cache = self.clone();
        tokio::spawn(async move {
            let timed = tokio::time::timeout(LOAD, (cache.0.load)()).await;
            let loaded =
                timed.unwrap_or_else(|_elapsed| Err(no_credentials("they could not be had in time")));
            cache.state().take(&loaded);
            // Nobody may wait any more.
            sender.send_replace(Some(loaded));
        });
        state.loading = Some(receiver.clone());
        receiver
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().expect("nobody panics while holding it")
    }
}

impl State {
    fn failed_lately(&self) -> Option<AwsError> {
        let recent = self.failure.as_ref().filter(|failure| failure.at.elapsed() < FAILURE);
        recent.map(|failure| failure.error.clone())
    }

    fn take(&mut self, loaded: &Loaded) {
        match loaded {
            Ok(keys) => {
                self.keys = Some(keys.clone());
                self.failure = None;
            }
            Err(error) => {
                if self.keys.is_some() {
                    tracing::warn!(%error, "AWS credentials could not be renewed");
                }
                self.failure = Some(Failure { at: Instant::now(), error: error.clone() });
            }
        }
    }
}

async fn outcome(mut loading: watch::Receiver<Option<Loaded>>) -> Loaded {
    let ended = loading.wait_for(Option::is_some).await;
    let loaded = ended.ok().and_then(|loaded| loaded.clone());
    loaded.unwrap_or_else(|| Err(no_credentials("looking for them broke off")))
}

fn lasts(keys: &Keys, until: SystemTime) -> bool {
    keys.expiry().is_none_or(|expiry| expiry > until)
}

fn no_credentials(why: &'static str) -> AwsError {
    AwsError::NoCredentials { why: why.into() }
}

#[cfg(test)]
mod tests;
