//! `resources` as it is written.

use crate::call::{Resource, ResourceArn};
use cairn_model::AccountId;
use serde::Serialize;

/// What AWS's services take at once. A caller who could name as many as there is room for in a body would make an
/// event that nobody takes in.
const COUNT_MAX: usize = 100;
const BYTES_MAX: usize = 64 * 1024;

/// The resources that there is room for, and whether that is all.
pub(super) fn told(resources: &[Resource]) -> (Vec<ResourceText<'_>>, bool) {
    let mut room = BYTES_MAX;
    let fits = |resource: &ResourceText<'_>| {
        let left = room.checked_sub(resource.bytes());
        room = left.unwrap_or(0);
        left.is_some()
    };
    let told: Vec<_> = resources.iter().take(COUNT_MAX).map(ResourceText::of).take_while(fits).collect();
    let are_all = told.len() == resources.len();
    (told, are_all)
}

#[derive(Serialize)]
pub(super) struct ResourceText<'a> {
    #[serde(rename = "accountId", skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    resource_type: Option<&'a str>,
    #[serde(rename = "ARN", skip_serializing_if = "Option::is_none")]
    arn: Option<&'a str>,
    #[serde(rename = "ARNPrefix", skip_serializing_if = "Option::is_none")]
    prefix: Option<&'a str>,
}

impl ResourceText<'_> {
    fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(usize::MAX, |text| text.len())
    }

    fn of(resource: &Resource) -> ResourceText<'_> {
        let (arn, prefix) = match &resource.arn {
            ResourceArn::Whole(arn) => (Some(arn.as_str()), None),
            ResourceArn::Prefix(prefix) => (None, Some(prefix.as_str())),
        };
        let resource_type = resource.resource_type.as_deref();
        ResourceText { account: resource.account, resource_type, arn, prefix }
    }
}
