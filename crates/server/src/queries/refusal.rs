//! Why a query cannot be asked.

use cairn_decide::queries::StatementError;
use cairn_decide::stores::StoreError;
use cairn_lake::LakeError;
use cairn_lake::sql::SqlError;
use cairn_wire::{ApiError, ErrorCode};

/// Why a query cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The statement, with the place in the asker's own text if it is known.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// The statement, or its parameters.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A store that it asks is not there, as far as the asker may know, or cannot be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It names a table by a name that several stores have.
    #[error("More than one event data store is called '{0}': write its ID.")]
    Ambiguous(String),
    /// Policies, or what the call itself says.
    #[error(transparent)]
    Call(#[from] ApiError),
    /// The query is not there, as far as the asker may know.
    #[error("Query {0} was not found.")]
    NoQuery(String),
    /// The query has ended before.
    #[error("Query {0} is not active: it has ended.")]
    Ended(String),
    /// So many are queued and running.
    #[error("You are already running the maximum number of concurrent queries, {0}.")]
    TooMany(usize),
    /// A table could not be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// What is kept of queries could not be written.
    #[error(transparent)]
    Disk(#[from] std::io::Error),
    /// It takes too long to plan, or too many others are being planned.
    #[error("The statement takes too long to plan. Make it shorter, or try again later.")]
    Planning,
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        let message = refusal.to_string();
        let code = match refusal {
            Refusal::Call(error) => return error,
            Refusal::Store(error) => return crate::api::store_error(error),
            Refusal::Sql(_) | Refusal::Statement(_) | Refusal::Ambiguous(_) | Refusal::Planning => {
                ErrorCode::InvalidQueryStatementException
            }
            Refusal::NoQuery(_) => ErrorCode::QueryIdNotFoundException,
            Refusal::Ended(_) => ErrorCode::InactiveQueryException,
            Refusal::TooMany(_) => ErrorCode::MaxConcurrentQueriesException,
            // The log has the whole of it.
            Refusal::Lake(_) | Refusal::Disk(_) => {
                return ApiError::internal(message);
            }
        };
        ApiError::new(code, message)
    }
}
