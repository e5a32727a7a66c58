//! Results as texts, form by form.

use super::super::Failure;
use super::super::output::{self, Columns};
use super::Output;
use super::answer::{Column, Row};
use cairn_lake::sql::once;
use serde_json::value::RawValue;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Makes texts of what comes.
pub(super) enum Printer {
    Table(Columns),
    Csv(Vec<Column>),
    /// Objects, whose members have these names; `begun` once there was one.
    Json {
        names: Vec<String>,
        is_array: bool,
        begun: bool,
    },
}

impl Printer {
    pub(super) fn new(form: Output) -> Printer {
        match form {
            Output::Table => Printer::Table(Columns::new::<&str>(&[])),
            Output::Csv => Printer::Csv(Vec::new()),
            Output::Json => Printer::Json { names: Vec::new(), is_array: true, begun: false },
            Output::Ndjson | Output::Parquet => {
                Printer::Json { names: Vec::new(), is_array: false, begun: false }
            }
        }
    }

    /// The head.
    pub(super) fn start(&mut self, columns: Vec<Column>) -> String {
        let heads: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        match self {
            Printer::Table(table) => {
                *table = Columns::new(&heads);
                // A result without rows has a head too; with some it comes with them, whose widths it takes.
                String::new()
            }
            Printer::Csv(known) => {
                *known = columns;
                output::csv_lines([heads])
            }
            Printer::Json { names, is_array, .. } => {
                // A member that is there twice would be lost to most readers.
                *names = once(&heads);
                if *is_array { "[".to_owned() } else { String::new() }
            }
        }
    }

    pub(super) fn rows(&mut self, rows: &[Row]) -> String {
        match self {
            Printer::Table(table) => {
                table.lines(rows.iter().map(|row| row.iter().map(|cell| text(cell)).collect()).collect())
            }
            Printer::Csv(columns) => rows.iter().map(|row| csv_line(row, columns)).collect(),
            Printer::Json { names, is_array, begun } => {
                let mut text = String::new();
                for row in rows {
                    if std::mem::replace(begun, true) {
                        text.push_str(if *is_array { ",\n" } else { "\n" });
                    }
                    push_object(row, names, &mut text);
                }
                text
            }
        }
    }

    /// The end.
    pub(super) fn end(&mut self) -> String {
        match self {
            Printer::Table(table) => table.head_alone(),
            Printer::Csv(_) => String::new(),
            Printer::Json { is_array: true, .. } => "]\n".to_owned(),
            Printer::Json { begun, .. } => if *begun { "\n" } else { "" }.to_owned(),
        }
    }
}

/// A cell as people read it; null is empty.
fn text(cell: &RawValue) -> String {
    match cell.get() {
        "null" => String::new(),
        quoted if quoted.starts_with('"') => serde_json::from_str(quoted).unwrap_or_default(),
        plain => plain.to_owned(),
    }
}

/// Numbers are no formulas, so they stay numbers.
fn csv_line(row: &Row, columns: &[Column]) -> String {
    let cells = row.iter().zip(columns).map(|(cell, column)| match column.kind.as_str() {
        "integer" | "double" | "boolean" => text(cell),
        _ => output::csv_cell(&text(cell)),
    });
    format!("{}\r\n", cells.collect::<Vec<_>>().join(","))
}

fn push_object(row: &Row, names: &[String], out: &mut String) {
    out.push('{');
    for (index, (name, cell)) in names.iter().zip(row).enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        out.push_str(&serde_json::Value::from(name.as_str()).to_string());
        out.push_str(": ");
        out.push_str(cell.get());
    }
    out.push('}');
}

/// Where texts go: standard output, or a file that is there only once it is whole.
pub(super) enum Target {
    Printed,
    File { aside: PathBuf, path: PathBuf, file: File },
}

impl Target {
    pub(super) fn new(path: Option<&Path>) -> Result<Target, Failure> {
        let Some(path) = path else { return Ok(Target::Printed) };
        let aside = aside(path);
        let file = File::create(&aside).map_err(|error| failed(&aside, &error))?;
        Ok(Target::File { aside, path: path.to_owned(), file })
    }

    /// False if nobody reads it.
    pub(super) fn put(&mut self, text: impl AsRef<str>) -> Result<bool, Failure> {
        match self {
            Target::Printed => Ok(output::try_print(text.as_ref())),
            Target::File { aside, file, .. } => {
                file.write_all(text.as_ref().as_bytes()).map_err(|error| failed(aside, &error))?;
                Ok(true)
            }
        }
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        match &self {
            Target::Printed => Ok(()),
            Target::File { aside, path, .. } => {
                std::fs::rename(aside, path).map_err(|error| failed(path, &error))
            }
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Target::File { aside, .. } = self {
            // If it was finished it has another name by now.
            let _ = std::fs::remove_file(aside);
        }
    }
}

/// What a file is called until it is whole.
pub(super) fn aside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

pub(super) fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
