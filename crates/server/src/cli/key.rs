//! `cairn key`.

mod export;

use super::client::{Client, Connection};
use super::output::{Format, Rows};
use super::{Failure, client_runtime};
use bytes::Bytes;
use clap::{Args, Subcommand};
use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "Example:\n  cairn key create --account 111122223333 --user shipper --ingest-only")]
pub(super) struct KeyArgs {
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
    /// Make a key; its secret is shown this once
    #[command(after_help = "Example:\n  cairn key create --user shipper --ingest-only --token")]
    Create {
        /// The account that it acts for (default: the operator's)
        #[arg(long)]
        account: Option<String>,
        /// The user that it belongs to (default: the account's root)
        #[arg(long)]
        user: Option<String>,
        /// It may post events and nothing else
        #[arg(long)]
        ingest_only: bool,
        /// It may post events for other accounts
        #[arg(long)]
        any_account: bool,
        /// Also make a bearer token for posting events over TLS or loopback
        #[arg(long)]
        token: bool,
        /// It may do everything although others of the account have users with policies
        #[arg(long)]
        administrator: bool,
    },
    /// List the keys, without their secrets
    #[command(after_help = "Example:\n  cairn key list --output json")]
    List,
    /// Refuse a key from now on
    #[command(after_help = "Example:\n  cairn key disable AKIAEXAMPLEEXAMPLE00")]
    Disable {
        /// The access key id
        id: String,
    },
    /// Take a disabled key again
    #[command(after_help = "Example:\n  cairn key enable AKIAEXAMPLEEXAMPLE00")]
    Enable {
        /// The access key id
        id: String,
    },
    /// Forget a key
    #[command(after_help = "Example:\n  cairn key delete AKIAEXAMPLEEXAMPLE00")]
    Delete {
        /// The access key id
        id: String,
    },
    /// Write the public keys and the ends of all chains of digests, for `cairn verify`
    #[command(after_help = "Example:\n  cairn key export keys.json")]
    Export {
        /// The file to write (default: standard output)
        file: Option<PathBuf>,
    },
}

impl KeyArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        if let Command::Export { file } = &self.command {
            return export::run(&client, file.as_deref());
        }
        let (method, path, body) = self.request();
        let answer: Value = client_runtime()?.block_on(client.call(method, &path, &[], Bytes::from(body)))?;
        let keys = answer["keys"].as_array().cloned().unwrap_or_default();
        let created = matches!(self.command, Command::Create { .. });
        let head: &[&str] = match created {
            true => &["ACCESS KEY ID", "ACCOUNT", "USER", "STATUS", "MAY", "SECRET ACCESS KEY", "TOKEN"],
            false => &["ACCESS KEY ID", "ACCOUNT", "USER", "STATUS", "MAY", "CREATED"],
        };
        let rows = keys.iter().map(|key| row(key, created)).collect();
        Rows { head, rows }.print(self.output, &Value::from(keys));
        Ok(())
    }

    fn request(&self) -> (Method, String, String) {
        let one = |id: &str, what: &str| {
            format!("/_cairn/keys/{}{what}", utf8_percent_encode(id, NON_ALPHANUMERIC))
        };
        match &self.command {
            Command::Create { account, user, ingest_only, any_account, token, administrator } => {
                let body = json!({
                    "account": account, "user": user, "ingestOnly": ingest_only,
                    "anyAccount": any_account, "token": token, "administrator": administrator,
                });
                (Method::POST, "/_cairn/keys".to_owned(), body.to_string())
            }
            // An export is its own request.
            Command::List | Command::Export { .. } => (Method::GET, "/_cairn/keys".to_owned(), String::new()),
            Command::Disable { id } => (Method::POST, one(id, "/disable"), String::new()),
            Command::Enable { id } => (Method::POST, one(id, "/enable"), String::new()),
            Command::Delete { id } => (Method::DELETE, one(id, ""), String::new()),
        }
    }
}

fn may(key: &Value) -> String {
    let is = |name: &str| key[name] == true;
    let may = match (is("ingestOnly"), is("administrator")) {
        (true, _) if is("anyAccount") => return "post for any account".to_owned(),
        (true, _) => "post",
        (false, true) => "everything",
        (false, false) => "what its policies allow",
    };
    if is("anyAccount") { format!("{may}, post for any account") } else { may.to_owned() }
}

fn row(key: &Value, created: bool) -> Vec<String> {
    let text = |name: &str| key[name].as_str().unwrap_or("").to_owned();
    let user = key["user"].as_str().unwrap_or("(root)").to_owned();
    let mut row = vec![text("accessKeyId"), text("account"), user, text("status"), may(key)];
    match created {
        true => row.extend([text("secretAccessKey"), text("token")]),
        false => row.push(text("created")),
    }
    row
}
