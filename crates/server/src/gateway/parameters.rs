//! What a call of a query protocol says, wherever it says it.

use super::request_body::WholeBody;
use super::sent_form::SentForm;
use super::subject::has_form;
use http::request::Parts;

/// The parameters that an upstream may read in a call, as one form: those of the query, of the body, and of a body that
/// is packed and that somebody takes as it is. `None` if the call is no form, or was not read: what an upstream would make
/// of it, nobody here knows.
pub(super) fn parameters(parts: &Parts, body: Option<&WholeBody>) -> Option<Vec<u8>> {
    let sent = body?.bytes();
    let is_readable = sent.is_empty() || has_form(parts);
    if !is_readable || parts.headers.contains_key("x-amz-target") {
        return None;
    }
    let form = SentForm::of(&parts.headers, sent);
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    Some([query, form.pairs(), form.packed_pairs()].join(&b'&'))
}
