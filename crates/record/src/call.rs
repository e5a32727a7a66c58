//! What was called.

use cairn_model::{AccountId, Category};
use serde_json::Value;
use std::borrow::Cow;

/// What was called, with what, and what it answered: the part of an event that depends on the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `eventSource`, such as `s3.amazonaws.com`.
    pub event_source: Cow<'static, str>,
    /// `eventName`.
    pub event_name: Cow<'static, str>,
    /// `readOnly`.
    pub read_only: bool,
    /// `eventCategory`; management events say so in `managementEvent` too.
    pub category: Category,
    /// `requestParameters`; `None` is recorded as null.
    pub request_parameters: Option<Value>,
    /// `responseElements`; `None` is recorded as null. Not recorded if the call failed.
    pub response_elements: Option<Value>,
    /// `additionalEventData`; `None` is left out.
    pub additional_event_data: Option<Value>,
    /// `resources`; left out if there are none.
    pub resources: Vec<Resource>,
    /// `apiVersion`; only some services' events have it.
    pub api_version: Option<Cow<'static, str>>,
}

impl Call {
    /// A management call of which nothing but its name is known, such as one that was refused at the door.
    pub fn named(
        event_source: impl Into<Cow<'static, str>>,
        event_name: impl Into<Cow<'static, str>>,
    ) -> Call {
        let event_name = event_name.into();
        Call {
            event_source: event_source.into(),
            read_only: is_read_only(&event_name),
            event_name,
            category: Category::Management,
            request_parameters: None,
            response_elements: None,
            additional_event_data: None,
            resources: Vec::new(),
            api_version: None,
        }
    }
}

/// A resource that a call touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Such as `AWS::S3::Bucket`; some services' events tell none.
    pub resource_type: Option<Cow<'static, str>>,
    /// Its ARN, or the prefix that the ARNs of all touched resources have.
    pub arn: ResourceArn,
    /// The account that owns it, if it is told.
    pub account: Option<AccountId>,
}

/// How a [`Resource`] is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceArn {
    /// `ARN`.
    Whole(String),
    /// `ARNPrefix`.
    Prefix(String),
}

/// How a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure<'a> {
    /// `errorCode`, such as `TrailNotFoundException`.
    pub code: &'a str,
    /// `errorMessage`, as the caller got it.
    pub message: Option<&'a str>,
}

/// A [`Failure`] that owns its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFailure {
    /// `errorCode`.
    pub code: String,
    /// `errorMessage`.
    pub message: Option<String>,
}

impl OwnedFailure {
    /// It, borrowed.
    pub fn as_failure(&self) -> Failure<'_> {
        Failure { code: &self.code, message: self.message.as_deref() }
    }
}

/// Whether an operation of this name changes nothing. By CloudTrail's reckoning handing out credentials and
/// using keys change nothing either.
pub fn is_read_only(operation: &str) -> bool {
    operation == "Tail" || cairn_operations::is_read_only(operation)
}
