//! `cairn account`.

use super::client::{Client, Connection};
use super::output::{Columns, Format, Rows, print};
use super::pages::Pages;
use super::{Failure, client_runtime, columns};
use bytes::Bytes;
use clap::{Args, Subcommand};
use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// Events that `show` shows.
const NEWEST: usize = 5;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn account create 111122223333 --name payments
  cairn account show 111122223333")]
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
    #[command(after_help = "Example:\n  cairn account create 111122223333 --name payments")]
    Create {
        /// 12 digits
        id: String,
        /// A name for people
        #[arg(long)]
        name: Option<String>,
    },
    /// List the accounts
    #[command(after_help = "Example:\n  cairn account list --output json")]
    List,
    /// Show an account: its keys, its trails and its newest events
    #[command(after_help = "Example:\n  cairn account show 111122223333")]
    Show {
        /// 12 digits
        id: String,
    },
    /// Give an account another name
    #[command(after_help = "Example:\n  cairn account rename 111122223333 billing")]
    Rename {
        /// 12 digits
        id: String,
        /// The new name
        name: String,
    },
}

impl AccountArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        client_runtime()?.block_on(async {
            let (method, path, body) = match &self.command {
                Command::Create { id, name } => (
                    Method::POST,
                    "/_cairn/accounts".to_owned(),
                    json!({ "id": id, "name": name }).to_string(),
                ),
                Command::List => (Method::GET, "/_cairn/accounts".to_owned(), String::new()),
                Command::Show { id } => return self.show(&client, id).await,
                Command::Rename { id, name } => {
                    (Method::POST, path(id, "/rename"), json!({ "name": name }).to_string())
                }
            };
            let answer: Value = client.call(method, &path, &[], Bytes::from(body)).await?;
            let accounts = answer["accounts"].as_array().cloned().unwrap_or_default();
            accounts_of(&accounts).print(self.output, &Value::from(accounts));
            Ok(())
        })
    }

    async fn show(&self, client: &Client, id: &str) -> Result<(), Failure> {
        if self.output == Format::Csv {
            return Err(Failure::Usage("an account is shown as table or json, not as csv".to_owned()));
        }
        let mut answer: Map<String, Value> =
            client.call(Method::GET, &path(id, ""), &[], Bytes::new()).await?;
        let mut request = Map::new();
        request.insert("account".to_owned(), json!(id));
        let newest = Pages::new(client, request, NEWEST).next().await?;
        let events = newest.map_or_else(Vec::new, |page| page.events);
        match self.output {
            Format::Json => {
                let parsed = |event: &RawValue| serde_json::from_str(event.get()).unwrap_or_default();
                let events: Vec<Value> = events.iter().map(|event| parsed(event)).collect();
                answer.insert("newestEvents".to_owned(), Value::from(events));
                print(&format!("{:#}\n", Value::from(answer)));
            }
            Format::Table | Format::Csv => print(&shown(&answer, &events)),
        }
        Ok(())
    }
}

fn path(id: &str, what: &str) -> String {
    format!("/_cairn/accounts/{}{what}", utf8_percent_encode(id, NON_ALPHANUMERIC))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("").to_owned()
}

fn accounts_of(accounts: &[Value]) -> Rows {
    let row = |account: &Value| vec![text(&account["id"]), text(&account["name"]), text(&account["created"])];
    Rows { head: &["ACCOUNT", "NAME", "CREATED"], rows: accounts.iter().map(row).collect() }
}

/// Everything about one account, part by part.
fn shown(answer: &Map<String, Value>, events: &[Box<RawValue>]) -> String {
    let list = |name: &str| answer.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let key = |key: &Value| {
        let user = key["user"].as_str().unwrap_or("(root)").to_owned();
        vec![text(&key["accessKeyId"]), user, text(&key["status"]), text(&key["created"])]
    };
    let trail = |trail: &Value| {
        let logging = if trail["logging"] == true { "yes" } else { "no" };
        vec![text(&trail["name"]), text(&trail["region"]), text(&trail["bucket"]), logging.to_owned()]
    };
    let parts = [
        Columns::new(&["ACCOUNT", "NAME", "CREATED"]).lines(accounts_of(&list("accounts")).rows),
        Columns::new(&["ACCESS KEY ID", "USER", "STATUS", "CREATED"])
            .lines(list("keys").iter().map(key).collect()),
        Columns::new(&["TRAIL", "HOME REGION", "BUCKET", "LOGGING"])
            .lines(list("trails").iter().map(trail).collect()),
        Columns::new(columns::HEAD).lines(events.iter().map(|event| columns::row(event.get())).collect()),
    ];
    parts.join("\n")
}
