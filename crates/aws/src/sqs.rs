//! SQS, by its JSON protocol.

use crate::caller::{Ask, Caller, authority_of};
use crate::endpoint::Endpoint;
use crate::error::AwsError;
use crate::sign::Scope;
use bytes::Bytes;
use http::{HeaderName, Method, header};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an answer may take beyond the time that a receive waits for messages.
const ANSWER: Duration = Duration::from_secs(10);

/// One queue.
#[derive(Clone)]
pub struct Sqs {
    caller: Caller,
    endpoint: Option<Endpoint>,
    /// As SQS names it: `https://sqs.<region>.amazonaws.com/<account>/<name>`.
    queue_url: String,
    region: String,
}

/// A message that was received, and comes again unless it is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    /// SQS's name of it.
    pub message_id: String,
    /// What deletes it.
    pub receipt_handle: String,
    /// Its text.
    pub body: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiveMessage<'a> {
    queue_url: &'a str,
    max_number_of_messages: u8,
    wait_time_seconds: u64,
    visibility_timeout: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiveMessageResult {
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteMessage<'a> {
    queue_url: &'a str,
    receipt_handle: &'a str,
}

impl Sqs {
    /// The queue of this URL, at `endpoint` or at AWS; `region` is where it is if its URL does not tell.
    pub fn new(caller: Caller, endpoint: Option<Endpoint>, queue_url: &str, region: &str) -> Sqs {
        let region = region_of(queue_url).unwrap_or(region).to_owned();
        Sqs { caller, endpoint, queue_url: queue_url.to_owned(), region }
    }

    /// Ten messages at most; waits for one up to `wait`, 20 seconds at most. Nobody else gets them for `hidden`. Those
    /// that are not deleted until then come again.
    ///
    /// Errors: `AWS.SimpleQueueService.NonExistentQueue` or `QueueDoesNotExist` if there is no such queue.
    pub async fn receive(&self, wait: Duration, hidden: Duration) -> Result<Vec<Message>, AwsError> {
        let request = ReceiveMessage {
            queue_url: &self.queue_url,
            max_number_of_messages: 10,
            wait_time_seconds: wait.as_secs(),
            visibility_timeout: hidden.as_secs(),
        };
        let (answer, authority) = self.call("ReceiveMessage", &request, wait + ANSWER).await?;
        let malformed = |_| AwsError::Malformed { authority, what: "messages" };
        serde_json::from_slice::<ReceiveMessageResult>(&answer)
            .map(|result| result.messages)
            .map_err(malformed)
    }

    /// Deletes a message that was received.
    pub async fn delete(&self, message: &Message) -> Result<(), AwsError> {
        let request = DeleteMessage { queue_url: &self.queue_url, receipt_handle: &message.receipt_handle };
        self.call("DeleteMessage", &request, ANSWER).await.map(drop)
    }

    async fn call(
        &self,
        action: &str,
        request: &impl Serialize,
        within: Duration,
    ) -> Result<(Bytes, String), AwsError> {
        let endpoint = Endpoint::or_aws(self.endpoint.as_ref(), "sqs", &self.region)?;
        let headers: [(HeaderName, String); 2] = [
            (header::CONTENT_TYPE, "application/x-amz-json-1.0".to_owned()),
            (HeaderName::from_static("x-amz-target"), format!("AmazonSQS.{action}")),
        ];
        let ask = Ask {
            method: Method::POST,
            url: endpoint.url("/", ""),
            headers: &headers,
            body: Bytes::from(serde_json::to_vec(request).expect("a request has string keys only")),
            sha256: None,
            scope: Scope { service: "sqs", region: &self.region },
            within,
        };
        Ok((self.caller.call(&ask).await?, authority_of(&ask.url)))
    }
}

/// `sqs.<region>.` at the start of the host, also `<region>.queue.` of old.
fn region_of(queue_url: &str) -> Option<&str> {
    let host = queue_url.split_once("://")?.1.split(['/', ':']).next()?;
    let mut labels = host.split('.');
    match (labels.next()?, labels.next()?) {
        ("sqs", region) if host.contains("amazonaws") => Some(region),
        (region, "queue") => Some(region),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::region_of;

    #[test]
    fn a_queues_url_tells_its_region() {
        assert_eq!(region_of("https://sqs.eu-west-1.amazonaws.com/111122223333/q"), Some("eu-west-1"));
        assert_eq!(region_of("https://eu-west-1.queue.amazonaws.com/111122223333/q"), Some("eu-west-1"));
        assert_eq!(region_of("http://127.0.0.1:5000/111122223333/q"), None);
        assert_eq!(region_of("q"), None);
    }
}
