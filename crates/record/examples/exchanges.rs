//! Exchanges in, calls out: one JSON object a line each. For checking against other implementations of the
//! protocols: `{"method", "url", "headers": {}, "body": hex, "signing": service, "status", "answerHeaders": {},
//! "answer": hex}`; without a status only the request is told.

use cairn_operations::{Recognized, Request, recognize};
use cairn_record::{Answer, Body, Observed, aws_call};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use serde_json::{Value, json};
use std::io::{BufRead, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let exchange: Value = serde_json::from_str(&line?)?;
        writeln!(out, "{}", told(&exchange)?)?;
    }
    Ok(())
}

fn told(exchange: &Value) -> Result<Value, Box<dyn std::error::Error>> {
    let text = |name: &str| exchange[name].as_str().unwrap_or_default();
    let method: Method = text("method").parse()?;
    let uri: Uri = text("url").parse()?;
    let (headers, answer_headers) = (headers(&exchange["headers"])?, headers(&exchange["answerHeaders"])?);
    let (body, answer) = (unhexed(text("body")), unhexed(text("answer")));
    let host = uri.host().unwrap_or_default();
    let recognized = recognize(&Request {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query(),
        headers: &headers,
        host,
        signing_name: exchange["signing"].as_str(),
        form: &body,
        base_hosts: &[],
    });
    let answer = match exchange["status"].as_u64() {
        Some(status) => Answer::Given {
            status: StatusCode::from_u16(u16::try_from(status)?)?,
            headers: &answer_headers,
            body: Body::whole(&answer),
        },
        None => Answer::Own { code: "", message: "" },
    };
    let outcome = aws_call(
        &recognized,
        &Observed {
            method: &method,
            uri: &uri,
            headers: &headers,
            host,
            body: Body::whole(&body),
            answer,
            region: "us-east-1",
            account: "111122223333".parse()?,
            bucket_owner: None,
            cipher_suite: None,
            signature_verified: None,
        },
    );
    let operation = match &recognized {
        Recognized::Operation { operation, .. } => format!("{operation:?}"),
        Recognized::Unlisted { .. } => "unlisted".to_owned(),
    };
    let call = outcome.call;
    Ok(json!({
        "operation": operation,
        "eventSource": call.event_source,
        "eventName": call.event_name,
        "readOnly": call.read_only,
        "requestParameters": call.request_parameters,
        "responseElements": call.response_elements,
        "additionalEventData": call.additional_event_data,
        "resources": call.resources.iter().map(|resource| format!("{resource:?}")).collect::<Vec<_>>(),
        "errorCode": outcome.failure.as_ref().map(|failure| failure.code.clone()),
        "errorMessage": outcome.failure.and_then(|failure| failure.message),
        "requestID": outcome.request_id,
    }))
}

fn headers(object: &Value) -> Result<HeaderMap, Box<dyn std::error::Error>> {
    let mut headers = HeaderMap::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        let value = HeaderValue::from_bytes(value.as_str().unwrap_or_default().as_bytes())?;
        headers.insert(name.parse::<HeaderName>()?, value);
    }
    Ok(headers)
}

fn unhexed(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
