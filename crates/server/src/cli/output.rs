//! What commands print.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this file is for")]

use clap::ValueEnum;
use std::io::{IsTerminal, Write};

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

impl Format {
    /// What is printed unless a form was asked for: people sit at terminals, programs at pipes.
    pub(super) fn usual() -> Format {
        if std::io::stdout().is_terminal() { Format::Table } else { Format::Json }
    }
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
    try_print(text);
}

/// Text, on standard output. False if its reader went away (`| head`): that is its choice, and printing on
/// would be in vain.
pub(super) fn try_print(text: &str) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}

impl Rows {
    /// Prints the rows; `json` is what JSON output prints instead.
    pub(super) fn print(self, format: Format, json: &serde_json::Value) {
        match format {
            Format::Table => print(&Columns::new(self.head).lines(self.rows)),
            Format::Csv => print(&(csv_lines([self.head]) + &csv_lines(self.rows))),
            Format::Json => print(&format!("{json:#}\n")),
        }
    }
}

/// Columns that are printed a few rows at a time, each as wide as its widest cell so far.
pub(super) struct Columns {
    widths: Vec<usize>,
    /// Until it was printed.
    head: Option<Vec<String>>,
}

impl Columns {
    pub(super) fn new<C: AsRef<str>>(head: &[C]) -> Columns {
        Columns::with_widths(head, &vec![0; head.len()])
    }

    /// Columns that are at least so wide from the first row on.
    pub(super) fn with_widths<C: AsRef<str>>(head: &[C], widths: &[usize]) -> Columns {
        let head = head.iter().map(|cell| visible(cell.as_ref())).collect();
        Columns { widths: widths.to_vec(), head: Some(head) }
    }

    /// The head, unless rows had it: what is printed if there are none.
    pub(super) fn head_alone(&mut self) -> String {
        if self.head.is_some() { self.lines(Vec::new()) } else { String::new() }
    }

    /// The next rows, the first time under their head.
    pub(super) fn lines(&mut self, rows: Vec<Vec<String>>) -> String {
        let lines: Vec<Vec<String>> = self
            .head
            .take()
            .into_iter()
            .chain(rows.into_iter().map(|row| row.iter().map(|cell| visible(cell)).collect()))
            .collect();
        for line in &lines {
            for (width, cell) in self.widths.iter_mut().zip(line) {
                *width = cell.chars().count().max(*width);
            }
        }
        lines.iter().map(|line| self.line(line)).collect()
    }

    fn line(&self, cells: &[String]) -> String {
        let padded: Vec<String> =
            cells.iter().zip(&self.widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", padded.join("  ").trim_end())
    }
}

/// Control characters would reach the terminal: an event's text must not move the cursor.
fn visible(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Rows as CSV (RFC 4180).
pub(super) fn csv_lines<R: AsRef<[C]>, C: AsRef<str>>(rows: impl IntoIterator<Item = R>) -> String {
    let line = |row: R| {
        let cells: Vec<String> = row.as_ref().iter().map(|cell| csv_cell(cell.as_ref())).collect();
        format!("{}\r\n", cells.join(","))
    };
    rows.into_iter().map(line).collect()
}

/// Quoted where needed; what a spreadsheet would run as a formula gets an apostrophe before it.
pub(super) fn csv_cell(cell: &str) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if risky { format!("'{cell}") } else { cell.to_owned() };
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, csv_lines};

    #[test]
    fn formulas_are_defused_and_separators_quoted() {
        assert_eq!(csv_lines([["=cmd()", "x"]]), "'=cmd(),x\r\n");
        assert_eq!(csv_lines([["-1,\"2\"", "x"]]), "\"'-1,\"\"2\"\"\",x\r\n");
        assert_eq!(csv_lines([["plain", "x"], ["y", "z"]]), "plain,x\r\ny,z\r\n");
    }

    #[test]
    fn a_table_shows_no_control_characters() {
        let row = vec!["\u{1b}[2J".to_owned(), "x".to_owned()];
        assert_eq!(Columns::new(&["a", "b"]).lines(vec![row]), "a     b\n\u{fffd}[2J  x\n");
    }

    #[test]
    fn columns_widen_as_rows_come_and_their_head_comes_once() {
        let mut columns = Columns::with_widths(&["a", "b"], &[2, 0]);
        let row = |cell: &str| vec![vec![cell.to_owned(), "x".to_owned()]];
        assert_eq!(columns.lines(row("1")), "a   b\n1   x\n");
        assert_eq!(columns.lines(row("123")), "123  x\n");
        assert_eq!(columns.lines(row("1")), "1    x\n");
    }
}
