//! Tags: one list in a template, two operations of the API.

use super::{Call, Edit, Question};
use serde_json::{Value, json};

/// ListTags of a resource.
pub(super) fn question(arn: &str) -> Question {
    let input = json!({ "ResourceIdList": [arn] });
    // Of a store that is to be deleted nobody hears any.
    let absent = &["ResourceNotFoundException", "InactiveEventDataStoreException"];
    Question { call: Call { operation: "ListTags", input }, absent }
}

/// The tags of ListTags' answer.
pub(super) fn seen(answer: &Value) -> Value {
    answer["ResourceTagList"][0]["TagsList"].clone()
}

/// Tags as the API takes them: an empty value is left out.
pub(super) fn list(tags: &Value) -> Value {
    let tag = |tag: &Value| match tag["Value"].as_str() {
        None | Some("") => json!({ "Key": tag["Key"] }),
        Some(_) => tag.clone(),
    };
    tags.as_array().into_iter().flatten().map(tag).collect()
}

/// RemoveTags and AddTags, as far as there is something to do.
pub(super) fn put(edit: &Edit<'_>, arn: &str) -> Vec<Call> {
    let of = |tags: Option<&Value>| tags.and_then(Value::as_array).cloned().unwrap_or_default();
    let (present, wanted) = (of(edit.present.get("Tags")), of(edit.wanted.get("Tags")));
    let has_key = |tag: &Value| wanted.iter().any(|wanted| wanted["Key"] == tag["Key"]);
    let gone: Vec<&Value> = present.iter().filter(|tag| !has_key(tag)).collect();
    let new: Vec<&Value> = wanted.iter().filter(|tag| !present.contains(tag)).collect();
    let call = |operation, tags: Vec<&Value>| {
        let input = json!({ "ResourceId": arn, "TagsList": list(&json!(tags)) });
        (!tags.is_empty()).then_some(Call { operation, input })
    };
    [call("RemoveTags", gone), call("AddTags", new)].into_iter().flatten().collect()
}
