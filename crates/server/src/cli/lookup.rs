//! `cairn lookup`: any combination of filters, newest first.

use super::client::{Client, Connection};
use super::output::{Format, Rows, print};
use super::{Failure, client_runtime, output};
use crate::clock;
use crate::config::parse_duration;
use bytes::Bytes;
use cairn_model::Timestamp;
use clap::Args;
use http::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// Events of one page that are asked for.
const PAGE_MAX: usize = 1000;

/// Find events.
#[derive(Args)]
#[command(
    after_help = "Example:\n  cairn lookup --user alice --error AccessDenied --since 2h --output table"
)]
pub(super) struct LookupArgs {
    /// The user's name: IAM user, role session, or root
    #[arg(long)]
    user: Option<String>,
    /// The access key id
    #[arg(long)]
    key: Option<String>,
    /// The event source, such as s3.amazonaws.com
    #[arg(long)]
    source: Option<String>,
    /// The event name, such as CreateTrail
    #[arg(long)]
    name: Option<String>,
    /// The name or ARN of a resource
    #[arg(long)]
    resource: Option<String>,
    /// The source IP address
    #[arg(long)]
    ip: Option<String>,
    /// The error code; `any` for every failed call
    #[arg(long)]
    error: Option<String>,
    /// The region
    #[arg(long)]
    region: Option<String>,
    /// The account
    #[arg(long)]
    account: Option<String>,
    /// The event's id
    #[arg(long)]
    id: Option<String>,
    /// Reading calls (true) or writing calls (false)
    #[arg(long)]
    read_only: Option<bool>,
    /// management, data, network, insight or all
    #[arg(long, default_value = "all")]
    category: String,
    /// The earliest time: 2026-03-01T08:00:00Z, or so long ago: 10m, 2h, 7d
    #[arg(long)]
    since: Option<String>,
    /// The latest time, in the same forms
    #[arg(long)]
    until: Option<String>,
    /// Words that must all occur in the event's values; word* matches beginnings
    #[arg(long)]
    text: Option<String>,
    /// The most events to print
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// The form of what is printed; JSON prints whole events
    #[arg(long, value_enum, default_value = "table")]
    output: Format,
    #[command(flatten)]
    connection: Connection,
}

impl LookupArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        let query = self.query()?;
        let events = client_runtime()?.block_on(self.pages(&client, query))?;
        match self.output {
            Format::Json => print(&format!("[{}]\n", join(&events))),
            format => table(&events).print(format, &Value::Null),
        }
        Ok(())
    }

    fn query(&self) -> Result<Map<String, Value>, Failure> {
        let mut query = Map::new();
        let texts = [
            ("user", &self.user),
            ("key", &self.key),
            ("source", &self.source),
            ("name", &self.name),
            ("resource", &self.resource),
            ("ip", &self.ip),
            ("error", &self.error),
            ("region", &self.region),
            ("account", &self.account),
            ("id", &self.id),
            ("text", &self.text),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                query.insert(name.to_owned(), json!(value));
            }
        }
        if let Some(read_only) = self.read_only {
            query.insert("readOnly".to_owned(), json!(read_only));
        }
        query.insert("category".to_owned(), json!(self.category));
        for (name, value) in [("since", &self.since), ("until", &self.until)] {
            if let Some(value) = value {
                query.insert(name.to_owned(), json!(time(value)?.to_string()));
            }
        }
        Ok(query)
    }

    async fn pages(
        &self,
        client: &Client,
        mut query: Map<String, Value>,
    ) -> Result<Vec<Box<RawValue>>, Failure> {
        let mut events = Vec::new();
        while events.len() < self.limit {
            query.insert("limit".to_owned(), json!((self.limit - events.len()).min(PAGE_MAX)));
            let body = Bytes::from(Value::from(query.clone()).to_string());
            let page: Page = client.call(Method::POST, "/_cairn/lookup", &[], body).await?;
            events.extend(page.events);
            if let Some(reached) = page.reached {
                output::tell(&format!("searched back to {reached}; searching on"));
            }
            let Some(token) = page.next else { break };
            query.insert("next".to_owned(), json!(token));
        }
        Ok(events)
    }
}

/// A point in time, or one so long ago.
fn time(text: &str) -> Result<Timestamp, Failure> {
    let ago = parse_duration(text).map(|ago| clock::now().minus(ago));
    ago.or_else(|| Timestamp::parse(text)).ok_or_else(|| {
        Failure::Usage(format!(
            "{text:?} is neither a time like 2026-03-01T08:00:00Z nor a duration like 10m"
        ))
    })
}

/// One page of the server's answer. Events stay the text that they are, numbers included.
#[derive(Deserialize)]
struct Page {
    events: Vec<Box<RawValue>>,
    next: Option<String>,
    reached: Option<String>,
}

fn join(events: &[Box<RawValue>]) -> String {
    let texts: Vec<&str> = events.iter().map(|event| event.get()).collect();
    texts.join(",\n")
}

fn table(events: &[Box<RawValue>]) -> Rows {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let rows = events
        .iter()
        .map(|event| {
            let event: Value = serde_json::from_str(event.get()).unwrap_or_default();
            let identity = &event["userIdentity"];
            let user = [&identity["userName"], &identity["arn"], &identity["invokedBy"], &identity["type"]];
            let user = user.iter().find_map(|value| value.as_str()).unwrap_or("").to_owned();
            vec![
                text(&event["eventTime"]),
                text(&event["recipientAccountId"]),
                text(&event["awsRegion"]),
                text(&event["eventSource"]),
                text(&event["eventName"]),
                user,
                text(&event["sourceIPAddress"]),
                text(&event["errorCode"]),
                text(&event["eventID"]),
            ]
        })
        .collect();
    let head = &["TIME", "ACCOUNT", "REGION", "SOURCE", "NAME", "USER", "IP", "ERROR", "EVENT ID"];
    Rows { head, rows }
}
