//! `POST /_cairn/query`: a SELECT over event history and event data stores, answered as its rows come.
//!
//! The body: `{"statement": "SELECT ...", "format": "json" | "arrow", "limit": 1000}`, of which only the statement must be.
//!
//! With `json` each line of the answer is one JSON text:
//!
//! | line | is |
//! |---|---|
//! | the first | `{"columns": [{"name", "kind", "type"}]}` |
//! | an array | a row: numbers, booleans, strings, nulls; lists, maps and structs as they are in JSON |
//! | empty | a sign of life |
//! | the last | `{"rows", "scannedRows", "scannedBytes"}`, or `{"error"}` if the query ended early |
//!
//! An answer without its last line was cut off. With `arrow` it is an Arrow IPC stream, whose connection breaks off if the
//! query ends early. Who hangs up has cancelled the query.

mod rows;

use super::{Answered, Reply, invalid, object};
use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use crate::queries::{Asked, Asker};
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_lake::sql::ArrowStream;
use futures::{Stream, StreamExt};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use rows::Rows;
use serde_json::{Map, Value};
use std::time::Duration;

/// How long a query is silent before it gives a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What is asked for.
struct Request<'a> {
    statement: &'a str,
    format: Format,
    limit: u64,
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Arrow,
}

/// Begins a query; its answer goes on while it runs.
pub(super) async fn run(app: &App, exchange: &Exchange<'_>, caller: &Caller, body: &Bytes) -> Answered {
    crate::access::refuse_ingest_only(caller, "cairn:Query")?;
    let object = object(body)?;
    let request = object.as_object().map(read).unwrap_or_else(|| Err(invalid("the body is no object")))?;
    let asker = Asker::of(app, exchange, caller).or_operator(caller);
    let asked = app.queries.run(app, &asker, request.statement).await?;
    let (content_type, parts) = match request.format {
        Format::Json => ("application/x-ndjson", Rows::new(asked, request.limit).lines().boxed()),
        Format::Arrow => ("application/vnd.apache.arrow.stream", arrow(asked, request.limit).boxed()),
    };
    let frames = parts.map(|part| part.map(Frame::data));
    Ok(Reply::Stream(content_type, StreamBody::new(frames).boxed_unsync()))
}

fn read(members: &Map<String, Value>) -> Result<Request<'_>, cairn_wire::ApiError> {
    const KNOWN: [&str; 3] = ["statement", "format", "limit"];
    if let Some(unknown) = members.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(invalid(format!("{unknown} is none of: {}", KNOWN.join(", "))));
    }
    let statement = members.get("statement").and_then(Value::as_str);
    Ok(Request {
        statement: statement.ok_or_else(|| invalid("statement is not there, or not a string"))?,
        format: match members.get("format").map(Value::as_str) {
            None | Some(Some("json")) => Format::Json,
            Some(Some("arrow")) => Format::Arrow,
            Some(_) => return Err(invalid("format is neither json nor arrow")),
        },
        limit: match members.get("limit") {
            None => u64::MAX,
            Some(limit) => limit.as_u64().ok_or_else(|| invalid("limit is not a whole number"))?,
        },
    })
}

/// The parts of an Arrow stream.
fn arrow(asked: Asked, limit: u64) -> impl Stream<Item = Result<Bytes, BoxError>> {
    let state = (asked, ArrowStream::new(limit));
    futures::stream::try_unfold(state, |(mut asked, mut stream)| async move {
        let part = match tokio::time::timeout(HEARTBEAT, asked.next_arrow(&mut stream)).await {
            Err(_elapsed) => Some(asked.pause(&mut stream)),
            Ok(part) => part,
        };
        part.transpose().map(|part| part.map(|part| (part, (asked, stream)))).map_err(BoxError::from)
    })
}
