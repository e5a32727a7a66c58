//! DeleteTrail.

use super::{Answered, Call, trail_error};
use cairn_decide::trails;
use cairn_model::Change;
use cairn_wire::generated::DeleteTrailRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: DeleteTrailRequest = call.input()?;
    let known = call.trails();
    let arn = trails::delete(&call.facts(&known), &input.name).map_err(trail_error)?;
    call.write_without_output(vec![Change::DeleteTrail { arn }])
}
