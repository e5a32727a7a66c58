//! One exchange with an AWS service, whatever is in it, becomes an event that the door lets in and that tells no secret.
//!
//! First line of the request: signing name or `-`, method, target, and `cut` if its body was not kept whole. Of the answer: the
//! status. Without an answer the call never reached anybody.
#![no_main]

use cairn_fuzz::{Message, admission, assert_admitted, parts};
use cairn_model::Timestamp;
use cairn_operations::{Recognized, Request, recognize};
use cairn_record::{
    Answer, Body, Caller, Exchange, Observed, TlsDetails, aws_call, event_text, federated, learned,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use libfuzzer_sys::fuzz_target;

/// Stands where secrets stand in every request.
const CANARY: &str = "canary-3f1c9a";
const SECRET_HEADERS: [&str; 6] = [
    "cookie",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "x-amz-mfa",
    "x-amz-security-token",
    "x-amz-server-side-encryption-customer-key",
    "x-amz-sso_bearer_token",
];
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKID/20260301/eu-central-1/s3/aws4_request, \
                             SignedHeaders=host, Signature=canary-3f1c9a";

struct Called<'a> {
    signing_name: Option<&'a str>,
    method: Method,
    uri: Uri,
    is_whole: bool,
}

impl<'a> Called<'a> {
    fn read(line: &'a str) -> Option<Called<'a>> {
        let mut words = line.split(' ');
        Some(Called {
            signing_name: words.next().filter(|name| *name != "-"),
            method: words.next()?.parse().ok()?,
            uri: words.next()?.parse().ok()?,
            is_whole: words.next() != Some("cut"),
        })
    }
}

fuzz_target!(|data: &[u8]| {
    let mut parts = parts(data);
    let Some(mut sent) = parts.next().and_then(Message::read) else { return };
    let Some(called) = Called::read(sent.line) else { return };
    add_secrets(&mut sent.headers);
    let answer = parts.next().and_then(Message::read);
    let recognized = recognized(&called, &sent);
    let observed = observed(&called, &sent, answer.as_ref());
    let event = event(&recognized, &observed);
    assert_admitted(&event);
    assert_tells_no_secret(data, &event);
});

fn add_secrets(headers: &mut HeaderMap) {
    for name in SECRET_HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(CANARY));
    }
    headers.insert("authorization", HeaderValue::from_static(AUTHORIZATION));
}

fn host<'a>(sent: &'a Message<'_>) -> &'a str {
    sent.header("host").unwrap_or("localhost:4580")
}

fn recognized(called: &Called<'_>, sent: &Message<'_>) -> Recognized {
    let recognized = recognize(&Request {
        method: called.method.as_str(),
        path: called.uri.path(),
        query: called.uri.query(),
        headers: &sent.headers,
        host: host(sent),
        base_hosts: &["cairn.example".to_owned()],
        signing_name: called.signing_name,
        form: sent.body,
    });
    if let Recognized::Unlisted { event_source, event_name } = &recognized {
        let is_name = |text: &str| text.len() <= 128 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        assert!(is_name(event_source) && is_name(event_name), "{recognized:?}");
    }
    recognized
}

fn observed<'a>(
    called: &'a Called<'_>,
    sent: &'a Message<'_>,
    answer: Option<&'a Message<'_>>,
) -> Observed<'a> {
    let own = Answer::Own { code: "GatewayTimeout", message: "nobody answered" };
    Observed {
        method: &called.method,
        uri: &called.uri,
        headers: &sent.headers,
        host: host(sent),
        body: Body { is_whole: called.is_whole, ..Body::whole(sent.body) },
        answer: answer.map_or(own, |answer| Answer::Given {
            status: answer.line.trim().parse().unwrap_or(StatusCode::OK),
            headers: &answer.headers,
            body: Body::whole(answer.body),
        }),
        region: "eu-central-1",
        account: admission().account,
        bucket_owner: None,
        cipher_suite: None,
        signature_verified: Some(true),
    }
}

fn event(recognized: &Recognized, observed: &Observed<'_>) -> Vec<u8> {
    let user = Caller::User { account: observed.account, user: "eve", access_key_id: "AKID" };
    let session = learned(recognized, observed, &user, Timestamp::from_seconds(1_772_352_251));
    let federated = federated(recognized, observed);
    let caller = match (&session, &federated) {
        (_, Some(federated)) => federated.caller(),
        (Some(session), None) => Caller::Session(session),
        (None, None) => user,
    };
    let outcome = aws_call(recognized, observed);
    event_text(&Exchange {
        caller,
        call: outcome.call,
        event_time: Timestamp::from_seconds(1_772_352_251),
        region: observed.region,
        source_ip: "203.0.113.9",
        user_agent: observed.headers.get("user-agent").and_then(|agent| agent.to_str().ok()),
        failure: outcome.failure.as_ref().map(|failure| failure.as_failure()),
        request_id: outcome.request_id.as_deref().unwrap_or("R1"),
        event_id: "7b1f6c1e-0000-4000-8000-000000000001",
        recipient: observed.account,
        tls: TlsDetails { client_provided_host_header: Some(observed.host), ..TlsDetails::default() },
    })
}

/// But for one that the input itself has found out and put elsewhere.
fn assert_tells_no_secret(data: &[u8], event: &[u8]) {
    let has_canary = |text: &[u8]| text.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
    assert!(has_canary(data) || !has_canary(event), "{}", String::from_utf8_lossy(event));
}
