use super::Refusal;
use http::StatusCode;
use rustls::{CertificateError, InvalidMessage};
use std::io;

fn told(error: io::Error) -> String {
    Refusal::unreachable("https://cairn.example", &error).to_string()
}

#[test]
fn a_server_that_is_not_there_is_asked_after() {
    let refusal = Refusal::unreachable("http://x", &io::Error::from(io::ErrorKind::ConnectionRefused));
    assert!(matches!(&refusal, Refusal::Retryable(why) if why.contains("is `cairn serve` running?")));
}

#[test]
fn a_certificate_of_an_unknown_authority_names_the_flag_that_helps() {
    let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
    let wrapped = io::Error::new(io::ErrorKind::InvalidData, unknown);
    assert!(told(io::Error::other(wrapped)).contains("--ca-bundle"));
    let plain = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
    assert!(told(io::Error::other(plain)).contains("http://"));
}

#[test]
fn an_answer_tells_its_message_and_whether_to_try_again() {
    let busy = br#"{"__type":"ServiceUnavailable","message":"Full."}"#;
    let refusal = Refusal::answered("http://x", StatusCode::SERVICE_UNAVAILABLE, busy);
    assert!(matches!(&refusal, Refusal::Retryable(why) if why == "Full. (ServiceUnavailable)"));
    let refusal = Refusal::answered("http://x", StatusCode::BAD_GATEWAY, b"<html>");
    assert!(matches!(&refusal, Refusal::Final(why) if why == "http://x answered 502 Bad Gateway"));
}
