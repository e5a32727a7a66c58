//! Calls over real connections to a server that answers as it is told.
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod lists;
mod logs;
mod puts;
mod reads;
mod script;
mod services;

use crate::{Addressing, Caller, Credentials, S3, S3Options, Transport};
use script::Script;
use std::time::{Duration, SystemTime};

fn clock() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}

fn caller() -> Caller {
    Caller::new(Transport::new(), Credentials::fixed("AKIDEXAMPLE", "secret", None), clock)
}

fn s3(script: &Script) -> S3 {
    let region = "us-east-1".to_owned();
    let options = S3Options { endpoint: Some(script.endpoint()), region, addressing: Addressing::Auto };
    S3::new(caller(), options)
}
