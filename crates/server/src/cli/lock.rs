//! `cairn lock`.

use super::client::{Client, Connection};
use super::output::{Format, Rows};
use super::{Failure, client_runtime};
use bytes::Bytes;
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

const EXAMPLE: &str = "\
Example:
  cairn lock break s3://cairn-trail-000000000000/AWSLogs/a.json.gz --reason 'personal data, ticket 4711'";

#[derive(Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct LockArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    connection: Connection,
    /// The form of what is printed
    #[arg(long, global = true, value_enum, default_value = "table")]
    output: Format,
}

#[derive(Subcommand)]
enum Command {
    /// End the lock of a delivered object, so that it can be deleted; who did it and why is on the record
    #[command(after_help = EXAMPLE)]
    Break {
        /// s3://BUCKET/KEY
        object: String,
        /// Why; kept with the object and on the record
        #[arg(long)]
        reason: String,
    },
}

impl LockArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Command::Break { object, reason } = &self.command;
        let named = object.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        let (bucket, key) = named
            .filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
            .ok_or_else(|| Failure::Usage(format!("{object:?} is not of the form s3://BUCKET/KEY")))?;
        let body = json!({ "bucket": bucket, "key": key, "reason": reason }).to_string();
        let client = Client::new(&self.connection)?;
        let answer: Value = client_runtime()?.block_on(client.call(
            Method::POST,
            "/_cairn/locks/break",
            &[],
            Bytes::from(body),
        ))?;
        let text = |name: &str| answer[name].as_str().unwrap_or("").to_owned();
        let rows = vec![vec![text("bucket"), text("key"), text("lockedUntil")]];
        Rows { head: &["BUCKET", "KEY", "WAS LOCKED UNTIL"], rows }.print(self.output, &answer);
        Ok(())
    }
}
