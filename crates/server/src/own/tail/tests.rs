#![allow(clippy::unwrap_used, reason = "tests")]

use super::{after, members};
use cairn_model::Position;
use http::request::Parts;
use serde_json::{Value, json};

fn parts(query: &str, last: Option<&str>) -> Parts {
    let mut request = http::Request::get(format!("/_cairn/tail?{query}"));
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last);
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn a_query_is_read_as_a_look_up_would_be() {
    let parts = parts("user=a%2Bb+c&readOnly=true&X-Amz-Date=x&&error=any", None);
    let expected = json!({"user": "a+b c", "readOnly": true, "error": "any"});
    assert_eq!(Value::Object(members(&parts).unwrap()), expected);
}

#[test]
fn a_parameter_that_stands_twice_or_is_no_text_is_refused() {
    assert!(members(&parts("user=a&user=b", None)).is_err());
    assert!(members(&parts("user=%ff", None)).is_err());
}

#[test]
fn the_header_of_a_client_that_comes_back_stands_above_the_parameter() {
    let read = |parameter: Option<&str>, header| {
        after(&parts("", header), parameter.map(Value::from)).map_err(|error| error.message)
    };
    assert_eq!(read(None, None), Ok(None));
    assert_eq!(read(Some("16"), None), Ok(Some(Position::new(16))));
    assert_eq!(read(Some("16"), Some("24")), Ok(Some(Position::new(24))));
    assert!(read(Some("x"), None).is_err());
    assert!(read(None, Some("-1")).is_err());
}
