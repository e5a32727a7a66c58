//! DeregisterOrganizationDelegatedAdmin.

use super::{Answered, Call, organization_error};
use cairn_decide::organization;
use cairn_model::Change;
use cairn_wire::generated::DeregisterOrganizationDelegatedAdminRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: DeregisterOrganizationDelegatedAdminRequest = call.input()?;
    let known = call.organization();
    let facts = call.organization_facts(known.as_deref());
    let changed =
        organization::deregister(&facts, &input.delegated_admin_account_id).map_err(organization_error)?;
    call.write_without_output(vec![Change::PutOrganization(Box::new(changed))])
}
