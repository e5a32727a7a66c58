//! Exchanges for tests, from as little text as they need.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use crate::{Answer, Body, Observed, Outcome, aws_call};
use cairn_operations::{Operation, Recognized, Request, recognize};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};

/// A request and what came back for it.
pub(crate) struct Sent {
    pub(crate) signing_name: &'static str,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) body_is_whole: bool,
    pub(crate) status: StatusCode,
    pub(crate) answer_headers: HeaderMap,
    pub(crate) answer: Vec<u8>,
}

impl Sent {
    pub(crate) fn new(signing_name: &'static str, method: &str, uri: &str) -> Sent {
        Sent {
            signing_name,
            method: method.parse().unwrap(),
            uri: uri.parse().unwrap(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            body_is_whole: true,
            status: StatusCode::OK,
            answer_headers: HeaderMap::new(),
            answer: Vec::new(),
        }
    }

    pub(crate) fn json(signing_name: &'static str, target: &str, body: &str) -> Sent {
        Sent::new(signing_name, "POST", "/").header("x-amz-target", target).body(body)
    }

    pub(crate) fn form(signing_name: &'static str, body: &str) -> Sent {
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        Sent::new(signing_name, "POST", "/").header("content-type", kind).body(body)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Sent {
        self.headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn body(mut self, body: impl AsRef<[u8]>) -> Sent {
        self.body = body.as_ref().to_vec();
        self
    }

    pub(crate) fn answer(mut self, status: u16, body: impl AsRef<[u8]>) -> Sent {
        self.status = StatusCode::from_u16(status).unwrap();
        self.answer = body.as_ref().to_vec();
        self
    }

    pub(crate) fn answer_header(mut self, name: &str, value: &str) -> Sent {
        let name = name.parse::<HeaderName>().unwrap();
        self.answer_headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn recognized(&self) -> Recognized {
        recognize(&Request {
            method: self.method.as_str(),
            path: self.uri.path(),
            query: self.uri.query(),
            headers: &self.headers,
            host: "localhost:4580",
            base_hosts: &[],
            signing_name: Some(self.signing_name).filter(|name| !name.is_empty()),
            form: &self.body,
        })
    }

    pub(crate) fn observed(&self) -> Observed<'_> {
        let (start, bytes) = (self.body.as_slice(), self.body.len() as u64);
        Observed {
            method: &self.method,
            uri: &self.uri,
            headers: &self.headers,
            host: "localhost:4580",
            body: Body { start, is_whole: self.body_is_whole, bytes },
            answer: Answer::Given {
                status: self.status,
                headers: &self.answer_headers,
                body: Body::whole(&self.answer),
            },
            region: "eu-central-1",
            account: "111122223333".parse().unwrap(),
            bucket_owner: None,
            cipher_suite: None,
            signature_verified: Some(true),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        aws_call(&self.recognized(), &self.observed())
    }
}

/// An operation of the table.
pub(crate) fn operation(service: &str, name: &str) -> Operation {
    cairn_operations::service(service).unwrap().operation(name).unwrap()
}
