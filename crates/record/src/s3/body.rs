//! What the bodies of S3's calls say: configurations, as one object under the name of their XML element.

use crate::decode::Reading;
use crate::decode::xml::Element;
use crate::observed::Body;
use crate::shown::Shown;
use cairn_operations::{Kind, Operation};
use serde_json::Value;

/// Operations whose bodies list or ask for what is in objects.
const UNTOLD: [&str; 3] = ["CompleteMultipartUpload", "DeleteObjects", "SelectObjectContent"];

/// What a request's body says and under which name, if it is no object's content.
pub(super) fn read(
    operation: Operation,
    body: Body<'_>,
    shown: &mut Shown,
) -> (Option<(String, Value)>, Reading) {
    let nothing = (None, Reading::Whole);
    let Some(input) = operation.input() else { return nothing };
    if body.is_empty() || UNTOLD.contains(&operation.name()) {
        return nothing;
    }
    let payload = input.payload();
    let shape = payload.map_or(input, |member| member.shape());
    match shape.kind() {
        _ if shape.is_streaming() => nothing,
        _ if !body.is_whole => (None, Reading::Cut),
        Kind::String => policy(body),
        Kind::Structure => match Element::read(body.start) {
            Ok(root) => {
                let value = shown.element(shape, &root);
                (Some((root.name, value)), Reading::Whole)
            }
            Err(_) => (None, Reading::Unreadable),
        },
        _ => nothing,
    }
}

/// The one text that S3 takes is a bucket's policy.
fn policy(body: Body<'_>) -> (Option<(String, Value)>, Reading) {
    match serde_json::from_slice(body.start) {
        Ok(policy) => (Some(("bucketPolicy".to_owned(), policy)), Reading::Whole),
        Err(_) => (None, Reading::Unreadable),
    }
}
