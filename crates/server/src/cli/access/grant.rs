//! Giving policies and taking them away.

use super::{Ask, document, encoded};
use crate::cli::Failure;
use clap::Subcommand;
use serde_json::json;
use std::path::PathBuf;

/// What users, groups and roles have in common.
#[derive(Subcommand)]
pub(in crate::cli) enum Grant {
    /// Give a managed policy
    #[command(after_help = "\
Examples:
  cairn user attach ann AWSCloudTrail_ReadOnlyAccess
  cairn group attach staff AWSCloudTrail_ReadOnlyAccess
  cairn role attach ci AWSCloudTrail_ReadOnlyAccess")]
    Attach {
        /// Who gets it
        name: String,
        /// Its ARN, or the name of one of those that are there by themselves
        policy: String,
    },
    /// Take a managed policy away
    #[command(after_help = "\
Examples:
  cairn user detach ann AWSCloudTrail_ReadOnlyAccess
  cairn group detach staff AWSCloudTrail_ReadOnlyAccess
  cairn role detach ci AWSCloudTrail_ReadOnlyAccess")]
    Detach {
        /// Who has it
        name: String,
        /// Its ARN, or the name of one of those that are there by themselves
        policy: String,
    },
    /// Give a policy that belongs to the holder alone, or replace it
    #[command(after_help = "\
Examples:
  cairn user put-policy ann own-prefix policy.json
  cairn group put-policy staff own-prefix policy.json
  cairn role put-policy ci own-prefix policy.json")]
    PutPolicy {
        /// Who gets it
        name: String,
        /// What it is called
        policy: String,
        /// The file of the document; - for standard input
        document: PathBuf,
    },
    /// Delete such a policy
    #[command(after_help = "\
Examples:
  cairn user delete-policy ann own-prefix
  cairn group delete-policy staff own-prefix
  cairn role delete-policy ci own-prefix")]
    DeletePolicy {
        /// Who has it
        name: String,
        /// What it is called
        policy: String,
    },
}

impl Grant {
    /// The request; `kind` is such as `users`.
    pub(in crate::cli) fn ask(&self, kind: &str) -> Result<Ask, Failure> {
        let path = |name: &str, action: &str| format!("/{kind}/{}/{action}", encoded(name));
        Ok(match self {
            Grant::Attach { name, policy } => {
                Ask::post(path(name, "attach"), json!({ "policy": arn(policy) }))
            }
            Grant::Detach { name, policy } => {
                Ask::post(path(name, "detach"), json!({ "policy": arn(policy) }))
            }
            Grant::PutPolicy { name, policy, document: file } => {
                let body = json!({ "policy": policy, "document": document(file)? });
                Ask::post(path(name, "put-policy"), body)
            }
            Grant::DeletePolicy { name, policy } => {
                Ask::post(path(name, "delete-policy"), json!({ "policy": policy }))
            }
        })
    }
}

/// A name alone is that of a policy that is there by itself.
fn arn(policy: &str) -> String {
    if policy.starts_with("arn:") { policy.to_owned() } else { format!("arn:aws:iam::aws:policy/{policy}") }
}
