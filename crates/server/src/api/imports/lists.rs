//! ListImports and ListImportFailures, page by page.

use super::super::{Answered, Call, pages, store_error};
use super::{find, shown, unavailable};
use cairn_decide::stores::{self, StoreError};
use cairn_model::{EventDataStoreArn, Timestamp};
use cairn_store::imports::{Filter, Import, ImportStatus};
use cairn_wire::generated::{
    ListImportFailuresRequest, ListImportFailuresResponse, ListImportsRequest, ListImportsResponse,
};
use cairn_wire::{ApiError, ErrorCode};

pub(in crate::api) async fn list(call: Call<'_>) -> Answered {
    let input: ListImportsRequest = call.input()?;
    let after = input.next_token.as_deref().map(behind_import).transpose()?;
    let Some(destination) = destination(call, input.destination.as_deref())? else {
        return call.read(&ListImportsResponse { imports: Some(Vec::new()), next_token: None });
    };
    let status = input.import_status.as_deref().and_then(ImportStatus::from_name);
    let filter = Filter { destination, status };
    let (size, ledger) = (pages::size(input.max_results), call.app.imports.ledger());
    let (account, region) = (call.caller.account(), &call.caller.region);
    let after = after.as_ref().map(|(time, id)| (*time, id.as_str()));
    // One more tells whether there is another page.
    let mut imports = ledger.list(account, region, &filter, after, size + 1).await.map_err(unavailable)?;
    let has_more = imports.len() > size;
    imports.truncate(size);
    let token = |last: &Import| format!("{}-{}", last.created.as_micros(), last.id);
    call.read(&ListImportsResponse {
        next_token: imports.last().filter(|_| has_more).map(token),
        imports: Some(imports.iter().map(shown::item).collect()),
    })
}

/// The store whose imports are asked for, if one is; the outer `None` if there is no such store, which then has had no
/// imports: the operation has no exception for it.
fn destination(call: Call<'_>, named: Option<&str>) -> Result<Option<Option<EventDataStoreArn>>, ApiError> {
    let Some(named) = named else { return Ok(Some(None)) };
    let known = call.known();
    match stores::get(&call.store_facts(&known), named) {
        Ok(store) => Ok(Some(Some(store.arn.clone()))),
        Err(StoreError::NotFound(_)) => Ok(None),
        Err(error) => Err(store_error(error)),
    }
}

/// A token is the time and the id of a page's last import.
fn behind_import(token: &str) -> Result<(Timestamp, String), ApiError> {
    let read = || {
        let (time, id) = token.split_once('-')?;
        Some((Timestamp::from_micros(time.parse().ok()?), id.to_owned()))
    };
    read().ok_or_else(pages::refused)
}

pub(in crate::api) async fn list_failures(call: Call<'_>) -> Answered {
    let input: ListImportFailuresRequest = call.input()?;
    let behind = input.next_token.as_deref().map_or(Ok(0), behind_failure)?;
    let import = find(call, &input.import_id).await.map_err(without_own_code)?;
    let size = pages::size(input.max_results);
    let failures = call.app.imports.ledger().failures(&import.id, behind, size + 1).await;
    let mut failures = failures.map_err(unavailable)?;
    let has_more = failures.len() > size;
    failures.truncate(size);
    call.read(&ListImportFailuresResponse {
        next_token: failures.last().filter(|_| has_more).map(|last| format!("behind-{}", last.number)),
        failures: Some(failures.iter().map(shown::failure).collect()),
    })
}

/// The operation has no exception for imports that are not there.
fn without_own_code(error: ApiError) -> ApiError {
    match error.code {
        ErrorCode::ImportNotFoundException => {
            ApiError::new(ErrorCode::InvalidParameterException, error.message)
        }
        _ => error,
    }
}

/// A token is the number of a page's last failure.
fn behind_failure(token: &str) -> Result<i64, ApiError> {
    token.strip_prefix("behind-").and_then(|number| number.parse().ok()).ok_or_else(pages::refused)
}
