//! CloudWatch Logs.

use crate::caller::{Ask, Caller};
use crate::endpoint::Endpoint;
use crate::error::AwsError;
use crate::identity::Identity;
use crate::sign::Scope;
use bytes::Bytes;
use http::{HeaderName, Method, header};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an answer may take: a request has up to a megabyte.
const ANSWER: Duration = Duration::from_secs(20);

/// CloudWatch Logs.
#[derive(Clone)]
pub struct Logs {
    caller: Caller,
    endpoint: Option<Endpoint>,
    /// At AWS a request names a group of the account whose credentials sign it, whatever account an ARN names.
    identity: Option<Identity>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateLogStream<'a> {
    log_group_name: &'a str,
    log_stream_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PutLogEvents<'a> {
    log_group_name: &'a str,
    log_stream_name: &'a str,
    log_events: Vec<InputLogEvent<'a>>,
}

#[derive(Serialize)]
struct InputLogEvent<'a> {
    timestamp: i64,
    message: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PutLogEventsResponse {
    rejected_log_events_info: Option<RejectedLogEvents>,
}

/// Where in the request what was not taken begins or ends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RejectedLogEvents {
    too_new_log_event_start_index: Option<usize>,
    too_old_log_event_end_index: Option<usize>,
    expired_log_event_end_index: Option<usize>,
}

/// What the ARN of a log group says of where it is.
struct Place<'a> {
    region: &'a str,
    account: &'a str,
    group: &'a str,
}

impl Logs {
    /// CloudWatch Logs at `endpoint`, or at AWS in each log group's region. There, log groups of other accounts than
    /// that of the credentials are refused with [`AwsError::OtherAccount`]: their names alone would be meant.
    pub fn new(caller: Caller, endpoint: Option<Endpoint>) -> Logs {
        let identity = endpoint.is_none().then(|| Identity::new(caller.clone(), None));
        Logs { caller, endpoint, identity }
    }

    /// The same with log groups of one account alone, at any endpoint.
    #[cfg(test)]
    pub(crate) fn of_one_account(self, identity: Identity) -> Logs {
        Logs { identity: Some(identity), ..self }
    }

    /// Makes a stream of the log group of this ARN; one that is there already stays as it is.
    ///
    /// Errors: [`AwsError::is_not_found`] if there is no such group.
    pub async fn create_log_stream(&self, group_arn: &str, stream: &str) -> Result<(), AwsError> {
        let place = Place::of(group_arn);
        let request = CreateLogStream { log_group_name: place.group, log_stream_name: stream };
        match self.call(&place, "CreateLogStream", json(&request)).await {
            Err(error) if error.code() == "ResourceAlreadyExistsException" => Ok(()),
            other => other.map(drop),
        }
    }

    /// Appends events, each a time in milliseconds since 1970 and a message, to a stream, which is made if it is
    /// missing. They are in the order of their times, within 24 hours, at most 10,000, and at most 1,048,576 bytes
    /// with 26 for each. Returns how many CloudWatch Logs did not take because of their times. After an error it may
    /// have taken them all.
    ///
    /// Errors: [`AwsError::is_not_found`] if there is no such group.
    pub async fn put_log_events(
        &self,
        group_arn: &str,
        stream: &str,
        events: &[(i64, &str)],
    ) -> Result<usize, AwsError> {
        match self.put_once(group_arn, stream, events).await {
            // The group is missing, or the stream.
            Err(error) if error.is_not_found() => {
                self.create_log_stream(group_arn, stream).await?;
                self.put_once(group_arn, stream, events).await
            }
            other => other,
        }
    }

    async fn put_once(
        &self,
        group_arn: &str,
        stream: &str,
        events: &[(i64, &str)],
    ) -> Result<usize, AwsError> {
        let place = Place::of(group_arn);
        let event = |&(timestamp, message)| InputLogEvent { timestamp, message };
        let request = PutLogEvents {
            log_group_name: place.group,
            log_stream_name: stream,
            log_events: events.iter().map(event).collect(),
        };
        let answer = self.call(&place, "PutLogEvents", json(&request)).await?;
        // What cannot be read says of no event that it was rejected.
        let answer: PutLogEventsResponse = serde_json::from_slice(&answer).unwrap_or_default();
        Ok(answer.rejected_log_events_info.map_or(0, |rejected| rejected.count(events.len())))
    }

    async fn call(&self, place: &Place<'_>, action: &str, body: Bytes) -> Result<Bytes, AwsError> {
        if let Some(identity) = &self.identity
            && identity.account(place.region).await? != place.account
        {
            return Err(AwsError::OtherAccount);
        }
        let endpoint = Endpoint::or_aws(self.endpoint.as_ref(), "logs", place.region)?;
        let headers: [(HeaderName, String); 2] = [
            (header::CONTENT_TYPE, "application/x-amz-json-1.1".to_owned()),
            (HeaderName::from_static("x-amz-target"), format!("Logs_20140328.{action}")),
        ];
        let ask = Ask {
            method: Method::POST,
            url: endpoint.url("/", ""),
            headers: &headers,
            body,
            sha256: None,
            scope: Scope { service: "logs", region: place.region },
            within: ANSWER,
        };
        self.caller.call(&ask).await
    }
}

impl Place<'_> {
    /// `arn:aws:logs:<region>:<account>:log-group:<name>[:*]`. What is none names no group that there is.
    fn of(arn: &str) -> Place<'_> {
        let mut parts = arn.split(':').skip(3);
        let mut next = || parts.next().unwrap_or_default();
        let (region, account, _, group) = (next(), next(), next(), next());
        Place { region, account, group }
    }
}

impl RejectedLogEvents {
    fn count(&self, events: usize) -> usize {
        let too_new = self.too_new_log_event_start_index.map_or(0, |start| events.saturating_sub(start));
        let too_old = self.too_old_log_event_end_index.max(self.expired_log_event_end_index);
        too_new.saturating_add(too_old.unwrap_or_default()).min(events)
    }
}

fn json(request: &impl Serialize) -> Bytes {
    Bytes::from(serde_json::to_vec(request).expect("our own types have string keys only"))
}
