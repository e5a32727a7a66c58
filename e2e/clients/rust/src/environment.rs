//! What `aws-config` would make of the environment, without its own clients for STS and SSO.

use aws_sdk_s3::config::{Credentials, Region};
use std::env::{self, VarError};

pub fn credentials() -> Result<Credentials, VarError> {
    let (id, secret) = (env::var("AWS_ACCESS_KEY_ID")?, env::var("AWS_SECRET_ACCESS_KEY")?);
    Ok(Credentials::new(id, secret, None, None, "environment"))
}

pub fn endpoint() -> Result<String, VarError> {
    env::var("AWS_ENDPOINT_URL")
}

pub fn region() -> Result<Region, VarError> {
    env::var("AWS_REGION").or_else(|_| env::var("AWS_DEFAULT_REGION")).map(Region::new)
}
