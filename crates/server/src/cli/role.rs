//! `cairn role`.

use super::Failure;
use super::access::{Ask, Common, Grant, document, encoded, pairs, policies, text};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn role create deployer --trust trust.json
  cairn role put-policy deployer own policy.json
  aws sts assume-role --role-arn arn:aws:iam::000000000000:role/deployer --role-session-name ci")]
pub(super) struct RoleArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand)]
enum Command {
    /// Make a role
    #[command(after_help = "Example:\n  cairn role create deployer --trust trust.json --max-session 7200")]
    Create {
        /// The role's name
        name: String,
        /// The file of the policy that says who may assume it; - for standard input
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// How long a session lasts at most, in seconds: 3600 to 43200
        #[arg(long, value_name = "SECONDS")]
        max_session: Option<u32>,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
        /// KEY=VALUE, which policies see as aws:PrincipalTag/KEY
        #[arg(long = "tag", value_name = "KEY=VALUE")]
        tags: Vec<String>,
    },
    /// List the roles
    #[command(after_help = "Example:\n  cairn role list --output json")]
    List,
    /// Show a role
    #[command(after_help = "Example:\n  cairn role show deployer --output json")]
    Show {
        /// The role's name
        name: String,
    },
    /// Replace the policy that says who may assume a role
    #[command(after_help = "Example:\n  cairn role trust deployer trust.json")]
    Trust {
        /// The role's name
        name: String,
        /// The file of the document; - for standard input
        document: PathBuf,
    },
    /// Delete a role; its sessions may do nothing more
    #[command(after_help = "Example:\n  cairn role delete deployer")]
    Delete {
        /// The role's name
        name: String,
    },
    #[command(flatten)]
    Grant(Grant),
}

impl RoleArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let head = &["ROLE", "ARN", "SESSIONS UP TO", "POLICIES", "CREATED"];
        self.common.print(&self.command.ask()?, "roles", head, row)
    }
}

impl Command {
    fn ask(&self) -> Result<Ask, Failure> {
        let one = |name: &str, action: &str| format!("/roles/{}{action}", encoded(name));
        Ok(match self {
            Command::Create { name, trust, max_session, description, tags } => {
                let body = json!({
                    "name": name, "trust": document(trust)?, "maxSessionSeconds": max_session,
                    "description": description, "tags": pairs(tags)?,
                });
                Ask::post("/roles".to_owned(), body)
            }
            Command::List => Ask::get("/roles".to_owned()),
            Command::Show { name } => Ask::get(one(name, "")),
            Command::Trust { name, document: file } => {
                Ask::post(one(name, "/replace"), json!({ "document": document(file)? }))
            }
            Command::Delete { name } => Ask::delete(one(name, "")),
            Command::Grant(grant) => grant.ask("roles")?,
        })
    }
}

fn row(role: &Value) -> Vec<String> {
    let seconds = role["maxSessionSeconds"].as_u64().unwrap_or_default();
    vec![
        text(&role["name"]),
        text(&role["arn"]),
        format!("{seconds} s"),
        policies(role),
        text(&role["created"]),
    ]
}
