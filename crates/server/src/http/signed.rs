//! Signed requests, their bodies read whole.

use crate::app::App;
use crate::auth::{Caller, Refused};
use crate::body::{self, BodyError};
use crate::events::Exchange;
use crate::ingest::Share;
use bytes::Bytes;
use hyper::body::Incoming;

/// A request whose signature holds.
pub(crate) struct Signed {
    /// Who signed it.
    pub(crate) caller: Caller,
    /// The whole body.
    pub(crate) body: Bytes,
    /// The memory of the body: requests are kept whole until they are answered.
    _share: Share,
}

/// Why a request was not let in.
#[derive(Debug)]
pub(crate) enum Unsigned {
    /// Its body could not be read.
    Body(BodyError),
    /// It is of nobody that is known, or not signed as it says.
    Refused(Box<Refused>),
}

impl From<BodyError> for Unsigned {
    fn from(error: BodyError) -> Unsigned {
        Unsigned::Body(error)
    }
}

impl From<Box<Refused>> for Unsigned {
    fn from(refused: Box<Refused>) -> Unsigned {
        Unsigned::Refused(refused)
    }
}

/// Reads and verifies a request for `service` with a body of at most `bytes_max` bytes. One of nobody known
/// is refused for the price of its head.
pub(crate) async fn read(
    app: &App,
    exchange: &Exchange<'_>,
    body: Incoming,
    service: &str,
    bytes_max: usize,
) -> Result<Signed, Unsigned> {
    body::check_announced(&body, bytes_max)?;
    let claim = app.authenticator.claim(app.journal.catalog(), exchange.parts)?;
    let mut share = app.budget.share();
    let body = body::read(body, bytes_max, &mut share).await?;
    let caller = app.authenticator.verify_claim(claim, exchange.parts, &body, service, exchange.now)?;
    Ok(Signed { caller, body, _share: share })
}
