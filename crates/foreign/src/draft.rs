//! What an event says, before it is written as a record.

use crate::identity::Identity;
use cairn_model::{AccountId, Category, Timestamp};
use serde_json::{Map, Value};

/// A record in the making: what sources tell in their own words.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// `eventTime`.
    pub(crate) time: Timestamp,
    /// `eventSource`, not empty.
    pub(crate) source: String,
    /// `eventName`, not empty.
    pub(crate) name: String,
    /// `userIdentity`.
    pub(crate) identity: Identity,
    /// `sourceIPAddress`; the event's source stands in its place if it is not known.
    pub(crate) source_ip: Option<String>,
    /// `userAgent`.
    pub(crate) user_agent: Option<String>,
    /// `errorCode` and `errorMessage`.
    pub(crate) failure: Option<Failure>,
    /// `requestParameters`; null if there are none.
    pub(crate) parameters: Map<String, Value>,
    /// `responseElements`; left out if the call failed or changes nothing.
    pub(crate) response: Option<Value>,
    /// `requestID`.
    pub(crate) request_id: Option<String>,
    /// `readOnly`.
    pub(crate) read_only: bool,
    /// `eventCategory` and `managementEvent`.
    pub(crate) category: Category,
    /// `resources`.
    pub(crate) resources: Vec<Resource>,
    /// What `eventID` is made of.
    pub(crate) unique: Unique,
    /// `eventType`.
    pub(crate) event_type: String,
    /// `awsRegion`, of events that were CloudTrail's before.
    pub(crate) region: Option<String>,
    /// `recipientAccountId`, of events that were CloudTrail's before.
    pub(crate) account: Option<AccountId>,
}

/// How a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: Option<String>,
}

/// A resource that a call touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// Such as `Kubernetes::core::pods`.
    pub(crate) resource_type: Option<String>,
    /// Its name in its source's own form; written as `ARN`, the only member that CloudTrail has for it.
    pub(crate) name: String,
    /// The AWS account that owns it, if it is AWS's.
    pub(crate) account: Option<String>,
}

/// How a source tells its events apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unique {
    /// By these texts together.
    Parts(Vec<String>),
    /// It does not: by all that the event says.
    Content,
    /// It was an event of CloudTrail and has an `eventID`.
    EventId(String),
}

impl Draft {
    /// A management call that succeeded, of which only this is known.
    pub(crate) fn new(time: Timestamp, source: impl Into<String>, name: impl Into<String>) -> Draft {
        Draft {
            time,
            source: source.into(),
            name: name.into(),
            identity: Identity::unknown(),
            source_ip: None,
            user_agent: None,
            failure: None,
            parameters: Map::new(),
            response: None,
            request_id: None,
            read_only: false,
            category: Category::Management,
            resources: Vec::new(),
            unique: Unique::Content,
            // Whoever reads CloudTrail's events knows this one; the source is told by `eventSource`.
            event_type: "AwsApiCall".to_owned(),
            region: None,
            account: None,
        }
    }
}

impl Resource {
    /// A resource of another system than AWS.
    pub(crate) fn new(resource_type: impl Into<String>, name: impl Into<String>) -> Resource {
        Resource { resource_type: Some(resource_type.into()), name: name.into(), account: None }
    }
}

impl Unique {
    /// The texts together, or the content if one is missing.
    pub(crate) fn of(parts: &[Option<&str>]) -> Unique {
        let parts: Option<Vec<String>> = parts.iter().map(|part| part.map(str::to_owned)).collect();
        parts.map_or(Unique::Content, Unique::Parts)
    }
}
