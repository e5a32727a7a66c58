//! GetSessionToken, for Cairn's own keys.

use super::{issue, recorded, refused, session_error, shown};
use crate::app::App;
use crate::auth::{Caller, begin, expiry};
use crate::events::Exchange;
use crate::http::{Answer, whole};
use cairn_decide::access::token_duration;
use cairn_model::{Session, SessionHolder};
use cairn_record::sts_credentials;
use cairn_wire::query::{Credentials, Form, QueryCode, QueryError, session_token};
use serde_json::json;

const NAME: &str = "GetSessionToken";

pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, caller: &Caller, form: &Form) -> Answer {
    match begun(app, exchange, caller, form).await {
        Ok(credentials) => whole(session_token(&exchange.request_id, &credentials)),
        Err(error) => refused(app, exchange, caller, NAME, &error).await,
    }
}

/// A session of whoever calls, with all that they may: no policy is asked, as at AWS.
async fn begun(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    form: &Form,
) -> Result<Credentials, QueryError> {
    if caller.session.is_some() {
        let text = "Cannot call GetSessionToken with session credentials";
        return Err(QueryError::new(QueryCode::AccessDenied, text));
    }
    let asked = form.get("DurationSeconds");
    let seconds = token_duration(form.names(), asked, caller.key.user.is_none());
    let seconds = seconds.map_err(|error| session_error(&error))?;
    let created = begin();
    let session = Session {
        access_key_id: String::new(),
        account: caller.account(),
        holder: SessionHolder::User { user: caller.key.user.clone() },
        created,
        expires: expiry(created, seconds),
        mfa: false,
        source_identity: None,
    };
    let credentials = issue(app, session, None, Some(&caller.key))?;
    let (parameters, response) =
        (json!({ "durationSeconds": seconds }), json!({ "credentials": shown(&credentials) }));
    recorded(app, exchange, caller, sts_credentials(NAME, Some(parameters), Some(response), None)).await?;
    Ok(credentials)
}
