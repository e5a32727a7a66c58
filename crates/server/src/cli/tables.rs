//! `cairn tables`: the Delta Lake tables of event history and event data stores, for other engines.

use super::client::{Client, Connection};
use super::output::{Format, Rows, print};
use super::{Failure, client_runtime};
use bytes::Bytes;
use clap::{Args, ValueEnum};
use http::Method;
use serde_json::Value;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn tables
  cairn tables --output json
  cairn tables history --snippet duckdb | duckdb")]
pub(super) struct Tables {
    /// The one table to show, by the name or the ID of its event data store; `history` is event history
    name: Option<String>,
    /// Print what reads the table with this engine, instead of what is known of it
    #[arg(long, value_enum, requires = "name")]
    snippet: Option<Snippet>,
    #[command(flatten)]
    connection: Connection,
    /// The form of what is printed
    #[arg(long, value_enum, default_value = "table")]
    output: Format,
}

/// An engine that reads tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Snippet {
    /// SQL for DuckDB with its extension `delta`
    Duckdb,
    /// Python, with the package `polars`
    Polars,
    /// Python, with the package `deltalake`
    Deltalake,
    /// Python for Spark with Delta Lake
    Spark,
}

impl Tables {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        let call = client.call(Method::GET, "/_cairn/tables", &[], Bytes::new());
        let answer: Value = client_runtime()?.block_on(call)?;
        let mut tables = answer["tables"].as_array().cloned().unwrap_or_default();
        if let Some(name) = &self.name {
            tables.retain(|table| is_called(table, name));
            if tables.is_empty() {
                return Err(Failure::Failed(format!("there is no table {name}; see `cairn tables`")));
            }
        }
        match self.snippet {
            Some(_) if tables.len() > 1 => {
                Err(Failure::Usage("several event data stores have this name: give the ID of one".to_owned()))
            }
            Some(snippet) => {
                print(&snippet.text(&text(&tables[0], "location")));
                Ok(())
            }
            None => {
                const HEAD: &[&str] = &["TABLE", "ROWS", "FILES", "BYTES", "FEDERATION", "LOCATION"];
                let rows = tables.iter().map(row).collect();
                Rows { head: HEAD, rows }.print(self.output, &Value::from(tables));
                Ok(())
            }
        }
    }
}

fn text(table: &Value, member: &str) -> String {
    match &table[member] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn is_called(table: &Value, name: &str) -> bool {
    let id = table["eventDataStoreArn"].as_str().and_then(|arn| arn.rsplit('/').next());
    table["name"] == name || id == Some(name)
}

fn row(table: &Value) -> Vec<String> {
    ["name", "rows", "files", "bytes", "federation", "location"].map(|member| text(table, member)).to_vec()
}

impl Snippet {
    /// A few lines that read the table at `location`. What is quoted there has no quotes and no line breaks in it.
    fn text(self, location: &str) -> String {
        let python = serde_json::to_string(location).expect("texts are JSON");
        let sql = location.replace('\'', "''");
        match self {
            Snippet::Duckdb => format!(
                "INSTALL delta; LOAD delta;\nSELECT event_time, user_arn, event_name, error_code FROM delta_scan('{sql}')\n\
                 ORDER BY event_time DESC LIMIT 10;\n"
            ),
            Snippet::Polars => format!(
                "import polars\n\nevents = polars.scan_delta({python})\nprint(events.group_by(\"event_name\").len().collect())\n"
            ),
            Snippet::Deltalake => format!(
                "from deltalake import DeltaTable, QueryBuilder\n\nevents = DeltaTable({python})\n\
                 query = \"SELECT event_name, count(*) AS n FROM events GROUP BY 1 ORDER BY n DESC\"\n\
                 print(QueryBuilder().register(\"events\", events).execute(query).read_all())\n"
            ),
            Snippet::Spark => format!(
                "events = spark.read.format(\"delta\").load({python})\n\
                 events.groupBy(\"event_name\").count().orderBy(\"count\", ascending=False).show()\n"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Snippet, is_called};
    use serde_json::json;

    #[test]
    fn a_table_is_found_by_its_name_and_by_its_id() {
        let table =
            json!({ "name": "mine", "eventDataStoreArn": "arn:aws:cloudtrail:r:1:eventdatastore/ab-c" });
        assert!(is_called(&table, "mine") && is_called(&table, "ab-c"));
        assert!(!is_called(&table, "eventdatastore") && !is_called(&table, "ab"));
    }

    #[test]
    fn a_location_stays_one_text_in_a_snippet() {
        assert!(Snippet::Duckdb.text("/it's").contains("delta_scan('/it''s')"));
        assert!(Snippet::Polars.text("/a\"b").contains(r#"scan_delta("/a\"b")"#));
    }
}
