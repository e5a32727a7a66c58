//! KMS.

use crate::caller::{Ask, Caller, authority_of};
use crate::endpoint::Endpoint;
use crate::error::AwsError;
use crate::sign::Scope;
use bytes::Bytes;
use http::{HeaderName, Method, header};
use serde::Deserialize;
use std::time::Duration;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// KMS.
#[derive(Clone)]
pub struct Kms {
    caller: Caller,
    endpoint: Option<Endpoint>,
}

/// A key as DescribeKey shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KmsKey {
    /// Its ARN.
    pub arn: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, ...
    pub key_state: String,
    /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, ..., if the endpoint says so.
    pub key_usage: Option<String>,
    /// `SYMMETRIC_DEFAULT`, `RSA_2048`, ..., if the endpoint says so.
    pub key_spec: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeKeyResponse {
    key_metadata: KmsKey,
}

impl Kms {
    /// KMS at `endpoint`, or at AWS.
    pub fn new(caller: Caller, endpoint: Option<Endpoint>) -> Kms {
        Kms { caller, endpoint }
    }

    /// A key of `region` by its id, its ARN, `alias/name` or an alias's ARN.
    ///
    /// Errors: [`AwsError::is_not_found`] if there is none.
    pub async fn describe_key(&self, region: &str, key: &str) -> Result<KmsKey, AwsError> {
        let endpoint = Endpoint::or_aws(self.endpoint.as_ref(), "kms", region)?;
        let headers: [(HeaderName, String); 2] = [
            (header::CONTENT_TYPE, "application/x-amz-json-1.1".to_owned()),
            (HeaderName::from_static("x-amz-target"), "TrentService.DescribeKey".to_owned()),
        ];
        let ask = Ask {
            method: Method::POST,
            url: endpoint.url("/", ""),
            headers: &headers,
            body: Bytes::from(serde_json::json!({ "KeyId": key }).to_string()),
            sha256: None,
            scope: Scope { service: "kms", region },
            within: ANSWER,
        };
        let answer = self.caller.call(&ask).await?;
        let malformed = |_| AwsError::Malformed { authority: authority_of(&ask.url), what: "a key" };
        serde_json::from_slice::<DescribeKeyResponse>(&answer)
            .map(|response| response.key_metadata)
            .map_err(malformed)
    }
}

impl KmsKey {
    /// Whether S3 can encrypt with it now.
    pub fn encrypts(&self) -> bool {
        self.key_state == "Enabled"
            && matches!(self.key_usage.as_deref(), None | Some("ENCRYPT_DECRYPT"))
            && matches!(self.key_spec.as_deref(), None | Some("SYMMETRIC_DEFAULT"))
    }
}
