//! Logs of OpenTelemetry: `POST /v1/logs` as JSON or protobuf, and the same service by gRPC.
//!
//! Answers are those of the protocol: OTLP 1.x, "Partial Success" and "Failures". A client sends again after 429, 502,
//! 503 and 504, or after `UNAVAILABLE`, and after nothing else.

use super::events::{self, Taken};
use crate::app::App;
use crate::events::Exchange;
use crate::http::{Answer, whole};
use crate::ingest::{self, Foreign};
use bytes::{BufMut, Bytes, BytesMut};
use cairn_bucket::BoxError;
use cairn_foreign::Encoding;
use cairn_wire::{ApiError, ErrorCode};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use serde_json::json;

/// What stands before each message of gRPC: whether it is packed, and its length.
const FRAME_BYTES: usize = 5;

/// Takes what an exporter sends over HTTP.
pub(crate) async fn over_http(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let content_type = exchange.parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let (encoding, kind) = match content_type.map(|kind| kind.split(';').next().unwrap_or(kind).trim()) {
        Some("application/x-protobuf") => (Encoding::Protobuf, "application/x-protobuf"),
        _ => (Encoding::Json, "application/json"),
    };
    let taken =
        events::take_foreign(app, exchange, body, Foreign::Logs(encoding), |body| Ok((body, None))).await;
    let (status, answer) = match (&taken, encoding) {
        (Ok(taken), Encoding::Json) => (StatusCode::OK, partial_json(taken)),
        (Ok(taken), Encoding::Protobuf) => (StatusCode::OK, partial_protobuf(taken)),
        (Err(cause), Encoding::Json) => (
            cause.status(),
            Bytes::from(json!({"code": grpc_code(cause), "message": cause.message}).to_string()),
        ),
        (Err(cause), Encoding::Protobuf) => (cause.status(), status_protobuf(cause)),
    };
    let mut response = Response::new(answer);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    whole(response)
}

/// Takes what an exporter sends by gRPC: one message, one answer.
pub(crate) async fn over_grpc(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let packed = exchange.parts.headers.get("grpc-encoding").and_then(|value| value.to_str().ok());
    let unframe = |body: Bytes| message(&body, packed);
    let taken = events::take_foreign(app, exchange, body, Foreign::Logs(Encoding::Protobuf), unframe).await;
    let (code, text, answer) = match &taken {
        Ok(taken) => (0, String::new(), Some(framed(&partial_protobuf(taken)))),
        Err(cause) => (grpc_code(cause), cause.message.clone(), None),
    };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(code));
    let text = percent_encoding::utf8_percent_encode(&text, percent_encoding::CONTROLS).to_string();
    if let Ok(text) = HeaderValue::from_str(&text)
        && !text.is_empty()
    {
        trailers.insert("grpc-message", text);
    }
    // In frames rather than as a whole: a length in the head would end the answer before its trailers for some clients.
    let frames = answer.map(Frame::data).into_iter().chain([Frame::trailers(trailers)]);
    let body = StreamBody::new(futures::stream::iter(frames.map(Ok::<_, BoxError>)));
    let mut response = Response::new(body.boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

/// The one message of a call, and how it is packed.
fn message(body: &Bytes, packed: Option<&str>) -> Result<(Bytes, Option<ingest::Encoding>), ApiError> {
    let malformed = |what: &str| ApiError::new(ErrorCode::ValidationError, what);
    let Some((head, rest)) = body.split_first_chunk::<FRAME_BYTES>() else {
        return Err(malformed("there is no message"));
    };
    let [flag, length @ ..] = *head;
    if rest.len() != u32::from_be_bytes(length) as usize {
        return Err(malformed("the message has another length than it says, or is not alone"));
    }
    let encoding = match (flag, packed) {
        (0, _) => ingest::Encoding::Plain,
        (1, Some("gzip")) => ingest::Encoding::Gzip,
        (1, Some("zstd")) => ingest::Encoding::Zstd,
        _ => return Err(malformed("grpc-encoding is none of gzip, zstd, identity")),
    };
    Ok((body.slice(FRAME_BYTES..), Some(encoding)))
}

fn framed(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(FRAME_BYTES + message.len());
    frame.put_u8(0);
    frame.put_u32(message.len() as u32);
    frame.extend_from_slice(message);
    frame.freeze()
}

/// `ExportLogsServiceResponse` as JSON.
fn partial_json(taken: &Taken) -> Bytes {
    let answer = match taken.rejected {
        0 => json!({}),
        rejected => json!({"partialSuccess":
            {"rejectedLogRecords": rejected.to_string(), "errorMessage": taken.reason}}),
    };
    Bytes::from(answer.to_string())
}

/// `ExportLogsServiceResponse{partial_success: 1{rejected_log_records: 1, error_message: 2}}`.
fn partial_protobuf(taken: &Taken) -> Bytes {
    if taken.rejected == 0 {
        return Bytes::new();
    }
    let mut partial = BytesMut::new();
    partial.put_u8(0x08);
    varint(&mut partial, taken.rejected);
    text_field(&mut partial, 0x12, &taken.reason);
    let mut answer = BytesMut::new();
    answer.put_u8(0x0a);
    varint(&mut answer, partial.len() as u64);
    answer.extend_from_slice(&partial);
    answer.freeze()
}

/// `google.rpc.Status{code: 1, message: 2}`.
fn status_protobuf(cause: &ApiError) -> Bytes {
    let mut status = BytesMut::new();
    status.put_u8(0x08);
    varint(&mut status, u64::from(grpc_code(cause)));
    text_field(&mut status, 0x12, &cause.message);
    status.freeze()
}

fn text_field(out: &mut BytesMut, tag: u8, text: &str) {
    out.put_u8(tag);
    varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Base 128, the low groups first (Protocol Buffers, "Encoding").
fn varint(out: &mut BytesMut, mut value: u64) {
    while value >= 0x80 {
        out.put_u8(value as u8 | 0x80);
        value >>= 7;
    }
    out.put_u8(value as u8);
}

/// gRPC's code of an error (its "Status codes and their use").
fn grpc_code(cause: &ApiError) -> u32 {
    match cause.status() {
        StatusCode::SERVICE_UNAVAILABLE => 14,
        StatusCode::FORBIDDEN if cause.code == ErrorCode::AccessDeniedException => 7,
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => 16,
        StatusCode::PAYLOAD_TOO_LARGE => 8,
        status if status.is_client_error() => 3,
        _ => 13,
    }
}

#[cfg(test)]
mod tests;
