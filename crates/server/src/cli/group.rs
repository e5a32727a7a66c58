//! `cairn group`.

use super::Failure;
use super::access::{Ask, Common, Grant, encoded, policies, text};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn group create auditors
  cairn group attach auditors ReadOnlyAccess
  cairn user add-to-group ann auditors")]
pub(super) struct GroupArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand)]
enum Command {
    /// Make a group
    #[command(after_help = "Example:\n  cairn group create auditors")]
    Create {
        /// The group's name
        name: String,
    },
    /// List the groups
    #[command(after_help = "Example:\n  cairn group list --output json")]
    List,
    /// Show a group
    #[command(after_help = "Example:\n  cairn group show auditors")]
    Show {
        /// The group's name
        name: String,
    },
    /// Delete a group that no user is in
    #[command(after_help = "Example:\n  cairn group delete auditors")]
    Delete {
        /// The group's name
        name: String,
    },
    #[command(flatten)]
    Grant(Grant),
}

impl GroupArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let head = &["GROUP", "POLICIES", "CREATED"];
        self.common.print(&self.command.ask()?, "groups", head, row)
    }
}

impl Command {
    fn ask(&self) -> Result<Ask, Failure> {
        let one = |name: &str| format!("/groups/{}", encoded(name));
        Ok(match self {
            Command::Create { name } => Ask::post("/groups".to_owned(), json!({ "name": name })),
            Command::List => Ask::get("/groups".to_owned()),
            Command::Show { name } => Ask::get(one(name)),
            Command::Delete { name } => Ask::delete(one(name)),
            Command::Grant(grant) => grant.ask("groups")?,
        })
    }
}

fn row(group: &Value) -> Vec<String> {
    vec![text(&group["name"]), policies(group), text(&group["created"])]
}
