//! CloudTrail's operations: one file each, and what they share.

mod add_tags;
mod ask;
mod create_trail;
mod delete_trail;
mod describe_trails;
mod get_event_selectors;
mod get_trail;
mod get_trail_status;
mod list_public_keys;
mod list_tags;
mod list_trails;
mod lookup_events;
mod put_event_selectors;
mod remove_tags;
mod shapes;
mod start_logging;
mod stop_logging;
mod throttles;
mod update_trail;

pub(crate) use throttles::Throttles;

use crate::app::App;
use crate::auth::Caller;
use bytes::Bytes;
use cairn_decide::trails::{Answers, Facts, TrailError};
use cairn_model::{Change, Timestamp, Trail};
use cairn_wire::{ApiError, ErrorCode, Operation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// One call of one operation by a caller who was verified.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) app: &'a App,
    pub(crate) caller: &'a Caller,
    pub(crate) operation: Operation,
    pub(crate) body: &'a [u8],
    pub(crate) now: Timestamp,
    pub(crate) request_id: &'a str,
}

/// What an operation answers, and what has to be in the log before the answer may go out.
pub(crate) struct Outcome {
    pub(crate) response: http::Response<Bytes>,
    /// For the event's `responseElements`: what writes answer; `None` for reads.
    pub(crate) recorded: Option<Value>,
    pub(crate) changes: Vec<Change>,
}

pub(crate) type Answered = Result<Outcome, ApiError>;

/// Whether an operation may change the control plane, and so runs under its lock.
pub(crate) fn changes_something(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CreateTrail
            | Operation::UpdateTrail
            | Operation::DeleteTrail
            | Operation::StartLogging
            | Operation::StopLogging
            | Operation::PutEventSelectors
            | Operation::AddTags
            | Operation::RemoveTags
    )
}

/// What other services said before an operation runs. They may be slow, so nobody waits for them under the control
/// plane's lock.
#[derive(Default)]
pub(crate) struct Prepared(Answers);

/// Does what an operation needs before it runs: counts it, and asks other services.
pub(crate) async fn prepare(call: Call<'_>) -> Result<Prepared, ApiError> {
    let Call { app, caller, operation, now, .. } = call;
    if app.config.limits.throttles() {
        app.throttles.count(caller.account(), &caller.region, operation, now)?;
    }
    match operation {
        Operation::CreateTrail => create_trail::prepare(call).await,
        Operation::UpdateTrail => update_trail::prepare(call).await,
        _ => Ok(Prepared::default()),
    }
}

/// Runs an operation. What is not built answers `UnsupportedOperationException`, its input unseen.
pub(crate) async fn run(call: Call<'_>, prepared: &Prepared) -> Answered {
    match call.operation {
        Operation::CreateTrail => create_trail::run(call, prepared),
        Operation::UpdateTrail => update_trail::run(call, prepared),
        Operation::DeleteTrail => delete_trail::run(call),
        Operation::GetTrail => get_trail::run(call),
        Operation::DescribeTrails => describe_trails::run(call),
        Operation::ListTrails => list_trails::run(call),
        Operation::GetTrailStatus => get_trail_status::run(call),
        Operation::StartLogging => start_logging::run(call),
        Operation::StopLogging => stop_logging::run(call),
        Operation::GetEventSelectors => get_event_selectors::run(call),
        Operation::PutEventSelectors => put_event_selectors::run(call),
        Operation::AddTags => add_tags::run(call),
        Operation::RemoveTags => remove_tags::run(call),
        Operation::ListTags => list_tags::run(call),
        Operation::ListPublicKeys => list_public_keys::run(call),
        Operation::LookupEvents => lookup_events::run(call).await,
        other => Err(ApiError::new(
            ErrorCode::UnsupportedOperationException,
            format!("Cairn does not have {} yet.", other.name()),
        )),
    }
}

impl Call<'_> {
    /// The request, checked against the model.
    fn input<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        cairn_wire::input(self.operation, self.body)
    }

    /// The trails of the caller's account.
    fn trails(&self) -> Vec<Arc<Trail>> {
        let state = self.app.journal.catalog().state();
        state.trails_of(self.caller.account()).cloned().collect()
    }

    /// What operations on trails are decided by.
    fn facts<'a>(&'a self, trails: &'a [Arc<Trail>]) -> Facts<'a> {
        Facts {
            trails,
            account: self.caller.account(),
            region: &self.caller.region,
            now: self.now,
            limits: self.app.config.limits.limits(),
        }
    }

    fn read<T: Serialize>(&self, output: &T) -> Answered {
        let response = cairn_wire::ok(self.request_id, output);
        Ok(Outcome { response, recorded: None, changes: Vec::new() })
    }

    fn write<T: Serialize>(&self, output: &T, changes: Vec<Change>) -> Answered {
        let response = cairn_wire::ok(self.request_id, output);
        let recorded = serde_json::to_value(output).ok();
        Ok(Outcome { response, recorded, changes })
    }

    fn write_without_output(&self, changes: Vec<Change>) -> Answered {
        Ok(Outcome { response: cairn_wire::empty_ok(self.request_id), recorded: None, changes })
    }
}

/// Operations whose answers stand in one page give no tokens, so they take none.
fn refuse_token(token: Option<&str>) -> Result<(), ApiError> {
    match token {
        None | Some("") => Ok(()),
        Some(_) => Err(ApiError::new(ErrorCode::InvalidTokenException, "The token is not one of Cairn's.")),
    }
}

/// AWS's exception for why an operation on trails was refused.
fn trail_error(error: TrailError) -> ApiError {
    let message = error.to_string();
    let code = match error {
        TrailError::InvalidTrailName(_) => ErrorCode::InvalidTrailNameException,
        TrailError::InvalidS3BucketName(_) => ErrorCode::InvalidS3BucketNameException,
        TrailError::InvalidS3Prefix(_) => ErrorCode::InvalidS3PrefixException,
        TrailError::InvalidEventSelectors(_) => ErrorCode::InvalidEventSelectorsException,
        TrailError::InvalidSnsTopicName(_) => ErrorCode::InvalidSnsTopicNameException,
        TrailError::InvalidKmsKeyId(_) => ErrorCode::InvalidKmsKeyIdException,
        TrailError::InvalidTagParameter(_) => ErrorCode::InvalidTagParameterException,
        TrailError::TagsLimitExceeded(_) => ErrorCode::TagsLimitExceededException,
        TrailError::TrailNotFound { .. } => ErrorCode::TrailNotFoundException,
        TrailError::TrailAlreadyExists { .. } => ErrorCode::TrailAlreadyExistsException,
        TrailError::MaximumNumberOfTrailsExceeded { .. } => ErrorCode::MaximumNumberOfTrailsExceededException,
        TrailError::CloudTrailArnInvalid(_) => ErrorCode::CloudTrailARNInvalidException,
        TrailError::InvalidHomeRegion { .. } => ErrorCode::InvalidHomeRegionException,
        TrailError::InvalidParameterCombination(_) => ErrorCode::InvalidParameterCombinationException,
        TrailError::S3BucketDoesNotExist(_) => ErrorCode::S3BucketDoesNotExistException,
        TrailError::InsufficientS3BucketPolicy(_) => ErrorCode::InsufficientS3BucketPolicyException,
        TrailError::InsufficientSnsTopicPolicy { .. } => ErrorCode::InsufficientSnsTopicPolicyException,
        TrailError::KmsKeyNotFound(_) => ErrorCode::KmsKeyNotFoundException,
        TrailError::KmsKeyDisabled { .. } => ErrorCode::KmsKeyDisabledException,
        TrailError::InsufficientEncryptionPolicy { .. } => ErrorCode::InsufficientEncryptionPolicyException,
        TrailError::Kms { .. } => ErrorCode::KmsException,
        TrailError::ResourceNotFound(_) => ErrorCode::ResourceNotFoundException,
        TrailError::EventDataStoreNotFound(_) => ErrorCode::EventDataStoreNotFoundException,
        TrailError::ResourceTypeNotSupported(_) => ErrorCode::ResourceTypeNotSupportedException,
        TrailError::Conflict(_) => ErrorCode::ConflictException,
        TrailError::CloudWatchLogsDeliveryUnavailable(_) => {
            ErrorCode::CloudWatchLogsDeliveryUnavailableException
        }
        TrailError::UnsupportedOperation(_) => ErrorCode::UnsupportedOperationException,
    };
    ApiError::new(code, message)
}
