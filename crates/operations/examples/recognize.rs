//! Tells which operation each request calls: one JSON object a line in, one a line out.
//!
//! In: `method`, `path`, `query`, `headers` (an object), `host`, `signing_name` (or null), `body` (text). Out:
//! `service`, `operation`, `event_source`, `event_name`, `read_only`, `category`, `labels`; of what the table
//! lacks, only the two names. With `--time`, repeats what it reads and tells how long one request takes.
#![allow(clippy::print_stdout, reason = "an example talks to its user on the terminal")]

use std::io::{self, BufWriter, Read as _, Write as _};
use std::time::Instant;

use cairn_operations::{Plane, Recognized, Request, recognize};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

const ROUNDS: u32 = 20;

fn main() -> io::Result<()> {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input)?;
    let requests: Vec<Owned> = input.lines().map(Owned::read).collect();
    if std::env::args().any(|argument| argument == "--time") {
        println!("{}", time(&requests));
        return Ok(());
    }
    let mut output = BufWriter::new(io::stdout().lock());
    for request in &requests {
        writeln!(output, "{}", describe(&recognize(&request.borrow())))?;
    }
    output.flush()
}

/// A request as a line tells it.
struct Owned {
    line: Value,
    headers: HeaderMap,
}

impl Owned {
    fn read(line: &str) -> Owned {
        let line: Value = serde_json::from_str(line).expect("each line is JSON");
        let pairs = line["headers"].as_object().into_iter().flatten();
        let header = |(name, value): (&String, &Value)| {
            let value = HeaderValue::from_str(value.as_str()?).ok()?;
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
        };
        let headers = pairs.filter_map(header).collect();
        Owned { line, headers }
    }

    fn borrow(&self) -> Request<'_> {
        let text = |name: &str| self.line[name].as_str();
        Request {
            method: text("method").unwrap_or("GET"),
            path: text("path").unwrap_or("/"),
            query: text("query"),
            headers: &self.headers,
            host: text("host").unwrap_or(""),
            base_hosts: &[],
            signing_name: text("signing_name"),
            form: text("body").unwrap_or("").as_bytes(),
        }
    }
}

fn describe(recognized: &Recognized) -> Value {
    match recognized {
        Recognized::Operation { operation, labels } => json!({
            "service": operation.service().id(),
            "operation": operation.name(),
            "event_source": operation.event_source(),
            "event_name": operation.event_name(),
            "read_only": operation.is_read_only(),
            "category": match operation.plane() {
                Plane::Management => "Management",
                Plane::Data { .. } => "Data",
            },
            "labels": labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<Value>(),
        }),
        Recognized::Unlisted { event_source, event_name } => {
            json!({ "event_source": event_source, "event_name": event_name })
        }
    }
}

/// The first round unpacks the services, the others are counted.
fn time(requests: &[Owned]) -> Value {
    let round = || requests.iter().for_each(|request| drop(recognize(&request.borrow())));
    let before = Instant::now();
    round();
    let first = before.elapsed();
    let before = Instant::now();
    (0..ROUNDS).for_each(|_| round());
    let each = before.elapsed() / ROUNDS / requests.len() as u32;
    json!({ "requests": requests.len(), "first_round_ms": first.as_millis(), "each_ns": each.as_nanos() })
}
