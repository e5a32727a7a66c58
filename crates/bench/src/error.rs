//! Why there is no result.

use http::StatusCode;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

/// Every one of them ends the benchmark: figures of a run that went wrong would mislead.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// A file could not be read or written, or a program not be started.
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// The runtime could not be made.
    #[error("no runtime: {0}")]
    Runtime(#[source] io::Error),
    /// A stand-in for an upstream or a proxy cannot listen.
    #[error("a stand-in cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// No connection to the server.
    #[error("no connection to the server: {0}")]
    Connect(#[source] io::Error),
    /// A request was not answered.
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
    /// The request could not be made.
    #[error("a request that is none: {0}")]
    Request(#[from] http::Error),
    /// The request could not be signed.
    #[error("a request cannot be signed: {0}")]
    Sign(#[from] cairn_wire::sigv4::SignError),
    /// The server said no.
    #[error("{path} answered {status}: {body}")]
    Refused { path: &'static str, status: StatusCode, body: String },
    /// The server's answer is not the one that the interface promises.
    #[error("{path} answered something else than expected: {body}")]
    Unexpected { path: &'static str, body: String },
    /// The server ended by itself.
    #[error("the server ended early with {status}; its last lines:\n{log}")]
    Ended { status: ExitStatus, log: String },
    /// A command of the `cairn` binary failed.
    #[error("cairn {command} ended with {status}:\n{log}")]
    Command { command: String, status: ExitStatus, log: String },
    /// The server did not come up.
    #[error("the server did not answer within {waited:?}; its last lines:\n{log}")]
    NotReady { waited: Duration, log: String },
    /// The page of metrics lacks a figure.
    #[error("/_cairn/metrics has no {0}")]
    NoFigure(&'static str),
    /// What was acknowledged and what the server counted differ.
    #[error("{acknowledged} events were acknowledged, but {what} has {found}")]
    Lost { acknowledged: u64, what: &'static str, found: u64 },
    /// The generated events hold nothing that could be measured so.
    #[error("no events for this measure: {0}")]
    NoEvents(&'static str),
    /// The readers of the log did not catch up.
    #[error("history and the trail had not caught up {0:?} after the load")]
    Behind(Duration),
}

impl BenchError {
    /// Adds the path to what went wrong with a file.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> BenchError + use<> {
        let path = path.to_owned();
        move |source| BenchError::File { path, source }
    }
}
