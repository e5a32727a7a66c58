//! Places between two effects, where tests crash.
//!
//! In a build without tests passing a step does nothing.

use std::io;

/// A place between two effects: a crash at each leaves something else behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A file is whole under its temporary name.
    FileAside,
    /// A file has its name, but the folder is not synced.
    FileNamed,
    /// All files are durable, the transaction has not started.
    FilesDurable,
    /// The transaction is complete but not committed.
    BeforeCommit,
    /// The transaction is committed, memory does not know it yet.
    AfterCommit,
    /// An object is about to be put.
    BeforePut,
    /// An object is in its bucket, the outbox does not know it yet.
    AfterPut,
    /// A message is about to be published.
    BeforeNotify,
    /// A message was published, the outbox does not know it yet.
    AfterNotify,
    /// Events are about to be sent to a log group.
    BeforeLogEvents,
    /// They were sent, the outbox does not know it yet.
    AfterLogEvents,
    /// An object is done in the outbox, its file is still there.
    BeforeRemove,
}

/// The plan of a test; empty otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps {
    #[cfg(test)]
    plan: Option<std::sync::Arc<std::sync::atomic::AtomicU64>>,
}

#[cfg(not(test))]
impl Steps {
    /// Goes on.
    pub(crate) fn pass(&self, _step: Step) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
impl Steps {
    /// Passes `count` steps, then fails at every further one, as if the process were dead.
    pub(crate) fn crash_after(count: u64) -> Steps {
        Steps { plan: Some(std::sync::Arc::new(count.into())) }
    }

    /// Fails if the plan says so.
    pub(crate) fn pass(&self, step: Step) -> io::Result<()> {
        use std::sync::atomic::Ordering::SeqCst;
        let Some(left) = &self.plan else {
            return Ok(());
        };
        left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1))
            .map(|_| ())
            .map_err(|_| io::Error::other(format!("crash at {step:?}")))
    }
}
