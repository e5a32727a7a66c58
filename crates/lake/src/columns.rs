//! The columns of the history table, described in FORMAT.md ("History").
//!
//! Every member of a record has one column; columns beside them hold what look-ups find events by, what
//! Cairn knows beside the record, and what does not fit.

mod build;
mod hashes;
mod identity;

pub(crate) use build::ColumnsBuilder;
pub(crate) use hashes::{event_id_hash, resource_hash};
pub(crate) use identity::put_back;

use cairn_model::Field;
use datafusion::arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};
use std::sync::{Arc, LazyLock};

/// The partition column: the UTC day of `kept_from`. It stands in folder names only.
pub(crate) const KEPT_DAY: &str = "kept_day";

/// How a member's value stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A string's text; values of other types go to `overflow`.
    Text,
    /// A boolean; values of other types go to `overflow`.
    Flag,
    /// Any value, as the JSON that was received.
    Json,
    /// `eventTime`: a timestamp; texts other than its usual form go to `overflow`.
    Time,
}

/// A member of the record that has a column.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) field: Field,
    pub(crate) column: &'static str,
    pub(crate) shape: Shape,
}

const fn member(field: Field, column: &'static str, shape: Shape) -> Member {
    Member { field, column, shape }
}

/// All members with a column, in the order in which AWS writes them.
pub(crate) const MEMBERS: [Member; 33] = [
    member(Field::EventVersion, "event_version", Shape::Text),
    member(Field::UserIdentity, "user_identity", Shape::Json),
    member(Field::EventTime, EVENT_TIME, Shape::Time),
    member(Field::EventSource, "event_source", Shape::Text),
    member(Field::EventName, "event_name", Shape::Text),
    member(Field::AwsRegion, "region", Shape::Text),
    member(Field::SourceIpAddress, "source_ip", Shape::Text),
    member(Field::UserAgent, "user_agent", Shape::Text),
    member(Field::ErrorCode, "error_code", Shape::Text),
    member(Field::ErrorMessage, ERROR_MESSAGE, Shape::Text),
    member(Field::RequestParameters, "request_parameters", Shape::Json),
    member(Field::ResponseElements, "response_elements", Shape::Json),
    member(Field::AdditionalEventData, "additional_event_data", Shape::Json),
    member(Field::RequestId, "request_id", Shape::Text),
    member(Field::EventId, "event_id", Shape::Text),
    member(Field::ReadOnly, READ_ONLY, Shape::Flag),
    member(Field::Resources, "resources", Shape::Json),
    member(Field::EventType, "event_type", Shape::Text),
    member(Field::ApiVersion, "api_version", Shape::Text),
    member(Field::ManagementEvent, "management_event", Shape::Flag),
    member(Field::RecipientAccountId, "recipient_account_id", Shape::Text),
    member(Field::SharedEventId, "shared_event_id", Shape::Text),
    member(Field::VpcEndpointId, "vpc_endpoint_id", Shape::Text),
    member(Field::VpcEndpointAccountId, "vpc_endpoint_account_id", Shape::Text),
    member(Field::EventCategory, "event_category", Shape::Text),
    member(Field::TlsDetails, "tls_details", Shape::Json),
    member(Field::SessionCredentialFromConsole, "session_credential_from_console", Shape::Text),
    member(Field::EventContext, "event_context", Shape::Json),
    member(Field::ServiceEventDetails, "service_event_details", Shape::Json),
    member(Field::InsightDetails, "insight_details", Shape::Json),
    member(Field::Addendum, "addendum", Shape::Json),
    member(Field::EdgeDeviceDetails, "edge_device_details", Shape::Json),
    member(Field::Annotation, "annotation", Shape::Text),
];

/// Texts of `userIdentity` that have columns. Its own column holds the rest of it, unless [`WHOLE_IDENTITY`]
/// is set.
pub(crate) const IDENTITY: [(Field, &str); 10] = [
    (Field::UserType, "user_type"),
    (Field::UserName, "user_name"),
    (Field::UserArn, "user_arn"),
    (Field::UserPrincipalId, "user_principal_id"),
    (Field::UserAccountId, "user_account_id"),
    (Field::UserAccessKeyId, "access_key_id"),
    (Field::UserInvokedBy, "invoked_by"),
    (Field::SessionIssuerArn, "session_issuer_arn"),
    (Field::SessionIssuerUserName, "session_issuer_user_name"),
    (Field::SessionIssuerPrincipalId, "session_issuer_principal_id"),
];

pub(crate) const POSITION: &str = "position";
pub(crate) const EVENT_TIME: &str = "event_time";
pub(crate) const ARRIVAL: &str = "arrival";
pub(crate) const ORIGIN: &str = "origin";
pub(crate) const ACCOUNT: &str = "account";
pub(crate) const CATEGORY: &str = "category";
/// Whether an event that came before has the same account, time and id but other content.
pub(crate) const CONFLICT: &str = "conflict";
pub(crate) const USERNAME: &str = "username";
/// See [`event_id_hash`].
pub(crate) const EVENT_ID_HASH: &str = "event_id_hash";
/// See [`resource_hash`].
pub(crate) const RESOURCE_HASHES: &str = "resource_hashes";
pub(crate) const RESOURCE_TYPES: &str = "resource_types";
/// Bits of the members whose value is `null`; an absent member has neither bit nor value.
pub(crate) const NULL_MEMBERS: &str = "null_members";
/// Bits of the members whose column was filled for look-ups only: the record lacks them, or `overflow` has
/// their value.
pub(crate) const DERIVED_MEMBERS: &str = "derived_members";
/// The bit of `derived_members` that tells that `user_identity` is whole, and its columns are copies. No
/// member has the number 0.
pub(crate) const WHOLE_IDENTITY: i64 = 1;
/// A JSON object of the members that have no column or do not fit theirs, as they came.
pub(crate) const OVERFLOW: &str = "overflow";
pub(crate) const READ_ONLY: &str = "read_only";
pub(crate) const ERROR_MESSAGE: &str = "error_message";

/// The columns of a data file, in their order.
pub(crate) static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let mut fields = vec![
        // First, because some engines keep statistics of the first 32 columns only.
        ArrowField::new(POSITION, DataType::Int64, false),
        ArrowField::new(EVENT_TIME, time(), false),
        ArrowField::new(ARRIVAL, time(), false),
        ArrowField::new(ORIGIN, DataType::Utf8, false),
        ArrowField::new(ACCOUNT, DataType::Utf8, false),
        ArrowField::new(CATEGORY, DataType::Utf8, false),
        ArrowField::new(CONFLICT, DataType::Boolean, false),
        ArrowField::new(USERNAME, DataType::Utf8, true),
        ArrowField::new(EVENT_ID_HASH, DataType::Int16, false),
        ArrowField::new(RESOURCE_HASHES, DataType::List(hash_element()), false),
        ArrowField::new(RESOURCE_TYPES, DataType::List(text_element()), false),
    ];
    let members = MEMBERS.iter().filter(|member| member.shape != Shape::Time);
    fields.extend(members.map(|member| {
        let kind = match member.shape {
            Shape::Flag => DataType::Boolean,
            Shape::Text | Shape::Json | Shape::Time => DataType::Utf8,
        };
        ArrowField::new(member.column, kind, true)
    }));
    let identity = IDENTITY.iter();
    fields.extend(identity.map(|(_, column)| ArrowField::new(*column, DataType::Utf8, true)));
    fields.extend([
        ArrowField::new(NULL_MEMBERS, DataType::Int64, false),
        ArrowField::new(DERIVED_MEMBERS, DataType::Int64, false),
        ArrowField::new(OVERFLOW, DataType::Utf8, true),
    ]);
    Arc::new(Schema::new(fields))
});

fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// The element of a list of texts.
pub(crate) fn text_element() -> Arc<ArrowField> {
    Arc::new(ArrowField::new("element", DataType::Utf8, true))
}

/// The element of a list of hashes.
pub(crate) fn hash_element() -> Arc<ArrowField> {
    Arc::new(ArrowField::new("element", DataType::Int32, true))
}

/// The bit of a member in `null_members` and `derived_members`.
pub(crate) fn member_bit(field: Field) -> i64 {
    1 << field as u8
}
