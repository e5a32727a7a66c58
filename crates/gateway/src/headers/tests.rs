use super::*;

fn check(given: &[(&str, &str)], upgrade: bool, kept: &[(&str, &str)]) {
    let map = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(name, value)| {
            (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
        });
        pairs.collect::<HeaderMap>()
    };
    let mut headers = map(given);
    strip_hop(&mut headers, upgrade);
    assert_eq!(headers, map(kept));
}

#[test]
fn only_what_is_of_the_hop_goes() {
    check(&[("host", "h"), ("authorization", "a")], false, &[("host", "h"), ("authorization", "a")]);
    check(&[("connection", "x, y ,"), ("x", "1"), ("y", "1"), ("z", "1")], false, &[("z", "1")]);
    check(&[("transfer-encoding", "chunked"), ("trailer", "x")], false, &[("trailer", "x")]);
    check(&[("te", "deflate")], false, &[]);
    check(&[("te", "deflate, Trailers"), ("connection", "TE")], false, &[("te", "trailers")]);
    check(&[("connection", "\u{fc}, x"), ("x", "1")], false, &[("x", "1")]);
}

#[test]
fn a_client_cannot_take_away_what_says_what_is_called() {
    let named =
        "host, Authorization, content-type, content-length, x-amz-copy-source, X-Amz-Target, smithy-protocol";
    let call = [
        ("host", "h"),
        ("authorization", "a"),
        ("content-type", "application/cbor"),
        ("content-length", "0"),
        ("x-amz-copy-source", "/b/k"),
        ("x-amz-target", "Logs_20140328.PutLogEvents"),
        ("smithy-protocol", "rpc-v2-cbor"),
    ];
    let mut given = call.to_vec();
    given.push(("connection", named));
    check(&given, false, &call);
}

#[test]
fn what_connection_names_can_go_before_and_all_else_stays() {
    let mut request = http::Request::get("/").header(CONNECTION, "Upgrade, TE, X-User, host");
    for (name, value) in [("upgrade", "websocket"), ("te", "trailers"), ("x-user", "ann"), ("host", "h")] {
        request = request.header(name, value);
    }
    let mut head = request.body(()).unwrap().into_parts().0;
    strip_named_by_connection(&mut head.headers);
    assert!(asks_for_upgrade(&head) && !head.headers.contains_key("x-user"));
    assert!(head.headers["host"] == "h" && head.headers["te"] == "trailers");
}

#[test]
fn only_protocols_that_hide_no_calls_are_switched_to() {
    let asks = |protocols: &[&str]| {
        let mut request = http::Request::get("/").header(CONNECTION, "Upgrade, HTTP2-Settings");
        for protocol in protocols {
            request = request.header(UPGRADE, *protocol);
        }
        asks_for_upgrade(&request.body(()).unwrap().into_parts().0)
    };
    assert!(asks(&["websocket"]) && asks(&["SPDY/3.1"]) && asks(&["spdy/3.1, WebSocket"]));
    assert!(!asks(&["h2c"]) && !asks(&["websocket, h2c"]) && !asks(&["websocket", "TLS/1.0"]));
    assert!(!asks(&["websocket", "h2c\u{fc}"]) && !asks(&[""]) && !asks(&[]));
}

#[test]
fn a_switch_of_protocols_is_asked_for_anew() {
    let asked = [("connection", "keep-alive, Upgrade"), ("upgrade", "websocket")];
    check(&asked, true, &[("connection", "upgrade"), ("upgrade", "websocket")]);
    check(&asked, false, &[]);
}
