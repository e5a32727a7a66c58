//! Operations on imports into event data stores.

mod lists;
mod shown;
mod start;

pub(super) use lists::{list, list_failures};
pub(super) use start::{announce, prepare, start};

use super::{Answered, Call};
use crate::clock;
use cairn_decide::imports::ImportError;
use cairn_store::imports::{Import, ImportsError};
use cairn_wire::generated::{GetImportRequest, StopImportRequest};
use cairn_wire::{ApiError, ErrorCode};

pub(super) async fn get(call: Call<'_>) -> Answered {
    let input: GetImportRequest = call.input()?;
    let import = find(call, &input.import_id).await?;
    call.read(&shown::get(&import))
}

/// Answers when nothing of the import is counted any more. One that has ended stays as it is.
pub(super) async fn stop(call: Call<'_>) -> Answered {
    let input: StopImportRequest = call.input()?;
    let import = find(call, &input.import_id).await?;
    call.app.imports.stop(&import.id, clock::now()).await.map_err(unavailable)?;
    let stopped = find(call, &input.import_id).await?;
    call.write(&shown::stop(&stopped), Vec::new())
}

/// An import of the caller's account and region.
async fn find(call: Call<'_>, id: &str) -> Result<Import, ApiError> {
    let found = call.app.imports.ledger().get(id).await.map_err(unavailable)?;
    let is_here = |import: &Import| call.is_here(import.definition.account, &import.definition.region);
    found.filter(is_here).ok_or_else(|| import_error(&ImportError::NotFound(id.to_owned())))
}

/// What the database of imports could not do is not the caller's fault.
pub(super) fn unavailable(error: ImportsError) -> ApiError {
    ApiError::new(ErrorCode::ServiceUnavailable, "Imports cannot be read or written. Try again.")
        .with_detail(error.to_string())
}

pub(super) fn import_error(error: &ImportError) -> ApiError {
    let code = match error {
        ImportError::NotFound(_) => ErrorCode::ImportNotFoundException,
        ImportError::Ongoing(_) => ErrorCode::AccountHasOngoingImportException,
        ImportError::Ambiguous | ImportError::Times | ImportError::Completed(_) => {
            ErrorCode::InvalidParameterException
        }
        ImportError::Source(_) => ErrorCode::InvalidImportSourceException,
        ImportError::StoreIsFilled(_) => ErrorCode::EventDataStoreHasOngoingImportException,
    };
    ApiError::new(code, error.to_string())
}
