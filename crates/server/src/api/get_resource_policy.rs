//! GetResourcePolicy.

use super::{Answered, Call, resource_policy_error};
use cairn_decide::resource_policies;
use cairn_wire::generated::{GetResourcePolicyRequest, GetResourcePolicyResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetResourcePolicyRequest = call.input()?;
    let known = call.known();
    let found = resource_policies::get(&call.policy_facts(&known), &input.resource_arn);
    let policy = found.map_err(resource_policy_error)?;
    call.read(&GetResourcePolicyResponse {
        resource_arn: Some(policy.resource.to_string()),
        resource_policy: Some(policy.document.clone()),
        delegated_admin_resource_policy: None,
    })
}
