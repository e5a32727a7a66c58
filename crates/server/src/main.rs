//! Cairn: an open, self-hosted CloudTrail.

mod access;
mod api;
mod app;
mod auth;
mod backup;
mod body;
mod cli;
mod clock;
mod config;
mod dashboards;
mod delivering;
mod enrichment;
mod events;
mod federation;
mod gateway;
mod http;
mod imports;
mod ingest;
mod jobs;
mod journal;
mod listener;
mod location;
mod metrics;
mod organization;
mod origin;
mod own;
mod postgres;
mod queries;
mod route;
mod setup;
mod stores;
mod tail;
mod targets;

/// Freed memory goes back to the system within a second, whichever thread freed it: `.cargo/config.toml` has the
/// settings. Allocators that keep pages for each thread hold twice as much as is in use here, since work that blocks
/// moves from thread to thread.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    // Named before anything speaks TLS: two providers are in the tree, and none would be picked by itself.
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.install_default().expect("nothing has installed one before");
    cli::run()
}

#[cfg(test)]
mod tests;
