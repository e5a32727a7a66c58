//! PutResourcePolicy: for event data stores, channels and dashboards.

use super::{Answered, Call, resource_policy_error};
use cairn_decide::resource_policies;
use cairn_model::Change;
use cairn_wire::generated::{PutResourcePolicyRequest, PutResourcePolicyResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: PutResourcePolicyRequest = call.input()?;
    let known = call.known();
    let put = resource_policies::put(&call.policy_facts(&known), &input.resource_arn, &input.resource_policy);
    let policy = put.map_err(resource_policy_error)?;
    let output = PutResourcePolicyResponse {
        resource_arn: Some(policy.resource.to_string()),
        resource_policy: Some(policy.document.clone()),
        delegated_admin_resource_policy: None,
    };
    call.write(&output, vec![Change::PutResourcePolicy(Box::new(policy))])
}
