//! A tower layer for services that record themselves: each request becomes an event at a Cairn server.
//!
//! ```no_run
//! # async fn run() -> Result<(), cairn_layer::StartError> {
//! use cairn_layer::{Call, Mode, RecordLayer, Recorder, Settings};
//!
//! let mut settings = Settings::new("https://cairn.example.com:4580", "cairn_...", "billing.example.com");
//! settings.mode = Mode::BeforeResponse;
//! let recorder = Recorder::start(settings)?;
//! let layer = RecordLayer::new(recorder.clone(), |request| Call::of(request).named("CreateOrder"));
//! // axum: Router::new().route(...).layer(layer); tonic: Server::builder().layer(layer)
//! # drop(layer);
//! recorder.flush(std::time::Duration::from_secs(10)).await.ok();
//! # Ok(()) }
//! ```
//!
//! A handler that knows more than the request says puts [`Details`] into its response's extensions.

mod call;
mod event;
mod recorder;
mod service;

pub use call::{Call, Caller, Category, Details, Failure, Resource};
pub use recorder::{Counts, Mode, Recorder, Settings, StartError, Unflushed};
pub use service::{Record, RecordLayer};

#[cfg(test)]
mod tests;
