//! What messages say of new files.
//!
//! Sources: "Event message structure" in the S3 user guide; "Configuring Amazon SNS notifications for CloudTrail"; "Amazon S3
//! event message" of EventBridge. Each may come wrapped by SNS.

use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// A file that a message tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// Its bucket.
    pub(super) bucket: String,
    /// Its key.
    pub(super) key: String,
}

/// Every form at once: the members tell which it is.
#[derive(Deserialize)]
struct Body {
    /// SNS's wrapping.
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
    /// S3 says so when notifications are set up.
    #[serde(rename = "Event")]
    event: Option<String>,
    #[serde(rename = "Records")]
    records: Option<Vec<Record>>,
    #[serde(rename = "s3Bucket")]
    trail_bucket: Option<String>,
    #[serde(rename = "s3ObjectKey")]
    trail_keys: Option<Vec<String>>,
    #[serde(rename = "detail-type")]
    detail_type: Option<String>,
    detail: Option<Detail>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "eventName", default)]
    event_name: String,
    s3: Option<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    bucket: Option<Bucket>,
    object: Option<Object>,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

/// The files that a message tells of, perhaps none; `None` if it is no message about files.
pub(super) fn told(body: &str) -> Option<Vec<Told>> {
    let body: Body = serde_json::from_str(body).ok()?;
    if body.kind.as_deref() == Some("Notification") {
        // Nothing is wrapped twice.
        let inside: Body = serde_json::from_str(body.message.as_deref()?).ok()?;
        return inside.told();
    }
    body.told()
}

impl Body {
    fn told(self) -> Option<Vec<Told>> {
        if self.event.as_deref() == Some("s3:TestEvent") {
            return Some(Vec::new());
        }
        if let (Some(bucket), Some(keys)) = (self.trail_bucket, self.trail_keys) {
            return Some(keys.into_iter().map(|key| Told { bucket: bucket.clone(), key }).collect());
        }
        if let Some(records) = self.records {
            return records
                .into_iter()
                .map(Record::told)
                .collect::<Option<Vec<_>>>()
                .map(|told| told.concat());
        }
        let detail = self.detail.filter(|_| self.detail_type.as_deref() == Some("Object Created"))?;
        Some(vec![Told { bucket: detail.bucket?.name, key: detail.object?.key }])
    }
}

impl Record {
    fn told(self) -> Option<Vec<Told>> {
        let (bucket, object) = (self.s3.as_ref()?.bucket.as_ref()?, self.s3.as_ref()?.object.as_ref()?);
        if !self.event_name.starts_with("ObjectCreated:") {
            return Some(Vec::new());
        }
        // As forms are encoded: a plus is a space.
        let spaced = object.key.replace('+', " ");
        let key = percent_decode_str(&spaced).decode_utf8().ok()?.into_owned();
        Some(vec![Told { bucket: bucket.name.clone(), key }])
    }
}

#[cfg(test)]
mod tests {
    use super::{Told, told};
    use serde_json::json;

    fn file(key: &str) -> Option<Vec<Told>> {
        Some(vec![Told { bucket: "logs".to_owned(), key: key.to_owned() }])
    }

    fn of_s3(name: &str, key: &str) -> String {
        let s3 = json!({"bucket": {"name": "logs", "arn": "x"}, "object": {"key": key, "size": 7}});
        json!({"Records": [{"eventSource": "aws:s3", "eventName": name, "s3": s3}]}).to_string()
    }

    fn wrapped(message: &str) -> String {
        json!({"Type": "Notification", "MessageId": "m", "Message": message}).to_string()
    }

    #[test]
    fn every_form_tells_its_files_wrapped_or_not() {
        let of_trail = json!({"s3Bucket": "logs", "s3ObjectKey": ["a b.gz"]}).to_string();
        let detail = json!({"bucket": {"name": "logs"}, "object": {"key": "a b.gz"}});
        let of_bus = json!({"detail-type": "Object Created", "detail": detail}).to_string();
        for message in
            [of_s3("ObjectCreated:Put", "a+b.gz"), of_s3("ObjectCreated:Copy", "a%20b.gz"), of_trail, of_bus]
        {
            assert_eq!(told(&message), file("a b.gz"), "{message}");
            assert_eq!(told(&wrapped(&message)), file("a b.gz"), "{message}");
        }
    }

    #[test]
    fn tests_and_deletions_tell_of_no_file() {
        assert_eq!(
            told(r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}"#),
            Some(Vec::new())
        );
        assert_eq!(told(&of_s3("ObjectRemoved:Delete", "a.gz")), Some(Vec::new()));
    }

    #[test]
    fn other_messages_are_nobodys() {
        let wrapped_twice = wrapped(&wrapped(&of_s3("ObjectCreated:Put", "a")));
        for message in ["", "hello", "[]", "{}", r#"{"Records":[{}]}"#, r#"{"Records":7}"#, &wrapped_twice] {
            assert_eq!(told(message), None, "{message}");
        }
    }
}
