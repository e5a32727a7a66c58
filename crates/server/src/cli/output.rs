//! What commands print.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this file is for")]

use clap::ValueEnum;
use std::io::Write;

/// The form in which a command prints data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns for people
    Table,
    /// JSON for programs
    Json,
    /// Comma-separated values with a head line
    Csv,
}

/// Rows under a head line.
pub(super) struct Rows {
    pub(super) head: &'static [&'static str],
    pub(super) rows: Vec<Vec<String>>,
}

/// An error or a warning, on standard error.
pub(super) fn complain(text: &str) {
    eprintln!("cairn: {text}");
}

/// A line of information, on standard error.
pub(super) fn tell(text: &str) {
    eprintln!("{text}");
}

/// Text, on standard output. A reader that went away is no error.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    // A pipe that was closed (`| head`) is the reader's choice.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

impl Rows {
    /// Prints the rows; `json` is what JSON output prints instead.
    pub(super) fn print(&self, format: Format, json: &serde_json::Value) {
        match format {
            Format::Table => print(&self.table()),
            Format::Csv => print(&self.csv()),
            Format::Json => print(&format!("{json:#}\n")),
        }
    }

    fn table(&self) -> String {
        let head = self.head.iter().map(|cell| (*cell).to_owned()).collect();
        let lines: Vec<Vec<String>> = std::iter::once(head)
            .chain(self.rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()))
            .collect();
        let widths: Vec<usize> = (0..self.head.len())
            .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
            .collect();
        let mut text = String::new();
        for line in &lines {
            let padded: Vec<String> =
                line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            text.push_str(padded.join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    pub(super) fn csv(&self) -> String {
        let head: Vec<String> = self.head.iter().map(|cell| (*cell).to_owned()).collect();
        let mut text = csv_line(&head);
        for row in &self.rows {
            text.push_str(&csv_line(row));
        }
        text
    }
}

/// Control characters would reach the terminal: an event's text must not move the cursor.
fn visible(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn csv_line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// Quoted where needed; what a spreadsheet would run as a formula gets an apostrophe before it.
fn csv_cell(cell: &str) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if risky { format!("'{cell}") } else { cell.to_owned() };
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    fn rows(cell: &str) -> Rows {
        Rows { head: &["a", "b"], rows: vec![vec![cell.to_owned(), "x".to_owned()]] }
    }

    #[test]
    fn formulas_are_defused_and_separators_quoted() {
        assert_eq!(rows("=cmd()").csv(), "a,b\r\n'=cmd(),x\r\n");
        assert_eq!(rows("-1,\"2\"").csv(), "a,b\r\n\"'-1,\"\"2\"\"\",x\r\n");
        assert_eq!(rows("plain").csv(), "a,b\r\nplain,x\r\n");
    }

    #[test]
    fn a_table_shows_no_control_characters() {
        assert_eq!(rows("\u{1b}[2J").table(), "a     b\n\u{fffd}[2J  x\n");
    }
}
