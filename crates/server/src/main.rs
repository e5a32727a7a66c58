//! Cairn: an open, self-hosted CloudTrail.

mod api;
mod app;
mod auth;
mod backup;
mod body;
mod cli;
mod clock;
mod config;
mod delivering;
mod events;
mod gateway;
mod http;
mod ingest;
mod jobs;
mod journal;
mod listener;
mod metrics;
mod origin;
mod own;
mod route;
mod setup;
mod tail;
mod targets;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // Named before anything speaks TLS: two providers are in the tree, and none would be picked by itself.
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.install_default().expect("nothing has installed one before");
    cli::run()
}
