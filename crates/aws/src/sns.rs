//! SNS.

use crate::caller::{Ask, Caller};
use crate::endpoint::Endpoint;
use crate::error::AwsError;
use crate::sign::Scope;
use crate::xml::Element;
use bytes::Bytes;
use http::{HeaderName, Method, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::time::Duration;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// SNS.
#[derive(Clone)]
pub struct Sns {
    caller: Caller,
    endpoint: Option<Endpoint>,
}

impl Sns {
    /// SNS at `endpoint`, or at AWS in each topic's region.
    pub fn new(caller: Caller, endpoint: Option<Endpoint>) -> Sns {
        Sns { caller, endpoint }
    }

    /// Publishes a message without a subject. After an error it may have been published, and may be once more if it is
    /// published again.
    pub async fn publish(&self, topic_arn: &str, message: &str) -> Result<(), AwsError> {
        self.call(topic_arn, "Publish", &[("TopicArn", topic_arn), ("Message", message)]).await.map(drop)
    }

    /// The topic's policy as JSON text; `None` if it has none.
    ///
    /// Errors: [`AwsError::is_not_found`] if there is no such topic; `AuthorizationError` without the right to ask.
    pub async fn get_topic_policy(&self, topic_arn: &str) -> Result<Option<String>, AwsError> {
        let answer = self.call(topic_arn, "GetTopicAttributes", &[("TopicArn", topic_arn)]).await?;
        policy(&answer).ok_or_else(|| AwsError::Malformed {
            authority: format!("the SNS of {topic_arn}"),
            what: "the attributes of a topic",
        })
    }

    async fn call(&self, topic_arn: &str, action: &str, members: &[(&str, &str)]) -> Result<Bytes, AwsError> {
        // arn:aws:sns:region:account:name
        let region = topic_arn.split(':').nth(3).unwrap_or_default();
        let endpoint = Endpoint::or_aws(self.endpoint.as_ref(), "sns", region)?;
        let mut form = format!("Action={action}&Version=2010-03-31");
        for (name, value) in members {
            form.push_str(&format!("&{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        }
        let form_type = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
        let headers: [(HeaderName, String); 1] = [(header::CONTENT_TYPE, form_type)];
        let ask = Ask {
            method: Method::POST,
            url: endpoint.url("/", ""),
            headers: &headers,
            body: Bytes::from(form),
            sha256: None,
            scope: Scope { service: "sns", region },
            within: ANSWER,
        };
        self.caller.call(&ask).await
    }
}

/// The attribute `Policy`, if there is one; the outer `None` if these are no attributes.
fn policy(answer: &[u8]) -> Option<Option<String>> {
    let answer = Element::read(answer).ok()?;
    let attributes = answer.child("GetTopicAttributesResult")?.child("Attributes")?;
    let policy = attributes.children("entry").find(|entry| entry.text_of("key") == Some("Policy"));
    Some(policy.and_then(|entry| entry.text_of("value")).map(str::to_owned))
}
