//! The flags by which look-ups and tails choose events.

use clap::Args;
use serde_json::{Map, Value, json};

const CATEGORIES: [&str; 8] =
    ["management", "data", "network", "insight", "activity", "configuration", "evidence", "all"];

/// Which events are wanted; all conditions must hold.
#[derive(Args)]
#[command(next_help_heading = "Which events")]
pub(super) struct Filters {
    /// The user's name: IAM user, role session, or root
    #[arg(long)]
    user: Option<String>,
    /// The access key id
    #[arg(long, value_name = "ID")]
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
    /// The type of a resource, such as AWS::S3::Bucket
    #[arg(long, value_name = "TYPE")]
    resource_type: Option<String>,
    /// The source IP address
    #[arg(long)]
    ip: Option<String>,
    /// The error code; `any` for every failed call
    #[arg(long, value_name = "CODE")]
    error: Option<String>,
    /// The region
    #[arg(long)]
    region: Option<String>,
    /// The account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The event's id
    #[arg(long)]
    id: Option<String>,
    /// Reading calls (true) or writing calls (false)
    #[arg(long, value_name = "BOOL")]
    read_only: Option<bool>,
    /// The category; activity: what came through channels
    #[arg(long, default_value = "all", value_parser = CATEGORIES)]
    category: String,
    /// Words that must all occur in the event's values; word* matches beginnings
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
}

impl Filters {
    /// The conditions under their names in requests.
    pub(super) fn members(&self) -> Map<String, Value> {
        let texts = [
            ("user", &self.user),
            ("key", &self.key),
            ("source", &self.source),
            ("name", &self.name),
            ("resource", &self.resource),
            ("resourceType", &self.resource_type),
            ("ip", &self.ip),
            ("error", &self.error),
            ("region", &self.region),
            ("account", &self.account),
            ("id", &self.id),
            ("text", &self.text),
        ];
        let given = |(name, value): (&str, &Option<String>)| Some((name.to_owned(), json!(value.as_ref()?)));
        let mut members: Map<String, Value> = texts.into_iter().filter_map(given).collect();
        if let Some(read_only) = self.read_only {
            members.insert("readOnly".to_owned(), json!(read_only));
        }
        members.insert("category".to_owned(), json!(self.category));
        members
    }
}
