//! DeleteResourcePolicy.

use super::{Answered, Call, resource_policy_error};
use cairn_decide::resource_policies;
use cairn_model::Change;
use cairn_wire::generated::DeleteResourcePolicyRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: DeleteResourcePolicyRequest = call.input()?;
    let known = call.known();
    let found = resource_policies::get(&call.policy_facts(&known), &input.resource_arn);
    let arn = found.map_err(resource_policy_error)?.resource.clone();
    call.write_without_output(vec![Change::DeleteResourcePolicy { arn }])
}
