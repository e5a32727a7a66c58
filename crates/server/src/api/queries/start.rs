//! StartQuery; and GenerateQuery, which is refused.

use super::super::{Answered, Call, store_error};
use super::{account, invalid};
use crate::queries::Ask;
use cairn_decide::stores;
use cairn_wire::generated::{GenerateQueryRequest, StartQueryRequest, StartQueryResponse};

pub(in crate::api) async fn start(call: Call<'_>) -> Answered {
    let input: StartQueryRequest = call.input()?;
    let statement = match (input.query_statement, input.query_alias) {
        (Some(statement), None) => statement,
        (None, Some(alias)) => return Err(invalid(format!("There is no query with the alias {alias}."))),
        _ => return Err(invalid("Specify either QueryStatement or QueryAlias.")),
    };
    let ask = Ask {
        statement,
        parameters: input.query_parameters.unwrap_or_default(),
        delivery: input.delivery_s3_uri,
        owner: account(input.event_data_store_owner_account_id.as_deref())?,
        ..Ask::default()
    };
    let query = call.app.queries.start(call.app, &call.asker(), ask).await?;
    let owner = super::owner(&query);
    let output = StartQueryResponse { query_id: Some(query.id), event_data_store_owner_account_id: owner };
    call.write(&output, Vec::new())
}

pub(in crate::api) fn generate(call: Call<'_>) -> Answered {
    let input: GenerateQueryRequest = call.input()?;
    let known = call.known();
    for store in &input.event_data_stores {
        stores::active(&call.store_facts(&known), store).map_err(store_error)?;
    }
    Err(call.unbuilt("Cairn does not write queries yet."))
}
