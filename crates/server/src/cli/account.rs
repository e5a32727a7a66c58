//! `cairn account`.

use super::client::{Client, Connection};
use super::output::{Format, Rows};
use super::{Failure, client_runtime};
use bytes::Bytes;
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

#[derive(Args)]
#[command(after_help = "Example:\n  cairn account create 111122223333 --name payments")]
pub(super) struct AccountArgs {
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
    /// Make an account, or name one
    Create {
        /// 12 digits
        id: String,
        /// A name for people
        #[arg(long)]
        name: Option<String>,
    },
    /// List the accounts
    List,
}

impl AccountArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        let answer: Value = client_runtime()?.block_on(async {
            match &self.command {
                Command::Create { id, name } => {
                    let body = json!({ "id": id, "name": name }).to_string();
                    client.call(Method::POST, "/_cairn/accounts", &[], Bytes::from(body)).await
                }
                Command::List => client.call(Method::GET, "/_cairn/accounts", &[], Bytes::new()).await,
            }
        })?;
        let accounts = answer["accounts"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let rows = accounts
            .iter()
            .map(|account| vec![text(&account["id"]), text(&account["name"]), text(&account["created"])])
            .collect();
        Rows { head: &["ACCOUNT", "NAME", "CREATED"], rows }.print(self.output, &Value::from(accounts));
        Ok(())
    }
}
