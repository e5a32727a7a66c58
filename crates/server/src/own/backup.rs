//! `POST /_cairn/backup`: the whole data folder as one tar archive, at one position of the log.
//!
//! The request is `{"withoutSecretKey": true}` or empty. The archive holds the data folder's files below `data/`, and
//! behind them the manifest `cairn-backup.json`; an archive without it broke off.

use super::{Answered, Reply, invalid, object};
use crate::app::App;
use crate::backup;
use crate::events::Exchange;
use bytes::Bytes;
use cairn_wire::{ApiError, ErrorCode};
use http_body_util::BodyExt;
use std::sync::Arc;

pub(super) async fn run(app: &App, exchange: &Exchange<'_>, body: &Bytes) -> Answered {
    let with_key = !without_key(body)?;
    let Ok(turn) = Arc::clone(&app.backups).try_lock_owned() else {
        let message = "Another backup is being made. Try again when it is done.";
        return Err(ApiError::new(ErrorCode::ServiceUnavailable, message));
    };
    let collected = backup::collect(app, with_key).await.map_err(|error| {
        let message = "The backup could not begin; the server's log says why.";
        ApiError::new(ErrorCode::InternalFailure, message).with_detail(error.to_string())
    })?;
    let archive = backup::stream(collected, turn, exchange.now);
    Ok(Reply::Stream("application/x-tar", archive.boxed_unsync()))
}

fn without_key(body: &Bytes) -> Result<bool, ApiError> {
    let request = object(body)?;
    let members = request.as_object().into_iter().flatten();
    let mut without = false;
    for (name, value) in members {
        without = match (name.as_str(), value.as_bool()) {
            ("withoutSecretKey", Some(value)) => value,
            ("withoutSecretKey", None) => return Err(invalid("withoutSecretKey is neither true nor false")),
            (other, _) => return Err(invalid(format!("{other} is none of: withoutSecretKey"))),
        };
    }
    Ok(without)
}
