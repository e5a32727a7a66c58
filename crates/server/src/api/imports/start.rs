//! StartImport: a new import, or another try of one.

use super::super::shapes::timestamp;
use super::super::{Answered, Call, store_error};
use super::{find, import_error, shown, unavailable};
use crate::clock;
use crate::imports::{Bucket, Fault};
use cairn_decide::imports::{ImportError, SourceError, location};
use cairn_decide::selectors::{Family, family};
use cairn_decide::stores::{self, StoreError};
use cairn_model::EventDataStoreArn;
use cairn_store::imports::{Definition, Import, ImportStatus, Statistics};
use cairn_wire::generated::{S3ImportSource, StartImportRequest};
use cairn_wire::{ApiError, ErrorCode};
use std::time::Duration;

/// How long it may take to find a bucket.
const LOOK: Duration = Duration::from_secs(5);

/// What a call asks for.
enum Asked {
    New { destinations: Vec<String>, source: S3ImportSource },
    Again { id: String },
}

/// Looks for the bucket before the control plane's lock is taken: it may be elsewhere.
pub(in crate::api) async fn prepare(call: Call<'_>) -> Result<(), ApiError> {
    let input: StartImportRequest = call.input()?;
    let Asked::New { destinations, source } = asked(&input)? else { return Ok(()) };
    let place = location(&source.s3_location_uri).map_err(|error| import_error(&error.into()))?;
    destination(call, &destinations)?;
    let look = Bucket::find(call.app, &place.bucket, call.caller.account());
    let late = |_| Err(Fault::lasting("RequestTimeout", "the bucket's S3 does not answer"));
    let found = tokio::time::timeout(LOOK, look).await.unwrap_or_else(late);
    match found.map_err(|fault| cannot_look(&place.bucket, &fault))? {
        Some(_) => Ok(()),
        None => Err(import_error(&SourceError::NoBucket(place.bucket).into())),
    }
}

fn cannot_look(bucket: &str, fault: &Fault) -> ApiError {
    let message = format!("Bucket {bucket} cannot be read now: {}.", fault.code);
    ApiError::new(ErrorCode::InvalidImportSourceException, message).with_detail(fault.to_string())
}

/// Under the control plane's lock, so that no store goes meanwhile. Nothing runs before [`announce`].
pub(in crate::api) async fn start(call: Call<'_>) -> Answered {
    let input: StartImportRequest = call.input()?;
    let import = match asked(&input)? {
        Asked::New { destinations, source } => begin(call, &input, &destinations, source).await?,
        Asked::Again { id } => begin_again(call, &id).await?,
    };
    call.write(&shown::start(&import), Vec::new())
}

/// The call is on the record: its import runs.
pub(in crate::api) async fn announce(call: Call<'_>) -> Result<(), ApiError> {
    call.app.imports.announce(clock::now()).await.map_err(unavailable)
}

fn asked(input: &StartImportRequest) -> Result<Asked, ApiError> {
    if let (Some(start), Some(end)) = (&input.start_event_time, &input.end_event_time)
        && start.0 > end.0
    {
        return Err(import_error(&ImportError::Times));
    }
    let has_times = input.start_event_time.is_some() || input.end_event_time.is_some();
    match (&input.import_id, &input.destinations, &input.import_source) {
        (Some(id), None, None) if !has_times => Ok(Asked::Again { id: id.clone() }),
        (None, Some(destinations), Some(source)) => {
            Ok(Asked::New { destinations: destinations.clone(), source: source.s3.clone() })
        }
        _ => Err(import_error(&ImportError::Ambiguous)),
    }
}

/// The store that is to be filled; the model lets one be named.
fn destination(call: Call<'_>, destinations: &[String]) -> Result<EventDataStoreArn, ApiError> {
    let known = call.known();
    let named = destinations.first().map(String::as_str).unwrap_or_default();
    let store = stores::active(&call.store_facts(&known), named).map_err(store_error)?;
    match family(&store.selectors) {
        Family::CloudTrail | Family::Insight => Ok(store.arn.clone()),
        Family::ConfigurationItem | Family::Evidence | Family::ActivityAuditLog => {
            Err(store_error(StoreError::InvalidCategory(store.arn.clone())))
        }
    }
}

async fn begin(
    call: Call<'_>,
    input: &StartImportRequest,
    destinations: &[String],
    source: S3ImportSource,
) -> Result<Import, ApiError> {
    let definition = Definition {
        account: call.caller.account(),
        region: call.caller.region.clone(),
        destination: destination(call, destinations)?,
        location: source.s3_location_uri,
        bucket_region: source.s3_bucket_region,
        role: source.s3_bucket_access_role_arn,
        since: input.start_event_time.map(timestamp),
        until: input.end_event_time.map(timestamp),
    };
    refuse_second(call).await?;
    let id = clock::random_uuid();
    call.app.imports.begin(&id, &definition, call.now).await.map_err(unavailable)?;
    Ok(Import {
        id,
        definition,
        status: ImportStatus::Initializing,
        created: call.now,
        updated: call.now,
        statistics: Statistics::default(),
        last_key: String::new(),
    })
}

async fn begin_again(call: Call<'_>, id: &str) -> Result<Import, ApiError> {
    let import = find(call, id).await?;
    if import.status == ImportStatus::Completed {
        return Err(import_error(&ImportError::Completed(import.id)));
    }
    destination(call, &[import.definition.destination.to_string()])?;
    refuse_second(call).await?;
    call.app.imports.begin_again(&import.id).await;
    let found_folders = import.statistics.prefixes_found > 0;
    let status = if found_folders { ImportStatus::InProgress } else { ImportStatus::Initializing };
    Ok(Import { status, updated: call.now, ..import })
}

/// An account has one import at a time, in all regions.
async fn refuse_second(call: Call<'_>) -> Result<(), ApiError> {
    let ongoing = call.app.imports.ledger().ongoing().await.map_err(unavailable)?;
    let account = call.caller.account();
    match ongoing.into_iter().find(|import| import.definition.account == account) {
        Some(import) => Err(import_error(&ImportError::Ongoing(import.id))),
        None => Ok(()),
    }
}
