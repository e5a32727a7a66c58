//! STS: whose credentials requests are signed with.

use crate::caller::{Ask, Caller};
use crate::endpoint::Endpoint;
use crate::error::AwsError;
use crate::sign::Scope;
use crate::xml::Element;
use bytes::Bytes;
use http::{HeaderName, Method, header};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// The account that the credentials are of. Clones share what was learned; it stays as it was first told.
#[derive(Clone)]
pub(crate) struct Identity {
    caller: Caller,
    endpoint: Option<Endpoint>,
    account: Arc<OnceCell<String>>,
}

impl Identity {
    /// Asks STS at `endpoint`, or at AWS.
    pub(crate) fn new(caller: Caller, endpoint: Option<Endpoint>) -> Identity {
        Identity { caller, endpoint, account: Arc::default() }
    }

    /// The account's 12 digits. STS is asked in `region` if nobody has asked before.
    pub(crate) async fn account(&self, region: &str) -> Result<&str, AwsError> {
        self.account.get_or_try_init(|| self.ask(region)).await.map(String::as_str)
    }

    async fn ask(&self, region: &str) -> Result<String, AwsError> {
        let endpoint = Endpoint::or_aws(self.endpoint.as_ref(), "sts", region)?;
        let form_type = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
        let headers: [(HeaderName, String); 1] = [(header::CONTENT_TYPE, form_type)];
        let ask = Ask {
            method: Method::POST,
            url: endpoint.url("/", ""),
            headers: &headers,
            body: Bytes::from_static(b"Action=GetCallerIdentity&Version=2011-06-15"),
            sha256: None,
            scope: Scope { service: "sts", region },
            within: ANSWER,
        };
        let answer = self.caller.call(&ask).await?;
        account(&answer).ok_or_else(|| AwsError::Malformed {
            authority: endpoint.authority().to_owned(),
            what: "whose credentials these are",
        })
    }
}

fn account(answer: &[u8]) -> Option<String> {
    let answer = Element::read(answer).ok()?;
    answer.child("GetCallerIdentityResult")?.text_of("Account").map(str::to_owned)
}
