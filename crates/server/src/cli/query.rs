//! `cairn query`: a SELECT over event history and event data stores.

mod answer;
mod parquet;
mod place;
mod printer;

use super::client::{Answer, Client, Connection, Refusal};
use super::{Failure, client_runtime};
use answer::{Answered, Line, Lines};
use bytes::Bytes;
use clap::{Args, ValueEnum};
use http::Method;
use printer::{Printer, Target};
use serde_json::json;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

/// The path of queries.
const PATH: &str = "/_cairn/query";

/// Ask event history and event data stores by SQL.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn query \"SELECT eventName, count(*) AS n FROM history GROUP BY 1 ORDER BY n DESC\" --limit 20
  cairn query --file failed-logins.sql --output csv > failed-logins.csv
  cairn query 'SELECT * FROM \"my store\"' --output parquet --out events.parquet
  echo 'EXPLAIN SELECT eventID FROM history' | cairn query")]
pub(super) struct Query {
    /// The statement [default: read from standard input]. Tables are history (the operator: of all accounts; others: of
    /// their own), and event data stores by ID, or by name in double quotes
    statement: Option<String>,
    /// Read the statement from this file
    #[arg(long, value_name = "FILE", conflicts_with = "statement")]
    file: Option<PathBuf>,
    /// The most rows to print
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
    /// The form of the result [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    output: Option<Output>,
    /// Write the result to this file, which is there only once it is whole
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// Columns for people
    Table,
    /// A JSON array of objects
    Json,
    /// A JSON object a line
    Ndjson,
    /// Comma-separated values with a head line
    Csv,
    /// A Parquet file with typed columns; needs --out
    Parquet,
}

impl Query {
    pub(super) fn run(self) -> Result<(), Failure> {
        let statement = self.statement()?;
        if self.form() == Output::Parquet && self.out.is_none() {
            return Err(Failure::Usage("--output parquet needs --out FILE".to_owned()));
        }
        let client = Client::new(&self.connection)?;
        client_runtime()?.block_on(async {
            tokio::select! {
                done = self.ask(&client, &statement) => done,
                // Hanging up is what cancels it.
                _ = tokio::signal::ctrl_c() => Err(Failure::Failed("the query was cancelled".to_owned())),
            }
        })
    }

    fn statement(&self) -> Result<String, Failure> {
        let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| unreadable(path, &error));
        match (&self.statement, &self.file) {
            (Some(statement), _) if statement != "-" => Ok(statement.clone()),
            (_, Some(file)) if file != Path::new("-") => read(file),
            (None, None) if std::io::stdin().is_terminal() => {
                Err(Failure::Usage("there is no statement; see `cairn query --help`".to_owned()))
            }
            _ => {
                let mut text = String::new();
                let read = std::io::stdin().read_to_string(&mut text);
                read.map_err(|error| unreadable(Path::new("standard input"), &error))?;
                Ok(text)
            }
        }
    }

    fn form(&self) -> Output {
        let usual =
            if std::io::stdout().is_terminal() && self.out.is_none() { Output::Table } else { Output::Json };
        self.output.unwrap_or(usual)
    }

    async fn ask(&self, client: &Client, statement: &str) -> Result<(), Failure> {
        let form = self.form();
        let answer = self.begin(client, statement, form).await;
        let answer = answer.map_err(|refusal| place::shown(refusal, statement))?;
        match (form, &self.out) {
            (Output::Parquet, Some(out)) => parquet::write(client, answer, out).await,
            (form, out) => print_all(client, answer, Printer::new(form), Target::new(out.as_deref())?).await,
        }
    }

    async fn begin(&self, client: &Client, statement: &str, form: Output) -> Result<Answer, Refusal> {
        let format = if form == Output::Parquet { "arrow" } else { "json" };
        let mut request = json!({ "statement": statement, "format": format });
        if let Some(limit) = self.limit {
            request["limit"] = json!(limit);
        }
        client.call_streaming(Method::POST, PATH, &[], Bytes::from(request.to_string())).await
    }
}

/// Prints part by part, so that memory does not grow with the result.
async fn print_all(
    client: &Client,
    answer: Answer,
    mut printer: Printer,
    mut target: Target,
) -> Result<(), Failure> {
    let mut lines = Lines::new(client, answer);
    let mut is_wanted = true;
    while is_wanted {
        let text = match lines.next().await? {
            Line::Columns(columns) => printer.start(columns),
            Line::Rows(rows) => printer.rows(&rows),
            Line::End(Answered { error: Some(error), .. }) => {
                // What came until then is right.
                target.put(printer.end())?;
                return Err(Failure::Failed(error));
            }
            Line::End(_) => {
                target.put(printer.end())?;
                return target.finish();
            }
        };
        is_wanted = target.put(&text)?;
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("{}: {error}", path.display()))
}
