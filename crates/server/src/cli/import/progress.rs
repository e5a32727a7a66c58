//! How far an import is, on terminals only.

use super::super::output;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::Cell;
use std::time::Duration;

/// Shows bytes, events and speed.
pub(super) struct Progress {
    bar: ProgressBar,
    passed: Cell<u64>,
}

impl Progress {
    /// `bytes` is what all files have together, if that is known.
    pub(super) fn new(bytes: Option<u64>) -> Progress {
        let (bar, template) = match bytes {
            Some(bytes) => {
                (ProgressBar::new(bytes), "{bar:30} {bytes}/{total_bytes}  {msg}  {elapsed}, {eta} left")
            }
            None => (ProgressBar::new_spinner(), "{spinner} {bytes}  {msg}  {elapsed}"),
        };
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress { bar, passed: Cell::new(0) }
    }

    /// One more file has been passed.
    pub(super) fn pass(&self, bytes: u64, events: u64) {
        self.passed.set(self.passed.get() + 1);
        self.bar.inc(bytes);
        let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
        let speed = (events as f64 / seconds) as u64;
        self.bar.set_message(format!("{} files, {events} events, {speed}/s", self.passed.get()));
    }

    /// What is being done besides.
    pub(super) fn say(&self, what: &str) {
        self.bar.set_message(what.to_owned());
    }

    /// An error or a warning.
    pub(super) fn complain(&self, text: &str) {
        self.bar.suspend(|| output::complain(text));
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
