//! Work that outlives whoever waits for it.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tokio::runtime::Handle;

/// A future that, dropped before it is done, goes on in a task of its own.
pub(crate) struct Detached<T: Send + 'static> {
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    runtime: Handle,
}

impl<T: Send + 'static> Detached<T> {
    pub(crate) fn new(work: impl Future<Output = T> + Send + 'static, runtime: Handle) -> Detached<T> {
        Detached { work: Some(Box::pin(work)), runtime }
    }

    /// Does what can be done at once, here, and the rest in a task of its own. A task costs more than most of what is
    /// done at once.
    pub(crate) fn begin(mut self) {
        let runtime = self.runtime.clone();
        let _entered = runtime.enter();
        let _ = Pin::new(&mut self).poll(&mut Context::from_waker(Waker::noop()));
    }
}

impl<T: Send + 'static> Future for Detached<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // Taken out while it is polled: if it panics, there is nothing left to go on with.
        let mut work = self.work.take().expect("a future is not polled after its end");
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.work = Some(work);
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Detached<T> {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            self.runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests;
