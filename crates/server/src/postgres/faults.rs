//! What goes wrong, as PostgreSQL's clients read it: SQLSTATE, message, place.

use super::settings::SetError;
use super::statement::Filled;
use super::values::ParameterError;
use crate::queries::Refusal;
use cairn_decide::stores::StoreError;
use cairn_lake::sql::{QueryError, SqlErrorKind};
use cairn_wire::ErrorCode;
use pgwire::error::{ErrorInfo, PgWireError};

/// An error with a SQLSTATE (PostgreSQL's manual, appendix A).
pub(super) fn error(code: &str, message: impl Into<String>) -> PgWireError {
    let info = ErrorInfo::new("ERROR".to_owned(), code.to_owned(), message.into());
    PgWireError::UserError(Box::new(info))
}

/// An error behind which the connection ends.
pub(super) fn fatal(code: &str, message: impl Into<String>) -> PgWireError {
    let info = ErrorInfo::new("FATAL".to_owned(), code.to_owned(), message.into());
    PgWireError::UserError(Box::new(info))
}

/// Why a statement cannot be asked, at its place in what the client sent.
pub(super) fn refused(refusal: &Refusal, statement: &Filled) -> PgWireError {
    let (code, place) = match refusal {
        Refusal::Sql(error) => (of_kind(error.kind), error.place),
        Refusal::Statement(_) => ("42601", None),
        Refusal::Ambiguous(_) => ("42P09", None),
        Refusal::Store(StoreError::NotFound(_)) => ("42P01", None),
        Refusal::Store(_) => ("55000", None),
        Refusal::Call(error) if error.code == ErrorCode::AccessDeniedException => ("42501", None),
        Refusal::TooMany(_) => ("53300", None),
        Refusal::Planning => ("54001", None),
        _ => ("XX000", None),
    };
    // Without the place in front, which clients find for themselves.
    let message = match refusal {
        Refusal::Sql(error) => error.message.clone(),
        other => other.to_string(),
    };
    let mut info = ErrorInfo::new("ERROR".to_owned(), code.to_owned(), message);
    let position = place.and_then(|place| statement.position(place.line, place.column));
    info.position = position.map(|position| position.to_string());
    PgWireError::UserError(Box::new(info))
}

fn of_kind(kind: SqlErrorKind) -> &'static str {
    match kind {
        SqlErrorKind::TooLong => "54000",
        SqlErrorKind::Syntax => "42601",
        SqlErrorKind::Unsupported => "0A000",
        SqlErrorKind::UnknownTable => "42P01",
        SqlErrorKind::UnknownColumn => "42703",
        SqlErrorKind::UnknownFunction => "42883",
        SqlErrorKind::Invalid => "42804",
    }
}

/// Why a statement that runs ended early.
pub(super) fn ended(cause: &QueryError) -> PgWireError {
    match cause {
        QueryError::TimedOut => timed_out(),
        QueryError::TooLarge => error("53200", cause.to_string()),
        QueryError::Failed { .. } => error("22000", cause.to_string()),
    }
}

pub(super) fn timed_out() -> PgWireError {
    error("57014", "canceling statement due to statement timeout")
}

pub(super) fn cancelled() -> PgWireError {
    error("57014", "canceling statement due to user request")
}

impl From<SetError> for PgWireError {
    fn from(cause: SetError) -> PgWireError {
        let code = match cause {
            SetError::Fixed(_) => "22023",
            SetError::Malformed => "42601",
            SetError::TooMuch => "53400",
        };
        error(code, cause.to_string())
    }
}

impl From<ParameterError> for PgWireError {
    fn from(cause: ParameterError) -> PgWireError {
        let code = match cause {
            ParameterError::Type(_) => "0A000",
            ParameterError::Value(_) => "22P02",
        };
        error(code, cause.to_string())
    }
}
