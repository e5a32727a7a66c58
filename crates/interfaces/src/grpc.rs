//! gRPC over HTTP/2: the path names service and method, trailers say how it went.

use crate::failed::Failure;
use crate::matched::{Category, Kind, Matched};
use http::HeaderMap;

/// Whether a request speaks gRPC, by its `Content-Type`.
pub fn is_grpc(content_type: &str) -> bool {
    let rest = content_type.strip_prefix("application/grpc");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';', '-']))
}

/// The call that a path `/package.Service/Method` names; none if it is no such path.
pub fn recognize(path: &str) -> Option<Matched> {
    let (service, method) = path.strip_prefix('/')?.rsplit_once('/')?;
    let is_name = |text: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
        (1..=256).contains(&text.len()) && text.bytes().all(is_plain)
    };
    if !is_name(service) || !is_name(method) {
        return None;
    }
    Some(Matched {
        event_source: service.into(),
        event_name: method.into(),
        read_only: is_read_only(method),
        category: Category::Management,
        records_response: false,
        labels: Vec::new(),
        kind: Kind::Grpc,
    })
}

/// How a call failed, by its trailers, or by its headers if it has none (`Trailers-Only`); none if `grpc-status`
/// is 0 or absent.
pub fn failure(trailers: &HeaderMap) -> Option<Failure> {
    let code = trailers.get("grpc-status")?.to_str().ok()?.trim();
    if code == "0" {
        return None;
    }
    let message = trailers
        .get("grpc-message")
        .map(|message| percent_encoding::percent_decode(message.as_bytes()).decode_utf8_lossy().into_owned());
    Some(Failure { code: code_name(code), message: message.filter(|message| !message.is_empty()) })
}

/// Whether a method of this name changes nothing: a verb of reading, and then another word or nothing.
fn is_read_only(method: &str) -> bool {
    const VERBS: [&str; 17] = [
        "Get", "List", "Describe", "Head", "Search", "Lookup", "BatchGet", "Query", "Scan", "Read", "Watch",
        "Check", "Count", "Find", "Fetch", "Stat", "Ping",
    ];
    VERBS.iter().any(|verb| {
        let rest = method.strip_prefix(verb);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
    })
}

/// gRPC, "Status codes and their use in gRPC".
fn code_name(code: &str) -> String {
    const NAMES: [&str; 17] = [
        "Ok",
        "Cancelled",
        "Unknown",
        "InvalidArgument",
        "DeadlineExceeded",
        "NotFound",
        "AlreadyExists",
        "PermissionDenied",
        "ResourceExhausted",
        "FailedPrecondition",
        "Aborted",
        "OutOfRange",
        "Unimplemented",
        "Internal",
        "Unavailable",
        "DataLoss",
        "Unauthenticated",
    ];
    let name = code.parse().ok().and_then(|number: usize| NAMES.get(number));
    name.map_or_else(|| "Unknown".to_owned(), |name| (*name).to_owned())
}

#[cfg(test)]
mod tests;
