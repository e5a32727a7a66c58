//! What a call is about: an operation of AWS's, or of an API of one's own.

use super::faults::Form;
use super::sent_form::SentForm;
use super::upstreams::Upstream;
use crate::route::signed_service;
use cairn_interfaces::{Matched, grpc};
use cairn_operations::{Recognized, Request, recognize};
use cairn_record::needs_answer;
use cairn_wire::sigv4::Body;
use http::Method;
use http::request::Parts;
use percent_encoding::percent_decode;
use std::borrow::Cow;

/// The parameter that names the operation of a form.
const ACTION: &[u8] = b"Action";

/// What a call is about.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// An operation of a service of AWS's.
    Aws(Recognized),
    /// An operation of an API of one's own.
    Own(Matched),
}

impl Subject {
    /// What a request to an upstream is about. `form` is its body if that is a form, else empty; below `base_hosts`
    /// buckets have host names of their own.
    pub(crate) fn of(
        upstream: &Upstream,
        parts: &Parts,
        form: &SentForm<'_>,
        base_hosts: &[String],
    ) -> Subject {
        match &upstream.api {
            Some(api) => Subject::Own(api.recognize(parts)),
            None => Subject::Aws(aws(parts, form.pairs(), base_hosts)),
        }
    }

    /// What its signature may say of the body beside its hash, before anything of that is known. `forwards_events` says
    /// whether signed events reach the upstream as they are.
    pub(crate) fn declarable(&self, forwards_events: bool) -> Body<'static> {
        match self {
            Subject::Aws(Recognized::Operation { operation, .. }) if operation.may_leave_body_unsigned() => {
                Body::DeclaredOrUnsigned
            }
            Subject::Aws(Recognized::Operation { operation, .. })
                if operation.takes_events() && forwards_events =>
            {
                Body::DeclaredOrEvents
            }
            _ => Body::Declared,
        }
    }

    /// Whether it may change something.
    pub(crate) fn writes(&self, parts: &Parts) -> bool {
        match self {
            Subject::Aws(Recognized::Operation { operation, .. }) => !operation.is_read_only(),
            Subject::Aws(Recognized::Unlisted { event_name, .. }) => {
                !parts.method.is_safe() && !cairn_operations::is_read_only(event_name)
            }
            Subject::Own(matched) => !matched.read_only,
        }
    }

    /// How its errors are written.
    pub(crate) fn form(&self, parts: &Parts) -> Form {
        match self {
            Subject::Aws(recognized) => Form::of(recognized, parts),
            Subject::Own(_) => {
                let kind = parts.headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                if kind.is_some_and(grpc::is_grpc) { Form::Grpc } else { Form::Json }
            }
        }
    }

    /// Whether it asks who the holder of a key is, which Cairn itself knows of its own.
    pub(crate) fn asks_who_calls(&self) -> bool {
        self.is("sts", "GetCallerIdentity")
    }

    /// Whether it is this operation of a service of AWS's.
    pub(crate) fn is(&self, service: &str, name: &str) -> bool {
        match self {
            Subject::Aws(Recognized::Operation { operation, .. }) => {
                operation.service().id() == service && operation.name() == name
            }
            Subject::Aws(Recognized::Unlisted { .. }) | Subject::Own(_) => false,
        }
    }

    /// Whether its answer may tell whose a temporary key is.
    pub(crate) fn may_teach(&self) -> bool {
        match self {
            Subject::Aws(Recognized::Operation { operation, .. }) => operation.service().id() == "sts",
            Subject::Aws(Recognized::Unlisted { .. }) | Subject::Own(_) => false,
        }
    }

    /// What stands for it in metrics: few names, whatever callers send.
    pub(crate) fn source(&self) -> &'static str {
        match self {
            Subject::Aws(Recognized::Operation { operation, .. }) => operation.event_source(),
            Subject::Aws(Recognized::Unlisted { .. }) => "unlisted",
            Subject::Own(_) => "own",
        }
    }

    /// Whether an answer without an error is needed for its event.
    pub(crate) fn tells_of_answers(&self, parts: &Parts) -> bool {
        match self {
            Subject::Aws(Recognized::Operation { operation, .. }) => {
                needs_answer(*operation) && !operation.has_streaming_output()
            }
            Subject::Aws(Recognized::Unlisted { .. }) => self.writes(parts),
            Subject::Own(matched) => matched.records_response,
        }
    }
}

/// What a request to a service of AWS's is about.
pub(super) fn aws(parts: &Parts, form: &[u8], base_hosts: &[String]) -> Recognized {
    let text = |name: http::HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let signing_name = signed_service(parts);
    recognize(&Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &parts.headers,
        host: text(http::header::HOST).unwrap_or_default(),
        base_hosts,
        signing_name: signing_name.as_deref(),
        form,
    })
}

/// Whether the body of a request is a form that may name its operation. Objects are none, whatever type they are sent as.
pub(crate) fn has_form(parts: &Parts) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let kind = parts.headers.get(http::header::CONTENT_TYPE).map(|kind| kind.as_bytes());
    let is_form = kind
        .and_then(|kind| kind.get(..FORM.len()))
        .is_some_and(|kind| kind.eq_ignore_ascii_case(FORM.as_bytes()));
    is_form && parts.method == Method::POST && signed_service(parts).as_deref() != Some("s3")
}

/// Why a request names its operation in a way that not everybody reads alike, if it does. `form` is as for
/// [`Subject::of`].
pub(super) fn ambiguity(parts: &Parts, form: &SentForm<'_>) -> Option<&'static str> {
    let targets = parts.headers.get_all("x-amz-target").iter().count();
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let actions = actions(query) + actions(form.pairs()) + actions(form.packed_pairs());
    match (targets, actions) {
        (0, 0 | 1) | (1, 0) => None,
        (0, _) => Some("The request names more than one Action."),
        (1, _) => Some("The request names an Action beside its X-Amz-Target."),
        (_, _) => Some("The request names more than one X-Amz-Target."),
    }
}

/// How many pairs are called `Action`, however it is written.
fn actions(pairs: &[u8]) -> usize {
    let name = |pair: &[u8]| pair.split(|byte| *byte == b'=').next().map_or(0, <[u8]>::len);
    let is_action = |pair: &&[u8]| {
        let name = &pair[..name(pair)];
        name.len() <= 3 * ACTION.len() && Cow::from(percent_decode(name)) == ACTION
    };
    pairs.split(|byte| *byte == b'&').filter(is_action).count()
}

#[cfg(test)]
mod tests;
