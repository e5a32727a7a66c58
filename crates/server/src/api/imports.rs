//! Operations on imports into event data stores, of which Cairn has none yet: what can be said without any is said.

use super::{Answered, Call, pages, store_error};
use cairn_decide::imports::check_source;
use cairn_decide::selectors::{Family, family};
use cairn_decide::stores::{self, StoreError};
use cairn_wire::generated::{
    GetImportRequest, ListImportFailuresRequest, ListImportsRequest, ListImportsResponse, StartImportRequest,
    StopImportRequest,
};
use cairn_wire::{ApiError, ErrorCode};

pub(super) fn start(call: Call<'_>) -> Answered {
    let input: StartImportRequest = call.input()?;
    let invalid = |message| Err(ApiError::new(ErrorCode::InvalidParameterException, message));
    let (destinations, source) = match (input.import_id, input.destinations, input.import_source) {
        (Some(import), None, None) => return Err(not_found(ErrorCode::ImportNotFoundException, &import)),
        (None, Some(destinations), Some(source)) => (destinations, source.s3),
        _ => return invalid("Specify either ImportId, or Destinations and ImportSource."),
    };
    if let (Some(start), Some(end)) = (input.start_event_time, input.end_event_time)
        && start.0 > end.0
    {
        return invalid("StartEventTime must not be after EndEventTime.");
    }
    check_source(&source.s3_location_uri)
        .map_err(|error| ApiError::new(ErrorCode::InvalidImportSourceException, error.to_string()))?;
    let known = call.known();
    for destination in &destinations {
        let store = stores::active(&call.store_facts(&known), destination).map_err(store_error)?;
        if family(&store.selectors) != Family::CloudTrail {
            return Err(store_error(StoreError::InvalidCategory(store.arn.clone())));
        }
    }
    Err(call.unbuilt(
        "Cairn keeps event data stores, but does not take events into them yet, so nothing can be imported.",
    ))
}

pub(super) fn list(call: Call<'_>) -> Answered {
    let input: ListImportsRequest = call.input()?;
    pages::refuse_any(input.next_token.as_deref())?;
    let known = call.known();
    let destination = input.destination.as_deref();
    match destination.map(|store| stores::get(&call.store_facts(&known), store)) {
        // A store that is not there has had no imports either; the operation has no exception for it.
        None | Some(Ok(_) | Err(StoreError::NotFound(_))) => {
            call.read(&ListImportsResponse { imports: Some(Vec::new()), next_token: None })
        }
        Some(Err(error)) => Err(store_error(error)),
    }
}

pub(super) fn get(call: Call<'_>) -> Answered {
    let input: GetImportRequest = call.input()?;
    Err(not_found(ErrorCode::ImportNotFoundException, &input.import_id))
}

pub(super) fn stop(call: Call<'_>) -> Answered {
    let input: StopImportRequest = call.input()?;
    Err(not_found(ErrorCode::ImportNotFoundException, &input.import_id))
}

pub(super) fn list_failures(call: Call<'_>) -> Answered {
    let input: ListImportFailuresRequest = call.input()?;
    // The operation has no exception for imports that are not there.
    Err(not_found(ErrorCode::InvalidParameterException, &input.import_id))
}

fn not_found(code: ErrorCode, import: &str) -> ApiError {
    ApiError::new(code, format!("Import {import} was not found."))
}
