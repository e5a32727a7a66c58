//! The services that settings name.

use super::places::Places;
use crate::clock;
use crate::config::TargetSettings;
use cairn_aws::{Addressing, Caller, Credentials, Endpoint, Kms, Logs, S3, S3Options, Sns, Transport};

/// The services of one set of settings.
pub(super) struct Services {
    pub(super) places: Places,
    pub(super) sns: Option<Sns>,
    pub(super) kms: Option<Kms>,
    pub(super) logs: Option<Logs>,
    /// Who asks SQS, if there is any, and where it is.
    pub(super) queues: Option<(Caller, Option<Endpoint>)>,
    /// Where no name tells the region.
    pub(super) region: String,
}

impl Services {
    /// AWS itself is among them only if `[aws]` gives credentials: nobody else's are tried on it.
    pub(super) fn new(settings: &TargetSettings, root: Credentials) -> Services {
        let has_aws = settings.credentials.is_some();
        let credentials = settings.credentials.clone().unwrap_or(root);
        let caller = Caller::new(Transport::new(), credentials, clock::system);
        let s3 = |endpoint: Option<Endpoint>| {
            let region = settings.region.clone();
            S3::new(caller.clone(), S3Options { endpoint, region, addressing: Addressing::Auto })
        };
        let elsewhere = settings.s3.clone().map(|endpoint| s3(Some(endpoint)));
        let at_aws = has_aws.then(|| s3(None));
        let is_there = |endpoint: &Option<Endpoint>| has_aws || endpoint.is_some();
        Services {
            places: Places::new(elsewhere.into_iter().chain(at_aws).collect()),
            sns: is_there(&settings.sns).then(|| Sns::new(caller.clone(), settings.sns.clone())),
            kms: is_there(&settings.kms).then(|| Kms::new(caller.clone(), settings.kms.clone())),
            queues: is_there(&settings.sqs).then(|| (caller.clone(), settings.sqs.clone())),
            region: settings.region.clone(),
            logs: is_there(&settings.logs).then(|| Logs::new(caller.clone(), settings.logs.clone())),
        }
    }
}
