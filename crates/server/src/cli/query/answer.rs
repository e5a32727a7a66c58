//! The lines of a query's answer.

use super::super::Failure;
use super::super::client::{Answer, Client};
use bytes::{Buf, BytesMut};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A row: the JSON of each cell.
pub(super) type Row = Vec<Box<RawValue>>;

/// What comes next.
pub(super) enum Line {
    Columns(Vec<Column>),
    Rows(Vec<Row>),
    End(Answered),
}

/// A column of the result.
#[derive(Debug, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: String,
}

#[derive(Deserialize)]
struct Head {
    columns: Vec<Column>,
}

/// How a query ended.
#[derive(Debug, Deserialize)]
pub(super) struct Answered {
    /// Why it ended before its last row.
    pub(super) error: Option<String>,
}

/// Reads an answer as it comes.
pub(super) struct Lines<'c> {
    client: &'c Client,
    body: Incoming,
    text: BytesMut,
    has_columns: bool,
}

impl<'c> Lines<'c> {
    pub(super) fn new(client: &'c Client, answer: Answer) -> Lines<'c> {
        Lines { client, body: answer.into_body(), text: BytesMut::new(), has_columns: false }
    }

    /// What comes next, with all rows that are at hand.
    pub(super) async fn next(&mut self) -> Result<Line, Failure> {
        loop {
            let mut rows = Vec::new();
            while let Some(line) = self.line() {
                match line.first() {
                    None => {}
                    Some(b'[') => rows.push(parsed(&line)?),
                    Some(_) if !rows.is_empty() => {
                        self.put_back(&line);
                        return Ok(Line::Rows(rows));
                    }
                    Some(_) if !self.has_columns => {
                        self.has_columns = true;
                        return Ok(Line::Columns(parsed::<Head>(&line)?.columns));
                    }
                    Some(_) => return Ok(Line::End(parsed(&line)?)),
                }
            }
            if !rows.is_empty() {
                return Ok(Line::Rows(rows));
            }
            let part = self.client.part(&mut self.body).await?;
            let part =
                part.ok_or_else(|| Failure::failed("the answer broke off: the result is not whole"))?;
            self.text.extend_from_slice(&part);
        }
    }

    fn line(&mut self) -> Option<BytesMut> {
        let end = memchr::memchr(b'\n', &self.text)?;
        let line = self.text.split_to(end);
        self.text.advance(1);
        Some(line)
    }

    fn put_back(&mut self, line: &[u8]) {
        let mut text = BytesMut::from(line);
        text.extend_from_slice(b"\n");
        text.extend_from_slice(&self.text);
        self.text = text;
    }
}

fn parsed<'l, T: Deserialize<'l>>(line: &'l [u8]) -> Result<T, Failure> {
    serde_json::from_slice(line)
        .map_err(|error| Failure::Failed(format!("the answer is not as it should be: {error}")))
}
