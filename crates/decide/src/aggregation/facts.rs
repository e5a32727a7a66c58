//! What an event is counted by.

use crate::selectors::resources;
use cairn_model::{AggregationTemplate, Event, Field, Timestamp};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is counted, in the order in which records list it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Dimension {
    /// The API that was called.
    EventName,
    /// The resource that was used.
    ResourceArn,
    /// Who called.
    UserIdentity,
    /// By what program.
    UserAgent,
    /// From where.
    SourceIpAddress,
    /// How calls failed.
    ErrorCode,
}

impl Dimension {
    /// All of them, in their order.
    pub const ALL: [Dimension; 6] = [
        Dimension::EventName,
        Dimension::ResourceArn,
        Dimension::UserIdentity,
        Dimension::UserAgent,
        Dimension::SourceIpAddress,
        Dimension::ErrorCode,
    ];

    /// The dimension of which each record of the template has one value.
    pub fn primary_of(template: AggregationTemplate) -> Dimension {
        match template {
            AggregationTemplate::ApiActivity => Dimension::EventName,
            AggregationTemplate::ResourceAccess => Dimension::ResourceArn,
            AggregationTemplate::UserActions => Dimension::UserIdentity,
        }
    }

    /// AWS's name in records.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::EventName => "eventName",
            Dimension::ResourceArn => "resourceARN",
            Dimension::UserIdentity => "userIdentity",
            Dimension::UserAgent => "userAgent",
            Dimension::SourceIpAddress => "sourceIpAddress",
            Dimension::ErrorCode => "errorCodes",
        }
    }
}

/// What an event is counted by: its time, its source, and its value in each dimension that it has.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    time: Timestamp,
    source: Cow<'a, str>,
    values: [Option<Cow<'a, str>>; Dimension::ALL.len()],
}

impl<'a> Facts<'a> {
    /// Of an event.
    pub fn of(event: &Event<'a>) -> Facts<'a> {
        let values = Dimension::ALL.map(|dimension| match dimension {
            Dimension::EventName => event.string(Field::EventName),
            Dimension::ResourceArn => resource(event),
            Dimension::UserIdentity => user(event),
            Dimension::UserAgent => event.string(Field::UserAgent),
            Dimension::SourceIpAddress => event.string(Field::SourceIpAddress),
            Dimension::ErrorCode => event.string(Field::ErrorCode),
        });
        let source = event.string(Field::EventSource).unwrap_or_default();
        Facts { time: event.event_time(), source, values }
    }

    /// `eventTime`.
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// `eventSource`.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The values by dimension.
    pub(super) fn values(&self) -> [Option<&str>; Dimension::ALL.len()] {
        self.values.each_ref().map(|value| value.as_deref())
    }

    /// The value of one dimension.
    pub(super) fn value(&self, dimension: Dimension) -> Option<&str> {
        self.values[dimension as usize].as_deref()
    }
}

/// Who called: the ARN of a user or session, or else what comes nearest to it.
fn user<'a>(event: &Event<'a>) -> Option<Cow<'a, str>> {
    let fields = [
        Field::UserArn,
        Field::UserPrincipalId,
        Field::UserInvokedBy,
        Field::UserName,
        Field::UserAccountId,
        Field::UserType,
    ];
    fields.into_iter().find_map(|field| event.string(field).filter(|text| !text.is_empty()))
}

fn resource<'a>(event: &Event<'a>) -> Option<Cow<'a, str>> {
    let mut first = None;
    for resource in resources(event) {
        let Some(arn) = resource.arn.filter(|arn| !arn.is_empty()) else { continue };
        if resource.resource_type.as_deref() == Some("AWS::S3::Bucket") {
            return Some(arn);
        }
        first.get_or_insert(arn);
    }
    first.map(bucket_of)
}

/// The bucket of an object that is named without it; other ARNs stay as they are.
fn bucket_of(arn: Cow<'_, str>) -> Cow<'_, str> {
    let is_object = arn.split(':').nth(2) == Some("s3") && arn.contains(":::");
    match (is_object, arn.find('/'), arn) {
        (true, Some(slash), Cow::Borrowed(arn)) => Cow::Borrowed(&arn[..slash]),
        (true, Some(slash), Cow::Owned(arn)) => Cow::Owned(arn[..slash].to_owned()),
        (_, _, arn) => arn,
    }
}
