//! `cairn user`.

use super::Failure;
use super::access::{Ask, Common, Grant, encoded, joined, pairs, policies, text};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn user create ann
  cairn user attach ann AWSCloudTrail_ReadOnlyAccess
  cairn key create --user ann

From its creation on a user's keys may do what its policies allow; without them, nothing.")]
pub(super) struct UserArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand)]
enum Command {
    /// Make a user; its keys, those too that are there, may from then on do what its policies allow
    #[command(after_help = "Example:\n  cairn user create ann --tag team=blue")]
    Create {
        /// The user's name
        name: String,
        /// KEY=VALUE, which policies see as aws:PrincipalTag/KEY
        #[arg(long = "tag", value_name = "KEY=VALUE")]
        tags: Vec<String>,
    },
    /// List the users
    #[command(after_help = "Example:\n  cairn user list --output json")]
    List,
    /// Show a user
    #[command(after_help = "Example:\n  cairn user show ann")]
    Show {
        /// The user's name
        name: String,
    },
    /// Delete a user that has no keys
    #[command(after_help = "Example:\n  cairn user delete ann")]
    Delete {
        /// The user's name
        name: String,
    },
    /// Add a user to a group
    #[command(after_help = "Example:\n  cairn user add-to-group ann staff")]
    AddToGroup {
        /// The user's name
        name: String,
        /// The group's name
        group: String,
    },
    /// Remove a user from a group
    #[command(after_help = "Example:\n  cairn user remove-from-group ann staff")]
    RemoveFromGroup {
        /// The user's name
        name: String,
        /// The group's name
        group: String,
    },
    #[command(flatten)]
    Grant(Grant),
}

impl UserArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let head = &["USER", "GROUPS", "POLICIES", "CREATED"];
        self.common.print(&self.command.ask()?, "users", head, row)
    }
}

impl Command {
    fn ask(&self) -> Result<Ask, Failure> {
        let one = |name: &str, action: &str| format!("/users/{}{action}", encoded(name));
        Ok(match self {
            Command::Create { name, tags } => {
                Ask::post("/users".to_owned(), json!({ "name": name, "tags": pairs(tags)? }))
            }
            Command::List => Ask::get("/users".to_owned()),
            Command::Show { name } => Ask::get(one(name, "")),
            Command::Delete { name } => Ask::delete(one(name, "")),
            Command::AddToGroup { name, group } => {
                Ask::post(one(name, "/add-to-group"), json!({ "group": group }))
            }
            Command::RemoveFromGroup { name, group } => {
                Ask::post(one(name, "/remove-from-group"), json!({ "group": group }))
            }
            Command::Grant(grant) => grant.ask("users")?,
        })
    }
}

fn row(user: &Value) -> Vec<String> {
    vec![text(&user["name"]), joined(&user["groups"]), policies(user), text(&user["created"])]
}
