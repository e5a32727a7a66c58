//! Documents of APIs, and what clients then send.
//!
//! The first part is the document, the others are requests: method, target, and `grpc` for such a call.
#![no_main]

use cairn_fuzz::{Message, admission, assert_admitted, parts};
use cairn_interfaces::{Api, Body, Category, Matched, failure, grpc};
use cairn_model::Timestamp;
use cairn_record::{Caller, Exchange, OwnApiCall, TlsDetails, event_text, own_api};
use http::{Method, StatusCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = parts(data);
    let Some(document) = parts.next().and_then(|document| std::str::from_utf8(document).ok()) else { return };
    let api = match Api::parse(document, "fuzz.yaml") {
        Ok(api) => api,
        Err(fault) => {
            assert!(!fault.to_string().is_empty());
            Api::undocumented("fuzz.example.com")
        }
    };
    parts.filter_map(Message::read).for_each(|request| assert_recorded(&api, &request));
});

fn assert_recorded(api: &Api, request: &Message<'_>) {
    let mut words = request.line.split(' ');
    let Some(method) = words.next().and_then(|method| method.parse::<Method>().ok()) else { return };
    let target = words.next().unwrap_or("/");
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let by_grpc = words.next().filter(|word| *word == "grpc").and_then(|_| grpc::recognize(path));
    let matched = by_grpc.unwrap_or_else(|| api.recognize(&method, path));
    let content_type = request.header("content-type");
    let parameters = api.parameters(&matched, query, Body::whole(content_type, request.body));
    let resource = api.resources(&matched, &parameters).into_iter().next();
    let failed = failure(StatusCode::BAD_REQUEST, content_type, request.body);
    let failed = grpc::failure(&request.headers).or(failed);
    let call = own_api(OwnApiCall {
        event_source: matched.event_source.to_string(),
        event_name: matched.event_name.to_string(),
        read_only: matched.read_only,
        is_data: matched.category == Category::Data,
        resource: resource.map(|resource| (Some(resource.resource_type), resource.arn)),
        parameters: Some(parameters),
        response: None,
    });
    assert_is_named(&matched);
    let admission = admission();
    assert_admitted(&event_text(&Exchange {
        caller: Caller::Anonymous,
        call,
        event_time: Timestamp::from_seconds(1_772_352_251),
        region: "eu-central-1",
        source_ip: "203.0.113.9",
        user_agent: None,
        failure: failed
            .as_ref()
            .map(|failed| cairn_record::Failure { code: &failed.code, message: failed.message.as_deref() }),
        request_id: "R1",
        event_id: "7b1f6c1e-0000-4000-8000-000000000001",
        recipient: admission.account,
        tls: TlsDetails::default(),
    }));
}

fn assert_is_named(matched: &Matched) {
    let name = &matched.event_name;
    let is_shown = name.len() <= 256 && !name.chars().any(char::is_control);
    assert!(!name.is_empty() && (matched.is_known() || is_shown), "{name:?}");
}
