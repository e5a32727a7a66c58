//! Headers that are of one connection, and not of the call.

use http::header::{
    CONNECTION, EXPECT, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Version, request};

const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// Headers of RFC 9110, section 7.6.1, and others that hold for the hop alone.
const OF_THE_HOP: [HeaderName; 9] = [
    CONNECTION,
    HTTP2_SETTINGS,
    KEEP_ALIVE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    PROXY_CONNECTION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Protocols that may be switched to: those of terminals and port forwarding, whose bytes are one call. Whoever
/// could switch to another HTTP would make calls in it that nobody sees.
const SWITCHABLE: [&str; 2] = ["websocket", "spdy/3.1"];

/// Headers of the call itself, with those that begin so in [`OF_THE_CALL_FROM`]. A client that lists one in
/// `Connection` would have another call carried out than the one that was verified and is recorded.
const OF_THE_CALL: [&str; 5] = ["authorization", "cookie", "date", "host", "smithy-protocol"];
const OF_THE_CALL_FROM: [&str; 3] = ["content-", "x-amz-", "x-amzn-"];

/// Takes away what holds for the hop alone, and the headers that `Connection` names, but for those that say what is called.
/// A wish for trailers, and to switch protocols if `upgrade`, is passed on as this hop's own.
pub(crate) fn strip_hop(headers: &mut HeaderMap, upgrade: bool) {
    // Most have none: one look at all of them is less than one for each that there may be.
    if !headers.keys().any(is_of_the_hop) {
        return;
    }
    let takes_trailers = has_token(headers, &TE, "trailers");
    let protocols = if upgrade { headers.get(UPGRADE).cloned() } else { None };
    strip_named_by_connection(headers);
    for name in OF_THE_HOP {
        headers.remove(name);
    }
    if takes_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    if let Some(protocols) = protocols {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocols);
    }
}

/// Takes away the headers that `Connection` names, but for those that say what is called, and those of the hop itself,
/// which say how. An upstream gets none of them, so nothing is to be read from them that it does not read.
pub fn strip_named_by_connection(headers: &mut HeaderMap) {
    for name in named_by_connection(headers) {
        if !is_of_the_hop(&name) {
            headers.remove(name);
        }
    }
}

/// Whether a client asks to switch protocols, as it can in HTTP/1.1 alone, and to none but those that it may.
pub(crate) fn asks_for_upgrade(head: &request::Parts) -> bool {
    head.version == Version::HTTP_11
        && head.headers.contains_key(UPGRADE)
        && has_token(&head.headers, &CONNECTION, "upgrade")
        && head.headers.get_all(UPGRADE).into_iter().all(may_be_switched_to)
}

fn is_of_the_hop(name: &HeaderName) -> bool {
    OF_THE_HOP.contains(name)
}

fn may_be_switched_to(protocols: &HeaderValue) -> bool {
    let is_known =
        |protocol: &str| SWITCHABLE.iter().any(|known| known.eq_ignore_ascii_case(protocol.trim()));
    protocols.to_str().is_ok_and(|protocols| protocols.split(',').all(is_known))
}

/// Whether a client waits to be told before it sends its body.
pub(crate) fn expects_continue(headers: &HeaderMap) -> bool {
    has_token(headers, &EXPECT, "100-continue")
}

fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let tokens = tokens(headers, &CONNECTION);
    let names = tokens.filter_map(|token| HeaderName::try_from(token).ok());
    names.filter(|name| !is_of_the_call(name.as_str())).collect()
}

fn is_of_the_call(name: &str) -> bool {
    OF_THE_CALL.contains(&name) || OF_THE_CALL_FROM.iter().any(|start| name.starts_with(start))
}

fn has_token(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    tokens(headers, name).any(|token| token.eq_ignore_ascii_case(wanted))
}

fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests;
