//! Cairn: an open, self-hosted CloudTrail.

mod api;
mod app;
mod auth;
mod body;
mod cli;
mod clock;
mod config;
mod delivering;
mod events;
mod http;
mod ingest;
mod jobs;
mod journal;
mod listener;
mod metrics;
mod own;
mod route;
mod setup;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
