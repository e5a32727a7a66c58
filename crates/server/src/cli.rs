//! The command line: one file a command.

mod account;
mod client;
mod import;
mod key;
mod lookup;
mod output;
mod serve;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// An open, self-hosted CloudTrail: who did what, when, from where, to which resource.
#[derive(Parser)]
#[command(name = "cairn", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server
    Serve(Box<serve::Serve>),
    /// Bring CloudTrail files into event history
    Import(import::Import),
    /// Find events: any combination of filters, every account
    Lookup(Box<lookup::LookupArgs>),
    /// Make, list, disable and delete access keys
    Key(key::KeyArgs),
    /// Make and list accounts
    Account(account::AccountArgs),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// It did not do what it was asked to: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// It was asked in a wrong way: exit code 2.
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    fn failed(why: impl std::fmt::Display) -> Failure {
        Failure::Failed(why.to_string())
    }
}

/// Runs the command that the arguments name. Exit codes: 0, 1 (it failed), 2 (wrong use).
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Serve(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Lookup(command) => command.run(),
        Command::Key(command) => command.run(),
        Command::Account(command) => command.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure.to_string());
            match failure {
                Failure::Failed(_) => ExitCode::from(1),
                Failure::Usage(_) => ExitCode::from(2),
            }
        }
    }
}

/// A runtime for commands that are clients.
fn client_runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::failed)
}

#[cfg(test)]
mod tests;
