//! `cairn tail`: events as they come.

mod messages;

use super::client::{Answer, Client, Connection, Refusal};
use super::filters::Filters;
use super::output::{Columns, Format, try_print};
use super::pages::Pages;
use super::times::Edge;
use super::{Failure, client_runtime, columns, freshness, lookup, output, times};
use crate::clock;
use bytes::Bytes;
use cairn_model::Timestamp;
use clap::{Args, ValueEnum};
use http::Method;
use http_body_util::BodyExt;
use messages::{Message, Messages};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::time::Duration;

/// The server gives a sign of life every 15 s: without one for this long the connection is dead.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// How long between two tries to get the connection back: at first, and at most.
const PAUSE: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// Earlier events that `--since` shows at most; they are held in memory to be turned round.
const EARLIER_MAX: usize = 10_000;
/// How long `--since` waits until history has caught up with the log.
const CATCH_UP: Duration = Duration::from_secs(60);
/// Widths that most events fit in, so that lines stand below one another from the first on.
const WIDTHS: [usize; 9] = [20, 12, 12, 22, 20, 16, 15, 12, 36];

/// Show events as they come, until Ctrl-C.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn tail --error any
  cairn tail --source iam.amazonaws.com --read-only false --since 10m
  cairn tail --user alice --output json | jq .eventName")]
pub(super) struct Tail {
    #[command(flatten)]
    filters: Filters,
    /// Begin with the events since this time
    #[arg(long, value_name = "TIME", help = format!("Begin with the events since: {}", times::FORMS))]
    since: Option<String>,
    /// The form of what is printed; JSON prints an event a line [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    output: Option<LineFormat>,
    #[command(flatten)]
    connection: Connection,
}

/// The form of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LineFormat {
    /// Columns for people
    Table,
    /// JSON for programs
    Json,
}

impl Tail {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        let now = clock::now();
        let since = self.since.as_deref();
        let since = since.map(|text| lookup::time("--since", text, Edge::Start, now)).transpose()?;
        client_runtime()?.block_on(async {
            tokio::select! {
                ended = Following::new(&self, &client, since).run() => ended,
                interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Failure::failed),
            }
        })
    }

    /// The path of the tail with its conditions.
    fn path(&self) -> String {
        let members = self.filters.members();
        let pairs: Vec<String> = members.iter().map(|(name, value)| pair(name, value)).collect();
        format!("/_cairn/tail?{}", pairs.join("&"))
    }
}

fn pair(name: &str, value: &Value) -> String {
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
}

/// A tail that goes on over broken connections.
struct Following<'a> {
    tail: &'a Tail,
    client: &'a Client,
    /// Until the events since then were shown.
    since: Option<Timestamp>,
    /// Where to go on.
    last: Option<u64>,
    /// `None`: JSON.
    columns: Option<Columns>,
}

/// Why one connection's part of a tail ended.
enum Ended {
    /// Nobody reads what is printed.
    Unread,
    /// It may come back.
    Lost(String),
    Failed(Failure),
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Ended {
        match refusal {
            Refusal::Retryable(why) => Ended::Lost(why),
            refused @ Refusal::Final(_) => Ended::Failed(refused.into()),
        }
    }
}

impl<'a> Following<'a> {
    fn new(tail: &'a Tail, client: &'a Client, since: Option<Timestamp>) -> Following<'a> {
        let usual = match Format::usual() {
            Format::Table => LineFormat::Table,
            Format::Json | Format::Csv => LineFormat::Json,
        };
        let columns = match tail.output.unwrap_or(usual) {
            LineFormat::Table => Some(Columns::with_widths(columns::HEAD, &WIDTHS)),
            LineFormat::Json => None,
        };
        Following { tail, client, since, last: None, columns }
    }

    async fn run(mut self) -> Result<(), Failure> {
        let mut pause = PAUSE;
        loop {
            let before = self.last;
            let why = match self.listen().await {
                Ended::Unread => return Ok(()),
                Ended::Failed(failure) => return Err(failure),
                Ended::Lost(why) if self.last.is_none() => return Err(Failure::Failed(why)),
                Ended::Lost(why) => why,
            };
            if self.last != before {
                pause = PAUSE;
            }
            if pause == PAUSE {
                output::complain(&format!("{why}; trying to go on where it broke off"));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// Opens a connection and shows what comes, until it ends.
    async fn listen(&mut self) -> Ended {
        match self.open().await {
            Err(ended) => ended,
            Ok(answer) => match self.show_all(answer).await {
                Err(ended) => ended,
                Ok(()) => Ended::Lost(format!("{} ended the tail", self.client.endpoint())),
            },
        }
    }

    async fn open(&self) -> Result<Answer, Ended> {
        let last = self.last.map(|last| last.to_string());
        let headers: Vec<(&str, &str)> = last.iter().map(|last| ("last-event-id", last.as_str())).collect();
        Ok(self.client.call_streaming(Method::GET, &self.tail.path(), &headers, Bytes::new()).await?)
    }

    async fn show_all(&mut self, answer: Answer) -> Result<(), Ended> {
        let mut body = answer.into_body();
        let mut messages = Messages::default();
        let lost = |why: &dyn std::fmt::Display| Ended::Lost(format!("{}: {why}", self.client.endpoint()));
        loop {
            let frame = tokio::time::timeout(SILENCE_MAX, body.frame()).await;
            let frame = frame.map_err(|_| lost(&"no sign of life"))?;
            let Some(frame) = frame else { return Ok(()) };
            let Ok(bytes) = frame.map_err(|error| lost(&error))?.into_data() else { continue };
            messages.feed(&bytes);
            let mut lines = Vec::new();
            while let Some(message) = messages.next().map_err(|error| lost(&error))? {
                self.take(message, &mut lines).await?;
            }
            self.print(lines)?;
        }
    }

    /// Takes note of a message; what is to be shown goes to `lines`.
    async fn take(&mut self, message: Message, lines: &mut Vec<String>) -> Result<(), Ended> {
        if let Some(since) = self.since
            && let Some(from) = message.id
        {
            lines.extend(self.earlier(since, from).await?);
            self.since = None;
        }
        match message.event.as_str() {
            "event" => lines.push(message.data),
            "gap" => output::complain(&format!(
                "the log has dropped positions that were not read yet, {}; `cairn lookup` finds their events",
                message.data
            )),
            _ => {}
        }
        self.last = message.id.or(self.last);
        Ok(())
    }

    /// The events since `since` that the tail, which begins at `from`, does not show. The oldest first.
    async fn earlier(&self, since: Timestamp, from: u64) -> Result<Vec<String>, Ended> {
        freshness::until_visible(self.client, from, CATCH_UP).await.map_err(Ended::Failed)?;
        let mut request = self.tail.filters.members();
        request.insert("since".to_owned(), json!(since.to_string()));
        let mut pages = Pages::new(self.client, request, EARLIER_MAX);
        let mut earlier = Vec::new();
        while let Some(page) = pages.next().await? {
            let known = page.events.iter().zip(&page.positions).filter(|(_, position)| **position < from);
            earlier.extend(known.map(|(event, _)| one_line(event.get())));
        }
        if pages.has_more() {
            output::complain(&format!(
                "there are more events since {since}; the newest {EARLIER_MAX} follow"
            ));
        }
        earlier.reverse();
        Ok(earlier)
    }

    fn print(&mut self, lines: Vec<String>) -> Result<(), Ended> {
        if lines.is_empty() {
            return Ok(());
        }
        let text = match &mut self.columns {
            Some(columns) => columns.lines(lines.iter().map(|line| columns::row(line)).collect()),
            None => lines.iter().map(|line| format!("{line}\n")).collect(),
        };
        if try_print(&text) { Ok(()) } else { Err(Ended::Unread) }
    }
}

/// A line break in JSON can only be white space between its parts.
fn one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}
