//! The command line: one file a command.

mod access;
mod account;
mod apply;
mod backup;
mod client;
mod cloudtrail;
mod columns;
mod completions;
mod counted;
mod export;
mod filters;
mod freshness;
mod group;
mod import;
mod key;
mod lock;
mod lookup;
mod man;
mod output;
mod pages;
mod policy;
mod query;
mod restore;
mod role;
mod serve;
mod tables;
mod tail;
mod times;
mod user;
mod verify;

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
    /// Ask event history and event data stores by SQL
    Query(query::Query),
    /// List the tables of event history and event data stores, for other engines
    Tables(tables::Tables),
    /// Show events as they come, until Ctrl-C
    Tail(Box<tail::Tail>),
    /// Make, list, disable and delete access keys
    Key(key::KeyArgs),
    /// Make, list, show and rename accounts
    Account(account::AccountArgs),
    /// Make, list and delete users, and say what they may do
    User(user::UserArgs),
    /// Make, list and delete groups of users
    Group(group::GroupArgs),
    /// Make, list and delete roles, and say who may assume them
    Role(role::RoleArgs),
    /// Make, list, replace and delete policies, and try what they say
    Policy(policy::PolicyArgs),
    /// Make trails, event data stores, channels, dashboards and policies what a template asks for
    Apply(Box<apply::Apply>),
    /// Write what is there as a template
    Export(export::Export),
    /// Break the lock of a delivered object
    Lock(lock::LockArgs),
    /// Prove that delivered log files are whole, unchanged and all there
    Verify(Box<verify::Verify>),
    /// Copy a serving Cairn's data folder, consistent at one position of its log
    Backup(backup::Backup),
    /// Make a data folder of a backup
    Restore(restore::Restore),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print or write manual pages
    Man(man::Man),
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
        Command::Query(command) => command.run(),
        Command::Tables(command) => command.run(),
        Command::Tail(command) => command.run(),
        Command::Key(command) => command.run(),
        Command::Account(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Group(command) => command.run(),
        Command::Role(command) => command.run(),
        Command::Policy(command) => command.run(),
        Command::Apply(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Lock(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
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
