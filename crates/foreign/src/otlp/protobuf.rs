//! Export requests as protobuf. Only one log record at a time is decoded: a request of two-byte records would
//! else take a hundred times its size.
//!
//! Numbers of fields: opentelemetry-proto 1.x, `logs/v1`, `common/v1`, `resource/v1`, `collector/logs/v1`.

mod messages;

use super::{Encoding, Log};
use crate::{ORIGINAL_BYTES_MAX, Refusal};
use messages::{LogRecord, PartialSuccess, Response, Scope, Source};
use prost::Message;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::rc::Rc;

type Take<'t> = dyn FnMut(Result<Log, Refusal>) -> ControlFlow<()> + 't;

/// Hands on each log record until `take` breaks.
pub(crate) fn each_in_protobuf(body: &[u8], take: &mut Take<'_>) {
    if walk(body, take) == Err(Halt::Malformed) {
        let _ = take(Err(Refusal::BrokenOff));
    }
}

/// The answer to an export request of which this many log records were refused, the reason of one in
/// `message`.
pub fn export_response(encoding: Encoding, refused: u64, message: &str) -> Vec<u8> {
    if refused == 0 {
        return if encoding == Encoding::Json { b"{}".to_vec() } else { Vec::new() };
    }
    match encoding {
        Encoding::Json => {
            let partial = json!({"rejectedLogRecords": refused.to_string(), "errorMessage": message});
            json!({ "partialSuccess": partial }).to_string().into_bytes()
        }
        Encoding::Protobuf => {
            let rejected_log_records = i64::try_from(refused).unwrap_or(i64::MAX);
            let partial = PartialSuccess { rejected_log_records, error_message: message.to_owned() };
            Response { partial_success: Some(partial) }.encode_to_vec()
        }
    }
}

#[derive(Debug, PartialEq)]
enum Halt {
    /// `take` has seen enough.
    Asked,
    Malformed,
}

fn walk(body: &[u8], take: &mut Take<'_>) -> Result<(), Halt> {
    each(body, 1, &mut |resource_logs| {
        let resource = Rc::new(first(resource_logs, 1, Source::into_json)?);
        each(resource_logs, 2, &mut |scope_logs| {
            let scope = Rc::new(first(scope_logs, 1, Scope::into_json)?);
            each(scope_logs, 2, &mut |record| {
                let log = decode(record).map(|record| Log {
                    resource: resource.clone(),
                    scope: scope.clone(),
                    record,
                });
                match take(log) {
                    ControlFlow::Continue(()) => Ok(()),
                    ControlFlow::Break(()) => Err(Halt::Asked),
                }
            })
        })
    })
}

fn decode(record: &[u8]) -> Result<Value, Refusal> {
    if record.len() > ORIGINAL_BYTES_MAX {
        return Err(Refusal::TooLong);
    }
    LogRecord::decode(record).map(LogRecord::into_json).map_err(|_| Refusal::Not("a log record"))
}

/// The first message that a field has; null if it has none.
fn first<M: Message + Default>(
    message: &[u8],
    field: u64,
    into_json: impl Fn(M) -> Value,
) -> Result<Value, Halt> {
    let mut found = Value::Null;
    let walked = each(message, field, &mut |bytes| {
        let is_fit = bytes.len() <= ORIGINAL_BYTES_MAX;
        let part = is_fit.then(|| M::decode(bytes).ok()).flatten().ok_or(Halt::Malformed)?;
        found = into_json(part);
        Err(Halt::Asked)
    });
    if walked == Err(Halt::Malformed) { Err(Halt::Malformed) } else { Ok(found) }
}

/// The bytes of each message that a field of `message` has.
fn each<'m>(
    message: &'m [u8],
    field: u64,
    visit: &mut dyn FnMut(&'m [u8]) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let mut rest = message;
    while !rest.is_empty() {
        let key = varint(&mut rest)?;
        let length = match key & 7 {
            0 => {
                varint(&mut rest)?;
                0
            }
            1 => 8,
            2 => varint(&mut rest)?,
            5 => 4,
            _ => return Err(Halt::Malformed),
        };
        let length = usize::try_from(length).map_err(|_| Halt::Malformed)?;
        let (bytes, behind) = rest.split_at_checked(length).ok_or(Halt::Malformed)?;
        rest = behind;
        if key == field << 3 | 2 {
            visit(bytes)?;
        }
    }
    Ok(())
}

fn varint(rest: &mut &[u8]) -> Result<u64, Halt> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first().ok_or(Halt::Malformed)?;
        *rest = behind;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Halt::Malformed)
}

#[cfg(test)]
mod tests;
