//! `cairn lookup`: any combination of filters, newest first.

use super::client::{Client, Connection};
use super::filters::Filters;
use super::output::{Columns, Format, csv_lines, try_print};
use super::pages::{Page, Pages};
use super::times::{self, Edge};
use super::{Failure, client_runtime, columns, freshness, output};
use crate::clock;
use crate::config::parse_duration;
use cairn_model::Timestamp;
use clap::Args;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Find events.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn lookup --user alice --error AccessDenied --since 2h
  cairn lookup --source iam.amazonaws.com --read-only false --since yesterday --output csv
  cairn lookup --resource my-bucket --wait --output json | jq '.[].eventName'")]
pub(super) struct LookupArgs {
    #[command(flatten)]
    filters: Filters,
    /// The earliest time
    #[arg(long, value_name = "TIME", help = format!("The earliest time: {}", times::FORMS))]
    since: Option<String>,
    /// The latest time
    #[arg(long, value_name = "TIME", help = "The latest time, in the same forms; a day counts to its end")]
    until: Option<String>,
    /// The most events to print
    #[arg(long, default_value_t = 100, value_name = "NUMBER")]
    limit: usize,
    /// First wait until everything that was acknowledged so far is visible, at most so long
    #[arg(
        long,
        value_name = "DURATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "30s",
        value_parser = patience
    )]
    wait: Option<Duration>,
    /// The form of what is printed; JSON prints whole events [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    output: Option<Format>,
    #[command(flatten)]
    connection: Connection,
}

impl LookupArgs {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        let request = self.request(clock::now())?;
        client_runtime()?.block_on(async {
            if let Some(patience) = self.wait {
                freshness::until_all_visible(&client, patience).await?;
            }
            self.print_all(Pages::new(&client, request, self.limit)).await
        })
    }

    fn request(&self, now: Timestamp) -> Result<Map<String, Value>, Failure> {
        let since = self.since.as_deref().map(|text| time("--since", text, Edge::Start, now)).transpose()?;
        let until = self.until.as_deref().map(|text| time("--until", text, Edge::End, now)).transpose()?;
        if let (Some(since), Some(until)) = (since, until)
            && since > until
        {
            return Err(Failure::Usage(format!("--since {since} is later than --until {until}")));
        }
        let mut request = self.filters.members();
        for (name, time) in [("since", since), ("until", until)] {
            if let Some(time) = time {
                request.insert(name.to_owned(), json!(time.to_string()));
            }
        }
        Ok(request)
    }

    /// Prints page by page, so that memory does not grow with the limit.
    async fn print_all(&self, mut pages: Pages<'_>) -> Result<(), Failure> {
        let mut printer = Printer::new(self.output.unwrap_or_else(Format::usual));
        let mut wanted = try_print(&printer.start());
        while wanted && let Some(page) = pages.next().await? {
            wanted = try_print(&printer.page(&page));
            tell_reached(&page, pages.has_more());
        }
        try_print(printer.end());
        Ok(())
    }
}

/// How far back a search that took long has got.
fn tell_reached(page: &Page, has_more: bool) {
    if let Some(reached) = &page.reached {
        let then = if has_more { "; searching on" } else { "" };
        output::tell(&format!("searched back to {reached}{then}"));
    }
}

/// Reads the value of a flag that takes a time.
pub(super) fn time(flag: &str, text: &str, edge: Edge, now: Timestamp) -> Result<Timestamp, Failure> {
    times::parse(text, edge, now)
        .ok_or_else(|| Failure::Usage(format!("{flag}: {text:?} is not a time: {}", times::FORMS)))
}

fn patience(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "not a duration like 500ms, 30s or 5m".to_owned())
}

/// What goes out, form by form.
enum Printer {
    /// An array; `begun` once it has an element.
    Json {
        begun: bool,
    },
    Csv,
    Table(Columns),
}

impl Printer {
    fn new(format: Format) -> Printer {
        match format {
            Format::Json => Printer::Json { begun: false },
            Format::Csv => Printer::Csv,
            Format::Table => Printer::Table(Columns::new(columns::HEAD)),
        }
    }

    fn start(&mut self) -> String {
        match self {
            Printer::Json { .. } => "[".to_owned(),
            Printer::Csv => csv_lines([columns::HEAD]),
            // Comes with the first page, whose widths it takes.
            Printer::Table(_) => String::new(),
        }
    }

    fn page(&mut self, page: &Page) -> String {
        let rows = || page.events.iter().map(|event| columns::row(event.get()));
        match self {
            Printer::Json { begun } => elements(&page.events, begun),
            Printer::Csv => csv_lines(rows()),
            Printer::Table(columns) => columns.lines(rows().collect()),
        }
    }

    fn end(&self) -> &'static str {
        match self {
            Printer::Json { .. } => "]\n",
            Printer::Csv | Printer::Table(_) => "",
        }
    }
}

fn elements(events: &[Box<RawValue>], begun: &mut bool) -> String {
    let mut text = String::new();
    for event in events {
        if std::mem::replace(begun, true) {
            text.push_str(",\n");
        }
        text.push_str(event.get());
    }
    text
}

#[cfg(test)]
mod tests;
