//! Statements that may be cancelled by another connection, which knows the process and a secret.

use crate::clock;
use pgwire::messages::startup::SecretKey;
use rand::Rng;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// The connections whose statements may be cancelled.
#[derive(Debug, Default)]
pub(super) struct Cancelling {
    known: Arc<Mutex<HashMap<i32, Arc<Process>>>>,
}

/// A connection, to others.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) number: i32,
    pub(super) secret: SecretKey,
    /// Of the statement that runs, or ran last.
    statement: Mutex<CancellationToken>,
}

/// A connection that is known until this is dropped.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) process: Arc<Process>,
    known: Arc<Mutex<HashMap<i32, Arc<Process>>>>,
}

impl Cancelling {
    /// Gives a connection a number and a secret.
    pub(super) fn register(&self) -> Known {
        let mut known = lock(&self.known);
        let mut random = rand::rng();
        let number = loop {
            let number = random.random_range(1..i32::MAX);
            if !known.contains_key(&number) {
                break number;
            }
        };
        let secret = SecretKey::I32(random.random());
        let process = Arc::new(Process { number, secret, statement: Mutex::default() });
        known.insert(number, Arc::clone(&process));
        Known { process, known: Arc::clone(&self.known) }
    }

    /// Cancels what a connection runs, for who knows its secret.
    pub(super) fn cancel(&self, number: i32, secret: &SecretKey) {
        let found = lock(&self.known).get(&number).cloned();
        if let Some(process) = found.filter(|process| process.secret.eq_value(secret)) {
            process.cancel();
        }
    }
}

impl Process {
    /// A new statement begins.
    pub(super) fn begin(&self) -> CancellationToken {
        let token = CancellationToken::new();
        *lock(&self.statement) = token.clone();
        token
    }

    /// Ends the statement that runs.
    pub(super) fn cancel(&self) {
        lock(&self.statement).cancel();
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        lock(&self.known).remove(&self.process.number);
        self.process.cancel();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Printable random letters, `length` of them.
pub(super) fn random_text(length: usize) -> String {
    let text = format!("{}{}", clock::random_uuid(), clock::random_uuid());
    text.chars().filter(|letter| *letter != '-').take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_knows_the_secret_cancels_and_only_what_runs() {
        let all = Cancelling::default();
        let (one, other) = (all.register(), all.register());
        let (first, others) = (one.process.begin(), other.process.begin());
        all.cancel(one.process.number, &SecretKey::I32(0));
        assert!(!first.is_cancelled() || one.process.secret == SecretKey::I32(0));
        all.cancel(one.process.number, &one.process.secret);
        assert!(first.is_cancelled() && !others.is_cancelled());
        assert!(!one.process.begin().is_cancelled());
    }

    #[test]
    fn a_connection_that_ended_is_not_known_and_its_statement_ends() {
        let all = Cancelling::default();
        let one = all.register();
        let running = one.process.begin();
        drop(one);
        assert!(running.is_cancelled());
        assert!(lock(&all.known).is_empty());
    }
}
