//! Threads for work that nobody waits for.
//!
//! A small commit takes some ten milliseconds of a core. On threads like all others it would stand before requests
//! that came meanwhile, every few seconds, and each of them would be that late.

use crate::error::LakeError;
use rustix::process::setpriority_process;
use std::io;
use tokio::runtime::{Builder, Handle, Runtime};

/// How nice the threads are, of 19: at 10 they get a tenth of a core that others want, too.
const NICENESS: i32 = 10;

/// A runtime whose threads give way to all others of the process. Who drops it does not wait for them.
#[derive(Debug)]
pub(crate) struct Background {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Background {
    pub(super) fn start() -> io::Result<Background> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("cairn-background")
            .on_thread_start(give_way)
            .enable_all()
            .build()?;
        Ok(Background { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Does the work there, to its end even if nobody waits for it any more.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, LakeError> {
        Ok(self.handle.spawn(work).await?)
    }

    /// Does work there that blocks, likewise.
    pub(crate) async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, LakeError> + Send + 'static,
    ) -> Result<T, LakeError> {
        self.handle.spawn_blocking(work).await?
    }
}

/// On Linux this is of the calling thread alone.
fn give_way() {
    // Where it is not allowed, the work is done at the priority of everything else.
    let _ = setpriority_process(None, NICENESS);
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Unlike dropping it, this may be done on a thread of a runtime.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests;
