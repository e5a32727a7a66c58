//! An event as a row of columns.

use serde_json::Value;

/// The heads of [`row`].
pub(super) const HEAD: &[&str] =
    &["TIME", "ACCOUNT", "REGION", "SOURCE", "NAME", "USER", "IP", "ERROR", "EVENT ID"];

/// What people look at first in an event.
pub(super) fn row(event: &str) -> Vec<String> {
    let event: Value = serde_json::from_str(event).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    // What came through a channel tells all but its place inside.
    let told = if event["eventCategory"] == "ActivityAuditLog" { &event["eventData"] } else { &event };
    let identity = &told["userIdentity"];
    let principal = if std::ptr::eq(told, &event) { &Value::Null } else { &identity["principalId"] };
    let user =
        [principal, &identity["userName"], &identity["arn"], &identity["invokedBy"], &identity["type"]];
    let user = user.iter().find_map(|value| value.as_str()).unwrap_or("").to_owned();
    vec![
        text(&event["eventTime"]),
        text(&event["recipientAccountId"]),
        text(&event["awsRegion"]),
        text(&told["eventSource"]),
        text(&told["eventName"]),
        user,
        text(&told["sourceIPAddress"]),
        text(&told["errorCode"]),
        text(&event["eventID"]),
    ]
}
