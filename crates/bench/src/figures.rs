//! The server's own figures, from its page for Prometheus.

use crate::error::BenchError;
use std::time::Duration;

/// One page in Prometheus's text format, version 0.0.4.
#[derive(Clone, Debug)]
pub(crate) struct Figures(String);

impl Figures {
    /// A page as the server wrote it.
    pub(crate) fn new(page: String) -> Figures {
        Figures(page)
    }

    /// The value of the series that is written as `series`: a name, with its labels in braces if it has any.
    pub(crate) fn value(&self, series: &'static str) -> Result<f64, BenchError> {
        let value = self.0.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.and_then(|value| value.trim().parse().ok()).ok_or(BenchError::NoFigure(series))
    }

    /// What the log has done so far.
    pub(crate) fn log(&self) -> Result<LogFigures, BenchError> {
        Ok(LogFigures {
            commits: self.value("cairn_log_fsync_seconds_count")? as u64,
            sync: Duration::from_secs_f64(self.value("cairn_log_fsync_seconds_sum")?.max(0.0)),
        })
    }
}

/// The log's group commits, each with one fdatasync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogFigures {
    /// How many.
    pub(crate) commits: u64,
    /// The time of their fdatasync calls, together.
    pub(crate) sync: Duration,
}

impl LogFigures {
    /// What was done after `earlier`.
    pub(crate) fn since(self, earlier: LogFigures) -> LogFigures {
        LogFigures {
            commits: self.commits.saturating_sub(earlier.commits),
            sync: self.sync.saturating_sub(earlier.sync),
        }
    }

    /// The mean time of one fdatasync, in milliseconds.
    pub(crate) fn mean_sync_ms(self) -> f64 {
        self.sync.as_secs_f64() * 1e3 / self.commits.max(1) as f64
    }
}

#[cfg(test)]
mod tests;
