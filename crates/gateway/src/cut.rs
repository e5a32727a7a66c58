//! The end of everything that is under way.

use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Whoever waits for an upstream, and stops when the gateway is cut.
pub(crate) struct Cut {
    token: CancellationToken,
    /// Made when first needed: most answers come without a wait.
    waiting: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
}

impl Cut {
    pub(crate) fn new(token: CancellationToken) -> Cut {
        Cut { token, waiting: None }
    }

    /// Ready once the gateway is cut.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let token = &self.token;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(token.clone().cancelled_owned()));
        waiting.as_mut().poll(context)
    }
}
