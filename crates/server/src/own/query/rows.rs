//! The rows of a result as lines of JSON.

use super::HEARTBEAT;
use crate::queries::Asked;
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_lake::sql::{Column, ColumnKind, Row};
use cairn_model::json::write_string;
use futures::Stream;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// A result on its way out.
pub(super) struct Rows {
    asked: Asked,
    kinds: Vec<ColumnKind>,
    limit: u64,
    sent: u64,
    stage: Stage,
}

enum Stage {
    Columns,
    Rows,
    Over,
}

impl Rows {
    pub(super) fn new(asked: Asked, limit: u64) -> Rows {
        let kinds = asked.described().iter().map(|column| column.kind).collect();
        Rows { asked, kinds, limit, sent: 0, stage: Stage::Columns }
    }

    pub(super) fn lines(self) -> impl Stream<Item = Result<Bytes, BoxError>> {
        futures::stream::unfold(self, |mut rows| async move {
            let lines = rows.next().await?;
            Some((Ok(Bytes::from(lines)), rows))
        })
    }

    async fn next(&mut self) -> Option<Vec<u8>> {
        match self.stage {
            Stage::Over => None,
            Stage::Columns => {
                self.stage = Stage::Rows;
                Some(line(&columns(self.asked.described())))
            }
            Stage::Rows if self.sent == self.limit => Some(self.end()),
            Stage::Rows => match tokio::time::timeout(HEARTBEAT, self.asked.next()).await {
                Err(_elapsed) => Some(b"\n".to_vec()),
                Ok(Some(Ok(rows))) => Some(self.rows(rows)),
                Ok(Some(Err(error))) => {
                    self.stage = Stage::Over;
                    Some(line(&json!({ "error": error.to_string() })))
                }
                Ok(None) => Some(self.end()),
            },
        }
    }

    fn rows(&mut self, rows: Vec<Row>) -> Vec<u8> {
        let mut out = Vec::new();
        let left = usize::try_from(self.limit - self.sent).unwrap_or(usize::MAX);
        for row in rows.iter().take(left) {
            write_row(row, &self.kinds, &mut out);
            self.sent += 1;
        }
        out
    }

    fn end(&mut self) -> Vec<u8> {
        self.stage = Stage::Over;
        let scanned = self.asked.scanned();
        let end = json!({ "rows": self.sent, "scannedRows": scanned.rows, "scannedBytes": scanned.bytes });
        line(&end)
    }
}

fn columns(columns: &[Column]) -> Value {
    let column =
        |column: &Column| json!({ "name": column.name, "kind": kind(column.kind), "type": column.type_name });
    json!({ "columns": columns.iter().map(column).collect::<Vec<_>>() })
}

fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Boolean => "boolean",
        ColumnKind::Integer => "integer",
        ColumnKind::Double => "double",
        ColumnKind::Time => "time",
        ColumnKind::Date => "date",
        ColumnKind::Text => "text",
        ColumnKind::Json => "json",
    }
}

fn line(value: &Value) -> Vec<u8> {
    format!("{value}\n").into_bytes()
}

fn write_row(row: &Row, kinds: &[ColumnKind], out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, (cell, kind)) in row.iter().zip(kinds).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match cell {
            None => out.extend_from_slice(b"null"),
            Some(cell) => write_cell(cell, *kind, out),
        }
    }
    out.extend_from_slice(b"]\n");
}

fn write_cell(cell: &str, kind: ColumnKind, out: &mut Vec<u8>) {
    let is_plain = match kind {
        ColumnKind::Boolean | ColumnKind::Integer => true,
        // JSON has no words for what is no number.
        ColumnKind::Double => cell.ends_with(|last: char| last.is_ascii_digit()),
        ColumnKind::Json => serde_json::from_str::<&RawValue>(cell).is_ok(),
        ColumnKind::Time | ColumnKind::Date | ColumnKind::Text => false,
    };
    if !is_plain {
        return write_string(out, cell);
    }
    // A line break in JSON can only be white space between its parts.
    let spaced = cell.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte });
    out.extend(spaced);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, kind: ColumnKind, expected: &str) {
        let mut out = Vec::new();
        write_cell(cell, kind, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn cells_are_json_by_their_kind() {
        check("true", ColumnKind::Boolean, "true");
        check("-12", ColumnKind::Integer, "-12");
        check("1.0E7", ColumnKind::Double, "1.0E7");
        check("-Infinity", ColumnKind::Double, "\"-Infinity\"");
        check("NaN", ColumnKind::Double, "\"NaN\"");
        check("2026-01-05 13:51:00.000", ColumnKind::Time, "\"2026-01-05 13:51:00.000\"");
        check("a \"b\"\n", ColumnKind::Text, r#""a \"b\"\n""#);
    }

    #[test]
    fn a_row_is_one_line_whatever_its_json_holds() {
        check("{\"a\":\n[1]}", ColumnKind::Json, "{\"a\": [1]}");
        check("no json", ColumnKind::Json, "\"no json\"");
        let mut out = Vec::new();
        let row = vec![None, Some("1".to_owned())];
        write_row(&row, &[ColumnKind::Text, ColumnKind::Integer], &mut out);
        assert_eq!(out, b"[null,1]\n");
    }
}
