use super::*;
use http::Request;

fn check(said: Option<&str>, payload: Payload, framing: Framing) {
    let mut request = Request::put("http://h/o").header("content-length", "9");
    if let Some(said) = said {
        request = request.header("x-amz-content-sha256", said);
    }
    let (mut head, ()) = request.body(()).unwrap().into_parts();
    assert_eq!(unsign(&mut head), (payload, framing), "{said:?}");
    assert!(!head.headers.contains_key("x-amz-content-sha256"));
    assert_eq!(head.headers.contains_key("content-length"), framing == Framing::Kept);
}

#[test]
fn what_can_be_signed_follows_from_what_was() {
    check(None, Payload::Unknown, Framing::Kept);
    check(Some("UNSIGNED-PAYLOAD"), Payload::Unsigned, Framing::Kept);
    check(Some("e3b0"), Payload::Sha256("e3b0".to_owned()), Framing::Kept);
    check(Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), Payload::UnsignedWithTrailer, Framing::Kept);
    for algorithm in ["HMAC", "ECDSA"] {
        let said = format!("STREAMING-AWS4-{algorithm}-SHA256-PAYLOAD");
        check(Some(&said), Payload::Unsigned, Framing::Undone);
        check(Some(&format!("{said}-TRAILER")), Payload::UnsignedWithTrailer, Framing::Unsigned);
    }
}

#[test]
fn a_presigned_url_loses_its_signature_and_nothing_else() {
    let check = |given: &str, kept: Option<&str>| {
        let uri = without_signature(&format!("http://h{given}").parse().unwrap());
        assert_eq!(uri.map(|uri| uri.to_string()), kept.map(|kept| format!("http://h{kept}")), "{given}");
    };
    check("/o", None);
    check("/o?", None);
    check("/o?a=%41&&b", None);
    check("/o%2f?X-Amz-Algorithm=A&a=%41&&X-Amz-Signature=f&X-Amz-Expires=9&b", Some("/o%2f?a=%41&&b"));
    check("/o?X-Amz-Date=1", Some("/o"));
}
