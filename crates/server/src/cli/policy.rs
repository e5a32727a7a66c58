//! `cairn policy`.

use super::Failure;
use super::access::{Ask, Common, document, encoded, pairs, text};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn policy create readers policy.json
  cairn user attach ann arn:aws:iam::000000000000:policy/readers
  cairn policy simulate --principal ann --action s3:GetObject --resource arn:aws:s3:::logs/a.txt")]
pub(super) struct PolicyArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand)]
enum Command {
    /// Make a managed policy
    #[command(after_help = "Example:\n  cairn policy create readers policy.json")]
    Create {
        /// The policy's name
        name: String,
        /// The file of the document; - for standard input
        document: PathBuf,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
    },
    /// List the managed policies, those too that are there by themselves
    #[command(after_help = "Example:\n  cairn policy list --output json")]
    List,
    /// Show a managed policy
    #[command(after_help = "Example:\n  cairn policy show AWSCloudTrail_ReadOnlyAccess --output json")]
    Show {
        /// The policy's name
        name: String,
    },
    /// Replace the document of a managed policy
    #[command(after_help = "Example:\n  cairn policy replace readers policy.json")]
    Replace {
        /// The policy's name
        name: String,
        /// The file of the document; - for standard input
        document: PathBuf,
    },
    /// Delete a managed policy that nobody has
    #[command(after_help = "Example:\n  cairn policy delete readers")]
    Delete {
        /// The policy's name
        name: String,
    },
    /// Tell whether somebody may do something, and why
    #[command(after_help = "\
Example:
  cairn policy simulate --principal role/deployer --action cloudtrail:StopLogging \\
    --resource arn:aws:cloudtrail:us-east-1:000000000000:trail/main --context aws:SourceIp=192.0.2.7")]
    Simulate {
        /// A user's name, role/NAME, root, or an ARN
        #[arg(long)]
        principal: String,
        /// Such as s3:GetObject
        #[arg(long)]
        action: String,
        /// The ARN of the resource
        #[arg(long, default_value = "*")]
        resource: String,
        /// KEY=VALUE, what conditions see
        #[arg(long, value_name = "KEY=VALUE")]
        context: Vec<String>,
    },
}

impl PolicyArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let ask = self.command.ask()?;
        match self.command {
            Command::Simulate { .. } => self.common.print_one(&ask, &["DECISION", "WHY"], verdict),
            _ => self.common.print(&ask, "policies", &["POLICY", "ARN", "DESCRIPTION"], row),
        }
    }
}

impl Command {
    fn ask(&self) -> Result<Ask, Failure> {
        let one = |name: &str, action: &str| format!("/policies/{}{action}", encoded(name));
        Ok(match self {
            Command::Create { name, document: file, description } => {
                let body = json!({ "name": name, "document": document(file)?, "description": description });
                Ask::post("/policies".to_owned(), body)
            }
            Command::List => Ask::get("/policies".to_owned()),
            Command::Show { name } => Ask::get(one(name, "")),
            Command::Replace { name, document: file } => {
                Ask::post(one(name, "/replace"), json!({ "document": document(file)? }))
            }
            Command::Delete { name } => Ask::delete(one(name, "")),
            Command::Simulate { principal, action, resource, context } => {
                let body = json!({
                    "principal": principal, "action": action, "resource": resource, "context": pairs(context)?,
                });
                Ask::post("/policies/simulate".to_owned(), body)
            }
        })
    }
}

fn row(policy: &Value) -> Vec<String> {
    vec![text(&policy["name"]), text(&policy["arn"]), text(&policy["description"])]
}

fn verdict(answer: &Value) -> Vec<String> {
    vec![text(&answer["decision"]), text(&answer["why"])]
}
